/// Triples that cannot be learned, that are doubtful, or that stand twice; sentences without one.
enum TripleCheck {
  static func section(_ splits: [CheckedSplit]) -> FindingSection {
    FindingSection(
      "triples",
      splits.flatMap { (split) -> [Finding] in
        var counts = Counts()
        for index in split.sentences.indices { counts.add(index, of: split) }
        return findings(counts, in: split).filter { $0.count != 0 } + [without(split)]
      }.filter { $0.count != 0 })
  }

  /// Things found in a split, with the first of each.
  private struct Counts {
    var unlocated = Tally()
    /// Unlocated arguments that the tokens hold in other letters, upper for lower or lower for upper.
    var inOtherCase = 0
    var ambiguous = Tally()
    var selfRelated = Tally()
    var overlapping = Tally()
    var repeated = Tally()

    mutating func add(_ index: Int, of split: CheckedSplit) {
      let sentence = split.sentences[index]
      if sentence.triples.isEmpty { return }
      let positions = TokenPositions(sentence.tokens)
      let place = { split.place(index) }
      var seen: Set<ExactTriple> = []
      for triple in sentence.triples {
        if !seen.insert(ExactTriple(triple)).inserted {
          repeated.add { "\(place()): \(sentence.shown(triple))" }
          continue
        }
        if triple.head == triple.tail {
          selfRelated.add { "\(place()): \(sentence.shown(triple))" }
        } else if let head = triple.head.span, let tail = triple.tail.span, head.overlaps(tail) {
          overlapping.add { "\(place()): \(sentence.shown(triple))" }
        }
      }
      let lost = sentence.triples.flatMap { [$0.head, $0.tail] }.filter { $0.span == nil }
        .map(sentence.text(of:))
      let lowered = lost.isEmpty ? [] : sentence.tokens.map { $0.lowercased() }
      for name in lost {
        unlocated.add { "\(place()): '\(name)'" }
        let found = Sentence.firstOccurrence(of: name.lowercased(), in: lowered)
        inOtherCase += found == nil ? 0 : 1
      }
      for argument in seen.flatMap({ [$0.head, $0.tail] }).distinct(by: \.self) {
        guard case .span(let span) = argument, positions.isRepeated(span) else { continue }
        ambiguous.add { "\(place()): '\(sentence.text(of: span))'" }
      }
    }
  }

  private static func findings(_ counts: Counts, in split: CheckedSplit) -> [Finding] {
    let statistics = split.statistics
    let lost = statistics.distinctTriples - statistics.locatedTriples
    let inCase = counts.inOtherCase > 0 ? "; \(counts.inOtherCase) differ in case alone" : ""
    return [
      counts.unlocated.finding(
        .warning, "triples.unlocated", in: split.name,
        "heads and tails that the tokens do not hold", of: 2 * statistics.storedTriples,
        remedy: "write names as the tokens have them, or cut the text as the names are written"
          + inCase,
        values: ["triples": Double(lost), "other_case": Double(counts.inOtherCase)]),
      Finding(
        .warning, "triples.no_target", in: split.name,
        "triples that can never be a target or found, for their head or tail is not in the text",
        count: lost, of: statistics.distinctTriples),
      counts.ambiguous.finding(
        .note, "triples.ambiguous", in: split.name,
        "heads and tails whose name stands in the sentence several times",
        of: statistics.entitiesByLength.reduce(0, +),
        remedy: "give places in place of names: a name is taken to stand at its first occurrence"),
      counts.selfRelated.finding(
        .warning, "triples.self", in: split.name, "triples whose head is their tail",
        of: statistics.distinctTriples, remedy: "look whether one of the two is another mention"),
      counts.overlapping.finding(
        .note, "triples.overlapping", in: split.name, "triples whose head and tail share tokens",
        of: statistics.distinctTriples,
        remedy: "taggers cannot mark both; a configuration (--config) says what its model loses"),
      counts.repeated.finding(
        .note, "triples.repeated", in: split.name, "triples that stand twice in their sentence",
        of: statistics.storedTriples, remedy: "nothing: they count once"),
    ]
  }

  private static func without(_ split: CheckedSplit) -> Finding {
    let statistics = split.statistics
    let isAll = statistics.sentencesByTriples[0] == statistics.sentences && split.name != "train"
    return Finding(
      isAll ? .warning : .note, "triples.none", in: split.name, "sentences without triples",
      count: statistics.sentencesByTriples[0], of: statistics.sentences,
      remedy: isAll ? "add the triples: without one every score is 0" : nil)
  }
}

extension Sentence {
  /// A triple as findings show it.
  fileprivate func shown(_ triple: Triple) -> String {
    "(\(text(of: triple.head)), \(triple.relation), \(text(of: triple.tail)))"
  }
}
