import Foundation
import TestSupport
import Testing

@testable import Corpora

@Suite("Target text")
struct TargetTextTests {
  private static func text(
    _ relations: [String], _ options: WordPieceOptions = WordPieceOptions(),
    surface: RelationSurface = .full, extra: [String] = []
  ) throws -> TargetText {
    let letters = (33..<127).map { String(UnicodeScalar($0)) }
    let pieces =
      SpecialPiece.allCases.map(\.rawValue) + letters + letters.map { "##" + $0 } + extra
    return try TargetText(
      WordPiece(PieceVocabulary(pieces), options), relations: NameList(relations), surface: surface)
  }

  private static func sentence(_ text: String, _ triples: [(String, String, String)]) -> Sentence {
    let tokens = Sentence.tokens(of: text)
    func argument(_ name: String) -> Argument {
      Sentence.firstOccurrence(of: name, in: tokens).map(Argument.span) ?? .text(name)
    }
    return Sentence(
      id: "1", tokens: tokens,
      triples: triples.map {
        Triple(head: argument($0.0), relation: $0.1, tail: argument($0.2))
      })
  }

  /// What comes back of all triples.
  private func read(_ text: TargetText, _ sentence: Sentence) -> [Triple] {
    let pieces = text.tokenizer.pieces(of: sentence.tokens)
    return text.triples(
      in: text.text(of: sentence.distinctTriples, in: sentence).tokens,
      source: text.words(of: sentence, pieces))
  }

