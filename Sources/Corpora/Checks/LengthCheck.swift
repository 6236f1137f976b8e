import Typesetting

/// How long sentences are, in tokens.
enum LengthCheck {
  /// - Parameter longest: the tokens of the longest sentence that is trained on.
  static func section(_ splits: [CheckedSplit], longest: Int) -> FindingSection {
    FindingSection(
      "lengths",
      splits.filter { !$0.sentences.isEmpty }.flatMap { [distribution($0), over($0, longest)] }
        .filter { $0.count != 0 })
  }

  private static func distribution(_ split: CheckedSplit) -> Finding {
    let sorted = split.sentences.map(\.tokens.count).sorted()
    /// The smallest length that so many per cent of the sentences do not pass.
    func quantile(_ percent: Int) -> Int { sorted[max(0, (percent * sorted.count + 99) / 100 - 1)] }
    let (least, most) = (sorted[0], sorted[sorted.count - 1])
    return Finding(
      .note, "lengths", in: split.name,
      "tokens of a sentence",
      "least \(least), median \(quantile(50)), 95 % up to \(quantile(95)), most \(most)",
      values: [
        "min": Double(least), "median": Double(quantile(50)), "p95": Double(quantile(95)),
        "max": Double(most),
      ])
  }

  private static func over(_ split: CheckedSplit, _ longest: Int) -> Finding {
    var tally = Tally()
    for (index, sentence) in split.sentences.enumerated() where sentence.tokens.count > longest {
      tally.add { "\(split.place(index)): \(Figures.plainCount(sentence.tokens.count, "token"))" }
    }
    return tally.finding(
      .warning, "lengths.over", in: split.name,
      "sentences of more than \(Figures.plainCount(longest, "token")), "
        + (split.name == "train" ? "left out of training" : "read up to there"),
      of: split.sentences.count, remedy: "raise data.maximumLength, or part the sentences")
  }
}
