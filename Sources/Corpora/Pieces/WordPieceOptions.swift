/// How words become pieces; a vocabulary is made for one way.
public struct WordPieceOptions: Hashable, Sendable, Codable {
  /// What becomes of their letters.
  public var casing: Casing
  /// Where a word is parted before its pieces are looked up.
  public var split: WordSplit

  /// What stands between words where texts are compared: nothing where punctuation parts words, since the blanks of the
  /// text are lost there.
  var blank: String { split == .punctuation ? "" : " " }

  /// Makes options; the default is a cased vocabulary and text that is parted already.
  public init(_ casing: Casing = .cased, split: WordSplit = .blanks) {
    (self.casing, self.split) = (casing, split)
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
