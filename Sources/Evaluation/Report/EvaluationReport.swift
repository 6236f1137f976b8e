import Corpora

/// The scores of one model on one split.
///
/// In JSON the keys of `score` (`sentences`, `precision`, `recall`, `f1`, `counts`, `ceiling`) stand
/// at the top level beside `match`; all scores are between 0 and 1.
public struct EvaluationReport: Hashable, Sendable {
  /// The rules of the report; `options.match` holds for every score without a mode in its name.
  public var options: EvaluationOptions
  /// Triples of all sentences.
  public var score: Score
  /// Triples of all sentences by `exact` and by `partial-last`, by position.
  public var otherMatches: [MatchMode: Score]
  /// Triples of the sentences of each overlap class.
  public var byOverlap: [OverlapClass: Score]
  /// Triples of the sentences with so many distinct gold triples.
  public var byTripleCount: [TripleCountBucket: Score]
  /// Triples by the token counts of their entities, or of their sentence's entities.
  public var byEntityLength: [LengthBucket: Score]
  /// Triples of the sentences of so many tokens.
  public var bySentenceLength: [SentenceLengthBucket: Score]
  /// Triples by what training had, by exact strings; `nil` where that is not known.
  public var byNovelty: [Novelty: Score]?
  /// Triples of each relation, worst first.
  public var byRelation: [RelationScore]
  /// Relations whatever their entities.
  public var relation: ElementScores
  /// Entities whatever their relation.
  public var entity: ElementScores
  /// Spans of predicted tags; `nil` for a model that does not tag.
  public var tagging: Score?
  /// Predicted entities with their types; `nil` for a model or a split without types.
  public var typedTagging: Score?
  /// Entities completed from their last token; `nil` for a model that does not tag.
  public var completion: Score?
  /// Kinds of wrong predictions, by exact strings.
  public var errors: ErrorCounts
  /// Probabilities against what is right; `nil` for a system that gives none.
  public var calibration: Calibration?
  /// Every wrong and every missing triple, by exact strings.
  public var faults: Faults
}

extension EvaluationReport {
  /// Gives each score the interval of its F1 over resamples of the sentences.
  mutating func resample(_ bootstrap: Bootstrap) {
    var counts: [[SentenceCounts]] = []
    visitScores { counts.append($0.bySentence) }
    var intervals = bootstrap.f1(of: counts).map { Interval(of: $0) }[...]
    visitScores { $0.interval = intervals.removeFirst() }
  }

  /// Calls `visit` with every score, always in the same order.
  private mutating func visitScores(_ visit: (inout Score) -> Void) {
    visit(&score)
    otherMatches.visit(visit)
    byOverlap.visit(visit)
    byTripleCount.visit(visit)
    byEntityLength.visit(visit)
    bySentenceLength.visit(visit)
    byNovelty?.visit(visit)
    for index in byRelation.indices { visit(&byRelation[index].score) }
    for scores in [\EvaluationReport.relation, \.entity] {
      visit(&self[keyPath: scores].set)
      visit(&self[keyPath: scores].copymtl)
    }
    for score in [\EvaluationReport.tagging, \.typedTagging, \.completion] {
      if var found = self[keyPath: score] {
        visit(&found)
        self[keyPath: score] = found
      }
    }
  }
}

extension Dictionary where Key: RawRepresentable<String>, Value == Score {
  fileprivate mutating func visit(_ visit: (inout Score) -> Void) {
    for key in keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      if var score = self[key] {
        visit(&score)
        self[key] = score
      }
    }
  }
}

extension EvaluationReport {
  /// One line of the printed report.
  public struct Row: Hashable, Sendable {
    /// The subset or task that is scored: `all`, `EPO`, `tagging`.
    public let name: String
    /// The match mode; for tags `spans` or `typed spans`.
    public let match: String
    /// The numbers.
    public let score: Score
    /// The rows that must be asked for with this one; `nil` where it is always printed.
    let part: ReportRows?
  }

