import Kernels
import Tensors

/// The operands of a recurrent cell's parameter gradients, stored block by block in the backward pass.
struct CellGradients {
  private let parameters: CellParameters
  private let rows: RowMap
  private let order: RowOrder
  /// Gradient of `W x + b`.
  private let sums: OrderedRows
  /// Gradient of `U h′ + c` if it differs from ``sums`` (``CellForm/gruResetAfter``).
  private let recurrentSums: OrderedRows?
  /// `h′` of each row with a previous state.
  private let states: OrderedRows
  /// Gradients of the biases and of the peepholes, one for each shard.
  private let bias: [Matrix]
  private let recurrentBias: [Matrix]
  let peepholes: [Matrix]
  /// `c′` of each row with a previous state, in ``CellForm/fullPeephole`` alone.
  private let cells: OrderedRows?

  /// - Parameters:
  ///   - rows: the sentence of each row of all blocks.
  ///   - starting: the rows that start from zero states.
  init(
    _ parameters: CellParameters, rows: RowMap, starting: [Int], _ gradients: DeferredGradients
  ) {
    let order = gradients.order(of: rows, starting: starting)
    self.parameters = parameters
    self.rows = rows
    self.order = order
    let (width, sumWidth) = (parameters.width, parameters.input.rows)
    sums = gradients.ordered(columns: sumWidth, as: .outputs, order)
    recurrentSums =
      parameters.form == .gruResetAfter
      ? gradients.ordered(columns: sumWidth, as: .outputs, order) : nil
    states = gradients.ordered(columns: width, as: .inputs, order)
    bias = parameters.bias.map { gradients.sums(for: $0) } ?? []
    recurrentBias = parameters.recurrentBias.map { gradients.sums(for: $0) } ?? []
    peepholes =
      parameters.form == .peephole
      ? parameters.peepholes.map { gradients.sums(for: $0) } ?? [] : []
    cells =
      parameters.form == .fullPeephole
      ? gradients.ordered(columns: width, as: .inputs, order) : nil
  }

  /// Stores the operands of a block.
  ///
  /// - Parameters:
  ///   - sums: gradient of `W x + b`, one row for each sentence.
  ///   - rounded: `sums` in the precision of products.
  ///   - recurrent: gradient of `U h′ + c` if it differs from `sums`.
  func keep(
    _ block: CellBlock, sums dy: Matrix, rounded: ProductOperand, recurrent: Matrix?,
    _ gradients: DeferredGradients
  ) {
    let first = block.rows.lowerBound
    sums.set(rounded, from: first)
    if let recurrent { recurrentSums?.set(.float32(recurrent), from: first) }
    states.set(.float32(block.hidden), from: first)
    if let cell = block.cell { cells?.set(.float32(cell), from: first) }
    guard !bias.isEmpty else { return }
    for row in 0..<dy.rows {
      let shard = gradients.shard(of: rows, first + row)
      Kernels.add(dy.row(row), to: bias[shard].pointer, count: dy.columns)
      if let recurrent, !recurrentBias.isEmpty {
        Kernels.add(recurrent.row(row), to: recurrentBias[shard].pointer, count: dy.columns)
      }
    }
  }

  /// The shard of a row.
  func shard(ofRow row: Int, _ gradients: DeferredGradients) -> Int {
    gradients.shard(of: rows, row)
  }

  /// Stores zeros for rows without influence on the loss.
  func clear(_ rows: Range<Int>) {
    for operand in [sums, states] { operand.clear(rows) }
    recurrentSums?.clear(rows)
    cells?.clear(rows)
  }

  /// Adds the weight gradients over all rows.
  ///
  /// - Parameters:
  ///   - inputs: `x`.
  ///   - reset: `r ⊙ h′`, the candidate's operand in ``CellForm/gruResetBefore``.
  ///   - newCells: `c`, that of the peepholes of o in ``CellForm/fullPeephole``.
  func add(inputs: Matrix, reset: Matrix, newCells: Matrix, to gradients: DeferredGradients) {
    gradients.addProduct(
      sums, gradients.ordered(inputs, as: .inputs, order), to: parameters.input)
    let width = parameters.width
    if let cells, let peepholes = parameters.peepholes {
      gradients.addProduct(
        sums, cells, rows: order.continued, to: peepholes, outputs: 0..<2 * width, columnsFrom: 0)
      gradients.addProduct(
        sums, gradients.ordered(newCells, as: .inputs, order), to: peepholes,
        outputs: 2 * width..<3 * width, columnsFrom: 3 * width)
    }
    func addRecurrent(_ sums: OrderedRows, _ states: OrderedRows, outputs: Range<Int>? = nil) {
      gradients.addProduct(
        sums, states, rows: order.continued, to: parameters.recurrent, outputs: outputs)
    }
    guard parameters.form == .gruResetBefore else {
      return addRecurrent(recurrentSums ?? sums, states)
    }
    addRecurrent(sums, states, outputs: 0..<2 * width)
    addRecurrent(
      sums, gradients.ordered(reset, as: .inputs, order), outputs: 2 * width..<3 * width)
  }
}
