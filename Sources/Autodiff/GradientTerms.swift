import Kernels
import Tensors

/// What the gradients of parameters are made of, kept by shard until somebody sums it up: products
/// over many rows then run tile by tile, and the sums of shards meet while they are in cache.
///
/// One object serves one thread while terms are added; afterwards any number of threads read it.
public final class GradientTerms: @unchecked Sendable {
  /// `nil` where all rows are one shard.
  private let rows: ShardRows?
  private let precision: Precision
  private let pool: MatrixPool
  /// By the offset of the parameter, in the order in which they came.
  private var terms: [Int: (parameter: Parameter, terms: [Term])] = [:]

  /// One addend of a parameter's gradient; rows lie shard by shard.
  private enum Term {
    /// `dyᵀ x` in a block of the parameter.
    case product(dy: OrderedRows, x: OrderedRows, outputs: Range<Int>, inputs: Range<Int>)
    /// Row `r` of `dy` belongs to row `ids[r]` of the parameter; `order` has the rows shard by shard.
    case lookups(dy: Matrix, ids: [Int], order: [Int], bounds: [Int])
    /// One matrix a shard, of the parameter's shape.
    case sums([Matrix])

    /// Whether it writes every element of the parameter's gradient.
    func covers(_ parameter: Parameter) -> Bool {
      guard case .product(_, _, let outputs, let inputs) = self else { return false }
      return outputs.count == parameter.rows && inputs.count == parameter.columns
    }
  }

  init(rows: ShardRows?, precision: Precision, pool: MatrixPool) {
    self.rows = rows
    self.precision = precision
    self.pool = pool
  }

  /// Adds `dyᵀ x` to a parameter's gradient.
  ///
  /// - Parameters:
  ///   - dy: `[rows, rows of the parameter]`.
  ///   - x: `[rows, inputs]`.
  ///   - inputs: the columns of the parameter that it belongs to; all of them when `nil`.
  func addProduct(
    _ dy: Matrix, _ x: Matrix, kind: ShardRows.Kind? = nil, to parameter: Parameter,
    inputs: Range<Int>? = nil
  ) {
    precondition(dy.rows == x.rows, "\(dy.rows) and \(x.rows) rows for \(parameter.name)")
    addProduct(
      ordered(dy, as: .outputs, kind: kind), ordered(x, as: .inputs, kind: kind), to: parameter,
      inputs: inputs)
  }

  /// The same of rows that are in order.
  ///
  /// - Parameter outputs: the rows of the parameter, and columns of `dy`, to take; all of them when `nil`.
  func addProduct(
    _ dy: OrderedRows, _ x: OrderedRows, to parameter: Parameter, outputs: Range<Int>? = nil,
    inputs: Range<Int>? = nil
  ) {
    let (outputs, inputs) = (outputs ?? 0..<parameter.rows, inputs ?? 0..<parameter.columns)
    precondition(
      dy.bounds == x.bounds && dy.values.columns == parameter.rows
        && x.values.columns == inputs.count, "product for \(parameter.name)")
    add(.product(dy: dy, x: x, outputs: outputs, inputs: inputs), to: parameter)
  }

  /// Room for the rows of an operand of a product.
  func ordered(
    rows count: Int, columns: Int, as operand: GradientOperand, kind: ShardRows.Kind?
  ) -> OrderedRows {
    let order = order(rows: count, kind)
    let values = pool.uninitialized(
      operand, rows: count, columns: columns, precision: precision)
    return OrderedRows(values, order: order.rows, bounds: order.bounds)
  }

  /// An operand of a product whose rows are all known; the matrix itself where it will do.
  func ordered(_ matrix: Matrix, as operand: GradientOperand, kind: ShardRows.Kind?) -> OrderedRows
  {
    if operand.isPlain(precision) && (rows?.count ?? 1) == 1 {
      return OrderedRows(.float32(matrix), order: nil, bounds: [0, matrix.rows])
    }
    let result = ordered(
      rows: matrix.rows, columns: matrix.columns, as: operand, kind: kind)
    result.set(.float32(matrix), from: 0)
    return result
  }

