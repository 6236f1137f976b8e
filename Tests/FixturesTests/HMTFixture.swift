import Autodiff
import Corpora
import Layers
import Models
import Tensors
import Testing

/// A fixture of HMT: what its root attributes say, built and compared number by number.
struct HMTFixture {
  let fixture: Fixture
  let model: HMT
  let values: Slab
  let time: Int
  /// The sentences with their gold triples and entities, without types where the fixture says so, in its order.
  let sentences: [Sentence]

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    model = HMT(options: try Self.options(fixture), vocabularies: try Self.vocabularies(fixture))
    time = try fixture.shape("input/words")[1]
    let hasTypes =
      try fixture.contains("input/has_types") ? fixture.integers("input/has_types") : []
    sentences = try fixture.sentences().enumerated().map { index, sentence in
      var sentence = sentence
      if !hasTypes.isEmpty && hasTypes[index] == 0 {
        sentence.entities = sentence.entities.map { EntityMention(span: $0.span) }
      }
      return sentence
    }
    values = Slab(count: model.layout.count)
    try fixture.load(Self.parameters(of: model), into: values)
    try #require(model.jointScheme.count == (try fixture.integer("je_tags")))
    let tags = try fixture.integer("ee_tags")
    try #require(model.ee == nil || model.entityScheme.count == tags, "\(tags) tags of EE")
  }

  private static func options(_ fixture: Fixture) throws -> HMTOptions {
    var options = HMTOptions()
    options.embedding = try fixture.integer("emb")
    options.hidden = try fixture.integer("hidden")
    options.tagWidth = try fixture.integer("tag_dim")
    options.peepholes = try fixture.choice("peephole", default: .diagonal)
    options.withEE = try fixture.flag("ee")
    options.eeWeight = try fixture.real("ee_weight")
    let scheme = try fixture.text("je_scheme")
    options.jeScheme = try #require(
      HMTOptions.JEScheme(rawValue: scheme.lowercased()), "je_scheme \(scheme)")
    options.nonOWeight = try fixture.real("non_o_weight")
    options.dropout = try fixture.real("dropout")
    if try fixture.attributes().contains("token_mean") {
      options.tokenMean = try fixture.flag("token_mean")
    }
    options.taggedEntities = .all
    return options
  }

  private static func vocabularies(_ fixture: Fixture) throws -> Vocabularies {
    let types = try fixture.flag("typed") ? fixture.integer("types") : 0
    let relations = try fixture.integer("relations")
    return Vocabularies(
      lists: [
        // Two ids are padding and unknown.
        ("words", NameList((2..<(try fixture.integer("vocab"))).map { "w\($0)" })),
        ("relations", NameList((0..<relations).map { "r\($0)" })),
        ("entity_types", NameList((0..<types).map { "t\($0)" })),
      ], sizes: [])
  }

  /// Every parameter by the name that the fixtures give it.
  private static func parameters(of model: HMT) -> FixtureParameters {
    let modules = [("ee", model.ee), ("je", model.je)].compactMap { name, module in
      module.map { (name, $0) }
    }
    return [("word_emb", FixtureParameter(parameter: model.words.table))]
      + modules.flatMap { name, module -> FixtureParameters in
        let cells = [
          ("enc_fw", module.encoder.forward), ("enc_bw", module.encoder.backward),
          ("dec", module.decoder),
        ]
        let weights: [(String, Parameter?)] = [
          ("tag_W", module.vector.weight), ("tag_b", module.vector.bias),
          ("out_W", module.output.weight), ("out_b", module.output.bias),
        ]
        return
          (weights.compactMap { name, parameter in parameter.map { (name, $0) } }
          + cells.flatMap { prefix, cell in
            (cellNames(cell) + (cell.peepholes.map { [("p", $0)] } ?? []))
              .map { ("\(prefix).\($0.0)", $0.1) }
          }).map { ("\(name).\($0.0)", FixtureParameter(parameter: $0.1)) }
      }
  }

  private var batch: FixtureBatch<HMT> { FixtureBatch(model, sentences) }

  func check() throws {
    try checkTargets()
    try checkModules()
    try checkLosses()
    try checkPredictions()
    for group in ["rmsprop", "rmsprop_clip", "adam", "adam_clip"] {
      try fixture.checkUpdates(
        group, of: model.layout, from: values, Self.parameters(of: model)
      ) { batch.losses(on: $0).total }
    }
  }

  private func checkTargets() throws {
    let (sorted, inputs) = (batch.sorted, batch.inputs)
    try fixture.compare(
      "input/je_tags",
      sorted.pad(inputs.map { model.jointTags(of: $0).tags.values }, time: time, filler: -1))
    try fixture.compare("input/triples_kept", try kept())
    guard model.ee != nil else { return }
    let stored = try fixture.rows("input/ee_tags")
    for (original, input) in zip(sorted.order, inputs) {
      // The fixture has tags also for sentences that EE learns nothing from.
      guard let tags = model.entityTags(of: input) else { continue }
      #expect(Array(stored[original].prefix(tags.count)) == tags.values)
    }
    let spans = try fixture.rows("input/entities")
    let rebuilt = sentences.indices.map { sentence in
      Tags(
        of: spans.filter { $0[0] == sentence }.map {
          TaggedSpan(Span($0[1], $0[2]), kind: $0.count > 3 ? $0[3] : 0)
        },
        count: sentences[sentence].tokens.count, model.entityScheme
      ).values
    }
    try fixture.compareTags("input/ee_tags", rebuilt)
  }

  /// Whether each triple is written into the tags.
  private func kept() throws -> [Int] {
    var tags = sentences.map { JointTags(count: $0.tokens.count, model.jointScheme) }
    return try fixture.rows("input/triples").map { row in
      tags[row[0]].add(head: Span(row[1], row[2]), relation: row[3], tail: Span(row[4], row[5]))
        ? 1 : 0
    }
  }

  private func checkModules() throws {
    let (sorted, inputs) = (batch.sorted, batch.inputs)
    let pass = model.run(inputs, streams: nil, on: fixture.tape(values))
    for (name, found) in [("ee", pass.ee), ("je", pass.je)] {
      guard let found else { continue }
      let hidden = found.hidden.flatMap { step in
        (0..<step.value.rows).map { step.value.rows($0..<$0 + 1).elements }
      }
      let width = model.options.hidden
      let packed = Slab(count: hidden.count * width).matrix(
        at: 0, rows: hidden.count, columns: width)
      packed.assign(elements: hidden.flatMap { $0 })
      for (array, values) in [
        ("enc", found.encoded.value), ("dec_h", packed), ("tag_vec", found.vectors.value),
        ("logits", found.scores.value),
      ] {
        try fixture.compare("\(name)/\(array)", sorted.unpack(values, time: time))
      }
    }
  }

  private func checkLosses() throws {
    try fixture.checkLosses(batch, of: values, Self.parameters(of: model))
    // A fixture without EE has zeros in place of its loss.
    guard model.ee == nil else { return }
    try fixture.compareLosses("loss/L_EE", [0])
    try fixture.compare("loss/L_EE_per_sentence", sentences.map { _ in Float(0) })
  }

  private func checkPredictions() throws {
    let gold = batch.rows(sentences.map(\.triples))
    for rule in Pairing.allCases {
      var options = model.options
      options.pairing = rule
      let paired = FixtureBatch(
        HMT(options: options, vocabularies: model.vocabularies), sentences)
      let predictions = paired.predictions(on: fixture.tape(values))
      let name = rule.rawValue.replacing("-", with: "_")
      try fixture.checkTriples(
        "triples_\(name)", counts: "counts_\(name)", paired.rows(predictions.map(\.triples)),
        gold: gold)
      if rule == .nearest { try checkTags(predictions) }
    }
  }

  private func checkTags(_ predictions: [Prediction]) throws {
    let (sorted, inputs) = (batch.sorted, batch.inputs)
    let scores = model.run(inputs, streams: nil, on: fixture.tape(values)).je.scores.value
    let joint = inputs.indices.map { sentence in
      sorted.layout.rows(ofSentence: sentence).map { row -> Int in
        let values = scores.rows(row..<row + 1).elements
        return values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
      }
    }
    try fixture.compare("predict/je_tags", sorted.pad(joint, time: time, filler: -1))
    guard model.ee != nil else { return }
    try fixture.compareTags("predict/ee_tags", predictions.map { $0.tags?.values ?? [] })
    try fixture.compareRows(
      "predict/ee_spans",
      predictions.enumerated().flatMap { sentence, prediction in
        (prediction.entities ?? []).map { entity in
          let kind = entity.type.flatMap(model.vocabularies[.entityTypes].id) ?? 0
          return [sentence, entity.span.start, entity.span.end, kind]
        }
      })
  }
}
