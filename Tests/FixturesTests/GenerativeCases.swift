import Corpora
import Foundation
import Testing

@testable import Evaluation

/// Generated text and the triples that it reads as.
struct TextCases: Decodable {
  struct Case: Decodable {
    let text: String
    let triples: [[String]]
    let dropSelf: [[String]]?
  }

  let relations: [String]
  let cases: [Case]

  func check() {
    let grammar = TargetGrammar<Unicode.Scalar>(field: ";", triple: "|")
    let known = NameList(relations)
    for test in cases {
      let found = grammar.triples(
        in: Array(test.text.unicodeScalars),
        entity: { text in trimmed(text).map(Argument.text) },
        relation: { text in trimmed(text).flatMap { known.id(of: $0) }.map { known[$0] } })
      #expect(found.map(row) == test.triples, "\(test.text)")
      let others = found.filter { !$0.isLoop(in: Sentence(id: "", tokens: [])) }
      #expect(others.map(row) == test.dropSelf ?? test.triples, "\(test.text)")
    }
  }

  private func trimmed(_ text: ArraySlice<Unicode.Scalar>) -> String? {
    let text = String(String.UnicodeScalarView(text)).trimmingCharacters(in: [" "])
    return text.isEmpty ? nil : text
  }

  private func row(_ triple: Triple) -> [String] {
    let sentence = Sentence(id: "", tokens: [])
    return [sentence.text(of: triple.head), sentence.text(of: triple.tail), triple.relation]
  }
}

/// A target text with its triples, and the labels on both sides.
struct LabelCases: Decodable {
  struct Case: Decodable {
    let source: [String]
    let triples: [[[String]]]
    let target: [String]
    let sourceLabels: String
    let targetLabels: String
    let sourceLabelsAll: String?
  }

  let cases: [Case]

  func check() {
    let grammar = TargetGrammar(field: ExactString(";"), triple: ExactString("|"))
    for test in cases {
      let target = grammar.text(
        of: test.triples.map { parts in
          let parts = parts.map { $0.map { ExactString($0) } }
          return TripleParts(head: parts[0], tail: parts[1], relation: parts[2])
        })
      let source = test.source.map { ExactString($0) }
      #expect(target.tokens.map(\.value) == test.target)
      let first = CommonRuns.labels(source: source, target: target)
      let all = CommonRuns.labels(source: source, target: target, occurrences: .all)
      #expect(first.source.letters == test.sourceLabels, "\(test)")
      #expect(first.target.letters == test.targetLabels, "\(test)")
      #expect(all.source.letters == test.sourceLabelsAll ?? test.sourceLabels, "\(test)")
      #expect(all.target.letters == test.targetLabels, "\(test)")
    }
  }
}

extension Tags {
  /// The tags as a string of O, B and I.
  var letters: String { String(values.map { Array("OBI")[$0] }) }
}

/// A source, generated tokens with their labels, and the tokens that a label allows next.
struct StrategyCases: Decodable {
  struct Case: Decodable {
    let source: [String]?
    let words: [String]?
    let vocabulary: [String]?
    let generated: [[String]]
    let label: String
    let allowed: [String]?
  }

  let pieces: [Case]
  let words: [Case]?

  func check() throws {
    for test in pieces {
      try check(test, try #require(test.source), ["[PAD]", "[CLS]", "[MASK]", "[UNK]"])
    }
    for test in words ?? [] {
      let vocabulary = NameList(try #require(test.vocabulary))
      let words = try #require(test.words).map { vocabulary.id(of: $0) == nil ? "<unk>" : $0 }
      try check(test, words, ["<pad>", "<sos>"])
    }
  }

  private func check(_ test: Case, _ source: [String], _ banned: [String]) throws {
    let names = NameList(source + banned + test.generated.map { $0[0] } + (test.allowed ?? []))
    func id(_ name: String) throws -> Int32 { Int32(try #require(names.id(of: name))) }
    func label(_ letter: String) throws -> CopyLabel {
      let number = try #require(["O", "B", "I"].firstIndex(of: letter))
      return try #require(CopyLabel(rawValue: number))
    }
    var state = CopySource(try source.map(id), banned: Set(try banned.map(id)))
    for token in test.generated { state.append(try id(token[0]), try label(token[1])) }
    let expected = try test.allowed?.map(id).sorted()
    #expect(state.allowed(try label(test.label)) == expected, "\(test)")
  }
}

/// Predicted and gold triples of a sentence, and the kinds of the wrong ones.
struct ErrorCases: Decodable {
  struct Case: Decodable {
    let predicted: [[String]]
    let gold: [[String]]
    let counts: [String: Int]
    let kinds: [Kind]
  }

  struct Kind: Decodable {
    let triple: [String]
    let kind: String

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      triple = try values.decode([String].self)
      kind = try values.decode(String.self)
    }
  }

  let cases: [Case]

  func check() {
    for test in cases {
      let sentence = Sentence(id: "", tokens: ["-"], triples: test.gold.map(triple))
      let groups = test.predicted.map(triple).map {
        Prediction.Group(head: $0.head, relation: $0.relation, tail: $0.tail)
      }
      var counts = ErrorCounts()
      counts.add(sentence, groups)
      for kind in ErrorKind.allCases {
        #expect(counts[kind] == test.counts[kind.rawValue], "\(test)")
        let rate = 1000 * Double(counts[kind]) / Double(max(1, Set(test.gold).count))
        #expect(counts.perThousandGold(kind) == (test.gold.isEmpty ? 0 : rate))
      }
      let kinds = ErrorCounts.kinds(of: groups, in: sentence)
      #expect(kinds.map { groups[$0.index] } == test.kinds.map { group($0.triple) }, "\(test)")
      #expect(kinds.map(\.kind.rawValue) == test.kinds.map(\.kind), "\(test)")
    }
  }

  private func triple(_ row: [String]) -> Triple {
    Triple(head: .text(row[0]), relation: row[1], tail: .text(row[2]))
  }

  private func group(_ row: [String]) -> Prediction.Group {
    Prediction.Group(head: .text(row[0]), relation: row[1], tail: .text(row[2]))
  }
}
