import Autodiff
import Corpora
import Foundation
import Layers
import Models
import Tensors
import TestSupport
import Testing

extension CascadeOptions {
  func with(_ change: (inout CascadeOptions) -> Void) -> CascadeOptions {
    var options = self
    change(&options)
    return options
  }
}

@Suite("Cascade")
struct CascadeTests {
  @Test("a start belongs to the nearest end at or after it, as a search over all pairs finds it")
  func nearestEnd() {
    for marks in 0..<256 {
      let starts = (0..<4).filter { marks >> $0 & 1 == 1 }
      let ends = (0..<4).filter { marks >> (4 + $0) & 1 == 1 }
      let expected = (0..<4).flatMap { a in (a..<4).map { b in Span(a, b) } }.filter { span in
        starts.contains(span.start) && ends.contains(span.end)
          && !(span.start..<span.end).contains { ends.contains($0) }
      }
      #expect(NearestEnd.spans(starts: starts, ends: ends) == expected)
    }
  }

  private static func triple(_ head: Span, _ relation: String, _ tail: Span) -> Triple {
    Triple(head: .span(head), relation: relation, tail: .span(tail))
  }

  /// A subject with two relations and one object for both, a repeat, a head with the start of another, an object that
  /// another one of its relation cuts, and a triple of text.
  private static let sentence = Sentence(
    id: "one", tokens: ["a", "b", "c", "d", "e", "f"],
    triples: [
      triple(Span(1, 2), "p", Span(4, 5)), triple(Span(1, 2), "q", Span(4, 5)),
      triple(Span(1, 2), "p", Span(4, 5)), triple(Span(1, 1), "p", Span(0, 0)),
      triple(Span(5, 5), "q", Span(0, 3)), triple(Span(5, 5), "q", Span(1, 2)),
      Triple(head: .text("Z"), relation: "p", tail: .span(Span(0, 0))),
    ])

  private static func model(
    _ change: (inout CascadeOptions) -> Void = { _ in }
  ) -> Cascade {
    Cascade(
      options: CascadeOptions().with(change), vocabularies: Cascade.vocabularies(of: [sentence]))
  }

  @Test("distinct heads are subjects with all their objects; what marks cannot hold is counted")
  func targets() {
    let model = Self.model()
    let input = model.input(Self.sentence, index: 0, limit: .max)
    #expect(input.subjects.map(\.span) == [Span(1, 1), Span(1, 2), Span(5, 5)])
    #expect(input.subjects.map { $0.objects.map(\.relation) } == [[0], [0, 1], [1, 1]])
    // Both triples of (1, 2), whose start (1, 1) takes; and the object (0, 3), whose start the end 2 takes.
    #expect(model.conflicts(in: input) == 3)
    #expect(input.length == 6 && input.rows == 24 && input.cost == 24)
    let cut = model.input(Self.sentence, index: 0, limit: 5)
    #expect(cut.subjects.map(\.span) == [Span(1, 1)] && model.conflicts(in: cut) == 0)
  }

  @Test("the ceiling counts what marks can hold together")
  func ceiling() {
    let model = Self.model()
    let form = model.expressible(in: model.input(Self.sentence, index: 0, limit: .max))
    func fact(_ head: Span, _ relation: String, _ tail: Span) -> Expressible.Fact {
      Expressible.Fact(head: head, relation: relation, tail: tail)
    }
    let together = form.together
    let cut = fact(Span(5, 5), "q", Span(0, 3))
    #expect(together?(cut, fact(Span(5, 5), "q", Span(1, 2))) == false)
    #expect(together?(cut, fact(Span(5, 5), "p", Span(1, 2))) == true)
    #expect(together?(cut, fact(Span(4, 5), "q", Span(1, 2))) == true)
    #expect(
      together?(fact(Span(1, 2), "p", Span(0, 0)), fact(Span(1, 1), "q", Span(0, 0))) == false)
  }

  @Test("without characters, the entity task and its gate there are no parameters of them")
  func parameters() {
    func names(_ change: (inout CascadeOptions) -> Void) -> Set<String> {
      Set(Self.model(change).layout.parameters.map { String($0.name.prefix { $0 != "." }) })
    }
    #expect(names { _ in } == ["embedding", "convolution", "encoder", "subject", "object"])
    #expect(names { $0.characterFilters = 0 } == ["embedding", "encoder", "subject", "object"])
    #expect(names { $0.entityWeight = 0.1 }.contains("entity"))
  }

  @Test("a subject's logits do not depend on the subjects and sentences beside it")
  func composition() {
    let model = Self.model { $0.subjectThreshold = 0.01 }
    let values = Slab(count: model.layout.count)
    values.initialize(model.layout, seed: 5)
    let sentences = [Self.sentence, Sentence(id: "two", tokens: ["b", "c", "x", "yz"])]
    let inputs = sentences.enumerated().map { model.input($1, index: $0, limit: .max) }
    let both = model.predict(inputs, on: Tape(weights: WeightStore(values)))
    let each = inputs.flatMap { model.predict([$0], on: Tape(weights: WeightStore(values))) }
    #expect(both == each)
  }

  @Test("a word of the file of vectors is read as if training had had it")
  func extraVectors() throws {
    let sentence = Sentence(id: "two", tokens: ["b", "news", "c", "other"])
    let short = Cascade.vocabularies(of: [Self.sentence])
    let longer = Vocabularies(
      lists: short.lists.map { name, list in
        (name, name == "words" ? NameList(list.names + ["news"]) : list)
      }, sizes: [])
    var model = Cascade(options: CascadeOptions().with { $0.embedding = 2 }, vocabularies: short)
    let other = Cascade(options: model.options, vocabularies: longer)
    let (values, wider) = (Slab(count: model.layout.count), Slab(count: other.layout.count))
    wider.initialize(other.layout, seed: 4)
    for (from, to) in zip(other.layout.parameters, model.layout.parameters) {
      values(to).assign(wider(from).rows(0..<to.rows))
    }
    let last = longer.words.count - 1
    let numbers = (0..<2).map { "\(wider(other.words.table)[last, $0])" }
    model.extraVectors = try withTemporaryDirectory { folder in
      let path = folder.appending(path: "vectors.txt").path
      try "news \(numbers.joined(separator: " "))\n".write(
        toFile: path, atomically: true, encoding: .utf8)
      return try WordVectors.read(path) { _ in true }
    }
    func features(_ model: Cascade, _ values: Slab, streams: RandomStreams? = nil) -> [Float] {
      let input = model.input(sentence, index: 0, limit: .max)
      return model.encoded([input], streams: streams, on: Tape(parameters: values))
        .features.value.elements
    }
    #expect(features(model, values) == features(other, wider))
    let streams = RandomStreams(seed: 1, epoch: 0)
    #expect(features(model, values, streams: streams) != features(other, wider, streams: streams))
    model.extraVectors = nil
    #expect(features(model, values) != features(other, wider))
  }
}
