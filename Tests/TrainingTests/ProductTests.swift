import Corpora
import ModelCases
import Models
import Tensors
import Testing

@testable import Training

@Suite("Products by OpenBLAS")
struct ProductTests {
  /// All products of a training step of the small CopyMTL, of `T` tokens and `K` triples a shard.
  ///
  /// - Encoder, each direction: a projection and a recurrent product a token, but for the first token's, which
  ///   has no state before it; as many on the way back; and the gradients of both weights: `8T` in all.
  /// - Decoder, each of `3K` steps: the cell's two products, the fed item and NA, on the way back as well;
  ///   `K` relation scores, and `2K` queries with as many sums over tokens. The gradients of the cell's two
  ///   weights and of those four maps, and `2K` of the scorer's.
  /// - Attention, its part of the cell's input, the scorer's keys and the tagger: 3 each, a product and two on
  ///   the way back. The context of each sentence likewise.
  @Test("a training step makes as many CBLAS calls as the model has products")
  func calls() throws {
    let triples = 3
    let settings = ["kind=copymtl", "embedding=6", "hidden=20", "fusion=7", "triples=\(triples)"]
    let work = try Work(ModelCase.section(settings.map { "model.\($0)" }), sentences: 60)
    let minibatch = work.minibatch
    let expected = minibatch.shards.filter { !$0.isEmpty }.reduce(0) { sum, shard in
      let tokens = shard.map { minibatch.split.length($0) }.max() ?? 0
      let decoder = 3 * triples * 8 + triples * (2 + 4 + 2) + 6 + 2 * triples
      return sum + 8 * tokens + decoder + 4 * 3 + 3 * shard.count
    }
    for library in ProductLibrary.allCases where library.isSupported {
      let before = BLAS.calls
      _ = work.gradient(Products(library), workers: 2)
      #expect(BLAS.calls - before == (library == .openblas ? expected : 0), "\(library)")
    }
  }
}
