import Kernels
import Tensors

/// Which end of a sentence a recurrent layer starts from.
public enum Direction: Sendable {
  case forward, backward
}

extension Tape {
  /// A recurrent layer over sentences of unequal length, each from zero state, in its own direction and
  /// over its own tokens only (models.md D8).
  ///
  /// The weight gradients of all tokens are one product each.
  ///
  /// - Parameter x: `[tokens, in]`, laid out as `layout` says.
  /// - Returns: the states after each token, `h [tokens, d]` and `c` likewise where there is one.
  public func recurrent(
    _ x: Variable, _ cell: CellParameters, layout: SequenceLayout, direction: Direction
  ) -> CellState {
    precondition(x.value.rows == layout.rows, "\(x.value.rows) rows for \(layout.rows) tokens")
    let trace = CellActivations(cell, inputs: x.value, rows: x.rows, tape: self)
    let blocks = trace.blocks(of: layout, direction: direction)
    for block in blocks {
      // A step's rows at a time: what the product leaves is still in cache when the step reads it.
      trace.project(block.rows)
      trace.step(block)
    }
    let hidden = variable(trace.hidden, rows: x.rows)
    let state = cell.form.hasCellState ? variable(trace.cell, rows: x.rows) : nil
    record { gradients in
      guard hidden.hasGradient || state?.hasGradient == true else { return }
      trace.backward(
        blocks.reversed(), hidden: hidden.gradient,
        cell: state.flatMap { $0.hasGradient ? $0.gradient : nil }, input: x.gradient, gradients)
      trace.addParameterGradients(to: gradients)
    }
    return CellState(hidden: hidden, cell: state)
  }
}

extension CellActivations {
  /// The rows of each time step in the order of the direction; the sentences that the step before had too
  /// continue its states, and come first in either.
  fileprivate func blocks(of layout: SequenceLayout, direction: Direction) -> [CellBlock] {
    let steps = Array(0..<layout.steps)
    let ordered = direction == .forward ? steps : steps.reversed()
    return ordered.enumerated().map { index, step in
      let rows = layout.rows(at: step)
      let previous = index == 0 ? 0..<0 : layout.rows(at: ordered[index - 1])
      let carried = previous.prefix(rows.count)
      return CellBlock(
        rows: rows, hidden: hidden.rows(carried),
        cell: parameters.form.hasCellState ? cell.rows(carried) : nil)
    }
  }

  /// Runs the blocks backward, states' gradients flowing from each to the one that it continued.
  fileprivate func backward(
    _ blocks: some Sequence<CellBlock>, hidden: Matrix, cell: Matrix?, input: Matrix,
    _ gradients: DeferredGradients
  ) {
    let sentences = blocks.reduce(0) { max($0, $1.rows.count) }
    let hiddenGradient = pool.zeros(sentences, self.hidden.columns)
    let cellGradient = pool.zeros(sentences, self.cell.columns)
    for block in blocks {
      let dh = hiddenGradient.rows(0..<block.rows.count)
      let dc = cellGradient.rows(0..<block.rows.count)
      add(hidden.rows(block.rows).pointer, to: dh.pointer, count: dh.count)
      if let cell { add(cell.rows(block.rows).pointer, to: dc.pointer, count: dc.count) }
      stepBackward(block, hiddenGradient: dh, cellGradient: dc, gradients)
      addInputGradient(block.rows, to: input.rows(block.rows))
    }
  }
}
