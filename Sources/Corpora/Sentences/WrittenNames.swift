/// The heads and tails that a model writes word by word, whether the tokens hold them or not.
public struct WrittenNames: Sendable {
  /// Words that no head or tail has, since they part them in the output.
  public let separators: [String]
  private let canWrite: @Sendable (String) -> Bool

  /// Makes the names of a model.
  ///
  /// - Parameter canWrite: whether the model can write a word at all.
  public init(separators: [String], canWrite: @escaping @Sendable (String) -> Bool) {
    (self.separators, self.canWrite) = (separators, canWrite)
  }

  /// Whether the model can be taught a name: it has words, and none is a separator.
  public func canTeach(_ words: [ExactString]) -> Bool {
    !words.isEmpty && !words.contains { word in separators.contains { ExactString($0) == word } }
  }

  /// Whether the model can write a name.
  public func contains(_ words: [ExactString]) -> Bool {
    canTeach(words) && words.allSatisfy { canWrite($0.value) }
  }
}
