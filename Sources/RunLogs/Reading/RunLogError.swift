/// A run log that cannot be read or exported.
package struct RunLogError: Error, Equatable, CustomStringConvertible {
  /// One line: the file, what was found, what to do.
  package let description: String

  init(_ path: String, _ problem: String) { description = "\(path): \(problem)" }
}
