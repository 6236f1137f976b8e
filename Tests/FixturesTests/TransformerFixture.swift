import Autodiff
import Corpora
import Layers
import Models
import Randomness
import Tensors
import Testing

/// A fixture of forward and backward passes: both objectives, all gradients, one update.
struct TransformerFixture {
  private let parts: GenerativeFixture
  private var fixture: Fixture { parts.fixture }
  private var network: GenerativeNetwork { parts.network }
  private let ids: [[Int32]]
  private let masked: [[Int32]]
  private let labels: [[Int]]
  private let sources: [Int]
  private let alpha: Float

  init(_ fixture: Fixture) throws {
    parts = try GenerativeFixture(fixture)
    let lengths = try fixture.integers("input/length")
    func real(_ dataset: String) throws -> [[Int]] {
      zip(try fixture.rows(dataset), lengths).map { Array($0.prefix($1)) }
    }
    ids = try real("input/ids").map { $0.map { Int32($0) } }
    masked = try real("input/masked_ids").map { $0.map { Int32($0) } }
    (labels, sources) = (try real("input/labels"), try fixture.integers("input/source_length"))
    alpha = try fixture.real("alpha")
  }

  func check() throws {
    try checkVisible()
    for objective in GenerativeObjective.allCases {
      try checkForward(objective.rawValue)
      for recomputing in [false, true] { try checkLosses(objective.rawValue, recomputing) }
    }
    if try fixture.groups().contains("adamw") { try checkUpdate() }
  }

  /// What a group asks of each sentence.
  private func tasks(_ group: String) throws -> [ReadingTask] {
    let positions = try fixture.rows("\(group)/positions")
    let tokens = try fixture.integers("\(group)/target_tokens")
    let labels = try fixture.integers("\(group)/target_labels")
    return ids.indices.map { sentence in
      ReadingTask(
        ids: group == "mask" ? masked[sentence] : ids[sentence], source: sources[sentence],
        questions: positions.indices.filter { positions[$0][0] == sentence }.map {
          .init(
            position: positions[$0][1], token: Int32(tokens[$0]),
            label: CopyLabel(rawValue: labels[$0]) ?? .outside)
        })
    }
  }

  private func checkVisible() throws {
    let time = try fixture.shape("mask/visible")[1]
    let cells = ids.enumerated().flatMap { sentence, ids in
      (0..<time).flatMap { row in
        (0..<time).map { column -> Int in
          guard row < ids.count else { return 0 }
          let mask = AttentionMask.prefix(sources[sentence])
          return column < mask.visible(row, of: ids.count) ? 1 : 0
        }
      }
    }
    try fixture.compare("mask/visible", cells)
    // The questions of the other objective follow from the sentences alone.
    let masking = Masking(.shift, segments: .both, probability: 0.15, mask: 0, plain: [])
    let asked = zip(zip(ids, labels), sources).map { input, source in
      GenerativeSequence(
        ids: input.0, labels: input.1.map { CopyLabel(rawValue: $0) ?? .outside }, source: source
      ).task(masking, .init(seed: 0, purpose: "none")).questions
    }
    try fixture.compare(
      "shift/positions", asked.enumerated().flatMap { i, row in row.flatMap { [i, $0.position] } })
    try fixture.compare("shift/target_tokens", asked.flatMap { $0.map { Int($0.token) } })
    try fixture.compare("shift/target_labels", asked.flatMap { $0.map(\.label.rawValue) })
  }

  private func checkForward(_ group: String) throws {
    let (tape, tasks) = (fixture.tape(parts.values), try tasks(group))
    let pass = TransformerPass(over: tasks, on: tape)
    var outputs: [Variable] = []
    let hidden = network.hidden(tasks, pass, on: tape) { outputs.append($0) }
    try parts.compare("\(group)/hidden", hidden.value, pass.layout)
    if try fixture.contains("\(group)/embedding") {
      try parts.compare("\(group)/embedding", outputs[0].value, pass.layout)
    }
    for (index, output) in outputs.dropFirst().enumerated() {
      let name = "\(group)/layer.\(index < 10 ? "0" : "")\(index).out"
      if try fixture.contains(name) { try parts.compare(name, output.value, pass.layout) }
    }
    let rows = tasks.enumerated().flatMap { sentence, task in
      task.questions.map { pass.layout.rows(ofSentence: sentence).lowerBound + $0.position }
    }
    let asked = tape.gathered(hidden, rows: rows)
    try fixture.compare("\(group)/token_logits", network.tokens(asked, on: tape).value.elements)
    let labels = try #require(network.labels)
    try fixture.compare("\(group)/label_logits", labels(asked, on: tape).value.elements)
    if try fixture.contains("\(group)/layer.00.attention") {
      try checkAttention("\(group)/layer.00.attention", outputs[0], pass, on: tape)
    }
  }

