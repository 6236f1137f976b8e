/// The token that stands for an entity where a model classifies pairs of tokens (RIN/README.md D3).
public enum Anchor: String, Codable, Hashable, Sendable, CaseIterable {
  /// The last token.
  case last
  /// The first token.
  case first

  /// The position of the token in an entity.
  public func position(in span: Span) -> Int {
    switch self {
    case .last: span.end
    case .first: span.start
    }
  }
}
