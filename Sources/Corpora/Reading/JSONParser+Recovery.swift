extension JSONParser {
  /// A place between two values.
  struct Position {
    let index: Int
    let line: Int
  }

  var position: Position { Position(index: index, line: line) }

  /// The one value of the line at hand, without a look at the lines behind it.
  mutating func valueOfLine() throws(CorpusError) -> JSONValue {
    _ = peek()
    end = endOfLine(at: index)
    defer { end = bytes.count }
    return try onlyValue()
  }

  /// Moves to the start of the line behind the one that holds `start`.
  mutating func move(toLineAfter start: Position) {
    move(to: min(endOfLine(at: start.index) + 1, bytes.count), from: start)
  }

  /// Moves to the record that opens the next line indented no deeper than the line that holds `start`; `false`
  /// where there is none.
  mutating func move(toRecordAfter start: Position) -> Bool {
    let lineStart = bytes[..<start.index].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let indentation = firstInked(lineStart) - lineStart
    var next = endOfLine(at: start.index) + 1
    while next < bytes.count {
      let first = firstInked(next)
      if first < bytes.count, bytes[first] == UInt8(ascii: "{"), first - next <= indentation {
        move(to: first, from: start)
        return true
      }
      next = endOfLine(at: first) + 1
    }
    return false
  }

  /// Moves to the comma or bracket behind the list's element at `start`, by its brackets alone; `false` where they
  /// do not balance.
  mutating func skipElement(from start: Position, withinLine: Bool) -> Bool {
    var depth = 0
    var next = start.index
    while next < bytes.count && depth >= 0 {
      switch Character(Unicode.Scalar(bytes[next])) {
      case "\n" where withinLine: return false
      case "\"": next = endOfString(at: next)
      case "]" where depth == 0, "," where depth == 0:
        move(to: next, from: start)
        return true
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      default: break
      }
      next += 1
    }
    return false
  }

  /// The place of the quote or line end that ends the string at `start`.
  private func endOfString(at start: Int) -> Int {
    var next = start + 1
    while next < bytes.count, bytes[next] != 0x22, bytes[next] != 0x0A {
      next += bytes[next] == 0x5C ? 2 : 1
    }
    return next < bytes.count && bytes[next] == 0x0A ? next - 1 : next
  }

  private mutating func move(to next: Int, from start: Position) {
    line = start.line + bytes[start.index..<next].count { $0 == 0x0A }
    index = next
  }

  private func endOfLine(at start: Int) -> Int {
    bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
  }

  private func firstInked(_ start: Int) -> Int {
    bytes[start...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.count
  }
}
