import Foundation
import Glibc
import Limits

/// Reads the lines of a run log, also those that are added meanwhile.
package final class RunLogReader {
  /// The name of the log in the folder of a run.
  package static let fileName = "run.jsonl"

  /// The file, as messages name it.
  package let path: String
  /// Lines that are none of a run log so far, such as one that a crash left half-written.
  package private(set) var badLines = 0
  private let descriptor: Int32
  /// Bytes after the last line feed.
  private var rest: [UInt8] = []
  private var position = 0
  private let decoder = JSONDecoder()

  /// Opens the log of a run.
  ///
  /// - Parameter run: the log, or the folder that holds it.
  package init(_ run: String) throws(RunLogError) {
    var status = stat()
    let isFolder = stat(run, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    path = isFolder ? (run.hasSuffix("/") ? run : run + "/") + Self.fileName : run
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      let hasNone = code == ENOENT && isFolder
      if hasNone, let sweep = SweepFolder(run) { throw RunLogError(run, sweep.advice) }
      let hint = hasNone ? "; no training has begun in this folder" : ""
      throw RunLogError(path, "cannot be opened: \(SystemError.text(code))\(hint)")
    }
  }

  deinit { close(descriptor) }

  /// The folder of the run; `nil` for a file of another name, of which nothing more is known.
  package var folder: String? {
    let folder = path.dropLast(Self.fileName.count)
    guard path.hasSuffix(Self.fileName) else { return nil }
    if folder.isEmpty { return "." }
    return folder.hasSuffix("/") ? String(folder) : nil
  }

  /// The entries of the whole lines that have come since the last call.
  ///
  /// - Parameter isEnd: whether nothing more is waited for, so that a last line without an end is read too.
  package func read(isEnd: Bool) throws(RunLogError) -> [RunLogEntry] {
    startAgainIfEmptied()
    var entries: [RunLogEntry] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw RunLogError(path, "cannot be read: \(SystemError.text())") }
      if count == 0 { break }
      position += count
      rest += block[..<count]
      takeLines(into: &entries)
    }
    if isEnd && !rest.isEmpty {
      rest.append(UInt8(ascii: "\n"))
      takeLines(into: &entries)
    }
    return entries
  }

  /// A run that begins anew in its folder empties the log.
  private func startAgainIfEmptied() {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      Int(status.st_size) < position
    else { return }
    lseek(descriptor, 0, SEEK_SET)
    (position, rest, badLines) = (0, [], 0)
  }

  /// An error about a file without the start of a run.
  package var emptyError: RunLogError {
    RunLogError(
      path, "holds no start of a run; give the folder of a run, or its \(Self.fileName)")
  }

  private func takeLines(into entries: inout [RunLogEntry]) {
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if start < end {
        if let entry = try? decoder.decode(RunLogEntry.self, from: Data(rest[start..<end])) {
          entries.append(entry)
        } else {
          badLines += 1
        }
      }
      start = end + 1
    }
    rest.removeSubrange(..<start)
  }
}
