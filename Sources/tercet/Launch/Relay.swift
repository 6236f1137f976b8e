import CGlibc
import Foundation
import Glibc

/// Passes on what another process writes to one of this process's streams. A stream that nobody reads any more
/// takes the rest to nowhere, so that `| head` does not end a training.
struct Relay {
  /// Where the other process writes; closed here once it has it.
  private(set) var entrance: Int32
  private let source: Int32
  private let sink: Int32
  private var pending: ArraySlice<UInt8> = []
  /// Whether nothing more comes from the other process.
  private var isDry = false
  /// The error of the first write that failed.
  private(set) var failure: Int32?
  private(set) var filter: BannerFilter?

  init(to sink: Int32, filter: BannerFilter? = nil) throws {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    (source, entrance, self.sink, self.filter) = (ends[0], ends[1], sink, filter)
  }

  /// Whether some of what was read is not yet passed on.
  var isPending: Bool { !pending.isEmpty }

  mutating func closeEntrance() {
    close(entrance)
    entrance = -1
  }

  /// What must happen before ``advance()`` can do something without waiting.
  var request: pollfd {
    pending.isEmpty
      ? pollfd(fd: isDry ? -1 : source, events: Int16(POLLIN), revents: 0)
      : pollfd(fd: sink, events: Int16(POLLOUT), revents: 0)
  }

  /// Reads or writes once.
  mutating func advance() {
    if pending.isEmpty { take() } else { put() }
  }

  private mutating func take() {
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = read(source, &bytes, bytes.count)
    if count < 0 && errno == EINTR { return }
    if count <= 0 {
      isDry = true
      close(source)
    }
    let chunk = bytes.prefix(max(0, count))
    let passed = filter?.pass(chunk) ?? chunk
    if failure == nil { pending = passed }
  }

  /// Writes no more than a pipe takes at once, so that no signal waits behind a reader that stands still.
  private mutating func put() {
    let count = pending.prefix(4096).withUnsafeBytes { write(sink, $0.baseAddress, $0.count) }
    if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
    if count < 0 {
      failure = errno
      pending = []
    } else {
      pending = pending.dropFirst(count)
    }
  }
}

/// Keeps back what `mpirun` says of the end of ranks, paragraphs between lines of dashes: a rank has told its
/// user why it ended. Where none has, the first of them is the reason.
struct BannerFilter {
  private var line: [UInt8] = []
  private var banner: [String]?
  /// The first paragraph that tells more than a status, on one line.
  private(set) var firstBanner: String?
  /// Whether anything but banners was said.
  private(set) var hasPassedLines = false

  /// The part of some bytes, and of a line before them, that is not `mpirun`'s; lines go on when they are whole.
  mutating func pass(_ chunk: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line += chunk
    var passed: [UInt8] = []
    while let end = line.firstIndex(of: UInt8(ascii: "\n")) {
      let whole = line[...end]
      if isUsers(String(decoding: whole.dropLast(), as: UTF8.self)) { passed += whole }
      line.removeSubrange(...end)
    }
    // What comes last may have no end.
    if chunk.isEmpty {
      passed += line
      line = []
    }
    hasPassedLines = hasPassedLines || !passed.isEmpty
    return passed[...]
  }

  private mutating func isUsers(_ line: String) -> Bool {
    if line.utf8.count >= 60 && line.utf8.allSatisfy({ $0 == UInt8(ascii: "-") }) {
      if let banner { keep(banner.joined(separator: " ")) }
      banner = banner == nil ? [] : nil
      return false
    }
    if banner != nil {
      banner?.append(line.split(separator: " ").joined(separator: " "))
      return false
    }
    let noise = ["mpirun: Forwarding signal", "[warn] Epoll", "mpirun: abort is already"]
    return !noise.contains(where: line.hasPrefix) && !line.isEmpty
  }

  private mutating func keep(_ text: String) {
    let ends = [
      "Primary job", "mpirun detected that", "mpirun noticed that", "MPI_ABORT was invoked",
    ]
    guard firstBanner == nil, !ends.contains(where: text.hasPrefix) else { return }
    firstBanner = text.split(separator: " ").joined(separator: " ")
  }
}
