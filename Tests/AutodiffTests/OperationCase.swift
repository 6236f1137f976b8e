import Autodiff
import Tensors
import Testing

/// A matrix of numbers that no two of are alike, with magnitudes in a range, so that a gradient that
/// mixes up elements cannot pass by symmetry.
struct Shape: Sendable {
  let rows: Int
  let columns: Int
  let magnitudes: ClosedRange<Float>

  init(_ rows: Int, _ columns: Int, _ magnitudes: ClosedRange<Float> = 0.25...1) {
    self.rows = rows
    self.columns = columns
    self.magnitudes = magnitudes
  }

  var count: Int { rows * columns }
}

/// What an operation left on the tape: variables, and terms of a loss.
struct Results {
  var outputs: [Variable] = []
  var losses: [LossTerm] = []
}

/// An operation of the tape with the shapes of what it takes. Its objective is `Σ w·y + Σ s·loss` with
/// fixed unequal weights, a function of the numbers of all inputs and then of all parameters.
struct OperationCase: Sendable, CustomTestStringConvertible {
  typealias Run = @Sendable (Tape, [Variable], [Parameter]) -> Results

  let testDescription: String
  let inputs: [Shape]
  let parameters: [Shape]
  let run: Run

  init(_ name: String, inputs: [Shape] = [], parameters: [Shape] = [], run: @escaping Run) {
    testDescription = name
    self.inputs = inputs
    self.parameters = parameters
    self.run = run
  }

  /// Values of all inputs and parameters: multiples of 2⁻¹⁰, so that a step of 2⁻⁴ is exact.
  var point: [Float] {
    var numbers = Numbers(seed: 1)
    return (inputs + parameters).flatMap { shape in
      (0..<shape.count).map { _ in numbers.next(shape.magnitudes) }
    }
  }

  /// The objective, nothing being recorded.
  func objective(at point: [Float]) -> Double {
    let tape = Tape(parameters: slab(at: point))
    let results = run(tape, variables(at: point, on: tape), layout.parameters)
    return weighted(results).reduce(0) { $0 + Double($1.weight) * $1.value }
  }

  /// The gradient that the tape gives, added up over so many runs into one slab.
  func gradient(at point: [Float], runs: Int = 1) -> [Float] {
    let gradients = Slab(count: layout.count)
    let tape = Tape(parameters: slab(at: point), mode: .oneShard)
    var inputGradients: [Float] = []
    for _ in 0..<runs {
      let leaves = variables(at: point, on: tape)
      let results = run(tape, leaves, layout.parameters)
      seed(results)
      tape.collected().add(to: gradients)
      inputGradients = leaves.flatMap { $0.gradient.elements }
    }
    return inputGradients + gradients.buffer
  }

  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    for (i, shape) in parameters.enumerated() {
      _ = layout.declare("\(i)", rows: shape.rows, columns: shape.columns, .zeros)
    }
    return layout
  }

  private func slab(at point: [Float]) -> Slab {
    let values = point.suffix(layout.count)
    let slab = Slab(count: values.count)
    for (i, value) in values.enumerated() { slab.buffer[i] = value }
    return slab
  }

  private func variables(at point: [Float], on tape: Tape) -> [Variable] {
    var offset = 0
    return inputs.map { shape in
      let elements = Array(point[offset..<offset + shape.count])
      offset += shape.count
      // Which sentence a row belongs to changes no sum of all of them.
      return tape.variable(
        tape.pool.matrix(shape.rows, shape.columns, elements),
        rows: RowMap(sentence: 0, count: shape.rows))
    }
  }

  /// Each number of the results with its weight in the objective.
  private func weighted(_ results: Results) -> [(weight: Float, value: Double)] {
    var numbers = Numbers(seed: 2)
    let outputs = results.outputs.flatMap(\.value.elements).map {
      (numbers.next(0.25...1), Double($0))
    }
    return outputs + results.losses.map { (numbers.next(0.25...1), $0.sum) }
  }

  private func seed(_ results: Results) {
    let weights = weighted(results).map(\.weight)
    var next = 0
    for output in results.outputs {
      for i in 0..<output.value.count { output.gradient.pointer[i] += weights[next + i] }
      next += output.value.count
    }
    for (loss, weight) in zip(results.losses, weights[next...]) { loss.gradientScale = weight }
  }
}

/// Numbers of either sign that follow from a seed (the generator of Knuth's MMIX).
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  private mutating func bits(_ count: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> (64 - count)
  }

  /// A multiple of 2⁻¹⁰ whose magnitude lies in the range.
  mutating func next(_ magnitudes: ClosedRange<Float>) -> Float {
    let width = magnitudes.upperBound - magnitudes.lowerBound
    let magnitude = magnitudes.lowerBound + width * Float(bits(20)) * 0x1p-20
    return (bits(1) == 0 ? 1 : -1) * (magnitude * 1024).rounded() / 1024
  }

  /// An integer in `0..<bound`.
  mutating func integer(below bound: Int) -> Int { Int(bits(32)) % bound }
}
