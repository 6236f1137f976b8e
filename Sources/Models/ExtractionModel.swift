import Autodiff
import Corpora

/// An extraction system: it declares its parameters, computes the terms of its objective on a shard, and
/// reads facts out of sentences.
///
/// A model holds no numbers: parameters lie in the slab of the tape that it is given, so that one model
/// serves any number of threads.
public protocol ExtractionModel: Sendable {
  associatedtype Options: ModelOptions
  associatedtype Input: ModelInput

  /// The values of `model.kind` that mean this model; the first is the one that is written.
  static var names: [String] { get }
  /// The published settings.
  static var defaults: Options { get }
  /// The named lists that the model takes from its training split.
  static var lists: [VocabularyList] { get }
  /// The sizes that it takes from there.
  static var sizes: [CorpusSize] { get }

  /// Builds the model for a corpus.
  init(options: Options, vocabularies: Vocabularies)

  /// The lists and sizes that the model was built for.
  var vocabularies: Vocabularies { get }
  /// All parameters.
  var layout: ParameterLayout { get }
  /// The terms of the objective, in the order of ``losses(of:streams:on:)``.
  var objective: [ObjectiveTerm<Input>] { get }
  /// The tables that a file of word vectors may fill.
  var wordTables: [WordTable] { get }

  /// Encodes a sentence.
  ///
  /// - Parameters:
  ///   - index: of the sentence in its split.
  ///   - limit: tokens to read, at most.
  func input(_ sentence: Sentence, index: Int, limit: Int) -> Input

  /// Runs the model forward on one shard, for training.
  ///
  /// - Parameter shard: sentences, longest first; not empty. The row maps of variables name their places in it.
  /// - Returns: a sum over the sentences of the shard for each term of ``objective``.
  func losses(of shard: [Input], streams: RandomStreams, on tape: Tape) -> [LossTerm]

  /// Reads facts out of sentences.
  ///
  /// - Parameter batch: sentences, longest first; not empty.
  func predict(_ batch: [Input], on tape: Tape) -> [Prediction]

  /// The prediction of a model that makes no mistake within what its output can express: a bound for its
  /// scores.
  func oracle(of input: Input, seed: UInt64) -> Prediction
}

extension ExtractionModel {
  /// Words and relations.
  public static var lists: [VocabularyList] { [.words, .relations] }
  /// No size.
  public static var sizes: [CorpusSize] { [] }
  /// No table of words.
  public var wordTables: [WordTable] { [] }
  /// The names of the terms of the objective.
  public var termNames: [String] { objective.map(\.name) }
  /// The weights of the terms in the total.
  public var termWeights: [Float] { objective.map(\.weight) }

  /// Terms of loss for a shard of so many sentences, one for each term of the objective.
  public func lossTerms(sentences: Int) -> [LossTerm] {
    objective.map { LossTerm($0.name, weight: $0.weight, sentences: sentences) }
  }

  /// Collects the model's lists and sizes from a training split.
  public static func vocabularies(of training: [Sentence], minimumCount: Int = 1) -> Vocabularies {
    Vocabularies(training: training, lists: lists, sizes: sizes, minimumCount: minimumCount)
  }
}

extension ExtractionModel where Input == WordInput {
  public func input(_ sentence: Sentence, index: Int, limit: Int) -> WordInput {
    WordInput(index: index, sentence: sentence, vocabularies: vocabularies, limit: limit)
  }
}

/// One term of a model's objective: a mean over whatever the model counts.
public struct ObjectiveTerm<Input: ModelInput>: Sendable {
  /// The name in the run log and in checkpoints, such as `L_D`.
  public let name: String
  /// The term's share in the total, such as λ.
  public let weight: Float
  /// What a sentence contributes to the number that the term is divided by: 1 for a mean over sentences, its
  /// length for one over tokens. Every rank knows the whole minibatch, so no exchange is needed.
  public let count: @Sendable (Input, RandomStreams) -> Int

  /// Makes a term that is a mean over sentences, unless `count` says otherwise.
  public init(
    _ name: String, weight: Float = 1,
    count: @escaping @Sendable (Input, RandomStreams) -> Int = { _, _ in 1 }
  ) {
    self.name = name
    self.weight = weight
    self.count = count
  }
}

/// A table of word vectors that a file may fill.
public struct WordTable: Sendable {
  /// The table: the row of a word is its id in ``Vocabulary``.
  public let parameter: Parameter
  /// How words start that the file lacks.
  public let start: VectorStart

  /// Declares that a file may fill a table.
  public init(_ parameter: Parameter, start: VectorStart) {
    self.parameter = parameter
    self.start = start
  }
}
