import Checkpoints
import Models

extension Snapshot {
  private static let thresholdsName = "thresholds"

  /// Writes the thresholds that were tuned, unless there are none.
  static func write(
    _ thresholds: [Threshold], to writer: borrowing CheckpointWriter
  ) throws(CheckpointError) {
    guard !thresholds.isEmpty else { return }
    try writer.attribute(thresholdsName, .string(Threshold.text(thresholds)))
  }

  /// Reads the thresholds that were tuned; none where the configured ones hold.
  ///
  /// - Throws: `TrainingError` where they are not those of the model, or out of their range.
  static func thresholds(
    of file: borrowing Checkpoint, for model: ModelSection
  ) throws -> [Threshold] {
    guard try file.attributeNames().contains(thresholdsName) else { return [] }
    guard case .string(let text) = try file.attribute(thresholdsName),
      let thresholds = Threshold.list(text),
      thresholds.map(\.key) == model.options.thresholds.map(\.key)
    else {
      throw TrainingError.unfit(
        checkpoint: file.path, problem: "'\(thresholdsName)' are not those of the model")
    }
    do {
      try model.with(thresholds).options.validate()
    } catch {
      throw TrainingError.unfit(checkpoint: file.path, problem: "'\(thresholdsName)': \(error)")
    }
    return thresholds
  }
}
