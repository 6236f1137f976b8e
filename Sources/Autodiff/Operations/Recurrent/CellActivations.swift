import Kernels
import Tensors

/// The activations of a recurrent cell over a sequence of blocks. The rows of all blocks are contiguous:
/// each weight gradient is a single product over all time steps.
final class CellActivations {
  let parameters: CellParameters
  /// `[rows, in]`.
  let inputs: Matrix
  /// `h` of each row.
  let hidden: Matrix
  /// `c` of each row; `[rows, 0]` without cell state.
  let cell: Matrix
  let input: Weight
  let recurrent: Weight
  /// The rows of ``recurrent`` for r and z, and those for n; separate products in
  /// ``CellForm/gruResetBefore`` alone.
  let recurrentGates: Weight
  let recurrentCandidate: Weight
  private let bias: Matrix?
  private let recurrentBias: Matrix?
  /// The diagonal peepholes, `[3, d]`; `nil` in other forms.
  let peepholes: Matrix?
  /// The peepholes of i and f, and those of o, in ``CellForm/fullPeephole`` alone.
  let fullPeepholes: (gates: Weight, output: Weight)?
  /// `W x + b` before a block's step, its gates after the step; in an LSTM ``sumGradient`` after the
  /// backward step.
  let gates: Matrix
  /// LSTM: `tanh c`. GRU: `U h′ + c` (reset after), `r ⊙ h′` (reset before).
  let kept: Matrix
  let pool: MatrixPool
  /// The row map of each block, in the order of the rows.
  private var maps: [RowMap]
  /// The number of rows after their step.
  private(set) var used = 0
  /// The rows with zeros as previous state.
  private(set) var starting: [Int] = []
  /// Gradient of the gates' pre-activations.
  private(set) lazy var sumGradient =
    parameters.form.hasCellState ? gates : pool.uninitialized(gates.rows, gates.columns)
  /// Gradient of `U h′ + c` if it differs from ``sumGradient``.
  private(set) lazy var recurrentGradient = pool.uninitialized(gates.rows, gates.columns)
  /// Whether products read ``sumGradient`` rounded to bfloat16.
  let rounds: Bool
  /// ``sumGradient`` of the latest block of the backward pass, rounded once for all products.
  var rounded: (rows: Range<Int>, values: BFloatMatrix)?
  /// The operands of the parameter gradients; `nil` before the first block of the backward pass.
  var terms: CellGradients?
  private var startingStates: Matrix

  /// - Parameter rows: the sentence of each row of `inputs`; `nil` if ``take(_:)`` provides the inputs.
  init(_ parameters: CellParameters, inputs: Matrix, rows map: RowMap?, tape: Tape) {
    let (rows, width) = (inputs.rows, parameters.width)
    let cellWidth = parameters.form.hasCellState ? width : 0
    self.parameters = parameters
    self.inputs = inputs
    maps = map.map { [$0] } ?? []
    pool = tape.pool
    input = tape.weight(tape.values(parameters.input))
    let recurrentValues = tape.values(parameters.recurrent)
    recurrent = tape.weight(recurrentValues)
    if parameters.form == .gruResetBefore {
      recurrentGates = tape.weight(recurrentValues.rows(0..<2 * width))
      recurrentCandidate = tape.weight(recurrentValues.rows(2 * width..<3 * width))
    } else {
      (recurrentGates, recurrentCandidate) = (recurrent, recurrent)
    }
    bias = parameters.bias.map { tape.values($0) }
    recurrentBias = parameters.recurrentBias.map { tape.values($0) }
    let peepholeValues = parameters.peepholes.map { tape.values($0) }
    peepholes = parameters.form == .peephole ? peepholeValues : nil
    fullPeepholes =
      parameters.form == .fullPeephole
      ? peepholeValues.map {
        (tape.weight($0.rows(0..<2 * width)), tape.weight($0.rows(2 * width..<3 * width)))
      } : nil
    hidden = pool.uninitialized(rows, width)
    cell = pool.uninitialized(rows, cellWidth)
    gates = pool.uninitialized(rows, parameters.form.gates * width)
    kept = pool.uninitialized(rows, parameters.form == .gruResetAfter ? 3 * width : width)
    startingStates = pool.uninitialized(0, width)
    rounds = tape.isTraining && tape.products.precision == .bfloat16 && parameters.form.hasCellState
  }

  var width: Int { parameters.width }

  /// The sentence of each row.
  var rows: RowMap { maps.count == 1 ? maps[0] : RowMap.stacked(maps) }

  /// Copies the inputs of the next block.
  ///
  /// - Returns: the block's rows.
  func take(_ x: Variable) -> Range<Int> {
    let rows = used..<used + x.value.rows
    precondition(rows.upperBound <= inputs.rows, "more steps than the cell was made for")
    inputs.rows(rows).assign(x.value)
    maps.append(x.rows)
    return rows
  }

