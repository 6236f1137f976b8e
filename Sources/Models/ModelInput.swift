import Corpora

/// A sentence encoded for a model.
public protocol ModelInput: Sendable {
  /// The sentence's index in its split, which keys its random streams.
  var index: Int { get }
  /// The sentence with its gold facts.
  var sentence: Sentence { get }
  /// The number of tokens that the model reads.
  var length: Int { get }
  /// Whether pieces of the tokens that are read are not.
  var losesPieces: Bool { get }
  /// The number of the sentence's rows in the model's largest matrices: tokens, pairs of tokens, pieces.
  /// Training and inference limit the total rows of sentences that run together.
  var rows: Int { get }
  /// The sentence's work relative to other sentences of the model; minibatches, shards and inference
  /// batches are balanced by cost.
  var cost: Int { get }
}

extension ModelInput {
  /// None is lost: the model reads tokens whole.
  public var losesPieces: Bool { false }
  /// Whether predictions read a part of the sentence alone.
  public var isCut: Bool { losesPieces || length < sentence.tokens.count }
  /// One row for each token.
  public var rows: Int { length }
  /// Work in proportion to rows.
  public var cost: Int { rows }
}

/// A sentence as word ids, for models without other inputs.
public struct WordInput: ModelInput {
  /// The sentence's index in its split, which keys its random streams.
  public let index: Int
  /// The sentence with its gold facts, never cut.
  public let sentence: Sentence
  /// The ids of ``Vocabulary``, one for each token up to the limit.
  public let words: [Int]

  /// Looks up the words of a sentence.
  ///
  /// - Parameter limit: the number of tokens to read; scores still count facts in later tokens.
  public init(
    index: Int, sentence: Sentence, vocabularies: Vocabularies, limit: Int = .max
  ) {
    let vocabulary = vocabularies.words
    self.index = index
    self.sentence = sentence
    words = sentence.tokens.prefix(limit).map { vocabulary.id(of: $0) }
  }

  /// The number of ids.
  public var length: Int { words.count }
}
