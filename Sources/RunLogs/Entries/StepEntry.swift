/// An update.
package struct StepEntry: Sendable, Equatable {
  /// Counts from 1.
  package let step: Int
  /// Counts from 0.
  package let epoch: Int
  /// The mean of each term of the objective, by name; `nil` for a term that nothing in the minibatch was asked of.
  package let losses: [String: Double?]
  /// The weighted sum of the losses.
  package let total: Double
  /// The norm of the gradient before clipping.
  package let gradientNorm: Double
  /// The learning rate.
  package let rate: Double
  /// Sentences of all ranks, by the seconds of the step.
  package let sentencesPerSecond: Double
  /// The cost of the minibatch's sentences; `nil` in logs of earlier versions.
  package let cost: Int?
  /// The seconds of each phase, on rank 0.
  package let seconds: [String: Double]

  package init(
    step: Int, epoch: Int, losses: [String: Double?], total: Double, gradientNorm: Double,
    rate: Double, sentencesPerSecond: Double, cost: Int?, seconds: [String: Double]
  ) {
    (self.step, self.epoch, self.losses, self.total) = (step, epoch, losses, total)
    (self.gradientNorm, self.rate, self.cost) = (gradientNorm, rate, cost)
    (self.sentencesPerSecond, self.seconds) = (sentencesPerSecond, seconds)
  }

  /// The seconds of all phases.
  package var duration: Double { seconds.values.reduce(0, +) }
  /// Sentences of the update.
  var sentences: Double { sentencesPerSecond * duration }

  /// The fields of the line, but the losses.
  package var fields: [RunLogField: any Sendable] {
    var fields: [RunLogField: any Sendable] = [
      .step: step, .epoch: epoch, .total: total, .gradientNorm: gradientNorm, .rate: rate,
      .sentencesPerSecond: sentencesPerSecond, .seconds: seconds,
    ]
    if let cost { fields[.cost] = cost }
    return fields
  }
}

extension StepEntry: Decodable {
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: RunLogField.self)
    step = try values.count(.step)
    epoch = try values.count(.epoch)
    total = try values.decode(Double.self, forKey: .total)
    gradientNorm = try values.decode(Double.self, forKey: .gradientNorm)
    rate = try values.decode(Double.self, forKey: .rate)
    sentencesPerSecond = try values.decode(Double.self, forKey: .sentencesPerSecond)
    cost = try values.countIfPresent(.cost)
    seconds = try values.decode([String: Double].self, forKey: .seconds)
    let all = try decoder.container(keyedBy: TermName.self)
    losses = try all.allKeys.filter { RunLogField(rawValue: $0.stringValue) == nil }
      .reduce(into: [:]) {
        $0[$1.stringValue] = .some(try all.decodeIfPresent(Double.self, forKey: $1))
      }
  }

  /// The key of a term of the objective: any that is no field.
  private struct TermName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
