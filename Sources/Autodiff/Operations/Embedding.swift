import Kernels
import Tensors

extension Tape {
  /// Looks up rows of a table, `y[r] = table[ids[r]]`, `[ids.count, columns of the table]`.
  ///
  /// - Parameters:
  ///   - rows: the sentence of each id.
  ///   - blank: the id that stands for none, if there is one: its vector is zeros and is not learnt.
  /// - Precondition: ids lie within the table.
  public func embedded(
    _ table: Parameter, _ ids: [Int], rows: RowMap, blank: Int? = nil
  ) -> Variable {
    let width = table.columns
    let source = values(table)
    let y = variable(pool.uninitialized(ids.count, width), rows: rows)
    for (r, id) in ids.enumerated() { y.value.row(r).update(from: source.row(id), count: width) }
    let blanks = ids.indices.filter { ids[$0] == blank }
    for r in blanks { y.value.rows(r..<r + 1).fill(0) }
    record(y) { dy, gradients in
      for r in blanks { dy.rows(r..<r + 1).fill(0) }
      gradients.addLookups(dy, ids: ids, rows: rows, to: table)
    }
    return y
  }
}
