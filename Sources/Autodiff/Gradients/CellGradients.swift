import Kernels
import Tensors

/// What the gradients of a cell's parameters are made of, put away block by block on the way back.
struct CellGradients {
  private let parameters: CellParameters
  private let rows: RowMap
  private let order: RowOrder
  /// Gradient of `W x + b`.
  private let sums: OrderedRows
  /// Gradient of `U h′ + c` where that is another (GRU after).
  private let recurrentSums: OrderedRows?
  /// `h′` of each row that continues a state.
  private let states: OrderedRows
  /// Gradients of the biases and of the peepholes, one a shard.
  private let bias: [Matrix]
  private let recurrentBias: [Matrix]
  let peepholes: [Matrix]

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
    bias = gradients.sums(for: parameters.bias)
    recurrentBias = parameters.recurrentBias.map { gradients.sums(for: $0) } ?? []
    peepholes = parameters.peepholes.map { gradients.sums(for: $0) } ?? []
  }

  /// Puts away a block.
  ///
  /// - Parameters:
  ///   - sums: gradient of `W x + b`, a row a sentence, and the same as products read it.
  ///   - recurrent: gradient of `U h′ + c` where that is another.
  func keep(
    _ block: CellBlock, sums dy: Matrix, rounded: ProductOperand, recurrent: Matrix?,
    _ gradients: DeferredGradients
  ) {
    let first = block.rows.lowerBound
    sums.set(rounded, from: first)
    if let recurrent { recurrentSums?.set(.float32(recurrent), from: first) }
    states.set(.float32(block.hidden), from: first)
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

  /// Puts away zeros for rows that the loss does not depend on.
  func clear(_ rows: Range<Int>) {
    for operand in [sums, states] { operand.clear(rows) }
    recurrentSums?.clear(rows)
  }

  /// Adds the products of all rows.
  ///
  /// - Parameters:
  ///   - inputs: `x`.
  ///   - reset: `r ⊙ h′`, which the candidate of a GRU that resets before reads.
  func add(inputs: Matrix, reset: Matrix, to gradients: DeferredGradients) {
    gradients.addProduct(
      sums, gradients.ordered(inputs, as: .inputs, order), to: parameters.input)
    func addRecurrent(_ sums: OrderedRows, _ states: OrderedRows, outputs: Range<Int>? = nil) {
      gradients.addProduct(
        sums, states, rows: order.continued, to: parameters.recurrent, outputs: outputs)
    }
    guard parameters.form == .gruResetBefore else {
      return addRecurrent(recurrentSums ?? sums, states)
    }
    let width = parameters.width
    addRecurrent(sums, states, outputs: 0..<2 * width)
    addRecurrent(
      sums, gradients.ordered(reset, as: .inputs, order), outputs: 2 * width..<3 * width)
  }
}
