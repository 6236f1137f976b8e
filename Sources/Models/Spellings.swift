import Corpora

/// The characters of words as ids of ``Vocabularies/characters``, as far as a model reads them. Words of the vocabulary
/// share one array, however often a split has them.
struct Spellings {
  private let characters: Vocabulary
  private let longest: Int
  private let known: [[Int]]

  /// - Parameter longest: the Unicode scalars that are read of a word, from its start.
  init(_ vocabularies: Vocabularies, longest: Int) {
    let (characters, words) = (vocabularies.characters, vocabularies.words)
    let spelled = words.words.map { Self.ids(of: $0, characters, longest) }
    (self.characters, self.longest) = (characters, longest)
    known = Array(repeating: [], count: words.count - spelled.count) + spelled
  }

  /// The ids of a token's characters.
  ///
  /// - Parameter word: the token's id; the characters of an unknown word are those of the token.
  func callAsFunction(_ word: Int, _ token: String) -> [Int] {
    word == Vocabulary.unknown ? Self.ids(of: token, characters, longest) : known[word]
  }

  private static func ids(of word: String, _ characters: Vocabulary, _ longest: Int) -> [Int] {
    word.unicodeScalars.prefix(longest).map { characters.id(of: String($0)) }
  }
}
