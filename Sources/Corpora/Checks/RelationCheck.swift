import Typesetting

/// Relations that are rare, that a split lacks, or that are written in several ways.
enum RelationCheck {
  static func section(_ splits: [CheckedSplit]) -> FindingSection {
    var findings = splits.flatMap(odd)
    if let training = splits.training {
      let known = training.statistics
      findings += [rare(known)] + splits.others.map { unseen($0, known) }
      findings += [trainedAlone(known, splits.others)]
    }
    findings.append(variants(splits))
    return FindingSection("relations", findings.filter { $0.count != 0 })
  }

  private static func rare(_ training: CorpusStatistics) -> Finding {
    let rare = training.rare
    return Finding(
      .warning, "relations.rare", in: "train", "relations with fewer than 5 triples",
      count: rare.count, of: training.relations.count, examples: names(rare),
      remedy: "add sentences for them; a model seldom finds what it has seen so seldom")
  }

  private static func unseen(_ split: CheckedSplit, _ training: CorpusStatistics) -> Finding {
    let unseen = UnseenRelations(in: split.statistics, training: training).counts
    let triples = unseen.reduce(0) { $0 + $1.triples }
    return Finding(
      .warning, "relations.unseen", in: split.name,
      "relations that train lacks, so that their triples are misses", count: unseen.count,
      of: split.statistics.relations.count, Figures.plainCount(triples, "triple"),
      examples: unseen.map { "\($0.relation) (\($0.triples))" },
      remedy: "move sentences with them into train.jsonl, or leave the relations out: "
        + "tercet data convert --from jsonl --drop-relation NAME",
      values: ["triples": Double(triples)])
  }

  private static func trainedAlone(
    _ training: CorpusStatistics, _ others: [CheckedSplit]
  ) -> Finding {
    let alone = training.relations.filter { relation in
      others.allSatisfy { $0.statistics.relations[relation.key] == nil }
    }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return Finding(
      .note, "relations.train_only", in: "train",
      "relations that no other split has, so that no score tells of them",
      count: others.isEmpty ? 0 : alone.count, of: training.relations.count,
      examples: names(alone.map { ($0.key, $0.value) }))
  }

  /// Relations that read as the lack of one, or as all others.
  private static func odd(_ split: CheckedSplit) -> [Finding] {
    func finding(
      _ name: String, _ label: String, _ remedy: String, where isOdd: (String) -> Bool
    ) -> Finding {
      let found = split.statistics.relations.filter { isOdd($0.key.value) }
        .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      return Finding(
        .warning, name, in: split.name, label, count: found.reduce(0) { $0 + $1.1 },
        of: split.statistics.distinctTriples, examples: names(found), remedy: remedy)
    }
    return [
      finding(
        "relations.none", "triples of a relation that reads as none",
        "leave them out: tercet data convert --from jsonl", where: RelationName.meansNone),
      finding(
        "relations.other", "triples of a relation that reads as a rest class",
        "leave them out, unless they are to be learned: tercet data convert --from jsonl "
          + "--drop-relation NAME", where: RelationName.meansOther),
    ]
  }

  /// Names that differ in case, blanks and punctuation alone, over all splits.
  private static func variants(_ splits: [CheckedSplit]) -> Finding {
    let counts = splits.reduce(into: [ExactString: Int]()) { sum, split in
      sum.merge(split.statistics.relations, uniquingKeysWith: +)
    }
    let groups = Dictionary(grouping: counts) { RelationName.letters(of: $0.key.value) }
      .filter { !$0.key.isEmpty && $0.value.count > 1 }.sorted { $0.key < $1.key }
      .map { group in group.value.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    return Finding(
      .warning, "relations.variants",
      "relations in several spellings, which count as different ones", count: groups.count,
      examples: groups.map { names($0).joined(separator: ", ") },
      remedy: "write each in one way in all splits")
  }

  /// Names with the number of their triples.
  private static func names(_ relations: [(relation: ExactString, count: Int)]) -> [String] {
    relations.map { "\($0.relation.value) (\($0.count))" }
  }
}
