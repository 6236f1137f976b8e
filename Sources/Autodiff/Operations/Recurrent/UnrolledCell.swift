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
  private let sentences: Int

  /// - Parameters:
  ///   - steps: the steps that will be taken, at most.
  ///   - sentences: rows of each step.
  public init(_ cell: CellParameters, steps: Int, sentences: Int, on tape: Tape) {
    self.tape = tape
    self.sentences = sentences
    trace = CellActivations(
      cell, inputs: tape.pool.uninitialized(steps * sentences, cell.input.columns),
      kind: .sentences,
      tape: tape)
    tape.record { [trace] gradients in trace.addParameterGradients(to: gradients) }
  }

  /// One step from `state` with input `x`, `[sentences, in]`.
  ///
  /// - Precondition: fewer steps were taken than the cell was made for, and the state has a cell part
  ///   where the cell's form has one.
  public func step(_ x: Variable, from state: CellState) -> CellState {
    let rows = trace.used..<trace.used + sentences
    let form = trace.parameters.form
    precondition((state.cell != nil) == form.hasCellState, "cell state of \(form)")
    precondition(rows.upperBound <= trace.inputs.rows, "more steps than the cell was made for")
    let block = CellBlock(rows: rows, hidden: state.hidden.value, cell: state.cell?.value)
    trace.inputs.rows(rows).assign(x.value)
    trace.project(rows)
    trace.step(block)
    let hidden = tape.variable(trace.hidden.rows(rows))
    let cell = state.cell.map { _ in tape.variable(trace.cell.rows(rows)) }
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