  /// Adds the sum over the rows of `dy` to the gradient of a vector.
  func addColumnSums(_ dy: Matrix, kind: ShardRows.Kind? = nil, to parameter: Parameter) {
    precondition(dy.columns == parameter.count, "\(dy.columns) sums for \(parameter.name)")
    let sums = sums(for: parameter)
    for (r, shard) in shards(rows: dy.rows, kind).enumerated() {
      Kernels.add(dy.row(r), to: sums[shard].pointer, count: dy.columns)
    }
  }

  /// Adds each row of `dy` to the row of a table that its id names.
  func addLookups(_ dy: Matrix, ids: [Int], to table: Parameter) {
    precondition(dy.rows == ids.count && dy.columns == table.columns, "rows of \(table.name)")
    let order = order(rows: dy.rows, nil)
    add(
      .lookups(dy: dy, ids: ids, order: order.rows ?? Array(0..<dy.rows), bounds: order.bounds),
      to: table)
  }

  /// Zeros for each shard, of the parameter's shape, to add a small parameter's gradient to.
  func sums(for parameter: Parameter) -> [Matrix] {
    let sums = (0..<(rows?.count ?? 1)).map { _ in pool.zeros(parameter.rows, parameter.columns) }
    add(.sums(sums), to: parameter)
    return sums
  }

  /// The shard of a sentence.
  func shard(ofSentence sentence: Int) -> Int { rows?.shards[sentence] ?? 0 }

  /// The shard of each row.
  private func shards(rows count: Int, _ kind: ShardRows.Kind?) -> [Int] {
    guard let rows else { return [Int](repeating: 0, count: count) }
    return rows.shards(of: kind ?? rows.kind(rows: count), rows: count)
  }

  private func add(_ term: Term, to parameter: Parameter) {
    terms[parameter.offset, default: (parameter, [])].terms.append(term)
  }

  /// The rows shard by shard, or `nil` where they are; and where each shard's begin and end.
  private func order(
    rows count: Int, _ kind: ShardRows.Kind?
  ) -> (rows: [Int]?, bounds: [Int]) {
    guard let rows, rows.count > 1 else { return (nil, [0, count]) }
    let order = rows.grouped(kind ?? rows.kind(rows: count), rows: count)
    return (order.rows, order.bounds)
  }
}

extension GradientTerms {
  /// Writes the gradient of some rows of a parameter from one shard; zeros where nothing was added.
  ///
  /// - Parameter tile: `[rows, columns of the parameter]`.
  public func write(_ parameter: Parameter, rows: Range<Int>, shard: Int, into tile: Matrix) {
    let terms = terms[parameter.offset]?.terms ?? []
    let isCovered = terms.first?.covers(parameter) ?? false
    if !isCovered { tile.fill(0) }
    for (index, term) in terms.enumerated() {
      add(term, rows: rows, shard: shard, to: tile, overwriting: index == 0 && isCovered)
    }
  }

  /// Adds the gradients of all parameters to a slab, where all rows are one shard.
  func add(to gradients: Slab) {
    precondition(rows == nil, "gradients of several shards in one slab")
    for (parameter, terms) in terms.values {
      for term in terms {
        add(
          term, rows: 0..<parameter.rows, shard: 0, to: gradients(parameter), overwriting: false)
      }
    }
  }

  private func add(
    _ term: Term, rows: Range<Int>, shard: Int, to tile: Matrix, overwriting: Bool
  ) {
    switch term {
    case .product(let dy, let x, let outputs, let inputs):
      let part = rows.clamped(to: outputs)
      guard !part.isEmpty else { return }
      Weight.gradient(
        of: dy.values, outputs: part, x.values, rows: dy.bounds[shard]..<dy.bounds[shard + 1],
        into: tile.rows(part.lowerBound - rows.lowerBound..<part.upperBound - rows.lowerBound)
          .columns(inputs), adding: !overwriting)
    case .lookups(let dy, let ids, let order, let bounds):
      for r in order[bounds[shard]..<bounds[shard + 1]] where rows.contains(ids[r]) {
        Kernels.add(dy.row(r), to: tile.row(ids[r] - rows.lowerBound), count: dy.columns)
      }
    case .sums(let sums):
      let part = sums[shard].rows(rows)
      Kernels.add(part.pointer, to: tile.pointer, count: part.count)
    }
  }
}
