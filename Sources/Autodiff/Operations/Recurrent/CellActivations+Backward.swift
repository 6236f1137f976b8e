import Kernels
import Tensors

extension CellActivations {
  /// The backward pass of ``step(_:)``, called for the blocks in reverse order.
  ///
  /// - Parameters:
  ///   - hiddenGradient: `[rows, d]`, in: `dh`; out: `dh′` in the rows with a previous state.
  ///   - cellGradient: `[rows, d]`, in: `dc`; out: `dc′`. Empty without cell state.
  func stepBackward(
    _ block: CellBlock, hiddenGradient: Matrix, cellGradient: Matrix, _ gradients: DeferredGradients
  ) {
    let carried = 0..<block.carried
    switch parameters.form {
    case .lstm, .peephole:
      forEachPart(of: block, hiddenGradient, cellGradient) { part, dh, dc in
        stepBackwardLSTM(part, hiddenGradient: dh, cellGradient: dc, gradients)
      }
      keep(block, gradients)
      recurrent.backward(
        products(block.rows).rows(carried), into: hiddenGradient.rows(carried))
    case .fullPeephole:
      stepBackwardFullPeephole(block, hiddenGradient: hiddenGradient, cellGradient: cellGradient)
      keep(block, gradients)
      recurrent.backward(
        products(block.rows).rows(carried), into: hiddenGradient.rows(carried))
    case .gruResetAfter:
      forEachPart(of: block, hiddenGradient, cellGradient) { part, dh, _ in
        gruResetAfterBackward(
          rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
          recurrent: kept.rows(part.rows).pointer, previous: part.hidden,
          hiddenGradient: dh.pointer, inputGradient: sumGradient.rows(part.rows).pointer,
          recurrentGradient: recurrentGradient.rows(part.rows).pointer)
      }
      keep(block, gradients)
      recurrent.backward(
        recurrentGradient.rows(block.rows).rows(carried), into: hiddenGradient.rows(carried),
        adding: true)
    case .gruResetBefore:
      stepBackwardGRUBefore(block, hiddenGradient: hiddenGradient)
      keep(block, gradients)
    }
  }

  /// Rows of ``sumGradient`` in the precision of products.
  ///
  /// - Precondition: the rows are those of the latest block.
  private func products(_ rows: Range<Int>) -> ProductOperand {
    guard rounds else { return .float32(sumGradient.rows(rows)) }
    guard let rounded, rounded.rows == rows else { preconditionFailure("rows \(rows) not rounded") }
    return .bfloat16(rounded.values)
  }

  /// Stores a block's operands of the parameter gradients while they are in cache.
  private func keep(_ block: CellBlock, _ gradients: DeferredGradients) {
    let sums = sumGradient.rows(block.rows)
    if rounds {
      let values = pool.uninitializedBFloat(sums.rows, sums.columns)
      values.assign(sums)
      rounded = (block.rows, values)
    }
    let terms = terms(gradients)
    terms.keep(
      block, sums: sums, rounded: products(block.rows),
      recurrent: parameters.form == .gruResetAfter ? recurrentGradient.rows(block.rows) : nil,
      gradients)
  }

  private func terms(_ gradients: DeferredGradients) -> CellGradients {
    if let terms { return terms }
    let fresh = CellGradients(parameters, rows: rows, starting: starting, gradients)
    terms = fresh
    return fresh
  }

  /// Visits the parts of a block, each with its rows of the states' gradients.
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
    _ part: Part, hiddenGradient: Matrix, cellGradient: Matrix, _ gradients: DeferredGradients
  ) {
    let (gates, squashed) = (gates.rows(part.rows).pointer, kept.rows(part.rows).pointer)
    guard let peepholes else {
      return lstmBackward(
        rows: part.rows.count, width: width, gates: gates, previous: part.cell,
        squashed: squashed, hiddenGradient: hiddenGradient.pointer,
        cellGradient: cellGradient.pointer)
    }
    let terms = terms(gradients)
    for row in 0..<part.rows.count {
      let at = row * width
      peepholeBackward(
        width: width, gates: gates + 4 * at, peepholes: peepholes.pointer,
        previous: part.cell + at, cell: cell.rows(part.rows).row(row), squashed: squashed + at,
        hiddenGradient: hiddenGradient.row(row), cellGradient: cellGradient.row(row),
        peepholeGradient: terms.peepholes[terms.shard(ofRow: part.rows.lowerBound + row, gradients)]
          .pointer)
    }
  }

  private func stepBackwardFullPeephole(
    _ block: CellBlock, hiddenGradient: Matrix, cellGradient: Matrix
  ) {
    let (sums, carried) = (gates.rows(block.rows), 0..<block.carried)
    peepholeOutputBackward(
      rows: block.rows.count, width: width, gates: sums.pointer,
      squashed: kept.rows(block.rows).pointer, hiddenGradient: hiddenGradient.pointer,
      cellGradient: cellGradient.pointer)
    fullPeepholes?.output.backward(
      sums.columns(3 * width..<4 * width), into: cellGradient, adding: true)
    forEachPart(of: block, hiddenGradient, cellGradient) { part, _, dc in
      peepholeCellBackward(
        rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
        previous: part.cell, cellGradient: dc.pointer)
    }
    fullPeepholes?.gates.backward(
      sums.columns(0..<2 * width).rows(carried), into: cellGradient.rows(carried), adding: true)
  }

  private func stepBackwardGRUBefore(_ block: CellBlock, hiddenGradient: Matrix) {
    let sums = sumGradient.rows(block.rows)
    forEachPart(of: block, hiddenGradient, hiddenGradient) { part, dh, _ in
      gruResetBeforeMixBackward(
        rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
        previous: part.hidden, hiddenGradient: dh.pointer,
        sumGradient: sumGradient.rows(part.rows).pointer)
    }
    let reset = pool.uninitialized(block.rows.count, width)
    recurrentCandidate.backward(sums.columns(2 * width..<3 * width), into: reset)
    forEachPart(of: block, hiddenGradient, reset) { part, dh, resetGradient in
      gruResetBeforeGatesBackward(
        rows: part.rows.count, width: width, gates: gates.rows(part.rows).pointer,
        previous: part.hidden, resetGradient: resetGradient.pointer,
        sumGradient: sumGradient.rows(part.rows).pointer, previousGradient: dh.pointer)
    }
    let carried = 0..<block.carried
    recurrentGates.backward(
      sums.columns(0..<2 * width).rows(carried), into: hiddenGradient.rows(carried), adding: true)
  }

  /// The backward pass of a block without influence on the loss: stores zeros.
  func stepBackwardNothing(_ rows: Range<Int>, _ gradients: DeferredGradients) {
    terms(gradients).clear(rows)
  }

  /// Adds `d(W x + b) W` to `dx` for the rows of the latest block.
  func addInputGradient(_ rows: Range<Int>, to gradient: Matrix) {
    input.backward(products(rows), into: gradient, adding: true)
  }

  /// Adds the gradients of weights and biases over all blocks, each in a single product.
  func addParameterGradients(to gradients: DeferredGradients) {
    guard used > 0 else { return }
    terms(gradients).add(
      inputs: inputs.rows(0..<used), reset: kept.rows(0..<used), newCells: cell.rows(0..<used),
      to: gradients)
    terms = nil
  }
}
