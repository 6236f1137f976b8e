import Autodiff
import Corpora
import Layers

/// The options of the Copy family (Models/README.md 1, Copy/README.md 2 to 4). Keys without meaning
/// for a model, such as `lambda` without tagger, have no effect.
package struct CopyOptions: ModelOptions, Equatable {
  /// The width of word, relation and length embeddings, `dw`.
  package var embedding = 100
  /// The first values of the tables of words, relations, lengths and the start symbol (D5).
  package var wordStart = VectorStart.normal
  /// The width of each recurrent state, `d`.
  package var hidden = 1000
  /// The inner width of the fused copy scorer.
  package var fusion = 100
  /// The number of triples to decode for each sentence, `T`.
  package var triples = 5
  /// The cell of encoder and decoder (D31).
  package var cell = Cell.lstm
  /// The place of the reset in a GRU; no effect on LSTM cells.
  package var gruForm = GRUForm.after
  /// The combination of the encoder's directions (Models/README.md 1.6).
  package var encoderMerge = EncoderMerge.average
  /// OneDecoder or MultiDecoder (Copy/README.md 2.4).
  package var decoder = Decoder.one
  /// Heads of MultiDecoder (D26).
  package var mulHeads = MulHeads.shared
  /// The first input of each triple in MultiDecoder (D26).
  package var mulInput = MulInput.carried
  /// The first cell's start in MultiDecoder (D26).
  package var mulFirst = MulFirst.half
  /// The decoder's attention over the encoder's outputs (D20).
  package var attention = Attention.linear
  /// The inner width of the `mlp` attention.
  package var attentionWidth = 100
  /// selu around the scores, as in CopyRE's TensorFlow program (D21).
  package var copyreSelu = false
  /// selu before the fusion of the copy scorer (D27).
  package var copyInnerSelu = true
  /// The mask M at tail steps (D22).
  package var mask = Mask.none
  /// The order of a sentence's target triples (D23).
  package var targetOrder = TargetOrder.shuffle
  /// The probability of feeding back the gold choice in training, in `0...1` (D24).
  package var teacherForcing: Float = 0
  /// λ, the weight of the tagging loss.
  package var lambda: Float = 1
  /// The reduction of the decoder's loss over its steps (D15).
  package var decoderReduction = DecoderReduction.stepSum
  /// Scores of first and last tag in the CRF (D10).
  package var crfEnds = true
  /// Whether Viterbi decoding forbids I after O and at the start.
  package var crfConstrained = false
  /// The entities of the gold tags (D28).
  package var taggedEntities = TaggedEntities.triples
  /// The token of an entity that CopyRE'5 points to (D2).
  package var quintAnchor = QuintAnchor.last
  /// Whether the output ends at the first NA relation (Copy/README.md 2.3).
  package var stopAtNA = false
  /// The dropout of word embeddings and encoder outputs, in `0..<1`.
  package var dropout: Float = 0

  /// The published options of CopyMTL.
  package init() {}

  package enum Cell: String, Codable, Sendable, CaseIterable { case lstm, gru }
  /// Reset after the recurrent product, or before it (Models/README.md 1.5).
  package enum GRUForm: String, Codable, Sendable, CaseIterable { case after, before }
  /// One cell for all steps, or a cell for each triple.
  package enum Decoder: String, Codable, Sendable, CaseIterable { case one, mul }
  /// One set of heads for all triples, or one for each.
  package enum MulHeads: String, Codable, Sendable, CaseIterable { case shared, separate }
  /// The previous triple's last choice, or the start symbol.
  package enum MulInput: String, Codable, Sendable, CaseIterable { case carried, restart }
  /// Half the encoder's state, or the whole.
  package enum MulFirst: String, Codable, Sendable, CaseIterable { case half, full }
  /// Linear scores, with a context constant over the steps, or a layer with tanh.
  package enum Attention: String, Codable, Sendable, CaseIterable { case linear, mlp }
  /// No mask, minus infinity in inference, or score zero in training and inference.
  package enum Mask: String, Codable, Sendable, CaseIterable {
    case none, neginf
    case zeroLogit = "zero-logit"
  }
  package enum DecoderReduction: String, Codable, Sendable, CaseIterable {
    case stepSum = "step-sum"
    case stepMean = "step-mean"
  }
  /// The last token of an entity, or the first.
  package enum QuintAnchor: String, Codable, Sendable, CaseIterable { case last, start }

  var cellForm: CellForm {
    switch (cell, gruForm) {
    case (.lstm, _): .lstm
    case (.gru, .after): .gruResetAfter
    case (.gru, .before): .gruResetBefore
    }
  }

  package func validate() throws(InvalidOption) {
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
      throw InvalidOption(key: "lambda", found: "\(lambda)", expected: "a finite number, 0 or more")
    }
  }
}

/// The differences between the models of the Copy family.
package struct CopyArchitecture: Sendable {
  /// The score of copying token i from the decoder's state h and the encoder's output H_i.
  package enum Scorer: Sendable {
    /// `We [h ; H_i]`, equal for head and tail after the softmax (CopyRE, equation 3).
    case linear
    /// `wo · selu(Wf [h ; H_i] + bf) + bo` (CopyMTL, equation 10).
    case fused
  }

  /// The decoder's steps for one triple.
  package enum Slots: Sendable {
    /// Relation, head, tail.
    case triple
    /// Relation, head, its length, tail, its length.
    case quintuple
  }

  package let scorer: Scorer
  package let slots: Slots
  /// Whether a BIO tagger with a CRF runs on the encoder (Copy/README.md 3.2).
  package let tagging: Bool

  package init(scorer: Scorer, slots: Slots, tagging: Bool) {
    self.scorer = scorer
    self.slots = slots
    self.tagging = tagging
  }

  /// The kinds of the decoder's steps for one triple.
  var steps: [CopyStep] {
    switch slots {
    case .triple: [.relation, .head, .tail]
    case .quintuple: [.relation, .head, .headLength, .tail, .tailLength]
    }
  }
}

/// The kind of a decoder step: a relation, a token or a length.
enum CopyStep: Sendable {
  case relation, head, headLength, tail, tailLength

  var isPointer: Bool { self == .head || self == .tail }
  var isLength: Bool { self == .headLength || self == .tailLength }
}
