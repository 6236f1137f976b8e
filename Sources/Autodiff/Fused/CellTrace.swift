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

/// A cell at work on a run of rows, one block of rows after another; each block continues states that
/// earlier blocks, or the caller, left in ``entering``. What the blocks leave behind lies end to end, so
/// that the weight gradients of all of them are one product each.
final class CellTrace {
  let parameters: CellParameters
  /// `[rows, in]`.
  let inputs: Matrix
  /// `h′` of each row.
  let entering: Matrix
  /// `c′` of each row; empty without cell state.
  let enteringCell: Matrix
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
  /// In: `W x + b`; after a block's step its gates.
  private let gates: Matrix
  /// LSTM: `tanh c`. GRU: `U h′ + c` (after), `r ⊙ h′` (before).
  private let kept: Matrix
  let pool: MatrixPool
  /// Gradient of the sums under the gates' functions.
  private lazy var sumGradient = pool.uninitialized(gates.rows, gates.columns)
  /// Gradient of the peepholes by shard, added up over the blocks.
  private var peepholeGradients: [Matrix] = []
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
    entering = pool.uninitialized(rows, width)
    enteringCell = pool.uninitialized(rows, cellWidth)
    hidden = pool.uninitialized(rows, width)
    cell = pool.uninitialized(rows, cellWidth)
    gates = pool.uninitialized(rows, parameters.form.gates * width)
    kept = pool.uninitialized(rows, parameters.form == .gruAfter ? 3 * width : width)
  }

  private var width: Int { parameters.width }

  /// `W x + b` of the rows, in one product.
  func project(_ rows: Range<Int>) {
    let sums = gates.rows(rows)
    input.forward(inputs.rows(rows), into: sums)
    addRow(bias.pointer, to: sums.pointer, rows: rows.count, columns: sums.columns)
  }

  /// One step of the rows of a block, which are projected and whose entering states are set.
  ///
  /// - Parameter carried: how many of its first rows continue a state; the others start from zeros,
  ///   which no product need read.
  func step(_ rows: Range<Int>, carried: Int) {
    switch parameters.form {
    case .lstm, .peephole: stepLSTM(rows, carried: carried)
    case .gruAfter: stepGRUAfter(rows, carried: carried)
    case .gruBefore: stepGRUBefore(rows, carried: carried)
    }
  }

  private func stepLSTM(_ rows: Range<Int>, carried: Int) {
    let sums = gates.rows(rows)
    recurrent.forward(
      entering.rows(rows).rows(0..<carried), into: sums.rows(0..<carried), adding: true)
    let (before, after) = (enteringCell.rows(rows).pointer, cell.rows(rows).pointer)
    let (squashed, h) = (kept.rows(rows).pointer, hidden.rows(rows).pointer)
    if let peepholes {
      peepholeForward(
        rows: rows.count, width: width, gates: sums.pointer, peepholes: peepholes.pointer,
        previous: before, cell: after, squashed: squashed, hidden: h)
    } else {
      lstmForward(
        rows: rows.count, width: width, gates: sums.pointer, previous: before, cell: after,
        squashed: squashed, hidden: h)
    }
  }

  private func stepGRUAfter(_ rows: Range<Int>, carried: Int) {
    let products = kept.rows(rows)
    products.fill(0)
    recurrent.forward(entering.rows(rows).rows(0..<carried), into: products.rows(0..<carried))
    if let recurrentBias {
      addRow(
        recurrentBias.pointer, to: products.pointer, rows: rows.count, columns: products.columns)
    }
    gruAfterForward(
      rows: rows.count, width: width, input: gates.rows(rows).pointer, recurrent: products.pointer,
      previous: entering.rows(rows).pointer, hidden: hidden.rows(rows).pointer)
  }

  private func stepGRUBefore(_ rows: Range<Int>, carried: Int) {
    let (sums, before) = (gates.rows(rows), entering.rows(rows))
    recurrentGates.forward(
      before.rows(0..<carried), into: sums.columns(0..<2 * width).rows(0..<carried), adding: true)
    let reset = kept.rows(rows)
    gruBeforeGates(
      rows: rows.count, width: width, sums: sums.pointer, previous: before.pointer,
      reset: reset.pointer)
    recurrentCandidate.forward(
      reset.rows(0..<carried), into: sums.columns(2 * width..<3 * width).rows(0..<carried),
      adding: true)
    gruBeforeMix(
      rows: rows.count, width: width, sums: sums.pointer, previous: before.pointer,
      hidden: hidden.rows(rows).pointer)
  }
}

