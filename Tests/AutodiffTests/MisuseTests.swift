import Autodiff
import Kernels
import Tensors
import Testing

/// A tape with parameters to make mistakes with.
struct Ground {
  private(set) var layout = ParameterLayout()
  let weight: Parameter
  /// As wide as the weight's outputs, and as its inputs.
  let wide: Parameter
  let narrow: Parameter
  let chain: CRFParameters
  let cell: CellParameters
  let tape: Tape
  /// Two sentences, five tokens.
  let packed = SequenceLayout(lengths: [3, 2])
  let loss = LossTerm("loss", weight: 1, sentences: 2)

  init() {
    weight = layout.declare("weight", rows: 4, columns: 3, .zeros)
    wide = layout.declare("wide", columns: 4, .zeros)
    narrow = layout.declare("narrow", columns: 3, .zeros)
    chain = CRFParameters(
      transitions: layout.declare("transitions", rows: 3, columns: 3, .zeros), start: nil, end: nil)
    cell = CellParameters(
      form: .lstm, input: layout.declare("input", rows: 12, columns: 2, .zeros),
      recurrent: layout.declare("recurrent", rows: 12, columns: 3, .zeros),
      bias: layout.declare("bias", columns: 12, .zeros), recurrentBias: nil)
    tape = Tape(parameters: Slab(count: layout.count))
  }

  mutating func declareAgain() { _ = layout.declare("weight", columns: 1, .zeros) }

  func x(_ rows: Int, _ columns: Int) -> Variable {
    tape.variable(tape.pool.zeros(rows, columns), rows: RowMap(sentence: 0, count: rows))
  }

  func score(_ query: Variable, _ keys: Variable, _ weight: Parameter? = nil) {
    _ = tape.additiveScores(
      query: query, keys: keys, weight: weight, bias: nil, function: .tanh, layout: packed)
  }

  /// Steps of a cell that was made for two.
  func step(_ count: Int, hidden: Variable, cell state: Variable?) {
    let unrolled = UnrolledCell(cell, rows: 4, on: tape)
    for _ in 0..<count {
      _ = unrolled.step(x(2, 2), from: CellState(hidden: hidden, cell: state))
    }
  }

  /// Steps of a map that was made for two.
  func map(_ count: Int, _ x: Variable, bias: Parameter? = nil) {
    let map = UnrolledLinear(weight, bias: bias, rows: 4, on: tape)
    for _ in 0..<count { _ = map.step(x) }
  }

  func recur(_ x: Variable) {
    _ = tape.recurrent(x, cell, layout: packed, direction: .forward)
  }

  func choose(_ scores: Logits, _ target: Int, excluding choice: Int? = nil) {
    tape.addCrossEntropy(
      scores, targets: [target, 0], excluding: ExcludedChoices([choice, nil], .removed), to: loss)
  }

  func tag(_ emissions: Variable, _ gold: [[Int]]) {
    tape.addCRFLoss(emissions, chain, gold: gold, layout: packed, to: loss)
  }
}

/// A mistake of a programmer that an operation must not let pass.
struct Misuse: Sendable {
  let name: String
  let commit: @Sendable (inout Ground) -> Void

  init(_ name: String, _ commit: @escaping @Sendable (inout Ground) -> Void) {
    self.name = name
    self.commit = commit
  }

  static let all =
    shapes + decoders + scores + [
      Misuse("a name twice") { $0.declareAgain() },
      Misuse("lengths that rise") { _ in _ = SequenceLayout(lengths: [2, 3]) },
      Misuse("a sentence without tokens") { _ in _ = SequenceLayout(lengths: [2, 0]) },
      Misuse("a slab that is too small") { ground in
        _ = Tape(parameters: Slab(count: 3)).values(ground.weight)
      },
      Misuse("a part of columns as one run") { _ = $0.x(3, 4).value.columns(1..<3).pointer },
      Misuse("a row past the end") { _ = $0.x(3, 4).value.row(3) },
      Misuse("a column past the end") { _ = $0.x(3, 4).value[0, 4] },
      Misuse("too few elements") { _ = $0.tape.pool.matrix(3, 4, [1]) },
    ]

