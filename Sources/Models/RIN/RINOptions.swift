import Autodiff
import Corpora

/// The options of RIN (RIN/README.md 6).
package struct RINOptions: ModelOptions, Equatable {
  /// The width of word embeddings, `dw`.
  package var embedding = 100
  /// The first values of the table of words (D5).
  package var wordStart = VectorStart.normal
  /// The width of the vectors of parts of speech, of a corpus that has them; 0 leaves them out.
  package var posEmbedding = 10
  /// The width of each direction of the encoder; features are twice as wide.
  package var hidden = 50
  /// The width of the hidden layer of the relation classifier, M.
  package var pairWidth = 100
  /// The number of interaction layers, K; none leaves out the interaction.
  package var layers = 2
  /// The equations of the interaction's cells (D36).
  package var gruForm = GRUForm.after
  /// What a layer adds to the shared features (RIN/README.md 6.3).
  package var interaction = Interaction.full
  /// The token that stands for an entity in a pair (D3).
  package var anchor = Anchor.last
  /// The entities of the gold tags (D28).
  package var taggedEntities = TaggedEntities.triples
  /// The probability from which a pair has a relation, in `0<..<1`.
  package var threshold: Float = 0.5
  /// The weight of the tagging loss.
  package var erWeight: Float = 1
  /// The dropout of the encoder's input, in `0..<1`.
  package var dropout: Float = 0.1

  /// The published options for WebNLG, partial match.
  package init() {}

  /// The GRU of libraries, which resets after the product, or that of the paper, which resets before and
  /// has no biases.
  package enum GRUForm: String, Codable, Sendable, CaseIterable { case after, paper }
  /// Features of both tasks, or those of one: the ablations "w/o ER" and "w/o RC".
  package enum Interaction: String, Codable, Sendable, CaseIterable {
    case full
    case withoutER = "no-er"
    case withoutRC = "no-rc"
  }
  package var pairAnchor: Anchor? { anchor }
  package var thresholds: [Threshold] {
    get { [Threshold("threshold", threshold)] }
    set { threshold = newValue[0].value }
  }

  package func validate() throws(InvalidOption) {
    let sizes = [
      ("embedding", embedding, 1...65_536), ("posEmbedding", posEmbedding, 0...65_536),
      ("hidden", hidden, 1...65_536), ("pairWidth", pairWidth, 1...65_536),
      ("layers", layers, 0...100),
    ]
    for (key, size, range) in sizes where !range.contains(size) {
      throw InvalidOption(
        key: key, found: "\(size)", expected: "in \(range.lowerBound)...\(range.upperBound)")
    }
    if !(threshold > 0 && threshold < 1) {
      throw InvalidOption(
        key: "threshold", found: "\(threshold)", expected: "above 0 and below 1")
    }
    if !(0..<1).contains(dropout) {
      throw InvalidOption(key: "dropout", found: "\(dropout)", expected: "in 0..<1")
    }
    if !(erWeight >= 0 && erWeight.isFinite) {
      throw InvalidOption(key: "erWeight", found: "\(erWeight)", expected: "a number, 0 or more")
    }
  }
}
