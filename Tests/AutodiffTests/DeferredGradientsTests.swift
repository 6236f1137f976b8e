import Kernels
import Tensors
import TestSupport
import Testing

@testable import Autodiff

/// Sentences of two graphs' worth of operations, dealt to three shards, one of which has a single one.
private enum Deal {
  static let lengths = [5, 4, 4, 2, 1, 1]
  static let shards = [2, 0, 2, 1, 0, 2]
  static let count = 3
  static let layout = SequenceLayout(lengths: lengths)
  static func sentences(of shard: Int) -> [Int] { shards.indices.filter { shards[$0] == shard } }
}

@Suite("Rows of shards")
struct RowOrderTests {
  /// Straight from the definition: a shard's rows are those that its sentences have, in the order of the
  /// layout that holds them alone.
  private func tokens(of shard: Int) -> [Int] {
    let sentences = Deal.sentences(of: shard)
    return (0..<5).flatMap { position in
      sentences.filter { Deal.lengths[$0] > position }.map {
        Deal.layout.row(sentence: $0, position: position)
      }
    }
  }

  private func order(_ rows: RowMap, starting: [Int] = []) -> RowOrder {
    DeferredGradients(
      shards: Deal.shards, count: Deal.count, products: Products(), pool: MatrixPool()
    ).order(of: rows, starting: starting)
  }

