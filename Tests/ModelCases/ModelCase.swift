import Configuration
import Models

/// A model at sizes for tests. Gradients, shards alone, ranks, resume and overfitting run over ``all``: a new
/// model is one row.
public struct ModelCase: Sendable, CustomStringConvertible {
  /// `model.kind`, and what sets the case apart.
  public let description: String
  /// `model.kind`.
  public let kind: String
  /// The `model` section at widths of a few units, `model.KEY=VALUE`.
  public let small: [String]
  /// How the model learns fifty sentences by heart.
  public let learning: Learning

  /// A training that must reach a score.
  public struct Learning: Sendable {
    /// Changes to ``ModelCase/small``.
    public let settings: [String]
    /// The exact F1 on the sentences that must be passed.
    public let goal: Double
    /// Passes over the sentences, at most.
    public let epochs: Int
    /// η of Adam.
    public let rate: Float
    /// The largest norm of a gradient; 0 leaves gradients alone.
    public let clip: Float
    /// Whether the sentences name entities by their last token, for models that point at one.
    public let byLastToken: Bool
    /// Whether each sentence comes twice, for a model that knows no word that comes once: which of a sentence's unknown
    /// words is meant, nothing teaches it.
    public let isTwice: Bool
  }

  /// Whether the sentences have entities with types.
  public let isTyped: Bool

  init(
    _ kind: String, _ remark: String = "", small: [String], learning: [String], goal: Double = 0.98,
    epochs: Int = 200, rate: Float = 0.003, clip: Float = 0, byLastToken: Bool = false,
    isTwice: Bool = false, isTyped: Bool = false
  ) {
    self.isTyped = isTyped
    self.kind = kind
    description = remark.isEmpty ? kind : "\(kind), \(remark)"
    self.small = (["kind=\(kind)"] + small).map { "model.\($0)" }
    self.learning = Learning(
      settings: learning.map { "model.\($0)" }, goal: goal, epochs: epochs,
      rate: rate, clip: clip, byLastToken: byLastToken, isTwice: isTwice)
  }

  /// All models.
  public static let all: [ModelCase] = [
    // All copy steps of CopyRE share one distribution over the tokens; with the mask the tail is the second best
    // token, which is right for some triple of most sentences.
    ModelCase(
      "copyre", small: copySmall + ["mask=zero-logit"],
      learning: copyLearning + ["mask=neginf", "embedding=64", "hidden=128"], goal: 0.3,
      epochs: 150,
      byLastToken: true),
    ModelCase(
      "copyre-prime", small: copySmall, learning: copyLearning, byLastToken: true),
    ModelCase("copyre-prime5", small: copySmall, learning: copyLearning),
    ModelCase("copymtl", small: copySmall + ["lambda=0.5"], learning: copyLearning),
    ModelCase(
      "copymtl", "Mul, GRU, attention with an inner function, dropout",
      small: copySmall + [
        "cell=gru", "decoder=mul", "attention=mlp", "encoderMerge=concatenate", "dropout=0.3",
      ],
      learning: copyLearning + ["cell=lstm", "decoder=one", "attention=linear", "dropout=0"]),
    ModelCase(
      "rin", small: rinSmall + ["layers=2", "erWeight=0.5"], learning: rinLearning, rate: 0.01),
    ModelCase(
      "rin", "the paper's cells, without ER",
      small: rinSmall + ["layers=3", "gruForm=paper", "interaction=no-er", "dropout=0.3"],
      learning: rinLearning + ["layers=1", "interaction=full"], rate: 0.01),
    ModelCase(
      "rin", "without interaction", small: rinSmall + ["layers=0", "anchor=first"],
      learning: rinLearning + ["anchor=last"], rate: 0.01),
    // One tag a token: some triples of these sentences are no targets, others come out of the pairing.
    ModelCase(
      "hmt", "typed", small: hmtSmall + ["eeWeight=0.5", "pairing=one-to-one"],
      learning: hmtLearning + ["pairing=nearest"], goal: hmtGoal, epochs: 100, isTyped: true),
    ModelCase(
      "hmt", "full peepholes, mean over tokens, dropout",
      small: hmtSmall + ["peepholes=full", "tokenMean=true", "dropout=0.3", "pairing=zip"],
      learning: hmtLearning + ["pairing=nearest"], goal: hmtGoal, epochs: 100),
    ModelCase(
      "hmt", "NovelTagging: without EE, BIOES, weights",
      small: hmtSmall + ["withEE=false", "jeScheme=bioes", "nonOWeight=10", "pairing=cartesian"],
      learning: hmtLearning + ["pairing=nearest"], goal: hmtGoal, epochs: 100),
    ModelCase(
      "cascade", small: cascadeSmall + ["subjectWeight=0.5"], learning: cascadeLearning,
      epochs: 60, rate: 0.01),
    ModelCase(
      "cascade", "entities, their gate, dropout",
      small: cascadeSmall + [
        "entityWeight=0.5", "entityGate=true", "dropout=0.4", "wordDropout=0.3",
      ], learning: cascadeLearning, epochs: 60, rate: 0.01),
    ModelCase(
      "cascade", "without characters, near positions alone",
      small: cascadeSmall + ["characterFilters=0", "positionLimit=1"], learning: cascadeLearning,
      epochs: 60, rate: 0.01),
    ModelCase(
      "generative", "dropout", small: generativeSmall + ["dropout=0.2", "maskProbability=0.4"],
      learning: generativeLearning + ["objective=shift"], goal: 0.95, epochs: 120, rate: 0.002),
    ModelCase(
      "generative", "shift, without labels, blocks recomputed",
      small: generativeSmall + ["objective=shift", "copy=none", "recompute=true", "dropout=0.2"],
      learning: generativeLearning, goal: 0.95, epochs: 120, rate: 0.002),
    ModelCase(
      "generative", "masked targets, words of relations, punctuation",
      small: generativeSmall + [
        "maskSegments=target", "relationSurface=words", "split=punctuation", "casing=uncased",
      ],
      learning: generativeLearning + ["maskProbability=0.5"], goal: 0.95, epochs: 300, rate: 0.002),
    ModelCase(
      "wordseq", small: wordSmall, learning: wordLearning, epochs: 100, rate: 0.01, isTwice: true),
    ModelCase(
      "wordseq", "labels, dropout", small: wordSmall + ["copy=bio", "alpha=0.4", "dropout=0.3"],
      learning: wordLearning, epochs: 100, rate: 0.01, isTwice: true),
    ModelCase(
      "wordseq", "words of the sentence alone",
      small: wordSmall + ["copy=vocabulary", "targetOrder=reshuffle"],
      learning: wordLearning + ["targetOrder=shuffle"], epochs: 100, rate: 0.01, isTwice: true),
  ]

