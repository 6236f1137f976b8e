import Corpora
import Testing

struct OverlapClassTests {
  typealias Fact = (head: String, relation: String, tail: String)

  /// The rule of Evaluation/README.md 9.4 and D50.
  static let cases:
    [(name: String, triples: [Fact], removed: Set<OverlapClass>, kept: Set<OverlapClass>)] = [
      ("no triple", [], [], []),
      ("one", [("a", "r", "b")], [.normal], [.normal]),
      ("two apart", [("a", "r", "b"), ("c", "r", "d")], [.normal], [.normal]),
      ("one pair", [("a", "r", "b"), ("a", "q", "b")], [.epo], [.epo]),
      ("one pair turned", [("a", "r", "b"), ("b", "q", "a")], [.seo], [.seo]),
      ("shared head", [("a", "r", "b"), ("a", "r", "c")], [.seo], [.seo]),
      ("both", [("a", "r", "b"), ("a", "q", "b"), ("b", "r", "c")], [.epo, .seo], [.epo, .seo]),
      (
        "a pair and one apart", [("a", "r", "b"), ("a", "q", "b"), ("c", "r", "d")], [.epo], [.epo]
      ),
      ("head = tail", [("a", "r", "a")], [.seo], [.seo]),
      ("a repeat", [("a", "r", "b"), ("a", "r", "b")], [.normal], [.epo]),
    ]

  @Test("classes follow the rule", arguments: cases)
  func classes(
    name: String, triples: [Fact], removed: Set<OverlapClass>, kept: Set<OverlapClass>
  ) {
    #expect(OverlapClass.classes(of: triples) == removed)
    #expect(OverlapClass.classes(of: triples, repeats: .kept) == kept)
  }
}

struct UnseenRelationsTests {
  @Test("relations that training lacks are counted and named")
  func unseen() {
    func sentence(_ relations: [String]) -> Sentence {
      let span = Argument.span(Span(0, 0))
      return Sentence(
        id: "1", tokens: ["a"],
        triples: relations.map { Triple(head: span, relation: $0, tail: span) })
    }
    let training = [sentence(["a", "b"])]
    let unseen = UnseenRelations(
      in: [sentence(["d", "a", "c", "c"]), sentence(["c"])], training: training)
    #expect(unseen.counts.map(\.relation) == ["c", "d"])
    #expect(unseen.counts.map(\.triples) == [2, 1])
    #expect(
      unseen.warning(split: "dev")
        == "dev: training lacks 2 relations with 3 triples, each of which is a miss ('c', 'd')"
    )
    #expect(UnseenRelations(in: training, training: training).warning(split: "dev") == nil)
  }

  @Test("one of a kind is told in the singular")
  func one() {
    let span = Argument.span(Span(0, 0))
    let sentence = Sentence(
      id: "1", tokens: ["a"], triples: [Triple(head: span, relation: "NA", tail: span)])
    let statistics = CorpusStatistics([sentence])
    #expect(statistics.summary == "1 sentence, 1 triple (1 distinct), 1 relation, 1 word")
    #expect(statistics.rareRelations == "1 of 1 relation has fewer than 5 triples: NA")
    #expect(
      UnseenRelations(in: [sentence], training: []).warning(split: "dev")
        == "dev: training lacks 1 relation with 1 triple, each of which is a miss ('NA')")
    #expect(
      RelationWarning.text(about: [sentence], in: "a")?.hasPrefix(
        "a: 'NA', of 1 triple, counts as a relation; ") == true)
  }
}
