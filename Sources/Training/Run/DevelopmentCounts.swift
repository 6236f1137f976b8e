import Autodiff
import Collectives
import Corpora
import Evaluation
import Models
import Tensors

extension Run {
  /// Counts the triples of the development split. Its batches are dealt to the ranks, and their counts are
  /// added up. After each round, one batch for every thread of every rank, the ranks agree on whether to go
  /// on.
  ///
  /// - Parameters:
  ///   - split: the sentences as the model or one with other thresholds encodes them.
  ///   - pass: the number of countings before, since the last update.
  /// - Returns: the counts, and the number of sentences with more groups than are kept; `nil` where a signal
  ///   has come.
  func developmentCounts(
    of split: any EncodedSplit, pass: Int = 0, _ whereabouts: Whereabouts, _ agreement: Agreement,
    on session: borrowing Session
  ) throws -> (counts: TripleCounts, cut: Int)? {
    let tapes = (0..<team.count).map { _ in Tape(weights: weights) }
    var counts = TripleCounts()
    var cut = 0
    let rounds = Inference.batches(of: split).chunks(of: session.size * team.count)
    var place = Place(step: progress.step)
    for (index, round) in rounds.enumerated() {
      (place.round, place.phase) = (UInt16(clamping: pass * rounds.count + index + 1), .evaluation)
      whereabouts.enter(place)
      let own = round.indices.filter { $0 % session.size == session.rank }.map { round[$0] }
      let found = Inference.predict(split, batches: own, tapes: tapes, on: team)
      let scored = found.sorted { $0.key < $1.key }
      counts += TripleCounts(
        sentences: scored.map { split.sentence($0.key) }, predictions: scored.map(\.value),
        match: options.evaluation.match)
      cut += found.values.count(where: \.isCut)
      place.phase = .reduction
      whereabouts.enter(place)
      try agreement.reach(after: .evaluation, on: session)
      if agreement.stop != nil { return nil }
    }
    let sums = try session.sum([counts.tp, counts.predicted, counts.gold, cut].map { Int64($0) })
    return (
      TripleCounts(tp: Int(sums[0]), predicted: Int(sums[1]), gold: Int(sums[2])), Int(sums[3])
    )
  }
}
