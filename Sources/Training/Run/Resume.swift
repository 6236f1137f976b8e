import Autodiff
import Checkpoints
import Collectives
import Corpora
import Foundation
import Models
import Tensors

/// Compares a checkpoint's stored configuration with that of the run.
public struct ResumeCheck: Sendable {
  /// A key with different values in checkpoint and run.
  public typealias Difference = (key: String, was: String, now: String)

  /// Returns the differing keys in order, from the stored YAML and the checkpoint's path.
  public let differences: @Sendable (_ stored: String, _ checkpoint: String) throws -> [Difference]

  /// Makes a check; Training itself cannot parse a configuration.
  public init(
    differences: @escaping @Sendable (_ stored: String, _ checkpoint: String) throws -> [Difference]
  ) {
    self.differences = differences
  }
}

extension Run {
  /// Restores the run from a checkpoint: rank 0 reads the file and distributes it to all ranks.
  ///
  /// - Parameter partitions: this rank's partitions of the optimiser's state.
  func resume(
    from path: String, check: ResumeCheck, partitions: [Range<Int>], on session: borrowing Session
  ) throws {
    var slabs: [Slab] = []
    let state = try session.share { try encode(try restore(path, check, partitioned: &slabs)) }
    progress = try decode(state)
    try replica.publish(on: session)
    for (index, state) in partitionedState.enumerated() {
      let whole = session.rank == 0 ? slabs[index] : nil
      try scatter(whole, to: state.replica.values, partitions, on: session)
    }
  }

  /// Scatters rank 0's values to the partitions of all ranks, block by block.
  private func scatter(
    _ whole: Slab?, to values: Slab, _ partitions: [Range<Int>], on session: borrowing Session
  ) throws {
    let length = min(1 << 20, values.count)
    let received = whole == nil ? Slab(count: length) : nil
    for start in stride(from: 0, to: values.count, by: length) {
      let block = start..<min(start + length, values.count)
      guard let source = received?.start ?? whole.map({ $0.start + start }) else { return }
      try session.broadcast(floats: UnsafeMutableBufferPointer(start: source, count: block.count))
      for own in partitions.map(block.clamped) {
        (values.start + own.lowerBound).update(
          from: source + (own.lowerBound - start), count: own.count)
      }
    }
  }

  /// Reads a checkpoint on rank 0: parameters into the run, the rest of the state whole into new slabs.
  ///
  /// - Throws: `TrainingError` if options, corpus or vocabularies differ from those of the run.
  private func restore(
    _ path: String, _ check: ResumeCheck, partitioned: inout [Slab]
  ) throws -> Progress {
    var file = try CheckpointFile.open(path, reading: Snapshot.progressAlone)
    if try CheckpointFolder.isWeightsAlone(file) { throw CheckpointError(path, .weightsAlone) }
    var epochs: ResumeCheck.Difference?
    var (header, _) = try Snapshot.header(of: file) { stored in
      for difference in try check.differences(stored, path) {
        let (key, was, now) = difference
        if key == "epochs" {
          // The history decides.
          epochs = difference
        } else if !options.allowsChange(of: key, after: Progress()) {
          throw TrainingError.optionChanged(key: key, checkpoint: path, was: was, now: now)
        }
      }
      return options
    }
    header.progress.extensions = try extensions(of: header.progress, in: path, epochs)
    let folder = options.data.directory
    if header.trainingDigest != corpus.trainingDigest {
      throw TrainingError.otherCorpus(
        split: "training", path: "\(folder)/train.jsonl", checkpoint: path)
    }
    if header.developmentDigest != corpus.developmentDigest {
      throw TrainingError.otherCorpus(
        split: "development", path: "\(folder)/dev.jsonl", checkpoint: path)
    }
    if let problem = model.vocabularies.mismatch(with: header.vocabularies) {
      throw TrainingError.unfit(checkpoint: path, problem: problem)
    }
    let groups = partitionedState.map(\.group)
    partitioned = groups.map { _ in Slab(count: model.layout.count) }
    for (group, values) in zip([parameterGroup] + groups, [parameters] + partitioned) {
      try Snapshot.read(model.layout, group: group, into: values, from: &file)
    }
    return header.progress
  }

  /// The extensions of a resumed run: those of the checkpoint, and the one that is asked for.
  ///
  /// - Parameter epochs: the epochs of checkpoint and options where they differ.
  private func extensions(
    of progress: Progress, in path: String, _ epochs: ResumeCheck.Difference?
  ) throws -> [Extension] {
    let known = progress.extensions
    if let (key, was, now) = epochs,
      plan.added != nil || !options.allowsChange(of: key, after: progress)
    {
      let end = known.last?.epochs ?? Int(was) ?? 0
      throw plan.added == nil && end < options.epochs
        ? TrainingError.needsExtension(checkpoint: path, was: was, now: now)
        : TrainingError.optionChanged(key: key, checkpoint: path, was: was, now: now)
    }
    // The same command may be given again after a stop.
    guard let added = plan.added, added != known.last else { return known }
    let end = known.last?.epochs ?? options.epochs
    guard added.epochs > end else {
      throw TrainingError.notLonger(checkpoint: path, epochs: end, wanted: added.epochs)
    }
    return known + [added]
  }

  private func encode(_ progress: Progress) throws -> [UInt8] {
    let encoder = JSONEncoder()
    // NaN stands for a loss that an earlier version did not write.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return Array(try encoder.encode(progress))
  }

  private func decode(_ bytes: [UInt8]) throws -> Progress {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Progress.self, from: Data(bytes))
  }
}
