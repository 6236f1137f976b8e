import Kernels

/// The cells of a recurrent layer of width 1000 over 50 rows, forward and backward in one call.
func cellKernels() -> [KernelCase] { [lstm(), peephole(), gruResetAfter(), gruResetBefore()] }

private let (rows, width) = (50, 1000)

private func floats(_ perCell: Int) -> Floats { Floats(rows * width * perCell) }

/// A case from floats per cell of the state.
private func cell(
  _ name: String, touched: Int, footprint: Int, _ call: @escaping () -> Void
) -> KernelCase {
  KernelCase(
    name: name, touched: touched * rows * width, footprint: footprint * rows * width, call: call)
}

/// Forward reads the sums and `c′` and writes gates, `c`, `tanh c` and `h`; backward reads the gates,
/// `c′`, `tanh c`, `dh` and `dc` and writes `dc′` and, in place of the gates, the gradient of the sums.
private func lstm() -> KernelCase {
  let gates = floats(4)
  let (previous, cell0, squashed, hidden) = (floats(1), floats(1), floats(1), floats(1))
  let (hiddenGradient, cellGradient) = (floats(1), floats(1))
  return cell("lstm", touched: 12 + 13, footprint: 10) {
    lstmForward(
      rows: rows, width: width, gates: gates.start, previous: previous.start, cell: cell0.start,
      squashed: squashed.start, hidden: hidden.start)
    lstmBackward(
      rows: rows, width: width, gates: gates.start, previous: previous.start,
      squashed: squashed.start, hiddenGradient: hiddenGradient.start,
      cellGradient: cellGradient.start)
  }
}

/// As an LSTM; the backward pass reads `c` too. The peepholes are a row, and are not counted.
private func peephole() -> KernelCase {
  let (gates, peepholes, peepholeGradient) = (floats(4), Floats(3 * width), Floats(3 * width))
  let (previous, cell0, squashed, hidden) = (floats(1), floats(1), floats(1), floats(1))
  let (hiddenGradient, cellGradient) = (floats(1), floats(1))
  return cell("lstm.peephole", touched: 12 + 14, footprint: 10) {
    peepholeForward(
      rows: rows, width: width, gates: gates.start, peepholes: peepholes.start,
      previous: previous.start, cell: cell0.start, squashed: squashed.start, hidden: hidden.start)
    for row in 0..<rows {
      let at = row * width
      peepholeBackward(
        width: width, gates: gates.start + 4 * at, peepholes: peepholes.start,
        previous: previous.start + at, cell: cell0.start + at, squashed: squashed.start + at,
        hiddenGradient: hiddenGradient.start + at, cellGradient: cellGradient.start + at,
        peepholeGradient: peepholeGradient.start)
    }
  }
}

/// Forward reads both sums and `h′` and writes gates and `h`; backward reads the gates, `u_n`, `h′` and
/// `dh` and writes `dh ⊙ z` and both gradients.
private func gruResetAfter() -> KernelCase {
  let (gates, recurrent) = (floats(3), floats(3))
  let (inputGradient, recurrentGradient) = (floats(3), floats(3))
  let (previous, hidden, hiddenGradient) = (floats(1), floats(1), floats(1))
  return cell("gru.after", touched: 11 + 13, footprint: 15) {
    gruResetAfterForward(
      rows: rows, width: width, input: gates.start, recurrent: recurrent.start,
      previous: previous.start, hidden: hidden.start)
    gruResetAfterBackward(
      rows: rows, width: width, gates: gates.start, recurrent: recurrent.start,
      previous: previous.start, hiddenGradient: hiddenGradient.start,
      inputGradient: inputGradient.start, recurrentGradient: recurrentGradient.start)
  }
}

/// Forward reads the sums, and `h′` twice, and writes gates, `r ⊙ h′` and `h`; backward reads z and n,
/// `h′`, `dh`, and later r, `h′`, its gradient and `dh′`, and writes `dh ⊙ z`, `dh′` and the gradient of
/// the sums.
private func gruResetBefore() -> KernelCase {
  let (sums, sumGradient) = (floats(3), floats(3))
  let (previous, reset, hidden) = (floats(1), floats(1), floats(1))
  let (hiddenGradient, resetGradient, previousGradient) = (floats(1), floats(1), floats(1))
  return cell("gru.before", touched: 11 + 13, footprint: 12) {
    gruResetBeforeGates(
      rows: rows, width: width, sums: sums.start, previous: previous.start, reset: reset.start)
    gruResetBeforeMix(
      rows: rows, width: width, sums: sums.start, previous: previous.start, hidden: hidden.start)
    gruResetBeforeMixBackward(
      rows: rows, width: width, gates: sums.start, previous: previous.start,
      hiddenGradient: hiddenGradient.start, sumGradient: sumGradient.start)
    gruResetBeforeGatesBackward(
      rows: rows, width: width, gates: sums.start, previous: previous.start,
      resetGradient: resetGradient.start, sumGradient: sumGradient.start,
      previousGradient: previousGradient.start)
  }
}
