import Kernels
import Tensors

/// The direction of a recurrent layer over a sentence: first to last token, or last to first.
public enum Direction: Sendable {
  case forward, backward
}

extension Tape {
  /// A recurrent layer over sentences of unequal length. Each sentence starts from the zero state, and
  /// the layer never runs over padding (Models/README.md D8).
  ///
  /// Each weight gradient is a single product over all tokens.
  ///
  /// - Parameter x: `[tokens, in]`, laid out by `layout`.
  /// - Returns: the states after each token: `h [tokens, d]`, and `c [tokens, d]` in cells with cell
  ///   state.
  public func recurrent(
    _ x: Variable, _ cell: CellParameters, layout: SequenceLayout, direction: Direction
  ) -> CellState {
    precondition(x.value.rows == layout.rows, "\(x.value.rows) rows for \(layout.rows) tokens")
    let trace = CellActivations(cell, inputs: x.value, rows: x.rows, tape: self)
    let blocks = trace.blocks(of: layout, direction: direction)
    for block in blocks {
      // Step by step: the step then reads the product's result from cache.
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
  /// The rows of each time step, in the order of the direction. The first rows continue the states of
  /// the previous block; later rows start from zeros.
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

  /// Runs the blocks backward and carries the states' gradients from each block to the one before it.
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
