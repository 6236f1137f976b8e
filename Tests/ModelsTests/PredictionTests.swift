import Corpora
import Layers
import Testing

@testable import Models

@Suite("Predictions")
struct PredictionTests {
  @Test("a sentence's prediction does not depend on its batch")
  func batch() {
    func check<Model: CopyModel>(_ type: Model.Type, _ options: CopyOptions) {
      for seed: UInt64 in 1...6 {
        let tiny = TinyModel<Model>(options, seed: seed)
        let together = tiny.predict()
        let alone = TinyCorpus.examples.flatMap { tiny.predict([$0]) }
        let twice = tiny.predict(TinyCorpus.examples.flatMap { [$0, $0] })
        #expect(together == alone)
        #expect(twice == alone.flatMap { [$0, $0] })
      }
    }
    let mul = CopyOptions.tiny.with { ($0.decoder, $0.cell) = (.mul, .gru) }
    for options in [.tiny, mul] {
      check(CopyRE.self, options.with { $0.mask = .neginf })
      check(CopyREPrime.self, options)
      check(CopyREPrime5.self, options)
      check(CopyMTL.self, options)
    }
  }

  @Test("dropout and teacher forcing have no part in predictions")
  func trainingOptions() {
    let plain = TinyModel<CopyMTL>(.tiny).predict()
    let options = CopyOptions.tiny.with { ($0.dropout, $0.teacherForcing) = (0.5, 0.3) }
    #expect(TinyModel<CopyMTL>(options).predict() == plain)
  }

  @Test("constrained tags never have I at the start or after O; unconstrained ones may")
  func constrained() {
    func malformed(_ tags: Tags) -> Bool {
      let (outside, inside) = (TagScheme.outside, TagScheme.bio.tag(.inside))
      return tags.values.first == inside
        || zip(tags.values, tags.values.dropFirst()).contains { $0 == outside && $1 == inside }
    }
    func count(_ constrained: Bool) -> Int {
      (1...30).reduce(0) { sum, seed in
        let options = CopyOptions.tiny.with { $0.crfConstrained = constrained }
        let predictions = TinyModel<CopyMTL>(options, seed: UInt64(seed)).predict()
        return sum + predictions.compactMap(\.tags).filter(malformed).count
      }
    }
    #expect(count(true) == 0)
    #expect(count(false) > 0)
  }

  @Test("options out of range are refused by name")
  func validation() {
    let mistakes: [(key: String, options: CopyOptions)] = [
      ("hidden", .tiny.with { $0.hidden = 0 }), ("embedding", .tiny.with { $0.embedding = -1 }),
      ("fusion", .tiny.with { $0.fusion = 0 }), ("triples", .tiny.with { $0.triples = 0 }),
      ("attentionWidth", .tiny.with { $0.attentionWidth = 0 }),
      ("dropout", .tiny.with { $0.dropout = 1 }), ("dropout", .tiny.with { $0.dropout = .nan }),
      ("teacherForcing", .tiny.with { $0.teacherForcing = 1.5 }),
      ("lambda", .tiny.with { $0.lambda = -1 }), ("lambda", .tiny.with { $0.lambda = .nan }),
      ("lambda", .tiny.with { $0.lambda = .infinity }),
    ]
    for (key, options) in mistakes {
      do {
        try options.validate()
        Issue.record("accepted \(key)")
      } catch { #expect(error.key == key) }
    }
    #expect(throws: Never.self) { try CopyOptions().validate() }
  }

  @Test("a model's name means it, whatever the case of its letters")
  func names() {
    for (name, kind) in [
      ("copyre", "copyre"), ("CopyRE'", "copyre-prime"), ("copyre'5", "copyre-prime5"),
      ("CopyMTL", "copymtl"), ("copyre5", "copyre-prime5"),
    ] {
      #expect(ModelSection(kind: name)?.kind == kind)
    }
    #expect(ModelSection(kind: "copy") == nil)
    let defaults = ModelSection(kind: "copyre")?.options as? CopyOptions
    #expect(defaults?.mask == .neginf && CopyREPrime.defaults.mask == CopyOptions.Mask.none)
  }
}
