import Kernels
import Tensors

/// What the gradients of parameters are made of, kept by shard until somebody sums it up: products
/// over many rows then run tile by tile, and the sums of shards meet while they are in cache.
///
/// One object serves one thread while terms are added; afterwards any number of threads read it.
public final class DeferredGradients: @unchecked Sendable {
  /// `nil` where all rows are one shard.
  private let rows: ShardRows?
  private let precision: Precision
  private let pool: MatrixPool
  /// By the offset of the parameter, in the order in which they came.
  private var terms: [Int: (parameter: Parameter, terms: [Term])] = [:]

  /// One addend of a parameter's gradient; rows lie shard by shard.
  private enum Term {
    /// `dyᵀ x` in a block of the parameter, over some rows of each shard.
    case product(
      dy: ProductRows, x: ProductRows, rows: [Range<Int>], outputs: Range<Int>, inputs: Range<Int>)
    /// Row `r` of `dy` belongs to row `ids[r]` of the parameter.
    case lookups(dy: Matrix, ids: [Int], order: RowOrder)
    /// One matrix a shard, of the parameter's shape.
    case sums([Matrix])

    /// Whether it writes every element of the parameter's gradient.
    func covers(_ parameter: Parameter) -> Bool {
      guard case .product(_, _, _, let outputs, let inputs) = self else { return false }
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
    let order = order(rows: dy.rows, kind)
    addProduct(
      ordered(dy, as: .outputs, order), ordered(x, as: .inputs, order), to: parameter,
      inputs: inputs)
  }

  /// The same of rows that are in order.
  ///
  /// - Parameters:
  ///   - rows: the places of each shard's rows to sum over; all of them when `nil`.
  ///   - outputs: the rows of the parameter, and columns of `dy`, to take; all of them when `nil`.
  func addProduct(
    _ dy: OrderedRows, _ x: OrderedRows, rows: [Range<Int>]? = nil, to parameter: Parameter,
    outputs: Range<Int>? = nil, inputs: Range<Int>? = nil
  ) {
    let (outputs, inputs) = (outputs ?? 0..<parameter.rows, inputs ?? 0..<parameter.columns)
    precondition(
      dy.order == x.order && dy.values.columns == parameter.rows
        && x.values.columns == inputs.count, "product for \(parameter.name)")
    add(
      .product(
        dy: dy.values, x: x.values, rows: rows ?? dy.order.places, outputs: outputs,
        inputs: inputs),
      to: parameter)
  }

  /// Room for the rows of an operand of a product.
  func ordered(columns: Int, as operand: GradientOperand, _ order: RowOrder) -> OrderedRows {
    OrderedRows(
      pool.uninitialized(operand, rows: order.count, columns: columns, precision: precision), order)
  }

  /// An operand of a product whose rows are all known; the matrix itself where it will do.
  func ordered(_ matrix: Matrix, as operand: GradientOperand, _ order: RowOrder) -> OrderedRows {
    if operand.isPlain(precision) && order.rows == nil {
      return OrderedRows(.float32(matrix), order)
    }
    let result = ordered(columns: matrix.columns, as: operand, order)
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
    add(.lookups(dy: dy, ids: ids, order: order(rows: dy.rows, nil)), to: table)
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

  /// The order of the rows of a matrix.
  ///
  /// - Parameter starting: those of the rows that start from zero states.
  func order(rows count: Int, _ kind: ShardRows.Kind?, starting: [Int] = []) -> RowOrder {
    RowOrder(shards: shards(rows: count, kind), count: rows?.count ?? 1, starting: starting)
  }
}

extension DeferredGradients {
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
    case .product(let dy, let x, let summed, let outputs, let inputs):
      let part = rows.clamped(to: outputs)
      guard !part.isEmpty else { return }
      Weight.gradient(
        of: dy, outputs: part, x, rows: summed[shard],
        into: tile.rows(part.lowerBound - rows.lowerBound..<part.upperBound - rows.lowerBound)
          .columns(inputs), adding: !overwriting)
    case .lookups(let dy, let ids, let order):
      for place in order.places[shard] {
        let r = order.rows?[place] ?? place
        guard rows.contains(ids[r]) else { continue }
        Kernels.add(dy.row(r), to: tile.row(ids[r] - rows.lowerBound), count: dy.columns)
      }
    case .sums(let sums):
      let part = sums[shard].rows(rows)
      Kernels.add(part.pointer, to: tile.pointer, count: part.count)
    }
  }
}
