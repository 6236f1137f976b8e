/// The words of a corpus and their ids: 0 is padding, 1 any unknown word, 2 the first word
/// (Models/README.md 1.4, D4).
public struct Vocabulary: Sendable {
  /// The id of padding.
  public static let padding = 0
  /// The id of every word outside the vocabulary.
  public static let unknown = 1
  /// The names of the first two ids in files.
  static let reserved = ["[PAD]", "[UNK]"]

  private let list: NameList

  /// Makes a vocabulary of distinct words.
  public init(_ list: NameList) { self.list = list }

  /// The words, by ids from 2.
  public var words: [String] { list.names }

  /// The number of ids, including padding and unknown.
  public var count: Int { list.count + Self.reserved.count }

  /// The id of a word; ``unknown`` for a word outside the vocabulary.
  public func id(of word: String) -> Int {
    list.id(of: word).map { $0 + Self.reserved.count } ?? Self.unknown
  }
}