extension CellTrace {
  /// The backward of ``step(_:carried:)``; blocks come in the opposite order.
  ///
  /// - Parameters:
  ///   - hiddenGradient: `[rows, d]`, in: `dh`; out, in its first `carried` rows: `dh′`.
  ///   - cellGradient: `[rows, d]`, in: `dc`; out: `dc′`. Empty without cell state.
  func stepBackward(
    _ rows: Range<Int>, carried: Int, hiddenGradient: Matrix, cellGradient: Matrix,
    _ gradients: GradientTerms
  ) {
    switch parameters.form {
    case .lstm, .peephole:
      stepBackwardLSTM(
        rows, hiddenGradient: hiddenGradient, cellGradient: cellGradient, gradients)
      recurrent.backward(
        sumGradient.rows(rows).rows(0..<carried), into: hiddenGradient.rows(0..<carried))
    case .gruAfter:
      gruAfterBackward(
        rows: rows.count, width: width, gates: gates.rows(rows).pointer,
        recurrent: kept.rows(rows).pointer, previous: entering.rows(rows).pointer,
        hiddenGradient: hiddenGradient.pointer, inputGradient: sumGradient.rows(rows).pointer,
        recurrentGradient: recurrentGradient.rows(rows).pointer)
      recurrent.backward(
        recurrentGradient.rows(rows).rows(0..<carried), into: hiddenGradient.rows(0..<carried),
        adding: true)
    case .gruBefore: stepBackwardGRUBefore(rows, carried: carried, hiddenGradient: hiddenGradient)
    }
  }

  private func stepBackwardLSTM(
    _ rows: Range<Int>, hiddenGradient: Matrix, cellGradient: Matrix, _ gradients: GradientTerms
  ) {
    let (gates, sums) = (gates.rows(rows).pointer, sumGradient.rows(rows).pointer)
    let (before, squashed) = (enteringCell.rows(rows).pointer, kept.rows(rows).pointer)
    if let peepholes, let parameter = parameters.peepholes {
      if peepholeGradients.isEmpty { peepholeGradients = gradients.sums(for: parameter) }
      for row in 0..<rows.count {
        let at = row * width
        peepholeBackward(
          width: width, gates: gates + 4 * at, peepholes: peepholes.pointer,
          previous: before + at, cell: cell.rows(rows).row(row), squashed: squashed + at,
          hiddenGradient: hiddenGradient.row(row), cellGradient: cellGradient.row(row),
          sumGradient: sums + 4 * at,
          peepholeGradient: peepholeGradients[gradients.shard(ofSentence: row)].pointer)
      }
    } else {
      lstmBackward(
        rows: rows.count, width: width, gates: gates, previous: before, squashed: squashed,
        hiddenGradient: hiddenGradient.pointer, cellGradient: cellGradient.pointer,
        sumGradient: sums)
    }
  }

  private func stepBackwardGRUBefore(
    _ rows: Range<Int>, carried: Int, hiddenGradient: Matrix
  ) {
    let (sums, previous) = (sumGradient.rows(rows), entering.rows(rows).pointer)
    gruBeforeMixBackward(
      rows: rows.count, width: width, gates: gates.rows(rows).pointer, previous: previous,
      hiddenGradient: hiddenGradient.pointer, sumGradient: sums.pointer)
    let reset = pool.uninitialized(rows.count, width)
    recurrentCandidate.backward(sums.columns(2 * width..<3 * width), into: reset)
    gruBeforeGatesBackward(
      rows: rows.count, width: width, gates: gates.rows(rows).pointer, previous: previous,
      resetGradient: reset.pointer, sumGradient: sums.pointer,
      previousGradient: hiddenGradient.pointer)
    recurrentGates.backward(
      sums.columns(0..<2 * width).rows(0..<carried), into: hiddenGradient.rows(0..<carried),
      adding: true)
  }

  /// Leaves no gradient in the rows of a block that the loss does not depend on.
  func stepBackwardNothing(_ rows: Range<Int>) {
    sumGradient.rows(rows).fill(0)
    if parameters.form == .gruAfter { recurrentGradient.rows(rows).fill(0) }
  }

  /// `dx += d(W x + b) W` for the rows.
  func addInputGradient(_ rows: Range<Int>, to gradient: Matrix) {
    input.backward(sumGradient.rows(rows), into: gradient, adding: true)
  }

  /// Adds the gradients of weights and biases from the rows, all their blocks in one product each.
  ///
  /// - Parameter kind: what the rows stand for.
  func addParameterGradients(
    _ rows: Range<Int>, kind: ShardRows.Kind, to gradients: GradientTerms
  ) {
    let (sums, before) = (sumGradient.rows(rows), entering.rows(rows))
    gradients.addProduct(sums, inputs.rows(rows), kind: kind, to: parameters.input)
    gradients.addColumnSums(sums, kind: kind, to: parameters.bias)
    switch parameters.form {
    case .lstm, .peephole:
      gradients.addProduct(sums, before, kind: kind, to: parameters.recurrent)
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
}
