/// The bad records of a file: how many there are by reason, and the first of each.
public struct BadRecords: Sendable {
  /// Records that are bad for one reason, with whatever names and numbers.
  struct Reason {
    let text: String
    var count = 0
    /// The first of them.
    var first: [CorpusError] = []
  }

  /// Records are named up to this number.
  private static let named = 5
  /// The number of reasons that are told apart.
  private static let mostReasons = 20

  /// The number of bad records.
  public private(set) var count = 0
  /// The number of records, bad ones included.
  private(set) var records = 0
  /// Whether the file could not be read to its end.
  private(set) var isCut = false
  private(set) var first: [CorpusError] = []
  private(set) var reasons: [Reason] = []

  /// The number of the record that comes next.
  mutating func next() -> Int {
    records += 1
    return records
  }

  mutating func add(_ error: CorpusError) {
    count += 1
    if first.count < Self.named { first.append(error) }
    let text = Self.reason(of: error.message)
    let known = reasons.firstIndex { $0.text == text || $0.text == Self.others }
    if known == nil {
      reasons.append(Reason(text: reasons.count < Self.mostReasons ? text : Self.others))
    }
    let index = known ?? reasons.count - 1
    reasons[index].count += 1
    if reasons[index].first.count < Self.named { reasons[index].first.append(error) }
  }

  /// Adds a fault behind which the file cannot be read.
  mutating func cut(_ error: CorpusError) {
    isCut = true
    add(error)
  }

  private static let others = "other reasons"

  /// A message without the names between quotes and the numbers, which differ from record to record.
  static func reason(of message: String) -> String {
    var reason = ""
    var rest = Substring(message)
    while let character = rest.popFirst() {
      if character == "'", !(reason.last?.isLetter ?? false), let end = closing(rest) {
        reason += "'…'"
        rest = rest[rest.index(after: end)...]
      } else if character.isWholeNumber, !(reason.last.map(isInWord) ?? false) {
        reason += "…"
        rest = rest.drop { $0.isWholeNumber }
      } else {
        reason.append(character)
      }
    }
    return reason
  }

  /// Whether a digit behind this character belongs to a word or a file's name.
  private static func isInWord(_ character: Character) -> Bool {
    character.isLetter || "-_/".contains(character)
  }

  /// The quote that no letter or digit follows.
  private static func closing(_ text: Substring) -> Substring.Index? {
    text.indices.first { i in
      guard text[i] == "'" else { return false }
      let next = text[text.index(after: i)...].first
      return !(next.map { $0.isLetter || $0.isNumber } ?? false)
    }
  }
}

extension BadRecords {
  /// One error for all bad records of a file, `nil` without one: the first five, and the others by reason.
  ///
  /// - Parameter remedy: what to do about several records.
  func error(in path: String, remedy: String) -> CorpusError? {
    if count == 0 { return nil }
    if count == 1 { return first[0] }
    var lines = ["\(count) of \(records) records are bad; \(remedy)"]
    lines += first.map { "  \($0)" }
    if count > first.count {
      let more = reasons.map { reason in
        (
          text: reason.text,
          count: reason.count - first.count { Self.reason(of: $0.message) == reason.text }
        )
      }.filter { $0.count > 0 }
      lines += more.map { "  and \($0.count) more: \($0.text)" }
    }
    return CorpusError(file: path, lines.joined(separator: "\n"))
  }

  /// A line for each reason, with the first five records of each below it.
  var report: [String] {
    reasons.flatMap { reason in
      ["  \(reason.count) bad record\(reason.count == 1 ? "" : "s") left out: \(reason.text)"]
        + reason.first.map { "    \($0)" }
        + (reason.count > reason.first.count
          ? ["    and \(reason.count - reason.first.count) more"] : [])
    }
  }
}
