import Corpora
import Evaluation
import Testing

struct MatchCase: CustomTestStringConvertible {
  let testDescription: String
  let gold: Sentence
  let groups: [Prediction.Group]
  /// Expected counts by rule: `tp predicted gold`.
  let expected: [(MatchMode, TokenIdentity, [Int])]

  /// Repeated names: `New York` and `York` stand twice.
  static let twice = "New York beats old York in New York"

  static let all: [MatchCase] = [
    MatchCase(
      "nothing predicted", sentence("A B", [("A", "r", "B")]), [],
      modes: [.exact: [0, 0, 1], .exactPosition: [0, 0, 1], .partialLast: [0, 0, 1]]),
    MatchCase(
      "nothing gold", sentence("A B"), [.init(head: Span(0, 0), relation: "r", tail: Span(1, 1))],
      modes: [.exact: [0, 1, 0], .exactPosition: [0, 1, 0], .partialFirst: [0, 1, 0]]),
    MatchCase(
      "neither", sentence("A B"), [], modes: [.exact: [0, 0, 0], .partialLast: [0, 0, 0]]),
    MatchCase(
      "repeats on both sides",
      sentence("A B", [("A", "r", "B"), ("A", "r", "B")]),
      [
        .init(head: Span(0, 0), relation: "r", tail: Span(1, 1)),
        .init(head: Span(0, 0), relation: "r", tail: Span(1, 1)),
      ], modes: [.exact: [1, 1, 1], .exactPosition: [1, 1, 1], .partialLast: [1, 1, 1]]),
    MatchCase(
      "head and tail are the same entity", sentence("A B", [("A", "r", "A")]),
      [
        .init(head: Span(0, 0), relation: "r", tail: Span(0, 0)),
        .init(head: Span(0, 0), relation: "r", tail: Span(1, 1)),
      ], modes: [.exact: [1, 2, 1], .exactPosition: [1, 2, 1], .partialFirst: [1, 2, 1]]),
    MatchCase(
      "direction matters", sentence("A B", [("A", "r", "B")]),
      [.init(head: Span(1, 1), relation: "r", tail: Span(0, 0))],
      modes: [.exact: [0, 1, 1], .exactPosition: [0, 1, 1], .partialLast: [0, 1, 1]]),
    MatchCase(
      "another occurrence of the same name", sentence(twice, [("New York", "r", "old York")]),
      [.init(head: Span(6, 7), relation: "r", tail: Span(3, 4))],
      modes: [
        .exact: [1, 1, 1], .exactPosition: [0, 1, 1], .partialLast: [0, 1, 1],
        .partialFirst: [0, 1, 1],
      ], byString: [.partialLast: [1, 1, 1], .partialFirst: [1, 1, 1]]),
    MatchCase(
      "two occurrences of the same name predicted",
      sentence(twice, [("New York", "r", "old York")]),
      [
        .init(head: Span(0, 1), relation: "r", tail: Span(3, 4)),
        .init(head: Span(6, 7), relation: "r", tail: Span(3, 4)),
      ],
      modes: [.exact: [1, 1, 1], .exactPosition: [1, 2, 1], .partialLast: [1, 2, 1]],
      byString: [.partialLast: [1, 1, 1]]),
    MatchCase(
      "only the last tokens are right", sentence(twice, [("New York", "r", "old York")]),
      [.init(head: Span(1, 1), relation: "r", tail: Span(4, 4))],
      modes: [
        .exact: [0, 1, 1], .exactPosition: [0, 1, 1], .partialLast: [1, 1, 1],
        .partialFirst: [0, 1, 1],
      ], byString: [.partialLast: [1, 1, 1], .partialFirst: [0, 1, 1]]),
    MatchCase(
      "only the first tokens are right", sentence(twice, [("New York", "r", "old York")]),
      [.init(head: Span(0, 0), relation: "r", tail: Span(3, 3))],
      modes: [
        .exact: [0, 1, 1], .exactPosition: [0, 1, 1], .partialLast: [0, 1, 1],
        .partialFirst: [1, 1, 1],
      ]),
    MatchCase(
      "gold that is the same triple only under the mode",
      sentence(twice, [("New York", "r", "old York"), ("York", "r", "old York")]), [],
      modes: [.exact: [0, 0, 2], .exactPosition: [0, 0, 2], .partialLast: [0, 0, 1]]),
    MatchCase(
      "an entity that stands nowhere", sentence("big B", [("small A", "r", "B")]),
      [.init(head: Span(0, 0), relation: "r", tail: Span(1, 1))],
      modes: [
        .exact: [0, 1, 1], .exactPosition: [0, 1, 1], .partialLast: [0, 1, 1],
        .partialFirst: [0, 1, 1],
      ]),
    MatchCase(
      "an unlocated entity by its last token, or its first",
      Sentence(
        id: "split", tokens: ["x", "B"],
        triples: [Triple(head: .text("x"), relation: "r", tail: .text("old B"))]),
      [
        .init(head: Span(0, 0), relation: "r", tail: Span(1, 1)),
        .init(head: Span(0, 0), relation: "r", tail: Span(0, 1)),
      ],
      modes: [.exact: [0, 2, 1], .exactPosition: [0, 2, 1], .partialLast: [0, 1, 1]],
      byString: [.partialLast: [1, 1, 1], .partialFirst: [0, 2, 1]]),
    MatchCase(
      "an unlocated entity is matched by its string",
      Sentence(
        id: "text", tokens: ["x", "B"],
        triples: [Triple(head: .text("x"), relation: "r", tail: .text("B"))]),
      [.init(head: Span(0, 0), relation: "r", tail: Span(1, 1))],
      modes: [.exact: [1, 1, 1], .exactPosition: [0, 1, 1], .partialLast: [0, 1, 1]]),
    MatchCase(
      "unlocated entities are apart from each other",
      sentence("A B", [("x", "r", "B"), ("y", "r", "B"), ("y", "r", "B")]), [],
      modes: [.exact: [0, 0, 2], .exactPosition: [0, 0, 2], .partialLast: [0, 0, 2]]),
    MatchCase(
      "canonically equivalent strings differ",
      sentence("Canc\u{FA}n Cancu\u{301}n B", [("Canc\u{FA}n", "r\u{E9}", "B")]),
      [
        .init(head: Span(1, 1), relation: "r\u{E9}", tail: Span(2, 2)),
        .init(head: Span(0, 0), relation: "re\u{301}", tail: Span(2, 2)),
      ],
      modes: [.exact: [0, 2, 1], .exactPosition: [0, 2, 1]], byString: [.partialLast: [0, 2, 1]]),
  ]

