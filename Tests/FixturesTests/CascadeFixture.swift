import Autodiff
import Corpora
import Layers
import Models
import Tensors
import Testing

/// A fixture of the cascade: what its root attributes say, built and compared number by number.
struct CascadeFixture {
  let fixture: Fixture
  let model: Cascade
  let values: Slab
  let time: Int
  /// The sentences with their gold triples, in the fixture's order.
  let sentences: [Sentence]

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    let tokens = try fixture.spelledTokens()
    let (lengths, words) = (try fixture.integers("input/lengths"), try fixture.rows("input/words"))
    var vocabulary = (2..<(try fixture.integer("vocab"))).map { "word \($0)" }
    for (sentence, length) in lengths.enumerated() {
      for position in 0..<length where words[sentence][position] >= 2 {
        vocabulary[words[sentence][position] - 2] = tokens[sentence][position]
      }
    }
    model = Cascade(
      options: try Self.options(fixture),
      vocabularies: Vocabularies(
        lists: [
          ("words", NameList(vocabulary)),
          (
            "characters",
            NameList((2..<(try fixture.integer("characters"))).map { Fixture.character($0) })
          ),
          ("relations", NameList((0..<(try fixture.integer("relations"))).map { "r\($0)" })),
        ], sizes: []))
    time = try fixture.shape("input/words")[1]
    let triples = try fixture.rows("input/triples")
    sentences = tokens.enumerated().map { sentence, tokens in
      Sentence(
        id: "\(sentence)", tokens: tokens,
        triples: triples.filter { $0[0] == sentence }.map {
          Triple(
            head: .span(Span($0[1], $0[2])), relation: "r\($0[3])",
            tail: .span(Span($0[4], $0[5])))
        })
    }
    values = Slab(count: model.layout.count)
    try fixture.load(parameters, into: values)
  }

  private static func options(_ fixture: Fixture) throws -> CascadeOptions {
    var options = CascadeOptions()
    options.embedding = try fixture.integer("emb")
    options.characterEmbedding = try fixture.integer("char_emb")
    options.characterFilters = try fixture.integer("char_filters")
    options.hidden = try fixture.integer("hidden")
    options.condition = try fixture.integer("condition")
    options.positionLimit = try fixture.integer("position_limit")
    options.subjectWeight = try fixture.real("subject_weight")
    options.entityWeight = try fixture.real("entity_weight")
    options.entityGate = try fixture.integer("entity_gate") == 1
    options.subjectThreshold = try fixture.real("subject_threshold")
    options.objectThreshold = try fixture.real("object_threshold")
    (options.dropout, options.wordDropout) = (0, 0)
    return options
  }

  /// Every parameter by the name that the fixtures give it.
  private var parameters: FixtureParameters {
    let named = [
      "word_emb": "embedding.word", "char_emb": "convolution.character",
      "conv_W": "convolution.weight", "conv_b": "convolution.bias", "sub_W": "subject.weight",
      "sub_b": "subject.bias", "ent_W": "entity.weight", "ent_b": "entity.bias",
      "tok_W": "object.token.weight", "tok_b": "object.token.bias",
      "cond_W": "object.subject.weight", "pos": "object.position",
      "rel_W": "object.relation.weight", "rel_b": "object.relation.bias",
    ]
    let own = model.layout.parameters.compactMap { parameter in
      named.first { $0.value == parameter.name }.map {
        ($0.key, FixtureParameter(parameter: parameter))
      }
    }
    return own
      + [("enc_fw", model.encoder.forward), ("enc_bw", model.encoder.backward)].flatMap {
        prefix, cell in
        cellNames(cell).map { ("\(prefix).\($0.0)", FixtureParameter(parameter: $0.1)) }
      }
  }

  private var batch: FixtureBatch<Cascade> { FixtureBatch(model, sentences) }

  func check() throws {
    try checkInputs()
    try checkLogits()
    try fixture.checkLosses(batch, of: values, parameters)
    try fixture.compareRows(
      "greedy/triples", batch.rows(batch.predictions(on: fixture.tape(values)).map(\.triples)))
    try fixture.checkUpdates("adam", of: model.layout, from: values, parameters) {
      batch.losses(on: $0).total
    }
  }

  private func checkInputs() throws {
    let (sorted, inputs) = (batch.sorted, batch.inputs)
    try fixture.compare(
      "input/words", sorted.pad(inputs.map(\.words.words), time: time, filler: 0))
    let longest = Cascade.longestSpelling
    let none = [Int](repeating: 0, count: longest)
    let characters = inputs.map {
      $0.characters.map { $0 + [Int](repeating: 0, count: longest - $0.count) }
    }
    try fixture.compare(
      "input/chars", sorted.pad(characters, time: time, filler: none).flatMap { $0 })
    let subjects = sorted.restore(inputs).enumerated().flatMap { sentence, input in
      input.subjects.flatMap { [sentence, $0.span.start, $0.span.end] }
    }
    try fixture.compare("input/subjects", subjects)
  }

  private func checkLogits() throws {
    let (sorted, inputs) = (batch.sorted, batch.inputs)
    let tape = fixture.tape(values)
    let encoded = model.encoded(inputs, streams: nil, on: tape)
    func compare(_ name: String, _ rows: Variable) throws {
      try fixture.compare(name, sorted.unpack(rows.value, time: time))
    }
    try compare("char/out", try #require(encoded.characters))
    try compare("encoder/out", encoded.features)
    try compare("logits/subject", model.subjects(encoded.features, on: tape))
    let entities = model.entities.map { $0(encoded.features, on: tape) }
    if let entities { try compare("logits/entity", entities) }
    let spans = inputs.map { $0.subjects.map(\.span) }
    let (logits, rows) = model.objectLogits(
      encoded, tokens: model.objects.token(encoded.features, on: tape), model.placed(spans),
      entities, on: tape)
    var next = 0
    let padded = spans.map { spans in
      spans.map { _ in
        defer { next += 1 }
        let found = logits.value.rows(rows.rows(ofSubject: next))
        return found.elements
          + [Float](repeating: 0, count: (time - found.rows) * found.columns)
      }
    }
    try fixture.compare("logits/object", sorted.restore(padded).flatMap { $0.flatMap { $0 } })
  }
}

extension Fixture {
  /// A character of an id; `?` is unknown.
  fileprivate static func character(_ id: Int) -> String {
    id == 1 ? "?" : String(UnicodeScalar(UInt8(96 + id)))
  }

  /// The tokens of each sentence, spelled by their characters. Behind the 24th character, where none is read, stands
  /// the number of the word, since words may differ there alone.
  fileprivate func spelledTokens() throws -> [[String]] {
    let (characters, longest) = (try integers("input/chars"), Cascade.longestSpelling)
    let (words, lengths) = (try rows("input/words"), try rows("input/char_lengths"))
    return try integers("input/lengths").enumerated().map { sentence, length in
      (0..<length).map { position in
        let first = (sentence * words[sentence].count + position) * longest
        let read = min(lengths[sentence][position], longest)
        let spelled = characters[first..<first + read].map(Self.character).joined()
        return lengths[sentence][position] > longest
          ? spelled + "\(words[sentence][position])" : spelled
      }
    }
  }
}
