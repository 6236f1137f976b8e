import Autodiff
import Corpora
import Layers
import ModelCases
import Models
import Tensors
import TestSupport
import Testing

@testable import Training

/// A minibatch of a made-up corpus in eight shards, some of them empty, for a model of the list.
struct Work {
  let model: any ExtractionModel
  let parameters: Slab
  let minibatch: Minibatch

  init(_ section: ModelSection, sentences: Int) throws {
    let split = Array(try Synthesizer.synthesize(seed: 3, sentences: 100).train.prefix(sentences))
    model = section.model(for: section.vocabularies(of: split))
    parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 5)
    minibatch = Minibatch(
      [Array(0..<sentences)], of: model.encode(split), shards: 8,
      streams: RandomStreams(seed: 1, epoch: 2))
  }

  /// The gradient in the order of the tree, made by workers that share the shards.
  func gradient(
    _ products: Products, workers count: Int, limits: ShardWorker.Limits = .init(rows: .max)
  ) -> (gradient: [Float], losses: [[[Double]]]) {
    let store = WeightStore(parameters, products: products)
    let workers = (0..<count).map { _ in
      ShardWorker(model: model, weights: store, limits: limits)
    }
    let losses = workers.enumerated().flatMap { place, worker in
      worker.run(place * 8 / count..<(place + 1) * 8 / count, of: minibatch) { _ in }
    }
    let slab = Slab(count: model.layout.count)
    let sum = TileSum()
    for tile in GradientTile.tiles(of: model.layout) {
      sum.write(tile, of: 0..<8, from: workers.flatMap(\.sources), to: slab)
    }
    return (Array(slab.buffer), losses)
  }

  /// The gradient by a tape that packs nothing, shard by shard, added up in float64.
  func plainGradient() -> [Double] {
    var sum = [Double](repeating: 0, count: model.layout.count)
    for members in minibatch.shards where !members.isEmpty {
      let slab = Slab(count: model.layout.count)
      let tape = Tape(parameters: parameters, mode: .oneShard)
      let losses = minibatch.split.losses(of: members, streams: minibatch.streams, on: tape)
      for (loss, normalizer) in zip(losses, minibatch.normalizers) {
        loss.gradientScale = loss.weight / Float(normalizer)
      }
      tape.collected().add(to: slab)
      for i in sum.indices { sum[i] += Double(slab.buffer[i]) }
    }
    return sum
  }
}

@Suite("Shards that are run together")
struct ShardWorkerTests {
  static let cases = ModelCase.all.flatMap { test in
    Products.tested.flatMap { products in [3, 40].map { (test, products, $0) } }
  }

  @Test("the gradient has the same bits however shards are dealt and cut", arguments: cases)
  func sameBits(test: ModelCase, products: Products, sentences: Int) throws {
    let work = try Work(test.section(), sentences: sentences)
    #expect(work.minibatch.shards.contains(where: \.isEmpty) == (sentences == 3))
    let whole = work.gradient(products, workers: 1)
    #expect(whole.gradient.contains { $0 != 0 })
    let limits = [
      ShardWorker.Limits(rows: 1), .init(rows: 40), .init(rows: .max, bytes: 0x1p14),
      .init(rows: .max),
    ]
    for workers in [1, 2, 3, 8] {
      for limits in limits {
        let other = work.gradient(products, workers: workers, limits: limits)
        #expect(other.gradient.map(\.bitPattern) == whole.gradient.map(\.bitPattern))
        #expect(other.losses == whole.losses)
      }
    }
  }

  @Test("so has that of shards that run in parts", arguments: ModelCase.all, Products.tested)
  func parts(test: ModelCase, products: Products) throws {
    let work = try Work(test.section(), sentences: 40)
    let part = work.minibatch.split.rows(0) + 1
    let alone = work.gradient(products, workers: 1, limits: .init(rows: 1, part: part))
    let whole = work.gradient(products, workers: 1)
    #expect(alone.gradient != whole.gradient)
    for rows in [2 * part, .max] {
      let other = work.gradient(products, workers: 2, limits: .init(rows: rows, part: part))
      #expect(other.gradient.map(\.bitPattern) == alone.gradient.map(\.bitPattern))
      #expect(other.losses == alone.losses)
    }
    // Elsewhere a maximum may be another token's, since a product's bits depend on its rows.
    guard products.library.keepsRowsApart else { return }
    #expect(alone.losses == whole.losses)
    check(alone.gradient, whole.gradient.map { Double($0) }, work.model.layout)
  }

  /// Products of a few hundred terms in another order: each sum is off by some 2⁻¹⁷ of its terms.
  @Test(
    "the float32 gradient is that of plain products, shard by shard", arguments: ModelCase.all,
    ProductLibrary.allCases.filter(\.isSupported))
  func plain(test: ModelCase, library: ProductLibrary) throws {
    let work = try Work(test.section(), sentences: 60)
    let (found, truth) = (
      work.gradient(Products(library), workers: 2).gradient, work.plainGradient()
    )
    check(found, truth, work.model.layout)
  }

  private func check(_ found: [Float], _ truth: [Double], _ layout: ParameterLayout) {
    for parameter in layout.parameters {
      let range = parameter.offset..<parameter.offset + parameter.count
      let largest = truth[range].reduce(0) { max($0, abs($1)) }
      for i in range {
        #expect(abs(Double(found[i]) - truth[i]) <= 0x1p-17 * largest + 1e-7, "\(parameter.name)")
      }
    }
  }
}
