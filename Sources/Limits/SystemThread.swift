import Glibc

/// A thread of the system.
package struct SystemThread: Sendable {
  private let thread: pthread_t

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a thread; where the system refuses one, the process ends with a line that says so.
  ///
  /// - Parameter purpose: what the thread is, such as `thread 3 of 8`.
  package init(_ purpose: String, _ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(Body(run))
    let status = pthread_create(
      &thread, nil,
      { pointer in
        if let pointer { Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      Refusal.end(
        "\(purpose) cannot be started: \(SystemError.text(status)); raise the limit or lower threads"
      )
    }
    self.thread = thread
  }

  /// Waits for its end.
  package func join() { pthread_join(thread, nil) }

  /// Lets it end by itself.
  package func detach() { pthread_detach(thread) }
}
