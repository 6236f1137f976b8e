/// The ways in which a run speaks to its user.
public struct RunVoice: Sendable {
  /// Prints a line.
  public let say: @Sendable (String) -> Void
  /// Prints a warning, apart from the rest.
  public let warn: @Sendable (String) -> Void
  /// Replaces the line of progress; `nil` where output is not a terminal.
  public let progress: (@Sendable (String) -> Void)?

  /// A voice of these functions, which any thread may call.
  public init(
    say: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void,
    progress: (@Sendable (String) -> Void)?
  ) {
    self.say = say
    self.warn = warn
    self.progress = progress
  }
}
