/// A quantity of a run over its epochs, or over its steps where it has no two epochs.
package struct Curve: Sendable {
  package let name: String
  package let values: [Double]

  /// The means of a quantity.
  private init(_ name: String, _ steps: [RecordedRun.Step], _ value: (StepEntry) -> Double?) {
    self.name = name
    let entries = steps.map(\.entry)
    guard let first = entries.first, let last = entries.last, last.epoch > first.epoch else {
      values = entries.compactMap(value)
      return
    }
    var epochs: [(epoch: Int, sum: Double, count: Int)] = []
    for entry in entries {
      guard let value = value(entry) else { continue }
      if epochs.last?.epoch != entry.epoch { epochs.append((entry.epoch, 0, 0)) }
      epochs[epochs.count - 1].sum += value
      epochs[epochs.count - 1].count += 1
    }
    values = epochs.map { $0.sum / Double($0.count) }
  }

  private init(_ name: String, _ values: [Double]) { (self.name, self.values) = (name, values) }

  /// The losses of a run, in the order of its objective.
  package static func losses(of run: RecordedRun) -> [Curve] {
    let names = (run.steps.last?.entry.losses ?? [:]).ordered(by: run.start?.objective ?? [])
    return names.map { loss in Curve(loss.name, run.steps) { $0.losses[loss.name] ?? nil } }
  }

  /// All that a run is judged by: the losses, their sum, the norm of the gradient, and the scores.
  package static func all(of run: RecordedRun) -> [Curve] {
    let losses = losses(of: run)
    let total = losses.count > 1 ? [Curve("total", run.steps) { $0.total }] : []
    let norm = Curve("norm", run.steps) { $0.gradientNorm }
    return (losses + total + [norm, score(of: run), tags(of: run)]).filter { !$0.values.isEmpty }
  }

  /// F1 on the development split.
  package static func score(of run: RecordedRun) -> Curve {
    Curve("dev F1", run.evaluations.map(\.entry.f1))
  }

  private static func tags(of run: RecordedRun) -> Curve {
    Curve("tag F1", run.evaluations.compactMap(\.entry.tagF1))
  }
}
