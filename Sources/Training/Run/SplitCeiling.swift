import Corpora
import Evaluation
import Models

extension EncodedSplit {
  /// The structural ceiling of the split.
  func ceiling(_ match: MatchMode) -> TripleCounts {
    (0..<count).reduce(into: TripleCounts()) { $0 += ceiling($1, match) }
  }

  /// The structural ceiling of the split, and the gold triples beyond it by cause.
  func ceilingWithLosses(_ match: MatchMode) -> (counts: TripleCounts, losses: CeilingLosses) {
    var (sum, losses) = (TripleCounts(), CeilingLosses())
    for index in 0..<count {
      let counts = ceiling(index, match)
      sum += counts
      if counts.tp < counts.gold {
        losses += CeilingLosses(of: sentence(index), expressible(index), match: match)
      }
    }
    return (sum, losses)
  }

  private func ceiling(_ index: Int, _ match: MatchMode) -> TripleCounts {
    TripleCounts(ceilingOf: sentence(index), expressible(index), match: match)
  }
}
