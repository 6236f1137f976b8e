import Autodiff
import Corpora
import Foundation
import Kernels
import Layers
import Models
import Tensors

/// RIN as its equations say it: every layer keeps the hidden layer, the logits and the probabilities of all pairs
/// (Models/RIN/README.md 6.3). The truth for the form that keeps none.
struct NaiveRIN {
  let model: RIN

  func losses(of shard: [RINInput], on tape: Tape) -> [LossTerm] {
    let terms = model.lossTerms(sentences: shard.count)
    let (start, rows) = model.encoded(shard, streams: nil, on: tape)
    let (he, hr) = interacted(start, rows, on: tape)
    for sentence in shard.indices {
      let n = shard[sentence].length
      let logits = logits(hr, rows.rows(ofSentence: sentence), on: tape)
      var targets = [Float](repeating: 0, count: n * n * logits.value.columns)
      for cell in model.targets(of: shard[sentence]) {
        targets[(cell.head * n + cell.tail) * logits.value.columns + cell.relation] = 1
      }
      tape.addBinaryCrossEntropy(logits, targets, sentence: sentence, to: terms[0])
    }
    let tags = shard.map { model.tags(of: $0).values }
    tape.addCrossEntropy(
      rowsOf: model.entities(he, on: tape),
      targets: (0..<rows.steps).flatMap { step in
        (0..<rows.active[step]).map { tags[$0][step] }
      }, to: terms[1])
    return terms
  }

  private func interacted(
    _ start: Variable, _ rows: SequenceLayout, on tape: Tape
  ) -> (Variable, Variable) {
    guard let interaction = model.interaction else { return (start, start) }
    var (shared, he, hr) = (start, start, start)
    for _ in 0..<model.options.layers {
      let tags = tape.softmaxRows(model.entities(he, on: tape))
      let parts = (0..<rows.sentences).map { sentence in
        let tokens = rows.rows(ofSentence: sentence)
        return tape.largestOfTails(
          tape.activated(logits(hr, tokens, on: tape), .logistic), tails: tokens.count)
      }
      // Sentences one below the other, and back to the rows of the layout.
      let order = (0..<rows.sentences).flatMap { rows.rows(ofSentence: $0) }
      let back = order.enumerated().sorted { $0.element < $1.element }.map(\.offset)
      let maxima = tape.gathered(tape.stacked(parts), rows: back)
      func step(_ cell: CellParameters, _ x: Variable) -> Variable {
        UnrolledCell(cell, rows: rows.rows, on: tape)
          .step(x, from: CellState(hidden: shared, cell: nil)).hidden
      }
      (he, hr) = (step(interaction.entities, tags), step(interaction.relations, maxima))
      switch model.options.interaction {
      case .full: shared = tape.sum(tape.sum(shared, he), hr)
      case .withoutER: shared = tape.sum(shared, hr)
      case .withoutRC: shared = tape.sum(shared, he)
      }
    }
    return (he, hr)
  }

  /// `Wr relu(Wm [hr_i ; hr_j] + bm) + br`, `[n², R]`, a row for each pair (i, j).
  private func logits(_ hr: Variable, _ tokens: [Int], on tape: Tape) -> Variable {
    let heads = tokens.flatMap { head in tokens.map { _ in head } }
    let tails = tokens.flatMap { _ in tokens }
    let pairs = tape.concatenated(
      tape.gathered(hr, rows: heads), tape.gathered(hr, rows: tails))
    let (weight, bias) = (model.pairs.hidden.weight, model.pairs.hidden.bias)
    let sums = tape.linear(pairs, weight, columns: 0..<weight.columns, bias: bias)
    return model.pairs.relations(tape.rectified(sums), on: tape)
  }
}

extension Tape {
  fileprivate func rectified(_ x: Variable) -> Variable {
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns), rows: x.rows)
    for i in 0..<y.value.count { y.value.pointer[i] = max(x.value.pointer[i], 0) }
    record(y) { dy, _ in
      for i in 0..<dy.count where x.value.pointer[i] > 0 {
        x.gradient.pointer[i] += dy.pointer[i]
      }
    }
    return y
  }

  /// The largest of each run of `tails` rows, column by column; the first one on ties.
  fileprivate func largestOfTails(_ x: Variable, tails: Int) -> Variable {
    let heads = x.value.rows / tails
    let y = variable(
      pool.uninitialized(heads, x.value.columns),
      rows: x.rows.gathered((0..<heads).map { $0 * tails }))
    let best = (0..<heads).map { head in
      (0..<x.value.columns).map { k in
        (head * tails..<(head + 1) * tails).reduce(head * tails) {
          x.value[$1, k] > x.value[$0, k] ? $1 : $0
        }
      }
    }
    for head in 0..<heads {
      for k in 0..<x.value.columns { y.value[head, k] = x.value[best[head][k], k] }
    }
    record(y) { dy, _ in
      for head in 0..<heads {
        for k in 0..<dy.columns { x.gradient[best[head][k], k] += dy[head, k] }
      }
    }
    return y
  }

  fileprivate func addBinaryCrossEntropy(
    _ x: Variable, _ targets: [Float], sentence: Int, to loss: LossTerm
  ) {
    for (i, target) in targets.enumerated() {
      let value = x.value.pointer[i]
      loss.add(max(value, 0) - value * target + log1p(exp(-abs(value))), sentence: sentence)
    }
    record { _ in
      for (i, target) in targets.enumerated() {
        let probability = 1 / (1 + exp(-x.value.pointer[i]))
        x.gradient.pointer[i] += loss.gradientScale * (probability - target)
      }
    }
  }
}
