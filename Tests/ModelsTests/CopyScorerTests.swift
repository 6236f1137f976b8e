import Autodiff
import Corpora
import Foundation
import Kernels
import Layers
import Tensors
import Testing

@testable import Models

/// The decoder's heads over given encoder outputs.
private struct HeadsAtWork<Model: CopyModel> {
  let tiny: TinyModel<Model>
  let tape: Tape
  let gradients: Slab
  let layout = SequenceLayout(lengths: [5, 3, 1])
  let outputs: Variable

  init(_ options: CopyOptions) {
    tiny = TinyModel<Model>(options)
    gradients = Slab(count: tiny.parameters.count)
    tape = Tape(parameters: tiny.parameters, mode: .oneShard)
    outputs = tape.variable(
      Self.states(layout.rows, on: tape, seed: 0), rows: layout.tokenRows)
  }

  var heads: CopyHeads { tiny.model.network.heads[0] }

  func states(seed: Int) -> Variable {
    tape.variable(
      Self.states(layout.sentences, on: tape, seed: seed), rows: layout.sentenceRows)
  }

  func run(_ steps: [CopyStep]) -> CopyHeadsRun {
    CopyHeadsRun(
      heads, tiny.model.network.options, outputs: outputs, layout: layout, steps: steps, on: tape)
  }

  private static func states(_ rows: Int, on tape: Tape, seed: Int) -> Matrix {
    tape.pool.matrix(rows, 4, (0..<4 * rows).map { Float(sin(Double($0 * 7 + seed * 3 + 1))) })
  }
}

@Suite("Copy scorers and attention")
struct CopyScorerTests {
  /// The distributions over the tokens of each sentence, without NA, of two steps of unequal state.
  private func distributions<Model: CopyModel>(_ type: Model.Type) -> ([[Double]], [[Double]]) {
    let work = HeadsAtWork<Model>(.tiny)
    let run = work.run([.head, .tail])
    func softmax(_ kind: CopyStep, seed: Int) -> [[Double]] {
      let scores = run.scores(kind, hidden: work.states(seed: seed))
      return (0..<3).map { sentence in
        let values = scores.scores(sentence: sentence).dropLast().map { exp(Double($0)) }
        return values.map { $0 / values.reduce(0, +) }
      }
    }
    return (softmax(.head, seed: 1), softmax(.tail, seed: 2))
  }

  @Test("CopyRE cannot tell head from tail; CopyRE' can")
  func degeneracy() {
    let (head, tail) = distributions(CopyRE.self)
    for (a, b) in zip(head.joined(), tail.joined()) { #expect(abs(a - b) <= 1e-6) }
    #expect(head[0].max() ?? 0 > 0.25, "a flat distribution would show nothing")
    let (fusedHead, fusedTail) = distributions(CopyREPrime.self)
    #expect(zip(fusedHead[0], fusedTail[0]).contains { abs($0 - $1) > 0.01 })
  }

  @Test("the context of the linear attention is the same at every step, and that of the formula")
  func constantContext() {
    let work = HeadsAtWork<CopyREPrime>(.tiny)
    let run = work.run([.relation, .head])
    let item = work.tape.variable(
      work.tape.pool.matrix(3, 3, [0.3, -0.2, 0.5, 0.1, 0.7, -0.4, -0.6, 0.2, 0.9]),
      rows: RowMap(sentences: 3))
    for seed in 1...2 {
      let state = work.states(seed: seed)
      let fast = run.combined(item, state: CellState(hidden: state, cell: nil)).value
      let direct = combined(work, item: item.value, state: state.value)
      for (a, b) in zip(fast.elements, direct) { #expect(abs(Double(a) - b) <= 1e-5) }
    }
  }

  /// `Wu [y ; k] + bu` with `k = Σ softmax(va · [h ; H_i] + ba) H_i`, in float64.
  private func combined(
    _ work: HeadsAtWork<CopyREPrime>, item: Matrix, state: Matrix
  ) -> [Double] {
    let slab = work.tiny.parameters
    func rows(_ matrix: Matrix) -> [[Double]] {
      (0..<matrix.rows).map { matrix.rows($0..<$0 + 1).elements.map(Double.init) }
    }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let attention = rows(slab(work.heads.attention.weight))[0]
    let weights = rows(slab(work.heads.combine.weight))
    let bias = work.heads.combine.bias.map { rows(slab($0))[0] } ?? []
    let (outputs, items, states) = (rows(work.outputs.value), rows(item), rows(state))
    return (0..<3).flatMap { sentence in
      let tokens = work.layout.rows(ofSentence: sentence).map { outputs[$0] }
      let scores = tokens.map { exp(product(attention, states[sentence] + $0)) }
      let context = (0..<4).map { k in
        zip(scores, tokens).reduce(0) { $0 + $1.0 * $1.1[k] } / scores.reduce(0, +)
      }
      return zip(weights, bias).map { product($0, items[sentence] + context) + $1 }
    }
  }

  @Test("the factored copy scorer equals the formula over [h ; H_i]", arguments: [true, false])
  func factored(innerSelu: Bool) {
    let options = CopyOptions.tiny.with { $0.copyInnerSelu = innerSelu }
    func result(_ scores: (HeadsAtWork<CopyREPrime>, [Variable]) -> [Logits])
      -> (loss: Double, gradients: [[Float]])
    {
      let work = HeadsAtWork<CopyREPrime>(options)
      let states = [work.states(seed: 1), work.states(seed: 2)]
      let loss = LossTerm("copy", weight: 1, sentences: 3)
      for (step, scores) in scores(work, states).enumerated() {
        work.tape.addCrossEntropy(scores, targets: [4 - step, 3, 0], to: loss)
      }
      loss.gradientScale = 1
      work.tape.collected().add(to: work.gradients)
      let gradients = [work.outputs.gradient] + states.map(\.gradient)
      return (loss.sum, gradients.map(\.elements) + [Array(work.gradients.buffer)])
    }
    let factored = result { work, states in
      let run = work.run([.head, .tail])
      return [run.scores(.head, hidden: states[0]), run.scores(.tail, hidden: states[1])]
    }
    let direct = result { work, states in
      states.map { Self.direct(work, hidden: $0, innerSelu: innerSelu) }
    }
    #expect(abs(factored.loss - direct.loss) <= 1e-5)
    for (a, b) in zip(factored.gradients.joined(), direct.gradients.joined()) {
      #expect(abs(a - b) <= 1e-5)
    }
    #expect(direct.gradients.allSatisfy { $0.contains { abs($0) > 0.01 } })
  }

  /// `wo · selu(Wf selu([h ; H_i]) + bf) + bo`, every pair of state and token by itself.
  private static func direct(
    _ work: HeadsAtWork<CopyREPrime>, hidden: Variable, innerSelu: Bool
  ) -> Logits {
    let (tape, heads) = (work.tape, work.heads)
    let sentences = (0..<work.layout.steps).flatMap { Array(0..<work.layout.active[$0]) }
    let pairs = tape.concatenated(tape.gathered(hidden, rows: sentences), work.outputs)
    let inner = innerSelu ? tape.activated(pairs, .selu) : pairs
    let fused = tape.activated(
      tape.linear(inner, heads.copy.weight, bias: heads.copy.bias), .selu)
    let output = heads.copyOutput ?? heads.na
    return Logits(
      tokens: tape.linear(fused, output.weight, bias: output.bias), na: heads.na(hidden, on: tape),
      layout: work.layout)
  }
}
