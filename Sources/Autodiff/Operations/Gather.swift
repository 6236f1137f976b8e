import Kernels
import Tensors

extension Tape {
  /// `y[r] = x[rows[r]]`, `[rows.count, columns of x]`; a row may occur any number of times.
  ///
  /// - Parameter map: the sentence of each row of `y`, where sentences share rows of `x`; that of the row of `x` when
  ///   `nil`.
  public func gathered(_ x: Variable, rows: [Int], as map: RowMap? = nil) -> Variable {
    let width = x.value.columns
    let y = variable(pool.uninitialized(rows.count, width), rows: map ?? x.rows.gathered(rows))
    for (r, source) in rows.enumerated() {
      y.value.row(r).update(from: x.value.row(source), count: width)
    }
    record(y) { dy, _ in
      for (r, source) in rows.enumerated() {
        add(dy.row(r), to: x.gradient.row(source), count: width)
      }
    }
    return y
  }

  /// `y = [a ; b]`, row by row: `[rows, columns of a + columns of b]`.
  public func concatenated(_ a: Variable, _ b: Variable) -> Variable {
    precondition(a.value.rows == b.value.rows, "\(a.value.rows) rows beside \(b.value.rows)")
    precondition(a.rows.matches(b.rows), "rows of other sentences beside each other")
    let (left, right) = (a.value.columns, b.value.columns)
    let y = variable(pool.uninitialized(a.value.rows, left + right), rows: a.rows)
    y.value.columns(0..<left).assign(a.value)
    y.value.columns(left..<left + right).assign(b.value)
    record(y) { dy, _ in
      for r in 0..<dy.rows {
        add(dy.row(r), to: a.gradient.row(r), count: left)
        add(dy.row(r) + left, to: b.gradient.row(r), count: right)
      }
    }
    return y
  }

  /// The rows `range` of `x`, without a copy.
  public func rows(_ x: Variable, _ range: Range<Int>) -> Variable {
    let y = variable(x.value.rows(range), rows: x.rows.gathered(range))
    record(y) { dy, _ in
      add(dy.pointer, to: x.gradient.rows(range).pointer, count: dy.count)
    }
    return y
  }

  /// Variables of equal width, one below the other: `[sum of rows, width]`.
  public func stacked(_ parts: [Variable]) -> Variable {
    precondition(!parts.isEmpty, "nothing to stack")
    let width = parts[0].value.columns
    precondition(parts.allSatisfy { $0.value.columns == width }, "parts of other widths")
    let map = RowMap.stacked(parts.map(\.rows))
    let y = variable(pool.uninitialized(map.count, width), rows: map)
    var first = 0
    let ranges = parts.map { part in
      defer { first += part.value.rows }
      return first..<first + part.value.rows
    }
    for (part, range) in zip(parts, ranges) { y.value.rows(range).assign(part.value) }
    record(y) { dy, _ in
      for (part, range) in zip(parts, ranges) {
        add(dy.rows(range).pointer, to: part.gradient.pointer, count: part.value.count)
      }
    }
    return y
  }
}
