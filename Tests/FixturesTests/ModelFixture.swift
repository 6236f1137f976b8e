import Autodiff
import Corpora
import Layers
import Models
import Tensors
import Testing
import Training

/// A fixture of one of the copy models: what its root attributes say, built and compared number by
/// number.
struct ModelFixture {
  let fixture: Fixture
  let network: CopyNetwork
  let values: Slab
  let slots: Slots
  let sentences: [[Int]]
  let time: Int
  /// λ.
  let lambda: Float

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    let options = try Self.options(fixture)
    lambda = options.lambda
    slots = try fixture.choice("slots", default: Slots.triple)
    let scorer = try fixture.text("copy")
    try #require(["mtl", "copyre"].contains(scorer), "copy \(scorer)")
    let tags = try fixture.integer("tags")
    try #require([0, TagScheme.bio.count].contains(tags), "\(tags) tags")
    network = CopyNetwork(
      options: options,
      architecture: CopyArchitecture(
        scorer: scorer == "mtl" ? .fused : .linear,
        slots: slots == .triple ? .triple : .quintuple, tagging: tags > 0),
      vocabularies: try Self.vocabularies(fixture))
    values = Slab(count: network.layout.count)
    let width = try fixture.shape("input/words")[1]
    let words = try fixture.integers("input/words")
    time = width
    sentences = try fixture.integers("input/lengths").enumerated().map {
      Array(words[$0 * width..<$0 * width + $1])
    }
    try fixture.load(try parameters(), into: values)
  }

  private static func options(_ fixture: Fixture) throws -> CopyOptions {
    var options = CopyOptions()
    options.embedding = try fixture.integer("emb")
    options.hidden = try fixture.integer("hidden")
    options.fusion = try fixture.integer("fuse")
    options.triples = try fixture.integer("triples")
    options.cell = try fixture.choice("cell")
    options.gruForm = try fixture.choice("gru_form", default: .after)
    options.encoderMerge = try fixture.choice("encoder_merge", default: .average)
    options.decoder = try fixture.choice("decoder")
    options.mulFirst = try fixture.choice("mul_first")
    options.mulHeads = try fixture.choice("mul_heads", default: .shared)
    options.mulInput = try fixture.choice("mul_input", default: .carried)
    options.mask = try fixture.choice("mask", default: CopyOptions.Mask.none)
    options.copyInnerSelu = try fixture.flag("inner")
    options.attention = try fixture.choice("attention", default: .linear)
    options.attentionWidth = try fixture.integer("attention_width", default: 0)
    options.copyreSelu = try fixture.flag("copyre_selu", default: false)
    options.lambda = try fixture.real("lam")
    return options
  }

  private static func vocabularies(_ fixture: Fixture) throws -> Vocabularies {
    let rows = try fixture.integer("vocab")
    return Vocabularies(
      // The table has a row more than the vocabulary, and two ids are padding and unknown.
      words: (2..<rows - 1).map { "w\($0)" },
      relations: (0..<(try fixture.integer("relations"))).map { "r\($0)" },
      longestEntity: max(try fixture.integer("longest", default: 1), 1))
  }

  func check() throws {
    try checkEncoder()
    try checkTagger()
    for (group, forcing) in [("tf", Float(1)), ("free", 0)] { try checkLoss(group, forcing) }
    try checkGreedy("actions", .none)
    try checkGreedy("actions_mask_exclude", .neginf)
    try checkGreedy("actions_mask_zero", .zeroLogit)
    try checkAdam()
    for rank in 0... {
      guard try fixture.contains("ddp/rank\(rank)/total") else { break }
      let members = try fixture.integers("ddp/rank\(rank)/sentences")
      try checkLoss("ddp/rank\(rank)", 1, members: members)
    }
  }
}

/// What a decoder says of a triple, step by step.
enum Slots: String {
  case triple, quintuple

  enum Kind { case relation, entity, length }

  var kinds: [Kind] {
    switch self {
    case .triple: [.relation, .entity, .entity]
    case .quintuple: [.relation, .entity, .length, .entity, .length]
    }
  }

  func kind(ofStep step: Int) -> Kind { kinds[step % kinds.count] }
}

extension ModelFixture {
  /// The fixtures count B, I, O; we count O, B, I.
  static let tags = [TagScheme.bio.tag(.begin), TagScheme.bio.tag(.inside), TagScheme.outside]

