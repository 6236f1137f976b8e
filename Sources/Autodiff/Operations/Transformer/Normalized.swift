import Kernels
import Tensors

/// The parameters of a layer normalisation, `γ ⊙ (x − mean) / √(variance + ε) + β`.
public struct NormParameters: Sendable {
  /// `γ`, `[width]`.
  public let gamma: Parameter
  /// `β`, `[width]`.
  public let beta: Parameter
  /// `ε`.
  public let epsilon: Float

  /// Pairs parameters of equal width.
  public init(gamma: Parameter, beta: Parameter, epsilon: Float) {
    precondition(gamma.count == beta.count, "\(gamma.count) scales and \(beta.count) shifts")
    (self.gamma, self.beta, self.epsilon) = (gamma, beta, epsilon)
  }
}

extension Tape {
  /// Layer normalisation of each row.
  public func normalized(_ x: Variable, _ norm: NormParameters) -> Variable {
    let normal = pool.uninitialized(x.value.rows, x.value.columns)
    normal.assign(x.value)
    let y = variable(pool.uninitialized(normal.rows, normal.columns), rows: x.rows)
    let rows = NormalizedRows(normal, norm, on: self)
    for row in 0..<normal.rows { rows.normalize(row, into: y.value) }
    record(y) { dy, gradients in
      rows.backward(dy, rows: x.rows, gradients)
      add(dy.pointer, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `LayerNorm(x + dropout(u Wᵀ + b))`, the end of each half of a transformer's block.
  ///
  /// - Parameters:
  ///   - u: `[rows, in]`.
  ///   - weight: `W`, `[out, in]`.
  ///   - bias: `b`, `[out]`.
  ///   - units: the place of each row in its sentence, for dropout.
  ///   - x: `[rows, out]`.
  public func normalizedSum(
    _ u: Variable, _ weight: Parameter, bias: Parameter, dropout: DropoutMask?, units: [Int],
    onto x: Variable, _ norm: NormParameters
  ) -> Variable {
    let (weights, width) = (self.weight(values(weight)), weight.rows)
    let normal = pool.uninitialized(x.value.rows, width)
    weights.forward(u.value, into: normal)
    let y = variable(pool.uninitialized(normal.rows, width), rows: x.rows)
    let (rows, shift) = (NormalizedRows(normal, norm, on: self), values(bias).pointer)
    let workspace = pool.uninitialized(1, width)
    func drop(_ values: UnsafeMutablePointer<Float>, _ row: Int) {
      dropout?.drop(
        values, width: width, unit: units[row], sentence: x.rows.sentence(of: row),
        workspace: workspace.pointer)
    }
    for row in 0..<normal.rows {
      add(shift, to: normal.row(row), count: width)
      drop(normal.row(row), row)
      add(x.value.row(row), to: normal.row(row), count: width)
      rows.normalize(row, into: y.value)
    }
    record(y) { dy, gradients in
      rows.backward(dy, rows: x.rows, gradients)
      add(dy.pointer, to: x.gradient.pointer, count: dy.count)
      if dropout != nil { for row in 0..<dy.rows { drop(dy.row(row), row) } }
      gradients.addProduct(dy, u.value, rows: x.rows, to: weight)
      gradients.addColumnSums(dy, rows: x.rows, to: bias)
      weights.backward(dy, into: u.gradient, adding: true)
    }
    return y
  }
}

/// Rows of a layer normalisation, which are normalised in place.
private struct NormalizedRows {
  private let values: Matrix
  private let norm: NormParameters
  private let gamma: Matrix
  private let beta: Matrix
  /// `1 / √(variance + ε)` of each row.
  private let scales: Matrix

  init(_ values: Matrix, _ norm: NormParameters, on tape: Tape) {
    precondition(values.columns == norm.gamma.count, "\(norm.gamma.count) for \(values.columns)")
    (self.values, self.norm) = (values, norm)
    (gamma, beta) = (tape.values(norm.gamma), tape.values(norm.beta))
    scales = tape.pool.uninitialized(1, values.rows)
  }

  func normalize(_ row: Int, into y: Matrix) {
    let x = values.row(row)
    scales.pointer[row] = Kernels.normalize(x, epsilon: norm.epsilon, count: values.columns)
    affine(x, times: gamma.pointer, plus: beta.pointer, into: y.row(row), count: values.columns)
  }

  /// Turns the gradient of the outputs into that of the rows before.
  func backward(_ dy: Matrix, rows: RowMap, _ gradients: DeferredGradients) {
    let (dGamma, dBeta) = (gradients.sums(for: norm.gamma), gradients.sums(for: norm.beta))
    let width = values.columns
    for row in 0..<dy.rows {
      let (g, x, shard) = (dy.row(row), values.row(row), gradients.shard(of: rows, row))
      add(g, to: dBeta[shard].pointer, count: width)
      addProduct(g, x, to: dGamma[shard].pointer, count: width)
      multiply(g, by: gamma.pointer, count: width)
      normalizationGradient(g, normalized: x, scale: scales.pointer[row], count: width)
    }
  }
}
