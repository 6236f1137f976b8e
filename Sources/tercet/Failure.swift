/// An error that is reported to the user as it stands.
struct Failure: Error, CustomStringConvertible {
  /// One line: the file, what was found, what to do.
  let description: String
}
