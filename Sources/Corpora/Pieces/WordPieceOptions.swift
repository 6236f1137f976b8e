/// How words become pieces; a vocabulary is made for one way.
public struct WordPieceOptions: Hashable, Sendable, Codable {
  /// Whether words are written in lower case: the vocabulary is uncased.
  public var lowercases: Bool
  /// Whether accents are taken off: canonical decomposition without nonspacing marks, as uncased checkpoints do.
  public var stripsAccents: Bool
  /// Where a word is parted before its pieces are looked up.
  public var split: WordSplit

  /// Makes options; the default is a cased vocabulary and text that is parted already.
  public init(lowercases: Bool = false, stripsAccents: Bool = false, split: WordSplit = .blanks) {
    (self.lowercases, self.stripsAccents, self.split) = (lowercases, stripsAccents, split)
  }

  /// Letters as they are.
  public static let cased = WordPieceOptions()
  /// Lower case, without accents.
  public static let uncased = WordPieceOptions(lowercases: true, stripsAccents: true)

  /// The same treatment of letters with another split.
  public func splitting(at split: WordSplit) -> WordPieceOptions {
    WordPieceOptions(lowercases: lowercases, stripsAccents: stripsAccents, split: split)
  }
}

/// Where words are parted before their pieces are looked up.
public enum WordSplit: String, CaseIterable, Sendable, Codable {
  /// At blanks (U+0020) alone.
  case blanks
  /// As BERT's basic tokeniser: control characters go, white space of any kind and CJK characters part words, and each
  /// sign of punctuation is a word.
  case punctuation
}
