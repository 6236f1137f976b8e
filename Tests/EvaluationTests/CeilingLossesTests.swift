import Corpora
import Evaluation
import Testing

@Suite("What lies beyond the structural ceiling")
struct CeilingLossesTests {
  private static let example = sentence(
    "a b c d",
    [
      ("a", "p", "b"), ("a", "p", "z"), ("a", "q", "b"), ("a b", "p", "c"), ("b", "p", "c"),
      ("c", "p", "d"),
    ])

  /// A form whose output cannot have a name of two tokens, nor `b` and `c` as heads together.
  private static func form(triples: Int = 9, tokens: Int = 4) -> Expressible {
    Expressible(
      tokens: tokens, triples: triples, relation: { $0 == "p" }, entity: { $0.length == 1 },
      triplesTogether: {
        !($0.head == Span(1, 1) && $1.head == Span(2, 2))
          && !($1.head == Span(1, 1) && $0.head == Span(2, 2))
      })
  }

  static let cases: [(form: Expressible, losses: [CeilingLosses.Cause: Int])] = [
    (form(), [.relation: 1, .text: 1, .form: 1, .others: 1]),
    (form(triples: 1), [.relation: 1, .text: 1, .form: 1, .slots: 2]),
    (form(tokens: 3), [.relation: 1, .text: 2, .form: 1]),
    (Expressible(tokens: 4, triples: 2), [.text: 1, .slots: 3]),
    (Expressible(tokens: 4), [.text: 1]),
  ]

  @Test("every lost triple has one cause", arguments: cases.indices)
  func causes(_ index: Int) {
    let (form, expected) = Self.cases[index]
    let losses = CeilingLosses(of: Self.example, form, match: .exact)
    #expect(losses.counts == expected)
    let ceiling = TripleCounts(ceilingOf: Self.example, form, match: .exact)
    #expect(losses.counts.values.reduce(0, +) == ceiling.gold - ceiling.tp)
  }

  @Test("losses of sentences are added")
  func sum() {
    var losses = CeilingLosses()
    for _ in 1...2 { losses += CeilingLosses(of: Self.example, Self.form(), match: .exact) }
    #expect(losses.counts == [.relation: 2, .text: 2, .form: 2, .others: 2])
  }
}
