import Autodiff
import Corpora
import Foundation
import Layers
import Models
import Tensors
import Testing

/// A fixture of the LSTM rows of GenerativeRE: what its root attributes say, built and compared number by number.
struct WordSequenceFixture {
  let fixture: Fixture
  /// LSTM + Copy.
  let model: WordSequence
  let values: Slab
  let sorted: Sorted
  /// The sentences and their targets, longest sentence first.
  let inputs: [WordSequenceInput]
  let targets: [WordTarget]
  /// Our entry of each of the fixture's.
  let entries: [Int]
  /// Tokens of the longest sentence, and entries of the longest target.
  let (time, steps): (Int, Int)

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    let lengths = try fixture.integers("input/lengths")
    sorted = Sorted(lengths)
    (time, steps) = (try fixture.shape("input/words")[1], try fixture.shape("input/targets")[1])
    let relations = try fixture.integer("relations")
    let special = try ["pad", "unk", "semicolon", "bar", "sos", "eos"].map {
      try fixture.integer($0)
    }
    let first = try fixture.integer("relation_first")
    let own = Set(special + (first..<first + relations))
    let words = (0..<(try fixture.integer("vocab"))).filter { !own.contains($0) }
    let vocabularies = Vocabularies(
      lists: [
        ("words", NameList(WordEntries.separators + words.map { "w\($0)" })),
        ("characters", NameList((2..<(try fixture.integer("chars"))).map { "c\($0)" })),
        ("relations", NameList((0..<relations).map { "r\($0)" })),
      ], sizes: [])
    model = try Self.model(fixture, .bio, vocabularies)
    entries = (0..<own.count + words.count).map { [entries = model.entries] id in
      switch special.firstIndex(of: id) {
      case 4: entries.start
      case 5: entries.end
      case let same?: same
      case nil:
        own.contains(id)
          ? entries.relationEntries.lowerBound + id - first : entries.entry(of: "w\(id)")
      }
    }
    values = Slab(count: model.layout.count)
    (inputs, targets) = try Self.sentences(fixture, sorted, entries, vocabularies)
    try fixture.load(try parameters(), into: values)
  }

  private static func model(
    _ fixture: Fixture, _ copy: WordSequenceOptions.Copy, _ vocabularies: Vocabularies
  ) throws -> WordSequence {
    var options = WordSequenceOptions()
    options.copy = copy
    options.embedding = try fixture.integer("emb")
    options.characterEmbedding = try fixture.integer("char_emb")
    options.characterFilters = try fixture.integer("filters")
    options.encoderHidden = try fixture.integer("enc_hidden")
    options.hidden = try fixture.integer("hidden")
    options.attentionWidth = try fixture.integer("attention")
    options.alpha = try fixture.real("alpha")
    options.limit = try fixture.integer("limit")
    options.dropout = 0
    return WordSequence(options: options, vocabularies: vocabularies)
  }

  private static func sentences(
    _ fixture: Fixture, _ sorted: Sorted, _ entries: [Int], _ vocabularies: Vocabularies
  ) throws -> ([WordSequenceInput], [WordTarget]) {
    let rows = { (name: String) in try fixture.rows("input/\(name)") }
    let (words, targets) = (try rows("words"), try rows("targets"))
    let lengths = try fixture.integers("input/target_lengths")
    let (spelled, spelledLengths) = (try fixture.integers("input/chars"), try rows("char_lengths"))
    let (tokenLabels, entryLabels) = (try rows("source_labels"), try rows("target_labels"))
    let (longest, time) = (try fixture.integer("max_chars"), words[0].count)
    let read = sorted.order.enumerated().map { place, index in
      let length = sorted.layout.lengths[place]
      let tokens = words[index].prefix(length).map { id in
        entries[id] == Vocabulary.unknown
          ? "?" : (vocabularies.words.words[entries[id] - Vocabulary.unknown - 1])
      }
      return WordSequenceInput(
        words: WordInput(
          index: index, sentence: Sentence(id: "\(index)", tokens: tokens),
          vocabularies: vocabularies),
        characters: (0..<length).map {
          let first = (index * time + $0) * longest
          return Array(spelled[first..<first + spelledLengths[index][$0]])
        }, numbers: [], facts: [], targetLength: lengths[index])
    }
    let taught = zip(sorted.order, sorted.layout.lengths).map { index, length in
      WordTarget(
        entries: targets[index].prefix(lengths[index]).map { entries[$0] },
        labels: (
          Array(entryLabels[index].prefix(lengths[index])), Array(tokenLabels[index].prefix(length))
        ))
    }
    return (read, taught)
  }

  /// Every parameter by the name that the fixtures give it.
  private func parameters() throws -> FixtureParameters {
    let named = [
      "char_emb": "convolution.character", "char_conv_W": "convolution.weight",
      "char_conv_b": "convolution.bias", "attn_b": "attention.bias", "attn_v": "attention.output",
      "bio_target_W": "label.target.weight", "bio_target_b": "label.target.bias",
      "bio_source_W": "label.source.weight", "bio_source_b": "label.source.bias",
    ]
    let own = try named.map { name, parameter in
      (name, FixtureParameter(parameter: try self.parameter(parameter)))
    }
    let hidden = model.options.hidden
    let attention = try parameter("attention.weight")
    let halves = [
      ("attn_q", 0..<hidden), ("attn_c", hidden..<attention.columns),
    ].map { ($0, FixtureParameter(parameter: attention, columns: $1)) }
    let byEntry = try [
      ("word_emb", "embedding.word", FixtureParameter.Axis.rows),
      ("out_W", "output.weight", .rows), ("out_b", "output.bias", .columns),
    ].map { name, parameter, axis in
      (
        name,
        FixtureParameter(parameter: try self.parameter(parameter), order: entries, axes: [axis])
      )
    }
    let cells = [
      ("enc_fw", model.encoder.forward), ("enc_bw", model.encoder.backward),
      ("dec", model.decoder.cell),
    ].flatMap { prefix, cell in
      cellNames(cell).map { ("\(prefix).\($0.0)", FixtureParameter(parameter: $0.1)) }
    }
    return own + halves + byEntry + cells
  }

  private func parameter(_ name: String) throws -> Parameter {
    try #require(model.layout.parameters.first { $0.name == name }, "parameter \(name)")
  }

  func check() throws {
    try checkForward()
    try checkLosses("words", try model(.none))
    try checkLosses("copy", model)
    for (name, copy) in [
      ("free", WordSequenceOptions.Copy.none), ("worddec", .vocabulary), ("copy", .bio),
    ] {
      try checkGreedy("greedy/\(name)", try model(copy))
    }
  }

  /// The same network in another row; the parameters of labels are the last.
  private func model(_ copy: WordSequenceOptions.Copy) throws -> WordSequence {
    try Self.model(fixture, copy, model.vocabularies)
  }

  /// Values in the fixture's order of entries.
  private func reordered(_ logits: Matrix, row: Int) -> [Float] { entries.map { logits[row, $0] } }
}

