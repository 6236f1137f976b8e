/// An evaluation on the development split.
package struct EvaluationEntry: Sendable, Equatable {
  /// Updates before it.
  package let step: Int
  /// The epoch that has ended; counts from 0.
  package let epoch: Int
  package let precision: Double
  package let recall: Double
  package let f1: Double
  /// F1 of the entities that tags spell; `nil` for a model without tags.
  package let tagF1: Double?
  /// When a triple counts as found, an `evaluation.match`.
  package let match: String
  /// Whether no evaluation before was as good.
  package let isBest: Bool
  /// How long it took.
  package let seconds: Double

  package init(
    step: Int, epoch: Int, precision: Double, recall: Double, f1: Double, tagF1: Double?,
    match: String, isBest: Bool, seconds: Double
  ) {
    (self.step, self.epoch, self.precision, self.recall) = (step, epoch, precision, recall)
    (self.f1, self.tagF1, self.match, self.isBest) = (f1, tagF1, match, isBest)
    self.seconds = seconds
  }

  /// The fields of the line.
  package var fields: [RunLogField: any Sendable] {
    var fields: [RunLogField: any Sendable] = [
      .step: step, .epoch: epoch, .precision: precision, .recall: recall, .f1: f1, .match: match,
      .best: isBest, .seconds: seconds,
    ]
    if let tagF1 { fields[.tagF1] = tagF1 }
    return fields
  }
}

extension EvaluationEntry: Decodable {
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: RunLogField.self)
    step = try values.count(.step)
    epoch = try values.count(.epoch)
    precision = try values.decode(Double.self, forKey: .precision)
    recall = try values.decode(Double.self, forKey: .recall)
    f1 = try values.decode(Double.self, forKey: .f1)
    tagF1 = try values.decodeIfPresent(Double.self, forKey: .tagF1)
    match = try values.decode(String.self, forKey: .match)
    isBest = try values.decode(Bool.self, forKey: .best)
    seconds = try values.decodeIfPresent(Double.self, forKey: .seconds) ?? 0
  }
}
