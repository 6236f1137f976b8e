import CGlibc
import Commands
import Foundation
import Glibc
import Limits
import Synchronization

/// `mpirun` in a session of its own, and this process between it and the user: signals that ask a run to save and
/// leave reach ranks as `SIGUSR1`, since with any other `mpirun` ends them after a second.
///
/// All happens on the calling thread, which waits for signals and output at once.
struct Launcher {
  /// How a job ended.
  struct End {
    let status: Int32
    /// What nobody has said so far.
    let explanation: String?
  }

  private static let requests = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]
  private let process: pid_t
  private let signals: Int32
  private var output: Relay?
  private var errors: Relay
  private var asked: (signal: Int32, time: ContinuousClock.Instant)?
  /// The status that takes the place of the job's.
  private var decided: Int32?

  /// With fewer descriptors `mpirun` crashes or stands still before it starts a rank.
  static let leastFiles = 64

  /// Starts a program, found in `PATH`.
  init(_ words: [String]) throws {
    if let files = SystemLimit.files.value, files < Self.leastFiles {
      throw Failure(
        description: "'ulimit -n' is \(files), and mpirun needs \(Self.leastFiles) descriptors or "
          + "more; raise it")
    }
    signals = try Self.catchSignals()
    // Ranks see by the launcher's output whether a person looks on.
    var output: Relay?
    var errors: Relay
    do {
      if isatty(STDOUT_FILENO) == 0 { output = try Relay(to: STDOUT_FILENO) }
      errors = try Relay(to: STDERR_FILENO, filter: BannerFilter())
      process = try Self.spawn(words, output: output?.entrance, errors: errors.entrance)
    } catch let error as POSIXError {
      throw Failure(
        description: "mpirun cannot be started: \(SystemError.text(error.code.rawValue))")
    }
    output?.closeEntrance()
    errors.closeEntrance()
    (self.output, self.errors) = (output, errors)
  }

  /// Waits for the end of the job, and for no process that it may have left.
  ///
  /// - Parameter hasBegun: whether ranks can save, asked when a signal comes.
  mutating func wait(_ hasBegun: () -> Bool) throws -> End {
    var status: Int32?
    while true {
      let isDone = status != nil && !errors.isPending && !(output?.isPending ?? false)
      var polled = [
        pollfd(fd: signals, events: Int16(POLLIN), revents: 0), errors.request,
        output?.request ?? pollfd(fd: -1, events: 0, revents: 0),
      ]
      let count = poll(&polled, nfds_t(polled.count), isDone ? 0 : -1)
      if count < 0 { continue }
      if count == 0 { return end(status ?? 1) }
      if polled[1].revents != 0 { errors.advance() }
      if polled[2].revents != 0 { output?.advance() }
      if polled[0].revents != 0, let signal = nextSignal() {
        if signal == SIGCHLD {
          status = status ?? endStatus()
        } else {
          leave(signal, hasBegun: hasBegun())
        }
      }
    }
  }

  /// A first signal asks all ranks to save, a second one ends the job; what comes within a quarter of a second of
  /// the first is the same request.
  private mutating func leave(_ signal: Int32, hasBegun: Bool) {
    let name = Self.name(of: signal)
    guard let asked else {
      asked = (signal, .now)
      if hasBegun {
        Console.error("\(name): every rank saves and ends; a second signal ends them at once")
        kill(process, SIGUSR1)
      } else {
        Console.error("\(name) before training began: there is nothing to save")
        decided = ExitStatus.resumable.rawValue
        kill(process, SIGTERM)
      }
      return
    }
    guard asked.time.duration(to: .now) > .milliseconds(250) else { return }
    decided = 128 + signal
    kill(process, SIGTERM)
  }

  private func end(_ status: Int32) -> End {
    if let decided { return End(status: decided, explanation: nil) }
    if status == 0 || status == ExitStatus.resumable.rawValue {
      guard let failure = output?.failure, failure != EPIPE else {
        return End(status: status, explanation: nil)
      }
      return End(
        status: status == 0 ? 1 : status,
        explanation: "standard output is lost: \(String(cString: strerror(failure)))")
    }
    let (isSilent, banner) = (errors.filter?.hasPassedLines != true, errors.filter?.firstBanner)
    let explanation: String? =
      if isSilent, let banner {
        "mpirun ended with status \(status): \(banner)"
      } else if (129...159).contains(status) {
        "a rank was ended by \(Self.name(of: status - 128)); go on from the last checkpoint "
          + "with --resume"
      } else if isSilent {
        "mpirun ended with status \(status)"
      } else {
        nil
      }
    return End(status: status, explanation: explanation)
  }

  /// The job's status if it has ended.
  private func endStatus() -> Int32? {
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  private func nextSignal() -> Int32? {
    var number: UInt8 = 0
    return read(signals, &number, 1) == 1 ? Int32(number) : nil
  }

  private static func name(of signal: Int32) -> String {
    let names = [
      SIGTERM: "SIGTERM", SIGINT: "SIGINT", SIGHUP: "SIGHUP", SIGUSR1: "SIGUSR1",
      SIGKILL: "SIGKILL (out of memory, perhaps)", SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS",
      SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGFPE: "SIGFPE", SIGTRAP: "SIGTRAP",
    ]
    return names[signal] ?? "signal \(signal)"
  }
}

extension Launcher {
  /// From now on signals can be read from the descriptor that is returned. SIGHUP stays ignored under `nohup`.
  ///
  /// Handlers write to it. With signals blocked, and a `signalfd`, threads that libraries have started would take them.
  private static func catchSignals() throws -> Int32 {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else {
      throw Failure(description: "no pipe for signals: \(SystemError.text())")
    }
    caught.store(ends[1], ordering: .relaxed)
    signal(SIGPIPE, SIG_IGN)
    var hangup = sigaction()
    sigaction(SIGHUP, nil, &hangup)
    let ignoresHangup = unsafeBitCast(hangup.__sigaction_handler.sa_handler, to: Int.self) == 1
    var action = sigaction()
    action.__sigaction_handler.sa_handler = catchSignal
    action.sa_flags = SA_RESTART
    for signal in requests + [SIGCHLD] where signal != SIGHUP || !ignoresHangup {
      sigaddset(&action.sa_mask, signal)
      sigaction(signal, &action, nil)
    }
    pthread_sigmask(SIG_UNBLOCK, &action.sa_mask, nil)
    return ends[0]
  }

  /// Starts a program with no input, in a session of its own: a terminal's Ctrl-C does not reach it.
  private static func spawn(_ words: [String], output: Int32?, errors: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var set = sigset_t()
    sigemptyset(&set)
    posix_spawnattr_setsigmask(&attributes, &set)
    sigfillset(&set)
    posix_spawnattr_setsigdefault(&attributes, &set)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | Int32(tercet_spawn_session)))
    let copies = words.map { strdup($0) } + [nil]
    let variables = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for copy in copies + variables { free(copy) } }
    var process: pid_t = 0
    let error = posix_spawnp(&process, words[0], &actions, &attributes, copies, variables)
    if error != 0 { throw POSIXError(POSIXErrorCode(rawValue: error) ?? .EIO) }
    return process
  }
}

/// Where ``catchSignal(_:)`` writes.
private let caught = Atomic<Int32>(-1)

/// The handler of signals, which writes their numbers and does nothing else.
private func catchSignal(_ signal: Int32) {
  let before = errno
  var number = UInt8(signal)
  _ = write(caught.load(ordering: .relaxed), &number, 1)
  errno = before
}
