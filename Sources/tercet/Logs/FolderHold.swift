import Glibc
import RunLogs

/// Whether a run has the folder of a log, as the lock says that a run's claim on its folder takes (`FolderClaim` of
/// Checkpoints): on the first byte of `run.lock`. It is asked without being taken, so that no run is disturbed.
enum FolderHold {
  /// A run has the folder.
  case held
  /// No run of this host has it.
  case free
  /// The lock cannot be asked, or the file system had none when the run began.
  case unknown

  /// The command `F_OFD_GETLK`, which the C library declares only under _GNU_SOURCE.
  private static let question: Int32 = 36

  /// - Parameter log: the path of a run log; of a file of another name nothing is known.
  init(of log: String) {
    let folder = log.dropLast(RunLogReader.fileName.count)
    guard log.hasSuffix(RunLogReader.fileName), folder.isEmpty || folder.hasSuffix("/") else {
      self = .unknown
      return
    }
    let file = open("\(folder)run.lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      // A run that ends in order takes the file away, also one that ends with an error.
      self = errno == ENOENT ? .free : .unknown
      return
    }
    defer { close(file) }
    self = Self.answer(of: file)
  }

  private static func answer(of file: Int32) -> FolderHold {
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    range.l_whence = Int16(SEEK_SET)
    (range.l_start, range.l_len) = (0, 1)
    while fcntl(file, question, &range) != 0 {
      if errno != EINTR { return .unknown }
    }
    if range.l_type != Int16(F_UNLCK) { return .held }
    // The holder's line is missing where there were no locks.
    var status = stat()
    return fstat(file, &status) == 0 && status.st_size > 0 ? .free : .unknown
  }
}
