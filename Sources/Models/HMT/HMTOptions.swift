import Autodiff
import Corpora

/// The options of HMT and of NovelTagging, which is HMT without EE, with BIOES tags and weighted losses
/// (HMT/README.md 5).
package struct HMTOptions: ModelOptions, Equatable {
  /// The width of word embeddings, `dw`.
  package var embedding = 300
  /// The first values of the table of words (D5).
  package var wordStart = VectorStart.normal
  /// The width of each direction of an encoder, and of a tag decoder's state, `d`.
  package var hidden = 300
  /// The width of a tag vector, `q`.
  package var tagWidth = 300
  /// The peepholes of the encoders (D7).
  package var peepholes = Peepholes.diagonal
  /// Whether the module of entities is there; its encoder's outputs are inputs of JE.
  package var withEE = true
  /// The weight of EE's loss.
  package var eeWeight: Float = 1
  /// The positions of JE's tags.
  package var jeScheme = JEScheme.bio
  /// The weight of JE's loss on tokens whose tag is not O.
  package var nonOWeight: Float = 1
  /// The reduction of both losses: a sum over a sentence's tokens and a mean over sentences, or a mean over
  /// all tokens of the minibatch (D13).
  package var tokenMean = false
  /// How heads and tails of a relation become triples (D33).
  package var pairing = Pairing.nearest
  /// The entities of EE's gold tags (D35).
  package var taggedEntities = GoldEntities.auto
  /// The dropout of the encoders' inputs and of what tag vectors are made of, in `0..<1` (D17).
  package var dropout: Float = 0.5

  /// The published options of HMT.
  package init() {}

  /// A weight for each element of the cell state, or whole matrices.
  package enum Peepholes: String, Codable, Sendable, CaseIterable { case diagonal, full }
  package enum JEScheme: String, Codable, Sendable, CaseIterable { case bio, bioes }
  /// All listed entities where the training split has types and else those of triples; or always one of these.
  package enum GoldEntities: String, Codable, Sendable, CaseIterable { case auto, triples, all }

  var cellForm: CellForm { peepholes == .diagonal ? .peephole : .fullPeephole }

  package func validate() throws(InvalidOption) {
    for (key, size) in [("embedding", embedding), ("hidden", hidden), ("tagWidth", tagWidth)]
    where !(1...65_536).contains(size) {
      throw InvalidOption(key: key, found: "\(size)", expected: "in 1...65536")
    }
    if !(0..<1).contains(dropout) {
      throw InvalidOption(key: "dropout", found: "\(dropout)", expected: "in 0..<1")
    }
    for (key, weight) in [("eeWeight", eeWeight), ("nonOWeight", nonOWeight)]
    where !(weight >= 0 && weight.isFinite) {
      throw InvalidOption(key: key, found: "\(weight)", expected: "a finite number, 0 or more")
    }
  }
}
