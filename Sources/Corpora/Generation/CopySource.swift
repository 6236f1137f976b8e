/// The tokens of a source that may come next in generated text, by the label of the token to come
/// (Models/Generative/README.md 7.6). Tokens are pieces or words; an unknown word is a token like any other, and so
/// stands for each unknown word.
public struct CopySource: Sendable {
  /// The tokens of the source.
  public let tokens: [Int32]
  /// The places of each token.
  private let places: [Int32: [Int]]
  /// Tokens that are never generated.
  private let banned: Set<Int32>
  /// The tokens that may start an entity.
  private let beginnings: [Int32]?
  /// Where the entity that is being copied may go on: the places behind its occurrences, ascending. It is empty where
  /// none is being copied, or the source does not hold it.
  private var next: [Int] = []

  /// Prepares a source, with nothing generated.
  ///
  /// - Parameter banned: symbols that are never generated.
  public init(_ tokens: [Int32], banned: Set<Int32>) {
    (self.tokens, self.banned) = (tokens, banned)
    places = Dictionary(grouping: tokens.indices) { tokens[$0] }
    beginnings = Self.allowed(places.keys, banned)
  }

  /// Takes in a generated token and its label.
  public mutating func append(_ token: Int32, _ label: CopyLabel) {
    switch label {
    case .outside: next = []
    case .begin: next = (places[token] ?? []).map { $0 + 1 }
    case .inside: next = places(of: .inside).filter { tokens[$0] == token }.map { $0 + 1 }
    }
  }

  /// The tokens that may come next, ascending; `nil` for all but those that are never generated.
  public func allowed(_ label: CopyLabel) -> [Int32]? {
    switch label {
    case .outside: nil
    case .begin: beginnings
    case .inside: Self.allowed(places(of: .inside).map { tokens[$0] }, banned)
    }
  }

  /// The places of the source that the next token may be copied from, ascending; none where the source does not bind
  /// it.
  public func places(of label: CopyLabel) -> [Int] {
    switch label {
    case .outside: []
    case .begin: Array(tokens.indices)
    case .inside: next.filter { $0 < tokens.count }
    }
  }

  private static func allowed(
    _ tokens: some Sequence<Int32>, _ banned: Set<Int32>
  ) -> [Int32]? {
    let allowed = Set(tokens).subtracting(banned).sorted()
    return allowed.isEmpty ? nil : allowed
  }
}
