import Corpora

/// What becomes of a written triple whose head and tail are the same text (Generative/README.md 7.1, D40).
package enum SelfTriples: String, Codable, Sendable, CaseIterable {
  /// It is read like any other.
  case keep
  /// It is passed over, as WordDec's reader does.
  case drop

  /// Whether a triple that a sentence's text spells is passed over.
  func drops(_ head: Argument, _ tail: Argument, of sentence: Sentence) -> Bool {
    self == .drop
      && ExactString(sentence.text(of: head)) == ExactString(sentence.text(of: tail))
  }
}
