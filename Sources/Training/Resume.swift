import Autodiff
import Checkpoints
import Collectives
import Foundation
import Models
import Tensors

/// Compares what a checkpoint was made with and what a run is told now.
public struct ResumeCheck: Sendable {
  /// Reads a checkpoint's configuration and says which keys differ from the run's, in order.
  public typealias Difference = (key: String, was: String, now: String)

  /// Keys of a stored configuration that differ from the current one.
  public let differences: @Sendable (_ stored: String) throws -> [Difference]

  public init(differences: @escaping @Sendable (_ stored: String) throws -> [Difference]) {
    self.differences = differences
  }
}

extension Run {
  /// Takes up the run where a checkpoint left it: read by rank 0, handed to all.
  func resume(
    from path: String, check: ResumeCheck, on session: borrowing Session
  ) throws {
    let state = try session.share { try encode(try restore(path, check)) }
    progress = try decode(state)
    try session.broadcast(floats: parameters.buffer)
    for moment in optimizer.moments { try session.broadcast(floats: moment.values.buffer) }
  }

  /// Reads a checkpoint into this run.
  private func restore(_ path: String, _ check: ResumeCheck) throws -> Progress {
    let file = try CheckpointFile.open(path)
    let header = try Snapshot.header(of: file) { stored, _ in
      for (key, was, now) in try check.differences(stored) where !options.allowsChange(of: key) {
        throw TrainingError.optionChanged(key: key, checkpoint: path, was: was, now: now)
      }
      return objective
    }
    let folder = options.data.directory
    if header.trainingDigest != corpus.trainingDigest {
      throw TrainingError.otherCorpus(
        split: "training", path: "\(folder)/train.jsonl", checkpoint: path)
    }
    if header.developmentDigest != corpus.developmentDigest {
      throw TrainingError.otherCorpus(
        split: "development", path: "\(folder)/dev.jsonl", checkpoint: path)
    }
    try Snapshot.read(model.layout, into: parameters, from: file)
    try Snapshot.read(model.layout, into: optimizer, from: file)
    return header.progress
  }

  private func encode(_ progress: Progress) throws -> [UInt8] {
    Array(try JSONEncoder().encode(progress))
  }

  private func decode(_ bytes: [UInt8]) throws -> Progress {
    try JSONDecoder().decode(Progress.self, from: Data(bytes))
  }
}
