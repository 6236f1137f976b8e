/// How the names of relations stand in generated text.
public enum RelationSurface: String, CaseIterable, Sendable, Codable {
  /// As in the corpus.
  case full
  /// The last part of a path such as `/people/person/place_lived`, with blanks for `_` and `/`. Relations that would
  /// read alike keep their full names.
  case words

  /// The texts of relations, in their order.
  ///
  /// - Parameter key: what tells two texts apart, such as their pieces.
  func texts<Key: Hashable>(of relations: [String], key: (String) -> Key) -> [String] {
    guard self == .words else { return relations }
    let texts = relations.map(Self.words)
    let counts = texts.reduce(into: [:]) { $0[key($1), default: 0] += 1 }
    return zip(relations, texts).map { name, text in
      text.isEmpty || counts[key(text)] != 1 ? name : text
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
