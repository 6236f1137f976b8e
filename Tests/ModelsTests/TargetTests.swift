import Corpora
import Testing

@testable import Models

@Suite("What a decoder is taught")
struct TargetTests {
  /// Nine triples, the relations in no order.
  static let vocabularies = Vocabularies(
    words: ["a", "b", "c", "d"], relations: ["p", "q", "r"],
    longestEntity: 2)
  static let sentence = Sentence(
    id: "", tokens: ["a", "b", "c", "d"],
    triples: [
      triple(Span(2, 3), "r", Span(0, 0)), triple(Span(0, 0), "q", Span(2, 3)),
      triple(Span(0, 1), "q", Span(2, 2)), triple(Span(0, 0), "q", Span(2, 3)),
      triple(Span(1, 1), "p", Span(3, 3)), triple(Span(0, 1), "p", Span(3, 3)),
      Triple(head: .text("z"), relation: "p", tail: .span(Span(0, 0))),
      Triple(head: .span(Span(0, 0)), relation: "p", tail: .text("z")),
      triple(Span(0, 0), "unknown", Span(1, 1)),
    ])

  static func triple(_ head: Span, _ relation: String, _ tail: Span) -> Triple {
    Triple(head: .span(head), relation: relation, tail: .span(tail))
  }

  static func target(_ head: Span, _ relation: Int, _ tail: Span) -> CopyTarget {
    CopyTarget(relation: relation, head: head, tail: tail)
  }

  private func targets(
    _ order: TargetOrder, triples: Int = 9, example: Int = 0, epoch: Int = 0,
    seed: UInt64 = 1
  ) -> [CopyTarget] {
    let options = CopyOptions().with {
      $0.targetOrder = order
      $0.triples = triples
    }
    let example = WordInput(
      index: example, sentence: Self.sentence, vocabularies: Self.vocabularies)
    return options.targets(
      of: example, Self.vocabularies, streams: RandomStreams(seed: seed, epoch: epoch))
  }

  @Test("file order: duplicates once, unlocated entities and unknown relations left out")
  func file() {
    let expected = [
      Self.target(Span(2, 3), 2, Span(0, 0)), Self.target(Span(0, 0), 1, Span(2, 3)),
      Self.target(Span(0, 1), 1, Span(2, 2)), Self.target(Span(1, 1), 0, Span(3, 3)),
      Self.target(Span(0, 1), 0, Span(3, 3)),
    ]
    #expect(targets(.file) == expected)
    for limit in 1...6 {
      #expect(targets(.file, triples: limit) == Array(expected.prefix(limit)))
    }
  }

  @Test("sorted: by relation, then by the positions of the entities")
  func sorted() {
    let expected = [
      Self.target(Span(1, 1), 0, Span(3, 3)), Self.target(Span(0, 1), 0, Span(3, 3)),
      Self.target(Span(0, 0), 1, Span(2, 3)), Self.target(Span(0, 1), 1, Span(2, 2)),
      Self.target(Span(2, 3), 2, Span(0, 0)),
    ]
    #expect(targets(.sorted).map(\.relation) == expected.map(\.relation))
    #expect(Set(targets(.sorted).prefix(2)) == Set(expected.prefix(2)))
    #expect(targets(.sorted).dropFirst(2).elementsEqual(expected.dropFirst(2)))
    #expect(targets(.sorted, triples: 3).count == 3)
  }

  @Test("shuffled once: the same in every epoch, another order for another sentence or seed")
  func shuffle() {
    let orders = (0..<30).map { targets(.shuffle, example: $0) }
    for (example, order) in orders.enumerated() {
      #expect(Set(order) == Set(targets(.file)))
      #expect(order == targets(.shuffle, example: example, epoch: 4))
      #expect(targets(.shuffle, triples: 2, example: example) == Array(order.prefix(2)))
    }
    // Thirty of 120 orders: about 26 different ones are expected.
    #expect(Set(orders).count > 15)
    #expect(Set(orders.map { $0[0] }).count == 5)
    #expect((0..<10).contains { targets(.shuffle, example: $0, seed: 2) != orders[$0] })
  }

  @Test("reshuffled: another order in each epoch, the same for the same epoch")
  func reshuffle() {
    let orders = (0..<30).map { targets(.reshuffle, epoch: $0) }
    #expect(Set(orders).count > 15)
    #expect(orders == (0..<30).map { targets(.reshuffle, epoch: $0) })
  }

  @Test("tags: the entities of triples once each, or all that the corpus lists")
  func tags() {
    let sentence = Sentence(
      id: "", tokens: ["a", "b", "c", "d", "a", "b"],
      entities: [EntityMention(span: Span(0, 1)), EntityMention(span: Span(4, 5))],
      triples: [
        Self.triple(Span(0, 1), "p", Span(3, 3)), Self.triple(Span(3, 3), "q", Span(0, 1)),
        Triple(head: .text("z"), relation: "p", tail: .span(Span(2, 2))),
      ])
    let example = WordInput(index: 0, sentence: sentence, vocabularies: Self.vocabularies)
    let all = CopyOptions().with { $0.taggedEntities = .all }
    #expect(
      CopyOptions().tags(of: example).values == [1, 2, 1, 1, 0, 0])
    #expect(
      all.tags(of: example).values == [1, 2, 0, 0, 1, 2])
  }

  @Test("the token and the length class that stand for an entity")
  func anchors() {
    let span = Span(2, 4)
    func network(_ architecture: CopyArchitecture, _ anchor: CopyOptions.QuintAnchor) -> CopyNetwork
    {
      CopyNetwork(
        options: .tiny.with { $0.quintAnchor = anchor }, architecture: architecture,
        vocabularies: Self.vocabularies)
    }
    #expect(network(CopyREPrime5.architecture, .last).pointer(span) == 4)
    #expect(network(CopyREPrime5.architecture, .start).pointer(span) == 2)
    #expect(network(CopyMTL.architecture, .start).pointer(span) == 4)
    let lengths = [Span(1, 1), Span(1, 2), Span(1, 3), Span(0, 7)]
    let classes = lengths.map { network(CopyREPrime5.architecture, .last).lengthClass($0) }
    #expect(classes == [0, 1, 1, 1], "two tokens are the longest of the vocabularies")
  }
}
