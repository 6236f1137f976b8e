import Autodiff
import Foundation
import Kernels
import Layers
import Randomness
import Tensors
import Testing

@Suite("Layers")
struct LayerTests {
  /// Numbers that no two of are alike.
  private func matrix(_ rows: Int, _ columns: Int, on tape: Tape, _ seed: Int = 0) -> Variable {
    let elements = (0..<rows * columns).map { Float(sin(Double($0 + 100 * seed) * 1.7)) }
    return tape.variable(
      tape.pool.matrix(rows, columns, elements), rows: RowMap(sentence: 0, count: rows))
  }

  private func tape(_ layout: ParameterLayout) -> Tape {
    let slab = Slab(count: layout.count)
    slab.initialize(layout, seed: 1)
    return Tape(parameters: slab)
  }

  @Test(
    "a sentence is encoded alone as in a batch of longer and shorter ones",
    arguments: [CellForm.lstm, .peephole, .fullPeephole, .gruResetAfter, .gruResetBefore],
    EncoderMerge.allCases)
  func encoder(form: CellForm, merge: EncoderMerge) {
    var layout = ParameterLayout()
    let encoder = BidirectionalEncoder(
      "encoder", form, inputs: 3, width: 4, merge: merge, in: &layout)
    let tape = tape(layout)
    let batch = SequenceLayout(lengths: [6, 4, 4, 1])
    let x = matrix(batch.rows, 3, on: tape)
    let together = encoder(x, layout: batch, on: tape)
    #expect(together.outputs.value.columns == (merge == .average ? 4 : 8))
    #expect(together.outputs.value.columns == encoder.outputWidth)
    for sentence in 0..<batch.sentences {
      let rows = batch.rows(ofSentence: sentence)
      let alone = encoder(
        tape.gathered(x, rows: rows), layout: SequenceLayout(lengths: [rows.count]), on: tape)
      func expectEqual(_ a: Variable?, _ b: Variable?, rows: [Int]) {
        guard let a, let b else { return #expect(a == nil && b == nil) }
        let expected = rows.flatMap { b.value.rows($0..<$0 + 1).elements }
        for (x, y) in zip(a.value.elements, expected) { #expect(abs(x - y) <= 1e-6) }
      }
      expectEqual(alone.outputs, together.outputs, rows: rows)
      expectEqual(alone.final.hidden, together.final.hidden, rows: [sentence])
      expectEqual(alone.final.cell, together.final.cell, rows: [sentence])
    }
    #expect((together.final.cell != nil) == form.hasCellState)
  }

  /// Forward states come before backward ones; the last states are those after the last token and
  /// after the first one.
  @Test("outputs and last states are made of both directions' states")
  func merging() {
    var (average, concatenate) = (ParameterLayout(), ParameterLayout())
    func encoder(_ merge: EncoderMerge, _ layout: inout ParameterLayout) -> BidirectionalEncoder {
      BidirectionalEncoder("e", .lstm, inputs: 3, width: 2, merge: merge, in: &layout)
    }
    let (a, c) = (encoder(.average, &average), encoder(.concatenate, &concatenate))
    let tape = tape(average)
    let packed = SequenceLayout(lengths: [3, 2])
    let x = matrix(5, 3, on: tape)
    let forward = tape.recurrent(x, a.forward, layout: packed, direction: .forward)
    let backward = tape.recurrent(x, a.backward, layout: packed, direction: .backward)
    let (averaged, joined) = (a(x, layout: packed, on: tape), c(x, layout: packed, on: tape))
    for row in 0..<5 {
      for k in 0..<2 {
        let (f, b) = (forward.hidden.value[row, k], backward.hidden.value[row, k])
        #expect(averaged.outputs.value[row, k] == (f + b) / 2)
        #expect(joined.outputs.value[row, k] == f && joined.outputs.value[row, k + 2] == b)
      }
    }
    for (sentence, last) in [4, 3].enumerated() {
      for k in 0..<2 {
        let h = (forward.hidden.value[last, k] + backward.hidden.value[sentence, k]) / 2
        #expect(averaged.final.hidden.value[sentence, k] == h)
        #expect(joined.final.hidden.value[sentence, k] == h)
        let (f, b) = (forward.cell?.value[last, k] ?? 0, backward.cell?.value[sentence, k] ?? 0)
        #expect(averaged.final.cell?.value[sentence, k] == (f + b) / 2)
      }
    }
  }

  @Test("the halves of a split map add up to the map of both vectors end to end")
  func split() {
    var layout = ParameterLayout()
    let map = SplitLinear("map", left: 2, right: 3, outputs: 4, in: &layout)
    let tape = tape(layout)
    let (a, b) = (matrix(5, 2, on: tape, 1), matrix(5, 3, on: tape, 2))
    let whole = tape.linear(tape.concatenated(a, b), map.weight, bias: map.bias).value.elements
    let left = map.unrolledLeft(rows: 5, on: tape).step(a)
    let rights = [
      map.right(b, on: tape), map.unrolledRight(rows: 5, on: tape).step(b),
    ]
    for right in rights {
      for (x, y) in zip(tape.sum(left, right).value.elements, whole) { #expect(abs(x - y) < 1e-6) }
    }
    let bias = map.bias.map { tape.values($0).elements } ?? []
    let withoutBias = map.rightWithoutBias(b, on: tape).value.elements
    for (i, value) in withoutBias.enumerated() {
      #expect(abs(value + bias[i % 4] - rights[0].value.elements[i]) < 1e-6)
    }
  }

  @Test("a table with an id for none starts it as zeros, gives zeros for it and does not learn it")
  func blank() {
    var layout = ParameterLayout()
    let table = Embedding("table", names: 2, width: 3, start: .normal(deviation: 1), in: &layout)
    let tape = tape(layout)
    #expect(tape.values(table.table).elements.prefix(3).allSatisfy { $0 == 0 })
    #expect(tape.values(table.table).elements.dropFirst(3).allSatisfy { $0 != 0 })
    tape.values(table.table).fill(7)
    let y = table([0, 2, 0, 1], rows: RowMap(sentence: 0, count: 4), on: tape)
    let zeros = [Float](repeating: 0, count: 3)
    let sevens = [Float](repeating: 7, count: 3)
    #expect(y.value.elements == zeros + sevens + zeros + sevens)
  }

  @Test("a linear map is the same at once and step by step")
  func unrolled() {
    var layout = ParameterLayout()
    let map = Linear("map", inputs: 3, outputs: 2, in: &layout)
    let tape = tape(layout)
    let steps = map.unrolled(rows: 8, on: tape)
    for seed in 1...2 {
      let x = matrix(4, 3, on: tape, seed)
      #expect(steps.step(x).value.elements == map(x, on: tape).value.elements)
    }
  }
}

@Suite("Dropout")
struct DropoutTests {
  /// The factors of each sentence, as `[sentence][position · width + k]`.
  private func factors(
    _ probability: Float, lengths: [Int], examples: [Int], width: Int = 8, epoch: Int = 0
  ) -> [[Float]] {
    let tape = Tape(parameters: Slab(count: 0))
    let layout = SequenceLayout(lengths: lengths)
    let ones = [Float](repeating: 1, count: layout.rows * width)
    let streams = examples.map {
      CounterRandom(seed: 3, purpose: "dropout", epoch: epoch, example: $0)
    }
    let y = Dropout(probability)(
      tape.variable(tape.pool.matrix(layout.rows, width, ones), rows: layout.tokenRows),
      units: layout.packed { $1 }, streams: streams,
      on: tape)
    return lengths.indices.map { sentence in
      layout.rows(ofSentence: sentence).flatMap { y.value.rows($0..<$0 + 1).elements }
    }
  }

  @Test("a sentence's mask does not depend on its batch or its place in it")
  func composition() {
    let batch = factors(0.4, lengths: [9, 6, 6, 2], examples: [4, 7, 1, 9])
    #expect(factors(0.4, lengths: [6], examples: [7])[0] == batch[1])
    #expect(factors(0.4, lengths: [20, 6, 2], examples: [5, 1, 9]).dropFirst() == batch[2...])
    #expect(batch[1] != batch[2], "another sentence has another mask")
    #expect(factors(0.4, lengths: [6], examples: [7], epoch: 1)[0] != batch[1])
  }

  @Test("kept elements are scaled so that the mean stays", arguments: [Float(0.1), 0.5, 0.9])
  func mean(probability: Float) {
    let factors = factors(probability, lengths: [400], examples: [2], width: 100)[0]
    let dropped = Double(factors.filter { $0 == 0 }.count) / 40_000
    let kept = Set(factors).subtracting([0])
    #expect(kept == [1 / (1 - probability)])
    // The share's deviation is 2.5·10⁻³ at most.
    #expect(abs(dropped - Double(probability)) < 0.01)
  }

  @Test("nothing is dropped at probability 0")
  func none() {
    #expect(factors(0, lengths: [3], examples: [0])[0].allSatisfy { $0 == 1 })
  }

  @Test("a probability of 1 or more, or below 0, is a mistake of the caller")
  func misuse() async {
    await #expect(processExitsWith: .failure) { _ = Dropout(1) }
    await #expect(processExitsWith: .failure) { _ = Dropout(-0.1) }
    await #expect(processExitsWith: .failure) { _ = Dropout(.nan) }
  }
}

@Suite("Characters of words")
struct CharacterConvolutionTests {
  @Test(
    "a word's vector is the largest value of the convolution, behind its function",
    arguments: [(1, Activation.relu), (2, .tanh)])
  func direct(_ margin: Int, _ function: Activation) {
    var layout = ParameterLayout()
    let convolution = CharacterConvolution(
      "c", ids: 6, width: 3, filters: 4, margin: margin, function: function,
      start: .normal(deviation: 1), in: &layout)
    let values = Slab(count: layout.count)
    values.initialize(layout, seed: 2)
    let words = [[1, 2, 3], [4], [1, 2, 3], [5, 5], [2, 1, 4, 3, 1]]
    let map = RowMap([0, 1, 1, 0, 2])
    for mode in [Tape.Mode.inference, .collecting(shards: [0, 1, 0], count: 2)] {
      let tape = Tape(parameters: values, mode: mode)
      let y = convolution(words, rows: map, on: tape)
      #expect(y.rows.sentences == map.sentences)
      for (row, word) in words.enumerated() {
        for filter in 0..<4 {
          let largest = largest(word, filter, margin, convolution, values)
          let direct = function == .relu ? max(0, largest) : tanhf(largest)
          #expect(abs(y.value[row, filter] - direct) <= 1e-5)
        }
      }
    }
  }

  private func largest(
    _ word: [Int], _ filter: Int, _ margin: Int, _ layer: CharacterConvolution, _ values: Slab
  ) -> Float {
    let (table, weight) = (values(layer.table.table), values(layer.weight))
    let sums = (1 - margin..<word.count + margin - 1).map { position in
      (0..<3).reduce(values(layer.bias)[0, filter]) { sum, place in
        let neighbour = position + place - 1
        guard word.indices.contains(neighbour) else { return sum }
        return (0..<3).reduce(sum) {
          $0 + weight[filter, 3 * place + $1] * table[word[neighbour], $1]
        }
      }
    }
    return sums.max() ?? .nan
  }

  @Test("sentences of one shard share a word's vector, those of two do not")
  func shards() {
    var layout = ParameterLayout()
    let convolution = CharacterConvolution(
      "c", ids: 4, width: 2, filters: 3, margin: 1, function: .relu, start: .normal(deviation: 1),
      in: &layout)
    let values = Slab(count: layout.count)
    values.initialize(layout, seed: 2)
    func gradient(_ words: [[Int]], _ map: RowMap, _ mode: Tape.Mode, shard: Int) -> [Float] {
      let tape = Tape(parameters: values, mode: mode)
      let y = convolution(words, rows: map, on: tape)
      for i in 0..<y.value.count { y.gradient.pointer[i] = Float(i % 5) - 2 }
      let gradients = tape.collected()
      return layout.parameters.flatMap { parameter in
        let tile = tape.pool.uninitialized(parameter.rows, parameter.columns)
        gradients.write(parameter, rows: 0..<parameter.rows, shard: shard, into: tile)
        return tile.elements
      }
    }
    let both = Tape.Mode.collecting(shards: [0, 1], count: 2)
    // The gradients of five rows of three filters are those of the next five.
    let words = [[1, 2], [3, 1, 1], [3, 3], [2], [1, 2]]
    let alone = gradient(words, RowMap(sentence: 0, count: 5), .oneShard, shard: 0)
    #expect(alone.contains { $0 != 0 })
    let pair = RowMap([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    for shard in 0..<2 { #expect(gradient(words + words, pair, both, shard: shard) == alone) }
  }
}
