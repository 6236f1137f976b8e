/// A list of names collected from the training split, such as the words. A model may declare lists of its
/// own.
public struct VocabularyList: Sendable {
  /// The list's name in checkpoints, below `vocabulary/`.
  public let name: String
  /// Whether a checkpoint may lack the list, which is empty then.
  public let isOptional: Bool
  /// Collects the names from the sentences; the number is `data.minimumCount`.
  let collect: @Sendable ([Sentence], Int) -> [String]

  /// Declares a list.
  ///
  /// - Parameters:
  ///   - name: the list's name in checkpoints.
  ///   - isOptional: whether a checkpoint may lack it.
  ///   - collect: a pure function of the training sentences and `data.minimumCount`.
  public init(
    _ name: String, isOptional: Bool = false,
    collect: @escaping @Sendable ([Sentence], Int) -> [String]
  ) {
    (self.name, self.isOptional) = (name, isOptional)
    self.collect = collect
  }

  /// All words with at least `data.minimumCount` occurrences, most frequent first, ties by code units.
  public static let words = VocabularyList("words") { words(of: $0, atLeast: $1) }

  /// - Parameter withNames: whether the words of heads and tails that the tokens do not hold count as well.
  private static func words(
    of sentences: [Sentence], atLeast count: Int, withNames: Bool = false
  ) -> [String] {
    var counts: [ExactString: Int] = [:]
    for sentence in sentences {
      for token in sentence.tokens { counts[ExactString(token), default: 0] += 1 }
      guard withNames else { continue }
      for case .text(let name) in sentence.triples.flatMap({ [$0.head, $0.tail] }) {
        for word in ExactString(name).words { counts[word, default: 0] += 1 }
      }
    }
    return counts.filter { $0.value >= count }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map(\.key.value)
  }

  /// ``words`` of a model that writes them, heads and tails that the tokens do not hold among them: those before which
  /// the separators of its output come, and which occur at least twice, whatever `data.minimumCount` is, since an unknown word must be learnt too.
  ///
  /// - Parameter separators: words that the model writes between others.
  public static func writtenWords(separators: [String]) -> VocabularyList {
    VocabularyList("words") { sentences, minimumCount in
      let own = Set(separators.map { ExactString($0) })
      return separators
        + words(of: sentences, atLeast: max(2, minimumCount), withNames: true).filter {
          !own.contains(ExactString($0))
        }
    }
  }

  /// The characters (Unicode scalars) of all words, sorted by code units.
  public static let characters = VocabularyList("characters") { sentences, _ in
    sorted(Set(sentences.flatMap(\.tokens).flatMap(\.unicodeScalars)).map { String($0) })
  }

  /// The relations of all triples, sorted by code units.
  public static let relations = VocabularyList("relations") { sentences, _ in
    sorted(sentences.flatMap(\.triples).map(\.relation))
  }

  /// The types of all entities, sorted by code units.
  public static let entityTypes = VocabularyList("entity_types") { sentences, _ in
    sorted(sentences.flatMap(\.entities).compactMap(\.type))
  }

  /// The parts of speech of all tokens, sorted by code units; empty for a split that has none.
  public static let partsOfSpeech = VocabularyList("parts_of_speech") { sentences, _ in
    sorted(sentences.flatMap { $0.partsOfSpeech ?? [] })
  }

  /// The name of a list of pieces of words, which pretrained weights may bring.
  public static let pieces = "pieces"

  /// The heads and tails of triples that pieces alone do not give back, since letters or blanks are lost; the most
  /// frequent first, ties by code units. None with cased pieces of words that stand as they are.
  public static func lostNames(_ options: WordPieceOptions) -> VocabularyList {
    VocabularyList("names", isOptional: true) { sentences, _ in
      if options == WordPieceOptions() { return [] }
      let basic = BasicTokenizer(options: options)
      var counts: [ExactString: Int] = [:]
      for sentence in sentences {
        for argument in sentence.triples.flatMap({ [$0.head, $0.tail] }) {
          counts[ExactString(sentence.text(of: argument)), default: 0] += 1
        }
      }
      return counts.filter { basic.words(of: $0.key.value).joined(separator: " ") != $0.key.value }
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map(\.key.value)
    }
  }

  private static func sorted(_ names: [String]) -> [String] {
    Set(names.map { ExactString($0) }).sorted().map(\.value)
  }
}

/// A size measured on the training split.
public struct CorpusSize: Sendable {
  /// The attribute's name in checkpoints.
  public let name: String
  /// Measures the sentences.
  let measure: @Sendable ([Sentence]) -> Int

  /// Declares a size.
  ///
  /// - Parameter measure: a pure function of the training sentences, 0 or more.
  public init(_ name: String, measure: @escaping @Sendable ([Sentence]) -> Int) {
    self.name = name
    self.measure = measure
  }

  /// The number of tokens of the longest located head or tail; 1 without triples.
  public static let longestEntity = CorpusSize("longest_entity") { sentences in
    sentences.flatMap(\.triples).flatMap { [$0.head.span, $0.tail.span] }
      .compactMap { $0?.length }.max() ?? 1
  }
}
