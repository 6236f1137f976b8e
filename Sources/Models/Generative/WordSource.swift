import Corpora

/// The entries that a decoder may write next for one sentence.
package struct AllowedWords: Sendable {
  /// The label of the next entry; `nil` in a model without labels.
  package let label: Int?
  /// The entries, ascending; `nil` for all that are written at all.
  package let entries: [Int]?
  /// The tokens that an unknown word may stand for.
  let unknownTokens: [Int]
}

/// What the words of one sentence allow its decoder (Generative/README.md 7.6, "The LSTM rows").
struct WordSource {
  private let words: [Int]
  private let copy: WordSequenceOptions.Copy
  /// The entries that WordDec may write.
  private let own: [Int]?
  /// The runs of the sentence that labels bind the decoder to.
  private var runs: CopySource

  init(_ words: [Int], _ entries: WordEntries, _ copy: WordSequenceOptions.Copy) {
    (self.words, self.copy) = (words, copy)
    let always = [Vocabulary.unknown, WordEntries.semicolon, WordEntries.bar, entries.end]
    own = copy == .vocabulary ? Set(words + always + entries.relationEntries).sorted() : nil
    runs = CopySource(
      words.map { Int32($0) }, banned: [Int32(Vocabulary.padding), Int32(entries.start)])
  }

  /// Takes in a word that was written.
  mutating func append(_ word: WrittenWord) {
    if let label = CopyLabel(rawValue: word.label) { runs.append(Int32(word.entry), label) }
  }

  /// What may be written next.
  ///
  /// - Parameter label: its label; `nil` in a model without labels.
  func allowed(label: Int?) -> AllowedWords {
    guard let label, let kind = CopyLabel(rawValue: label) else {
      return AllowedWords(
        label: nil, entries: own, unknownTokens: copy == .vocabulary ? Array(words.indices) : [])
    }
    let places = runs.places(of: kind)
    let bound = kind == .inside && places.isEmpty ? Array(words.indices) : places
    return AllowedWords(
      label: label, entries: runs.allowed(kind).map { $0.map(Int.init) },
      unknownTokens: bound.filter { words[$0] == Vocabulary.unknown })
  }
}
