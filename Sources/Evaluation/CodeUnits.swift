/// A string that equals another when their UTF-8 code units do. `String` compares by canonical
/// equivalence, by which `é` written as one scalar or as two is the same token.
struct CodeUnits: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  func hash(into hasher: inout Hasher) {
    for unit in text.utf8 { hasher.combine(unit) }
  }

  /// The parts between blanks (U+0020), whatever combines with a blank.
  var tokens: [CodeUnits] {
    text.unicodeScalars.split(separator: " ").map { CodeUnits(String($0)) }
  }
}

extension Sequence where Element: Hashable {
  /// The elements in order, each where it occurs first.
  var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
