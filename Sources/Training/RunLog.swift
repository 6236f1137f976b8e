import Foundation

/// The run log, JSON Lines in the run's folder: what depends on time, machine and number of ranks stands
/// here and not in checkpoints. A resumed run appends to it.
final class RunLog {
  private let file: FileHandle

  /// Opens `run.jsonl` in `folder`, emptied where the run begins afresh.
  init(folder: String, appending: Bool) throws {
    let path = "\(folder)/run.jsonl"
    if !appending || !FileManager.default.fileExists(atPath: path) {
      try Data().write(to: URL(filePath: path))
    }
    file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.seekToEnd()
  }

  /// Adds a line; keys are sorted.
  func write(_ entry: [String: any Sendable]) throws {
    let line = try JSONSerialization.data(
      withJSONObject: entry, options: [.sortedKeys, .withoutEscapingSlashes])
    try file.write(contentsOf: line + [0x0A])
  }
}

/// What a run says on the terminal, from rank 0 alone.
public struct RunVoice: Sendable {
  /// Prints a line.
  public let say: @Sendable (String) -> Void
  /// Replaces the line of progress; `nil` where output is not a terminal.
  public let progress: (@Sendable (String) -> Void)?

  public init(
    say: @escaping @Sendable (String) -> Void, progress: (@Sendable (String) -> Void)?
  ) {
    self.say = say
    self.progress = progress
  }
}
