import Autodiff
import Kernels
import Tensors

extension OperationCase {
  /// Every operation of the tape.
  static let all =
    elementwise + rows + recurrent + unrolled + attention + choices + rowLosses + chains
    + transformer

  static let elementwise: [OperationCase] =
    [
      OperationCase("linear", inputs: [Shape(4, 3)], parameters: [Shape(5, 3)]) { tape, x, p in
        Results(outputs: [tape.linear(x[0], p[0])])
      },
      OperationCase(
        "linear with bias, a part of the columns",
        inputs: [Shape(4, 3)], parameters: [Shape(5, 7), Shape(1, 5)]
      ) { tape, x, p in
        Results(outputs: [tape.linear(x[0], p[0], columns: 2..<5, bias: p[1])])
      },
      OperationCase("product", inputs: [Shape(4, 3), Shape(3, 5)]) { tape, x, _ in
        Results(outputs: [tape.product(x[0], x[1])])
      },
      OperationCase("product, transposed", inputs: [Shape(4, 3), Shape(5, 3)]) { tape, x, _ in
        Results(outputs: [tape.product(x[0], x[1], transposingSecond: true)])
      },
      OperationCase("product of a value and itself", inputs: [Shape(3, 3)]) { tape, x, _ in
        Results(outputs: [tape.product(x[0], x[0])])
      },
      OperationCase("sum", inputs: [Shape(3, 4), Shape(3, 4)]) { tape, x, _ in
        Results(outputs: [tape.sum(x[0], x[1])])
      },
      OperationCase("sum of a value and itself", inputs: [Shape(3, 4)]) { tape, x, _ in
        Results(outputs: [tape.sum(x[0], x[0])])
      },
      OperationCase("average", inputs: [Shape(3, 4), Shape(3, 4)]) { tape, x, _ in
        Results(outputs: [tape.average(x[0], x[1])])
      },
      OperationCase("scaled", inputs: [Shape(3, 4)]) { tape, x, _ in
        Results(outputs: [tape.scaled(x[0], by: -1.75)])
      },
      OperationCase("biased", inputs: [Shape(4, 3)], parameters: [Shape(1, 3)]) { tape, x, p in
        Results(outputs: [tape.biased(x[0], p[0])])
      },
      OperationCase("multiplied", inputs: [Shape(3, 4)]) { tape, x, _ in
        let factors = tape.pool.matrix(3, 4, (0..<12).map { Float($0 % 5) / 2 })
        return Results(outputs: [tape.multiplied(x[0], by: factors)])
      },
    ]
    + Activation.all.map { function in
      OperationCase("activated by \(function)", inputs: [Shape(4, 5)]) { tape, x, _ in
        Results(outputs: [tape.activated(x[0], function)])
      }
    }

  static let rows = [
    OperationCase("concatenated", inputs: [Shape(3, 2), Shape(3, 4)]) { tape, x, _ in
      Results(outputs: [tape.concatenated(x[0], x[1])])
    },
    OperationCase("gathered, rows repeated and left out", inputs: [Shape(4, 3)]) { tape, x, _ in
      Results(outputs: [tape.gathered(x[0], rows: [3, 1, 3, 3, 0])])
    },
    OperationCase(
      "recomputed, one result used twice", inputs: [Shape(4, 3)],
      parameters: [Shape(3, 3), Shape(1, 3)]
    ) { tape, x, p in
      let y = tape.recomputed {
        [tape.linear(x[0], p[0], bias: p[1]), tape.activated(x[0], .tanh)]
      }
      return Results(outputs: [y[0], tape.sum(y[1], x[0]), tape.scaled(y[1], by: 2)])
    },
    OperationCase("a range of rows", inputs: [Shape(5, 3)]) { tape, x, _ in
      Results(outputs: [tape.rows(x[0], 1..<4), tape.rows(x[0], 3..<5)])
    },
    OperationCase("stacked, a part twice", inputs: [Shape(2, 3), Shape(1, 3)]) { tape, x, _ in
      Results(outputs: [tape.stacked([x[0], x[1], x[0]])])
    },
    OperationCase("embedded, ids repeated and left out", parameters: [Shape(5, 3)]) { tape, _, p in
      Results(outputs: [
        tape.embedded(p[0], [4, 1, 4, 0, 1, 4], rows: RowMap(sentence: 0, count: 6))
      ])
    },
    OperationCase("embedded, one id for none", parameters: [Shape(4, 3)]) { tape, _, p in
      Results(outputs: [
        tape.embedded(p[0], [0, 1, 3, 0, 1], rows: RowMap(sentence: 0, count: 5), blank: 0)
      ])
    },
  ]

  static let recurrent = CellForm.all.flatMap { form in
    [Direction.forward, .backward].flatMap { direction in
      [[4, 2, 2, 1], [1], [3]].map { lengths in
        let layout = SequenceLayout(lengths: lengths)
        return OperationCase(
          "recurrent \(form) \(direction) over \(lengths)",
          inputs: [Shape(layout.rows, 2)], parameters: form.shapes(inputs: 2, width: 3)
        ) { tape, x, p in
          let state = tape.recurrent(
            x[0], form.cell(p), layout: layout, direction: direction)
          return Results(outputs: [state.hidden] + [state.cell].compactMap { $0 })
        }
      }
    }
  }

  static let chains = [true, false].map { ends in
    let layout = SequenceLayout(lengths: [4, 2, 1])
    let shapes = [Shape(3, 3)] + (ends ? [Shape(1, 3), Shape(1, 3)] : [])
    return OperationCase(
      "CRF loss \(ends ? "with" : "without") ends", inputs: [Shape(layout.rows, 3)],
      parameters: shapes
    ) { tape, x, p in
      let chain = CRFParameters(
        transitions: p[0], start: ends ? p[1] : nil, end: ends ? p[2] : nil)
      let loss = LossTerm("CRF", weight: 1, sentences: 3)
      tape.addCRFLoss(
        x[0], chain, gold: [[0, 2, 2, 1], [1, 0], [2]], layout: layout, to: loss)
      return Results(losses: [loss])
    }
  }
}

extension Activation {
  static let all: [Activation] = [.identity, .logistic, .tanh, .selu]
}

extension CellForm {
  static let all: [CellForm] = [
    .lstm, .peephole, .fullPeephole, .gruResetAfter, .gruResetBefore,
  ]

  func shapes(inputs: Int, width: Int) -> [Shape] {
    let rows = gates * width
    let biases = self == .gruResetAfter ? 2 : 1
    return [Shape(rows, inputs), Shape(rows, width)]
      + (0..<biases).map { _ in Shape(1, rows) }
      + (hasPeepholes ? [Shape(peepholeRows(width: width), width)] : [])
  }

  func cell(_ p: [Parameter]) -> CellParameters {
    CellParameters(
      form: self, input: p[0], recurrent: p[1], bias: p[2],
      recurrentBias: self == .gruResetAfter ? p[3] : nil, peepholes: hasPeepholes ? p[3] : nil)
  }
}
