import Autodiff
import Layers

/// What the models with a copy decoder can be told (models.md sections 1 to 4). A key that a model has no
/// use for, such as `lambda` where there is no tagger, changes nothing.
public struct CopyOptions: ModelOptions, Equatable {
  /// Width of word, relation and length embeddings, `dw`.
  public var embedding = 100
  /// How the tables of words, relations, lengths and the start symbol start (D5).
  public var wordStart = VectorStart.normal
  /// Width of each recurrent state, `d`.
  public var hidden = 1000
  /// Width of the fused copy scorer.
  public var fusion = 100
  /// Triples that are decoded, `T`.
  public var triples = 5
  public var cell = Cell.lstm
  /// Where a GRU resets; LSTM cells have no use for it.
  public var gruForm = GRUForm.after
  public var encoderMerge = EncoderMerge.average
  public var decoder = Decoder.one
  public var mulHeads = MulHeads.shared
  public var mulInput = MulInput.carried
  public var mulFirst = MulFirst.half
  public var attention = Attention.linear
  /// Width of the `mlp` attention.
  public var attentionWidth = 100
  /// Scores of CopyRE inside selu, as its TensorFlow program has them (D21).
  public var copyreSelu = false
  /// selu before the fusion of the copy scorer (D27).
  public var copyInnerSelu = true
  /// The mask M at tail steps (D22).
  public var mask = Mask.none
  public var targetOrder = TargetOrder.shuffle
  /// Probability that a step is fed the gold item in training, in `0...1`; otherwise its own (D24).
  public var teacherForcing: Float = 0
  /// λ, the weight of the tagging loss.
  public var lambda: Float = 1
  public var decoderReduction = DecoderReduction.stepSum
  /// Scores of first and last tag in the CRF (D10).
  public var crfEnds = true
  /// Forbids I after O and at the start when tags are decoded.
  public var crfConstrained = false
  public var taggedEntities = TaggedEntities.triples
  /// The token that CopyRE'5 points at (D2).
  public var quintAnchor = QuintAnchor.last
  /// Ends the output at the first relation that is NA.
  public var stopAtNA = false
  /// Probability of dropping an element of word embeddings and encoder outputs, in `0..<1`.
  public var dropout: Float = 0

  public init() {}

  public enum Cell: String, Codable, Sendable, CaseIterable { case lstm, gru }
  public enum GRUForm: String, Codable, Sendable, CaseIterable { case after, before }
  /// One cell for all steps, or a cell for each triple.
  public enum Decoder: String, Codable, Sendable, CaseIterable { case one, mul }
  public enum MulHeads: String, Codable, Sendable, CaseIterable { case shared, separate }
  /// Whether the fed item runs on across triples, or each triple begins with the start symbol.
  public enum MulInput: String, Codable, Sendable, CaseIterable { case carried, restart }
  /// The first cell's start: half the encoder's state, or all of it.
  public enum MulFirst: String, Codable, Sendable, CaseIterable { case half, full }
  public enum Attention: String, Codable, Sendable, CaseIterable { case linear, mlp }
  public enum Mask: String, Codable, Sendable, CaseIterable {
    case none, neginf
    case zeroLogit = "zero-logit"
  }
  public enum TargetOrder: String, Codable, Sendable, CaseIterable {
    case shuffle, file, sorted, reshuffle
  }
  public enum DecoderReduction: String, Codable, Sendable, CaseIterable {
    case stepSum = "step-sum"
    case stepMean = "step-mean"
  }
  public enum TaggedEntities: String, Codable, Sendable, CaseIterable { case triples, all }
  public enum QuintAnchor: String, Codable, Sendable, CaseIterable { case last, start }

  var cellForm: CellForm {
    switch (cell, gruForm) {
    case (.lstm, _): .lstm
    case (.gru, .after): .gruResetAfter
    case (.gru, .before): .gruResetBefore
    }
  }

  public func validate() throws(InvalidOption) {
    let sizes = [
      ("embedding", embedding, 65_536), ("hidden", hidden, 65_536), ("fusion", fusion, 65_536),
      ("attentionWidth", attentionWidth, 65_536), ("triples", triples, 1000),
    ]
    for (key, size, largest) in sizes where !(1...largest).contains(size) {
      throw InvalidOption(key: key, found: "\(size)", expected: "in 1...\(largest)")
    }
    if !(0...1).contains(teacherForcing) {
      throw InvalidOption(key: "teacherForcing", found: "\(teacherForcing)", expected: "in 0...1")
    }
    if !(0..<1).contains(dropout) {
      throw InvalidOption(key: "dropout", found: "\(dropout)", expected: "in 0..<1")
    }
    if !(lambda >= 0 && lambda.isFinite) {
      throw InvalidOption(key: "lambda", found: "\(lambda)", expected: "a number, 0 or more")
    }
  }
}

/// What sets the models of the family apart.
public struct CopyArchitecture: Sendable {
  public enum Scorer: Sendable {
    /// `We [h ; H_i]`: head and tail cannot be told apart (CopyRE, equation 3).
    case linear
    /// `wo · selu(Wf [h ; H_i] + bf) + bo` (CopyMTL, equation 10).
    case fused
  }

  public enum Slots: Sendable {
    /// Relation, head, tail.
    case triple
    /// Relation, head, its length, tail, its length.
    case quintuple
  }

  public let scorer: Scorer
  public let slots: Slots
  public let tagging: Bool

  public init(scorer: Scorer, slots: Slots, tagging: Bool) {
    self.scorer = scorer
    self.slots = slots
    self.tagging = tagging
  }

  /// The kinds of the decoder's steps, for one triple.
  var steps: [CopyStep] {
    switch slots {
    case .triple: [.relation, .head, .tail]
    case .quintuple: [.relation, .head, .headLength, .tail, .tailLength]
    }
  }
}

/// What a decoder's step chooses.
enum CopyStep: Sendable {
  case relation, head, headLength, tail, tailLength

  var isPointer: Bool { self == .head || self == .tail }
  var isLength: Bool { self == .headLength || self == .tailLength }
}
