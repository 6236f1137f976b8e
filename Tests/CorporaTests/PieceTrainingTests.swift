import Randomness
import TestSupport
import Testing

@testable import Corpora

@Suite("Training of pieces")
struct PieceTrainingTests {
  @Test("a small vocabulary by hand")
  func byHand() {
    let words = ["low": 5, "lower": 2, "newest": 6, "widest": 3]
    var training = PieceTraining(
      Dictionary(uniqueKeysWithValues: words.map { (ExactString($0), $1) }))
    let start = training.pieces.count
    training.run(to: start + 3)
    // es and st are 9 each, and ##e was there first; with t it is 9; then l and o.
    #expect(training.pieces[start...] == ["##es", "##est", "lo"])
  }

  @Test("joins are those of a count of all pairs each time")
  func exhaustive() {
    for seed in 0..<60 {
      let random = CounterRandom(seed: UInt64(seed), purpose: "words")
      var words: [ExactString: Int] = [:]
      for word in 0..<12 {
        let letters = (0..<Int(1 + random.bits(word * 20) % 9)).map {
          ["a", "b", "#", "é"][Int(random.bits(word * 20 + 1 + $0) % 4)]
        }
        words[ExactString(letters.joined())] = Int(1 + random.bits(word * 20 + 19) % 4)
      }
      var training = PieceTraining(words)
      let naive = Self.naive(words, start: training.pieces, size: training.pieces.count + 12)
      training.run(to: training.pieces.count + 12)
      #expect(training.pieces == naive)
    }
  }

  /// Byte pair encoding by its definition.
  private static func naive(
    _ counts: [ExactString: Int], start: [String], size: Int
  ) -> [String] {
    var pieces = start
    func id(_ piece: String) -> Int {
      let found = pieces.firstIndex { ExactString($0) == ExactString(piece) }
      if found == nil { pieces.append(piece) }
      return found ?? pieces.count - 1
    }
    var words = counts.map { word, count in
      (word.value.unicodeScalars.enumerated().map { id(($0 == 0 ? "" : "##") + String($1)) }, count)
    }
    while pieces.count < size {
      var pairs: [[Int]: Int] = [:]
      for (word, count) in words {
        for pair in zip(word, word.dropFirst()) { pairs[[pair.0, pair.1], default: 0] += count }
      }
      let best = pairs.min { (-$0.value, $0.key[0], $0.key[1]) < (-$1.value, $1.key[0], $1.key[1]) }
      guard let (pair, count) = best, count > 1 else { break }
      let joined = id(
        pieces[pair[0]] + String(pieces[pair[1]].unicodeScalars.dropFirst(2)))
      for index in words.indices {
        var rest = words[index].0[...]
        var word: [Int] = []
        while let first = rest.first {
          let isPair = rest.starts(with: pair)
          word.append(isPair ? joined : first)
          rest = rest.dropFirst(isPair ? 2 : 1)
        }
        words[index].0 = word
      }
    }
    return pieces
  }

  @Test("every word of the training split is spelled, and the same split gives the same pieces")
  func vocabulary() throws {
    let sentences = Self.sentences
    for options in [WordPieceOptions(), WordPieceOptions(.uncased, split: .punctuation)] {
      let pieces = PieceVocabulary.trained(on: sentences, options, size: 200)
      #expect(pieces == PieceVocabulary.trained(on: sentences.reversed(), options, size: 200))
      #expect(pieces.count <= 200)
      let vocabulary = try PieceVocabulary(pieces)
      let tokenizer = WordPiece(vocabulary, options)
      for sentence in sentences {
        #expect(!tokenizer.pieces(of: sentence.tokens).ids.contains(vocabulary[.unknown]))
      }
      #expect(vocabulary.id(of: ";") == 5 && vocabulary.id(of: "|") == 6)
    }
  }

  @Test("relations whose words are alike have the pieces of their full names")
  func alikeRelations() throws {
    let sentences = ["/p/q_r/cap", "/s/t/cap", "/u/seat_of"].map { relation in
      Sentence(
        id: relation, tokens: ["a", "b"],
        triples: [Triple(head: .span(Span(0, 0)), relation: relation, tail: .span(Span(1, 1)))])
    }
    let pieces = PieceVocabulary.trained(on: sentences, surface: .words, size: 100)
    #expect(pieces.contains("##_") && pieces.contains("s") && !pieces.contains("u"))
    let text = try TargetText(
      WordPiece(try PieceVocabulary(pieces)),
      relations: NameList(sentences.map(\.triples[0].relation)), surface: .words)
    #expect(sentences.allSatisfy { text.canWrite(relation: $0.triples[0].relation) })
  }

  /// Some sentences with names, places and relations.
  private static let sentences: [Sentence] = (0..<60).map { index in
    let (name, town) = (
      ["Ann", "Bo", "Cyr"][index % 3], ["Rome", "São-Tomé", "Hay"][index % 7 % 3]
    )
    let triple = Triple(
      head: .span(Span(0, 1)), relation: "/people/born_in", tail: .span(Span(3, 3)))
    return Sentence(id: "\(index)", tokens: [name, "Lee", "left", town, "."], triples: [triple])
  }
}
