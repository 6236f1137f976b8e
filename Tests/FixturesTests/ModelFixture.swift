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
  let sentences: [[Int]]
  let time: Int
  /// λ.
  let lambda: Float

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    var options = CopyOptions()
    options.embedding = try fixture.integer("emb")
    options.hidden = try fixture.integer("hidden")
    options.fusion = try fixture.integer("fuse")
    options.triples = try fixture.integer("triples")
    options.cell = try #require(CopyOptions.Cell(rawValue: try fixture.text("cell")))
    options.decoder = try #require(CopyOptions.Decoder(rawValue: try fixture.text("decoder")))
    options.mulFirst = try #require(CopyOptions.MulFirst(rawValue: try fixture.text("mul_first")))
    options.copyInnerSelu = try fixture.text("inner") == "true"
    lambda = try fixture.real("lam")
    options.lambda = lambda
    let scorer = try fixture.text("copy")
    try #require(["mtl", "copyre"].contains(scorer), "copy \(scorer)")
    try #require(try fixture.integer("tags") == BIO.allCases.count)
    network = CopyNetwork(
      options: options,
      architecture: CopyArchitecture(
        scorer: scorer == "mtl" ? .fused : .linear, slots: .triple, tagging: true),
      inventory: Inventory(
        // The table has a row more than the vocabulary, and two ids are padding and unknown.
        vocabulary: Vocabulary(words: (2..<(try fixture.integer("vocab")) - 1).map { "w\($0)" }),
        relations: (0..<(try fixture.integer("relations"))).map { "r\($0)" }, longestEntity: 1))
    values = Slab(count: network.layout.count)
    time = try fixture.shape("input/words")[1]
    let (words, lengths) = (
      try fixture.integers("input/words"), try fixture.integers("input/lengths")
    )
    let width = time
    sentences = lengths.enumerated().map { Array(words[$0 * width..<$0 * width + $1]) }
    for (name, parameter) in try parameters() {
      try parameter.set(try fixture.floats("params/\(name)"), in: values)
    }
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

/// Part of a parameter, or all of it, with the order of its rows and columns in a fixture.
struct FixtureParameter {
  let parameter: Parameter
  var columns: Range<Int>?
  /// Our number of each of the fixture's tags B, I, O, and the axes that tags count.
  var tags: [Int] = []
  var tagAxes: Set<Axis> = []

  enum Axis { case rows, columns }

  func set(_ elements: [Float], in slab: Slab) throws {
    let part = view(slab)
    try #require(elements.count == part.count, "\(parameter.name): \(elements.count) values")
    for r in 0..<part.rows {
      for c in 0..<part.columns {
        part[row(r), column(c)] = elements[r * part.columns + c]
      }
    }
  }

  func elements(in slab: Slab) -> [Float] {
    let part = view(slab)
    return (0..<part.rows).flatMap { r in
      (0..<part.columns).map { part[row(r), column($0)] }
    }
  }

  private func view(_ slab: Slab) -> Matrix {
    slab(parameter).columns(columns ?? 0..<parameter.columns)
  }
  private func row(_ index: Int) -> Int { tagAxes.contains(.rows) ? tags[index] : index }
  private func column(_ index: Int) -> Int { tagAxes.contains(.columns) ? tags[index] : index }
}

extension ModelFixture {
  /// The fixtures count B, I, O; we count O, B, I.
  static let tags = [BIO.begin, .inside, .outside].map(\.rawValue)

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
      FixtureParameter(parameter: try named(name).parameter, tags: Self.tags, tagAxes: axes)
    }
    let plain = [
      "word_emb": "embedding.word", "rel_emb": "embedding.relation",
      "sos_emb": "embedding.start", "attn_b": "attention.bias", "combine_W": "combine.weight",
      "combine_b": "combine.bias", "rel_W": "relation.weight", "rel_b": "relation.bias",
      "na_W": "na.weight", "na_b": "na.bias",
    ]
    let scorer =
      network.architecture.scorer == .fused
      ? [
        "fuse_W": "copy.fusion.weight", "fuse_b": "copy.fusion.bias",
        "out_W": "copy.output.weight", "out_b": "copy.output.bias",
      ] : ["copy_W": "copy.weight", "copy_b": "copy.bias"]
    var result = try plain.merging(scorer) { a, _ in a }.map { ($0, try named($1)) }
    let hidden = network.options.hidden
    for (name, columns) in [("attn_h", 0..<hidden), ("attn_e", hidden..<2 * hidden)] {
      var part = try named("attention.weight")
      part.columns = columns
      result.append((name, part))
    }
    let cells = [("enc_fw", network.encoder.forward), ("enc_bw", network.encoder.backward)]
    let decoders = network.cells.enumerated().map { ("dec.\($0)", $1) }
    for (prefix, cell) in cells + decoders {
      result += cellNames(cell).map {
        ("\(prefix).\($0.0)", FixtureParameter(parameter: $0.1))
      }
    }
    result += [
      ("emit_W", try tagged("tagger.emission.weight", [.rows])),
      ("emit_b", try tagged("tagger.emission.bias", [.columns])),
      ("crf.start", try tagged("tagger.crf.start", [.columns])),
      ("crf.end", try tagged("tagger.crf.end", [.columns])),
    ]
    result.append(("crf.trans", try tagged("tagger.crf.transitions", [.rows, .columns])))
    let stored = Set(try fixture.names(in: "params"))
    try #require(Set(result.map(\.0)) == stored, "parameters \(stored.sorted())")
    return result
  }

  func batch(_ members: [Int]? = nil) -> (sorted: Sorted, batch: CopyBatch, members: [Int]) {
    let members = members ?? Array(sentences.indices)
    let sorted = Sorted(members.map { sentences[$0].count })
    let examples = sorted.order.map { original in
      Example(
        index: members[original],
        sentence: Sentence(
          id: "\(original)", tokens: sentences[members[original]].map { "w\($0)" }),
        inventory: network.inventory)
    }
    return (sorted, CopyBatch(examples), members)
  }

  /// The gold triples of a sentence, up to the first that is NA.
  func targets(_ sentence: Int) throws -> [CopyTarget] {
    let triples = network.options.triples
    let (relations, heads, tails) = (
      try fixture.integers("input/target_relation"), try fixture.integers("input/target_head"),
      try fixture.integers("input/target_tail")
    )
    return (0..<triples).compactMap { k in
      let at = sentence * triples + k
      guard relations[at] < network.inventory.relations.count else { return nil }
      return CopyTarget(
        relation: relations[at], head: Span(heads[at], heads[at]), tail: Span(tails[at], tails[at]))
    }
  }

  func goldTags(_ sentence: Int) throws -> [Int] {
    let tags = try fixture.integers("input/tags")
    return (0..<sentences[sentence].count).map { Self.tags[tags[sentence * time + $0]] }
  }
}
