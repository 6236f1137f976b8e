import Corpora

/// A wrong or a missing triple of a sentence, or one of each that belong together.
public struct Fault: Hashable, Sendable {
  /// The index of the sentence in its split.
  public let sentence: Int
  /// What went wrong.
  public let kind: FaultKind
  /// The wrong prediction; `nil` where a triple is missing alone.
  public let predicted: Prediction.Group?
  /// The missing triple; `nil` where a prediction is wrong alone.
  public let gold: Triple?
}

/// All faults of a split's predictions, by exact strings.
///
/// In JSON the numbers of `wrong` predictions and of `missing` triples, in all and for each kind.
public struct Faults: Hashable, Sendable, Encodable {
  /// The faults in the order of the split.
  public let list: [Fault]
  /// The most triples in one output of the model; `nil` where there is no bound, or it is not known.
  public let limit: Int?

  /// The number of wrong predictions of a kind.
  public func wrong(_ kind: FaultKind) -> Int {
    list.count { $0.kind == kind && $0.predicted != nil }
  }
  /// The number of missing triples of a kind.
  public func missing(_ kind: FaultKind) -> Int { list.count { $0.kind == kind && $0.gold != nil } }
  /// The number of wrong predictions: predicted minus correct.
  public var wrong: Int { list.count { $0.predicted != nil } }
  /// The number of missing triples: gold minus correct.
  public var missing: Int { list.count { $0.gold != nil } }

  private struct Counts: Encodable {
    let wrong: Int
    let missing: Int
  }

  private enum Key: String, CodingKey {
    case wrong, missing, kinds, limit
  }

  /// Writes the counts.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(wrong, forKey: .wrong)
    try values.encode(missing, forKey: .missing)
    try values.encodeIfPresent(limit, forKey: .limit)
    let kinds = FaultKind.allCases.map {
      ($0.rawValue, Counts(wrong: wrong($0), missing: missing($0)))
    }
    try values.encode([String: Counts](uniqueKeysWithValues: kinds), forKey: .kinds)
  }
}
