import Foundation

/// Triples that cannot be learned, that are doubtful, or that stand twice; sentences without one.
enum TripleCheck {
  /// - Parameter writesNames: whether the model can be taught names that the tokens do not hold.
  static func section(_ splits: [CheckedSplit], writesNames: Bool) -> FindingSection {
    FindingSection(
      "triples",
      splits.flatMap { (split) -> [Finding] in
        var counts = Counts()
        for index in split.sentences.indices { counts.add(index, of: split) }
        return findings(counts, in: split, writesNames: writesNames).filter { $0.count != 0 } + [
          without(split)
        ]
      }.filter { $0.count != 0 })
  }

  /// Things found in a split, with the first of each.
  private struct Counts {
    var unlocated = Tally()
    /// Unlocated arguments that the tokens hold where case and accents do not count.
    var alike = 0
    var ambiguous = Tally()
    var selfRelated = Tally()
    var overlapping = Tally()
    var repeated = Tally()

    mutating func add(_ index: Int, of split: CheckedSplit) {
      let sentence = split.sentences[index]
      if sentence.triples.isEmpty { return }
      addTriples(of: sentence, split.place(index))
      addNames(of: sentence, split.place(index))
    }

    private mutating func addTriples(of sentence: Sentence, _ place: String) {
      var seen: Set<ExactTriple> = []
      for triple in sentence.triples {
        let shown = { "\(place): \(sentence.shown(triple))" }
        let exact = ExactTriple(triple)
        if !seen.insert(exact).inserted {
          repeated.add(shown)
        } else if exact.head == exact.tail {
          selfRelated.add(shown)
        } else if let head = triple.head.span, let tail = triple.tail.span, head.overlaps(tail) {
          overlapping.add(shown)
        }
      }
    }

    private mutating func addNames(of sentence: Sentence, _ place: String) {
      let positions = TokenPositions(sentence.tokens)
      let arguments = sentence.triples.flatMap { [$0.head, $0.tail] }
      for span in arguments.distinct(by: ExactArgument.init).compactMap(\.span)
      where positions.isRepeated(span) {
        ambiguous.add { "\(place): '\(sentence.text(of: span))'" }
      }
      let lost = arguments.filter { $0.span == nil }.map(sentence.text(of:))
      let folded = lost.isEmpty ? [] : sentence.tokens.map(\.folded)
      for name in lost {
        unlocated.add { "\(place): '\(name)'" }
        alike += Sentence.firstOccurrence(of: name.folded, in: folded) == nil ? 0 : 1
      }
    }
  }

  private static func findings(
    _ counts: Counts, in split: CheckedSplit, writesNames: Bool
  ) -> [Finding] {
    (writesNames ? [unlocated(counts, in: split)] : lost(counts, in: split))
      + doubtful(counts, in: split)
  }

  private static func unlocated(_ counts: Counts, in split: CheckedSplit) -> Finding {
    let statistics = split.statistics
    let triples = statistics.distinctTriples - statistics.locatedTriples
    return counts.unlocated.finding(
      .warning, "triples.unlocated", in: split.name,
      "heads and tails that the tokens do not hold", of: 2 * statistics.storedTriples,
      counts.alike > 0 ? "\(counts.alike) but for case or accents" : nil,
      remedy: "write names as the tokens have them, or cut the text as the names are written",
      values: ["triples": Double(triples), "alike": Double(counts.alike)])
  }

  private static func lost(_ counts: Counts, in split: CheckedSplit) -> [Finding] {
    let statistics = split.statistics
    return [
      unlocated(counts, in: split),
      Finding(
        .warning, "triples.no_target", in: split.name,
        "triples that models of places cannot learn or find, for the tokens lack a name",
        count: statistics.distinctTriples - statistics.locatedTriples,
        of: statistics.distinctTriples, remedy: "a model.kind that writes names can: generative"),
    ]
  }

  private static func doubtful(_ counts: Counts, in split: CheckedSplit) -> [Finding] {
    let statistics = split.statistics
    return [
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
        remedy: "taggers cannot mark both; --config says what a model loses"),
      counts.repeated.finding(
        .note, "triples.repeated", in: split.name,
        "triples that stand twice in their sentence and count once", of: statistics.storedTriples),
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

extension String {
  /// The text without case and accents.
  fileprivate var folded: String {
    folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }
}

extension Sentence {
  /// A triple as findings show it.
  fileprivate func shown(_ triple: Triple) -> String {
    "(\(text(of: triple.head)), \(triple.relation), \(text(of: triple.tail)))"
  }
}
