import Corpora
import Evaluation

/// The right triples of a sentence and its faults, by exact strings.
struct SentenceFaults {
  /// A right triple or a fault.
  struct Item {
    /// The index in ``kinds``.
    let kind: Int
    let gold: Triple?
    let predicted: Prediction.Group?
    /// The probability of the predicted triple; `nil` where the system gives none.
    let score: Float?
  }

  /// The names of the kinds of items.
  static let kinds = ["right"] + FaultKind.allCases.map(\.rawValue)
  private static let numbers = Dictionary(
    uniqueKeysWithValues: FaultKind.allCases.enumerated().map { ($1, $0 + 1) })

  /// The right triples in the decoder's order, then the faults by kind.
  let items: [Item]

  /// The items of every sentence.
  static func of(
    _ sentences: [Sentence], _ predictions: [Prediction], _ report: EvaluationReport
  ) -> [SentenceFaults] {
    let faults = Dictionary(grouping: report.faults.list, by: \.sentence)
    return sentences.indices.map {
      SentenceFaults(sentences[$0], predictions[$0], faults[$0] ?? [])
    }
  }

  private init(_ sentence: Sentence, _ prediction: Prediction, _ faults: [Fault]) {
    let scores = Dictionary(uniqueKeysWithValues: zip(prediction.groups, prediction.scores))
    var gold = Dictionary(
      sentence.triples.map { (Names($0, in: sentence), $0) },
      uniquingKeysWith: { first, _ in first })
    let right = prediction.groups.compactMap { group in
      Names(group, in: sentence).flatMap { gold.removeValue(forKey: $0) }.map {
        Item(kind: 0, gold: $0, predicted: group, score: scores[group])
      }
    }
    items =
      right
      + faults.map { fault in
        Item(
          kind: Self.numbers[fault.kind] ?? 0, gold: fault.gold, predicted: fault.predicted,
          score: fault.predicted.flatMap { scores[$0] })
      }
  }
}

/// A triple by the names of its parts.
private struct Names: Hashable {
  let head, relation, tail: ExactString

  init(_ triple: Triple, in sentence: Sentence) {
    head = ExactString(sentence.text(of: triple.head))
    relation = ExactString(triple.relation)
    tail = ExactString(sentence.text(of: triple.tail))
  }

  /// The names of a predicted triple; `nil` where a slot is empty.
  init?(_ group: Prediction.Group, in sentence: Sentence) {
    guard let head = group.head, let relation = group.relation, let tail = group.tail else {
      return nil
    }
    self.init(Triple(head: head, relation: relation, tail: tail), in: sentence)
  }
}
