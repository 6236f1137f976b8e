import Corpora

/// A sentence as a model reads it.
public protocol ModelInput: Sendable {
  /// Its index in its split, which names its random numbers.
  var index: Int { get }
  /// The sentence with its gold facts.
  var sentence: Sentence { get }
  /// The number of tokens that are read.
  var length: Int { get }
  /// The number of rows that it has in the largest matrices of the model: tokens, pairs of tokens, pieces.
  /// It bounds how many sentences run together.
  var rows: Int { get }
  /// The work that it makes, relative to other sentences of the same model: minibatches, shards and batches of
  /// inference are cut by it.
  var cost: Int { get }
}

extension ModelInput {
  /// A row for each token.
  public var rows: Int { length }
  /// As much work as there are rows.
  public var cost: Int { rows }
}

/// A sentence as ids of its words: the input of models that read nothing else.
public struct WordInput: ModelInput {
  public let index: Int
  public let sentence: Sentence
  /// Word ids, one for each token that is read.
  public let words: [Int]

  /// - Parameter limit: tokens to read; the rest of a longer sentence is scored and not seen.
  public init(
    index: Int, sentence: Sentence, vocabularies: Vocabularies, limit: Int = .max
  ) {
    let vocabulary = vocabularies.words
    self.index = index
    self.sentence = sentence
    words = sentence.tokens.prefix(limit).map { vocabulary.id(of: $0) }
  }

  public var length: Int { words.count }
}
