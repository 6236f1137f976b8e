import Foundation
import Glibc
import Limits
import RunLogs
import Synchronization

/// The run log, JSON Lines in the run's folder. Everything that depends on time, machine or number of ranks
/// is written here and not to checkpoints. A resumed run appends to it. Any thread may write.
///
/// Lines that the disk does not take wait in memory for the next attempt, so that a run outlives a disk that
/// is full for a while.
final class RunLog: Sendable {
  private struct File: Sendable {
    let descriptor: Int32
    /// Whole lines that are not in the file.
    var waiting: [UInt8]
    /// Whether the disk has not taken them.
    var isBehind = false
  }

  private let path: String
  private let file: Mutex<File>
  private let warn: @Sendable (String) -> Void

  /// Opens `run.jsonl` in `folder`, emptied where the run begins afresh.
  ///
  /// - Parameter warn: called with the reason when lines begin to wait.
  init(
    folder: String, appending: Bool, warn: @escaping @Sendable (String) -> Void
  ) throws(TrainingError) {
    path = "\(folder)/\(RunLogReader.fileName)"
    self.warn = warn
    let descriptor = open(
      path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND | (appending ? 0 : O_TRUNC), 0o666)
    if descriptor < 0 { throw .logUnwritable(path: path, cause: SystemError.text()) }
    // A crash may have left half a line, which this run's first line must not join.
    file = Mutex(
      File(descriptor: descriptor, waiting: Self.endsInLine(descriptor) ? [] : [0x0A]))
  }

  deinit { file.withLock { _ = close($0.descriptor) } }

  /// Adds a line with its time; keys are sorted.
  ///
  /// - Precondition: the entry is JSON; its numbers are finite.
  func write(_ entry: [String: any Sendable], at time: Date) {
    let entry = entry.merging([RunLogField.time.rawValue: LogTime.text(time)]) { $1 }
    precondition(JSONSerialization.isValidJSONObject(entry), "\(entry) in the run log")
    let line = try? JSONSerialization.data(
      withJSONObject: entry, options: [.sortedKeys, .withoutEscapingSlashes])
    let warning = file.withLock { file -> TrainingError? in
      let wasBehind = file.isBehind
      file.waiting += (line ?? Data()) + [0x0A]
      let failure = flush(&file)
      return wasBehind ? nil : failure
    }
    if let warning { warn("\(warning); lines are kept until it can") }
  }

  /// Whether a file is empty or its last line has its end.
  private static func endsInLine(_ descriptor: Int32) -> Bool {
    var byte: UInt8 = 0
    let end = lseek(descriptor, 0, SEEK_END)
    return end <= 0 || pread(descriptor, &byte, 1, end - 1) != 1 || byte == 0x0A
  }

  /// Writes the lines that wait.
  func finish() throws(TrainingError) {
    if let failure = file.withLock({ flush(&$0) }) { throw failure }
  }

  /// Appends the lines that wait, all of them or none.
  private func flush(_ file: inout File) -> TrainingError? {
    let end = lseek(file.descriptor, 0, SEEK_END)
    var rest = file.waiting[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file.descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let cause = SystemError.text()
        ftruncate(file.descriptor, end)
        file.isBehind = true
        return .logUnwritable(path: path, cause: cause)
      }
      rest = rest.dropFirst(count)
    }
    (file.waiting, file.isBehind) = ([], false)
    return nil
  }
}
