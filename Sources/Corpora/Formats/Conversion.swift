/// A published corpus after conversion.
public struct Conversion: Sendable {
  /// The sentences, in the order of the file.
  public let sentences: [Sentence]
  /// The number of unusable parts by reason; reasons that never held are absent.
  public let tally: [Unused: Int]
}

/// A reason why a part of a published corpus is no target, or is left out, as reports print it.
public enum Unused: String, CaseIterable, Sendable {
  /// A head or tail that the text does not hold.
  case argument = "heads and tails not found in the text; kept as gold, never a target"
  /// An entity that the text does not hold.
  case mention = "entity mentions not found in the text; left out"
  /// Another type for the span of an entity.
  case type = "second types of an entity; the first is kept"
  /// A pair that the corpus lists as unrelated.
  case noRelation = "pairs labelled as no relation; left out"
  /// A relation between two sentences.
  case crossing = "relations across sentences; left out"
  /// A relation between tokens that end no entity.
  case endless = "relations that end at no entity's last token; left out"
}

extension Conversion {
  /// The sizes, and a line for each reason of unusable parts.
  ///
  /// - Parameter output: the file that was written.
  public func report(output: String) -> String {
    let statistics = CorpusStatistics(sentences)
    var lines = ["\(output): \(statistics.summary)"]
    let empty = statistics.sentencesByTriples[0]
    if empty > 0 { lines.append("  \(empty) sentences without triples; kept") }
    for reason in Unused.allCases {
      if let count = tally[reason] { lines.append("  \(count) \(reason.rawValue)") }
    }
    return lines.joined(separator: "\n")
  }
}
