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
    case product(
      dy: ProductRows, x: ProductRows, bounds: [Int], outputs: Range<Int>, inputs: Range<Int>)
    /// The sum over the rows of `dy`.
    case columnSums(dy: Matrix, bounds: [Int])
    /// Row `r` of `dy` belongs to row `ids[r]` of the parameter.
    case lookups(dy: Matrix, ids: [Int], bounds: [Int])
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
  ///   - dy: `[rows, outputs]`.
  ///   - x: `[rows, inputs]`.
  ///   - outputs: the rows of the parameter that it belongs to; all of them when `nil`.
  ///   - inputs: its columns, likewise.
  func addProduct(
    _ dy: Matrix, _ x: Matrix, kind: ShardRows.Kind? = nil, to parameter: Parameter,
    outputs: Range<Int>? = nil, inputs: Range<Int>? = nil
  ) {
    addProduct(
      .float32(dy), .float32(x), kind: kind, to: parameter, outputs: outputs, inputs: inputs)
  }

  /// The same of rows some of which are rounded already, where products are.
  func addProduct(
    _ dy: ProductRows, _ x: ProductRows, kind: ShardRows.Kind? = nil, to parameter: Parameter,
    outputs: Range<Int>? = nil, inputs: Range<Int>? = nil
  ) {
    let (outputs, inputs) = (outputs ?? 0..<parameter.rows, inputs ?? 0..<parameter.columns)
    precondition(
      dy.rows == x.rows && dy.columns == outputs.count && x.columns == inputs.count,
      "product for \(parameter.name)")
    let order = order(rows: dy.rows, kind)
    add(
      .product(
        dy: productRows(dy, order.rows), x: productRows(x, order.rows), bounds: order.bounds,
        outputs: outputs, inputs: inputs), to: parameter)
  }

  /// Adds the sum over the rows of `dy` to the gradient of a vector.
  func addColumnSums(_ dy: Matrix, kind: ShardRows.Kind? = nil, to parameter: Parameter) {
    precondition(dy.columns == parameter.count, "\(dy.columns) sums for \(parameter.name)")
    let order = order(rows: dy.rows, kind)
    add(.columnSums(dy: reordered(dy, order.rows), bounds: order.bounds), to: parameter)
  }

  /// Adds each row of `dy` to the row of a table that its id names.
  func addLookups(_ dy: Matrix, ids: [Int], to table: Parameter) {
    precondition(dy.rows == ids.count && dy.columns == table.columns, "rows of \(table.name)")
    let order = order(rows: dy.rows, nil)
    add(
      .lookups(
        dy: reordered(dy, order.rows), ids: order.rows.map { ids[$0] }, bounds: order.bounds),
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

  private func add(_ term: Term, to parameter: Parameter) {
    terms[parameter.offset, default: (parameter, [])].terms.append(term)
  }

  private func order(
    rows count: Int, _ kind: ShardRows.Kind?
  ) -> (rows: [Int], bounds: [Int]) {
    guard let rows else { return (Array(0..<count), [0, count]) }
    return rows.grouped(kind ?? rows.kind(rows: count), rows: count)
  }

  /// The rows in the given order; the matrix itself where one shard is all.
  private func reordered(_ matrix: Matrix, _ order: [Int]) -> Matrix {
    guard let rows, rows.count > 1 else { return matrix }
    let result = pool.uninitialized(matrix.rows, matrix.columns)
    for (r, source) in order.enumerated() {
      result.row(r).update(from: matrix.row(source), count: matrix.columns)
    }
    return result
  }

  private func productRows(_ operand: ProductRows, _ order: [Int]) -> ProductRows {
    switch (operand, precision) {
    case (.float32(let matrix), .float32): return .float32(reordered(matrix, order))
    case (.float32(let matrix), .bfloat16):
      let result = pool.uninitializedBFloat(matrix.rows, matrix.columns)
      for (r, source) in order.enumerated() {
        round(matrix.row(source), toBFloat16: result.row(r), count: matrix.columns)
      }
      return .bfloat16(result)
    case (.bfloat16(let matrix), .bfloat16):
      guard let rows, rows.count > 1 else { return operand }
      let result = pool.uninitializedBFloat(matrix.rows, matrix.columns)
      for (r, source) in order.enumerated() {
        result.row(r).update(from: matrix.row(source), count: matrix.columns)
      }
      return .bfloat16(result)
    case (.bfloat16, .float32): preconditionFailure("rounded rows for products of float32")
    }
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
    case .product(let dy, let x, let bounds, let outputs, let inputs):
      let part = rows.clamped(to: outputs)
      guard !part.isEmpty else { return }
      Weight.gradient(
        of: dy,
        outputs: part.lowerBound - outputs.lowerBound..<part.upperBound - outputs.lowerBound,
        x, rows: bounds[shard]..<bounds[shard + 1],
        into: tile.rows(part.lowerBound - rows.lowerBound..<part.upperBound - rows.lowerBound)
          .columns(inputs), adding: !overwriting)
    case .columnSums(let dy, let bounds):
      guard rows.contains(0) else { return }
      let part = dy.rows(bounds[shard]..<bounds[shard + 1])
      Kernels.addColumnSums(
        of: part.pointer, to: tile.pointer, rows: part.rows, columns: part.columns)
    case .lookups(let dy, let ids, let bounds):
      for r in bounds[shard]..<bounds[shard + 1] where rows.contains(ids[r]) {
        Kernels.add(dy.row(r), to: tile.row(ids[r] - rows.lowerBound), count: dy.columns)
      }
    case .sums(let sums):
      let part = sums[shard].rows(rows)
      Kernels.add(part.pointer, to: tile.pointer, count: part.count)
    }
  }
}
