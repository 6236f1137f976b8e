/// Reads what any system predicts for the sentences of a gold standard.
public enum SystemPredictions {
  /// Reads a file of predictions: ``PredictionLines``, or a corpus of any format that ``CorpusFormat`` recognises, whose
  /// triples are the predicted ones.
  ///
  /// - Parameters:
  ///   - gold: the sentences to score. The file has them in this order, or under their ids.
  ///   - name: the file of the gold standard, for errors.
  /// - Returns: a prediction for each sentence of `gold`, in its order.
  /// - Throws: `CorpusError` where the file cannot be read, or its sentences are not those of `gold`.
  public static func read(
    _ path: String, for gold: [Sentence], of name: String
  ) throws(CorpusError) -> [Prediction] {
    let found = try read(path, keeping: gold.flatMap(\.triples).map(\.relation))
    guard found.count == gold.count else {
      throw CorpusError(
        file: path,
        "has \(found.count) sentences, but \(name) has \(gold.count); a system is scored on every sentence"
      )
    }
    let order = order(of: found.map(\.sentence), for: gold)
    var predictions: [Prediction] = []
    for (index, sentence) in gold.enumerated() {
      let (source, prediction) = found[order[index]]
      guard source.hasText(of: sentence) else {
        throw CorpusError(
          file: path, record: order[index] + 1,
          "is '\(source.beginning)', but \(name) has '\(sentence.beginning)' there; the sentences must be the same, "
            + "in the same order or under the same ids")
      }
      predictions.append(prediction.moved(from: source, to: sentence))
    }
    return predictions
  }

  /// - Parameter relations: those of the gold standard, relations even where their names read as none.
  private static func read(
    _ path: String, keeping relations: [String]
  ) throws(CorpusError) -> [(sentence: Sentence, prediction: Prediction)] {
    let sample = try Sample(path)
    if sample.lacks("tokens", "predicted") == nil { return try PredictionLines.read(path) }
    var options = ConversionOptions()
    options.kept = relations.map { ExactString($0) }.distinct(by: \.self).map(\.value)
    let conversion = try CorpusFormat.recognised(path).read(path, options: options)
    return conversion.sentences.map { sentence in
      let groups = sentence.triples.map {
        Prediction.Group(head: $0.head, relation: $0.relation, tail: $0.tail)
      }
      return (sentence, Prediction(groups: groups, entities: sentence.entities))
    }
  }

  /// The place of each gold sentence among the found ones: its own, unless the ids are the same in another order.
  private static func order(of found: [Sentence], for gold: [Sentence]) -> [Int] {
    let places = Dictionary(
      found.enumerated().map { (ExactString($1.id), $0) }, uniquingKeysWith: { first, _ in first })
    let order = gold.compactMap { places[ExactString($0.id)] }
    return order.count == gold.count && places.count == gold.count
      ? order : Array(gold.indices)
  }
}

extension Sentence {
  /// Whether another sentence has the same characters, blanks aside.
  fileprivate func hasText(of other: Sentence) -> Bool {
    tokens.lazy.flatMap(\.utf8).elementsEqual(other.tokens.lazy.flatMap(\.utf8))
  }

  /// The bytes before each token, and those of all, blanks aside.
  fileprivate var offsets: [Int] {
    tokens.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.utf8.count) }
  }

  /// The first words, for messages.
  fileprivate var beginning: String { tokens.prefix(6).joined(separator: " ").shown(atMost: 40) }
}

extension Prediction {
  /// The prediction with the places of another cut of the same text: by characters where the tokens differ, else by
  /// names.
  fileprivate func moved(from source: Sentence, to target: Sentence) -> Prediction {
    if source.tokens.elementsEqual(target.tokens, by: { $0.utf8.elementsEqual($1.utf8) }) {
      return self
    }
    let (offsets, borders) = (source.offsets, target.offsets)
    func moved(_ argument: Argument) -> Argument {
      if let span = argument.span, let start = borders.firstIndex(of: offsets[span.start]),
        let end = borders.firstIndex(of: offsets[span.end + 1])
      {
        return .span(Span(start, end - 1))
      }
      let name = source.text(of: argument)
      return target.firstOccurrence(of: name).map(Argument.span) ?? .text(name)
    }
    var prediction = Prediction()
    for (index, group) in groups.enumerated() {
      prediction.append(
        Group(
          head: group.head.map(moved), relation: group.relation, tail: group.tail.map(moved)),
        score: scores.isEmpty ? nil : scores[index])
    }
    return prediction
  }
}
