/// The words of a corpus and their ids: 0 is padding, 1 every unknown word, then the words
/// (models.md 1.4, D4). Words are the same when their code units are: no normalisation.
public struct Vocabulary: Sendable {
  public static let padding = 0
  public static let unknown = 1
  /// What the two first ids are called in files.
  static let reserved = ["[PAD]", "[UNK]"]

  /// Words with ids from 2 on, in order.
  public let words: [String]
  private let ids: [ExactString: Int]

  /// - Precondition: no word occurs twice.
  public init(words: [String]) {
    self.words = words
    ids = Dictionary(
      uniqueKeysWithValues: words.enumerated().map { (ExactString($1), $0 + Self.reserved.count) })
  }

  /// The words that occur at least `minimumCount` times, most frequent first, ties by code units.
  public init(of sentences: [Sentence], minimumCount: Int = 1) {
    var counts: [ExactString: Int] = [:]
    for sentence in sentences {
      for token in sentence.tokens { counts[ExactString(token), default: 0] += 1 }
    }
    let kept = counts.filter { $0.value >= minimumCount }.sorted { a, b in
      a.value != b.value ? a.value > b.value : a.key < b.key
    }
    self.init(words: kept.map(\.key.value))
  }

  /// Ids altogether, padding and unknown among them.
  public var count: Int { words.count + Self.reserved.count }

  /// The id of a word; ``unknown`` where it has none.
  public func id(of word: String) -> Int { ids[ExactString(word)] ?? Self.unknown }
}
