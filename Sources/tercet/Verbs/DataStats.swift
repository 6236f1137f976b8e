import Commands
import Corpora

/// `tercet data stats PATH...`: prints sizes, counts and overlap classes of corpora.
struct DataStats: Verb {
  static let syntax = VerbSyntax(
    words: ["data", "stats"],
    purpose: "print sizes, counts and overlap classes of corpora",
    operand: Operand(
      name: "PATH", count: .atLeastOnce, help: "JSON Lines file, or a folder of them"),
    examples: [
      "tercet data stats data/webnlg",
      "tercet data stats data/nyt/test.jsonl data/webnlg/test.jsonl",
    ])

  /// Files of JSON Lines, or folders of them; at least one.
  let paths: [String]

  /// Prints a table for each path, and warns of relations that occur in no training split.
  ///
  /// - Throws: `CorpusError` with file and line of malformed input.
  func run() throws -> ExitStatus {
    for path in paths { try print(path) }
    return .success
  }

  private func print(_ path: String) throws(CorpusError) {
    var warnings: [String] = []
    let splits = try CorpusFolder.splits(path).map { (split) throws(CorpusError) in
      let sentences = try JSONLines.read(split.path)
      warnings += [RelationWarning.text(about: sentences, in: split.path)].compactMap { $0 }
      return (name: split.name, statistics: CorpusStatistics(sentences))
    }
    Console.line(StatisticsTable(splits).text(width: Console.width))
    for warning in warnings { Console.error("warning: \(warning)") }
    guard let training = splits.first(where: { $0.name == "train" })?.statistics else { return }
    if let rare = training.rareRelations { Console.paragraph("train: \(rare)") }
    for split in splits {
      let unseen = UnseenRelations(in: split.statistics, training: training)
      if let warning = unseen.warning(split: split.name) { Console.error("warning: \(warning)") }
      guard split.name != "train" else { continue }
      let share = (split.statistics.shareOfWords(outside: training) * 1000).rounded() / 10
      Console.paragraph("\(split.name): \(share) % of its words do not occur in train")
    }
  }
}

extension DataStats {
  init(_ line: ArgumentLine) { self.init(paths: line.operands) }
}
