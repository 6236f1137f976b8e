import Autodiff
import Corpora
import Evaluation
import Layers
import Models
import Tensors
import Testing

/// A fixture of RIN: what its root attributes say, built and compared number by number.
struct RINFixture {
  let fixture: Fixture
  let model: RIN
  let values: Slab
  let time: Int
  /// The sentences with their gold triples, entities and parts of speech, in the fixture's order.
  let sentences: [Sentence]

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    var options = RINOptions()
    options.embedding = try fixture.integer("emb")
    options.hidden = try fixture.integer("hidden")
    options.pairWidth = try fixture.integer("pair")
    options.layers = try fixture.integer("K")
    options.gruForm = try fixture.choice("gru_form")
    options.anchor = try fixture.choice("anchor")
    options.threshold = try fixture.real("threshold")
    options.erWeight = try fixture.real("er_weight")
    options.dropout = try fixture.real("dropout")
    options.taggedEntities = .all
    let ablation = try fixture.text("ablation").replacing("_", with: "-")
    options.interaction = try #require(
      ablation == "none" ? .full : RINOptions.Interaction(rawValue: ablation), "\(ablation)")
    let hasParts = try fixture.flag("pos")
    if hasParts { options.posEmbedding = try fixture.integer("pos_emb") }
    let parts = hasParts ? try fixture.integer("pos_tags") : 0
    model = RIN(
      options: options,
      vocabularies: Vocabularies(
        lists: [
          // Two ids are padding and unknown.
          ("words", NameList((2..<(try fixture.integer("vocab"))).map { "w\($0)" })),
          ("relations", NameList((0..<(try fixture.integer("relations"))).map { "r\($0)" })),
          ("parts_of_speech", NameList((0..<parts).map { "p\($0 + 1)" })),
        ], sizes: []))
    time = try fixture.shape("input/words")[1]
    sentences = try fixture.sentences(partsOfSpeech: hasParts)
    values = Slab(count: model.layout.count)
    try fixture.load(parameters, into: values)
  }

  /// Every parameter by the name that the fixtures give it.
  private var parameters: FixtureParameters {
    let named = [
      "word_emb": "embedding.word", "pos_emb": "embedding.pos", "ent_W": "entity.weight",
      "ent_b": "entity.bias", "pair_W": "pair.hidden.weight", "pair_b": "pair.hidden.bias",
      "rel_W": "pair.relation.weight", "rel_b": "pair.relation.bias",
    ]
    let own = model.layout.parameters.compactMap { parameter in
      named.first { $0.value == parameter.name }.map {
        ($0.key, FixtureParameter(parameter: parameter))
      }
    }
    let encoders = [("enc_fw", model.encoder.forward), ("enc_bw", model.encoder.backward)]
    let cells = model.interaction.map { [("gru_e", $0.entities), ("gru_r", $0.relations)] } ?? []
    return own
      + (encoders + cells).flatMap { prefix, cell in
        cellNames(cell).map { name, parameter in
          // The paper's z is one minus ours (Models/RIN/README.md 6.3).
          let z = cell.form == .gruResetBefore ? cell.width..<2 * cell.width : 0..<0
          return (
            "\(prefix).\(name)", FixtureParameter(parameter: parameter, negated: z)
          )
        }
      }
  }

  private var batch: FixtureBatch<RIN> { FixtureBatch(model, sentences) }

  func check() throws {
    try checkTargets()
    try checkLayers()
    try fixture.checkLosses(batch, of: values, parameters)
    try checkPredictions()
    for group in ["adam", "adam_clip"] {
      try fixture.checkUpdates(group, of: model.layout, from: values, parameters) {
        batch.losses(on: $0).total
      }
    }
  }

  private func checkTargets() throws {
    let (sorted, inputs) = (batch.sorted, batch.inputs)
    try fixture.compare(
      "input/tags", sorted.pad(inputs.map { model.tags(of: $0).values }, time: time, filler: -1))
    let relations = model.vocabularies.relations.count
    var target = [Int](repeating: 0, count: sentences.count * time * time * relations)
    for (original, input) in zip(sorted.order, inputs) {
      for cell in model.targets(of: input) {
        let pair = (original * time + cell.head) * time + cell.tail
        target[pair * relations + cell.relation] = 1
      }
    }
    try fixture.compare("input/target", target)
  }

  private func checkLayers() throws {
    let (sorted, inputs) = (batch.sorted, batch.inputs)
    let tape = fixture.tape(values)
    let (start, rows) = model.encoded(inputs, streams: nil, on: tape)
    try fixture.compare("encoder/out", sorted.unpack(start.value, time: time))
    var (layer, before, (he, hr)) = (0, start, (start, start))
    if let interaction = model.interaction {
      var failure: (any Error)?
      (he, hr) = interaction(start, rows, model.entities, model.pairs, on: tape) { found in
        do {
          try check(found, "layers/\(layer)", relationsBefore: before, sorted, rows, tape)
        } catch { failure = error }
        (layer, before) = (layer + 1, found.relations)
      }
      if let failure { throw failure }
    }
    try fixture.compare(
      "final/ent_logits", sorted.unpack(model.entities(he, on: tape).value, time: time))
    try fixture.compare("final/rel_logits", try logits(hr, sorted, rows, tape).flatMap { $0 })
  }

  private func check(
    _ layer: Interaction.Layer, _ group: String, relationsBefore before: Variable,
    _ sorted: Sorted, _ rows: SequenceLayout, _ tape: Tape
  ) throws {
    let arrays: [(String, Variable?)] = [
      ("ent_prob", layer.tags), ("rel_max", layer.maxima), ("He", layer.entities),
      ("Hr", layer.relations), ("H", layer.shared),
    ]
    for (name, array) in arrays {
      guard let array else { continue }
      try fixture.compare("\(group)/\(name)", sorted.unpack(array.value, time: time))
    }
    // The maximum of logits over tails, from all of them.
    let relations = model.vocabularies.relations.count
    let all = try logits(before, sorted, rows, tape)
    var (largest, tails): ([Float], [Int]) = ([], [])
    for (sentence, scores) in all.enumerated() {
      let length = sentences[sentence].tokens.count
      for head in 0..<time {
        for relation in 0..<relations {
          let values = (0..<length).map { scores[(head * time + $0) * relations + relation] }
          let best = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
          largest.append(head < length ? values[best] : 0)
          tails.append(head < length ? best : -1)
        }
      }
    }
    try fixture.compare("\(group)/rel_max_logit", largest)
    try fixture.compare("\(group)/rel_argmax", tails)
  }

  /// `[T, T, R]` for each sentence, in the fixture's order.
  private func logits(
    _ x: Variable, _ sorted: Sorted, _ rows: SequenceLayout, _ tape: Tape
  ) throws -> [[Float]] {
    let logits = model.pairs.logits(x, layout: rows, on: tape)
    return sorted.restore(
      (0..<rows.sentences).map { sentence in
        var padded = [Float](repeating: 0, count: time * time * logits.count)
        logits.forEachRun(ofSentence: sentence) { run in
          for head in run.heads {
            for tail in run.tokens.indices {
              let scores = run.scores.row(run.row(head: head, tail: tail))
              for relation in 0..<logits.count {
                padded[(head * time + tail) * logits.count + relation] = scores[relation]
              }
            }
          }
        }
        return padded
      })
  }
}