  init(
    _ name: String, _ gold: Sentence, _ groups: [Prediction.Group],
    modes: [MatchMode: [Int]], byString: [MatchMode: [Int]] = [:]
  ) {
    testDescription = name
    self.gold = gold
    self.groups = groups
    expected =
      modes.map { ($0, .position, $1) } + byString.map { ($0, .string, $1) }
  }
}

@Suite("Triple counts")
struct TripleCountsTests {
  @Test("counts by match mode", arguments: MatchCase.all)
  func modes(_ example: MatchCase) {
    for (mode, by, expected) in example.expected {
      let counts = TripleCounts(
        sentences: [example.gold], predictions: [Prediction(groups: example.groups)],
        match: mode, by: by)
      #expect([counts.tp, counts.predicted, counts.gold] == expected, "\(mode) by \(by)")
    }
  }

  @Test("three sentences with repeats, no prediction and no gold", arguments: MatchMode.allCases)
  func threeSentences(_ mode: MatchMode) {
    let counts = TripleCounts(
      sentences: ThreeSentences.sentences, predictions: ThreeSentences.predictions, match: mode)
    #expect(counts == TripleCounts(tp: 1, predicted: 3, gold: 3))
    for quotient in [counts.precision, counts.recall, counts.f1] {
      #expect(quotient.rounded4 == 0.3333)
    }
  }

  /// Counts with their precision, recall and F1.
  private static let quotients: [(TripleCounts, [Double])] = [
    (TripleCounts(tp: 0, predicted: 0, gold: 0), [0, 0, 0]),
    (TripleCounts(tp: 0, predicted: 3, gold: 0), [0, 0, 0]),
    (TripleCounts(tp: 0, predicted: 0, gold: 3), [0, 0, 0]),
    (TripleCounts(tp: 0, predicted: 2, gold: 3), [0, 0, 0]),
    (TripleCounts(tp: 1, predicted: 4, gold: 2), [0.25, 0.5, 1.0 / 3]),
    (TripleCounts(tp: 2, predicted: 2, gold: 1), [1, 2, 4.0 / 3]),
  ]

  @Test("quotients and their zero rules", arguments: quotients)
  func zeroRules(_ counts: TripleCounts, _ expected: [Double]) {
    #expect(counts.precision == expected[0])
    #expect(counts.recall == expected[1])
    #expect(abs(counts.f1 - expected[2]) < 1e-15)
  }

  @Test("counts of parts add up to the counts of the whole")
  func parts() {
    let (sentences, predictions) = (ThreeSentences.sentences, ThreeSentences.predictions)
    let whole = TripleCounts(sentences: sentences, predictions: predictions, match: .exact)
    for cut in 0...3 {
      let first = TripleCounts(
        sentences: Array(sentences[..<cut]), predictions: Array(predictions[..<cut]), match: .exact)
      let second = TripleCounts(
        sentences: Array(sentences[cut...]), predictions: Array(predictions[cut...]), match: .exact)
      #expect(first + second == whole)
    }
  }

  @Test("groups with an empty slot are wrong, once each after mapping, or dropped")
  func incompleteGroups() {
    let gold = sentence("A B A", [("A", "r", "B")])
    let groups: [Prediction.Group] = [
      .init(head: Span(0, 0), relation: "r", tail: Span(1, 1)),
      .init(head: Span(0, 0), relation: "r", tail: nil),
      .init(head: Span(2, 2), relation: "r", tail: nil),
      .init(head: nil, relation: "r", tail: Span(1, 1)),
      .init(head: nil, relation: nil, tail: Span(1, 1)),
      .init(head: nil, relation: nil, tail: nil),
    ]
    let counts = { (mode: MatchMode, incomplete: IncompleteGroups) in
      TripleCounts(
        sentences: [gold], predictions: [Prediction(groups: groups)], match: mode,
        incompleteGroups: incomplete)
    }
    #expect(counts(.exact, .wrong) == TripleCounts(tp: 1, predicted: 4, gold: 1))
    #expect(counts(.exactPosition, .wrong) == TripleCounts(tp: 1, predicted: 5, gold: 1))
    #expect(counts(.exact, .dropped) == TripleCounts(tp: 1, predicted: 1, gold: 1))
  }

  @Test("a prediction for every sentence is demanded")
  func lengthsMustAgree() async {
    await #expect(processExitsWith: .failure) {
      _ = TripleCounts(sentences: [sentence("A")], predictions: [], match: .exact)
    }
  }

  @Test("modes have their published names")
  func names() {
    #expect(
      MatchMode.allCases.map(\.rawValue) == ["exact", "exact-pos", "partial-last", "partial-first"])
  }
}
