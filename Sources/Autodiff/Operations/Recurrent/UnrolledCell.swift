import Kernels
import Tensors

/// The state of a recurrent cell, one row for each sentence or token.
public struct CellState {
  /// `h`, `[rows, d]`.
  public var hidden: Variable
  /// `c`, `[rows, d]`; `nil` in a cell without cell state.
  public var cell: Variable?

  /// Pairs `h` with `c`; both have the same shape.
  public init(hidden: Variable, cell: Variable?) {
    self.hidden = hidden
    self.cell = cell
  }

  /// Applies `transform` to both parts.
  public func map(_ transform: (Variable) -> Variable) -> CellState {
    CellState(hidden: transform(hidden), cell: cell.map(transform))
  }
}

/// A recurrent cell that a decoder runs one step at a time, because each input depends on the previous
/// output. Each weight gradient is a single product over all steps.
public final class UnrolledCell {
  private let tape: Tape
  private let trace: CellActivations

  /// Prepares a cell for a decoder's steps on one batch.
  ///
  /// - Parameter rows: an upper bound for the rows of all steps together.
  public init(_ cell: CellParameters, rows: Int, on tape: Tape) {
    self.tape = tape
    trace = CellActivations(
      cell, inputs: tape.pool.uninitialized(rows, cell.input.columns), rows: nil, tape: tape)
    tape.record { [trace] gradients in trace.addParameterGradients(to: gradients) }
  }

  /// One step from `state` with input `x`, `[rows, in]`. With fewer rows than the state, `x` continues
  /// the state's first rows; the other sequences have ended.
  ///
  /// - Precondition: all steps together stay within the rows given to the initialiser, and the state has
  ///   a cell part exactly if the cell's form has one.
  /// - Returns: the new state, as many rows as `x`.
  public func step(_ x: Variable, from state: CellState) -> CellState {
    let form = trace.parameters.form
    let continued = 0..<x.value.rows
    precondition((state.cell != nil) == form.hasCellState, "cell state of \(form)")
    let rows = trace.take(x)
    let block = CellBlock(
      rows: rows, hidden: state.hidden.value.rows(continued),
      cell: state.cell?.value.rows(continued))
    trace.project(rows)
    trace.step(block)
    let hidden = tape.variable(trace.hidden.rows(rows), rows: x.rows)
    let cell = state.cell.map { _ in tape.variable(trace.cell.rows(rows), rows: x.rows) }
    tape.record { [trace] gradients in
      guard hidden.hasGradient || cell?.hasGradient == true else {
        return trace.stepBackwardNothing(rows, gradients)
      }
      let dh = hidden.gradient
      let dc = cell?.gradient ?? trace.pool.uninitialized(rows.count, 0)
      trace.stepBackward(block, hiddenGradient: dh, cellGradient: dc, gradients)
      trace.addInputGradient(rows, to: x.gradient)
      add(dh.pointer, to: state.hidden.gradient.pointer, count: dh.count)
      if let before = state.cell { add(dc.pointer, to: before.gradient.pointer, count: dc.count) }
    }
    return CellState(hidden: hidden, cell: cell)
  }
}
