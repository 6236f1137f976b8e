/// What a check of `tercet doctor` has found.
struct Finding: Equatable {
  /// How good it is.
  enum Grade: String {
    /// Nothing is to be done.
    case ok
    /// tercet works, but slower, or not everything of it.
    case warn
    /// tercet does not work, or not with several ranks.
    case fail
  }

  let grade: Grade
  /// The word for what was looked at.
  let subject: String
  /// What was found; what to do stands behind a semicolon.
  let text: String

  /// The finding on a line.
  var summary: String { "\(grade) \(subject): \(text)" }

  static func ok(_ subject: String, _ text: String) -> Finding {
    Finding(grade: .ok, subject: subject, text: text)
  }

  static func warn(_ subject: String, _ text: String, remedy: String) -> Finding {
    Finding(grade: .warn, subject: subject, text: "\(text); \(remedy)")
  }

  static func fail(_ subject: String, _ text: String, remedy: String) -> Finding {
    Finding(grade: .fail, subject: subject, text: "\(text); \(remedy)")
  }
}
