import Foundation
import Glibc

/// Times as the run log writes them: `2026-01-31T12:00:00.250Z`, in UTC with milliseconds.
package enum LogTime {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// The text of a time, to the nearest millisecond.
  package static func text(_ time: Date) -> String {
    // The style cuts what is below a millisecond, and most milliseconds are no binary numbers.
    let milliseconds = (time.timeIntervalSince1970 * 1000).rounded() + 0.25
    return Date(timeIntervalSince1970: milliseconds / 1000).formatted(style)
  }

  /// The time of a text, which older logs write without milliseconds; `nil` for any other text.
  package static func time(_ text: String) -> Date? {
    (try? style.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
  }

  /// The time of day where the program runs, such as `13:05:22`.
  package static func timeOfDay(_ time: Date) -> String {
    var (seconds, parts) = (time_t(time.timeIntervalSince1970.rounded(.down)), tm())
    localtime_r(&seconds, &parts)
    return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
      .joined(separator: ":")
  }
}