  /// Every parameter by the name that the fixtures give it.
  func parameters() throws -> [(String, FixtureParameter)] {
    let byName = Dictionary(
      uniqueKeysWithValues: network.layout.parameters.map { ($0.name, $0) })
    func named(_ name: String) throws -> FixtureParameter {
      FixtureParameter(parameter: try #require(byName[name], "no parameter \(name)"))
    }
    func tagged(
      _ name: String, _ axes: Set<FixtureParameter.Axis>
    ) throws -> FixtureParameter {
      FixtureParameter(parameter: try named(name).parameter, order: Self.tags, axes: axes)
    }
    var result = try tableNames.map { ($0, try named($1)) }
    let (hidden, width) = (network.options.hidden, network.encoder.outputWidth)
    for (ours, theirs) in headPrefixes {
      result += try headNames.map { ("\(theirs)\($0)", try named("\(ours)\($1)")) }
      for (name, columns) in [("attn_h", 0..<hidden), ("attn_e", hidden..<hidden + width)] {
        var part = try named("\(ours)attention.weight")
        part.columns = columns
        result.append(("\(theirs)\(name)", part))
      }
    }
    let cells = [("enc_fw", network.encoder.forward), ("enc_bw", network.encoder.backward)]
    let decoders = network.cells.enumerated().map { ("dec.\($0)", $1) }
    for (prefix, cell) in cells + decoders {
      result += cellNames(cell).map {
        ("\(prefix).\($0.0)", FixtureParameter(parameter: $0.1))
      }
    }
    if network.tagger != nil {
      result += [
        ("emit_W", try tagged("tagger.emission.weight", [.rows])),
        ("emit_b", try tagged("tagger.emission.bias", [.columns])),
        ("crf.start", try tagged("tagger.crf.start", [.columns])),
        ("crf.end", try tagged("tagger.crf.end", [.columns])),
        ("crf.trans", try tagged("tagger.crf.transitions", [.rows, .columns])),
      ]
    }
    return result
  }

  /// What stands before the names of heads, ours and the fixtures'.
  private var headPrefixes: [(String, String)] {
    network.heads.count == 1 ? [("", "")] : network.heads.indices.map { ("\($0).", "head.\($0).") }
  }

  /// Our names of the tables.
  private var tableNames: [String: String] {
    var names = [
      "word_emb": "embedding.word", "rel_emb": "embedding.relation", "sos_emb": "embedding.start",
    ]
    if slots == .quintuple { names["len_emb"] = "embedding.length" }
    return names
  }

  /// Our names of the parameters of heads that both have whole.
  private var headNames: [String: String] {
    var names = [
      "attn_b": "attention.bias", "combine_W": "combine.weight", "combine_b": "combine.bias",
      "rel_W": "relation.weight", "rel_b": "relation.bias", "na_W": "na.weight",
      "na_b": "na.bias",
    ]
    switch network.architecture.scorer {
    case .fused:
      names["fuse_W"] = "copy.fusion.weight"
      names["fuse_b"] = "copy.fusion.bias"
      names["out_W"] = "copy.output.weight"
      names["out_b"] = "copy.output.bias"
    case .linear:
      names["copy_W"] = "copy.weight"
      names["copy_b"] = "copy.bias"
    }
    if network.options.attention == .mlp { names["attn_v"] = "attention.output" }
    if slots == .quintuple {
      names["len_W"] = "length.weight"
      names["len_b"] = "length.bias"
    }
    return names
  }

  func batch(_ members: [Int]? = nil) -> (sorted: Sorted, batch: CopyBatch, members: [Int]) {
    let members = members ?? Array(sentences.indices)
    let sorted = Sorted(members.map { sentences[$0].count })
    let examples = sorted.order.map { original in
      WordInput(
        index: members[original],
        sentence: Sentence(
          id: "\(original)", tokens: sentences[members[original]].map { "w\($0)" }),
        vocabularies: network.vocabularies)
    }
    return (sorted, CopyBatch(examples), members)
  }

  /// The gold triples of a sentence, up to the first that is NA.
  func targets(_ sentence: Int) throws -> [CopyTarget] {
    let range = sentence * network.options.triples..<(sentence + 1) * network.options.triples
    let relations = try fixture.integers("input/target_relation")[range]
    let (heads, tails) = (try goldSpans("head", range), try goldSpans("tail", range))
    return zip(relations, zip(heads, tails)).compactMap { relation, spans in
      guard let head = spans.0, let tail = spans.1 else { return nil }
      return CopyTarget(relation: relation, head: head, tail: tail)
    }
  }

  private func goldSpans(_ side: String, _ range: Range<Int>) throws -> [Span?] {
    let ends = try fixture.integers("input/target_\(side)")[range]
    let lengths =
      slots == .quintuple
      ? Array(try fixture.integers("input/target_\(side)_length")[range])
      : ends.map { _ in 1 }
    return zip(ends, lengths).map { $0 < 0 ? nil : Span($0 - $1 + 1, $0) }
  }

  func goldTags(_ sentence: Int) throws -> [Int] {
    let tags = try fixture.integers("input/tags")
    return (0..<sentences[sentence].count).map { Self.tags[tags[sentence * time + $0]] }
  }
}
