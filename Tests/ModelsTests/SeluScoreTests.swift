import Autodiff
import Corpora
import Foundation
import Layers
import Tensors
import Testing

@testable import Models

/// CopyRE's TensorFlow form (Copy/README.md 2.1, D21): scores inside selu, biases of relation and
/// NA after it and none elsewhere, the mean in the context, and an LSTM's cell state in the
/// attention.
@Suite("CopyRE with its scores inside selu")
struct SeluScoreTests {
  private let tiny = TinyModel<CopyRE>(.tiny.with { $0.copyreSelu = true })
  private let layout = SequenceLayout(lengths: [4, 2])
  private let tape: Tape
  private let outputs: Variable

  init() {
    tape = Tape(parameters: tiny.parameters)
    outputs = tape.variable(Self.matrix(6, 4, seed: 0, on: tape), rows: layout.tokenRows)
  }

  private static func matrix(_ rows: Int, _ columns: Int, seed: Int, on tape: Tape) -> Matrix {
    tape.pool.matrix(
      rows, columns, (0..<rows * columns).map { Float(sin(Double($0 * 7 + seed * 3 + 1))) })
  }

  private func variable(_ columns: Int, seed: Int) -> Variable {
    tape.variable(Self.matrix(2, columns, seed: seed, on: tape), rows: layout.sentenceRows)
  }

  private func rows(_ matrix: Matrix) -> [[Double]] {
    (0..<matrix.rows).map { matrix.rows($0..<$0 + 1).elements.map(Double.init) }
  }

  private func weights(_ name: String) -> [[Double]] {
    tiny.model.layout.parameters.filter { $0.name == name }.flatMap { rows(tiny.parameters($0)) }
  }

  private func product(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func selu(_ x: Double) -> Double {
    1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x))
  }

  private func run(_ steps: [CopyStep]) -> CopyHeadsRun {
    CopyHeadsRun(
      tiny.model.network.heads[0], tiny.model.network.options, outputs: outputs, layout: layout,
      steps: steps, on: tape)
  }

  @Test("the context is the mean of the weighted outputs, asked for by the cell state")
  func context() {
    let (item, hidden, cell) = (
      variable(3, seed: 1), variable(4, seed: 2), variable(4, seed: 3)
    )
    let combined = run([.relation]).combined(item, state: CellState(hidden: hidden, cell: cell))
    let (tokens, items, cells) = (rows(outputs.value), rows(item.value), rows(cell.value))
    for sentence in 0..<2 {
      let own = layout.rows(ofSentence: sentence).map { tokens[$0] }
      let scores = own.map {
        exp(selu(product(weights("attention.weight")[0], cells[sentence] + $0)))
      }
      let context = (0..<4).map { k in
        zip(scores, own).reduce(0) { $0 + $1.0 * $1.1[k] } / scores.reduce(0, +)
          / Double(own.count)
      }
      for k in 0..<3 {
        let truth =
          product(weights("combine.weight")[k], items[sentence] + context)
          + weights("combine.bias")[0][k]
        #expect(abs(Double(combined.value[sentence, k]) - truth) < 1e-5)
      }
    }
  }

  @Test("scores of relations, NA and tokens")
  func scores() {
    let hidden = variable(4, seed: 4)
    let (states, tokens) = (rows(hidden.value), rows(outputs.value))
    let run = run([.relation, .head])
    let (relation, head) = (
      run.scores(.relation, hidden: hidden), run.scores(.head, hidden: hidden)
    )
    for sentence in 0..<2 {
      let na =
        selu(product(weights("na.weight")[0], states[sentence])) + weights("na.bias")[0][0]
      let relations = weights("relation.weight").enumerated().map { r, row in
        selu(product(row, states[sentence])) + weights("relation.bias")[0][r]
      }
      let copies = layout.rows(ofSentence: sentence).map {
        selu(product(weights("copy.weight")[0], states[sentence] + tokens[$0]))
      }
      for (score, truth) in [(relation, relations + [na]), (head, copies + [na])] {
        let values = score.scores(sentence: sentence)
        #expect(values.count == truth.count)
        for (a, b) in zip(values, truth) { #expect(abs(Double(a) - b) < 1e-5) }
      }
    }
  }
}