extension WordSequenceFixture {
  /// Encoder, and decoder on gold words.
  private func checkForward() throws {
    let tape = fixture.tape(values)
    let encoded = model.encoded(inputs, streams: nil, on: tape)
    try fixture.compare("words/encoder_input", sorted.unpack(encoded.input.value, time: time))
    try fixture.compare("words/encoder", sorted.unpack(encoded.outputs.value, time: time))
    let heads = (tokens: try #require(model.labels), entries: try #require(model.decoder.labels))
    let sourceLabels = heads.tokens(encoded.outputs, on: tape)
    try fixture.compare(
      "words/source_label_logits", sorted.unpack(sourceLabels.value, time: time))
    let taught = model.taught(encoded, targets, on: tape)
    let logits = model.decoder.output(taught.states, on: tape).value
    let labels = heads.entries(taught.states, on: tape).value
    var rows = inputs.map { _ in (logits: [[Float]](), labels: [[Float]]()) }
    for (row, step) in taught.steps.enumerated() {
      rows[step.sentence].logits.append(reordered(logits, row: row))
      rows[step.sentence].labels.append(labels.rows(row..<row + 1).elements)
    }
    try comparePadded("words/logits", rows.map(\.logits))
    try comparePadded("words/label_logits", rows.map(\.labels))
    var attention = inputs.map { _ in [[Float]]() }
    for step in taught.attention {
      for (place, sentence) in step.sentences.enumerated() {
        attention[sentence].append(weights(step.scores.value, step.layout, place))
      }
    }
    try comparePadded("words/attention", attention)
  }

  /// The softmax of a sentence's scores, zeros behind its tokens.
  private func weights(_ scores: Matrix, _ layout: SequenceLayout, _ place: Int) -> [Float] {
    let powers = layout.rows(ofSentence: place).map { exp(Double(scores[$0, 0])) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
      + [Float](repeating: 0, count: time - powers.count)
  }

  /// Compares rows of each sorted sentence with `[sentences, steps, width]`, zeros behind the last.
  private func comparePadded(_ dataset: String, _ rows: [[[Float]]]) throws {
    let shape = try fixture.shape(dataset)
    let none = [Float](repeating: 0, count: shape[2])
    try fixture.compare(
      dataset, sorted.pad(rows, time: shape[1], filler: none).flatMap { $0 })
  }

  /// Losses and gradients of a row.
  private func checkLosses(_ group: String, _ row: WordSequence) throws {
    let tape = fixture.tape(values, mode: .oneShard)
    let streams = RandomStreams(seed: 0, epoch: 0)
    let losses = row.losses(of: inputs, targets: targets, streams: streams, on: tape)
    var total = 0.0
    for (loss, term) in zip(losses, row.objective) where term.weight > 0 {
      let count = inputs.reduce(0) { $0 + term.count($1, streams) }
      try fixture.compare("\(group)/normaliser", [count])
      loss.gradientScale = loss.weight / Float(count)
      total += Double(loss.weight) * loss.sum / Double(count)
    }
    try fixture.compareLosses("\(group)/total", [total])
    let gradients = Slab(count: values.count)
    tape.collected().add(to: gradients)
    try fixture.compare("\(group)/grad", try parameters(), in: gradients)
    let norm = gradients.buffer.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    try fixture.compareLosses("\(group)/grad_norm", [norm])
    // All sums stand in both groups; the row without labels has the first alone.
    let all = model.losses(of: inputs, targets: targets, streams: streams, on: fixture.tape(values))
    for (name, loss) in zip(["token", "target_label", "source_label"], all) {
      try fixture.compareLosses("\(group)/\(name)_sum", sorted.restore(loss.perSentence))
    }
    #expect(zip(losses, all).allSatisfy { $0.perSentence == $1.perSentence })
  }

  /// What a row writes on its own.
  private func checkGreedy(_ group: String, _ row: WordSequence) throws {
    let tape = fixture.tape(values)
    let writer = WordWriter(
      row, inputs, row.encoded(inputs, streams: nil, on: tape), on: tape)
    var found = inputs.map { _ in Written() }
    while let step = writer.step() {
      for (place, sentence) in step.sentences.enumerated() {
        found[sentence].logits.append(reordered(step.logits.value, row: place))
        found[sentence].attention.append(weights(step.attention.value, step.layout, place))
        found[sentence].allowed.append(allowed(step.allowed[place], row))
        if let labels = step.labelLogits {
          found[sentence].labels.append(labels.value.rows(place..<place + 1).elements)
        }
      }
    }
    try comparePadded("\(group)/token_logits", found.map(\.logits))
    try comparePadded("\(group)/attention", found.map(\.attention))
    if row.labels != nil { try comparePadded("\(group)/label_logits", found.map(\.labels)) }
    let none = [Int](repeating: 0, count: entries.count)
    let limit = row.options.limit
    try fixture.compare(
      "\(group)/allowed",
      sorted.pad(found.map(\.allowed), time: limit, filler: none).flatMap { $0 })
    let written = writer.written
    try fixture.compare("\(group)/length", sorted.restore(written.map(\.count)))
    func compare(_ name: String, _ value: (WrittenWord) -> Int?) throws {
      try fixture.compare(
        "\(group)/\(name)",
        sorted.pad(written.map { $0.map { value($0) ?? -1 } }, time: limit, filler: -1))
    }
    try compare("tokens") { entries.firstIndex(of: $0.entry) }
    if row.options.copy == .vocabulary { try compare("unk_source", \.token) }
    if row.options.copy == .bio { try compare("labels", \.label) }
  }

  /// What the steps of one sentence compute.
  private struct Written {
    var logits: [[Float]] = []
    var attention: [[Float]] = []
    var labels: [[Float]] = []
    var allowed: [[Int]] = []
  }

  /// 1 for each of the fixture's entries that may be written.
  private func allowed(_ words: AllowedWords, _ row: WordSequence) -> [Int] {
    let all = Set(words.entries ?? row.entries.written)
    return entries.map { all.contains($0) ? 1 : 0 }
  }
}
