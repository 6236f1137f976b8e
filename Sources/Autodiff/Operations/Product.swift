import Kernels
import Tensors

extension Tape {
  /// `y = A B`, or `y = A Bᵀ`, of two variables, such as queries and keys of one sentence.
  ///
  /// - Parameters:
  ///   - a: `[m, k]`.
  ///   - b: `[k, n]`, or `[n, k]` where it is transposed.
  /// - Returns: `[m, n]`; the rows are those of `a`.
  public func product(
    _ a: Variable, _ b: Variable, transposingSecond isTransposed: Bool = false
  ) -> Variable {
    let columns = isTransposed ? b.value.rows : b.value.columns
    let y = variable(pool.uninitialized(a.value.rows, columns), rows: a.rows)
    let products = products
    products.multiply(
      a.value, b.value, transposing: isTransposed ? .second : .neither, into: y.value)
    record(y) { dy, _ in
      products.multiply(
        dy, b.value, transposing: isTransposed ? .neither : .second, into: a.gradient, adding: true)
      if isTransposed {
        products.multiply(dy, a.value, transposing: .first, into: b.gradient, adding: true)
      } else {
        products.multiply(a.value, dy, transposing: .first, into: b.gradient, adding: true)
      }
    }
    return y
  }
}
