import Corpora
import Foundation
import Models
import Testing

@testable import Evaluation

/// Checks the part `rin` of a file of cases: cells and tags to triples, and the counts of both exact rules
/// (RIN/README.md 6.6, 6.7).
///
/// - Parameter json: the whole file.
func checkRINCases(_ json: Data) throws {
  struct File: Decodable { let rin: [RINCase]? }
  for example in try JSONDecoder().decode(File.self, from: json).rin ?? [] { example.check() }
}

/// Tags, cells over the threshold and gold triples of a sentence, with what they come to.
struct RINCase: Decodable {
  let note: String
  let anchor: Anchor
  let tags: [Int]
  /// Head anchor, tail anchor, relation.
  let cells: [[Int]]
  /// Head start and end, relation, tail start and end.
  let gold: [[Int]]
  let defaultTriples: [[Int]]
  let defaultCounts: [Int]
  let authorsCorrectCells: [[Int]]
  let authorsCounts: [Int]

  private enum CodingKeys: String, CodingKey {
    case note, anchor, tags, cells, gold
    case defaultTriples = "default_triples"
    case defaultCounts = "default_counts"
    case authorsCorrectCells = "authors_correct_cells"
    case authorsCounts = "authors_counts"
  }

  func check() {
    let comment = Comment(rawValue: note)
    #expect(Set(prediction.triples.map(Self.row)) == Set(defaultTriples), comment)
    var options = EvaluationOptions()
    options.match = .exactPosition
    #expect(counts(options) == defaultCounts, comment)
    (options.rinExact, options.anchor) = (.authors, anchor)
    #expect(counts(options) == authorsCounts, comment)
    let right = KeyedSentence(sentence, prediction, options.matching).predicted
      .filter { !$0.isWrong }.map(Self.cell)
    #expect(Set(right) == Set(authorsCorrectCells), comment)
  }

  private func counts(_ options: EvaluationOptions) -> [Int] {
    let score = Evaluator(options).report(sentences: [sentence], predictions: [prediction]).score
    return [score.counts.tp, score.counts.predicted, score.counts.gold]
  }

  private var sentence: Sentence {
    Sentence(
      id: "1", tokens: tags.map(String.init),
      triples: gold.map {
        Triple(
          head: .span(Span($0[0], $0[1])), relation: String($0[2]), tail: .span(Span($0[3], $0[4])))
      })
  }

  private var prediction: Prediction {
    var options = RINOptions()
    options.anchor = anchor
    let relations = (0...(cells.map { $0[2] }.max() ?? 0)).map(String.init)
    let model = RIN(
      options: options,
      vocabularies: Vocabularies(
        lists: [
          ("words", NameList([])), ("relations", NameList(relations)),
          ("parts_of_speech", NameList([])),
        ], sizes: []))
    return model.read(
      cells.map { PairTarget(head: $0[0], tail: $0[1], relation: $0[2]) },
      tags: Tags(tags, .bioes))
  }

  private static func row(_ triple: Triple) -> [Int] {
    let ends = [triple.head, triple.tail].map { $0.span.map { [$0.start, $0.end] } ?? [] }
    return ends[0] + [Int(triple.relation) ?? -1] + ends[1]
  }

  private static func cell(_ key: TripleKey) -> [Int] {
    func position(_ entity: EntityKey?) -> Int {
      guard case .position(let position)? = entity else { return -1 }
      return position
    }
    return [position(key.head), position(key.tail), Int(key.relation?.value ?? "") ?? -1]
  }
}
