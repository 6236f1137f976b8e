extension StringProtocol {
  /// The columns that the text takes on a terminal: two for a wide character, such as those of Chinese and
  /// Japanese, none for one that joins another.
  package var columns: Int {
    // Most texts are ASCII, a column a byte.
    utf8.allSatisfy { $0 < 0x80 }
      ? utf8.count : unicodeScalars.reduce(0) { $0 + $1.columns }
  }

  /// The text with blanks behind it, or before it, so that it takes `width` columns.
  package func padded(to width: Int, onTheLeft: Bool = false) -> String {
    let blanks = String(repeating: " ", count: Swift.max(0, width - columns))
    return onTheLeft ? blanks + self : self + blanks
  }
}

extension Unicode.Scalar {
  /// The columns of the scalar on a terminal.
  fileprivate var columns: Int {
    if value < 0x300 { return 1 }
    if Self.wide.contains(where: { $0.contains(value) }) { return 2 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return 1
    }
  }

  /// The blocks of scripts, symbols and pictures that Unicode's EastAsianWidth.txt calls wide or full-width.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
    0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
