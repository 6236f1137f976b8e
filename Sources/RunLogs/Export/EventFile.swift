import Foundation
import Glibc
import Limits

/// A file of scalars that TensorBoard reads, made from a run's log. It holds no superseded step, and a file that is
/// written again replaces the one before, so that no point is there twice.
package struct EventFile: Sendable {
  /// The name of the file; TensorBoard reads any file with `tfevents` in its name.
  package static let fileName = "events.out.tfevents.tercet"
  /// The records, one behind the other.
  package private(set) var bytes: [UInt8] = []

  /// The scalars of a run: losses, norm, rate and speed by step, scores by step of the evaluation.
  package init(_ run: RecordedRun) {
    var version = ProtobufMessage()
    version.add(field: 1, run.began?.timeIntervalSince1970 ?? 0)
    version.add(field: 3, "brain.Event:2")
    append(version)
    for step in run.steps { append(step.entry, at: step.time) }
    for evaluation in run.evaluations { append(evaluation.entry, at: evaluation.time) }
  }

  /// Writes the file into a folder, which is made.
  package func write(to folder: String) throws(RunLogError) {
    let path = "\(folder)/\(Self.fileName)"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError)?.code.rawValue
      throw RunLogError(
        path, "cannot be written: " + (code.map { SystemError.text($0) } ?? "\(error)"))
    }
  }

  private mutating func append(_ step: StepEntry, at time: Date?) {
    let losses = step.losses.compactMap { name, value in
      value.map { (tag: "loss/\(name)", value: $0) }
    }
    let others = [
      ("loss/total", step.total), ("gradient_norm", step.gradientNorm), ("rate", step.rate),
      ("sentences_per_second", step.sentencesPerSecond),
    ]
    append(losses.sorted { $0.tag < $1.tag } + others, step: step.step, at: time)
  }

  private mutating func append(_ evaluation: EvaluationEntry, at time: Date?) {
    let tags = evaluation.tagF1.map { [("dev/tag_f1", $0)] } ?? []
    append(
      [
        ("dev/precision", evaluation.precision), ("dev/recall", evaluation.recall),
        ("dev/f1", evaluation.f1),
      ] + tags, step: evaluation.step, at: time)
  }

  /// Adds an event: `wall_time`, `step`, and a `summary` with a `simple_value` a tag.
  private mutating func append(_ scalars: [(tag: String, value: Double)], step: Int, at time: Date?)
  {
    var summary = ProtobufMessage()
    for (tag, value) in scalars {
      var scalar = ProtobufMessage()
      scalar.add(field: 1, tag)
      scalar.add(field: 2, Float(value))
      summary.add(field: 1, scalar)
    }
    var event = ProtobufMessage()
    event.add(field: 1, time?.timeIntervalSince1970 ?? 0)
    event.add(field: 2, UInt64(clamping: step))
    event.add(field: 5, summary)
    append(event)
  }

  /// Adds a record: the length, its checksum, the message, its checksum.
  private mutating func append(_ message: ProtobufMessage) {
    let length = ProtobufMessage.littleEndian(UInt64(message.bytes.count))
    for part in [length, message.bytes] {
      bytes += part + ProtobufMessage.littleEndian(CRC32C.masked(part))
    }
  }
}