  static let shapes = [
    Misuse("linear: input") { _ = $0.tape.linear($0.x(2, 4), $0.weight) },
    Misuse("linear: columns") { _ = $0.tape.linear($0.x(2, 2), $0.weight, columns: 2..<4) },
    Misuse("linear: bias") { _ = $0.tape.linear($0.x(2, 3), $0.weight, bias: $0.narrow) },
    Misuse("product") { _ = $0.tape.product($0.x(2, 3), $0.x(2, 3)) },
    Misuse("sum") { _ = $0.tape.sum($0.x(2, 3), $0.x(3, 2)) },
    Misuse("biased") { _ = $0.tape.biased($0.x(2, 3), $0.wide) },
    Misuse("multiplied") { _ = $0.tape.multiplied($0.x(2, 3), by: $0.x(3, 2).value) },
    Misuse("concatenated") { _ = $0.tape.concatenated($0.x(2, 3), $0.x(3, 3)) },
    Misuse("gathered") { _ = $0.tape.gathered($0.x(2, 3), rows: [2]) },
    Misuse("embedded") { _ = $0.tape.embedded($0.weight, [4], rows: RowMap([0])) },
    Misuse("embedded: negative id") { _ = $0.tape.embedded($0.weight, [-1], rows: RowMap([0])) },
  ]

  static let decoders = [
    Misuse("recurrent: rows") { $0.recur($0.x(4, 2)) },
    Misuse("recurrent: width") { $0.recur($0.x(5, 3)) },
    Misuse("a third step of two") { $0.step(3, hidden: $0.x(2, 3), cell: $0.x(2, 3)) },
    Misuse("no cell state") { $0.step(1, hidden: $0.x(2, 3), cell: nil) },
    Misuse("width of state") { $0.step(1, hidden: $0.x(2, 2), cell: $0.x(2, 3)) },
    Misuse("a third map of two") { $0.map(3, $0.x(2, 3)) },
    Misuse("input of map") { $0.map(1, $0.x(2, 4)) },
    Misuse("bias of map") { $0.map(1, $0.x(2, 3), bias: $0.narrow) },
  ]

  static let scores = [
    Misuse("additive scores: width") { $0.score($0.x(2, 4), $0.x(5, 3)) },
    Misuse("additive scores: sentences") { $0.score($0.x(3, 3), $0.x(5, 3)) },
    Misuse("additive scores: weight") { $0.score($0.x(2, 3), $0.x(5, 3), $0.wide) },
    Misuse("attended") {
      _ = $0.tape.attended(scores: $0.x(4, 1), values: $0.x(5, 3), layout: $0.packed)
    },
    Misuse("choices: sentences") { _ = Logits(classes: $0.x(2, 3), na: $0.x(3, 1)) },
    Misuse("choices: tokens") {
      _ = Logits(tokens: $0.x(4, 1), na: $0.x(2, 1), layout: $0.packed)
    },
    Misuse("choices: target") { $0.choose(Logits(classes: $0.x(2, 3), na: $0.x(2, 1)), 4) },
    Misuse("choices: excluded") {
      $0.choose(Logits(classes: $0.x(2, 3), na: $0.x(2, 1)), 3, excluding: 4)
    },
    Misuse("CRF: tags") { $0.tag($0.x(5, 2), [[0, 1, 0], [1, 1]]) },
    Misuse("CRF: gold of fewer tokens") { $0.tag($0.x(5, 3), [[0, 1], [1, 1]]) },
    Misuse("CRF: gold of fewer sentences") { $0.tag($0.x(5, 3), [[0, 1, 0]]) },
  ]
}

@Suite("Mistakes of a programmer")
struct MisuseTests {
  @Test(
    "shapes that do not fit, and what else cannot be done, trap", arguments: Misuse.all.indices)
  func traps(_ index: Int) async {
    await #expect(
      processExitsWith: .failure, "\(Misuse.all[index].name)"
    ) { [index = index as Int] in
      var ground = Ground()
      Misuse.all[index].commit(&ground)
    }
  }

  @Test("what fits does not trap")
  func fits() async {
    await #expect(processExitsWith: .success) {
      let ground = Ground()
      ground.step(2, hidden: ground.x(2, 3), cell: ground.x(2, 3))
      ground.map(2, ground.x(2, 3), bias: ground.wide)
      ground.recur(ground.x(5, 2))
      ground.score(ground.x(2, 3), ground.x(5, 3), ground.narrow)
      ground.tag(ground.x(5, 3), [[0, 1, 0], [1, 1]])
      ground.choose(
        Logits(classes: ground.x(2, 3), na: ground.x(2, 1)), 0, excluding: 3)
    }
  }
}
