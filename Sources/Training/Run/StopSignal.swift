import Foundation
import Glibc
import Synchronization

/// A signal that asks a run to save and to leave.
public enum StopSignal: String, CaseIterable, Sendable {
  case user = "SIGUSR1"
  case terminate = "SIGTERM"
  case interrupt = "SIGINT"

  var number: Int32 {
    switch self {
    case .user: SIGUSR1
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    }
  }
}

extension StopSignal {
  /// The first signal that has come since ``listen()``, if any has.
  static var received: StopSignal? {
    let number = Int32(first.load(ordering: .relaxed) & 0xFF)
    return allCases.first { $0.number == number }
  }

  /// From now on a first signal is only remembered, and a second one ends the process with status 128 +
  /// signal. Launchers and schedulers may pass on one request by several ways: what comes within a
  /// quarter of a second of the first is no second one.
  ///
  /// A thread that does nothing else takes them; they are blocked in the calling one and those that it starts.
  /// Code that oneDNN makes keeps other things than a stack where the stack pointer points, and for a handler
  /// the system would write there.
  static func listen() {
    first.store(0, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = remember
    action.sa_flags = SA_RESTART
    for signal in allCases { sigaddset(&action.sa_mask, signal.number) }
    for signal in allCases { sigaction(signal.number, &action, nil) }
    pthread_sigmask(SIG_BLOCK, &action.sa_mask, nil)
    Thread.detachNewThread { [mask = action.sa_mask] in
      var mask = mask
      pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      while true { pause() }
    }
  }

  /// From now on signals do nothing: what they ask for is done, and the process is about to end. A launcher
  /// sends `SIGTERM` to the ranks that are left as soon as one has ended.
  static func ignore() {
    for signal in allCases { Glibc.signal(signal.number, SIG_IGN) }
  }
}

/// When the first signal came, in nanoseconds, times 256, plus its number.
private let first = Atomic<UInt64>(0)

/// The handler: nothing that it does waits or allocates.
private func remember(_ signal: Int32) {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  let now = UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  let (isFirst, earlier) = first.compareExchange(
    expected: 0, desired: now << 8 | UInt64(signal), ordering: .relaxed)
  if !isFirst && now > earlier >> 8 + 250_000_000 { _exit(128 + signal) }
}
