import Autodiff
import Corpora
import Foundation
import Layers
import ModelCases
import Tensors
import Testing

@testable import Models

/// The scores of each model against probabilities by hand, from its logits.
@Suite("Scores of triples")
struct ScoreTests {
  /// The softmax, in float64.
  private func softmax(_ x: [Float]) -> [Double] {
    let largest = Double(x.max() ?? 0)
    let powers = x.map { exp(Double($0) - largest) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  private func sigmoid(_ x: Float) -> Double { 1 / (1 + exp(-Double(x))) }

  private func expectScores(_ prediction: Prediction, _ expected: [Double], _ name: String) {
    let count = prediction.groups.count
    #expect(prediction.scores.count == count && expected.count == count)
    for (score, truth) in zip(prediction.scores, expected) {
      #expect(abs(Double(score) - truth) <= 1e-6 * truth, "\(name): \(score), \(truth)")
    }
  }

  // MARK: Copy

  /// The share of all tag paths that have the tags of some spans, span by span.
  private func share<Model: CopyModel>(
    of spans: [Span], _ tags: Tags, _ tiny: TinyModel<Model>, _ encoded: Variable, on tape: Tape
  ) -> Double {
    guard let tagger = tiny.model.network.tagger else { return 1 }
    let phi = tagger.emissions(encoded, on: tape).value
    let (a, s, e) = (tagger.chain.transitions, tagger.chain.start, tagger.chain.end)
    let isConstrained = tiny.model.network.options.crfConstrained
    var (all, having) = (0.0, spans.map { _ in 0.0 })
    for number in 0..<Int(pow(3, Double(tags.count))) {
      var (path, rest): ([Int], Int) = ([], number)
      for _ in 0..<tags.count { (path, rest) = (path + [rest % 3], rest / 3) }
      let steps = Array(zip(path, path.dropFirst()))
      if isConstrained && (path[0] == 2 || steps.contains { $0 == 0 && $1 == 2 }) { continue }
      var score = path.enumerated().reduce(0.0) { $0 + Double(phi[$1.offset, $1.element]) }
      for (from, to) in steps { score += Double(tape.values(a)[from, to]) }
      if let s, let e {
        score += Double(tape.values(s)[0, path[0]] + tape.values(e)[0, path[path.count - 1]])
      }
      all += exp(score)
      for (index, span) in spans.enumerated()
      where path[span.range] == tags.values[span.range] { having[index] += exp(score) }
    }
    return having.reduce(1) { $0 * $1 / all }
  }

  /// The groups of a sentence and their probabilities, step by step.
  private func byHand<Model: CopyModel>(
    _ tiny: TinyModel<Model>, _ example: WordInput, tags: Tags?
  ) -> [Prediction.Group: Double] {
    let (network, tape) = (tiny.model.network, Tape(parameters: tiny.parameters))
    let batch = CopyBatch([example])
    let encoding = network.encode(batch, streams: nil, on: tape)
    let outcomes = CopyDecoder(network, batch, encoding, on: tape).run(.inference)
    let count = network.architecture.slots == .triple ? 3 : 5
    var found: [Prediction.Group: Double] = [:]
    for first in stride(from: 0, to: outcomes.count, by: count) {
      let steps = outcomes[first..<first + count]
      let (actions, head) = (steps.map { $0.chosen[0] }, outcomes[first + 1].chosen[0])
      var probability = 1.0
      for (slot, step) in steps.enumerated() {
        var scores = step.scores.scores(sentence: 0)
        if slot == (count == 3 ? 2 : 3) && head < example.length {
          switch network.options.mask {
          case .none: break
          case .neginf: scores[head] = -.infinity
          case .zeroLogit: scores[head] = 0
          }
        }
        probability *= softmax(scores)[actions[slot]]
      }
      guard let group = network.read(actions, length: example.length, tags: tags).groups.first
      else { continue }
      if let tags {
        let spans = [group.head?.span, group.tail?.span].compactMap { $0 }.distinct(by: \.self)
        probability *= share(of: spans, tags, tiny, encoding.outputs, on: tape)
      }
      found[group] = max(found[group] ?? 0, probability)
    }
    return found
  }

  private func check<Model: CopyModel>(_ type: Model.Type, _ options: CopyOptions) {
    var (complete, incomplete) = (0, 0)
    for seed: UInt64 in 1...30 {
      let tiny = TinyModel<Model>(options, seed: seed)
      for example in TinyCorpus.examples {
        let found = tiny.model.predict(
          [example], scoring: true, on: Tape(parameters: tiny.parameters))[0]
        let expected = byHand(tiny, example, tags: found.tags)
        #expect(found.groups == tiny.predict([example])[0].groups)
        #expect(Set(found.groups) == Set(expected.keys))
        expectScores(found, found.groups.map { expected[$0] ?? -1 }, "\(type)")
        complete += found.triples.count
        incomplete += found.groups.count - found.triples.count
      }
    }
    #expect(complete > 5 && incomplete > 5, "\(type): \(complete), \(incomplete)")
  }

  @Test("Copy: the steps' softmax behind the mask, times the share of paths with the tags")
  func copy() {
    check(CopyRE.self, .tiny.with { $0.mask = .neginf })
    check(CopyREPrime.self, .tiny.with { $0.mask = .zeroLogit })
    check(CopyREPrime5.self, .tiny.with { $0.mask = .neginf })
    check(CopyMTL.self, .tiny)
    check(CopyMTL.self, .tiny.with { ($0.crfConstrained, $0.crfEnds) = (true, false) })
    check(CopyMTL.self, .tiny.with { $0.triples = 4 })
  }

  // MARK: Taggers and classifiers

  /// A model of the list, of random parameters, and its inputs, longest first.
  private func made<Model: ExtractionModel>(
    _ type: Model.Type, _ changes: [String], seed: UInt64, scale: Float = 3
  ) throws -> (model: Model, inputs: [Model.Input], tape: Tape) {
    let test = try #require(ModelCase.all.first { $0.kind == Model.names[0] })
    let section = try test.section(changes.map { "model.\($0)" })
    let model = try #require(
      section.model(for: section.vocabularies(of: TinyCorpus.sentences)) as? Model)
    let values = Slab(count: model.layout.count)
    values.initialize(model.layout, seed: seed)
    for i in 0..<values.count { values.buffer[i] *= scale }
    let sentences = TinyCorpus.sentences.sorted { $0.tokens.count > $1.tokens.count }
    let inputs = sentences.enumerated().map { model.input($1, index: $0, limit: .max) }
    return (model, inputs, Tape(parameters: values))
  }

  /// The probability of the tags of a triple's tokens, each once.
  private func share(_ tags: [[Double]], _ group: Prediction.Group) -> Double {
    let spans = [group.head?.span, group.tail?.span].compactMap { $0 }
    return Set(spans.flatMap(\.range)).reduce(1) { $0 * (tags[$1].max() ?? 0) }
  }

  @Test("RIN: the pair's logistic function, times the softmax of both spans' tags")
  func rin() throws {
    var count = 0
    for seed: UInt64 in 1...4 {
      let (model, inputs, tape) = try made(RIN.self, [], seed: seed)
      for (index, found) in model.predict(inputs, scoring: true, on: tape).enumerated() {
        let features = model.features(of: [inputs[index]], streams: nil, on: tape)
        let tags = model.entities(features.entities, on: tape).value
        let shares = (0..<tags.rows).map { row in
          softmax((0..<tags.columns).map { tags[row, $0] })
        }
        var pairs: [Double] = []
        model.pairs.logits(features.relations, layout: features.layout, on: tape)
          .forEachRun(ofSentence: 0) { run in
            let logits = run.scores.elements
            pairs += logits.filter { $0 >= 0 }.map(sigmoid)
          }
        expectScores(
          found, zip(found.groups, pairs).map { share(shares, $0) * $1 }, "sentence \(index)")
        count += found.groups.count
      }
    }
    #expect(count > 20)
  }

  @Test("HMT: the softmax of the joint tags of both spans")
  func hmt() throws {
    var count = 0
    for seed: UInt64 in 1...20 {
      let (model, inputs, tape) = try made(HMT.self, ["pairing=cartesian"], seed: seed)
      for (index, found) in model.predict(inputs, scoring: true, on: tape).enumerated() {
        let tags = model.run([inputs[index]], streams: nil, on: tape).je.scores.value
        let shares = (0..<tags.rows).map { row in
          softmax((0..<tags.columns).map { tags[row, $0] })
        }
        expectScores(found, found.groups.map { share(shares, $0) }, "sentence \(index)")
        count += found.groups.count
      }
    }
    #expect(count > 5)
  }

  @Test("the cascade: the logistic functions of the subject's and the object's ends")
  func cascade() throws {
    for changes in [[], ["entityWeight=0.5", "entityGate=true"]] {
      var count = 0
      for seed: UInt64 in 1...4 {
        let (model, inputs, tape) = try made(
          Cascade.self, changes + ["subjectThreshold=0.01", "objectThreshold=0.001"], seed: seed,
          scale: 1)
        let relations = model.vocabularies.relations
        for (index, found) in model.predict(inputs, scoring: true, on: tape).enumerated() {
          let encoded = model.encoded([inputs[index]], streams: nil, on: tape)
          let subjects = model.subjects(encoded.features, on: tape).value
          let expected = found.groups.map { group -> Double in
            guard let head = group.head?.span, let tail = group.tail?.span,
              let relation = group.relation.flatMap(relations.id)
            else { return -1 }
            let objects = model.objectLogits(
              encoded, tokens: model.objects.token(encoded.features, on: tape),
              model.placed([[head]]), model.entities.map { $0(encoded.features, on: tape) },
              on: tape
            ).0.value
            return sigmoid(subjects[head.start, 0]) * sigmoid(subjects[head.end, 1])
              * sigmoid(objects[tail.start, relation])
              * sigmoid(objects[tail.end, relations.count + relation])
          }
          expectScores(found, expected, "sentence \(index)")
          count += found.groups.count
        }
      }
      #expect(count > 20)
    }
  }

  @Test(
    "scores change nothing that is found, and are the same on any number of threads",
    arguments: ModelCase.all)
  func threads(_ test: ModelCase) throws {
    let section = try test.section()
    let model = section.model(for: section.vocabularies(of: TinyCorpus.sentences))
    let values = Slab(count: model.layout.count)
    values.initialize(model.layout, seed: 1)
    for i in 0..<values.count { values.buffer[i] *= 3 }
    let split = model.encode((0..<60).flatMap { _ in TinyCorpus.sentences })
    let weights = WeightStore(values)
    let plain = Inference.predict(split, weights: weights)
    let scored = Inference.predict(split, scoring: true, weights: weights)
    #expect(scored == Inference.predict(split, scoring: true, weights: weights, on: ThreadTeam(3)))
    for (one, other) in zip(plain, scored) {
      #expect(one.groups == other.groups && one.scores.isEmpty)
      #expect(one.tags == other.tags && one.entities == other.entities)
      #expect(other.scores.count == other.groups.count)
      #expect(other.scores.allSatisfy { (0...1).contains($0) })
    }
  }
}
