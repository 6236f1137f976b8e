import Autodiff
import Layers
import Tensors
import Testing

/// Checks a fixture of bidirectional encoders alone: every dataset of every group.
func checkEncoders(_ fixture: Fixture) throws {
  for group in try fixture.groups() { try checkEncoder(fixture, group) }
}

private func checkEncoder(_ fixture: Fixture, _ group: String) throws {
  let shape = try fixture.shape("\(group)/x")
  let time = shape[1]
  let width = try fixture.shape("\(group)/out_fw")[2]
  let form: CellForm =
    if try fixture.contains("\(group)/c_fw") {
      .lstm
    } else if try fixture.contains("\(group)/params/fw/b_hh") { .gruResetAfter } else {
      .gruResetBefore
    }
  var layout = ParameterLayout()
  let encoder = BidirectionalEncoder(
    "encoder", form, inputs: shape[2], width: width, merge: .average,
    in: &layout)
  let (values, gradients) = (Slab(count: layout.count), Slab(count: layout.count))
  let names = [("fw", encoder.forward), ("bw", encoder.backward)].flatMap { side, cell in
    cellNames(cell).map { ("\(side)/\($0.0)", $0.1) }
  }
  for (name, parameter) in names {
    values(parameter).assign(elements: try fixture.floats("\(group)/params/\(name)"))
  }
  let batch = Sorted(try fixture.integers("\(group)/lengths"))
  let tape = fixture.tape(values, mode: .oneShard)
  let x = tape.variable(
    batch.pack(try fixture.floats("\(group)/x"), time: time, width: shape[2], tape),
    rows: batch.layout.tokenRows)
  try checkDirections(fixture, group, encoder, x, batch, time, tape)
  tape.reset()

  let encoding = encoder(x, layout: batch.layout, on: tape)
  try fixture.compare("\(group)/out_avg", batch.unpack(encoding.outputs.value, time: time))
  let states = [("h", encoding.final.hidden)] + (encoding.final.cell.map { [("c", $0)] } ?? [])
  for (name, state) in states {
    try fixture.compare("\(group)/\(name)_avg", batch.restoreRows(state.value))
    let upstream = try fixture.floats("\(group)/grad_\(name)_avg")
    for (sorted, original) in batch.order.enumerated() {
      for k in 0..<width { state.gradient[sorted, k] = upstream[original * width + k] }
    }
  }
  encoding.outputs.gradient.assign(
    batch.pack(try fixture.floats("\(group)/grad_out_avg"), time: time, width: width, tape))
  let loss = try upstreamLoss(fixture, group, encoding, states, batch, time)
  tape.collected().add(to: gradients)
  try fixture.compareLosses("\(group)/loss", [loss])
  try fixture.compare("\(group)/grad_x", batch.unpack(x.gradient, time: time))
  for (name, parameter) in names {
    try fixture.compare("\(group)/grad/\(name)", gradients(parameter).elements)
  }
}

/// `Σ out ⊙ upstream + Σ h ⊙ upstream (+ Σ c ⊙ upstream)`.
private func upstreamLoss(
  _ fixture: Fixture, _ group: String, _ encoding: BidirectionalEncoder.Encoding,
  _ states: [(String, Variable)], _ batch: Sorted, _ time: Int
) throws -> Double {
  func product(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  return try states.reduce(
    product(
      batch.unpack(encoding.outputs.value, time: time),
      try fixture.floats("\(group)/grad_out_avg"))
  ) { sum, state in
    sum
      + product(
        batch.restoreRows(state.1.value), try fixture.floats("\(group)/grad_\(state.0)_avg"))
  }
}

private func checkDirections(
  _ fixture: Fixture, _ group: String, _ encoder: BidirectionalEncoder, _ x: Variable,
  _ batch: Sorted, _ time: Int, _ tape: Tape
) throws {
  let directions: [(String, CellParameters, Direction)] = [
    ("fw", encoder.forward, .forward), ("bw", encoder.backward, .backward),
  ]
  for (side, cell, direction) in directions {
    let state = tape.recurrent(x, cell, layout: batch.layout, direction: direction)
    try fixture.compare("\(group)/out_\(side)", batch.unpack(state.hidden.value, time: time))
    let rows = (0..<batch.count).map { sentence in
      batch.layout.row(
        sentence: sentence,
        position: direction == .forward ? batch.layout.lengths[sentence] - 1 : 0)
    }
    for (name, part) in [("h", state.hidden), ("c", state.cell)] {
      guard let part else { continue }
      try fixture.compare(
        "\(group)/\(name)_\(side)", batch.restoreRows(tape.gathered(part, rows: rows).value))
    }
  }
}

/// The fixtures' names of a cell's parameters.
func cellNames(_ cell: CellParameters) -> [(String, Parameter)] {
  let own: [(String, Parameter?)] = [
    ("W_ih", cell.input), ("W_hh", cell.recurrent),
    (cell.recurrentBias == nil ? "b" : "b_ih", cell.bias), ("b_hh", cell.recurrentBias),
    ("p", cell.peepholes),
  ]
  return own.compactMap { name, parameter in parameter.map { (name, $0) } }
}
