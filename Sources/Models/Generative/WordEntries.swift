import Corpora

/// The entries that a word decoder reads and writes: padding, an unknown word and the words of ``Vocabularies/words``,
/// the separators first among these, then start, end and the relations, each one entry whatever its name.
package struct WordEntries: Sendable {
  /// The separators of a triple's parts and of triples.
  package static let separators = [";", "|"]
  /// The words and the separators.
  package static let list = VocabularyList.writtenWords(separators: separators)
  /// The entry between the parts of a triple, `;`.
  package static let semicolon = Vocabulary.unknown + 1
  /// The entry between triples, `|`.
  package static let bar = semicolon + 1

  private let words: Vocabulary
  private let relations: NameList
  private let relationWords: Set<ExactString>

  /// - Precondition: the vocabularies have ``list``.
  init(_ vocabularies: Vocabularies) {
    (words, relations) = (vocabularies.words, vocabularies.relations)
    precondition(
      Self.separators.map(words.id) == [Self.semicolon, Self.bar], "words without separators")
    let (count, start) = (words.count + 2 + relations.count, words.count)
    relationWords = Set(relations.names.flatMap { ExactString($0).words })
    written = (0..<count).filter { $0 != Vocabulary.padding && $0 != start }
  }

  /// The first input of the decoder, never written.
  package var start: Int { words.count }
  /// The last entry of every target.
  package var end: Int { words.count + 1 }
  /// The relations' entries.
  package var relationEntries: Range<Int> { words.count + 2..<count }
  /// The number of entries.
  package var count: Int { words.count + 2 + relations.count }

  /// The entry of a word; ``Vocabulary/unknown`` for a word outside the vocabulary.
  package func entry(of word: String) -> Int { words.id(of: word) }

  /// The entry of a relation; `nil` for a relation that the training split lacks.
  package func entry(ofRelation name: String) -> Int? {
    relations.id(of: name).map { relationEntries.lowerBound + $0 }
  }

  /// The word or the relation's name that an entry writes; `nil` for an unknown word, padding, start and end.
  package func text(of entry: Int) -> String? {
    if relationEntries.contains(entry) { return relations[entry - relationEntries.lowerBound] }
    let first = words.count - words.words.count
    return (first..<words.count).contains(entry) ? words.words[entry - first] : nil
  }

  /// Whether a word is one of a relation's name, which the decoder may write in a name as well.
  func isOfRelation(_ word: String) -> Bool { relationWords.contains(ExactString(word)) }

  /// What keeps a name from being taught.
  static func fault(of name: String) -> WrittenNames.Fault? {
    let words = ExactString(name).words
    if words.isEmpty { return .empty }
    return words.contains { separators.contains($0.value) } ? .separator : nil
  }

  /// The entries that the decoder may write at all: neither padding nor the start.
  package let written: [Int]
}
