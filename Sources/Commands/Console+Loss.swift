import Glibc
import Synchronization

extension Console {
  /// What became of standard output.
  private struct Output {
    /// The number of the error by which it was lost.
    var error: Int32?
    /// Whether the program goes on without it, and what it then says.
    var goesOn = false
    var note: String?
  }

  private static let output = Mutex(Output())

  /// Makes ready for the first file that the program opens.
  ///
  /// A standard stream that is closed is opened the wrong way round: no other file gets its number, and its use
  /// fails. A file that reaches the size that the system allows is an error like that of a full disk, no signal.
  package static func begin() {
    for (stream, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", mode)
    }
    signal(SIGXFSZ, SIG_IGN)
  }

  /// From now on a standard output that is lost, by a full disk or since its reader has gone, ends the program no
  /// more: it is said once, and what would follow is written nowhere.
  ///
  /// - Parameter note: what to say then of the work that goes on; `nil` where nothing is to be said of a reader
  ///   that has gone.
  package static func outliveOutput(_ note: String?) {
    signal(SIGPIPE, SIG_IGN)
    output.withLock {
      $0.goesOn = true
      $0.note = note
    }
  }

  /// Waits, unless the reader of standard output goes, which ends the program as ``text(_:)`` does.
  package static func pause(milliseconds: Int32) {
    var state = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    if poll(&state, 1, milliseconds) > 0 {
      if state.revents & Int16(POLLERR) != 0 { lost(EPIPE) } else { poll(nil, 0, milliseconds) }
    }
  }

  /// Closes standard output, which is when some file systems say that they have not kept it.
  ///
  /// - Parameter status: that of the work.
  /// - Returns: the status to leave with: a failure where the output did not arrive.
  package static func finish(_ status: ExitStatus) -> ExitStatus {
    if output.withLock({ $0.error }) == nil, close(STDOUT_FILENO) != 0, errno != EBADF {
      lost(errno)
    }
    let error = output.withLock { $0.error }
    return status == .success && error != nil && error != EPIPE ? .failure : status
  }

  /// Answers an error of standard output: the first is said, and most programs end with it.
  static func lost(_ code: Int32) {
    let (isFirst, now) = output.withLock { output in
      let isFirst = output.error == nil
      output.error = output.error ?? code
      return (isFirst, output)
    }
    guard isFirst else { return }
    let isUnread = code == EPIPE
    let what = "standard output: " + String(cString: strerror(code))
    guard now.goesOn else {
      if isUnread { endByPipe() }
      error("tercet: \(what)")
      exit(ExitStatus.failure.rawValue)
    }
    if let note = now.note {
      error("warning: \(isUnread ? "nobody reads standard output any more" : what); \(note)")
    } else if !isUnread {
      error("tercet: \(what)")
    }
  }

  /// Ends the process as the system ends one that writes to a pipe without a reader, also where the signal was
  /// ignored when it started.
  private static func endByPipe() -> Never {
    signal(SIGPIPE, SIG_DFL)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(SIGPIPE)
    _exit(128 + SIGPIPE)
  }

  /// Writes all of `text`, or as much as is taken.
  ///
  /// The corresponding C function is `write`.
  ///
  /// - Returns: the number of the error that ended the writing.
  static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[written...])
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count >= 0 {
          written += count
        } else if errno == EAGAIN {
          // A program that shares the terminal or the pipe has set it not to wait.
          var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&state, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return nil
    }
  }
}
