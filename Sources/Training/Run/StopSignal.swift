import Glibc
import Limits
import Synchronization

/// A signal that asks a run to save and to leave.
public enum StopSignal: String, CaseIterable, Sendable {
  /// The notice that a scheduler gives before the time limit.
  case user = "SIGUSR1"
  /// The end that a scheduler or launcher asks for.
  case terminate = "SIGTERM"
  /// Control-C in a terminal.
  case interrupt = "SIGINT"
  /// The end of the terminal or connection that the run was started from.
  case hangUp = "SIGHUP"

  var number: Int32 {
    switch self {
    case .user: SIGUSR1
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .hangUp: SIGHUP
    }
  }
}

extension StopSignal {
  /// The first signal since ``listen()``.
  static var received: StopSignal? {
    let number = Int32(first.load(ordering: .relaxed) & 0xFF)
    return allCases.first { $0.number == number }
  }

  /// From now on a first signal is only remembered, and a second one ends the process with status 128 +
  /// signal. Launchers and schedulers may pass on one request in several ways, so signals within a quarter of
  /// a second of the first do not count as a second one. Nothing but time tells them from a second request; nobody
  /// waits for it. `SIGHUP` stays ignored where it is, as under `nohup`.
  ///
  /// A thread that does nothing else takes the signals; they are blocked in the calling thread and in threads
  /// that it starts. Code that oneDNN generates uses the stack pointer for other memory, which the system
  /// would overwrite to run a handler.
  static func listen() {
    first.store(0, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = remember
    action.sa_flags = SA_RESTART
    let heard = allCases.filter { $0 != .hangUp || !$0.isIgnored }
    for signal in heard { sigaddset(&action.sa_mask, signal.number) }
    for signal in heard { sigaction(signal.number, &action, nil) }
    pthread_sigmask(SIG_BLOCK, &action.sa_mask, nil)
    SystemThread("the thread that takes signals") { [mask = action.sa_mask] in
      var mask = mask
      pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      while true { pause() }
    }.detach()
  }

  private var isIgnored: Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// From now on signals do nothing: the run is saved, and the process is about to end. A launcher sends
  /// `SIGTERM` to the ranks that are left as soon as one has ended.
  static func ignore() {
    for signal in allCases { Glibc.signal(signal.number, SIG_IGN) }
  }
}

/// The time of the first signal in nanoseconds, times 256, plus the signal's number.
private let first = Atomic<UInt64>(0)

/// The handler, which neither waits nor allocates.
private func remember(_ signal: Int32) {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  let now = UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  let (isFirst, earlier) = first.compareExchange(
    expected: 0, desired: now << 8 | UInt64(signal), ordering: .relaxed)
  if !isFirst && now > earlier >> 8 + 250_000_000 { _exit(128 + signal) }
}
