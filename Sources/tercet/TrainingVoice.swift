import Commands
import Training

/// The voices that a training has on a console.
enum TrainingVoice {
  /// How a user wants to see how far a run is.
  enum Style: String, CaseIterable {
    case auto, bar, lines, off
  }

  /// The voice of a style.
  ///
  /// - Parameter isQuiet: whether only warnings and errors are printed.
  static func voice(_ style: Style, isQuiet: Bool) -> RunVoice {
    RunVoice(
      say: { if !isQuiet { Console.line($0) } }, warn: { Console.error($0) },
      progress: isQuiet ? .off : progress(style))
  }

  private static func progress(_ style: Style) -> RunVoice.Progress {
    switch style {
    case .auto: Console.isTerminal ? live : .lines
    case .bar: live
    case .lines: .lines
    case .off: .off
    }
  }

  private static var live: RunVoice.Progress {
    .live(
      RunVoice.Screen(
        draw: { Console.progress($0) }, width: { Console.progressWidth },
        isColoured: Console.isColoured))
  }
}
