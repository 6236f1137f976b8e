import Autodiff
import Kernels
import Layers
import Tensors

extension Tape {
  /// `g_i[r] = max_j p_ij[r]`: the probability that token i is the head of relation r with some tail
  /// (RIN/README.md 6.3). The maximum is taken of logits; on ties the first tail wins. Only the winning pairs
  /// have a gradient, and the backward pass computes no others.
  ///
  /// - Returns: `g`, `[tokens, R]`.
  func maxima(_ logits: PairLogits) -> Variable {
    let (layout, count) = (logits.layout, logits.count)
    let g = variable(pool.uninitialized(layout.rows, count), rows: layout.tokenRows)
    g.value.fill(-.infinity)
    // The tails of the largest logits, as numbers; the first one where no logit is a number.
    let winners = pool.zeros(layout.rows, count)
    for sentence in 0..<layout.sentences {
      logits.forEachRun(ofSentence: sentence) { run in
        for head in run.heads {
          let row = run.tokens[head]
          for tail in run.tokens.indices {
            raise(
              g.value.row(row), to: run.scores.row(run.row(head: head, tail: tail)),
              noting: Float(tail), in: winners.row(row), count: count)
          }
        }
      }
    }
    apply(.logistic, to: g.value.pointer, count: g.value.count)
    record(g) { dg, gradients in
      logits.addSlopes(ofMaxima: g.value, winners, dg, to: gradients)
    }
    return g
  }

  /// Adds the binary cross-entropy of all pairs and relations to `loss`, `Σ_ijr log(1 + eˣ) − y x`
  /// (RIN/README.md 6.4). The gradient is computed beside the loss, so that each pair is computed once.
  ///
  /// - Parameter targets: the pairs of each sentence with y = 1, without repeats.
  func addPairLoss(_ logits: PairLogits, targets: [[PairTarget]], to loss: LossTerm) {
    let gradient = isTraining ? PairGradient(logits, on: self) : nil
    let workspace = pool.uninitialized(1, logisticLossWidth)
    for sentence in 0..<logits.layout.sentences {
      var total = 0.0
      logits.forEachRun(ofSentence: sentence) { run in
        let gold = targets[sentence].filter { run.heads.contains($0.head) }
          .map { (row: run.row(head: $0.head, tail: $0.tail), relation: $0.relation) }
        for (row, relation) in gold { total -= Double(run.scores[row, relation]) }
        total += logisticLoss(
          run.scores.pointer, count: run.scores.count, workspace: workspace.pointer)
        guard let gradient else { return }
        for (row, relation) in gold { run.scores[row, relation] -= 1 }
        gradient.add(run, sentence: sentence)
      }
      loss.add(Float(total), sentence: sentence)
    }
    guard let gradient else { return }
    record { gradient.add(times: loss.gradientScale, to: $0) }
  }
}

extension PairLogits {
  /// The backward pass of the maxima, through the winning pairs.
  fileprivate func addSlopes(
    ofMaxima g: Matrix, _ winners: Matrix, _ dg: Matrix, to gradients: DeferredGradients
  ) {
    let (dw, db) = (gradients.sums(for: relations), gradients.sums(for: bias))
    let (du, dv) = (heads.gradient, tails.gradient)
    for sentence in 0..<layout.sentences {
      let tokens = layout.rows(ofSentence: sentence)
      let shard = gradients.shard(ofSentence: sentence)
      for row in tokens {
        let (values, slopes, best) = (g.row(row), dg.row(row), winners.row(row))
        for relation in 0..<count {
          let slope = slopes[relation] * (values[relation] * (1 - values[relation]))
          let tail = tokens[Int(best[relation])]
          addPairSlopes(
            heads.value.row(row), tails.value.row(tail), weight: weight.values.row(relation),
            times: slope, head: du.row(row), tail: dv.row(tail),
            weight: dw[shard].row(relation), width: width)
          db[shard].pointer[relation] += slope
        }
      }
    }
  }
}

/// The gradient of the pair loss, summed while the pairs are there, without the factor of the loss.
private final class PairGradient {
  private let logits: PairLogits
  private let products: Products
  private let shards: [Int]?
  /// Of `u` and `v`, `[tokens, M]`.
  private let heads: Matrix
  private let tails: Matrix
  /// Of `Wr` and `br`, one for each shard.
  private let weights: [Matrix]
  private let biases: [Matrix]
  private let hidden: Matrix
  private let tailsOfSentence: Matrix

  init(_ logits: PairLogits, on tape: Tape) {
    guard case .collecting(let shards, let count) = tape.mode else {
      preconditionFailure("the gradient of a tape that does not collect it")
    }
    let (layout, pool) = (logits.layout, tape.pool)
    (self.logits, products, self.shards) = (logits, tape.products, shards)
    heads = pool.zeros(layout.rows, logits.width)
    tails = pool.zeros(layout.rows, logits.width)
    weights = (0..<count).map { _ in pool.zeros(logits.count, logits.width) }
    biases = (0..<count).map { _ in pool.zeros(1, logits.count) }
    hidden = pool.uninitialized(logits.mostPairs, logits.width)
    tailsOfSentence = pool.uninitialized(layout.steps, logits.width)
  }

  /// Adds the gradient of a run whose scores are those of the logits, `σ(x) − y`.
  func add(_ run: PairLogits.Run, sentence: Int) {
    let (n, shard) = (run.tokens.count, shards?[sentence] ?? 0)
    products.multiply(
      run.scores, run.hidden, transposing: .first, into: weights[shard], adding: true)
    for row in 0..<run.scores.rows {
      Kernels.add(run.scores.row(row), to: biases[shard].pointer, count: logits.count)
    }
    let slopes = hidden.rows(0..<run.scores.rows)
    logits.weight.backward(run.scores, into: slopes)
    let tailSlopes = tailsOfSentence.rows(0..<n)
    tailSlopes.fill(0)
    for head in run.heads {
      let first = run.row(head: head, tail: 0)
      addRectifiedSlopes(
        value: run.hidden.row(first), slopes.row(first), head: heads.row(run.tokens[head]),
        tails: tailSlopes.pointer, rows: n, width: logits.width)
    }
    for (position, row) in run.tokens.enumerated() {
      Kernels.add(tailSlopes.row(position), to: tails.row(row), count: logits.width)
    }
  }

  /// Adds the gradient of all runs with the factor of the loss.
  func add(times factor: Float, to gradients: DeferredGradients) {
    let (dw, db) = (gradients.sums(for: logits.relations), gradients.sums(for: logits.bias))
    for (sum, own) in zip(dw + db, weights + biases) {
      Kernels.add(own.pointer, times: factor, to: sum.pointer, count: sum.count)
    }
    for (variable, own) in [(logits.heads, heads), (logits.tails, tails)] {
      Kernels.add(own.pointer, times: factor, to: variable.gradient.pointer, count: own.count)
    }
  }
}
