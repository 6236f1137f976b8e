import Corpora
import Layers

/// The options of the generative model (Generative/README.md 7.4 to 7.6).
package struct GenerativeOptions: ModelOptions, Equatable {
  /// The number of the transformer's blocks.
  package var layers = 24
  /// The width of its rows.
  package var hidden = 1024
  /// The heads of its attention; they divide the width.
  package var heads = 16
  /// The width within its feed-forward layers.
  package var inner = 4096
  /// The pieces that are made of the training split.
  package var pieces = 10_000
  /// What becomes of letters before their pieces are looked up.
  package var casing = Casing.cased
  /// Where words are parted before their pieces are looked up.
  package var split = WordSplit.blanks
  /// The order of a target's triples.
  package var targetOrder = TargetOrder.shuffle
  /// How relations stand in the target.
  package var relationSurface = RelationSurface.full
  /// What becomes of a written triple whose head is its tail (D40).
  package var selfTriples = SelfTriples.keep
  /// The most pieces of source and target together, symbols included: the positions that have a vector.
  package var positions = 512
  /// The most pieces of a target that is learnt, its end included.
  package var targetLimit = 256
  /// The most pieces that are generated, the end included.
  package var decodingLimit = 256
  /// What the model predicts, and from where.
  package var objective = GenerativeObjective.mask
  /// The segments that tokens are masked in.
  package var maskSegments = MaskedSegments.both
  /// The share of tokens that is masked, above 0 and up to 1.
  package var maskProbability: Float = 0.15
  /// Whether the model labels tokens, and copies by its labels.
  package var copy = Copy.bio
  /// α, the weight of the tokens' loss beside that of the labels, in `0...1`; no effect without labels.
  package var alpha: Float = 0.1
  /// The occurrences of an entity that are labelled in the source.
  package var labelledOccurrences = CommonRuns.Occurrences.first
  /// The dropout of embeddings, of attention's probabilities and of the outputs of each half of a block, in `0..<1`.
  package var dropout: Float = 0.1
  /// Whether the backward pass runs each block anew: less memory for more time, and no other bit.
  package var recompute = false

  /// `ε` of every layer normalisation, that of pretrained weights; above 0.
  package var epsilon: Float = 1e-12
  /// The file of pretrained weights and pieces; empty for random ones.
  package var pretrained = ""

  /// The published options.
  package init() {}

  /// Nothing is copied, or what the predicted labels allow.
  package enum Copy: String, Codable, Sendable, CaseIterable { case none, bio }

  /// How words become pieces.
  package var wordPiece: WordPieceOptions { WordPieceOptions(casing, split: split) }

  /// The sizes of the transformer.
  package func shape(vocabulary: Int) -> TransformerShape {
    TransformerShape(
      layers: layers, hidden: hidden, heads: heads, inner: inner, vocabulary: vocabulary,
      positions: positions, epsilon: epsilon)
  }

  package func settings(for form: PretrainedForm) -> [String] {
    let shape = form.shape
    let needed: [(key: String, found: Int, wanted: Int)] = [
      ("layers", layers, shape.layers), ("hidden", hidden, shape.hidden),
      ("heads", heads, shape.heads), ("inner", inner, shape.inner),
      ("positions", positions, shape.positions),
    ]
    return needed.filter { $0.found != $0.wanted }.map { "\($0.key)=\($0.wanted)" }
      + (epsilon == shape.epsilon ? [] : ["epsilon=\(shape.epsilon)"])
      + (casing == form.casing ? [] : ["casing=\(form.casing.rawValue)"])
  }

  /// The least pieces of source and target together.
  private static let leastPositions = 16

  package func validate() throws(InvalidOption) {
    let sizes = [
      ("layers", layers, 1, 1024), ("hidden", hidden, 1, 65_536), ("heads", heads, 1, 65_536),
      ("inner", inner, 1, 262_144), ("pieces", pieces, 1, 1_000_000),
      ("positions", positions, Self.leastPositions, 65_536),
      ("targetLimit", targetLimit, 1, 65_536),
      ("decodingLimit", decodingLimit, 1, 65_536),
    ]
    for (key, size, least, most) in sizes where !(least...most).contains(size) {
      throw InvalidOption(key: key, found: "\(size)", expected: "in \(least)...\(most)")
    }
    if hidden % heads != 0 {
      throw InvalidOption(
        key: "heads", found: "\(heads)", expected: "a divisor of hidden, \(hidden)")
    }
    if !(maskProbability > 0 && maskProbability <= 1) {
      throw InvalidOption(
        key: "maskProbability", found: "\(maskProbability)", expected: "above 0, at most 1")
    }
    if !(epsilon > 0 && epsilon < 1) {
      throw InvalidOption(key: "epsilon", found: "\(epsilon)", expected: "above 0, below 1")
    }
    if !(0...1).contains(alpha) {
      throw InvalidOption(key: "alpha", found: "\(alpha)", expected: "in 0...1")
    }
    if !(0..<1).contains(dropout) {
      throw InvalidOption(key: "dropout", found: "\(dropout)", expected: "in 0..<1")
    }
  }
}
