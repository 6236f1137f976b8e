import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Training

@Suite("The history of a checkpoint")
struct SnapshotHistoryTests {
  /// What is read of a history of two steps, for an objective of the terms `L_D` and `L_E`.
  ///
  /// - Parameter columns: those of the losses, and of other names in the place of what is written else.
  private func history(_ columns: [String: [Double]]) throws -> History {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "a.h5").path
      try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
        for (name, values) in [("step", [1, 2]), ("epoch", [0, 0])] as [(String, [Int64])] {
          try writer.integers("history/\(name)", shape: [2], values)
          try writer.integers("development/\(name)", shape: [0], [])
        }
        for name in ["precision", "recall", "f1"] {
          try writer.doubles("development/\(name)", shape: [0], [])
        }
        let others = ["total": [3, 2], "gradient_norm": [1, 1], "rate": [0.1, 0.1]]
        for (name, values) in others.merging(columns, uniquingKeysWith: { $1 }) {
          try writer.doubles("history/\(name)", shape: [values.count], values)
        }
      }
      let file = try CheckpointFile.open(path, reading: Snapshot.progressAlone)
      return try Snapshot.history(of: file, objective: ["L_D", "L_E"])
    }
  }

  @Test("a term that an earlier version did not write has no values")
  func absent() throws {
    let old = try history(["L_D": [2, 1]])
    #expect(old.steps.step.values == [1, 2] && old.steps.total.values == [3, 2])
    #expect(old.steps.losses[0].values == [2, 1])
    #expect(old.steps.losses[1].values.map(\.isNaN) == [true, true])
    // A run that went on from there has values since.
    let resumed = try history(["L_D": [2, 1], "L_E": [.nan, 0.5]])
    #expect(resumed.steps.losses[1].values[0].isNaN)
    #expect(resumed.steps.losses[1].values[1] == 0.5)
  }

  @Test(
    "columns of another length and numbers that are not finite are refused",
    arguments: [
      (["L_D": [2, 1], "L_E": [1]], "columns of 'history' differ"),
      (["L_D": [2, 1, 0]], "columns of 'history' differ"),
      (["L_D": [2, .infinity]], "'history' is not finite"),
      (["L_D": [2, 1], "total": [.nan, 1]], "'history' is not finite"),
    ] as [([String: [Double]], String)])
  func refused(columns: [String: [Double]], problem: String) {
    let error = #expect(throws: TrainingError.self) { try history(columns) }
    #expect(error.map { "\($0)".contains(problem) } == true, "\(String(describing: error))")
  }
}
