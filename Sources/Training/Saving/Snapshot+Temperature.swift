import Checkpoints
import Models

extension Snapshot {
  private static let temperatureName = "temperature"

  /// Writes the temperature of the model's probabilities where one was fitted.
  static func write(
    _ temperature: Temperature?, to writer: borrowing CheckpointWriter
  ) throws(CheckpointError) {
    guard let temperature else { return }
    try writer.attribute(temperatureName, .real(temperature.value))
  }

  /// Reads the temperature; `nil` where none was fitted.
  ///
  /// - Throws: `TrainingError` where it is out of its range.
  static func temperature(of file: borrowing Checkpoint) throws -> Temperature? {
    guard try file.attributeNames().contains(temperatureName) else { return nil }
    guard case .real(let value) = try file.attribute(temperatureName),
      let temperature = Temperature(value)
    else {
      throw TrainingError.unfit(
        checkpoint: file.path,
        problem: "'\(temperatureName)' is not a number in \(Temperature.range)")
    }
    return temperature
  }
}
