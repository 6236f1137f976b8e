import Foundation
import RunLogs
import Synchronization

/// Shows how far a run is, as its voice says; any thread may call it.
final class RunDisplay: Sendable {
  private struct State: Sendable {
    var progress = RunProgress()
    var table = EpochTable()
    /// When the line of progress was drawn.
    var drawn = Date.distantPast
  }

  /// Seconds from one drawing to the next, so that fast steps do not flood a slow connection.
  private static let pause = 0.1

  private let voice: RunVoice
  private let every: Int
  private let state = Mutex(State())

  /// - Parameter every: steps from one line to the next where lines are not written over.
  init(_ voice: RunVoice, every: Int) { (self.voice, self.every) = (voice, every) }

  /// Shows what a report says of the run's progress.
  func show(_ content: RunLogEntry.Content, at time: Date) {
    // The lock is held while standard output is written, which may hang; the watchdog's reports must not wait for it.
    if !Self.isProgress(content) { return }
    state.withLock { state in
      let row = state.progress.add(RunLogEntry(content, time: time))
      switch voice.progress {
      case .off: break
      case .lines:
        if let line = row?.line ?? milestone(content, state.progress) {
          voice.say("\(LogTime.timeOfDay(time))  \(line)")
        }
      case .live(let screen):
        if let row {
          for line in state.table.lines(row, width: screen.width()) { voice.say(line) }
        } else if isDue(content, state, at: time) {
          state.drawn = time
          draw(state.progress.line(), on: screen)
        }
      }
    }
  }

  /// Whether a report says how far the run is.
  private static func isProgress(_ content: RunLogEntry.Content) -> Bool {
    switch content {
    case .start, .step, .evaluation: true
    default: false
    }
  }

  /// Shows that the run does something else than steps.
  func show(activity: String) {
    guard case .live(let screen) = voice.progress else { return }
    state.withLock { draw($0.progress.line(activity: activity), on: screen) }
  }

  /// The line of an update after which one is due.
  private func milestone(_ content: RunLogEntry.Content, _ progress: RunProgress) -> String? {
    guard case .step(let step) = content, step.step % every == 0 else { return nil }
    return progress.line()?.line
  }

  private func isDue(_ content: RunLogEntry.Content, _ state: State, at time: Date) -> Bool {
    guard case .step = content else { return false }
    return abs(time.timeIntervalSince(state.drawn)) >= Self.pause
  }

  private func draw(_ line: ProgressLine?, on screen: RunVoice.Screen) {
    guard let line else { return }
    screen.draw(line.text(width: screen.width(), isColoured: screen.isColoured))
  }
}
