import Kernels
import Tensors

/// The operands of parameter gradients, recorded for each shard and multiplied later, tile by tile
/// (``TileSum``).
///
/// One thread adds terms; afterwards any number of threads may read.
public final class DeferredGradients: @unchecked Sendable {
  /// The shard of each sentence; `nil` if there is one shard.
  private let shards: [Int]?
  /// Shards of the batch.
  let count: Int
  private let products: Products
  let pool: MatrixPool
  /// Terms by the offset of their parameter, in order of addition.
  var terms: [Int: (parameter: Parameter, terms: [Term])] = [:]
  /// The row order of each map seen so far.
  private var orders: [ObjectIdentifier: (map: RowMap, order: RowOrder)] = [:]

  /// One addend of a parameter's gradient, with rows grouped by shard.
  enum Term {
    /// `dyᵀ x` in a block of the parameter, over some rows of each shard; column `first` of `dy` belongs to the
    /// first of the outputs.
    case product(
      dy: ProductOperand, x: ProductOperand, rows: [Range<Int>], outputs: Range<Int>,
      inputs: Range<Int>, first: Int)
    /// Row `r` of `dy` belongs to row `ids[r]` of the parameter.
    case lookups(dy: Matrix, ids: [Int], order: RowOrder)
    /// One matrix for each shard, of the parameter's shape.
    case sums([Matrix])

    /// Whether the term writes every element of the parameter's gradient.
    func covers(_ parameter: Parameter) -> Bool {
      guard case .product(_, _, _, let outputs, let inputs, _) = self else { return false }
      return outputs.count == parameter.rows && inputs.count == parameter.columns
    }

    /// The floats of the operands of a product or of sums, as if they were its own.
    var floats: Int {
      switch self {
      case .product(let dy, let x, _, _, _, _): dy.rows * dy.columns + x.rows * x.columns
      case .lookups: 0
      case .sums(let sums): sums.reduce(0) { $0 + $1.count }
      }
    }
  }

  init(shards: [Int]? = nil, count: Int = 1, products: Products, pool: MatrixPool) {
    self.shards = shards
    self.count = count
    self.products = products
    self.pool = pool
  }

  /// Adds `dyᵀ x` to a parameter's gradient.
  ///
  /// - Parameters:
  ///   - dy: `[rows, rows of the parameter]`.
  ///   - x: `[rows, inputs]`.
  ///   - rows: the sentence of each row.
  ///   - inputs: the columns of the parameter to add to; all of them when `nil`.
  package func addProduct(
    _ dy: Matrix, _ x: Matrix, rows: RowMap, to parameter: Parameter, inputs: Range<Int>? = nil
  ) {
    precondition(
      dy.rows == x.rows && dy.rows == rows.count,
      "\(dy.rows) and \(x.rows) rows for \(parameter.name)")
    let order = order(of: rows)
    addProduct(
      ordered(dy, as: .outputs, order), ordered(x, as: .inputs, order), to: parameter,
      inputs: inputs)
  }

  /// Adds `dyᵀ x` to a parameter's gradient, from operands in shard order.
  ///
  /// - Parameters:
  ///   - rows: the places of each shard's rows to sum over; all of them when `nil`.
  ///   - outputs: the rows of the parameter to add to; all of them when `nil`.
  ///   - columnsFrom: the first of the columns of `dy` to take; those of the outputs' own indices when `nil`.
  func addProduct(
    _ dy: OrderedRows, _ x: OrderedRows, rows: [Range<Int>]? = nil, to parameter: Parameter,
    outputs: Range<Int>? = nil, columnsFrom first: Int? = nil, inputs: Range<Int>? = nil
  ) {
    let (outputs, inputs) = (outputs ?? 0..<parameter.rows, inputs ?? 0..<parameter.columns)
    precondition(
      dy.order == x.order && x.values.columns == inputs.count
        && (first.map { $0 + outputs.count <= dy.values.columns }
          ?? (dy.values.columns == parameter.rows)),
      "product for \(parameter.name)")
    add(
      .product(
        dy: dy.values, x: x.values, rows: rows ?? dy.order.places, outputs: outputs,
        inputs: inputs, first: first ?? outputs.lowerBound),
      to: parameter)
  }

