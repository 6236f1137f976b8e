import Commands
import Corpora

/// `tercet data stats`: what a corpus holds.
enum DataStats {
  /// Prints the table of a file of JSON Lines, or of each one in a folder, and the relations that
  /// training does not have.
  ///
  /// - Throws: `CorpusError` naming file and line of what does not fit.
  static func run(_ arguments: StatisticsArguments) throws(CorpusError) {
    for path in arguments.paths { try print(path) }
  }

  private static func print(_ path: String) throws(CorpusError) {
    let splits = try CorpusFolder.splits(path).map { (split) throws(CorpusError) in
      (name: split.name, statistics: CorpusStatistics(try JSONLines.read(split.path)))
    }
    Console.line("\(StatisticsTable(splits))")
    guard let training = splits.first(where: { $0.name == "train" })?.statistics else { return }
    for split in splits {
      let unseen = UnseenRelations(in: split.statistics, training: training)
      if let warning = unseen.warning(split: split.name) {
        Console.line("warning: \(warning)")
      }
    }
  }
}
