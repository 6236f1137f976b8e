/// The words of a corpus and their ids: 0 is padding, 1 every unknown word, then the words
/// (models.md 1.4, D4).
public struct Vocabulary: Sendable {
  /// The id of padding.
  public static let padding = 0
  /// The id of every word that the vocabulary lacks.
  public static let unknown = 1
  /// What the two first ids are called in files.
  static let reserved = ["[PAD]", "[UNK]"]

  private let list: NameList

  /// Makes a vocabulary of distinct words.
  public init(_ list: NameList) { self.list = list }

  /// Words with ids from 2 on, in order.
  public var words: [String] { list.names }

  /// The number of ids, padding and unknown among them.
  public var count: Int { list.count + Self.reserved.count }

  /// The id of a word; ``unknown`` where it has none.
  public func id(of word: String) -> Int {
    list.id(of: word).map { $0 + Self.reserved.count } ?? Self.unknown
  }
}
