import Typesetting

/// The table of Corpora/README.md 11 as text: a row for each figure, a column for each split.
public struct StatisticsTable: Sendable {
  private let table: TextTable

  /// Lays out a table.
  ///
  /// - Parameter splits: names and figures, in the order of the columns.
  public init(_ splits: [(name: String, statistics: CorpusStatistics)]) {
    let all = splits.map(\.statistics)
    let isTagged = all.contains { $0.sentencesWithPartsOfSpeech > 0 }
    table = TextTable(
      header: [""] + splits.map(\.name),
      rows: (Self.figures + (isTagged ? [Self.partsOfSpeech] : [])).map { figure in
        [figure.label] + all.map(figure.value)
      }, keys: 1)
  }

  /// The table, at most `width` columns wide: one line for each row where that is wide enough, or `nil`.
  public func text(width: Int?) -> String { table.lines(width: width).joined(separator: "\n") }

  private typealias Figure = (label: String, value: (CorpusStatistics) -> String)

  private static var partsOfSpeech: Figure {
    (
      "sentences with parts of speech",
      { percent(Double($0.sentencesWithPartsOfSpeech) / Double(max(1, $0.sentences))) }
    )
  }

  private static var figures: [Figure] {
    [
      ("sentences", { "\($0.sentences)" }),
      ("triples, stored / distinct", { "\($0.storedTriples) / \($0.distinctTriples)" }),
      ("distinct triples per sentence", { ratio($0.distinctTriples, $0.sentences, digits: 2) }),
      ("relations occurring", { "\($0.relations.count)" }),
      ("vocabulary", { "\($0.vocabulary.count)" }),
      (
        "tokens, mean / most",
        { "\(ratio($0.tokens, $0.sentences, digits: 1)) / \($0.longestSentence)" }
      ),
      ("text is cut at", { $0.tokenization.rawValue }),
      ("Normal / EPO / SEO", { classes($0.overlap) }),
      ("  with repeated triples kept", { classes($0.overlapOfStored) }),
      (
        "sentences with 1/2/3/4/>=5 triples",
        { slashed(Array($0.sentencesByTriples.dropFirst())) }
      ),
      ("sentences without triples", { "\($0.sentencesByTriples[0])" }),
      ("sentences with more than 5 triples", { "\($0.sentencesOverFiveTriples)" }),
      ("entities of triples with 1/2/3/>=4 tokens", { slashed($0.entitiesByLength) }),
      ("entities of triples with many tokens", { percent($0.multiTokenShare) }),
      ("annotated entities with many tokens", { percent($0.multiTokenShareOfMentions) }),
      ("heads and tails not in the text", { "\($0.unlocatedArguments)" }),
      ("distinct triples in the text", { "\($0.locatedTriples)" }),
      ("relations with fewer than 5 triples", { "\($0.rare.count)" }),
    ]
  }

  private static func classes(_ counts: [OverlapClass: Int]) -> String {
    OverlapClass.allCases.map { "\(counts[$0] ?? 0)" }.joined(separator: " / ")
  }

  private static func slashed(_ counts: [Int]) -> String {
    counts.map(String.init).joined(separator: " / ")
  }

  private static func percent(_ share: Double) -> String {
    "\((share * 1000).rounded() / 10) %"
  }

  private static func ratio(_ a: Int, _ b: Int, digits: Int) -> String {
    let scale = digits == 1 ? 10.0 : 100.0
    return b == 0 ? "0" : "\((Double(a) / Double(b) * scale).rounded() / scale)"
  }
}
