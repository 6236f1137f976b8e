import Corpora
import Foundation

/// What a memory of the training split finds in another one, by exact matches: every training triple whose two names
/// a sentence holds. A model that learns must score more.
public struct MemoryScore: Hashable, Sendable {
  /// The counts of the memory's triples.
  public private(set) var counts = TripleCounts()
  /// Gold triples that training has, in any sentence.
  public private(set) var seen = 0

  /// Lets a memory read a split.
  public init(of memory: FactMemory, on split: [Sentence]) {
    for sentence in split {
      let gold = sentence.facts
      counts += TripleCounts(predicted: memory.facts(in: sentence), gold: gold)
      seen += gold.count(where: memory.contains)
    }
  }
}

extension FindingSection {
  /// What memory alone would score on the splits besides the training split; `nil` without both.
  public init?(memoryOn check: CorpusCheck) {
    guard let training = check["train"] else { return nil }
    let memory = FactMemory(training.sentences)
    let splits = check.splits.filter { $0.name != "train" && $0.statistics.storedTriples > 0 }
    if splits.isEmpty { return nil }
    self.init(
      "memory alone: every triple of train whose two names a sentence holds",
      splits.flatMap { split in
        MemoryScore(of: memory, on: split.sentences).findings(on: split.name)
      })
  }
}

extension MemoryScore {
  fileprivate func findings(on split: String) -> [Finding] {
    return [
      Finding(
        .note, "memory.score", in: split, "score by exact matches",
        String(
          format: "P %.4f, R %.4f, F1 %.4f", counts.precision, counts.recall, counts.f1),
        values: [
          "precision": counts.precision, "recall": counts.recall, "f1": counts.f1,
          "tp": Double(counts.tp), "predicted": Double(counts.predicted),
          "gold": Double(counts.gold),
        ]),
      Finding(
        .note, "memory.seen", in: split, "gold triples that train has, in any sentence",
        count: seen, of: counts.gold,
        remedy: "a model must score more; evaluate prints its score on unseen triples too"),
    ]
  }
}