  /// An uninitialised operand of a product; the caller must store every row.
  func ordered(columns: Int, as operand: ProductOperand.Role, _ order: RowOrder) -> OrderedRows {
    OrderedRows(
      pool.uninitialized(operand, rows: order.count, columns: columns, products: products), order)
  }

  /// An operand of a product from a complete matrix: the matrix itself, or a copy in the order and
  /// precision of products.
  func ordered(_ matrix: Matrix, as operand: ProductOperand.Role, _ order: RowOrder) -> OrderedRows
  {
    if operand.isPlain(for: products) && order.rows == nil {
      return OrderedRows(.float32(matrix), order)
    }
    let result = ordered(columns: matrix.columns, as: operand, order)
    result.set(.float32(matrix), from: 0)
    return result
  }

  /// Adds the sum over the rows of `dy` to the gradient of a vector.
  package func addColumnSums(_ dy: Matrix, rows: RowMap, to parameter: Parameter) {
    precondition(
      dy.columns == parameter.count && dy.rows == rows.count,
      "\(dy.columns) sums of \(dy.rows) rows for \(parameter.name)")
    let sums = sums(for: parameter)
    for r in 0..<dy.rows {
      Kernels.add(dy.row(r), to: sums[shard(of: rows, r)].pointer, count: dy.columns)
    }
  }

  /// Adds row `r` of `dy` to row `ids[r]` of a table's gradient.
  package func addLookups(_ dy: Matrix, ids: [Int], rows: RowMap, to table: Parameter) {
    precondition(
      dy.rows == ids.count && dy.rows == rows.count && dy.columns == table.columns,
      "rows of \(table.name)")
    add(.lookups(dy: dy, ids: ids, order: order(of: rows)), to: table)
  }

  /// A zero matrix of the parameter's shape for each shard; an operation adds a small parameter's
  /// gradient to it.
  package func sums(for parameter: Parameter) -> [Matrix] {
    let sums = (0..<count).map { _ in pool.zeros(parameter.rows, parameter.columns) }
    add(.sums(sums), to: parameter)
    return sums
  }

  /// The shard of a sentence of the batch.
  package func shard(ofSentence sentence: Int) -> Int { shards?[sentence] ?? 0 }

  /// The shard of a row.
  package func shard(of rows: RowMap, _ row: Int) -> Int {
    shards.map { $0[Int(rows.sentences[row])] } ?? 0
  }

  private func add(_ term: Term, to parameter: Parameter) {
    terms[parameter.offset, default: (parameter, [])].terms.append(term)
  }

  /// The order of summation over the rows of a map.
  func order(of rows: RowMap) -> RowOrder {
    if let known = orders[ObjectIdentifier(rows)] { return known.order }
    let order = order(of: rows, starting: [])
    orders[ObjectIdentifier(rows)] = (rows, order)
    return order
  }

  /// The order of summation over the rows of a map if the rows `starting` start from zero states.
  func order(of rows: RowMap, starting: [Int]) -> RowOrder {
    RowOrder(
      shards: (0..<rows.count).map { shard(of: rows, $0) }, count: count, starting: starting)
  }
}

extension DeferredGradients {
  /// Writes one shard's gradient of some rows of a parameter; zeros if no term was added.
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

  /// Adds the gradients of all parameters to a slab.
  ///
  /// - Precondition: there is one shard.
  public func add(to gradients: Slab) {
    precondition(count == 1, "gradients of several shards in one slab")
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
    case .product(let dy, let x, let summed, let outputs, let inputs, let first):
      let part = rows.clamped(to: outputs)
      guard !part.isEmpty else { return }
      products.gradient(
        of: dy,
        outputs: part.lowerBound + first - outputs.lowerBound..<part.upperBound + first
          - outputs.lowerBound, x, rows: summed[shard],
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
