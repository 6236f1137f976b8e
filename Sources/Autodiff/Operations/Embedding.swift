import Kernels
import Tensors

extension Tape {
  /// Looks up rows of a table, `y[r] = table[ids[r]]`, `[ids.count, columns of the table]`.
  ///
  /// - Parameter rows: the sentence of each id.
  /// - Precondition: ids lie within the table.
  public func embedded(_ table: Parameter, _ ids: [Int], rows: RowMap) -> Variable {
    let width = table.columns
    let source = values(table)
    let y = variable(pool.uninitialized(ids.count, width), rows: rows)
    for (r, id) in ids.enumerated() { y.value.row(r).update(from: source.row(id), count: width) }
    record(y) { dy, gradients in gradients.addLookups(dy, ids: ids, rows: rows, to: table) }
    return y
  }
}
