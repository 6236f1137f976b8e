/// The options of the cascade (Cascade/README.md).
package struct CascadeOptions: ModelOptions, Equatable {
  /// The width of word embeddings, `dw`.
  package var embedding = 100
  /// The first values of the table of words (D5).
  package var wordStart = VectorStart.normal
  /// Whether predictions read words that the training split lacks from the file of word vectors.
  package var extraVectors = false
  /// The width of character vectors.
  package var characterEmbedding = 50
  /// The width of a word's vector from its characters; 0 leaves characters out.
  package var characterFilters = 50
  /// The width of each direction of the encoder; features are twice as wide.
  package var hidden = 200
  /// The width of what a subject makes of a token, c.
  package var condition = 200
  /// The largest distance from a subject that has a vector of its own.
  package var positionLimit = 30
  /// The weight of the subjects' loss, μ.
  package var subjectWeight: Float = 1
  /// The weight of the entities' loss, λ; at 0 there is no such task.
  package var entityWeight: Float = 0
  /// Whether an object starts and ends where an entity does; needs `entityWeight` above 0.
  package var entityGate = false
  /// The probability from which a token starts or ends a subject, in `0..<1`.
  package var subjectThreshold: Float = 0.5
  /// The probability from which a token starts or ends an object, in `0..<1`.
  package var objectThreshold: Float = 0.5
  /// The dropout of the encoder's inputs and outputs, in `0..<1`; objects have half of it.
  package var dropout: Float = 0.4
  /// The probability of reading a word as an unknown one in training, in `0..<1`.
  package var wordDropout: Float = 0.04

  /// The options without vectors.
  package init() {}

  package var readsExtraVectors: Bool { extraVectors }
  package var thresholds: [Threshold] {
    get {
      [
        Threshold("subjectThreshold", subjectThreshold),
        Threshold("objectThreshold", objectThreshold),
      ]
    }
    set { (subjectThreshold, objectThreshold) = (newValue[0].value, newValue[1].value) }
  }

  package func validate() throws(InvalidOption) {
    let widths = [
      ("embedding", embedding, 1), ("characterEmbedding", characterEmbedding, 1),
      ("characterFilters", characterFilters, 0), ("hidden", hidden, 1), ("condition", condition, 1),
      ("positionLimit", positionLimit, 0),
    ]
    for (key, width, least) in widths where !(least...65_536).contains(width) {
      throw InvalidOption(key: key, found: "\(width)", expected: "in \(least)...65536")
    }
    for (key, weight) in [("subjectWeight", subjectWeight), ("entityWeight", entityWeight)]
    where !(weight >= 0 && weight.isFinite) {
      throw InvalidOption(key: key, found: "\(weight)", expected: "a finite number, 0 or more")
    }
    if entityGate && entityWeight == 0 {
      throw InvalidOption(
        key: "entityGate", found: "true", expected: "false where entityWeight is 0")
    }
    let thresholds = [
      ("subjectThreshold", subjectThreshold), ("objectThreshold", objectThreshold),
    ]
    for (key, value) in thresholds where !(value > 0 && value < 1) {
      throw InvalidOption(key: key, found: "\(value)", expected: "above 0 and below 1")
    }
    for (key, value) in [("dropout", dropout), ("wordDropout", wordDropout)]
    where !(0..<1).contains(value) {
      throw InvalidOption(key: key, found: "\(value)", expected: "in 0..<1")
    }
  }
}
