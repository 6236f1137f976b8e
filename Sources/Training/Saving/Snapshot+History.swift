import Checkpoints

extension Snapshot {
  /// Reads the updates and evaluations of a run.
  ///
  /// A term of which the file has no column, for an earlier version wrote it, has no values: they are NaN, and stay so
  /// in the files of a run that goes on from there.
  ///
  /// - Parameter objective: the names of the terms of the objective.
  static func history(
    of file: borrowing Checkpoint, objective: [String]
  ) throws -> History {
    var history = History()
    let steps = try file.integers("history/step").values
    let epochs = try file.integers("history/epoch").values
    var columns: [[Double]] = []
    for name in objective + ["total", "gradient_norm", "rate"] {
      let path = "history/\(name)"
      let isAbsent = columns.count < objective.count && !file.contains(path)
      columns.append(
        isAbsent ? Array(repeating: .nan, count: steps.count) : try file.doubles(path).values)
    }
    guard columns.allSatisfy({ $0.count == steps.count }), epochs.count == steps.count else {
      throw TrainingError.unfit(checkpoint: file.path, problem: "columns of 'history' differ")
    }
    let terms = objective.count
    guard columns[..<terms].joined().allSatisfy({ $0.isFinite || $0.isNaN }),
      columns[terms...].joined().allSatisfy(\.isFinite)
    else {
      throw TrainingError.unfit(checkpoint: file.path, problem: "'history' is not finite")
    }
    history.steps = History.Steps(
      step: steps, epoch: epochs, losses: Array(columns[..<terms]), total: columns[terms],
      gradientNorm: columns[terms + 1], rate: columns[terms + 2])
    history.evaluations = try evaluations(of: file)
    return history
  }

  private static func evaluations(of file: borrowing Checkpoint) throws -> [History.Evaluation] {
    let steps = try file.integers("development/step").values
    let epochs = try file.integers("development/epoch").values
    let precision = try file.doubles("development/precision").values
    let recall = try file.doubles("development/recall").values
    let f1 = try file.doubles("development/f1").values
    guard
      [epochs.count, precision.count, recall.count, f1.count]
        == .init(repeating: steps.count, count: 4)
    else {
      throw TrainingError.unfit(checkpoint: file.path, problem: "columns of 'development' differ")
    }
    guard [precision, recall, f1].joined().allSatisfy((0...1).contains) else {
      throw TrainingError.unfit(
        checkpoint: file.path, problem: "'development' holds a score outside 0...1")
    }
    return steps.indices.map {
      History.Evaluation(
        step: Int(steps[$0]), epoch: Int(epochs[$0]), precision: precision[$0],
        recall: recall[$0], f1: f1[$0])
    }
  }
}
