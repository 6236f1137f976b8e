import Autodiff
import Checkpoints
import Collectives
import Corpora
import Evaluation
import Models
import Tensors

extension Trainer {
  /// Scores the development split, moves to the next epoch and saves; leaves everything as it is where a
  /// signal comes meanwhile, so that a resumed run scores again.
  func endEpoch(on session: borrowing Session) throws {
    let epoch = run.progress.epoch
    let every = run.options.evaluation.every
    let isLast = epoch + 1 == run.options.epochs
    // Evaluation, and the copy that a save keeps, take its place.
    gradients.trim()
    var standing = CheckpointFolder.Standing.ordinary
    if (epoch + 1) % every == 0 || isLast {
      let before = run.progress.history.best
      let clock = ContinuousClock()
      let began = clock.now
      guard let counts = try developmentCounts(on: session) else { return }
      let evaluation = History.Evaluation(
        step: run.progress.step, epoch: epoch, precision: counts.precision,
        recall: counts.recall, f1: counts.f1)
      run.progress.history.evaluations.append(evaluation)
      if run.progress.history.best != before { standing = .best }
      report(evaluation, isBest: standing == .best, seconds: (clock.now - began).seconds)
    }
    run.progress.epoch += 1
    run.progress.batch = 0
    try save(standing, on: session)
  }

  /// Counts of the development split: batches dealt to the ranks, counts added up. After each round, a
  /// batch for every thread of every rank, the ranks agree on whether to go on.
  ///
  /// - Returns: `nil` where a signal has come.
  private func developmentCounts(on session: borrowing Session) throws -> TripleCounts? {
    let split = run.corpus.development
    let tapes = (0..<run.team.count).map { _ in Tape(weights: run.weights) }
    var counts = TripleCounts()
    let rounds = Inference.batches(of: split).chunks(of: session.size * run.team.count)
    var place = Place(step: run.progress.step)
    for (index, round) in rounds.enumerated() {
      (place.round, place.phase) = (UInt16(clamping: index + 1), .evaluation)
      whereabouts.enter(place)
      let own = round.indices.filter { $0 % session.size == session.rank }.map { round[$0] }
      let found = Inference.predict(
        split, batches: own, tapes: tapes, on: run.team)
      let scored = found.sorted { $0.key < $1.key }
      counts += TripleCounts(
        sentences: scored.map { split.sentence($0.key) }, predictions: scored.map(\.value),
        match: run.options.evaluation.match)
      place.phase = .reduction
      whereabouts.enter(place)
      try agree(after: .evaluation, on: session)
      if stop != nil { return nil }
    }
    let sums = try session.sum([counts.tp, counts.predicted, counts.gold].map { Int64($0) })
    return TripleCounts(tp: Int(sums[0]), predicted: Int(sums[1]), gold: Int(sums[2]))
  }
}
