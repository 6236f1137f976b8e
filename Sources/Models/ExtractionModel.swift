import Autodiff
import Corpora
import Layers

/// An extraction model: it declares its parameters, computes the terms of its objective, and extracts
/// facts from sentences.
///
/// A model holds no parameter values; it reads them from the slab of the tape, so that one model serves
/// any number of threads.
public protocol ExtractionModel: Sendable {
  /// The options below `model` in a configuration.
  associatedtype Options: ModelOptions
  /// The encoding of a sentence.
  associatedtype Input: ModelInput

  /// The model's values of `model.kind`, in lower case; the first is canonical.
  static var names: [String] { get }
  /// The published options.
  static var defaults: Options { get }
  /// The named lists that the model needs from the training split.
  static var lists: [VocabularyList] { get }
  /// The same lists, collected as options say.
  static func lists(for options: Options) -> [VocabularyList]
  /// The sizes that the model needs from the training split.
  static var sizes: [CorpusSize] { get }
  /// The key that bounds the triples of a sentence's output; `nil` where none does.
  static var slotsKey: String? { get }
  /// Whether the model writes names as text, which the tokens need not hold.
  static var writesNames: Bool { get }
  /// Whether the model decodes tags with a CRF, so that its options have `crfConstrained`.
  static var hasCRF: Bool { get }
  /// Whether the model pairs tagged heads and tails by a rule, so that its options have `pairing`.
  static var pairsTags: Bool { get }

  /// What keeps the model from being built for vocabularies, such as those of a file; `nil` for nothing.
  static func fault(of vocabularies: Vocabularies, _ options: Options) -> String?

  /// Builds the model for a corpus's vocabularies.
  init(options: Options, vocabularies: Vocabularies)

  /// The lists and sizes given to the initialiser.
  var vocabularies: Vocabularies { get }
  /// The parameters, in order of declaration.
  var layout: ParameterLayout { get }
  /// Vectors that predictions read words from which ``vocabularies`` lacks; `nil` for none, and always in a model
  /// without such an option (``ModelOptions/readsExtraVectors``).
  var extraVectors: WordVectors? { get set }
  /// The terms of the objective, in the order of ``losses(of:streams:on:)``.
  var objective: [ObjectiveTerm<Input>] { get }
  /// The transformer that pretrained weights may be loaded into; `nil` for none.
  var transformer: TransformerEncoder? { get }
  /// The tables to fill from a file of word vectors.
  var wordTables: [WordTable] { get }
  /// The entities that a tagging model is taught, and that its tags are scored against.
  var taggedEntities: TaggedEntities { get }

  /// Whether the model reads a word as itself, not as an unknown one.
  func knows(_ word: String) -> Bool

  /// Encodes a sentence.
  ///
  /// - Parameters:
  ///   - index: the sentence's index in its split.
  ///   - limit: the largest number of tokens to read.
  func input(_ sentence: Sentence, index: Int, limit: Int) -> Input

  /// Runs the forward pass of training.
  ///
  /// - Parameter shard: sentences, longest first; not empty. Row maps hold indices into this array.
  /// - Returns: the loss of each sentence, for each term of ``objective``.
  func losses(of shard: [Input], streams: RandomStreams, on tape: Tape) -> [LossTerm]

  /// Extracts facts from sentences.
  ///
  /// - Parameters:
  ///   - batch: sentences, longest first; not empty.
  ///   - scoring: whether each group gets its probability (Models/README.md 1.14). What is found does not depend on it.
  /// - Returns: a prediction for each sentence, in the order of `batch`.
  func predict(_ batch: [Input], scoring: Bool, on tape: Tape) -> [Prediction]

  /// The limits of the model's output for a sentence, whatever its parameters: the structural ceiling of scores
  /// follows from them. Every prediction must keep to them.
  func expressible(in input: Input) -> Expressible

  /// The number of a sentence's distinct triples that cannot be targets beside others of the sentence, although
  /// each could alone.
  func conflicts(in input: Input) -> Int

  /// The number of a sentence's distinct triples that are not taught, since all of them are too long a text.
  func triplesOfLongText(in input: Input) -> Int

  /// What a user should know of the sentences of a split that are not read or learnt as they are, a line each.
  ///
  /// - Parameter isTaught: whether the model learns from the split.
  func remarks(on inputs: [Input], isTaught: Bool) -> [String]
}

