/// What training or evaluation refuses: splits that are not there or cannot be read, and bad records.
enum FaultCheck {
  /// - Parameters:
  ///   - passedOver: files of splits that are there a second time, gzipped.
  ///   - folder: the folder of the splits; `nil` for a file that was named alone.
  ///   - writesNames: whether the model can be taught names that the tokens do not hold.
  static func section(
    _ splits: [CheckedSplit], passedOver: [String], folder: String?, writesNames: Bool
  ) -> FindingSection {
    FindingSection(
      "faults",
      (folder.map { missing(splits, in: $0) } ?? []) + splits.flatMap(unreadable)
        + splits.flatMap(badRecords)
        + [noTriples(splits, writesNames: writesNames)].compactMap { $0 }
        + passedOver.map {
          Finding(
            .warning, "faults.passed_over",
            "\($0): passed over, for the same file without .gz is there",
            remedy: "take one of them away")
        })
  }

  private static func missing(_ splits: [CheckedSplit], in folder: String) -> [Finding] {
    ["train", "dev"].filter { name in !splits.contains { $0.name == name } }.map { name in
      let path = (folder.hasSuffix("/") ? folder : folder + "/") + "\(name).jsonl"
      let command = CorpusFolder.command(making: path) ?? "tercet data convert … --out \(path)"
      return Finding(
        .fault, "faults.missing", "\(path): is not there, and training reads it",
        remedy: "make it: \(command)")
    }
  }

  private static func unreadable(_ split: CheckedSplit) -> [Finding] {
    split.failure.map { [Finding(.fault, "faults.unreadable", in: split.name, "\($0)")] } ?? []
  }

  /// A finding for each reason; the last says what to do about all.
  private static func badRecords(_ split: CheckedSplit) -> [Finding] {
    let reasons = split.bad.reasons
    return reasons.enumerated().map { index, reason in
      Finding(
        .fault, "faults.records", in: split.name, "bad records, \(reason.text)",
        count: reason.count, of: split.bad.records, examples: reason.first.map { "\($0)" },
        remedy: index == reasons.count - 1 ? split.remedy : nil)
    }
  }

  /// A training split of which no model can learn a triple.
  private static func noTriples(_ splits: [CheckedSplit], writesNames: Bool) -> Finding? {
    guard let training = splits.training,
      (writesNames
        ? training.statistics.distinctTriples : training.statistics.locatedTriples) == 0
    else { return nil }
    let all = training.statistics.distinctTriples
    return all == 0
      ? Finding(
        .fault, "faults.no_triples", in: "train", "no sentence has a triple to learn",
        remedy: "convert the corpus with its annotations")
      : Finding(
        .fault, "faults.no_triples", in: "train",
        "triples whose head or tail the tokens do not hold, and no others", count: all,
        remedy: "write names as the tokens have them, or cut the text as the names are written")
  }
}
