import Autodiff
import Glibc
import Randomness
import Tensors
import Testing

@Suite("Attention")
struct AttentionTests {
  /// Straight from the definition, in float64.
  private func plain(
    _ qkv: [[Double]], heads: Int, visible: (Int) -> Int, factor: (Int, Int, Int) -> Double
  ) -> [[Double]] {
    let width = qkv[0].count / 3
    let part = width / heads
    return qkv.indices.map { i in
      (0..<heads).flatMap { head -> [Double] in
        let columns = head * part..<(head + 1) * part
        let scores = (0..<visible(i)).map { j in
          columns.reduce(0) { $0 + qkv[i][$1] * qkv[j][width + $1] } / Double(part).squareRoot()
        }
        let total = scores.reduce(0) { $0 + exp($1) }
        return columns.map { column in
          scores.indices.reduce(0) {
            $0 + exp(scores[$1]) / total * factor(head, i, $1) * qkv[$1][2 * width + column]
          }
        }
      }
    }
  }

  private func qkv(_ rows: Int, _ columns: Int) -> [[Double]] {
    (0..<rows).map { r in
      (0..<columns).map { Double(Float(sin(Double(r * columns + $0) * 1.7))) }
    }
  }

  private func output(
    _ qkv: [[Double]], heads: Int, _ lengths: [Int], _ masks: [AttentionMask],
    _ dropout: DropoutMask?, _ products: Products
  ) -> [[Float]] {
    let tape = Tape(weights: WeightStore(Slab(count: 1), products: products))
    let layout = SentenceLayout(lengths: lengths, on: tape)
    let matrix = tape.pool.matrix(qkv.count, qkv[0].count, qkv.flatMap { $0.map { Float($0) } })
    let y = tape.selfAttention(
      tape.variable(matrix, rows: layout.map), heads: heads, layout: layout, masks: masks,
      dropout: dropout)
    return (0..<y.value.rows).map { y.value.rows($0..<$0 + 1).elements }
  }

  /// Lengths around the runs of rows that are computed together.
  static let cases: [(Int, AttentionMask)] = [1, 2, 47, 130, 300].flatMap { length in
    [.full, .prefix(1), .prefix((length + 1) / 2), .prefix(length)].map { (length, $0) }
  }

  @Test(
    "each row's output is that of the definition, masks and dropout included", arguments: cases,
    ProductLibrary.allCases.filter(\.isSupported))
  func definition(_ test: (length: Int, mask: AttentionMask), _ library: ProductLibrary) throws {
    let qkv = qkv(test.length, 24)
    let stream = CounterRandom(seed: 1, purpose: "x")
    for mask in [nil, DropoutMask(0.25, streams: [stream])] {
      let found = output(qkv, heads: 2, [test.length], [test.mask], mask, Products(library))
      let stride = (test.length + 31) / 32 * 32
      func factor(_ head: Int, _ row: Int, _ column: Int) -> Double {
        guard mask != nil else { return 1 }
        let draw = (head * test.length + row) * stride + column
        return stream.uniform(draw) < 0.25 ? 0 : 1 / 0.75
      }
      let truth = plain(
        qkv, heads: 2, visible: { test.mask.visible($0, of: test.length) }, factor: factor)
      for (a, b) in zip(found, truth) {
        for (x, y) in zip(a, b) { #expect(abs(Double(x) - y) < 2e-6) }
      }
    }
  }

  @Test(
    "a sentence's rows have the bits that it has alone",
    arguments: ProductLibrary.allCases.filter(\.isSupported))
  func alone(_ library: ProductLibrary) {
    let (lengths, masks) = ([60, 7, 131], [AttentionMask.prefix(40), .full, .prefix(100)])
    let all = qkv(198, 24)
    let together = output(all, heads: 2, lengths, masks, nil, Products(library))
    var first = 0
    for (length, mask) in zip(lengths, masks) {
      let own = Array(all[first..<first + length])
      let alone = output(own, heads: 2, [length], [mask], nil, Products(library))
      #expect(Array(together[first..<first + length]) == alone)
      first += length
    }
  }

  @Test("cells that are visible: all, or a source for all and a target up to each row")
  func cells() {
    #expect(AttentionMask.prefix(3).cells(length: 5) == 18)
    #expect(AttentionMask.full.cells(length: 5) == 25)
    for (source, target) in [(3, 2), (1, 9), (40, 60), (7, 0)] {
      let cells = AttentionMask.prefix(source).cells(length: source + target)
      #expect(cells == (source + target) * source + target * (target + 1) / 2)
    }
  }
}
