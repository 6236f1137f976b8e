import Corpora

extension Sentence {
  /// The sentence with the entities of its triples listed, each with a type by its number of tokens.
  public var typed: Sentence {
    var typed = self
    typed.entities = entitiesOfTriples.map {
      EntityMention(span: $0, type: $0.length == 1 ? "word" : "name")
    }
    return typed
  }
}
