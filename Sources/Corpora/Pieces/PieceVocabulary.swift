/// The pieces of words that a model knows; a piece's id is its index. `##` marks a piece that goes on with a word
/// (Models/Generative/README.md 7.2).
public struct PieceVocabulary: Sendable {
  /// The mark of a piece that goes on with a word.
  static let continuation = "##"

  /// The pieces, by id.
  public let pieces: NameList
  private let special: [SpecialPiece: Int32]
  private let trie: PieceTrie

  /// Makes a vocabulary of distinct pieces.
  ///
  /// - Parameter file: where they come from, for the error.
  /// - Throws: `CorpusError` for a repeated or empty piece, or where one of ``SpecialPiece`` is not among them.
  public init(_ pieces: [String], file: String? = nil) throws(CorpusError) {
    self.pieces = NameList(pieces)
    var trie = PieceTrie()
    var special: [SpecialPiece: Int32] = [:]
    for (id, piece) in pieces.enumerated() {
      if let fault = Self.fault(of: piece, id, first: self.pieces.id(of: piece)) {
        throw CorpusError(file: file, line: file == nil ? nil : id + 1, fault)
      }
      trie.insert(piece.utf8, id: Int32(id), continuing: false)
      if piece.utf8.starts(with: Self.continuation.utf8) {
        trie.insert(piece.utf8.dropFirst(2), id: Int32(id), continuing: true)
      }
      if let kind = SpecialPiece(rawValue: piece) { special[kind] = Int32(id) }
    }
    let missing = SpecialPiece.allCases.filter { special[$0] == nil }.map(\.rawValue)
    guard missing.isEmpty else {
      throw CorpusError(
        file: file,
        "the \(pieces.count) pieces lack \(missing.joined(separator: ", ")); expected a vocabulary "
          + "of WordPiece, a piece a line, such as BERT's vocab.txt")
    }
    (self.trie, self.special) = (trie, special)
  }

  /// What is wrong with a piece; `nil` where it is the first of its text.
  private static func fault(of piece: String, _ id: Int, first: Int?) -> String? {
    if piece.isEmpty { return "piece \(id) is empty; expected a piece of a word on each line" }
    guard let first, first != id else { return nil }
    return "piece \(id), '\(piece.shown(atMost: 40))', is piece \(first) again; remove one of them"
  }

  /// Pieces of other programs, in which a text may occur twice. The last one holds, as in Hugging Face's tokenisers;
  /// earlier ones become texts that no word has, so that ids stay.
  public static func withoutRepeats(_ pieces: [String]) -> [String] {
    var last: [ExactString: Int] = [:]
    for (id, piece) in pieces.enumerated() { last[ExactString(piece)] = id }
    return pieces.enumerated().map { id, piece in
      last[ExactString(piece)] == id ? piece : "[repeated \(id)]"
    }
  }

  /// Reads a file with a piece on each line, such as `vocab.txt` (``withoutRepeats(_:)``).
  ///
  /// - Throws: `CorpusError` with file and line.
  public static func read(_ path: String) throws(CorpusError) -> PieceVocabulary {
    var reader = try LineReader(path)
    var pieces: [String] = []
    while let line = try reader.next() {
      pieces.append(try TextFile.string(line, at: reader.place))
    }
    return try PieceVocabulary(withoutRepeats(pieces), file: path)
  }

  /// The number of pieces.
  public var count: Int { pieces.count }

  /// The id of a special piece.
  public subscript(kind: SpecialPiece) -> Int32 {
    guard let id = special[kind] else { preconditionFailure("no \(kind.rawValue)") }
    return id
  }

  /// The id of a piece; `nil` if the vocabulary lacks it.
  public func id(of piece: String) -> Int32? { pieces.id(of: piece).map { Int32($0) } }

  /// Whether a piece is one of ``SpecialPiece``.
  public func isSpecial(_ id: Int32) -> Bool { special.values.contains(id) }

  /// The longest piece at the start of `bytes` and its number of bytes; `nil` where there is none.
  func longest(in bytes: ArraySlice<UInt8>, continuing: Bool) -> (id: Int32, length: Int)? {
    trie.longest(in: bytes, continuing: continuing)
  }

  /// The words that pieces spell: a piece with `##`, which is taken off, goes on with the word before it.
  ///
  /// - Parameter ids: pieces of this vocabulary.
  public func words(of ids: some Sequence<Int32>) -> [String] {
    var words: [String] = []
    for id in ids {
      let piece = pieces[Int(id)]
      guard piece.utf8.starts(with: Self.continuation.utf8) else {
        words.append(piece)
        continue
      }
      let text = String(piece.unicodeScalars.dropFirst(2))
      if words.isEmpty { words.append(text) } else { words[words.count - 1] += text }
    }
    return words
  }
}
