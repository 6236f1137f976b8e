/// The options of the LSTM rows of GenerativeRE (Generative/README.md, "The LSTM rows").
package struct WordSequenceOptions: ModelOptions, Equatable {
  /// What the decoder may write, and whether it learns labels.
  package var copy = Copy.none
  /// The width of word vectors, of source and target alike.
  package var embedding = 300
  /// The first values of the table of words (D5).
  package var wordStart = VectorStart.normal
  /// The width of character vectors.
  package var characterEmbedding = 50
  /// The width of a word's vector from its characters.
  package var characterFilters = 50
  /// The width of each direction of the encoder.
  package var encoderHidden = 150
  /// The width of the decoder's state.
  package var hidden = 300
  /// The inner width of the attention.
  package var attentionWidth = 300
  /// The order of a sentence's target triples (D23).
  package var targetOrder = TargetOrder.shuffle
  /// What becomes of a written triple whose head is its tail (D40).
  package var selfTriples = SelfTriples.keep
  /// α, the weight of the words' loss beside that of the labels, in `0...1`; no effect without labels.
  package var alpha: Float = 0.1
  /// The largest number of words that are written for a sentence, the end among them.
  package var limit = 120
  /// The dropout of word vectors, encoder outputs and decoder states, in `0..<1`.
  package var dropout: Float = 0.3

  /// The published options of the row without copying.
  package init() {}

  /// What the decoder may write.
  package enum Copy: String, Codable, Sendable, CaseIterable {
    /// Every word of the vocabulary: LSTM.
    case none
    /// What the predicted labels allow: LSTM + Copy.
    case bio
    /// Words of the sentence, relations and separators; an unknown word is replaced by the word with most attention:
    /// WordDec.
    case vocabulary
  }

  package func validate() throws(InvalidOption) {
    let sizes = [
      ("embedding", embedding, 65_536), ("characterEmbedding", characterEmbedding, 65_536),
      ("characterFilters", characterFilters, 65_536), ("encoderHidden", encoderHidden, 65_536),
      ("hidden", hidden, 65_536), ("attentionWidth", attentionWidth, 65_536),
      ("limit", limit, 10_000),
    ]
    for (key, size, largest) in sizes where !(1...largest).contains(size) {
      throw InvalidOption(key: key, found: "\(size)", expected: "in 1...\(largest)")
    }
    if !(0...1).contains(alpha) {
      throw InvalidOption(key: "alpha", found: "\(alpha)", expected: "in 0...1")
    }
    if !(0..<1).contains(dropout) {
      throw InvalidOption(key: "dropout", found: "\(dropout)", expected: "in 0..<1")
    }
  }
}