  /// All scores in the order in which they are printed.
  public var rows: [Row] {
    let match = options.matchLabel
    var rows = [Row(name: "all", match: match, score: score, part: nil)]
    for mode in MatchMode.allCases where mode.rawValue != match {
      if let score = otherMatches[mode] {
        rows.append(Row(name: "all", match: mode.rawValue, score: score, part: nil))
      }
    }
    rows += Self.rows(OverlapClass.allCases, byOverlap, match, .class) { $0.rawValue }
    rows += Self.rows(TripleCountBucket.allCases, byTripleCount, match, .count) {
      "triples \($0.rawValue)"
    }
    rows += Self.rows(options.lengthRule.buckets, byEntityLength, match, .length) {
      "entity length \($0.rawValue)"
    }
    rows += Self.rows(SentenceLengthBucket.allCases, bySentenceLength, match, .length) {
      "tokens \($0.rawValue)"
    }
    rows += Self.rows(Novelty.allCases, byNovelty ?? [:], MatchMode.exact.rawValue, nil) {
      $0.rawValue
    }
    for (name, scores) in [("relation", relation), ("entity", entity)] {
      rows.append(Row(name: "\(name), set", match: match, score: scores.set, part: .all))
      rows.append(Row(name: "\(name), copymtl", match: match, score: scores.copymtl, part: .all))
    }
    return rows + tagRows
  }

  private var tagRows: [Row] {
    let tags: [(String, String, Score?, ReportRows?)] = [
      ("tagging", "spans", tagging, nil), ("tagging", "typed spans", typedTagging, nil),
      ("completion", "spans", completion, .all),
    ]
    return tags.compactMap { name, match, score, part in
      score.map { Row(name: name, match: match, score: $0, part: part) }
    }
  }

  private static func rows<Key: Hashable>(
    _ keys: [Key], _ scores: [Key: Score], _ match: String, _ part: ReportRows?,
    name: (Key) -> String
  ) -> [Row] {
    keys.compactMap { key in
      scores[key].map { Row(name: name(key), match: match, score: $0, part: part) }
    }
  }
}

extension EvaluationReport: Encodable {
  private enum Key: String, CodingKey {
    case match, options, otherMatches, byOverlap, byTripleCount, byEntityLength, bySentenceLength
    case byNovelty, byRelation, relation, entity, tagging, typedTagging, completion, errors, faults
    case calibration
  }

  /// Writes the keys of ``score`` at the top level, and the other parts beside them.
  public func encode(to encoder: any Encoder) throws {
    try score.encode(to: encoder)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(options.matchLabel, forKey: .match)
    try values.encode(options, forKey: .options)
    try values.encode(otherMatches.named, forKey: .otherMatches)
    try values.encode(byOverlap.named, forKey: .byOverlap)
    try values.encode(byTripleCount.named, forKey: .byTripleCount)
    try values.encode(byEntityLength.named, forKey: .byEntityLength)
    try values.encode(bySentenceLength.named, forKey: .bySentenceLength)
    try values.encodeIfPresent(byNovelty?.named, forKey: .byNovelty)
    try values.encode(byRelation, forKey: .byRelation)
    try values.encode(relation, forKey: .relation)
    try values.encode(entity, forKey: .entity)
    try values.encodeIfPresent(tagging, forKey: .tagging)
    try values.encodeIfPresent(typedTagging, forKey: .typedTagging)
    try values.encodeIfPresent(completion, forKey: .completion)
    try values.encode(errors, forKey: .errors)
    try values.encode(faults, forKey: .faults)
    try values.encodeIfPresent(calibration, forKey: .calibration)
  }
}

extension Dictionary where Key: RawRepresentable<String>, Value == Score {
  fileprivate var named: [String: Score] {
    [String: Score](uniqueKeysWithValues: map { ($0.rawValue, $1) })
  }
}
