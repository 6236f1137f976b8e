import Autodiff
import Checkpoints
import Collectives
import Corpora
import Evaluation
import Models
import Tensors

/// Chooses the thresholds of a run's best checkpoint by the development split, once training has ended, and keeps
/// them in `best.h5`.
struct ThresholdTuning {
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

  /// Chooses the thresholds where the options say so and the model has some; every rank calls it. The run's parameters
  /// become those of the best checkpoint, so that nothing can be saved any more. After a signal `best.h5` is as
  /// before, and a resumed run begins anew.
  ///
  /// - Throws: on every rank, where `best.h5` cannot be written.
  func finish(on session: borrowing Session) throws {
    let asked = run.options.model.options.thresholds
    guard run.options.evaluation.tuneThresholds, !asked.isEmpty else { return }
    guard try readBest(on: session), let found = try search(from: asked, on: session) else {
      return
    }
    let chosen = Threshold.list(asked, with: found.best.values)
    try session.onFirst { try keep(chosen == asked ? [] : chosen) }
    reporter.tell(
      .thresholds(
        chosen, f1: found.best.score, asked: asked, askedF1: found.configured.score,
        match: run.options.evaluation.match))
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
          "\(folder.best) is not the best checkpoint of this run: thresholds are not tuned")
        return [0]
      }
      let group = Snapshot.Weights.evaluated.group
      let file = try CheckpointFile.open(folder.best, reading: .groups([group]))
      try Snapshot.read(run.model.layout, group: group, into: run.parameters, from: file)
      return [1]
    }
    guard answer == [1] else { return false }
    try run.replica.publish(on: session)
    try run.repackWeights(on: session)
    return true
  }

  private func search(
    from asked: [Threshold], on session: borrowing Session
  ) throws -> (configured: ThresholdSearch.Outcome, best: ThresholdSearch.Outcome)? {
    let development = run.corpus.development
    let sentences = (0..<development.count).map(development.sentence)
    var pass = 0
    return try ThresholdSearch(configured: asked.map(\.value)).run { values in
      var model = run.options.model.with(Threshold.list(asked, with: values))
        .model(for: run.model.vocabularies)
      model.extraVectors = run.model.extraVectors
      let split = model.encode(sentences, limit: run.options.data.maximumLength)
      let counted = try run.developmentCounts(
        of: split, pass: pass, whereabouts, agreement, on: session)
      pass += 1
      return counted?.triples.f1
    }
  }

  /// Writes `best.h5` once more with the thresholds that were chosen, unless it has them; none where the configured
  /// ones are as good.
  private func keep(_ thresholds: [Threshold]) throws {
    var file = try CheckpointFile.open(folder.best, reading: Snapshot.progressAlone)
    var (header, _) = try Snapshot.header(of: file) { _ in run.options }
    guard header.thresholds != thresholds else { return }
    header.thresholds = thresholds
    var slabs: [(group: String, values: Slab)] = []
    for group in [run.parameterGroup] + run.partitionedState.map(\.group) {
      try file.read(.groups([group]))
      let values = Slab(count: run.model.layout.count)
      try Snapshot.read(run.model.layout, group: group, into: values, from: file)
      slabs.append((group, values))
    }
    let state = RunState(
      header: header, layout: run.model.layout, objective: run.objective, slabs: slabs)
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
