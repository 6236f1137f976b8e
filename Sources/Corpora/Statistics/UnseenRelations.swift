import Typesetting

/// Relations of a split that training lacks: no model can predict them, so their triples are misses.
public struct UnseenRelations: Sendable {
  /// Relations with the number of their distinct triples, in order of their code points.
  public let counts: [(relation: String, triples: Int)]

  /// Compares the relations of `split` with those of `training`.
  public init(in split: [Sentence], training: [Sentence]) {
    self.init(in: CorpusStatistics(split), training: CorpusStatistics(training))
  }

  /// Compares the relations of two splits by their counts.
  public init(in split: CorpusStatistics, training: CorpusStatistics) {
    counts = split.relations.filter { training.relations[$0.key] == nil }
      .sorted { $0.key < $1.key }.map { ($0.key.value, $0.value) }
  }

  /// One line of warning; `nil` where training has all relations.
  ///
  /// - Parameter split: the split's name.
  public func warning(split: String) -> String? {
    if counts.isEmpty { return nil }
    let triples = counts.reduce(0) { $0 + $1.triples }
    let names = counts.prefix(5).map { "'\($0.relation)'" }.joined(separator: ", ")
    let more = counts.count > 5 ? ", …" : ""
    return "\(split): training lacks \(Figures.count(counts.count, "relation")) with "
      + "\(Figures.count(triples, "triple")), each of which is a miss (\(names)\(more))"
  }
}
