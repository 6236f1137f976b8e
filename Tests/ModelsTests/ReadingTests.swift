import Corpora
import Testing

@testable import Models

/// What the decoder's choices say, the choices being written by hand.
@Suite("Reading facts out of choices")
struct ReadingTests {
  typealias Group = Prediction.Group

  private static let vocabularies = Vocabularies(
    words: ["a"], relations: ["p", "q"], longestEntity: 3)
  /// Of relations; of tokens in a sentence of six; of lengths.
  private static let (noRelation, noToken, noLength) = (2, 6, 3)

  private func read(
    _ architecture: CopyArchitecture, _ actions: [Int], tags: [Int]? = nil,
    _ change: (inout CopyOptions) -> Void = { _ in }
  ) -> [Group] {
    CopyNetwork(
      options: .tiny.with(change), architecture: architecture, vocabularies: Self.vocabularies
    ).read(actions, length: 6, tags: tags.map { Tags($0, .bio) }).groups
  }

  private func group(_ head: Span?, _ relation: String?, _ tail: Span?) -> Group {
    Group(head: head, relation: relation, tail: tail)
  }

  @Test("groups of three; empty ones and repeats are dropped, partly empty ones kept")
  func triples() {
    let groups = read(
      CopyREPrime.architecture,
      [1, 4, 0] + [2, 6, 6] + [1, 4, 0] + [2, 3, 6] + [0, 6, 6] + [0, 4, 0] + [1, 0, 4])
    #expect(
      groups == [
        group(Span(4, 4), "q", Span(0, 0)), group(Span(3, 3), nil, nil), group(nil, "p", nil),
        group(Span(4, 4), "p", Span(0, 0)), group(Span(0, 0), "q", Span(4, 4)),
      ])
    #expect(groups.map(\.isComplete) == [true, false, false, true, true])
    let prediction = Prediction(groups: groups)
    #expect(prediction.triples.count == 3)
  }

  @Test("with stop-at-NA the first empty relation ends the output")
  func stopAtNA() {
    let actions = [1, 4, 0] + [2, 3, 1] + [0, 4, 0]
    #expect(read(CopyREPrime.architecture, actions).count == 3)
    let stopped = read(CopyREPrime.architecture, actions) { $0.stopAtNA = true }
    #expect(stopped == [group(Span(4, 4), "q", Span(0, 0))])
  }

  @Test("pointed tokens grow to the left by their tags, and repeats are dropped after that")
  func tagged() {
    let tags = [0, 1, 2, 2, 0, 1]
    let groups = read(
      CopyMTL.architecture, [0, 3, 5] + [0, 2, 4] + [0, 1, 0] + [0, 3, 5], tags: tags)
    #expect(
      groups == [
        group(Span(1, 3), "p", Span(5, 5)), group(Span(1, 2), "p", Span(4, 4)),
        group(Span(1, 1), "p", Span(0, 0)),
      ])
    let open = [2, 2, 0, 2, 0, 0]
    #expect(
      read(CopyMTL.architecture, [1, 1, 3], tags: open) == [group(Span(0, 1), "q", Span(3, 3))])
  }

  @Test("quintuples: a length after each token; spans are cut at the sentence's start")
  func quintuples() {
    let actions = [0, 5, 1, 3, 0] + [1, 1, 2, 4, 2] + [1, 3, 3, 4, 0] + [2, 6, 0, 6, 3]
    #expect(
      read(CopyREPrime5.architecture, actions) == [
        group(Span(4, 5), "p", Span(3, 3)), group(Span(0, 1), "q", Span(2, 4)),
        group(nil, "q", Span(4, 4)),
      ])
  }

  @Test("quintuples that begin at the first token are cut at the sentence's end")
  func anchorStart() {
    let actions = [0, 3, 1, 0, 0] + [1, 5, 2, 4, 1]
    let groups = read(CopyREPrime5.architecture, actions) { $0.quintAnchor = .start }
    #expect(
      groups == [group(Span(3, 4), "p", Span(0, 0)), group(Span(5, 5), "q", Span(4, 5))])
  }

  @Test("a model that is right in all it is taught says what it can")
  func ceilings() {
    let triples = [
      TinyCorpus.triple(Span(0, 1), 0, Span(3, 3)), TinyCorpus.triple(Span(4, 5), 1, Span(5, 5)),
    ]
    let sentence = Sentence(id: "", tokens: ["a", "b", "c", "d", "e", "f"], triples: triples)
    let example = WordInput(index: 0, sentence: sentence, vocabularies: TinyCorpus.vocabularies)
    func ceiling<Model: CopyModel>(_ type: Model.Type, _ options: CopyOptions) -> [Triple] {
      let model = Model(options: options, vocabularies: TinyCorpus.vocabularies)
      return model.oracle(of: example, seed: 1).triples
    }
    func set(_ triples: Triple...) -> Set<Triple> { Set(triples) }
    let options = CopyOptions.tiny
    #expect(Set(ceiling(CopyREPrime5.self, options)) == Set(triples))
    // The nested entity (5, 5) is not tagged: its token grows to (4, 5).
    #expect(
      Set(ceiling(CopyMTL.self, options))
        == set(triples[0], TinyCorpus.triple(Span(4, 5), 1, Span(4, 5))))
    let last = set(
      TinyCorpus.triple(Span(1, 1), 0, Span(3, 3)), TinyCorpus.triple(Span(5, 5), 1, Span(5, 5)))
    #expect(Set(ceiling(CopyREPrime.self, options)) == last)
    // The mask forbids a tail that is the head's token.
    let masked = ceiling(CopyRE.self, options.with { $0.mask = .neginf })
    #expect(Set(masked) == set(TinyCorpus.triple(Span(1, 1), 0, Span(3, 3))))
    #expect(ceiling(CopyREPrime5.self, options.with { $0.triples = 1 }).count == 1)
  }
}
