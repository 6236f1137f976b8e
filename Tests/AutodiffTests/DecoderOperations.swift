import Autodiff
import Kernels
import Tensors

extension OperationCase {
  static let unrolled: [OperationCase] =
    CellForm.all.flatMap { form in
      [
        cell(form, steps: 3, taken: 3, counted: 3), cell(form, steps: 4, taken: 2, counted: 2),
        cell(form, steps: 3, taken: 3, counted: 1), shrinking(form),
      ]
    } + [
      OperationCase(
        "unrolled linear, three steps, a part of the columns, with bias",
        inputs: [Shape(2, 3), Shape(2, 3), Shape(2, 3)], parameters: [Shape(4, 6), Shape(1, 4)]
      ) { tape, x, p in
        let map = UnrolledLinear(
          p[0], columns: 1..<4, bias: p[1], rows: 6, on: tape)
        return Results(outputs: x.map { map.step($0) })
      },
      OperationCase(
        "unrolled linear, made for more steps than are taken",
        inputs: [Shape(2, 3), Shape(2, 3)], parameters: [Shape(4, 3)]
      ) { tape, x, p in
        let map = UnrolledLinear(p[0], rows: 10, on: tape)
        return Results(outputs: x.map { map.step($0) })
      },
    ]

  /// A cell that reads an input a step. The hidden states of the first `counted` steps are outputs, and
  /// so is the cell state of the last of them; the objective does not depend on later steps.
  private static func cell(_ form: CellForm, steps: Int, taken: Int, counted: Int) -> OperationCase
  {
    let (sentences, width, inputs) = (2, 3, 2)
    let parts = form.hasCellState ? 2 : 1
    let shapes =
      (0..<parts).map { _ in Shape(sentences, width) }
      + (0..<taken).map { _ in Shape(sentences, inputs) }
    return OperationCase(
      "unrolled \(form), \(taken) of \(steps) steps, \(counted) of them count",
      inputs: shapes, parameters: form.shapes(inputs: inputs, width: width)
    ) { tape, x, p in
      let cell = UnrolledCell(form.cell(p), rows: steps * sentences, on: tape)
      var state = CellState(hidden: x[0], cell: parts == 2 ? x[1] : nil)
      var states: [CellState] = []
      for input in x.dropFirst(parts) {
        state = cell.step(input, from: state)
        states.append(state)
      }
      let last = states[counted - 1].cell
      return Results(outputs: states.prefix(counted).map(\.hidden) + [last].compactMap { $0 })
    }
  }

  /// A cell whose second step has fewer rows than the first, as over sentences of unequal length.
  private static func shrinking(_ form: CellForm) -> OperationCase {
    let parts = form.hasCellState ? 2 : 1
    return OperationCase(
      "unrolled \(form) over rows that end",
      inputs: (0..<parts).map { _ in Shape(3, 4) } + [Shape(3, 2), Shape(2, 2), Shape(1, 2)],
      parameters: form.shapes(inputs: 2, width: 4)
    ) { tape, x, p in
      let cell = UnrolledCell(form.cell(p), rows: 6, on: tape)
      var state = CellState(hidden: x[0], cell: parts == 2 ? x[1] : nil)
      let states = x.dropFirst(parts).map { input in
        state = cell.step(input, from: state)
        return state
      }
      return Results(outputs: states.map(\.hidden) + states.compactMap(\.cell))
    }
  }

  /// Two steps that share keys. Sums of query and key stay away from 0, where selu has a kink.
  private static func additive(
    _ function: Activation, weight: Bool, bias: Bool
  ) -> OperationCase {
    let layout = SequenceLayout(lengths: [3, 2, 2])
    let query = Shape(layout.sentences, 4, 0.6...1)
    let parameters = (weight ? [Shape(1, 4)] : []) + (bias ? [Shape(1, 1)] : [])
    return OperationCase(
      "additive scores inside \(function)\(weight ? ", weight" : "")\(bias ? ", bias" : "")",
      inputs: [query, query, Shape(layout.rows, 4, 0.05...0.2)], parameters: parameters
    ) { tape, x, p in
      Results(
        outputs: x.prefix(2).map { query in
          tape.additiveScores(
            query: query, keys: x[2], weight: weight ? p[0] : nil,
            bias: bias ? p[parameters.count - 1] : nil, function: function, layout: layout)
        })
    }
  }

  static let attention: [OperationCase] =
    Activation.all.flatMap { function in
      [(true, true), (true, false), (false, true), (false, false)].map {
        additive(function, weight: $0.0, bias: $0.1)
      }
    }
    + [ContextReduction.sum, .mean].map { reduction in
      let layout = SequenceLayout(lengths: [4, 2, 1])
      return OperationCase(
        "attended, \(reduction)", inputs: [Shape(layout.rows, 1), Shape(layout.rows, 3)]
      ) { tape, x, _ in
        Results(outputs: [
          tape.attended(scores: x[0], values: x[1], layout: layout, reduction: reduction)
        ])
      }
    }

  static let choices: [OperationCase] =
    exclusions.map { rule, name in
      OperationCase(
        "cross-entropy over columns\(name)", inputs: [Shape(3, 4), Shape(3, 1)]
      ) { tape, x, _ in
        let loss = LossTerm("columns", weight: 1, sentences: 3)
        tape.addCrossEntropy(
          Logits(classes: x[0], na: x[1]), targets: [2, 4, 0],
          excluding: rule.map { ExcludedChoices([1, nil, 1], $0) }, to: loss)
        return Results(losses: [loss])
      }
    }
    + exclusions.map { rule, name in
      let layout = SequenceLayout(lengths: [4, 2, 2])
      return OperationCase(
        "cross-entropy over tokens\(name)", inputs: [Shape(layout.rows, 1), Shape(3, 1)]
      ) { tape, x, _ in
        let loss = LossTerm("tokens", weight: 1, sentences: 3)
        tape.addCrossEntropy(
          Logits(tokens: x[0], na: x[1], layout: layout), targets: [3, 2, 0],
          excluding: rule.map { ExcludedChoices([1, nil, 1], $0) }, to: loss)
        return Results(losses: [loss])
      }
    }
    + [
      OperationCase(
        "cross-entropy where the target is set to zero", inputs: [Shape(1, 4), Shape(1, 1)]
      ) { tape, x, _ in
        let loss = LossTerm("zeroed target", weight: 1, sentences: 1)
        tape.addCrossEntropy(
          Logits(classes: x[0], na: x[1]), targets: [2],
          excluding: ExcludedChoices([2], .zeroed), to: loss)
        return Results(losses: [loss])
      }
    ]

  static let rowLosses =
    [nil, [1, 0, 10, 0.5] as [Float]].map { weights in
      OperationCase("cross-entropy of rows, weights \(weights ?? [])", inputs: [Shape(4, 3)]) {
        tape, x, _ in
        let loss = LossTerm("rows", weight: 1, sentences: 1)
        tape.addCrossEntropy(rowsOf: x[0], targets: [2, 0, 1, 2], weights: weights, to: loss)
        return Results(losses: [loss])
      }
    } + [
      OperationCase("binary cross-entropy", inputs: [Shape(4, 3)]) { tape, x, _ in
        let loss = LossTerm("cells", weight: 1, sentences: 1)
        tape.addBinaryCrossEntropy(
          x[0], cells: [Tape.Cell(row: 0, column: 2), Tape.Cell(row: 3, column: 0)], to: loss)
        return Results(losses: [loss])
      }
    ]

  private static let exclusions: [(Exclusion?, String)] = [
    (nil, ""), (.removed, ", choices removed"), (.zeroed, ", choices zeroed"),
  ]
}
