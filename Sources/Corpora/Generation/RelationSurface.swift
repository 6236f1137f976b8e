/// How the names of relations stand in generated text.
public enum RelationSurface: String, CaseIterable, Sendable, Codable {
  /// As in the corpus.
  case full
  /// The last part of a path such as `/people/person/place_lived`, with blanks for `_` and `/`. Relations that would
  /// read alike, or not at all, keep their full names.
  case words

  /// The texts of relations, in their order.
  ///
  /// - Parameter basic: what parts them into words, and says which are read alike.
  func texts(of relations: [String], _ basic: BasicTokenizer) -> [String] {
    guard self == .words else { return relations }
    let texts = relations.map(Self.words)
    let keys = texts.map(basic.key)
    let counts = keys.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return texts.indices.map { index in
      let words = basic.words(of: texts[index])
      let isRead = !words.isEmpty && !words.contains { [";", "|"].contains($0) }
      return isRead && counts[keys[index]] == 1 ? texts[index] : relations[index]
    }
  }

  /// The words of a relation's name. A name that begins with a slash is a path.
  static func words(of relation: String) -> String {
    let scalars = relation.unicodeScalars[...]
    let text = scalars.first == "/" ? scalars.split(separator: "/").last ?? scalars : scalars
    return text.split { $0 == "_" || $0 == "/" || $0 == " " }.map { String($0) }
      .joined(separator: " ")
  }
}
