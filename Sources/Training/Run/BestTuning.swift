import Autodiff
import Checkpoints
import Collectives
import Corpora
import Evaluation
import Models
import Tensors

/// What the development split decides about a run's best checkpoint once training has ended: the model's thresholds,
/// where the options say so, and the temperature of its probabilities. `best.h5` keeps both.
struct BestTuning {
  private let run: Run
  private let folder: CheckpointFolder
  private let whereabouts: Whereabouts
  private let agreement: Agreement
  private let reporter: Reporter

  init(
    _ run: Run, in folder: CheckpointFolder, _ whereabouts: Whereabouts, _ agreement: Agreement,
    _ reporter: Reporter
  ) {
    (self.run, self.folder, self.whereabouts) = (run, folder, whereabouts)
    (self.agreement, self.reporter) = (agreement, reporter)
  }

  /// Chooses thresholds and fits the temperature; every rank calls it. The run's parameters become those of the best
  /// checkpoint, so that nothing can be saved any more. After a signal `best.h5` is as before, and a resumed run begins
  /// anew.
  ///
  /// - Throws: on every rank, where `best.h5` cannot be written.
  func finish(on session: borrowing Session) throws {
    guard let best = run.progress.history.best, try readBest(on: session) else { return }
    let asked = run.options.model.options.thresholds
    var (chosen, passes) = (asked, 0)
    var reports: [Report] = []
    if run.options.evaluation.tuneThresholds && !asked.isEmpty {
      let nothing = ThresholdSearch.Outcome(values: asked.map(\.value), score: 0)
      // A model that has found nothing is the first epoch's: what a lower threshold finds is chance, among much wrong.
      let found =
        best.f1 > 0
        ? try search(from: asked, &passes, on: session) : (configured: nothing, best: nothing)
      guard let found else { return }
      chosen = Threshold.list(asked, with: found.best.values)
      reports.append(
        .thresholds(
          chosen, f1: found.best.score, asked: asked, askedF1: found.configured.score,
          match: run.options.evaluation.match))
    }
    guard let logits = try confidences(with: chosen, pass: passes, on: session) else { return }
    let temperature = logits.temperature
    reports.append(.temperature(temperature, right: logits.right, wrong: logits.wrong))
    try session.onFirst { try keep(chosen == asked ? [] : chosen, temperature) }
    for report in reports { reporter.tell(report) }
  }

  /// Gives every rank the parameters of the best checkpoint.
  ///
  /// - Returns: whether `best.h5` is that of this run, the same on every rank.
  private func readBest(on session: borrowing Session) throws -> Bool {
    let answer = try session.share {
      let progress = Snapshot.progress(of: folder.best, run.options, run.corpus)
      guard let progress, progress.step == run.progress.history.best?.step,
        progress.history.isStart(of: run.progress.history)
      else {
        reporter.warn(
          "\(folder.best) is not the best checkpoint of this run: it gets no tuned thresholds and no temperature"
        )
        return [0]
      }
      let group = Snapshot.Weights.evaluated.group
      var file = try CheckpointFile.open(folder.best, reading: .none)
      try Snapshot.read(run.model.layout, group: group, into: run.parameters, from: &file)
      return [1]
    }
    guard answer == [1] else { return false }
    try run.replica.publish(on: session)
    try run.repackWeights(on: session)
    return true
  }

  /// - Parameter passes: the passes over the development split so far.
  private func search(
    from asked: [Threshold], _ passes: inout Int, on session: borrowing Session
  ) throws -> (configured: ThresholdSearch.Outcome, best: ThresholdSearch.Outcome)? {
    try ThresholdSearch(configured: asked.map(\.value)).run { values in
      let counted = try run.developmentCounts(
        of: split(with: Threshold.list(asked, with: values)), pass: passes, whereabouts, agreement,
        on: session)
      passes += 1
      return counted?.triples.f1
    }
  }

  /// The probabilities of the development split's predicted triples, of all ranks; `nil` where a signal has come.
  private func confidences(
    with thresholds: [Threshold], pass: Int, on session: borrowing Session
  ) throws -> LogitHistogram? {
    var logits = LogitHistogram()
    let isWhole = try run.predictDevelopment(
      split(with: thresholds), scoring: true, pass: pass, whereabouts, agreement, on: session
    ) { sentences, predictions in
      for (sentence, prediction) in zip(sentences, predictions) {
        for confidence in Confidence.list(of: prediction, in: sentence) { logits.add(confidence) }
      }
    }
    return isWhole ? LogitHistogram(counts: try session.sum(logits.counts)) : nil
  }

  /// The development split for the model with some thresholds.
  private func split(with thresholds: [Threshold]) -> any EncodedSplit {
    let development = run.corpus.development
    if thresholds == run.options.model.options.thresholds { return development }
    var model = run.options.model.with(thresholds).model(for: run.model.vocabularies)
    model.extraVectors = run.model.extraVectors
    return model.encode(
      (0..<development.count).map(development.sentence), limit: run.options.data.maximumLength)
  }

  /// Writes `best.h5` once more with what was chosen, unless it has it.
  ///
  /// - Parameters:
  ///   - thresholds: none where the configured ones are as good.
  ///   - temperature: `nil` where none can be fitted.
  private func keep(_ thresholds: [Threshold], _ temperature: Temperature?) throws {
    var file = try CheckpointFile.open(folder.best, reading: Snapshot.progressAlone)
    var (header, _) = try Snapshot.header(of: file) { _ in run.options }
    if header.thresholds == thresholds && header.temperature == temperature { return }
    (header.thresholds, header.temperature) = (thresholds, temperature)
    let isWeightsAlone = try CheckpointFolder.isWeightsAlone(file)
    // The run's own arrays take it: the run needs them no more.
    let whole =
      [(run.parameterGroup, run.parameters)]
      + run.partitionedState.map { ($0.group, $0.replica.values) }
    var slabs: [(group: String, values: SavedValues)] = []
    for (group, values) in isWeightsAlone
      ? [(Snapshot.Weights.evaluated.group, run.parameters)] : whole
    {
      try Snapshot.read(run.model.layout, group: group, into: values, from: &file)
      slabs.append((group, SavedValues(collected: values)))
    }
    let state = RunState(
      header: header, layout: run.model.layout, objective: run.objective, slabs: slabs,
      isWeightsAlone: isWeightsAlone)
    try CheckpointFile.write(to: folder.best, bytes: state.bytes) {
      (writer) throws(CheckpointError) in
      try state.write(to: writer)
    }
  }
}

extension Run {
  /// A warning where thresholds are to be tuned of a model that has none.
  var thresholdWarning: String? {
    options.evaluation.tuneThresholds && options.model.options.thresholds.isEmpty
      ? "evaluation.tuneThresholds: model.kind=\(options.model.kind) has no thresholds to tune"
      : nil
  }
}