  /// Computes `W x + b` of some rows, in one product.
  func project(_ rows: Range<Int>) {
    let sums = gates.rows(rows)
    input.forward(inputs.rows(rows), into: sums)
    if let bias {
      addRow(bias.pointer, to: sums.pointer, rows: rows.count, columns: sums.columns)
    }
  }

  /// Runs one step of a block.
  ///
  /// - Precondition: ``project(_:)`` has run over its rows.
  func step(_ block: CellBlock) {
    used = max(used, block.rows.upperBound)
    starting += block.rows.dropFirst(block.carried)
    switch parameters.form {
    case .lstm, .peephole: stepLSTM(block)
    case .fullPeephole: stepFullPeephole(block)
    case .gruResetAfter: stepGRUAfter(block)
    case .gruResetBefore: stepGRUBefore(block)
    }
  }

  /// The rows of a block with a previous state, or those that start from zeros.
  struct Part {
    let rows: Range<Int>
    /// `h′`, and `c′` in a cell with cell state.
    let hidden: UnsafeMutablePointer<Float>
    let cell: UnsafeMutablePointer<Float>
  }

  func parts(of block: CellBlock) -> [Part] {
    let middle = block.rows.lowerBound + block.carried
    let zeros = zeros(block.rows.count - block.carried)
    return [
      Part(
        rows: block.rows.lowerBound..<middle, hidden: block.hidden.pointer,
        cell: (block.cell ?? block.hidden).pointer),
      Part(
        rows: middle..<block.rows.upperBound, hidden: zeros.pointer, cell: zeros.pointer),
    ].filter { !$0.rows.isEmpty }
  }

  /// Zero states for rows without a previous state.
  private func zeros(_ rows: Int) -> Matrix {
    if startingStates.rows < rows { startingStates = pool.zeros(rows, width) }
    return startingStates
  }

  private func stepLSTM(_ block: CellBlock) {
    recurrent.forward(
      block.hidden, into: gates.rows(block.rows).rows(0..<block.carried), adding: true)
    for part in parts(of: block) {
      let (sums, c) = (gates.rows(part.rows).pointer, cell.rows(part.rows).pointer)
      let (squashed, h) = (kept.rows(part.rows).pointer, hidden.rows(part.rows).pointer)
      if let peepholes {
        peepholeForward(
          rows: part.rows.count, width: width, gates: sums, peepholes: peepholes.pointer,
          previous: part.cell, cell: c, squashed: squashed, hidden: h)
      } else {
        lstmForward(
          rows: part.rows.count, width: width, gates: sums, previous: part.cell, cell: c,
          squashed: squashed, hidden: h)
      }
    }
  }

  private func stepFullPeephole(_ block: CellBlock) {
    let (sums, carried) = (gates.rows(block.rows), 0..<block.carried)
    recurrent.forward(block.hidden, into: sums.rows(carried), adding: true)
    if let before = block.cell {
      fullPeepholes?.gates.forward(
        before, into: sums.columns(0..<2 * width).rows(carried), adding: true)
    }
    for part in parts(of: block) {
      peepholeCellForward(
        rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
        previous: part.cell, cell: cell.rows(part.rows).pointer)
    }
    fullPeepholes?.output.forward(
      cell.rows(block.rows), into: sums.columns(3 * width..<4 * width), adding: true)
    peepholeOutputForward(
      rows: block.rows.count, width: width, gates: sums.pointer,
      cell: cell.rows(block.rows).pointer, squashed: kept.rows(block.rows).pointer,
      hidden: hidden.rows(block.rows).pointer)
  }

  private func stepGRUAfter(_ block: CellBlock) {
    let products = kept.rows(block.rows)
    products.fill(0)
    recurrent.forward(block.hidden, into: products.rows(0..<block.carried))
    if let recurrentBias {
      addRow(
        recurrentBias.pointer, to: products.pointer, rows: products.rows,
        columns: products.columns)
    }
    for part in parts(of: block) {
      gruResetAfterForward(
        rows: part.rows.count, width: width, input: gates.rows(part.rows).pointer,
        recurrent: kept.rows(part.rows).pointer, previous: part.hidden,
        hidden: hidden.rows(part.rows).pointer)
    }
  }

  private func stepGRUBefore(_ block: CellBlock) {
    let (sums, carried) = (gates.rows(block.rows), 0..<block.carried)
    recurrentGates.forward(
      block.hidden, into: sums.columns(0..<2 * width).rows(carried), adding: true)
    for part in parts(of: block) {
      gruResetBeforeGates(
        rows: part.rows.count, width: width, sums: gates.rows(part.rows).pointer,
        previous: part.hidden, reset: kept.rows(part.rows).pointer)
    }
    recurrentCandidate.forward(
      kept.rows(block.rows).rows(carried),
      into: sums.columns(2 * width..<3 * width).rows(carried), adding: true)
    for part in parts(of: block) {
      gruResetBeforeMix(
        rows: part.rows.count, width: width, sums: gates.rows(part.rows).pointer,
        previous: part.hidden, hidden: hidden.rows(part.rows).pointer)
    }
  }
}
