import Corpora

/// A sentence as entries, with the triples that a word decoder is taught.
package struct WordSequenceInput: ModelInput {
  package let words: WordInput
  /// The ids of each token's characters, at most ``WordSequence/longestSpelling``.
  package let characters: [[Int]]
  /// The tokens as ``WordNumbers`` has them.
  package let numbers: [Int]
  /// The distinct triples that text can hold, in the order of the corpus.
  package let facts: [WordFact]
  /// The number of entries of the target, the end among them.
  package let targetLength: Int

  package init(
    words: WordInput, characters: [[Int]], numbers: [Int], facts: [WordFact], targetLength: Int
  ) {
    (self.words, self.characters, self.numbers) = (words, characters, numbers)
    (self.facts, self.targetLength) = (facts, targetLength)
  }

  package var index: Int { words.index }
  package var sentence: Sentence { words.sentence }
  package var length: Int { words.length }
  /// The tokens that are read.
  var tokens: [ExactString] { sentence.tokens.prefix(length).map { ExactString($0) } }
  package var rows: Int { length + targetLength }
  /// A step of the decoder multiplies by some five times as many weights as a token of the encoder does.
  package var cost: Int { length + 5 * targetLength }
}

/// A triple that a word decoder is taught.
package struct WordFact: Sendable {
  /// Head, tail and relation as ``WordNumbers`` has them.
  package let parts: TripleParts<[Int]>
  /// The relation and the last tokens of head and tail; unlocated ones come last.
  package let place: [Int]
}

/// Numbers the words of a sentence so that unknown ones stay apart: a word's entry, or behind all entries a number for
/// each word that has none.
private struct WordNumbers {
  private let entries: WordEntries
  private var unknown: [ExactString: Int] = [:]

  init(_ entries: WordEntries) { self.entries = entries }

  mutating func callAsFunction(_ word: String) -> Int {
    let entry = entries.entry(of: word)
    guard entry == Vocabulary.unknown else { return entry }
    let number = unknown[ExactString(word)] ?? entries.count + unknown.count
    unknown[ExactString(word)] = number
    return number
  }
}

/// What a word decoder writes for a sentence in training.
package struct WordTarget: Sendable {
  /// The entries, ``WordEntries/end`` last.
  package let entries: [Int]
  /// The BIO label of each entry, and of each token; `nil` in a model without labels.
  package let labels: (entries: [Int], tokens: [Int])?

  package init(entries: [Int], labels: (entries: [Int], tokens: [Int])?) {
    (self.entries, self.labels) = (entries, labels)
  }
}

extension WordSequence {
  package func input(_ sentence: Sentence, index: Int, limit: Int) -> WordSequenceInput {
    let words = WordInput(
      index: index, sentence: sentence, vocabularies: vocabularies, limit: limit)
    var number = WordNumbers(entries)
    let numbers = sentence.tokens.prefix(words.length).map { number($0) }
    let facts = sentence.triples.compactMap { fact($0, in: sentence, &number) }
      .filter { grammar.canHold($0.parts) }
      .distinct { [$0.parts.head, $0.parts.tail, $0.parts.relation] }
    return WordSequenceInput(
      words: words, characters: zip(words.words, sentence.tokens).map(spellings.callAsFunction),
      numbers: numbers, facts: facts,
      targetLength: grammar.text(of: facts.map(\.parts)).tokens.count + 1)
  }

  package func remarks(on inputs: [WordSequenceInput], isTaught: Bool) -> [String] {
    let unfinished = inputs.count { $0.targetLength > options.limit + 1 }
    return unfinished == 0
      ? []
      : [
        "sentences whose triples take more than \(options.limit) words, so that the model never writes them all "
          + "(model.limit): \(unfinished)"
      ]
  }

  /// A triple as numbers; `nil` for a relation that the training split lacks.
  private func fact(
    _ triple: Triple, in sentence: Sentence, _ number: inout WordNumbers
  ) -> WordFact? {
    guard let relation = entries.entry(ofRelation: triple.relation) else { return nil }
    let (head, tail) = (
      tokens(of: triple.head, in: sentence).map { number($0) },
      tokens(of: triple.tail, in: sentence).map { number($0) }
    )
    func place(_ argument: Argument) -> Int { argument.span?.end ?? .max }
    return WordFact(
      parts: TripleParts(head: head, tail: tail, relation: [relation]),
      place: [relation, place(triple.head), place(triple.tail)])
  }

  private func tokens(of argument: Argument, in sentence: Sentence) -> [String] {
    switch argument {
    case .span(let span): Array(sentence.tokens[span.range])
    case .text(let text): ExactString(text).words.map(\.value)
    }
  }

  /// The target of a sentence.
  package func target(of input: WordSequenceInput, streams: RandomStreams) -> WordTarget {
    let facts = options.targetOrder.arranged(input.facts, example: input.index, streams: streams) {
      $0.place.lexicographicallyPrecedes($1.place)
    }
    let text = grammar.text(of: facts.map(\.parts))
    let written =
      text.tokens.map { $0 < entries.count ? $0 : Vocabulary.unknown } + [entries.end]
    guard options.copy == .bio else { return WordTarget(entries: written, labels: nil) }
    let labels = CommonRuns.labels(source: input.numbers, target: text)
    return WordTarget(
      entries: written,
      labels: (labels.target.values + [TagScheme.outside], labels.source.values))
  }
}
