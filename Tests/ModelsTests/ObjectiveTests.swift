import Autodiff
import Corpora
import Tensors
import Testing

@testable import Models

@Suite("The objective of the copy family")
struct ObjectiveTests {
  @Test("at λ = 0 the gradient is that of CopyRE'; it is linear in λ", arguments: [Float(0), 1])
  func lambda(teacherForcing: Float) {
    func step(_ lambda: Float) -> (TinyModel<CopyMTL>, TinyModel<CopyMTL>.Step) {
      let options = CopyOptions.tiny.with {
        $0.lambda = lambda
        $0.teacherForcing = teacherForcing
      }
      let tiny = TinyModel<CopyMTL>(options)
      return (tiny, tiny.step())
    }
    let (mtl, zero) = step(0)
    let prime = TinyModel<CopyREPrime>(.tiny.with { $0.teacherForcing = teacherForcing })
    prime.take(from: mtl)
    let other = prime.step()
    #expect(other.losses[0] == zero.losses[0] && other.total == zero.total)
    for parameter in mtl.model.layout.parameters {
      let ours = mtl.part(zero.gradient, parameter.name)
      let theirs = prime.part(other.gradient, parameter.name)
      let expected = theirs.isEmpty ? [Float](repeating: 0, count: ours.count) : theirs
      #expect(ours == expected, "\(parameter.name)")
    }
    let one = step(1).1
    let largest = one.gradient.map { abs($0) }.max() ?? 0
    #expect(mtl.part(one.gradient, "tagger.emission.weight").contains { abs($0) > 0.01 })
    for lambda: Float in [0.25, 0.6, 2] {
      let result = step(lambda).1
      for (i, value) in result.gradient.enumerated() {
        let linear = zero.gradient[i] + lambda * (one.gradient[i] - zero.gradient[i])
        #expect(abs(value - linear) <= 1e-6 * max(1, lambda) * max(1, largest))
      }
      let total = zero.total + Double(lambda) * (one.total - zero.total)
      #expect(abs(result.total - total) <= 1e-6 * total)
    }
  }

  @Test("the mean over steps is the sum over them divided by their number")
  func reduction() {
    let sum = TinyModel<CopyREPrime>(.tiny).step()
    let mean = TinyModel<CopyREPrime>(.tiny.with { $0.decoderReduction = .stepMean }).step()
    #expect(sum.losses == mean.losses)
    #expect(abs(sum.total / 6 - mean.total) < 1e-6)
    for (a, b) in zip(sum.gradient, mean.gradient) { #expect(abs(a / 6 - b) < 1e-6) }
    let five = TinyModel<CopyREPrime5>(.tiny.with { $0.decoderReduction = .stepMean })
    #expect(abs(five.total() * 10 - five.step().losses[0].reduce(0, +)) < 1e-4)
  }

  /// The relations that were fed are those whose embeddings have a gradient.
  private func fed<Model: CopyModel>(_ tiny: TinyModel<Model>, _ examples: [WordInput]) -> Set<Int>
  {
    let gradient = tiny.part(tiny.step(examples).gradient, "embedding.relation")
    return Set(gradient.chunks(of: 3).enumerated().filter { $1.contains { $0 != 0 } }.map(\.0))
  }

  @Test("with teacher forcing 1 the gold items are fed, with 0 the model's own, else a mixture")
  func teacherForcing() {
    let examples = TinyCorpus.examples
    func tiny(_ probability: Float, seed: UInt64) -> TinyModel<CopyREPrime> {
      TinyModel<CopyREPrime>(.tiny.with { $0.teacherForcing = probability }, seed: seed)
    }
    var mixtures = 0
    for seed: UInt64 in 1...8 {
      for example in examples {
        let options = tiny(1, seed: seed).model.network.options
        let gold = options.targets(
          of: example, TinyCorpus.vocabularies, streams: RandomStreams(seed: 5, epoch: 2)
        ).map(\.relation)
        let goldAndNA = Set(gold + [Int](repeating: 4, count: 2 - gold.count))
        let free = tiny(0, seed: seed)
        let actions = free.model.network.choices(
          CopyBatch([example]), on: Tape(parameters: free.parameters)
        )[0].actions
        let own: Set<Int> = [actions[0], actions[3]]
        #expect(fed(tiny(1, seed: seed), [example]) == goldAndNA)
        #expect(fed(free, [example]) == own)
        let mixed = fed(tiny(0.5, seed: seed), [example])
        if mixed != goldAndNA && mixed != own { mixtures += 1 }
      }
    }
    #expect(mixtures > 3)
  }

  @Test("after NA a row of its own is fed: one past the words, the relations, the lengths")
  func fedAfterNA() {
    let tiny = TinyModel<CopyREPrime5>(.tiny)
    let none = TinyCorpus.examples.filter { $0.sentence.triples.isEmpty }
    let gradient = tiny.step(none).gradient
    func rows(_ name: String) -> [Int] {
      tiny.part(gradient, name).chunks(of: 3).enumerated().filter { $1.contains { $0 != 0 } }
        .map(\.offset)
    }
    let vocabulary = TinyCorpus.vocabularies.words.count
    #expect(Set(rows("embedding.word")) == Set(none[0].words + [vocabulary]))
    #expect(rows("embedding.relation") == [4])
    #expect(rows("embedding.length") == [TinyCorpus.vocabularies[.longestEntity]])
  }

  @Test("a sentence's terms do not depend on its shard, with dropout and mixed feeding on")
  func shards() {
    let options = CopyOptions.tiny.with {
      $0.dropout = 0.3
      $0.teacherForcing = 0.5
      $0.targetOrder = .reshuffle
    }
    let tiny = TinyModel<CopyMTL>(options)
    let together = tiny.step()
    var gradient = [Float](repeating: 0, count: tiny.parameters.count)
    for (i, example) in TinyCorpus.examples.enumerated() {
      let alone = tiny.step([example])
      for (term, losses) in together.losses.enumerated() {
        #expect(abs(alone.losses[term][0] - losses[i]) <= 1e-5 * abs(losses[i]))
      }
      for (k, value) in alone.gradient.enumerated() { gradient[k] += value }
    }
    let largest = gradient.map { abs($0) }.max() ?? 0
    for (a, b) in zip(gradient, together.gradient) { #expect(abs(a - b) <= 1e-5 * largest) }
    let other = tiny.step(streams: RandomStreams(seed: 5, epoch: 3))
    #expect(other.losses != together.losses, "dropout is drawn anew each epoch")
  }

  @Test("the mask that sets scores to zero changes the loss; the one that removes them does not")
  func masks() {
    func losses(_ mask: CopyOptions.Mask) -> [[Double]] {
      TinyModel<CopyRE>(.tiny.with { $0.mask = mask }).step().losses
    }
    #expect(losses(.neginf) == losses(.none))
    #expect(losses(.zeroLogit) != losses(.none))
  }

  @Test("no tail is its head with the mask; without it CopyRE never says anything else")
  func maskAtInference() {
    var pairs = 0
    for seed: UInt64 in 1...10 {
      func groups(_ mask: CopyOptions.Mask) -> [Prediction.Group] {
        TinyModel<CopyRE>(.tiny.with { $0.mask = mask }, seed: seed).predict().flatMap(\.groups)
          .filter { $0.head != nil && $0.tail != nil }
      }
      #expect(groups(.neginf).allSatisfy { $0.head != $0.tail })
      #expect(groups(.none).allSatisfy { $0.head == $0.tail })
      pairs += groups(.neginf).count
    }
    #expect(pairs > 5)
  }
}