  @Test("triples are written in their order and come back, located or not")
  func roundTrip() throws {
    let text = try Self.text(["/a/b", "was a"], extra: ["Ann", "##ton"])
    let sentence = Self.sentence(
      "Ann Lee and Annton left", [("Ann Lee", "/a/b", "Annton"), ("Rome", "was a", "Ann")])
    let tokens = text.text(of: sentence.triples, in: sentence)
    let spelled = tokens.tokens.map { text.tokenizer.vocabulary.pieces[Int($0)] }
    #expect(
      spelled.joined(separator: " ")
        == "Ann L ##e ##e ; Ann ##ton ; / ##a ##/ ##b | R ##o ##m ##e ; Ann ; w ##a ##s a")
    #expect(tokens.entities == [0..<4, 5..<7, 13..<17, 18..<19])
    #expect(read(text, sentence) == sentence.triples)
    #expect(sentence.triples.map { $0.isLoop(in: sentence) } == [false, false])
  }

  @Test("a triple with a separator in an entity, or of another relation, is left out")
  func separators() throws {
    let text = try Self.text(["r", "a;b"])
    let sentence = Self.sentence(
      "a ; b c;d | e",
      [("a ; b", "r", "e"), ("e", "r", "|"), ("c;d", "r", "a"), ("a", "q", "e"), ("e", "a;b", "a")])
    #expect(
      sentence.triples.map { text.canHold($0, in: sentence) } == [
        false, false, true, false, true,
      ])
    #expect(read(text, sentence) == [sentence.triples[2], sentence.triples[4]])
    let parted = try Self.text(["r", "a;b"], WordPieceOptions(split: .punctuation))
    #expect(!sentence.triples.contains { parted.canHold($0, in: sentence) })
    #expect(text.canWrite("c;d") && !parted.canWrite("c;d"))
    #expect(!text.canWrite("|") && !text.canWrite("é") && !text.canWrite(""))
    #expect(!text.canWrite("[SEP]") && !text.canWrite("[MASK]"))
    #expect(text.fault(ofName: "[SEP]") == .separator && text.fault(ofName: "c;d") == nil)
    // Control characters have no piece where punctuation parts words.
    #expect(
      parted.fault(ofName: "\u{200B}") == .empty && parted.fault(ofRelation: "a;b") == .separator)
    let ending = Self.sentence("a [SEP]", [("a", "r", "[SEP]")])
    #expect(!text.canHold(ending.triples[0], in: ending) && read(text, ending).isEmpty)
  }

  @Test("a vocabulary without a separator is refused")
  func refusal() throws {
    let vocabulary = try PieceVocabulary(SpecialPiece.allCases.map(\.rawValue) + [";"])
    let error = #expect(throws: CorpusError.self) {
      try TargetText(WordPiece(vocabulary), relations: NameList(["r"]))
    }
    #expect(error?.description.contains("lacks '|'") == true)
  }

  @Test("where punctuation parts words, blanks and letters come from the sentence")
  func blanks() throws {
    let options = WordPieceOptions(.uncased, split: .punctuation)
    let text = try Self.text(["/x/Y_z", "p q"], options)
    let sentence = Self.sentence(
      "the U.S.-led A.C. Milan ( A ) won't",
      [("A.C. Milan", "/x/Y_z", "U.S."), ("( A )", "p q", "won't"), ("Q.x", "p q", "the")])
    let found = read(text, sentence)
    #expect(found[0].head == .span(Span(2, 3)) && found[0].relation == "/x/Y_z")
    #expect(found[0].tail == .text("u.s."))
    #expect(found[1] == sentence.triples[1])
    #expect(found[2].head == .text("q . x"))
  }

  @Test(
    "a name that the sentence lacks has the letters and blanks of training, the commonest first")
  func lostNames() throws {
    let options = WordPieceOptions(.uncased, split: .punctuation)
    let sentences = [("Q.x", "the"), ("Q.X", "U.S."), ("Q.X", "q"), ("a", "a .")].map {
      head, tail in
      Self.sentence("the a .", [(head, "r", tail)])
    }
    let list = VocabularyList.lostNames(options)
    let names = list.collect(sentences, 1)
    #expect(names == ["Q.X", "Q.x", "U.S."])
    #expect(VocabularyList.lostNames(WordPieceOptions()).collect(sentences, 1).isEmpty)
    let tokenizer = try Self.text(["r"], options).tokenizer
    let text = try TargetText(tokenizer, relations: NameList(["r"]), names: NameList(names))
    let triples = [("Q.X", "r", "U.S."), ("u.s.-led", "r", "a.a")]
    let found = read(text, Self.sentence("the U.S.-led Q", triples))
    #expect(found.map(\.head) == [.text("Q.X"), .span(Span(1, 1))])
    #expect(found.map(\.tail) == [.text("U.S."), .text("a . a")])
    let own = read(text, Self.sentence("q.x u.s.", [("Q.X", "r", "U.S.")]))
    #expect(own.map(\.head) == [.span(Span(0, 0))])
  }

  @Test("relations as words read back, and those that would read alike keep their names")
  func surfaces() throws {
    let names = [
      "/people/person/place_lived", "/a/b/place_lived", "/a/birth_place", "x/y", "/", "r",
    ]
    func surfaces(_ names: [String], _ split: WordSplit = .blanks) -> [String] {
      RelationSurface.words.texts(
        of: names, BasicTokenizer(options: WordPieceOptions(split: split)))
    }
    #expect(surfaces(names) == [names[0], names[1], "birth place", "x y", "/", "r"])
    // Where punctuation parts words, blanks tell nothing apart.
    let alike = ["/a/born_in", "/b/bornin", "/c/is"]
    #expect(surfaces(alike) == ["born in", "bornin", "is"])
    #expect(surfaces(alike, .punctuation) == [alike[0], alike[1], "is"])
    // A separator by itself is not read.
    #expect(surfaces(["/f/;", "/f/a_|", "/f/a;b"]) == ["/f/;", "/f/a_|", "a;b"])
    let text = try Self.text(names, surface: .words)
    let sentence = Self.sentence("a b", names.map { ("a", $0, "b") })
    #expect(read(text, sentence) == sentence.triples)
    #expect(text.indistinctRelations.isEmpty)
    let uncased = try Self.text(["bornIn", "bornin", "ж"], WordPieceOptions(.uncased))
    #expect(uncased.indistinctRelations == ["bornin"] && uncased.unwrittenRelations == ["ж"])
    let isWritten = ["bornIn", "bornin", "ж", "q"].map { uncased.canWrite(relation: $0) }
    #expect(isWritten == [true, false, false, false])
  }
}

@Suite(
  "Target text of real corpora", .enabled(if: corpusFolder != nil, "no folder of corpora"))
