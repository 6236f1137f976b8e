import Glibc

/// The room of a file system.
struct Room {
  /// Bytes that this user may still write.
  let free: Int
  /// All bytes.
  let total: Int

  /// The file system of a path; `nil` where there is none, or it does not say.
  init?(_ path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
    free = Int(status.f_bavail) * Int(status.f_frsize)
    total = Int(status.f_blocks) * Int(status.f_frsize)
  }

  /// `12.3 of 250.1 GB are free`.
  var freeText: String { "\(Size.gigabytes(free)) of \(Size.gigabytes(total)) GB are free" }
}
