import Glibc

/// The OpenMP runtime, where a library has loaded one.
enum OpenMP {
  /// Limits parallel regions entered by the calling thread to one thread.
  static func useOneThread() {
    guard let symbol = dlsym(nil, "omp_set_num_threads") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Void).self)(1)
  }
}
