/// Cuts words into pieces of a vocabulary: from the left, the longest piece that fits
/// (Models/Generative/README.md 7.2).
public struct WordPiece: Sendable {
  /// A word of more Unicode scalars is unknown.
  static let longestWord = 100

  /// The pieces.
  public let vocabulary: PieceVocabulary
  /// How words are written and parted.
  public let options: WordPieceOptions
  /// What stands before the look-up of pieces.
  let basic: BasicTokenizer

  /// Makes a tokeniser; the options are those that the vocabulary was made with.
  public init(_ vocabulary: PieceVocabulary, _ options: WordPieceOptions = WordPieceOptions()) {
    (self.vocabulary, self.options) = (vocabulary, options)
    basic = BasicTokenizer(options: options)
  }

  /// The pieces of words. A word is parted at blanks and where the options say, and keeps its index. A word that
  /// the vocabulary cannot spell whole, or of more than 100 characters, is `[UNK]`. A word that is written as a special
  /// piece, or begins with `##`, is looked up like any other.
  public func pieces(of words: some Sequence<String>) -> PieceSequence {
    var pieces = PieceSequence()
    for (index, word) in words.enumerated() {
      for part in basic.text(of: word).split(separator: 0x20) { append(part, to: &pieces.ids) }
      let added = pieces.ids.count - pieces.words.count
      pieces.words += repeatElement(Int32(index), count: added)
    }
    return pieces
  }

  /// The ids of a text's pieces; blanks part its words.
  public func ids(of text: String) -> [Int32] { pieces(of: CollectionOfOne(text)).ids }

  private func append(_ word: ArraySlice<UInt8>, to ids: inout [Int32]) {
    let start = ids.count
    var rest = word
    let isTooLong =
      word.count > Self.longestWord && word.count { $0 & 0xC0 != 0x80 } > Self.longestWord
    while !isTooLong, !rest.isEmpty,
      let (id, length) = vocabulary.longest(in: rest, continuing: rest.count < word.count)
    {
      ids.append(id)
      rest = rest.dropFirst(length)
    }
    guard !rest.isEmpty else { return }
    ids.removeSubrange(start...)
    ids.append(vocabulary[.unknown])
  }
}
