import Autodiff
import Layers
import Randomness
import Tensors
import Testing

@Suite("Transformer")
struct TransformerTests {
  private static let shape = TransformerShape(
    layers: 3, hidden: 16, heads: 2, inner: 24, vocabulary: 30, positions: 40)

  private struct Encoded {
    let outputs: [Float]
    let gradient: [Float]
    let peak: Int
  }

  /// Encodes sentences with dropout, and the gradient of the sum of squares of the outputs.
  private func encode(
    _ lengths: [Int], recomputing: Bool, shape: TransformerShape = shape,
    products: Products = Products()
  ) -> Encoded {
    var layout = ParameterLayout()
    let encoder = TransformerEncoder(shape, in: &layout)
    let slab = Slab(count: layout.count)
    slab.initialize(layout, seed: 1)
    let tape = Tape(weights: WeightStore(slab, products: products))
    tape.mode = .oneShard
    let pass = TransformerPass(
      layout: SentenceLayout(lengths: lengths, on: tape),
      masks: lengths.map { .prefix($0 / 2) }, dropout: 0.2,
      streams: { purpose in
        lengths.indices.map { CounterRandom(seed: 1, purpose: purpose, example: $0) }
      })
    let ids = pass.layout.packed { ($0 * 7 + $1 * 3) % shape.vocabulary }
    let y = encoder(
      ids, segments: ids.map { $0 % 2 }, pass, recomputing: recomputing, on: tape)
    for i in 0..<y.value.count { y.gradient.pointer[i] = 2 * y.value.pointer[i] }
    let outputs = y.value.elements
    let gradients = Slab(count: layout.count)
    let terms = tape.collected()
    let peak = tape.pool.peakBytes
    terms.add(to: gradients)
    return Encoded(outputs: outputs, gradient: Array(gradients.buffer), peak: peak)
  }

  @Test(
    "blocks that are recomputed change no bit",
    arguments: ProductLibrary.allCases.filter(\.isSupported))
  func recomputing(_ library: ProductLibrary) {
    let kept = encode([9, 30, 1, 12], recomputing: false, products: Products(library))
    let again = encode([9, 30, 1, 12], recomputing: true, products: Products(library))
    #expect(kept.outputs.map(\.bitPattern) == again.outputs.map(\.bitPattern))
    #expect(kept.gradient.map(\.bitPattern) == again.gradient.map(\.bitPattern))
    #expect(kept.gradient.contains { $0 != 0 })
  }

  /// Of a block little more than its input is kept, where a shard has more rows than parameters have.
  @Test("blocks that are recomputed take a fraction of the memory")
  func memory() {
    let shape = TransformerShape(
      layers: 12, hidden: 32, heads: 2, inner: 128, vocabulary: 30, positions: 40)
    let lengths = [Int](repeating: 40, count: 20)
    let (kept, again) = (
      encode(lengths, recomputing: false, shape: shape).peak,
      encode(lengths, recomputing: true, shape: shape).peak
    )
    #expect(again * 3 < kept, "\(again) of \(kept) bytes")
  }

