import Glibc

/// A part of the compiler that watches a program while it runs (`Tests/Cluster/sanitize`).
public enum Sanitizer: Sendable {
  case thread, address

  /// The one that these tests, and the programs that they start, were built with.
  public static let current: Sanitizer? = {
    if dlsym(nil, "__tsan_init") != nil { return .thread }
    return dlsym(nil, "__asan_init") != nil ? .address : nil
  }()
}

/// How many times as long a program may take as it would unwatched.
let patience =
  switch Sanitizer.current {
  case .thread: 40
  case .address: 8
  case nil: 1
  }
