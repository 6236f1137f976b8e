import Kernels
import Tensors

/// The equations of a recurrent cell (models.md 1.5).
public enum CellForm: Sendable {
  /// LSTM, gate order i, f, g, o.
  case lstm
  /// LSTM whose gates see the cell through diagonal weights, gate order i, f, g, o.
  case peephole
  /// GRU, gate order r, z, n, reset after the recurrent product.
  case gruAfter
  /// GRU, gate order r, z, n, reset before the recurrent product.
  case gruBefore

  /// Blocks of rows in a cell's weights.
  public var gates: Int { hasCellState ? 4 : 3 }
  /// Whether the state has a cell part `c` beside `h`.
  public var hasCellState: Bool { self == .lstm || self == .peephole }
}

/// The parameters of one recurrent cell of state width d.
public struct CellParameters: Sendable {
  public let form: CellForm
  /// `W`, `[gates·d, in]`.
  public let input: Parameter
  /// `U`, `[gates·d, d]`.
  public let recurrent: Parameter
  /// `b`, `[1, gates·d]`.
  public let bias: Parameter
  /// `c`, `[1, gates·d]`: inside the reset, so not the same as `b`; for ``CellForm/gruAfter`` alone.
  public let recurrentBias: Parameter?
  /// `p`, `[3, d]`, of the gates i, f, o; for ``CellForm/peephole`` alone.
  public let peepholes: Parameter?

  public init(
    form: CellForm, input: Parameter, recurrent: Parameter, bias: Parameter,
    recurrentBias: Parameter? = nil, peepholes: Parameter? = nil
  ) {
    precondition((recurrentBias != nil) == (form == .gruAfter), "recurrent bias of \(form)")
    precondition((peepholes != nil) == (form == .peephole), "peepholes of \(form)")
    self.peepholes = peepholes
    self.form = form
    self.input = input
    self.recurrent = recurrent
    self.bias = bias
    self.recurrentBias = recurrentBias
  }

  /// d.
  public var width: Int { recurrent.columns }
}

/// Rows of a trace that take one step together, and the states that they continue.
struct CellBlock {
  let rows: Range<Int>
  /// `h′` of the first rows, `[carried, d]`; the others start from zeros.
  let hidden: Matrix
  /// `c′` likewise; `nil` without cell state.
  let cell: Matrix?

  var carried: Int { hidden.rows }
}

/// A cell at work on a run of rows, one block of rows after another. What the blocks leave behind lies end
/// to end, so that the weight gradients of all of them are one product each.
final class CellTrace {
  let parameters: CellParameters
  /// `[rows, in]`.
  let inputs: Matrix
  /// `h` of each row.
  let hidden: Matrix
  /// `c` of each row; empty without cell state.
  let cell: Matrix
  private let input: Weight
  private let recurrent: Weight
  /// The rows of ``recurrent`` for r and z, and those for n, where they are multiplied apart (GRU before).
  private let recurrentGates: Weight
  private let recurrentCandidate: Weight
  private let bias: Matrix
  private let recurrentBias: Matrix?
  private let peepholes: Matrix?
  /// `W x + b`; after a block's step its gates, and on the way back, in an LSTM, ``sumGradient``.
  private let gates: Matrix
  /// LSTM: `tanh c`. GRU: `U h′ + c` (after), `r ⊙ h′` (before).
  private let kept: Matrix
  let pool: MatrixPool
  /// Gradient of the sums under the gates' functions.
  private lazy var sumGradient =
    parameters.form.hasCellState ? gates : pool.uninitialized(gates.rows, gates.columns)
  /// Gradient of the peepholes by shard, added up over the blocks.
  private var peepholeGradients: [Matrix] = []
  private var startingStates: Matrix
  /// ``sumGradient`` as products read it, where that is rounded: once for all of them.
  private let rounded: BFloatMatrix?
  /// Gradient of `U h′ + c` where that is not ``sumGradient``.
  private lazy var recurrentGradient = pool.uninitialized(gates.rows, gates.columns)

  init(_ parameters: CellParameters, inputs: Matrix, tape: Tape) {
    let (rows, width) = (inputs.rows, parameters.width)
    let cellWidth = parameters.form.hasCellState ? width : 0
    self.parameters = parameters
    self.inputs = inputs
    pool = tape.pool
    input = tape.weight(tape.values(parameters.input))
    let recurrentValues = tape.values(parameters.recurrent)
    recurrent = tape.weight(recurrentValues)
    if parameters.form == .gruBefore {
      recurrentGates = tape.weight(recurrentValues.rows(0..<2 * width))
      recurrentCandidate = tape.weight(recurrentValues.rows(2 * width..<3 * width))
    } else {
      (recurrentGates, recurrentCandidate) = (recurrent, recurrent)
    }
    bias = tape.values(parameters.bias)
    recurrentBias = parameters.recurrentBias.map { tape.values($0) }
    peepholes = parameters.peepholes.map { tape.values($0) }
    hidden = pool.uninitialized(rows, width)
    cell = pool.uninitialized(rows, cellWidth)
    gates = pool.uninitialized(rows, parameters.form.gates * width)
    kept = pool.uninitialized(rows, parameters.form == .gruAfter ? 3 * width : width)
    startingStates = pool.uninitialized(0, width)
    let rounds = tape.isTraining && tape.precision == .bfloat16 && parameters.form.hasCellState
    rounded = rounds ? pool.uninitializedBFloat(rows, parameters.form.gates * width) : nil
  }

