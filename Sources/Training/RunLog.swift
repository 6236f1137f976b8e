import Foundation
import Glibc
import Synchronization

/// The run log, JSON Lines in the run's folder: what depends on time, machine and number of ranks stands
/// here and not in checkpoints. A resumed run appends to it. Any thread writes, one at a time.
final class RunLog: Sendable {
  private let path: String
  private let file: Mutex<Int32>

  /// Opens `run.jsonl` in `folder`, emptied where the run begins afresh.
  init(folder: String, appending: Bool) throws(TrainingError) {
    path = "\(folder)/run.jsonl"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appending ? 0 : O_TRUNC), 0o666)
    file = Mutex(descriptor)
    if descriptor < 0 { throw failure() }
  }

  deinit { _ = file.withLock { $0 < 0 ? 0 : close($0) } }

  /// Adds a line, whole or not at all; keys are sorted.
  func write(_ entry: [String: any Sendable]) throws {
    let line = try JSONSerialization.data(
      withJSONObject: entry, options: [.sortedKeys, .withoutEscapingSlashes])
    try file.withLock { try write(Array(line + [0x0A]), to: $0) }
  }

  private func write(_ line: [UInt8], to descriptor: Int32) throws(TrainingError) {
    let end = lseek(descriptor, 0, SEEK_END)
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let failure = failure()
        ftruncate(descriptor, end)
        throw failure
      }
      rest = rest.dropFirst(count)
    }
  }

  /// What the system said last.
  private func failure() -> TrainingError {
    .logUnwritable(path: path, cause: String(cString: strerror(errno)))
  }
}

/// What a run says to its user, from rank 0 alone.
public struct RunVoice: Sendable {
  /// Prints a line.
  public let say: @Sendable (String) -> Void
  /// Prints a warning, apart from the rest.
  public let warn: @Sendable (String) -> Void
  /// Replaces the line of progress; `nil` where output is not a terminal.
  public let progress: (@Sendable (String) -> Void)?

  public init(
    say: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void,
    progress: (@Sendable (String) -> Void)?
  ) {
    self.say = say
    self.warn = warn
    self.progress = progress
  }
}
