/// What a model must know of its corpus: it is made of the training split, and travels in checkpoints.
public struct Inventory: Sendable {
  public let vocabulary: Vocabulary
  /// Relation names; the id is the index. Sorted by code units.
  public let relations: [String]
  /// Tokens of the longest located entity.
  public let longestEntity: Int
  private let relationIDs: [ExactString: Int]

  public init(vocabulary: Vocabulary, relations: [String], longestEntity: Int) {
    self.vocabulary = vocabulary
    self.relations = relations
    self.longestEntity = longestEntity
    relationIDs = Dictionary(
      relations.enumerated().map { (ExactString($1), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Collects words, relations and entity lengths of the training split.
  public init(training sentences: [Sentence], minimumCount: Int = 1) {
    let triples = sentences.flatMap(\.triples)
    let names = Set(triples.map { ExactString($0.relation) })
    let spans = triples.flatMap { [$0.head.span, $0.tail.span] }.compactMap { $0 }
    self.init(
      vocabulary: Vocabulary(of: sentences, minimumCount: minimumCount),
      relations: names.sorted().map(\.value),
      longestEntity: spans.map(\.length).max() ?? 1)
  }

  /// The id of a relation, if the training split has it.
  public func relationID(_ name: String) -> Int? { relationIDs[ExactString(name)] }
}

/// A sentence as a model reads it.
public struct Example: Sendable {
  /// Its index in its split, which names its random numbers.
  public let index: Int
  public let sentence: Sentence
  /// Word ids, one a token that is read.
  public let words: [Int]

  /// - Parameter limit: tokens to read; the rest of a longer sentence is scored and not seen.
  public init(index: Int, sentence: Sentence, inventory: Inventory, limit: Int = .max) {
    self.index = index
    self.sentence = sentence
    words = sentence.tokens.prefix(limit).map { inventory.vocabulary.id(of: $0) }
  }

  public var length: Int { words.count }
}