  private var width: Int { parameters.width }

  /// `W x + b` of the rows, in one product.
  func project(_ rows: Range<Int>) {
    let sums = gates.rows(rows)
    input.forward(inputs.rows(rows), into: sums)
    addRow(bias.pointer, to: sums.pointer, rows: rows.count, columns: sums.columns)
  }

  /// One step of a block whose rows are projected.
  func step(_ block: CellBlock) {
    switch parameters.form {
    case .lstm, .peephole: stepLSTM(block)
    case .gruAfter: stepGRUAfter(block)
    case .gruBefore: stepGRUBefore(block)
    }
  }

  /// A part of a block whose rows all continue states, or all start from zeros.
  private struct Part {
    let rows: Range<Int>
    /// `h′`, and `c′` where the cell has one.
    let hidden: UnsafeMutablePointer<Float>
    let cell: UnsafeMutablePointer<Float>
    /// The sentence of the first row.
    let sentence: Int
  }

  private func parts(of block: CellBlock) -> [Part] {
    let middle = block.rows.lowerBound + block.carried
    let zeros = zeros(block.rows.count - block.carried)
    return [
      Part(
        rows: block.rows.lowerBound..<middle, hidden: block.hidden.pointer,
        cell: (block.cell ?? block.hidden).pointer, sentence: 0),
      Part(
        rows: middle..<block.rows.upperBound, hidden: zeros.pointer, cell: zeros.pointer,
        sentence: block.carried),
    ].filter { !$0.rows.isEmpty }
  }

  /// States that rows without a past start from.
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
      gruAfterForward(
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
      gruBeforeGates(
        rows: part.rows.count, width: width, sums: gates.rows(part.rows).pointer,
        previous: part.hidden, reset: kept.rows(part.rows).pointer)
    }
    recurrentCandidate.forward(
      kept.rows(block.rows).rows(carried),
      into: sums.columns(2 * width..<3 * width).rows(carried), adding: true)
    for part in parts(of: block) {
      gruBeforeMix(
        rows: part.rows.count, width: width, sums: gates.rows(part.rows).pointer,
        previous: part.hidden, hidden: hidden.rows(part.rows).pointer)
    }
  }
}

extension CellTrace {
  /// The backward of ``step(_:)``; blocks come in the opposite order.
  ///
  /// - Parameters:
  ///   - hiddenGradient: `[rows, d]`, in: `dh`; out, in the rows that continue a state: `dh′`.
  ///   - cellGradient: `[rows, d]`, in: `dc`; out: `dc′`. Empty without cell state.
  func stepBackward(
    _ block: CellBlock, hiddenGradient: Matrix, cellGradient: Matrix, _ gradients: GradientTerms
  ) {
    let carried = 0..<block.carried
    switch parameters.form {
    case .lstm, .peephole:
      forEachPart(of: block, hiddenGradient, cellGradient) { part, dh, dc in
        stepBackwardLSTM(part, hiddenGradient: dh, cellGradient: dc, gradients)
      }
      rounded?.rows(block.rows).assign(sumGradient.rows(block.rows))
      recurrent.backward(
        products(block.rows).rows(carried), into: hiddenGradient.rows(carried))
    case .gruAfter:
      forEachPart(of: block, hiddenGradient, cellGradient) { part, dh, _ in
        gruAfterBackward(
          rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
          recurrent: kept.rows(part.rows).pointer, previous: part.hidden,
          hiddenGradient: dh.pointer, inputGradient: sumGradient.rows(part.rows).pointer,
          recurrentGradient: recurrentGradient.rows(part.rows).pointer)
      }
      recurrent.backward(
        recurrentGradient.rows(block.rows).rows(carried), into: hiddenGradient.rows(carried),
        adding: true)
    case .gruBefore: stepBackwardGRUBefore(block, hiddenGradient: hiddenGradient)
    }
  }

  /// Rows of ``sumGradient`` as products read them.
  private func products(_ rows: Range<Int>) -> ProductRows {
    rounded.map { .bfloat16($0.rows(rows)) } ?? .float32(sumGradient.rows(rows))
  }

  /// Visits the parts of a block with their rows of the states' gradients.
  private func forEachPart(
    of block: CellBlock, _ hiddenGradient: Matrix, _ cellGradient: Matrix,
    _ visit: (Part, Matrix, Matrix) -> Void
  ) {
    for part in parts(of: block) {
      let (first, last) = (part.rows.lowerBound, part.rows.upperBound)
      let rows = first - block.rows.lowerBound..<last - block.rows.lowerBound
      visit(part, hiddenGradient.rows(rows), cellGradient.rows(rows))
    }
  }

