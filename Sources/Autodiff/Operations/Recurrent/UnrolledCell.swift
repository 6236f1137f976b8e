import Kernels
import Tensors

/// The state of a recurrent cell: `h`, and `c` where the cell has one; a row a sentence or a token.
public struct CellState {
  public var hidden: Variable
  public var cell: Variable?

  public init(hidden: Variable, cell: Variable?) {
    self.hidden = hidden
    self.cell = cell
  }

  /// The same function of both parts.
  public func map(_ transform: (Variable) -> Variable) -> CellState {
    CellState(hidden: transform(hidden), cell: cell.map(transform))
  }
}

/// A cell that a decoder unrolls one step at a time, its inputs depending on what it said before. The
/// weight gradients of all its steps are one product each.
public final class UnrolledCell {
  private let tape: Tape
  private let trace: CellActivations

  /// - Parameter rows: of all steps together, at most.
  public init(_ cell: CellParameters, rows: Int, on tape: Tape) {
    self.tape = tape
    trace = CellActivations(
      cell, inputs: tape.pool.uninitialized(rows, cell.input.columns), rows: nil, tape: tape)
    tape.record { [trace] gradients in trace.addParameterGradients(to: gradients) }
  }

  /// One step from `state` with input `x`, `[rows, in]`. A step may have fewer rows than the state: the state's
  /// first rows go on, and the others have ended.
  ///
  /// - Precondition: all steps together have no more rows than the cell was made for, and the state has a cell
  ///   part where the cell's form has one.
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
