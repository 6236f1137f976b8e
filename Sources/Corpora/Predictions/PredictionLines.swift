/// The file of a system's predictions: UTF-8, one sentence a line, plain or gzip.
///
/// `{"id":"7","tokens":["Ann","left"],"gold":[{"head":[0,0],"relation":"r","tail":"Time Inc."}],
/// "predicted":[{"head":[0,0],"relation":"r","tail":[1,1]}],"scores":[0.93],"entities":[{"span":[0,0]}]}`, on one
/// line. Triples are those of ``JSONLines``; a slot that a decoder left empty is `null`. `scores` are probabilities
/// in the order of `predicted`; they are absent where the system gives none, as are `entities` where it finds none
/// by themselves.
public enum PredictionLines {
  /// A sentence with its gold triples and what a system predicts for it, as a line without its end.
  public static func line(_ sentence: Sentence, _ prediction: Prediction) -> String {
    let gold = sentence.triples.map { triple in
      object(
        JSONLines.json(triple.head), JSONLines.quoted(triple.relation), JSONLines.json(triple.tail))
    }
    let predicted = prediction.groups.map { group in
      object(
        group.head.map(JSONLines.json) ?? "null", group.relation.map(JSONLines.quoted) ?? "null",
        group.tail.map(JSONLines.json) ?? "null")
    }
    var members = [
      "\"id\":\(JSONLines.quoted(sentence.id))",
      "\"tokens\":\(JSONLines.list(sentence.tokens.map(JSONLines.quoted)))",
      "\"gold\":\(JSONLines.list(gold))", "\"predicted\":\(JSONLines.list(predicted))",
    ]
    if !prediction.scores.isEmpty || prediction.groups.isEmpty {
      members.append("\"scores\":\(JSONLines.list(prediction.scores.map { "\($0)" }))")
    }
    if prediction.entities != nil || prediction.tags != nil {
      let entities = prediction.entities ?? prediction.tags?.spans.map { EntityMention(span: $0) }
      members.append("\"entities\":\(JSONLines.list((entities ?? []).map { JSONLines.json($0) }))")
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func object(_ head: String, _ relation: String, _ tail: String) -> String {
    "{\"head\":\(head),\"relation\":\(relation),\"tail\":\(tail)}"
  }

  /// Reads a file of predictions; the triples of the sentences are the gold ones.
  ///
  /// - Throws: `CorpusError` with file, line and record where a line is malformed; the first five such records are
  ///   named, and the others counted.
  static func read(
    _ path: String
  ) throws(CorpusError) -> [(sentence: Sentence, prediction: Prediction)] {
    var records = JSONRecords(try TextFile.bytes(path), file: path)
    var bad = BadRecords()
    var lines: [(sentence: Sentence, prediction: Prediction)] = []
    while let element = records.next() {
      _ = bad.next()
      switch element {
      case .record(let node):
        do throws(CorpusError) { lines.append(try read(node)) } catch { bad.add(error) }
      case .fault(let error), .end(let error): bad.add(error)
      }
    }
    if let error = bad.error(in: path, remedy: "every sentence must be scored; mend them") {
      throw error
    }
    return lines
  }

  private static func read(
    _ record: JSONNode
  ) throws(CorpusError) -> (sentence: Sentence, prediction: Prediction) {
    let id = try record.member("id")?.label() ?? String(record.place.line)
    var sentence = Sentence(id: id, tokens: try record["tokens"].strings())
    try record.place.check(tokens: sentence.tokens)
    sentence.triples = try record.member("gold")?.triples(in: sentence) ?? []
    let entities = try record.member("entities")?.mentions(in: sentence.tokens.count)
    var prediction = Prediction(entities: entities)
    let groups = try record["predicted"].elements()
    let scores = try record.member("scores")?.elements("a list of numbers") ?? []
    guard scores.isEmpty || scores.count == groups.count else {
      throw record.place.error(
        "scores has \(scores.count) numbers, expected one for each of \(groups.count) predicted triples"
      )
    }
    for (index, group) in groups.enumerated() {
      prediction.append(
        Prediction.Group(
          head: try group.member("head")?.argument(in: sentence),
          relation: try group.member("relation")?.string(),
          tail: try group.member("tail")?.argument(in: sentence)),
        score: scores.isEmpty ? nil : try scores[index].probability())
    }
    return (sentence, prediction)
  }
}

extension JSONNode {
  fileprivate func probability() throws(CorpusError) -> Float {
    let number: Double? =
      switch value {
      case .integer(let number): Double(number)
      case .decimal(let number): number
      default: nil
      }
    guard let number, (0...1).contains(number) else { throw mismatch("a number from 0 to 1") }
    return Float(number)
  }
}