  @Test("tokens, shard by shard")
  func tokens() throws {
    let order = order(Deal.layout.tokenRows)
    #expect(order.places == [0..<5, 5..<7, 7..<17] && order.continued == order.places)
    let rows = try #require(order.rows)
    for shard in 0..<3 { #expect(Array(rows[order.places[shard]]) == tokens(of: shard)) }
    for (place, row) in rows.enumerated() { #expect(order.place(of: row) == place) }
  }

  @Test("sentences of each step of a decoder, shard by shard", arguments: 0...4)
  func sentences(steps: Int) {
    let order = order(
      RowMap.stacked([RowMap](repeating: Deal.layout.sentenceRows, count: steps)))
    #expect(order.places == [0..<2 * steps, 2 * steps..<3 * steps, 3 * steps..<6 * steps])
    for shard in 0..<3 {
      let expected = (0..<steps).flatMap { step in
        Deal.sentences(of: shard).map { step * 6 + $0 }
      }
      #expect(order.places[shard].map { order.rows?[$0] ?? $0 } == expected)
    }
  }

  @Test("rows that start from zeros come first in their shards")
  func starting() {
    let lasts = Deal.lengths.indices.map {
      Deal.layout.row(sentence: $0, position: Deal.lengths[$0] - 1)
    }
    let order = order(Deal.layout.tokenRows, starting: lasts)
    #expect(order.places == [0..<5, 5..<7, 7..<17])
    #expect(order.continued == [2..<5, 6..<7, 10..<17])
    for shard in 0..<3 {
      let (own, starts) = (tokens(of: shard), Set(lasts))
      let rows = order.places[shard].map { order.rows?[$0] ?? $0 }
      #expect(rows == own.filter(starts.contains) + own.filter { !starts.contains($0) })
    }
  }

  @Test("rows that are in order already have no list of places")
  func ordered() {
    let order = RowOrder(shards: [0, 0, 2], count: 3, starting: [0])
    #expect(order.rows == nil && order.places == [0..<2, 2..<2, 2..<3])
    #expect(order.continued == [1..<2, 2..<2, 2..<3] && order.place(of: 2) == 2)
    #expect(RowOrder(shards: [0, 0, 2], count: 3, starting: [1]).rows == [1, 0, 2])
  }

  @Test("a shard without sentences has no rows")
  func empty() {
    let order = DeferredGradients(
      shards: [3, 1], count: 5, products: Products(), pool: MatrixPool()
    ).order(of: SequenceLayout(lengths: [2, 1]).tokenRows)
    #expect(order.places == [0..<0, 0..<1, 1..<1, 1..<3, 3..<3])
    #expect(order.rows == [1, 0, 2])
  }

  /// Operations hand maps on, whatever their rows are: what a model's gradients are kept apart by.
  @Test("variables carry the sentence of each row")
  func maps() {
    let tape = Tape(parameters: Slab(count: 1))
    let pairs = RowMap([2, 0, 0, 1])
    let x = tape.variable(tape.pool.zeros(4, 2), rows: pairs)
    #expect(tape.scaled(x, by: 2).rows === pairs && tape.concatenated(x, x).rows === pairs)
    #expect(tape.gathered(x, rows: [3, 0, 0]).rows.sentences == [1, 2, 2])
    #expect(tape.rows(x, 1..<3).rows.sentences == [0, 0])
    #expect(tape.stacked([x, tape.rows(x, 0..<1)]).rows.sentences == [2, 0, 0, 1, 2])
    #expect(pairs.matches(RowMap([2, 0, 0, 1])) && !pairs.matches(RowMap([2, 0, 1, 1])))
    #expect(RowMap(sentences: 3).sentences == [0, 1, 2])
  }
}

/// A graph that adds every kind of term to parameters: words, a recurrent layer, scores and a chain over
/// them, and a map that a decoder takes twice over the sentences.
private struct Graph {
  let form: CellForm
  let direction: Direction
  let layout: ParameterLayout
  private let words: Parameter
  private let cell: CellParameters
  private let scores: Parameter
  private let bias: Parameter
  private let chain: CRFParameters
  private let map: Parameter
  private let mapBias: Parameter

  init(_ form: CellForm, _ direction: Direction) {
    var layout = ParameterLayout()
    var number = 0
    func declare(_ shape: Shape) -> Parameter {
      number += 1
      return layout.declare("\(number)", rows: shape.rows, columns: shape.columns, .zeros)
    }
    words = declare(Shape(7, 5))
    cell = form.cell(form.shapes(inputs: 5, width: 6).map(declare))
    (scores, bias) = (declare(Shape(3, 6)), declare(Shape(1, 3)))
    chain = CRFParameters(
      transitions: declare(Shape(3, 3)), start: declare(Shape(1, 3)), end: declare(Shape(1, 3)))
    (map, mapBias) = (declare(Shape(4, 9)), declare(Shape(1, 4)))
    self.layout = layout
    (self.form, self.direction) = (form, direction)
  }

  var parameters: Slab {
    let slab = Slab(count: layout.count)
    var numbers = Numbers(seed: 9)
    for i in 0..<slab.count { slab.buffer[i] = numbers.next(0.1...1) }
    return slab
  }

  /// Runs some of the sentences forward; the loss is the chain's and a weighted sum of what the map gives.
  func run(_ sentences: [Int], on tape: Tape) {
    let lengths = sentences.map { Deal.lengths[$0] }
    let layout = SequenceLayout(lengths: lengths)
    let order = (0..<layout.steps).flatMap { position in
      sentences.filter { Deal.lengths[$0] > position }.map { ($0, position) }
    }
    let x = tape.embedded(
      words, order.map { ($0 * 5 + $1 * 3) % 7 }, rows: layout.tokenRows)
    let hidden = tape.recurrent(x, cell, layout: layout, direction: direction).hidden
    let loss = LossTerm("CRF", weight: 1, sentences: sentences.count)
    tape.addCRFLoss(
      tape.linear(hidden, scores, bias: bias), chain,
      gold: sentences.map { s in (0..<Deal.lengths[s]).map { (s + $0 * $0) % 3 } },
      layout: layout, to: loss)
    loss.gradientScale = 0.375
    let first = tape.gathered(
      hidden, rows: sentences.indices.map { layout.row(sentence: $0, position: 0) })
    let unrolled = UnrolledLinear(
      map, columns: 2..<8, bias: mapBias, rows: 2 * sentences.count, on: tape)
    for (step, state) in [first, tape.activated(first, .tanh)].enumerated() {
      let y = unrolled.step(state)
      for (r, sentence) in sentences.enumerated() {
        for c in 0..<4 { y.gradient[r, c] += Float((sentence * 7 + step * 3 + c * 2) % 11 - 5) / 8 }
      }
    }
  }

  /// What a tape collects of some sentences, and the gradient of each of `count` shards.
  func collected(
    _ sentences: [Int], shards: [Int]?, count: Int = 1, tape: Tape, rowsAtATime: Int = .max
  ) -> [[Float]] {
    tape.mode = .collecting(shards: shards, count: count)
    run(sentences, on: tape)
    let terms = tape.collected()
    return (0..<count).map { shard in
      layout.parameters.flatMap { parameter in
        stride(from: 0, to: parameter.rows, by: min(rowsAtATime, parameter.rows)).flatMap {
          let rows = $0..<min($0 + min(rowsAtATime, parameter.rows), parameter.rows)
          let tile = tape.pool.uninitialized(rows.count, parameter.columns)
          tile.fill(.nan)
          terms.write(parameter, rows: rows, shard: shard, into: tile)
          return tile.elements
        }
      }
    }
  }
}

@Suite("Gradients by shard")
struct DeferredGradientsTests {
  private static let cases = CellForm.all.flatMap { form in
    [(form, Direction.forward), (form, .backward)]
  }

  private func tape(_ graph: Graph, _ precision: Precision) -> Tape {
    Tape(weights: WeightStore(graph.parameters, products: Products(precision: precision)))
  }

  @Test(
    "a shard's gradient has the bits that it has alone, tile by tile too", arguments: cases,
    Precision.tested)
  func alone(_ test: (CellForm, Direction), precision: Precision) {
    let graph = Graph(test.0, test.1)
    let together = tape(graph, precision)
    let shards = graph.collected(
      Array(Deal.lengths.indices), shards: Deal.shards, count: Deal.count, tape: together)
    let tiled = graph.collected(
      Array(Deal.lengths.indices), shards: Deal.shards, count: Deal.count, tape: together,
      rowsAtATime: 2)
    #expect(tiled.map(bits) == shards.map(bits))
    for shard in 0..<Deal.count {
      let own = Deal.sentences(of: shard)
      let alone = graph.collected(own, shards: nil, tape: tape(graph, precision))[0]
      #expect(bits(alone) == bits(shards[shard]), "shard \(shard)")
      #expect(alone.contains { $0 != 0 } && alone.allSatisfy(\.isFinite))
    }
  }

  private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

  /// Sums of a gradient have at most 2 · 17 terms, of tokens and of steps, whose own values, at most 16
  /// float32 operations deep in each of five time steps, differ by no more than the order of additions:
  /// each operation by 2⁻²⁴ of the largest magnitude that occurs.
  @Test("the shards' gradients add up to the gradient in the slab", arguments: cases)
  func sum(form: CellForm, direction: Direction) {
    let graph = Graph(form, direction)
    let shards = graph.collected(
      Array(Deal.lengths.indices), shards: Deal.shards, count: Deal.count,
      tape: tape(graph, .float32))
    let gradients = Slab(count: graph.layout.count)
    let plain = Tape(parameters: graph.parameters, mode: .oneShard)
    graph.run(Array(Deal.lengths.indices), on: plain)
    plain.collected().add(to: gradients)
    let size = Double(shards.joined().map(\.magnitude).max() ?? 0)
    let wrong = gradients.buffer.indices.filter { i in
      let sum = shards.reduce(0) { $0 + Double($1[i]) }
      return !(abs(sum - Double(gradients.buffer[i])) <= (34 + 16 * 5) * 0x1p-24 * size)
    }
    #expect(wrong == [] && size > 0.1)
  }

  @Test("a parameter that nothing was added to has zeros")
  func untouched() {
    var layout = ParameterLayout()
    let (used, idle) = (
      layout.declare("used", rows: 2, columns: 3, .zeros),
      layout.declare("idle", rows: 2, columns: 3, .zeros)
    )
    let tape = Tape(parameters: Slab(count: layout.count))
    tape.mode = .oneShard
    let y = tape.embedded(used, [1, 1], rows: RowMap(sentence: 0, count: 2))
    y.gradient.fill(1)
    let terms = tape.collected()
    let tile = tape.pool.uninitialized(2, 3)
    tile.fill(.nan)
    terms.write(idle, rows: 0..<2, shard: 0, into: tile)
    #expect(tile.elements == [0, 0, 0, 0, 0, 0])
    terms.write(used, rows: 0..<2, shard: 0, into: tile)
    #expect(tile.elements == [0, 0, 0, 2, 2, 2])
  }
}
