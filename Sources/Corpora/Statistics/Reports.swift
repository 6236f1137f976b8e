extension CorpusStatistics {
  /// The sizes in one line.
  public var summary: String {
    "\(sentences) sentences, \(storedTriples) triples (\(distinctTriples) distinct), "
      + "\(relations.count) relations, \(vocabulary.count) words"
  }
}

extension Conversion {
  /// The sizes, and a line for each reason why something could not be used.
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
