/// Sentences that stand in two splits, or twice in one. Sentences are the same where their tokens are.
enum LeakCheck {
  static func section(_ splits: [CheckedSplit]) -> FindingSection {
    let indices = splits.map(Index.init)
    let shared = splits.indices.flatMap { later in
      splits.indices.prefix(later).flatMap { earlier in
        leaks(from: splits[earlier], indices[earlier], into: splits[later])
      }
    }
    return FindingSection(
      "leaks and repeats", shared + zip(splits, indices).flatMap { repeats(in: $0, $1) })
  }

  /// A sentence with its triples, in no order and without repeats.
  private struct Annotated: Hashable {
    let text: ExactString
    let triples: Set<ExactTriple>

    init(_ split: CheckedSplit, _ index: Int) {
      text = split.texts[index]
      triples = Set(split.sentences[index].triples.map(ExactTriple.init))
    }
  }

  /// The sentences of a split by their tokens.
  private struct Index {
    private(set) var first: [ExactString: Int] = [:]
    private(set) var annotated: Set<Annotated> = []
    /// The sentences whose tokens an earlier one has.
    private(set) var repeated: [Int] = []

    init(_ split: CheckedSplit) {
      for (index, text) in split.texts.enumerated() {
        if first[text] == nil { first[text] = index } else { repeated.append(index) }
        annotated.insert(Annotated(split, index))
      }
    }
  }

  private static func leaks(
    from earlier: CheckedSplit, _ index: Index, into later: CheckedSplit
  ) -> [Finding] {
    let leaked = later.texts.indices.filter { index.first[later.texts[$0]] != nil }
    let alike = leaked.filter { index.annotated.contains(Annotated(later, $0)) }
    if leaked.isEmpty { return [] }
    let places = leaked.lazy.map { place in
      let origin = index.first[later.texts[place]].map(earlier.place) ?? ""
      return "\(later.place(place)) is \(origin)"
    }
    return [
      Finding(
        .warning, "leaks.\(earlier.name)", in: later.name,
        "sentences that \(earlier.name) has too", count: leaked.count,
        of: later.sentences.count, "\(alike.count) with equal triples", examples: places,
        remedy: "leave them out of one of the splits; scores on them tell what was memorised",
        values: ["equal_triples": Double(alike.count)])
    ]
  }

  private static func repeats(in split: CheckedSplit, _ index: Index) -> [Finding] {
    func first(_ place: Int) -> Int { index.first[split.texts[place]] ?? place }
    func places(_ sentences: [Int]) -> LazyMapSequence<[Int], String> {
      sentences.lazy.map { "\(split.place($0)) is \(split.place(first($0)))" }
    }
    let differing = index.repeated.filter {
      Annotated(split, $0) != Annotated(split, first($0))
    }
    return [
      Finding(
        .note, "repeats.sentences", in: split.name, "sentences that an earlier one repeats",
        count: index.repeated.count, of: split.sentences.count, examples: places(index.repeated),
        remedy: "leave the repeats out, unless they are to weigh more"),
      Finding(
        .warning, "repeats.contradictions", in: split.name,
        "repeated sentences with other triples than the first", count: differing.count,
        of: index.repeated.count, examples: places(differing),
        remedy: "put the triples of each such sentence into one record"),
    ].filter { $0.count != 0 }
  }
}
