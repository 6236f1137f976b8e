/// The heads and tails that a model writes word by word, whether the tokens hold them or not.
public struct WrittenNames: Sendable {
  /// Words that no head or tail has, since they part them in the output.
  public let separators: [String]
  /// Whether a triple may have one name as head and tail.
  public var keepsSelfTriples = true
  private let canWrite: @Sendable (String) -> Bool
  private let holdsSeparator: @Sendable (String) -> Bool
  private let canTeachRelation: @Sendable (String) -> Bool

  /// Makes the names of a model.
  ///
  /// - Parameters:
  ///   - canWrite: whether the model can write a word at all.
  ///   - holdsSeparator: whether a word holds a separator; by default, whether it is one.
  ///   - canTeachRelation: whether the text of a relation holds none; by default it does not.
  public init(
    separators: [String], canWrite: @escaping @Sendable (String) -> Bool,
    holdsSeparator: (@Sendable (String) -> Bool)? = nil,
    canTeachRelation: @escaping @Sendable (String) -> Bool = { _ in true }
  ) {
    (self.separators, self.canWrite) = (separators, canWrite)
    self.canTeachRelation = canTeachRelation
    self.holdsSeparator =
      holdsSeparator ?? { word in separators.contains { ExactString($0) == ExactString(word) } }
  }

  /// Whether the model can be taught a name: it has words, and none holds a separator.
  public func canTeach(_ words: [ExactString]) -> Bool {
    !words.isEmpty && !words.contains { holdsSeparator($0.value) }
  }

  /// Whether the model can be taught triples of a relation: its text holds no separator.
  public func canTeach(relation: String) -> Bool { canTeachRelation(relation) }

  /// Whether the model can write a name.
  public func contains(_ words: [ExactString]) -> Bool {
    canTeach(words) && words.allSatisfy { canWrite($0.value) }
  }
}