extension RINFixture {
  private func checkPredictions() throws {
    let predictions = batch.predictions(on: fixture.tape(values))
    try fixture.compareTags("predict/tags", predictions.map { $0.tags?.values ?? [] })
    try fixture.compareRows(
      "predict/spans",
      predictions.enumerated().flatMap { sentence, prediction in
        (prediction.tags?.spans ?? []).map { [sentence, $0.start, $0.end] }
      })
    let triples = batch.rows(predictions.map(\.triples))
    try fixture.checkTriples(
      "triples", counts: "counts", triples, gold: batch.rows(sentences.map(\.triples)))
    try fixture.compareRows("predict/cells", triples.map(cell))
    try checkAuthors(predictions)
  }

  /// Sentence, anchors and relation of a row of spans.
  private func cell(_ row: [Int]) -> [Int] {
    let anchor = model.options.anchor
    return [
      row[0], anchor.position(in: Span(row[1], row[2])), anchor.position(in: Span(row[4], row[5])),
      row[3],
    ]
  }

  private func checkAuthors(_ predictions: [Prediction]) throws {
    var options = EvaluationOptions()
    (options.match, options.rinExact) = (.exactPosition, .authors)
    options.anchor = model.options.anchor
    func counts(_ prediction: Prediction, _ sentence: Sentence) -> TripleCounts {
      Evaluator(options).report(sentences: [sentence], predictions: [prediction]).score.counts
    }
    let all = zip(predictions, sentences).reduce(into: TripleCounts()) { $0 += counts($1.0, $1.1) }
    try fixture.compare("predict/authors_counts", [all.tp, all.predicted, all.gold])
    // One predicted triple at a time, with the tags of all.
    let right = predictions.enumerated().flatMap { sentence, prediction in
      prediction.groups.filter {
        counts(Prediction(groups: [$0], tags: prediction.tags), sentences[sentence]).tp == 1
      }.flatMap { batch.rows(Prediction(groups: [$0]).triples, ofSentence: sentence).map(cell) }
    }
    try fixture.compareRows("predict/authors_correct_cells", right)
  }
}
