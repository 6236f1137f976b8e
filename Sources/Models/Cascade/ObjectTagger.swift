import Autodiff
import Corpora
import Kernels
import Layers
import Tensors

/// The tagger of objects, given a subject `[u, v]`: `z_i = relu(Wt H_i + Wc [H_u ; H_v] + bt + P[δ_i])` for each token
/// i, and `Wo z_i + bo`, a logit of each relation for the start of an object, then one for its end
/// (Cascade/README.md 15.3).
package struct ObjectTagger: Sendable {
  /// `Wt`, `[c, d]`, and `bt`.
  package let token: Linear
  /// `Wc`, `[c, 2d]`.
  package let subject: Linear
  /// `P`, `[2 · limit + 1, c]`.
  package let positions: Parameter
  /// `Wo`, `[2R, c]`, and `bo`.
  package let relations: Linear

  init(
    _ name: String, inputs: Int, width: Int, limit: Int, relations: Int,
    in layout: inout ParameterLayout
  ) {
    token = Linear("\(name).token", inputs: inputs, outputs: width, in: &layout)
    subject = Linear(
      "\(name).subject", inputs: 2 * inputs, outputs: width, bias: false, in: &layout)
    positions = layout.declare(
      "\(name).position", rows: 2 * limit + 1, columns: width, .normal(deviation: 0.1))
    self.relations = Linear(
      "\(name).relation", inputs: width, outputs: 2 * relations, biasStart: -5, in: &layout)
  }

  /// `Wc [H_u ; H_v]` of some subjects, `[subjects, c]`.
  ///
  /// - Parameter features: `H`, `[tokens, d]`.
  func conditions(
    _ features: Variable, _ subjects: [PlacedSubject], _ layout: SequenceLayout, on tape: Tape
  ) -> Variable {
    func tokens(_ position: (PlacedSubject) -> Int) -> Variable {
      tape.gathered(
        features,
        rows: subjects.map { layout.row(sentence: $0.sentence, position: position($0)) })
    }
    return subject(tape.concatenated(tokens(\.span.start), tokens(\.span.end)), on: tape)
  }

  /// `z`, `[rows, c]`.
  ///
  /// - Parameters:
  ///   - tokens: `Wt H + bt`, `[tokens, c]`.
  ///   - conditions: `Wc [H_u ; H_v]`, `[subjects, c]`.
  func hidden(
    _ tokens: Variable, _ conditions: Variable, _ rows: SubjectRows, on tape: Tape
  ) -> Variable {
    let width = tokens.value.columns
    let table = tape.values(positions)
    let z = tape.variable(tape.pool.uninitialized(rows.count, width), rows: rows.map)
    for row in 0..<rows.count {
      rectifiedSum(
        tokens.value.row(rows.tokens[row]), conditions.value.row(rows.subjects[row]),
        table.row(rows.positions[row]), into: z.value.row(row), width: width)
    }
    tape.record(z) { [positions] dz, gradients in
      let dp = gradients.sums(for: positions)
      let (dt, dc) = (tokens.gradient, conditions.gradient)
      for row in 0..<rows.count {
        let shard = gradients.shard(of: rows.map, row)
        addRectifiedSlopes(
          value: z.value.row(row), dz.row(row), to: dt.row(rows.tokens[row]),
          dc.row(rows.subjects[row]), dp[shard].row(rows.positions[row]), width: width)
      }
    }
    return z
  }
}

extension Tape {
  /// Adds `log σ(e)` of a token's start to the logits of all objects that start there, and likewise for ends, so that an
  /// object starts and ends where an entity does.
  ///
  /// - Parameters:
  ///   - logits: `[rows, 2R]`, starts before ends.
  ///   - entities: `e`, `[tokens, 2]`.
  ///   - tokens: the row of `entities` of each row of `logits`.
  func gated(_ logits: Variable, by entities: Variable, tokens: [Int]) -> Variable {
    let relations = logits.value.columns / 2
    let y = variable(pool.uninitialized(logits.value.rows, 2 * relations), rows: logits.rows)
    y.value.assign(logits.value)
    for (row, token) in tokens.enumerated() {
      for end in 0..<2 {
        let gate = logSigmoid(entities.value[token, end])
        for relation in 0..<relations { y.value[row, end * relations + relation] += gate }
      }
    }
    record(y) { dy, _ in
      add(dy.pointer, to: logits.gradient.pointer, count: dy.count)
      for (row, token) in tokens.enumerated() {
        for end in 0..<2 {
          let slope = Kernels.sum(dy.row(row) + end * relations, count: relations)
          entities.gradient[token, end] += slope * logistic(-entities.value[token, end])
        }
      }
    }
    return y
  }
}
