import Checkpoints
import Corpora

extension Snapshot {
  /// The group of the hashes of the training split's triples.
  static let trainingGroup = "training"

  /// Writes the hashes, as signed integers of the same bits.
  static func write(
    _ facts: TrainingFacts?, to writer: borrowing CheckpointWriter
  ) throws(CheckpointError) {
    guard let facts else { return }
    for (name, hashes) in [("triples", facts.triples), ("entities", facts.entities)] {
      try writer.integers(
        "\(trainingGroup)/\(name)", shape: [hashes.count], hashes.map { Int64(bitPattern: $0) })
    }
  }

  /// Reads the hashes; `nil` in older checkpoints.
  static func trainingFacts(
    of file: borrowing Checkpoint
  ) throws(CheckpointError) -> TrainingFacts? {
    guard file.contains(trainingGroup) else { return nil }
    func hashes(
      _ name: String, _ file: borrowing Checkpoint
    ) throws(CheckpointError) -> [UInt64] {
      try file.integers("\(trainingGroup)/\(name)").values.map { UInt64(bitPattern: $0) }.sorted()
    }
    return TrainingFacts(
      triples: try hashes("triples", file), entities: try hashes("entities", file))
  }
}