  /// Values of one column a position, one at a time, give the probabilities themselves.
  private func checkAttention(
    _ dataset: String, _ x: Variable, _ pass: TransformerPass, on tape: Tape
  ) throws {
    let attention = network.encoder.blocks[0].attention
    let (time, width) = (try fixture.shape(dataset)[2], x.value.columns)
    let qkv = tape.linear(x, adjacent: attention.weights, biases: attention.biases)
    var found = [Float](repeating: 0, count: ids.count * attention.heads * time * time)
    for column in 0..<time {
      for row in 0..<pass.layout.rows {
        let isColumn = pass.layout.units[row] == column
        for k in 2 * width..<3 * width { qkv.value[row, k] = isColumn ? 1 : 0 }
      }
      let y = tape.selfAttention(
        qkv, heads: attention.heads, layout: pass.layout, masks: pass.masks)
      for sentence in ids.indices {
        for (position, row) in pass.layout.rows(ofSentence: sentence).enumerated() {
          for head in 0..<attention.heads {
            let place = ((sentence * attention.heads + head) * time + position) * time + column
            found[place] = y.value[row, head * width / attention.heads]
          }
        }
      }
    }
    try fixture.compare(dataset, found)
  }

  private func losses(
    _ group: String, _ recomputing: Bool, on tape: Tape
  ) throws -> (terms: [LossTerm], count: Int) {
    let tasks = try tasks(group)
    let pass = TransformerPass(over: tasks, on: tape)
    let terms = [("L_token", alpha), ("L_bio", 1 - alpha)].map {
      LossTerm($0.0, weight: $0.1, sentences: tasks.count)
    }
    let hidden = network.hidden(tasks, pass, recomputing: recomputing, on: tape)
    network.addLosses(tasks, hidden, pass.layout, to: terms, on: tape)
    let count = tasks.reduce(0) { $0 + $1.questions.count }
    for term in terms { term.gradientScale = term.weight / Float(count) }
    return (terms, count)
  }

  private func total(_ terms: [LossTerm]) -> Double {
    terms.reduce(0) { $0 + Double($1.gradientScale) * $1.sum }
  }

  private func checkLosses(_ group: String, _ recomputing: Bool) throws {
    let tape = fixture.tape(parts.values, mode: .oneShard)
    let (terms, count) = try losses(group, recomputing, on: tape)
    try fixture.compare("\(group)/M", [count])
    for term in terms {
      try fixture.compareLosses("\(group)/\(term.name)", [term.sum / Double(count)])
    }
    try fixture.compareLosses("\(group)/total", [total(terms)])
    let sums = zip(terms[0].perSentence, terms[1].perSentence).map {
      Double(alpha) * $0 + Double(1 - alpha) * $1
    }
    try fixture.compareLosses("\(group)/sentence_sum", sums)
    try fixture.compare(
      "\(group)/sentence_count", try tasks(group).map(\.questions.count))
    let gradients = Slab(count: parts.values.count)
    tape.collected().add(to: gradients)
    try fixture.compare("\(group)/grad", parts.parameters, in: gradients)
  }

  private func checkUpdate() throws {
    // A shift of all scores of a row changes no probability.
    func isNoise(_ name: String) -> Bool { name.hasSuffix("att.k.b") }
    try fixture.checkUpdates(
      "adamw", of: network.layout, from: parts.values, parts.parameters, steps: 1,
      isNoise: isNoise, total: { total(try losses("mask", false, on: $0).terms) })
  }
}
