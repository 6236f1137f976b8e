import CGlibc
import Glibc

/// A run's hold on its folder, for as long as the object or its process lives.
///
/// The file `run.lock` says who holds the folder, and its first byte is locked by the holder. The lock is an open
/// file description lock: like any record lock it ends with the process, however that ends, and reaches the server
/// where the folder is on NFS. A server of NFS drops it when a lost host's lease ends. No program that the process
/// starts keeps it. Line and name of the file are changed or believed only by whoever has locked the second byte.
final class FolderClaim: Sendable {
  /// The bytes that are locked, by their place.
  private enum Byte: Int {
    case holder, change
  }

  private let path: String
  private let file: Int32

  private init(_ path: String, file: Int32) { (self.path, self.file) = (path, file) }

  /// Makes the file, locks it and writes who holds it.
  ///
  /// - Parameter holder: host, process and start, between blanks.
  /// - Returns: `nil` where the file system has no locks.
  /// - Throws: `CheckpointError` where another run holds the folder, or the file cannot be opened.
  static func make(
    in folder: CheckpointFolder, for holder: String
  ) throws(CheckpointError) -> FolderClaim? {
    let path = folder.claimFile
    while true {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard file >= 0 else { throw folder.unusable("\(path): \(Descriptor.systemError())") }
      let claim = FolderClaim(path, file: file)
      guard claim.lock(.change, waiting: true) else { return nil }
      // The last holder may have removed the file since.
      guard claim.isNamed else { continue }
      guard claim.lock(.holder) else {
        guard errno == EAGAIN || errno == EACCES else { return nil }
        throw CheckpointError(folder.path, .inUse(by: claim.line))
      }
      claim.write(holder)
      claim.unlock(.change)
      return claim
    }
  }

  /// Removes the file, unless another run holds the folder.
  deinit {
    if lock(.change, waiting: true) && isNamed && lock(.holder) { unlink(path) }
    close(file)
  }

  /// Whether the locked file still has its name. Opened, since NFS keeps what a name meant for a while.
  private var isNamed: Bool {
    let named = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard named >= 0 else { return false }
    defer { close(named) }
    return FileNumber(of: named) == FileNumber(of: file)
  }

  /// Whether a run has locked the file of its claim, which is open; `nil` where the file system has no locks.
  static func isLocked(_ file: Int32) -> Bool? {
    var range = range(F_WRLCK, .holder)
    return set(&range, in: file, tercet_lock_asking) ? range.l_type != Int16(F_UNLCK) : nil
  }

  private func lock(_ byte: Byte, waiting: Bool = false) -> Bool {
    set(F_WRLCK, byte, waiting ? tercet_lock_waiting : tercet_lock)
  }

  private func unlock(_ byte: Byte) { _ = set(F_UNLCK, byte, tercet_lock) }

  private func set(_ kind: Int32, _ byte: Byte, _ command: Int) -> Bool {
    var range = Self.range(kind, byte)
    return Self.set(&range, in: file, command)
  }

  private static func range(_ kind: Int32, _ byte: Byte) -> flock {
    var range = flock()
    range.l_type = Int16(kind)
    range.l_whence = Int16(SEEK_SET)
    (range.l_start, range.l_len) = (off_t(byte.rawValue), 1)
    return range
  }

  private static func set(_ range: inout flock, in file: Int32, _ command: Int) -> Bool {
    while fcntl(file, Int32(command), &range) != 0 {
      if errno != EINTR { return false }
    }
    return true
  }

  /// The line of the file, without its end.
  private var line: String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = max(0, pread(file, &bytes, bytes.count, 0))
    return String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
  }

  /// Replaces the line. A full disk leaves the file empty; the lock holds all the same.
  private func write(_ line: String) {
    ftruncate(file, 0)
    let bytes = Array("\(line)\n".utf8)
    pwrite(file, bytes, bytes.count, 0)
  }
}
