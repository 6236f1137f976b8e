import Glibc

/// The room of a file system.
package struct Room {
  /// Bytes that this user may still write.
  package let free: Int
  /// All bytes.
  package let total: Int

  /// The file system of a path; `nil` where there is none, or it does not say.
  package init?(_ path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
    let size = status.f_frsize
    func bytes(_ blocks: fsblkcnt_t) -> Int {
      let (product, isTooMuch) = blocks.multipliedReportingOverflow(by: size)
      return isTooMuch ? Int.max : Int(clamping: product)
    }
    free = bytes(geteuid() == 0 ? status.f_bfree : status.f_bavail)
    total = bytes(status.f_blocks)
  }
}