  private static let generativeSmall = [
    "layers=2", "hidden=6", "heads=2", "inner=5", "pieces=60", "targetLimit=60", "positions=120",
    "decodingLimit=20", "dropout=0",
  ]
  private static let generativeLearning = [
    "hidden=64", "heads=4", "inner=128", "pieces=1000", "targetLimit=120", "positions=256",
    "decodingLimit=120", "dropout=0", "recompute=false",
  ]

  private static let rinSmall = ["embedding=3", "hidden=2", "pairWidth=5"]
  private static let rinLearning = ["embedding=32", "hidden=32", "pairWidth=64", "dropout=0"]
  private static let hmtSmall = ["embedding=3", "hidden=4", "tagWidth=5", "dropout=0"]
  private static let hmtLearning = ["embedding=32", "hidden=48", "tagWidth=32", "dropout=0"]
  private static let hmtGoal = 0.74

  private static let cascadeSmall = [
    "embedding=3", "characterEmbedding=2", "characterFilters=3", "hidden=2", "condition=4",
    "positionLimit=3", "dropout=0", "wordDropout=0",
  ]
  private static let cascadeLearning = [
    "embedding=32", "characterFilters=8", "hidden=48", "condition=64", "dropout=0", "wordDropout=0",
  ]

  private static let wordSmall = [
    "embedding=3", "characterEmbedding=2", "characterFilters=3", "encoderHidden=2", "hidden=4",
    "attentionWidth=3", "limit=20", "dropout=0",
  ]
  private static let wordLearning = [
    "embedding=32", "characterFilters=16", "encoderHidden=32", "hidden=64", "attentionWidth=32",
    "limit=60", "dropout=0",
  ]

  private static let copySmall = [
    "embedding=3", "hidden=4", "fusion=5", "attentionWidth=2", "triples=2", "teacherForcing=1",
  ]
  private static let copyLearning = [
    "embedding=32", "hidden=64", "fusion=32", "attentionWidth=100", "triples=5",
  ]

  /// The `model` section of the case.
  ///
  /// - Parameter changes: settings that come last.
  public func section(_ changes: [String] = []) throws -> ModelSection {
    try Self.section(small + changes)
  }

  /// The `model` section of some settings, `model.KEY=VALUE`.
  public static func section(_ settings: [String]) throws -> ModelSection {
    struct Options: Codable { var model: ModelSection }
    let document = try ConfigurationDocument(text: "{}", name: "case").overridden(
      by: settings.map { try ConfigurationOverride($0) })
    guard let kind = document.string(at: "model.kind"), let defaults = ModelSection(kind: kind)
    else { preconditionFailure("no model in \(settings)") }
    return try document.decode(Options.self, defaults: Options(model: defaults)).model
  }
}
