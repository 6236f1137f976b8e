import CGlibc
import Glibc

/// Whether a run has a folder, as its claim says (``FolderClaim``). The claim is asked for without being taken, so that
/// no run is disturbed.
public enum FolderHold: Sendable {
  /// A run has the folder.
  case held
  /// No run of this host has it.
  case free
  /// The claim cannot be asked for, or the file system had no locks when the run began.
  case unknown

  /// - Parameter folder: the run's folder.
  public init(of folder: String) {
    let path = CheckpointFolder(folder).claimFile
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      // A run that ends in order takes the file away, also one that ends with an error.
      self = errno == ENOENT ? .free : .unknown
      return
    }
    defer { close(file) }
    guard let isLocked = FolderClaim.isLocked(file) else {
      self = .unknown
      return
    }
    // The holder's line is missing where there were no locks.
    var status = stat()
    let hasLine = fstat(file, &status) == 0 && status.st_size > 0
    self = isLocked ? .held : hasLine ? .free : .unknown
  }
}