  private func stepBackwardLSTM(
    _ part: Part, hiddenGradient: Matrix, cellGradient: Matrix, _ gradients: GradientTerms
  ) {
    let (gates, squashed) = (gates.rows(part.rows).pointer, kept.rows(part.rows).pointer)
    guard let peepholes, let parameter = parameters.peepholes else {
      return lstmBackward(
        rows: part.rows.count, width: width, gates: gates, previous: part.cell,
        squashed: squashed, hiddenGradient: hiddenGradient.pointer,
        cellGradient: cellGradient.pointer)
    }
    if peepholeGradients.isEmpty { peepholeGradients = gradients.sums(for: parameter) }
    for row in 0..<part.rows.count {
      let at = row * width
      peepholeBackward(
        width: width, gates: gates + 4 * at, peepholes: peepholes.pointer,
        previous: part.cell + at, cell: cell.rows(part.rows).row(row), squashed: squashed + at,
        hiddenGradient: hiddenGradient.row(row), cellGradient: cellGradient.row(row),
        peepholeGradient: peepholeGradients[gradients.shard(ofSentence: part.sentence + row)]
          .pointer)
    }
  }

  private func stepBackwardGRUBefore(_ block: CellBlock, hiddenGradient: Matrix) {
    let sums = sumGradient.rows(block.rows)
    forEachPart(of: block, hiddenGradient, hiddenGradient) { part, dh, _ in
      gruBeforeMixBackward(
        rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
        previous: part.hidden, hiddenGradient: dh.pointer,
        sumGradient: sumGradient.rows(part.rows).pointer)
    }
    let reset = pool.uninitialized(block.rows.count, width)
    recurrentCandidate.backward(sums.columns(2 * width..<3 * width), into: reset)
    forEachPart(of: block, hiddenGradient, reset) { part, dh, resetGradient in
      gruBeforeGatesBackward(
        rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
        previous: part.hidden, resetGradient: resetGradient.pointer,
        sumGradient: sumGradient.rows(part.rows).pointer, previousGradient: dh.pointer)
    }
    let carried = 0..<block.carried
    recurrentGates.backward(
      sums.columns(0..<2 * width).rows(carried), into: hiddenGradient.rows(carried), adding: true)
  }

  /// Leaves no gradient in the rows of a block that the loss does not depend on.
  func stepBackwardNothing(_ rows: Range<Int>) {
    sumGradient.rows(rows).fill(0)
    rounded?.rows(rows).assign(sumGradient.rows(rows))
    if parameters.form == .gruAfter { recurrentGradient.rows(rows).fill(0) }
  }

  /// `dx += d(W x + b) W` for the rows.
  func addInputGradient(_ rows: Range<Int>, to gradient: Matrix) {
    input.backward(products(rows), into: gradient, adding: true)
  }

  /// Adds the gradients of weights and biases from blocks that follow each other, in one product each.
  ///
  /// - Parameters:
  ///   - blocks: whose rows are the first of the trace, in any order.
  ///   - kind: what the rows stand for.
  func addParameterGradients(
    _ blocks: [CellBlock], kind: ShardRows.Kind, to gradients: GradientTerms
  ) {
    let rows = 0..<blocks.reduce(0) { $0 + $1.rows.count }
    let (sums, before) = (sumGradient.rows(rows), entering(blocks, rows: rows.count))
    gradients.addProduct(
      products(rows), .float32(inputs.rows(rows)), kind: kind, to: parameters.input)
    gradients.addColumnSums(sums, kind: kind, to: parameters.bias)
    switch parameters.form {
    case .lstm, .peephole:
      gradients.addProduct(
        products(rows), .float32(before), kind: kind, to: parameters.recurrent)
    case .gruAfter:
      let products = recurrentGradient.rows(rows)
      gradients.addProduct(products, before, kind: kind, to: parameters.recurrent)
      if let bias = parameters.recurrentBias {
        gradients.addColumnSums(products, kind: kind, to: bias)
      }
    case .gruBefore:
      let (both, candidate) = (0..<2 * width, 2 * width..<3 * width)
      gradients.addProduct(
        sums.columns(both), before, kind: kind, to: parameters.recurrent, outputs: both)
      gradients.addProduct(
        sums.columns(candidate), kept.rows(rows), kind: kind, to: parameters.recurrent,
        outputs: candidate)
    }
  }

  /// `h′` of each row.
  private func entering(_ blocks: [CellBlock], rows: Int) -> Matrix {
    let states = pool.uninitialized(rows, width)
    for block in blocks {
      let target = states.rows(block.rows)
      target.rows(0..<block.carried).assign(block.hidden)
      target.rows(block.carried..<target.rows).fill(0)
    }
    return states
  }
}
