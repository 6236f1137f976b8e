/// What the name of a relation says of it.
enum RelationName {
  /// Whether the name means that a pair has no relation, however it is spelt: `None`, `N/A`, `no_relation`.
  static func meansNone(_ name: String) -> Bool { none.contains(letters(of: name)) }

  /// Whether the name is that of a rest class, which some corpora count as a relation and others do not.
  static func meansOther(_ name: String) -> Bool {
    ["other", "others"].contains(letters(of: name))
  }

  private static let none: Set<String> = [
    "none", "na", "nil", "null", "norelation", "norelations", "norelationship", "norel",
    "notrelated", "unrelated", "nonerelation", "norelationfound",
  ]

  /// The name in lower case without all that is no letter or digit.
  static func letters(of name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
  }
}

extension Place {
  /// Refuses the name of a relation or type that is empty, or that would break a line of output.
  func check(_ name: String, _ what: String) throws(CorpusError) {
    if name.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
      throw error("\(what) has an empty name")
    }
    if name.unicodeScalars.contains(where: \.breaksLine) {
      throw error("\(what) is '\(name)', with a tab or a line end; take them out of the name")
    }
  }
}

extension Unicode.Scalar {
  /// Whether the character is a control character, a tab among them, or ends a line.
  var breaksLine: Bool {
    [.lineSeparator, .paragraphSeparator, .control].contains(properties.generalCategory)
  }
}