  @Test("names and first values are those of a file of pretrained weights")
  func names() {
    var layout = ParameterLayout()
    let encoder = TransformerEncoder(
      TransformerShape(layers: 11, hidden: 4, heads: 2, inner: 6, vocabulary: 9), in: &layout)
    _ = TokenHead("head.token", words: encoder.embedding.word, epsilon: 1e-12, in: &layout)
    let block = [
      "att.q.w", "att.k.w", "att.v.w", "att.q.b", "att.k.b", "att.v.b", "att.o.w", "att.o.b",
      "att.ln.gamma", "att.ln.beta", "ffn.in.w", "ffn.in.b", "ffn.out.w", "ffn.out.b",
      "ffn.ln.gamma", "ffn.ln.beta",
    ]
    let names =
      ["word", "position", "segment", "ln.gamma", "ln.beta"].map { "embed.\($0)" }
      + (0..<11).flatMap { index in block.map { "layer.\(index < 10 ? "0" : "")\(index).\($0)" } }
      + ["dense.w", "dense.b", "ln.gamma", "ln.beta", "bias"].map { "head.token.\($0)" }
    #expect(layout.parameters.map(\.name) == names)
    for parameter in layout.parameters {
      let isMatrix = parameter.rows > 1
      #expect(parameter.decays == isMatrix && !parameter.isSparse)
      #expect(
        parameter.initializer
          == (isMatrix
            ? .normal(deviation: 0.02) : parameter.name.hasSuffix("gamma") ? .ones : .zeros))
    }
  }

  /// Devlin et al. (2019); the sizes of the published checkpoints, with their token head.
  @Test("parameters of the published shapes")
  func counts() {
    func parts(_ shape: TransformerShape) -> [Int] {
      var layout = ParameterLayout()
      let encoder = TransformerEncoder(shape, in: &layout)
      _ = TokenHead("head.token", words: encoder.embedding.word, epsilon: 1e-12, in: &layout)
      return ["embed", "layer", "head"].map { part in
        layout.parameters.filter { $0.name.hasPrefix(part) }.reduce(0) { $0 + $1.count }
      }
    }
    let base = TransformerShape(
      layers: 12, hidden: 768, heads: 12, inner: 3072, vocabulary: 28_996)
    #expect(parts(base) == [22_665_216, 85_054_464, 621_124])
    #expect(parts(base).reduce(0, +) == 108_340_804)
    var large = TransformerShape(
      layers: 24, hidden: 1024, heads: 16, inner: 4096, vocabulary: 28_996)
    #expect(parts(large).reduce(0, +) == 333_610_308)
    large.segments = 6
    #expect(parts(large).reduce(0, +) == 333_614_404)
  }

  @Test("positions that follow cached ones have the outputs that they have in one pass")
  func cache() {
    var layout = ParameterLayout()
    let encoder = TransformerEncoder(Self.shape, in: &layout)
    let slab = Slab(count: layout.count)
    slab.initialize(layout, seed: 1)
    let tape = Tape(weights: WeightStore(slab))
    let (lengths, sources) = ([20, 14], [9, 3])
    func id(_ sentence: Int, _ position: Int) -> Int { (sentence * 7 + position * 3) % 30 }
    func pass(_ lengths: [Int]) -> TransformerPass {
      TransformerPass(
        layout: SentenceLayout(lengths: lengths, on: tape), masks: sources.map { .prefix($0) })
    }
    let whole = pass(lengths)
    let truth = encoder(
      whole.layout.packed(id), segments: whole.layout.packed { $1 < sources[$0] ? 0 : 1 }, whole,
      on: tape)
    let caches = encoder.blocks.map { _ in KeyValueCache(on: tape) }
    var starts = [0, 0]
    for news in [sources, [2, 2], [6, 1], [1, 5], [2, 3]] {
      let part = pass(news)
      let found = encoder.following(
        part.layout.packed { id($0, starts[$0] + $1) },
        positions: part.layout.packed { starts[$0] + $1 },
        segments: part.layout.packed { starts[$0] + $1 < sources[$0] ? 0 : 1 }, part,
        caches: caches, on: tape)
      for sentence in 0..<2 {
        let first = whole.layout.rows(ofSentence: sentence).lowerBound + starts[sentence]
        for (place, row) in part.layout.rows(ofSentence: sentence).enumerated() {
          let (a, b) = (
            found.value.rows(row..<row + 1), truth.value.rows(first + place..<first + place + 1)
          )
          for (x, y) in zip(a.elements, b.elements) { #expect(abs(x - y) < 1e-5) }
        }
      }
      starts = zip(starts, news).map { $0 + $1 }
      // A position that is forgotten leaves no trace.
      if starts[0] < 20 {
        let extra = pass([1, 1])
        _ = encoder.following(
          [5, 6], positions: starts, segments: [1, 1], extra, caches: caches, on: tape)
        for cache in caches { cache.removeLast(1) }
      }
    }
    #expect(starts == lengths)
  }
}
