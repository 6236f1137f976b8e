/// The kind of thing that a synthetic name stands for.
enum NameKind: Hashable {
  case person, company, university, city, country, book
}

/// A name in a synthetic sentence.
struct Name {
  let kind: NameKind
  let words: [String]
  /// Whether `the` stands before it, outside the name.
  var takesArticle = false

  init(_ kind: NameKind, _ text: String, takesArticle: Bool = false) {
    self.kind = kind
    words = Sentence.tokens(of: text)
    self.takesArticle = takesArticle
  }

  var text: String { words.joined(separator: " ") }
  var mention: [String] { takesArticle ? ["the"] + words : words }
  /// The relative pronoun for it: `who` or `which`.
  var pronoun: String { kind == .person ? "who" : "which" }
}
