import Corpora

/// A triple of names; `nil` is a slot that a decoder left empty.
typealias Names = (head: String?, relation: String?, tail: String?)

/// The first occurrence of a name among tokens.
func firstSpan(of name: String, in tokens: [String]) -> Span? {
  let parts = name.split(separator: " ").map(String.init)
  let starts = 0...max(0, tokens.count - parts.count)
  return starts.first { start in
    tokens[start...].prefix(parts.count).elementsEqual(parts) { $0.utf8.elementsEqual($1.utf8) }
  }.map { Span($0, $0 + parts.count - 1) }
}

/// A sentence whose entities stand at their first occurrence, or nowhere.
func sentence(_ text: String, _ triples: [(String, String, String)] = []) -> Sentence {
  let tokens = text.split(separator: " ").map(String.init)
  let argument = { (name: String) -> Argument in
    firstSpan(of: name, in: tokens).map { .span($0) } ?? .text(name)
  }
  return Sentence(
    id: text, tokens: tokens,
    triples: triples.map { Triple(head: argument($0), relation: $1, tail: argument($2)) })
}

/// A prediction of names at their first occurrence in `sentence`.
func prediction(
  _ groups: [Names], in sentence: Sentence, tags: String? = nil
) -> Prediction {
  let span = { (name: String?) -> Span? in name.map { firstSpan(of: $0, in: sentence.tokens)! } }
  return Prediction(
    groups: groups.map { .init(head: span($0.head), relation: $0.relation, tail: span($0.tail)) },
    tags: tags.map(bio))
}

/// Tags from letters: `OBI`.
func bio(_ letters: String) -> Tags {
  Tags(letters.map { ["O": 0, "B": 1, "I": 2][$0]! }, .bio)
}

/// The three sentences of Evaluation/README.md 9.1.
enum ThreeSentences {
  static let sentences = [
    sentence("A B", [("A", "r1", "B"), ("A", "r2", "B")]),
    sentence("C D", [("C", "r1", "D")]),
    sentence("E F"),
  ]
  static let predictions = [
    prediction([("A", "r1", "B"), ("A", "r1", "B"), ("B", "r2", "A")], in: sentences[0]),
    prediction([], in: sentences[1]),
    prediction([("E", "r1", "F")], in: sentences[2]),
  ]
}

extension Double {
  /// Rounded to four places, as the specification prints scores.
  var rounded4: Double { (self * 10_000).rounded() / 10_000 }
}
