import Autodiff
import Randomness
import Tensors

extension OperationCase {
  /// The operations of transformers.
  static let transformer: [OperationCase] =
    [
      OperationCase(
        "adjacent linear maps", inputs: [Shape(4, 3)],
        parameters: [Shape(2, 3), Shape(3, 3), Shape(1, 2), Shape(1, 3)]
      ) { tape, x, p in
        Results(outputs: [tape.linear(x[0], adjacent: [p[0], p[1]], biases: [p[2], p[3]])])
      },
      OperationCase(
        "gelu of a linear map", inputs: [Shape(4, 3)], parameters: [Shape(5, 3), Shape(1, 5)]
      ) { tape, x, p in
        Results(outputs: [tape.geluLinear(x[0], p[0], bias: p[1])])
      },
      OperationCase("normalized", inputs: [Shape(4, 5)], parameters: [Shape(1, 5), Shape(1, 5)]) {
        tape, x, p in
        Results(outputs: [
          tape.normalized(x[0], NormParameters(gamma: p[0], beta: p[1], epsilon: 0.1))
        ])
      },
      OperationCase(
        "sum of rows of tables", parameters: [Shape(4, 3), Shape(2, 3)]
      ) { tape, _, p in
        Results(outputs: [
          tape.embeddedSum(
            [(p[0], [3, 1, 3, 0]), (p[1], [1, 1, 0, 1])], rows: RowMap(sentence: 0, count: 4))
        ])
      },
      OperationCase(
        "cross-entropy through a linear map", inputs: [Shape(4, 3)],
        parameters: [Shape(5, 3), Shape(1, 5)]
      ) { tape, x, p in
        let loss = LossTerm("L", weight: 1, sentences: 1)
        tape.addCrossEntropy(x[0], through: p[0], bias: p[1], targets: [4, 0, 2, 2], to: loss)
        return Results(losses: [loss])
      },
      OperationCase(
        "tied head: a table that is looked up and multiplied",
        parameters: [Shape(4, 3), Shape(1, 4)]
      ) { tape, _, p in
        let loss = LossTerm("L", weight: 1, sentences: 1)
        let x = tape.embedded(p[0], [0, 2, 0], rows: RowMap(sentence: 0, count: 3))
        tape.addCrossEntropy(x, through: p[0], bias: p[1], targets: [1, 3, 1], to: loss)
        return Results(losses: [loss])
      },
    ]
    + [nil, DropoutMask(0.3, streams: [stream])].flatMap { mask in
      let remark = mask == nil ? "" : " with dropout"
      return [
        OperationCase(
          "normalized sum\(remark)", inputs: [Shape(4, 3), Shape(4, 5)],
          parameters: [Shape(5, 3), Shape(1, 5), Shape(1, 5), Shape(1, 5)]
        ) { tape, x, p in
          let norm = NormParameters(gamma: p[2], beta: p[3], epsilon: 0.1)
          return Results(outputs: [
            tape.normalizedSum(
              x[0], p[0], bias: p[1], dropout: mask, units: [0, 1, 2, 3], onto: x[1], norm)
          ])
        },
        OperationCase("dropped\(remark)", inputs: [Shape(4, 5)]) { tape, x, _ in
          Results(outputs: [tape.dropped(x[0], by: mask, units: [0, 1, 2, 3])])
        },
      ]
    }
    + [[AttentionMask.full], [.prefix(2)], [.prefix(1)], [.prefix(5)], [.prefix(3), .full]].flatMap
  {
    masks in
    [false, true].map { isDropped in
      // The longer of two sentences lies behind the other.
      let lengths = masks.count == 1 ? [5] : [4, 2]
      let layout = SentenceLayout(lengths: lengths, shards: masks.count == 1 ? [0] : [1, 0])
      return OperationCase(
        "attention \(masks)\(isDropped ? " with dropout" : "")",
        inputs: [Shape(layout.rows, 12)]
      ) { tape, x, _ in
        let dropout = isDropped ? DropoutMask(0.3, streams: [stream, stream]) : nil
        return Results(outputs: [
          tape.selfAttention(x[0], heads: 2, layout: layout, masks: masks, dropout: dropout)
        ])
      }
    }
  }

  private static let stream = CounterRandom(seed: 3, purpose: "dropout")
}
