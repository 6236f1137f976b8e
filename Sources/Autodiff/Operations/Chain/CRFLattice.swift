import Kernels
import Tensors

/// The forward scores `a`, the backward scores `b` and `log Z` of a batch of sentences.
struct CRFLattice {
  private let layout: SequenceLayout
  private let transitions: Matrix
  private let forward: TagPlanes
  private let backward: TagPlanes
  /// `φ + b`: the scores of a tag and of all continuations.
  private let onward: TagPlanes
  private let partitions: Matrix
  /// One number for each sentence.
  private let workspace: Matrix

  /// - Parameter emissions: `φ`, `[tokens, L]`, in the rows of `layout`.
  init(_ emissions: Matrix, _ parameters: CRFParameters, layout: SequenceLayout, tape: Tape) {
    func planes() -> TagPlanes { TagPlanes(layout, tags: parameters.tags, pool: tape.pool) }
    func scores(_ parameter: Parameter?) -> Matrix {
      parameter.map { tape.values($0) } ?? tape.pool.zeros(1, parameters.tags)
    }
    self.layout = layout
    transitions = tape.values(parameters.transitions)
    (forward, backward, onward) = (planes(), planes(), planes())
    partitions = tape.pool.uninitialized(1, layout.sentences)
    workspace = tape.pool.uninitialized(1, layout.sentences)
    let phi = planes()
    phi.assign(emissions)
    runForward(phi, start: scores(parameters.start))
    runBackward(phi, end: scores(parameters.end))
  }

  /// `log Z` of each sentence.
  var logPartition: UnsafeMutablePointer<Float> { partitions.row(0) }

  private var tags: Int { transitions.columns }

  /// `a_i[j] = φ_i[j] + log Σₖ exp(a_{i−1}[k] + A[k, j])`.
  private func runForward(_ phi: TagPlanes, start: Matrix) {
    for step in 0..<layout.steps {
      let count = layout.active[step]
      for tag in 0..<tags {
        let scores = forward.row(step, tag)
        if step == 0 {
          scores.update(repeating: start[0, tag], count: count)
        } else {
          logSumExp(
            forward.row(step - 1, 0), rows: tags, stride: layout.active[step - 1],
            adding: transitions.row(0) + tag, step: transitions.stride, into: scores,
            largest: workspace.row(0), count: count)
        }
        add(phi.row(step, tag), to: scores, count: count)
      }
    }
  }

  /// `b_i[k] = log Σⱼ exp(A[k, j] + φ_{i+1}[j] + b_{i+1}[j])`, and `log Z` at the last token of a sentence.
  private func runBackward(_ phi: TagPlanes, end: Matrix) {
    for step in (0..<layout.steps).reversed() {
      let (count, next) = (layout.active[step], layout.active(after: step))
      for tag in 0..<tags {
        let scores = backward.row(step, tag)
        (scores + next).update(repeating: end[0, tag], count: count - next)
        if next > 0 {
          logSumExp(
            onward.row(step + 1, 0), rows: tags, stride: next,
            adding: transitions.row(tag), step: 1, into: scores, largest: workspace.row(0),
            count: next)
        }
        add(phi.row(step, tag), scores, into: onward.row(step, tag), count: count)
      }
      logSumExp(
        forward.row(step, 0) + next, rows: tags, stride: count, adding: end.row(0), step: 1,
        into: logPartition + next, largest: workspace.row(0), count: count - next)
    }
  }

  /// Adds `scale · (marginals − gold counts)` to the gradients of emissions and parameters.
  func addGradient(gold: [[Int]], scale: Float, emissions: Matrix, sums: CRFSums) {
    let probabilities = workspace.row(0)
    for step in 0..<layout.steps {
      let (count, next) = (layout.active[step], layout.active(after: step))
      let first = layout.rows(at: step).lowerBound
      for tag in 0..<tags {
        exponentials(
          forward.row(step, tag), plus: backward.row(step, tag), plus: 0, minus: logPartition,
          into: probabilities, count: count)
        for sentence in 0..<count {
          let d = scale * (probabilities[sentence] - (gold[sentence][step] == tag ? 1 : 0))
          emissions.row(first + sentence)[tag] += d
          if step == 0 { sums.addStart(d, tag, sentence: sentence) }
          if sentence >= next { sums.addEnd(d, tag, sentence: sentence) }
        }
      }
      if step > 0 { addTransitions(at: step, gold: gold, scale: scale, sums) }
    }
  }

  private func addTransitions(at step: Int, gold: [[Int]], scale: Float, _ sums: CRFSums) {
    let (probabilities, count) = (workspace.row(0), layout.active[step])
    for from in 0..<tags {
      for to in 0..<tags {
        exponentials(
          forward.row(step - 1, from), plus: onward.row(step, to), plus: transitions[from, to],
          minus: logPartition, into: probabilities, count: count)
        for sentence in 0..<count {
          sums.addTransition(scale * probabilities[sentence], from, to, sentence: sentence)
        }
      }
    }
    for sentence in 0..<count {
      let tags = gold[sentence]
      sums.addTransition(-scale, tags[step - 1], tags[step], sentence: sentence)
    }
  }
}

/// A number for each tag of each token, `[step][tag][sentence]`: the innermost loops run over sentences.
/// A time step holds the sentences with a token at that step.
private struct TagPlanes {
  private let layout: SequenceLayout
  private let values: Matrix

  init(_ layout: SequenceLayout, tags: Int, pool: MatrixPool) {
    self.layout = layout
    values = pool.uninitialized(layout.rows, tags)
  }

  /// The numbers of one tag at one time step, one for each sentence.
  func row(_ step: Int, _ tag: Int) -> UnsafeMutablePointer<Float> {
    values.row(layout.rows(at: step).lowerBound) + tag * layout.active[step]
  }

  /// Copies from a matrix `[tokens, L]`.
  func assign(_ tokens: Matrix) {
    for step in 0..<layout.steps {
      let first = layout.rows(at: step).lowerBound
      for tag in 0..<tokens.columns {
        let target = row(step, tag)
        for sentence in 0..<layout.active[step] {
          target[sentence] = tokens.row(first + sentence)[tag]
        }
      }
    }
  }
}

/// The gradients of a chain's parameters, separate for each shard.
struct CRFSums {
  private let shards: [Int]
  private let transitions: [Matrix]
  private let start: [Matrix]?
  private let end: [Matrix]?

  /// - Parameter rows: the sentence of each token, first tokens first.
  init(
    _ parameters: CRFParameters, of gradients: DeferredGradients, rows: RowMap, sentences: Int
  ) {
    shards = (0..<sentences).map { gradients.shard(of: rows, $0) }
    transitions = gradients.sums(for: parameters.transitions)
    start = parameters.start.map { gradients.sums(for: $0) }
    end = parameters.end.map { gradients.sums(for: $0) }
  }

  func addTransition(_ d: Float, _ from: Int, _ to: Int, sentence: Int) {
    transitions[shards[sentence]].row(from)[to] += d
  }

  func addStart(_ d: Float, _ tag: Int, sentence: Int) { start?[shards[sentence]].row(0)[tag] += d }

  func addEnd(_ d: Float, _ tag: Int, sentence: Int) { end?[shards[sentence]].row(0)[tag] += d }
}
