import Kernels
import Tensors

extension Tape {
  /// The sum of rows of several tables, `y[r] = Σ table[ids[r]]`, such as the vectors of a word and of its position.
  ///
  /// - Parameters:
  ///   - lookups: tables of one width, each with an id for each row.
  ///   - rows: the sentence of each row.
  /// - Precondition: ids lie within their tables.
  public func embeddedSum(_ lookups: [(table: Parameter, ids: [Int])], rows: RowMap) -> Variable {
    let width = lookups[0].table.columns
    let y = variable(pool.zeros(rows.count, width), rows: rows)
    for (table, ids) in lookups {
      let source = values(table)
      precondition(
        ids.count == rows.count && table.columns == width, "\(ids.count) rows of \(table.name)")
      for (r, id) in ids.enumerated() { add(source.row(id), to: y.value.row(r), count: width) }
    }
    record(y) { dy, gradients in
      for (table, ids) in lookups { gradients.addLookups(dy, ids: ids, rows: rows, to: table) }
    }
    return y
  }
}
