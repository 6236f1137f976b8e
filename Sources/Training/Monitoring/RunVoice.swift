/// The ways in which a run speaks to its user.
public struct RunVoice: Sendable {
  /// How a run shows how far it is.
  public enum Progress: Sendable {
    /// Not at all.
    case off
    /// By a line an epoch, and one every `log.every` steps.
    case lines
    /// By a line that is written over, and a table with a line an epoch.
    case live(Screen)
  }

  /// A terminal.
  public struct Screen: Sendable {
    let draw: @Sendable (String) -> Void
    let width: @Sendable () -> Int
    let isColoured: Bool

    /// A terminal of these functions, which any thread may call.
    ///
    /// - Parameters:
    ///   - draw: replaces the line of progress; what is printed next takes its place.
    ///   - width: the columns of a line as they are now.
    ///   - isColoured: whether the line may have colours.
    public init(
      draw: @escaping @Sendable (String) -> Void, width: @escaping @Sendable () -> Int,
      isColoured: Bool
    ) {
      (self.draw, self.width, self.isColoured) = (draw, width, isColoured)
    }
  }

  /// Prints a line.
  public let say: @Sendable (String) -> Void
  /// Prints a warning, apart from the rest.
  public let warn: @Sendable (String) -> Void
  /// How far the run is.
  public let progress: Progress

  /// A voice of these functions, which any thread may call.
  public init(
    say: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void,
    progress: Progress
  ) {
    self.say = say
    self.warn = warn
    self.progress = progress
  }
}
