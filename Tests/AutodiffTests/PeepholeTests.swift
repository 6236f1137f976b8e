import Autodiff
import Tensors
import Testing

@Suite("Peepholes")
struct PeepholeTests {
  private func slab(_ layout: ParameterLayout, _ values: [[Float]]) -> Slab {
    let slab = Slab(count: layout.count)
    for (i, value) in values.flatMap({ $0 }).enumerated() { slab.buffer[i] = value }
    return slab
  }

  private func cell(
    _ form: CellForm, inputs: Int, width: Int, in layout: inout ParameterLayout
  ) -> CellParameters {
    CellParameters(
      form: form,
      input: layout.declare("W", rows: 4 * width, columns: inputs, .zeros),
      recurrent: layout.declare("U", rows: 4 * width, columns: width, .zeros),
      bias: layout.declare("b", columns: 4 * width, .zeros),
      peepholes: layout.declare(
        "p", rows: form.peepholeRows(width: width), columns: width, .zeros))
  }

  /// Models/README.md 1.5: `x = 1, h′ = .2, c′ = .4`; weights of the gates i, f, g, o in this order.
  @Test(
    "both forms give the scalars of Models/README.md 1.5",
    arguments: [CellForm.peephole, .fullPeephole])
  func scalars(_ form: CellForm) {
    var layout = ParameterLayout()
    let cell = cell(form, inputs: 1, width: 1, in: &layout)
    let tape = Tape(
      parameters: slab(
        layout,
        [[0.4, 0.5, 0.6, 0.3], [-0.2, 0.3, 0.5, 0.1], [0, 0, 0, 0], [0.2, 0.1, 0.7]]))
    func variable(_ value: Float) -> Variable {
      tape.variable(tape.pool.matrix(1, 1, [value]), rows: RowMap(sentences: 1))
    }
    let state = UnrolledCell(cell, rows: 1, on: tape).step(
      variable(1), from: CellState(hidden: variable(0.2), cell: variable(0.4)))
    #expect(abs(state.hidden.value[0, 0] - 0.378063) < 1e-6)
    #expect(abs((state.cell?.value[0, 0] ?? 0) - 0.625875) < 1e-6)
  }

  /// Two cells that differ in form alone, over three sentences in both directions.
  @Test("matrices that are diagonal act as their diagonals, also on gradients")
  func diagonal() {
    let (inputs, width) = (2, 3)
    let diagonal = (0..<3 * width).map { Float($0 % 5) / 4 - 0.5 }
    let full = (0..<3 * width).flatMap { row in
      (0..<width).map { $0 == row % width ? diagonal[row] : 0 }
    }
    var numbers = Numbers(seed: 3)
    let weights = (0..<4 * width * (inputs + width + 1)).map { _ in numbers.next(0.1...1) }
    let results = [(CellForm.peephole, diagonal), (.fullPeephole, full)].map { form, peepholes in
      var layout = ParameterLayout()
      let cell = cell(form, inputs: inputs, width: width, in: &layout)
      let tape = Tape(parameters: slab(layout, [weights, peepholes]), mode: .oneShard)
      let rows = SequenceLayout(lengths: [4, 2, 1])
      let x = tape.variable(
        tape.pool.matrix(rows.rows, inputs, (0..<rows.rows * inputs).map { Float($0 % 7) / 7 }),
        rows: rows.tokenRows)
      let hidden = [Direction.forward, .backward].map {
        tape.recurrent(x, cell, layout: rows, direction: $0).hidden
      }
      for state in hidden {
        for i in 0..<state.value.count { state.gradient.pointer[i] = Float(i % 3) - 0.7 }
      }
      let gradients = Slab(count: layout.count)
      tape.collected().add(to: gradients)
      let all = gradients(layout.parameters[3])
      let ofPeepholes =
        form == .peephole
        ? all.elements : (0..<3 * width).map { all[$0, $0 % width] }
      return hidden.flatMap(\.value.elements) + x.gradient.elements
        + gradients.buffer[0..<weights.count] + ofPeepholes
    }
    #expect(results[0].count == results[1].count)
    for (a, b) in zip(results[0], results[1]) { #expect(abs(a - b) < 1e-5) }
  }
}