struct RealTargetTextTests {
  struct Tokenizers {
    let cased: WordPiece
    let parted: WordPiece
    let uncased: WordPiece

    init(_ folder: URL) throws {
      func vocabulary(_ name: String) throws -> PieceVocabulary {
        try .read(folder.appending(path: "vocab/bert-\(name)/vocab.txt").path)
      }
      cased = WordPiece(try vocabulary("cased"))
      parted = WordPiece(cased.vocabulary, WordPieceOptions(split: .punctuation))
      uncased = WordPiece(
        try vocabulary("uncased"), WordPieceOptions(.uncased, split: .punctuation))
    }
  }

  @Test("every triple that is kept comes back")
  func roundTrip() async throws {
    let folder = try #require(corpusFolder)
    let tokenizers = try Tokenizers(folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for split in try RealSplit.all() {
        group.addTask {
          let sentences = try split.read(in: folder).sentences
          for tokenizer in [tokenizers.cased, tokenizers.parted, tokenizers.uncased] {
            try check(sentences, tokenizer, split.file)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// What comes back of triples spells the same. With a cased vocabulary it is the same, where the vocabulary spells the
  /// names and, if punctuation parts words, the tokens hold them.
  private func check(_ sentences: [Sentence], _ tokenizer: WordPiece, _ file: String) throws {
    let relations = NameList(VocabularyList.relations.collect(sentences, 1))
    let text = try TargetText(tokenizer, relations: relations)
    for sentence in sentences {
      let triples = sentence.distinctTriples
      let tokens = text.text(of: triples, in: sentence).tokens
      let pieces = tokenizer.pieces(of: sentence.tokens)
      let read = text.triples(in: tokens, source: text.words(of: sentence, pieces))
      func key(_ name: String) -> ExactString { tokenizer.key(tokenizer.ids(of: name)) }
      let spelled = Set(read.map { names($0, sentence, key) })
      let same = Set(read.map { names($0, sentence, ExactString.init) })
      for triple in triples {
        #expect(text.canHold(triple, in: sentence), "\(file) \(triple)")
        #expect(spelled.contains(names(triple, sentence, key)), "\(file) \(triple)")
        let isHeld = triple.head.span != nil && triple.tail.span != nil
        let isSpelled = text.pieces(of: triple, in: sentence).map {
          !($0.head + $0.tail + $0.relation).contains(tokenizer.vocabulary[.unknown])
        }
        if tokenizer.options.casing != .cased || isSpelled == false { continue }
        guard tokenizer.options.split == .blanks || isHeld else { continue }
        let isBack = same.contains(names(triple, sentence, ExactString.init))
        #expect(isBack, "\(file) \(tokenizer.options) \(triple)")
      }
    }
  }

  private func names(
    _ triple: Triple, _ sentence: Sentence, _ key: (String) -> ExactString
  ) -> [ExactString] {
    [sentence.text(of: triple.head), triple.relation, sentence.text(of: triple.tail)].map(key)
  }

  /// Heads and tails that would be wrong if the words of generated pieces were joined by blanks.
  static let parted = [
    ("NYT24/prgc-exact/test_triples.json.gz", 354, 17232),
    ("WebNLG/prgc-exact/test_triples.json", 180, 3214),
  ]

  @Test("where punctuation parts words, blanks alone do not give the names", arguments: parted)
  func blanks(file: String, lost: Int, of all: Int) throws {
    let folder = try #require(corpusFolder)
    let tokenizers = try Tokenizers(folder)
    let sentences = try CorpusFormat.triples.read(folder.appending(path: file).path).sentences
    let names = sentences.flatMap { sentence in
      sentence.triples.flatMap { [$0.head, $0.tail] }.map(sentence.text)
    }
    func wrong(_ tokenizer: WordPiece) -> Int {
      names.count { name in
        let words = tokenizer.vocabulary.words(of: tokenizer.ids(of: name))
        return ExactString(words.joined(separator: " ")) != ExactString(name)
      }
    }
    #expect(names.count == all && wrong(tokenizers.parted) == lost && wrong(tokenizers.cased) == 0)
  }
}
