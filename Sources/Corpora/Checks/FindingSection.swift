/// The findings about one subject.
public struct FindingSection: Sendable, Encodable {
  /// The subject, in a few words.
  public let title: String
  /// What was found, in the order of the splits.
  public let findings: [Finding]

  /// Makes a section.
  public init(_ title: String, _ findings: [Finding]) {
    (self.title, self.findings) = (title, findings)
  }
}
