/// The steps and evaluations of a run from its first update to its last.
package struct RunSchedule: Sendable, Equatable {
  package let epochs: Int
  /// Updates of an epoch.
  package let stepsPerEpoch: Int
  /// The cost of all sentences of an epoch; of a drawn one, what is expected.
  package let epochCost: Int
  /// The cost of the development split's sentences.
  package let developmentCost: Int
  /// Epochs from one evaluation to the next.
  package let evaluationEvery: Int
  /// The epochs after which a schedule of the rate ends, and which are evaluated for it.
  package let ends: [Int]
  /// Countings of the development split after the last epoch, for thresholds.
  package let finalEvaluations: Int
  /// The update after which the run stops early; `nil` for none.
  package let stopAfter: Int?

  /// - Precondition: `stepsPerEpoch`, `epochCost` and `evaluationEvery` are positive.
  package init(
    epochs: Int, stepsPerEpoch: Int, epochCost: Int, developmentCost: Int,
    evaluationEvery: Int = 1, ends: [Int] = [], finalEvaluations: Int = 0, stopAfter: Int? = nil
  ) {
    precondition(stepsPerEpoch > 0 && epochCost > 0 && evaluationEvery > 0, "an empty schedule")
    (self.epochs, self.stepsPerEpoch, self.epochCost) = (epochs, stepsPerEpoch, epochCost)
    (self.developmentCost, self.evaluationEvery) = (developmentCost, evaluationEvery)
    (self.ends, self.finalEvaluations, self.stopAfter) = (ends, finalEvaluations, stopAfter)
  }

  /// Updates of the whole run.
  package var steps: Int { min(epochs * stepsPerEpoch, stopAfter ?? .max) }

  /// Whether an epoch, from 1, is followed by an evaluation.
  package func evaluates(after epoch: Int) -> Bool {
    epoch % evaluationEvery == 0 || epoch == epochs || ends.contains(epoch)
  }

  /// The evaluations after the epochs beyond the first `epoch`.
  func evaluations(after epoch: Int) -> Int {
    let last = steps / stepsPerEpoch
    let every = last / evaluationEvery - min(epoch, last) / evaluationEvery
    let others = Set(ends + [epochs]).count {
      $0 > epoch && $0 <= last && $0 % evaluationEvery != 0
    }
    return every + others + (steps == epochs * stepsPerEpoch ? finalEvaluations : 0)
  }
}

extension RunSchedule {
  /// The fields of a start.
  package var fields: [RunLogField: any Sendable] {
    var fields: [RunLogField: any Sendable] = [
      .epochs: epochs, .stepsPerEpoch: stepsPerEpoch, .epochCost: epochCost,
      .developmentCost: developmentCost, .evaluationEvery: evaluationEvery, .scheduleEnds: ends,
      .finalEvaluations: finalEvaluations,
    ]
    if let stopAfter { fields[.stopAfter] = stopAfter }
    return fields
  }

  /// The schedule of a start; `nil` where it has none, as in logs of earlier versions.
  init?(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: RunLogField.self)
    guard let epochs = try values.countIfPresent(.epochs), epochs > 0,
      let steps = try values.countIfPresent(.stepsPerEpoch), steps > 0,
      let cost = try values.decodeIfPresent(Int.self, forKey: .epochCost), cost > 0
    else { return nil }
    self.init(
      epochs: epochs, stepsPerEpoch: steps, epochCost: cost,
      developmentCost: try values.decodeIfPresent(Int.self, forKey: .developmentCost) ?? 0,
      evaluationEvery: max(1, try values.countIfPresent(.evaluationEvery) ?? 1),
      ends: try values.decodeIfPresent([Int].self, forKey: .scheduleEnds) ?? [],
      finalEvaluations: try values.countIfPresent(.finalEvaluations) ?? 0,
      stopAfter: try values.countIfPresent(.stopAfter))
  }
}