extension ExtractionModel {
  /// The default: words and relations.
  public static var lists: [VocabularyList] { [.words, .relations] }
  /// The default: whatever the options say.
  public static func lists(for options: Options) -> [VocabularyList] { lists }
  /// The default: nothing.
  public static func fault(of vocabularies: Vocabularies, _ options: Options) -> String? { nil }
  /// The default: no size.
  public static var sizes: [CorpusSize] { [] }
  /// The default: none.
  public static var slotsKey: String? { nil }
  /// The default: it points at tokens.
  public static var writesNames: Bool { false }
  /// The default: no tags.
  public static var hasCRF: Bool { false }
  /// The default: no pairing.
  public static var pairsTags: Bool { false }
  /// The default: none.
  public var extraVectors: WordVectors? {
    get { nil }
    set { precondition(newValue == nil, "vectors for a model that reads none") }
  }
  /// The default: none.
  public var transformer: TransformerEncoder? { nil }
  /// The default: no table.
  public var wordTables: [WordTable] { [] }
  /// The default, for models of words: the word is in the vocabulary, or has a vector of ``extraVectors``.
  public func knows(_ word: String) -> Bool {
    vocabularies.words.id(of: word) != Vocabulary.unknown || extraVectors?.vector(of: word) != nil
  }
  /// The default: none.
  public func conflicts(in input: Input) -> Int { 0 }
  /// The default: none.
  public func triplesOfLongText(in input: Input) -> Int { 0 }
  /// The default: none.
  public func remarks(on inputs: [Input], isTaught: Bool) -> [String] { [] }
  /// Extracts facts from sentences, without probabilities.
  public func predict(_ batch: [Input], on tape: Tape) -> [Prediction] {
    predict(batch, scoring: false, on: tape)
  }
  /// The names of the objective's terms, in the order of ``objective``.
  public var termNames: [String] { objective.map(\.name) }
  /// The weights of the objective's terms in the total, in the order of ``objective``.
  public var termWeights: [Float] { objective.map(\.weight) }

  /// Zero losses for a batch of `sentences` sentences, one for each term of ``objective``.
  public func lossTerms(sentences: Int) -> [LossTerm] {
    objective.map { LossTerm($0.name, weight: $0.weight, sentences: sentences) }
  }

  /// Collects the model's lists and sizes from a training split.
  ///
  /// - Parameter minimumCount: `data.minimumCount`; rarer words are unknown.
  public static func vocabularies(
    of training: [Sentence], options: Options = defaults, minimumCount: Int = 1
  ) -> Vocabularies {
    Vocabularies(
      training: training, lists: lists(for: options), sizes: sizes, minimumCount: minimumCount)
  }
}

extension ExtractionModel where Input == WordInput {
  /// Looks up the words of a sentence in ``vocabularies``.
  public func input(_ sentence: Sentence, index: Int, limit: Int) -> WordInput {
    WordInput(index: index, sentence: sentence, vocabularies: vocabularies, limit: limit)
  }
}

/// One term of a model's objective: a mean over sentences, tokens or other units of ``count``.
public struct ObjectiveTerm<Input: ModelInput>: Sendable {
  /// The name in the run log and in checkpoints, such as `L_D`.
  public let name: String
  /// The term's share in the total, such as λ.
  public let weight: Float
  /// A sentence's contribution to the term's divisor: 1 for a mean over sentences, the length for a mean
  /// over tokens. Every rank computes the divisor of the whole minibatch without communication.
  public let count: @Sendable (Input, RandomStreams) -> Int

  /// Makes a term; the default is a mean over sentences.
  public init(
    _ name: String, weight: Float = 1,
    count: @escaping @Sendable (Input, RandomStreams) -> Int = { _, _ in 1 }
  ) {
    self.name = name
    self.weight = weight
    self.count = count
  }
}

/// A parameter to fill from a file of word vectors.
public struct WordTable: Sendable {
  /// The table, `[ids, width]`, with rows by id of ``Vocabulary``.
  public let parameter: Parameter
  /// The first values of words outside the file.
  public let start: VectorStart

  /// Marks a declared parameter as a table of word vectors.
  public init(_ parameter: Parameter, start: VectorStart) {
    self.parameter = parameter
    self.start = start
  }
}
