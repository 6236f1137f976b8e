import Glibc
import Synchronization
import Typesetting

extension Console {
  /// Whether standard output is a terminal that can write over a line. Under Open MPI the launcher's standard
  /// output counts, because Open MPI gives every rank a terminal of its own and passes its output on.
  package static var isTerminal: Bool {
    withTerminal { _ in true } ?? false && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// The columns of the terminal as it is now, or those that `COLUMNS` says; `nil` where neither does: a file or a
  /// pipe takes lines of any length.
  package static var width: Int? {
    let columns = withTerminal { descriptor -> Int in
      var size = winsize()
      return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
    }
    if let columns, columns > 0 { return columns }
    let said = getenv("COLUMNS").flatMap { Int(String(cString: $0)) }.flatMap { $0 > 0 ? $0 : nil }
    return said ?? columns.map { _ in 80 }
  }

  /// The columns of a line of progress: those of the terminal but the last, in which some terminals break the line.
  package static var progressWidth: Int { (width ?? 80) - 1 }

  /// Whether lines may have colours: on a terminal, unless `NO_COLOR` says otherwise.
  package static var isColoured: Bool {
    isTerminal && (getenv("NO_COLOR").map { $0.pointee } ?? 0) == 0
  }

  /// Writes a line over the line of progress before; whatever is printed next takes its place.
  package static func progress(_ line: String) {
    hasProgress.store(true, ordering: .relaxed)
    text(clearLine + line)
  }

  /// Clears the line of progress, if there is one.
  static func clearProgress() {
    if hasProgress.exchange(false, ordering: .relaxed) { text(clearLine) }
  }

  private static let hasProgress = Atomic<Bool>(false)

  /// Takes the cursor to the start of the line, and clears it.
  private static let clearLine = "\r\u{1B}[K"

  /// What `body` makes of the terminal behind standard output; `nil` where it is none.
  private static func withTerminal<Result>(_ body: (Int32) -> Result) -> Result? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    guard isLaunched else { return body(STDOUT_FILENO) }
    let descriptor = launcherStream(STDOUT_FILENO)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return isatty(descriptor) == 1 ? body(descriptor) : nil
  }

  /// Why a stream of the launcher, to which it passes on what ranks write, takes nothing, if it is so; the launcher
  /// says nothing of a full disk, puts up with ten lines that nobody reads, and ends the job at the next one.
  static func launcherError(of stream: Int32) -> Int32? {
    guard isLaunched else { return nil }
    let descriptor = launcherStream(stream)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var state = pollfd(fd: descriptor, events: 0, revents: 0)
    if poll(&state, 1, 0) > 0 && state.revents & Int16(POLLERR) != 0 { return EPIPE }
    var (file, disk) = (stat(), statvfs())
    if fstat(descriptor, &file) == 0, file.st_mode & S_IFMT == S_IFREG,
      fstatvfs(descriptor, &disk) == 0, disk.f_blocks > 0,
      disk.f_bavail == 0 && disk.f_bfree == 0
    {
      return ENOSPC
    }
    if Glibc.write(descriptor, "", 0) >= 0 { return nil }
    // A terminal that is slow takes what is written later.
    return errno == EAGAIN || errno == EINTR ? nil : errno
  }

  private static var isLaunched: Bool { getenv("OMPI_COMM_WORLD_RANK") != nil }

  /// Opens a stream of the launcher, the process that started this one; a number below 0 where that fails.
  private static func launcherStream(_ stream: Int32) -> Int32 {
    open("/proc/\(getppid())/fd/\(stream)", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
  }
}
