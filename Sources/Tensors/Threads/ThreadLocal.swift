import Glibc

/// A value that each thread makes for itself when it first asks, and that ends with the thread.
final class ThreadLocal<Value: AnyObject>: Sendable {
  private let key: pthread_key_t
  private let make: @Sendable () -> Value

  init(_ make: @escaping @Sendable () -> Value) {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { Unmanaged<AnyObject>.fromOpaque($0!).release() }
    precondition(status == 0, "no key for a thread's own value: \(status)")
    self.key = key
    self.make = make
  }

  var value: Value {
    if let known = pthread_getspecific(key) {
      return Unmanaged<Value>.fromOpaque(known).takeUnretainedValue()
    }
    let fresh = make()
    pthread_setspecific(key, Unmanaged.passRetained(fresh).toOpaque())
    return fresh
  }
}

/// The OpenMP runtime that a library brought along.
enum OpenMP {
  /// Has the parallel regions that the calling thread enters run on this thread alone.
  static func useOneThread() {
    guard let symbol = dlsym(nil, "omp_set_num_threads") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Void).self)(1)
  }
}
