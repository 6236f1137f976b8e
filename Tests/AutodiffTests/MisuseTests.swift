import Autodiff
import Kernels
import Tensors
import Testing

/// A mistake of a programmer that an operation must not let pass.
enum Misuse: String, Codable, CaseIterable, Sendable {
  case linearInput, linearColumns, linearBias, sumShapes, biasWidth, factorShape
  case concatenatedRows, gatheredRow, embeddedID, embeddedNegativeID
  case recurrentRows, recurrentInput, stepsOfCell, stateWithoutCell, stateShape
  case stepsOfMap, mapInput, mapBias
  case scoreWidth, scoreSentences, scoreWeight, attentionRows
  case choiceSentences, choiceTokens, choiceTarget
  case tagsOfEmissions, goldLength, goldSentences
  case repeatedName, risingLengths, emptySentence, slabTooSmall

  /// Commits the mistake.
  func commit() {
    var layout = ParameterLayout()
    let weight = layout.declare("weight", rows: 4, columns: 3, .zeros)
    let wide = layout.declare("bias", columns: 4, .zeros)
    let narrow = layout.declare("narrow", columns: 3, .zeros)
    let square = layout.declare("square", rows: 3, columns: 3, .zeros)
    let input = layout.declare("input", rows: 12, columns: 2, .zeros)
    let recurrent = layout.declare("recurrent", rows: 12, columns: 3, .zeros)
    let bias = layout.declare("sums", columns: 12, .zeros)
    let cell = CellParameters(
      form: .lstm, input: input, recurrent: recurrent, bias: bias, recurrentBias: nil)
    let tape = Tape(parameters: Slab(count: self == .slabTooSmall ? 3 : layout.count))
    func x(_ rows: Int, _ columns: Int) -> Variable {
      tape.variable(tape.pool.zeros(rows, columns))
    }
    let packed = PackedLayout(lengths: [3, 2])
    let loss = LossSum("loss", weight: 1, sentences: 2)
    let chain = CRFParameters(transitions: square, start: nil, end: nil)
    func scores(_ query: Variable, _ keys: Variable, _ weight: Parameter? = nil) {
      _ = tape.additiveScores(
        query: query, keys: keys, weight: weight, bias: nil, function: .tanh, layout: packed)
    }
    func steps(_ count: Int, from state: CellState) {
      let unrolled = UnrolledCell(cell, steps: 2, sentences: 2, on: tape)
      for _ in 0..<count { _ = unrolled.step(x(2, 2), from: state) }
    }
    func mapped(_ count: Int, _ x: Variable, bias: Parameter? = nil) {
      let map = UnrolledLinear(weight, bias: bias, steps: 2, sentences: 2, on: tape)
      for _ in 0..<count { _ = map.step(x) }
    }
    func chosen(_ scores: ChoiceScores, _ target: Int) {
      tape.addCrossEntropy(scores, targets: [target, 0], to: loss)
    }
    func tagged(_ emissions: Variable, _ gold: [[Int]]) {
      tape.addCRFLoss(emissions, chain, gold: gold, layout: packed, to: loss)
    }
    switch self {
    case .linearInput: _ = tape.linear(x(2, 4), weight)
    case .linearColumns: _ = tape.linear(x(2, 2), weight, columns: 2..<4)
    case .linearBias: _ = tape.linear(x(2, 3), weight, bias: narrow)
    case .sumShapes: _ = tape.sum(x(2, 3), x(3, 2))
    case .biasWidth: _ = tape.biased(x(2, 3), wide)
    case .factorShape: _ = tape.multiplied(x(2, 3), by: tape.pool.zeros(3, 2))
    case .concatenatedRows: _ = tape.concatenated(x(2, 3), x(3, 3))
    case .gatheredRow: _ = tape.gathered(x(2, 3), rows: [2])
    case .embeddedID: _ = tape.embedded(weight, [4])
    case .embeddedNegativeID: _ = tape.embedded(weight, [-1])
    case .recurrentRows: _ = tape.recurrent(x(4, 2), cell, layout: packed, direction: .forward)
    case .recurrentInput: _ = tape.recurrent(x(5, 3), cell, layout: packed, direction: .forward)
    case .stepsOfCell: steps(3, from: CellState(hidden: x(2, 3), cell: x(2, 3)))
    case .stateWithoutCell: steps(1, from: CellState(hidden: x(2, 3), cell: nil))
    case .stateShape: steps(1, from: CellState(hidden: x(2, 2), cell: x(2, 3)))
    case .stepsOfMap: mapped(3, x(2, 3))
    case .mapInput: mapped(1, x(3, 3))
    case .mapBias: mapped(1, x(2, 3), bias: narrow)
    case .scoreWidth: scores(x(2, 4), x(5, 3))
    case .scoreSentences: scores(x(3, 3), x(5, 3))
    case .scoreWeight: scores(x(2, 3), x(5, 3), wide)
    case .attentionRows: _ = tape.attended(scores: x(4, 1), values: x(5, 3), layout: packed)
    case .choiceSentences: _ = ChoiceScores(classes: x(2, 3), na: x(3, 1))
    case .choiceTokens: _ = ChoiceScores(tokens: x(4, 1), na: x(2, 1), layout: packed)
    case .choiceTarget: chosen(ChoiceScores(classes: x(2, 3), na: x(2, 1)), 4)
    case .tagsOfEmissions: tagged(x(5, 2), [[0, 1, 0], [1, 1]])
    case .goldLength: tagged(x(5, 3), [[0, 1], [1, 1]])
    case .goldSentences: tagged(x(5, 3), [[0, 1, 0]])
    case .repeatedName: _ = layout.declare("weight", columns: 1, .zeros)
    case .risingLengths: _ = PackedLayout(lengths: [2, 3])
    case .emptySentence: _ = PackedLayout(lengths: [2, 0])
    case .slabTooSmall: _ = tape.linear(x(2, 3), weight)
    }
  }
}

@Suite("Mistakes of a programmer")
struct MisuseTests {
  @Test(
    "shapes that do not fit, and what else an operation cannot do, trap", arguments: Misuse.allCases
  )
  func traps(_ misuse: Misuse) async {
    await #expect(processExitsWith: .failure) { [misuse = misuse as Misuse] in misuse.commit() }
  }
}
