import Foundation

/// Numbers as people read them.
package enum Figures {
  /// A number with so many significant digits, none of its whole part cut: `24.9`, `.0221`, `1234`, `2.2e-05`.
  package static func significant(_ value: Double, digits: Int) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    let size = abs(value)
    guard size >= 1e-4, size < 1e7 else { return String(format: "%.\(digits - 1)e", value) }
    let places = max(0, digits - 1 - Int(log10(size).rounded(.down)))
    return withoutZero(String(format: "%.\(places)f", value))
  }

  /// A score from 0 to 1 with four digits: `.0265`, `1.0000`.
  package static func score(_ value: Double) -> String {
    withoutZero(String(format: "%.4f", value))
  }

  /// A score in three columns: `.953`, or `0` and `1`.
  package static func shortScore(_ value: Double) -> String {
    value == 0 || value == 1 ? "\(Int(value))" : withoutZero(String(format: "%.3f", value))
  }

  /// A whole number with commas: `8,912,331`.
  package static func grouped(_ count: Int) -> String {
    var text = "\(count.magnitude)"
    var place = text.count - 3
    while place > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: place))
      place -= 3
    }
    return count < 0 ? "-" + text : text
  }

  /// A number of things: `1 rank`, `2,040 steps`.
  package static func count(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(form(of: noun, for: count))"
  }

  /// A number of things as programs read it: `1 rank`, `2040 steps`.
  package static func plainCount(_ count: Int, _ noun: String) -> String {
    "\(count) \(form(of: noun, for: count))"
  }

  private static func form(of noun: String, for count: Int) -> String {
    count == 1 ? noun : noun + "s"
  }

  /// Seconds in the units that matter: `45 s`, `4 min 30 s`, `12 min`, `1 h 18 min`, `2 d 3 h`.
  package static func duration(_ seconds: Double) -> String {
    units(seconds).map { "\($0.count) \($0.unit)" }.joined(separator: " ")
  }

  /// The same in few columns: `45s`, `4m30s`, `12m`, `1h18m`, `2d3h`.
  package static func shortDuration(_ seconds: Double) -> String {
    units(seconds).map { "\($0.count)\($0.unit.prefix(1))" }.joined()
  }

  /// Seconds as a clock shows them: `2:08`, `1:02:08`.
  package static func clock(_ seconds: Double) -> String {
    let all = whole(seconds)
    return all < 3600
      ? String(format: "%d:%02d", all / 60, all % 60)
      : String(format: "%d:%02d:%02d", all / 3600, all / 60 % 60, all % 60)
  }

  private static func units(_ seconds: Double) -> [(count: Int, unit: String)] {
    let all = whole(seconds)
    switch all {
    case ..<100: return [(all, "s")]
    case ..<600: return [(all / 60, "min"), (all % 60, "s")]
    case ..<3600: return [((all + 30) / 60, "min")]
    case ..<86_400: return [(all / 3600, "h"), (all / 60 % 60, "min")]
    default: return [(all / 86_400, "d"), (all / 3600 % 24, "h")]
    }
  }

  /// Whole seconds, within what a number of them can say.
  private static func whole(_ seconds: Double) -> Int {
    seconds.isFinite ? Int(min(max(0, seconds), 1e12).rounded()) : 0
  }

  private static func withoutZero(_ text: String) -> String {
    text.hasPrefix("0.") ? String(text.dropFirst()) : text.replacing(/^-0\./, with: "-.")
  }
}
