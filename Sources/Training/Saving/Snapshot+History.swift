import Checkpoints

extension Snapshot {
  /// Reads the updates and evaluations of a run.
  ///
  /// - Parameter objective: the names of the terms of the objective.
  static func history(
    of file: borrowing Checkpoint, objective: [String]
  ) throws -> History {
    var history = History()
    let steps = try file.integers("history/step").values
    let epochs = try file.integers("history/epoch").values
    let names = objective + ["total", "gradient_norm", "rate"]
    var columns: [[Double]] = []
    for name in names { columns.append(try file.doubles("history/\(name)").values) }
    guard columns.allSatisfy({ $0.count == steps.count }), epochs.count == steps.count else {
      throw TrainingError.unfit(checkpoint: file.path, problem: "columns of 'history' differ")
    }
    guard columns.joined().allSatisfy(\.isFinite) else {
      throw TrainingError.unfit(checkpoint: file.path, problem: "'history' is not finite")
    }
    let terms = objective.count
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
