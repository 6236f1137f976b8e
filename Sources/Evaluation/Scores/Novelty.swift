import Corpora

/// What a triple shares with the training split, by exact strings (Evaluation/README.md 9.12).
public enum Novelty: String, Hashable, Sendable, CaseIterable {
  /// Training has the relation between these two names.
  case seenTriple = "seen triples"
  /// Training does not.
  case unseenTriple = "unseen triples"
  /// Training has triples with the one name and with the other.
  case seenEntities = "seen entities"
  /// Training lacks one of the two names.
  case unseenEntity = "unseen entities"

  /// Whether a triple of names is of this kind.
  fileprivate func holds(_ key: TripleKey, in training: TrainingFacts) -> Bool {
    let (head, tail) = (key.head?.text, key.tail?.text)
    let knowsEntities = [head, tail].allSatisfy { $0.map(training.hasEntity) ?? false }
    let knowsTriple =
      if let head, let tail, let relation = key.relation?.value {
        training.hasTriple(head: head, relation: relation, tail: tail)
      } else {
        false
      }
    return switch self {
    case .seenTriple: knowsTriple
    case .unseenTriple: !knowsTriple
    case .seenEntities: knowsEntities
    case .unseenEntity: !knowsEntities
    }
  }
}

extension EntityKey {
  /// The name of an entity that is compared by its string.
  var text: String? {
    if case .text(let text) = self { text.value } else { nil }
  }
}

extension Comparison {
  /// Triples by what training had, by exact strings; `nil` where training is not known.
  func byNovelty(_ training: TrainingFacts?) -> [Novelty: Score]? {
    guard let training else { return nil }
    let matching = Matching(mode: .exact, incompleteGroups: options.incompleteGroups)
    let keyed = zip(sentences, model.predictions).map { KeyedSentence($0, $1, matching) }
    return Dictionary(
      uniqueKeysWithValues: Novelty.allCases.map { novelty in
        let kept = keyed.map { sentence in
          TripleCounts(
            predicted: Set(sentence.predicted.filter { novelty.holds($0, in: training) }),
            gold: Set(sentence.gold.filter { novelty.holds($0, in: training) }))
        }
        return (novelty, Score(sentences: sentences.count, bySentence: kept.bySentence))
      })
  }
}

extension [TripleCounts] {
  /// The counts of all sentences in their order.
  var bySentence: [SentenceCounts] { enumerated().map { SentenceCounts($0, $1) } }
}
