extension PieceVocabulary {
  /// The pieces of a vocabulary of a training split, for models without a pretrained one: ``SpecialPiece``, `;`, `|`,
  /// each character of the split, at the start of a word and within one, and what byte pair encoding joins. The same
  /// split gives the same pieces.
  ///
  /// - Parameters:
  ///   - surface: how relations stand in generated text; their words count too.
  ///   - size: the number of pieces; characters stay where they are more.
  public static func trained(
    on sentences: [Sentence], _ options: WordPieceOptions = WordPieceOptions(),
    surface: RelationSurface = .full, size: Int
  ) -> [String] {
    let basic = BasicTokenizer(options: options)
    var words: [ExactString: Int] = [:]
    for (text, count) in textCounts(of: sentences, surface, basic) {
      for word in basic.words(of: text.value) {
        if word.unicodeScalars.count > WordPiece.longestWord { continue }
        words[ExactString(word), default: 0] += count
      }
    }
    var training = PieceTraining(words)
    training.run(to: size)
    return training.pieces
  }

  /// The tokens of sentences and what their target texts have beside them: relations, and names that the tokens do not
  /// hold.
  private static func textCounts(
    of sentences: [Sentence], _ surface: RelationSurface, _ basic: BasicTokenizer
  ) -> [ExactString: Int] {
    let relations = sentences.flatMap(\.triples).map { ExactString($0.relation) }
      .distinct(by: \.self)
    let texts = Dictionary(
      uniqueKeysWithValues: zip(
        relations, surface.texts(of: relations.map(\.value), basic)))
    var counts: [ExactString: Int] = [:]
    func add(_ text: String) { counts[ExactString(text), default: 0] += 1 }
    for sentence in sentences {
      for token in sentence.tokens { add(token) }
      for triple in sentence.triples {
        add(texts[ExactString(triple.relation)] ?? triple.relation)
        for case .text(let name) in [triple.head, triple.tail] { add(name) }
      }
    }
    return counts
  }
}
