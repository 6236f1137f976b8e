import Foundation
import TestSupport
import Testing

@testable import Corpora

@Suite("WordPiece")
struct WordPieceTests {
  static let special = SpecialPiece.allCases.map(\.rawValue)

  static func tokenizer(
    _ pieces: [String], _ options: WordPieceOptions = WordPieceOptions()
  ) throws -> WordPiece {
    WordPiece(try PieceVocabulary(special + pieces), options)
  }

  /// The pieces of words as strings.
  private func spelled(_ tokenizer: WordPiece, _ words: String...) -> [String] {
    tokenizer.pieces(of: words).ids.map { tokenizer.vocabulary.pieces[Int($0)] }
  }

  @Test("the longest piece from the left is taken, and each piece knows its word")
  func longestMatch() throws {
    let tokenizer = try Self.tokenizer(["un", "una", "##able", "##ble", "##aff", "a", "##ff"])
    let pieces = tokenizer.pieces(of: ["unable", "a", "unaffable", "", "a a"])
    #expect(
      pieces.ids.map { tokenizer.vocabulary.pieces[Int($0)] } == [
        "una", "##ble", "a", "una", "##ff", "##able", "a", "a",
      ])
    #expect(pieces.words == [0, 0, 1, 2, 2, 2, 4, 4])
  }

  @Test("what cannot be spelled whole is unknown, and so is a word of more than 100 characters")
  func unknown() throws {
    let tokenizer = try Self.tokenizer(["a", "##a", "é", "##é"])
    #expect(spelled(tokenizer, "ab", "aa") == ["[UNK]", "a", "##a"])
    let long = String(repeating: "é", count: 100)
    #expect(spelled(tokenizer, long).count == 100)
    #expect(spelled(tokenizer, long + "é") == ["[UNK]"])
  }

  @Test("letters and marks are compared by code points, never as equal forms of one character")
  func codePoints() throws {
    let tokenizer = try Self.tokenizer(["\u{E9}", "e", "##\u{301}", "a", "##\u{308}b"])
    #expect(spelled(tokenizer, "\u{E9}", "e\u{301}") == ["\u{E9}", "e", "##\u{301}"])
    #expect(spelled(tokenizer, "a\u{308}b") == ["a", "##\u{308}b"])
    let marks = String(repeating: "e\u{301}", count: 51)
    #expect(spelled(tokenizer, marks) == ["[UNK]"])
  }

  @Test("a word that is written as a special or a continuing piece is looked up as it is")
  func literal() throws {
    let whole = try Self.tokenizer(["##ab"])
    #expect(spelled(whole, "[SEP]", "##ab", "ab") == ["[SEP]", "##ab", "[UNK]"])
    let parted = try Self.tokenizer(
      ["[", "]", "SE", "##P"], WordPieceOptions(split: .punctuation))
    #expect(spelled(parted, "[SEP]") == ["[", "SE", "##P", "]"])
  }

  @Test("punctuation, CJK characters and white space part words; control characters go")
  func punctuation() throws {
    let tokenizer = try Self.tokenizer(
      ["a", "b", "##b", "-", "“", "中", "$"], WordPieceOptions(split: .punctuation))
    #expect(spelled(tokenizer, "a-b“b") == ["a", "-", "b", "“", "b"])
    #expect(spelled(tokenizer, "a中b$") == ["a", "中", "b", "$"])
    #expect(
      spelled(tokenizer, "a\u{200B}b", "a\u{A0}b", "a\tb", "\u{1}") == [
        "a", "##b", "a", "b", "a", "b",
      ])
    #expect(spelled(try Self.tokenizer(["a", "##-b"]), "a-b") == ["a", "##-b"])
  }

  @Test("an uncased vocabulary has lower case, with accents or without")
  func uncased() throws {
    let pieces = ["ecole", "école", "strasse", "straße", "i", "##\u{307}"]
    let bare = try Self.tokenizer(pieces, WordPieceOptions(.uncased))
    #expect(spelled(bare, "École", "STRAßE", "İ") == ["ecole", "straße", "i"])
    let kept = try Self.tokenizer(pieces, WordPieceOptions(.lowercase))
    #expect(spelled(kept, "École", "İ") == ["école", "i", "##\u{307}"])
    #expect(spelled(kept, "E\u{301}cole") == ["[UNK]"])
  }

  @Test("a vocabulary without its special pieces, with repeats or without text is refused")
  func refusals() throws {
    func message(_ pieces: [String], _ file: String? = nil) -> String {
      do throws(CorpusError) {
        _ = try PieceVocabulary(pieces, file: file)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(
      message(["a", "[PAD]", "[CLS]"], "v.txt").hasPrefix(
        "v.txt: the 3 pieces lack [UNK], [SEP], [MASK]; expected"))
    #expect(message(["a", "b", "a"], "v.txt").hasPrefix("v.txt:3: piece 2, 'a', is piece 0 again"))
    #expect(message(Self.special + [""], "v.txt").hasPrefix("v.txt:6: piece 5 is empty"))
    #expect(message(["é", "e\u{301}"] + Self.special) == "")
    #expect(throws: CorpusError.self) { try PieceVocabulary.read("/nowhere/vocab.txt") }
  }

  @Test("a file has a piece on each line, whatever its line ends")
  func file() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "vocab.txt").path
      let text = (Self.special + ["a\u{2028}", "b"]).joined(separator: "\r\n")
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let vocabulary = try PieceVocabulary.read(path)
      #expect(vocabulary.count == 7)
      #expect(vocabulary.id(of: "a\u{2028}") == 5)
      #expect(vocabulary[.mask] == 4)
      #expect(vocabulary.isSpecial(4) && !vocabulary.isSpecial(5))
    }
  }
}
