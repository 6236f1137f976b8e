import Autodiff
import Corpora
import Layers
import Models
import Tensors
import TestSupport
import Testing

@testable import Training

/// A minibatch of a made-up corpus in eight shards, some of them empty, and a model with all parts.
private struct Minibatch {
  let model: CopyMTL
  let parameters: Slab
  let pieces: [[Example]]

  init(sentences: Int) throws {
    let split = try Synthesizer.synthesize(seed: 3, sentences: 100).train.prefix(sentences)
    let inventory = Inventory(training: Array(split))
    let examples = split.enumerated().map {
      Example(index: $0, sentence: $1, inventory: inventory)
    }
    var options = CopyOptions()
    (options.embedding, options.hidden, options.fusion, options.triples) = (6, 20, 7, 3)
    options.dropout = 0.2
    model = CopyMTL(options: options, inventory: inventory)
    parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 5)
    pieces = BatchPartition.shards(of: examples.map(\.length), count: 8).map {
      $0.map { examples[$0] }
    }
  }

  var draws: RandomStreams { RandomStreams(seed: 1, epoch: 2) }

  /// The gradient in the order of the tree, made by workers that share the shards.
  func gradient(
    _ precision: Precision, workers count: Int, mostTokens: Int = .max
  ) -> (gradient: [Float], losses: [[[Double]]]) {
    let store = WeightStore(parameters, precision: precision)
    let workers = (0..<count).map { _ in
      ShardWorker(model: model, weights: store, mostTokens: mostTokens)
    }
    let losses = workers.enumerated().flatMap { place, worker in
      worker.run(
        place * 8 / count..<(place + 1) * 8 / count, of: pieces,
        sentences: pieces.joined().count, draws: draws
      ) { _ in }
    }
    let slab = Slab(count: model.layout.count)
    let sum = TileSum()
    for tile in GradientTile.tiles(of: model.layout) {
      sum.write(tile, of: 0..<8, from: workers.flatMap(\.sources), to: slab)
    }
    return (Array(slab.buffer), losses)
  }

  /// The same by a tape that packs nothing, shard by shard, added up in float64.
  func plainGradient() -> [Double] {
    var sum = [Double](repeating: 0, count: model.layout.count)
    for piece in pieces where !piece.isEmpty {
      let slab = Slab(count: model.layout.count)
      let tape = Tape(parameters: parameters, mode: .training(gradients: slab))
      for loss in model.losses(of: piece, draws: draws, on: tape) {
        loss.gradientScale = loss.weight / Float(pieces.joined().count)
      }
      tape.backward()
      for i in sum.indices { sum[i] += Double(slab.buffer[i]) }
    }
    return sum
  }
}

@Suite("Shards that are run together")
struct ShardWorkerTests {
  @Test(
    "the gradient has the same bits however shards are dealt and cut", arguments: Precision.tested,
    [3, 60])
  func sameBits(precision: Precision, sentences: Int) throws {
    let batch = try Minibatch(sentences: sentences)
    #expect(batch.pieces.contains(where: \.isEmpty) == (sentences == 3))
    let whole = batch.gradient(precision, workers: 1)
    #expect(whole.gradient.contains { $0 != 0 })
    for workers in [1, 2, 3, 8] {
      for mostTokens in [1, 40, .max] {
        let other = batch.gradient(precision, workers: workers, mostTokens: mostTokens)
        #expect(other.gradient.map(\.bitPattern) == whole.gradient.map(\.bitPattern))
        #expect(other.losses == whole.losses)
      }
    }
  }

  /// Products of a few hundred terms in another order: each sum is off by some 2⁻¹⁷ of its terms.
  @Test("in float32 it is that of plain products, shard by shard")
  func plain() throws {
    let batch = try Minibatch(sentences: 60)
    let (found, truth) = (batch.gradient(.float32, workers: 2).gradient, batch.plainGradient())
    for parameter in batch.model.layout.parameters {
      let range = parameter.offset..<parameter.offset + parameter.count
      let largest = truth[range].reduce(0) { max($0, abs($1)) }
      for i in range {
        #expect(abs(Double(found[i]) - truth[i]) <= 0x1p-17 * largest + 1e-7, "\(parameter.name)")
      }
    }
  }
}
