import Foundation
import Kernels
import Testing

@Suite("Elementwise passes and sums")
struct VectorTests {
  /// Around the widths of vectors and of blocks.
  static let lengths = [0, 1, 2, 15, 16, 17, 31, 33, 100, 1023, 1024, 1025, 5000]

  private func values(_ count: Int, _ factor: Double) -> [Float] {
    (0..<count).map { Float(sin(Double($0) * factor + 1) * 3) }
  }

  @Test("dot products and sums of squares are those of float64", arguments: lengths)
  func sums(count: Int) {
    let (x, y) = (values(count, 0.7), values(count, 1.3))
    let truth = zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let size = zip(x, y).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
    // Sixteen partial sums of count/16 terms; each addition is off by 2⁻²⁴ of its sum at most.
    let bound = size * Double(count / 16 + 20) * 0x1p-24
    #expect(abs(Double(dot(x, y, count: count)) - truth) <= bound)
    let squares = x.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(sumOfSquares(x, count: count) - squares) <= squares * 84 * 0x1p-24)
    let total = x.reduce(0) { $0 + Double($1) }
    let magnitude = x.reduce(0) { $0 + abs(Double($1)) }
    let limit = magnitude * Double(count / 16 + 20) * 0x1p-24
    #expect(abs(Double(sum(x, count: count)) - total) <= limit)
  }

  @Test("a sum of four million squares is as exact as one of a thousand")
  func largeSum() {
    let count = 1 << 22
    let x = [Float](repeating: 0.1, count: count)
    let truth = Double(count) * Double(Float(0.1)) * Double(Float(0.1))
    #expect(abs(sumOfSquares(x, count: count) / truth - 1) < 84 * 0x1p-24)
  }

  @Test("additions and products, element by element", arguments: lengths)
  func elementwise(count: Int) {
    let (x, z, start) = (values(count, 0.7), values(count, 1.3), values(count, 2.1))
    func check(_ name: String, _ run: (inout [Float]) -> Void, _ truth: (Int) -> Float) {
      var y = start
      run(&y)
      let right = y.indices.allSatisfy { abs(y[$0] - truth($0)) <= 1e-6 * max(1, abs(truth($0))) }
      #expect(right, "\(name)")
    }
    check("add", { add(x, to: &$0, count: count) }, { start[$0] + x[$0] })
    check("add times", { add(x, times: -0.3, to: &$0, count: count) }, { start[$0] - 0.3 * x[$0] })
    check("addProduct", { addProduct(x, z, to: &$0, count: count) }, { start[$0] + x[$0] * z[$0] })
    check("multiply", { multiply(x, z, into: &$0, count: count) }, { x[$0] * z[$0] })
    check("sum", { add(x, z, into: &$0, count: count) }, { x[$0] + z[$0] })
    check("scale", { scale(&$0, by: 1.7, count: count) }, { 1.7 * start[$0] })
  }

  @Test("a vector is added to every row", arguments: [(1, 1), (3, 5), (4, 17), (0, 3)])
  func rows(rows: Int, columns: Int) {
    var y = values(rows * columns, 0.9)
    let (before, bias) = (y, values(columns, 1.1))
    addRow(bias, to: &y, rows: rows, columns: columns)
    for i in 0..<rows * columns { #expect(y[i] == before[i] + bias[i % columns]) }
  }

  /// 1 + 2⁻²⁴ is 1, but 2⁻²⁴ + 2⁻²⁴ is not lost beside it.
  @Test("pairs are added before their sums", arguments: [0, 1, 16, 37])
  func pairs(count: Int) {
    let tiny = [Float](repeating: 0x1p-24, count: count)
    var y = [Float](repeating: 1, count: count)
    addPairs(tiny, tiny, tiny, to: &y, count: count)
    #expect(y == [Float](repeating: 1 + 0x1p-23, count: count))
  }

  @Test("the largest value in every place, NaN passed over")
  func largestValue() {
    #expect(largest([], count: 0) == -.infinity)
    #expect(largest([.nan, -2, .nan], count: 3) == -2)
    for count in [1, 15, 16, 17, 40] {
      for place in 0..<count {
        var x = (0..<count).map { -Float($0) - 2 }
        x[place] = -1
        #expect(largest(x, count: count) == -1)
      }
    }
  }

  @Test("the largest of several; the lowest index on ties")
  func largestIndex() {
    let cases: [([Float], Int)] = [
      ([3], 0), ([1, 2, 2], 1), ([2, 2, 1], 0), ([-5, -.infinity, -4, -4], 2),
      ([-.infinity, -.infinity], 0), ([0, 0, 0], 0), ([1, 7, 3, 7], 1),
    ]
    for (values, index) in cases { #expect(indexOfLargest(values, count: values.count) == index) }
  }

  @Test("infinite and undefined elements are found in every place")
  func nonFinite() {
    for bad: Float in [.nan, .infinity, -.infinity, -.nan] {
      for count in [1, 16, 37] {
        for place in 0..<count {
          var values = [Float](repeating: -.greatestFiniteMagnitude, count: count)
          #expect(!hasNonFinite(values, count: count))
          values[place] = bad
          #expect(hasNonFinite(values, count: count))
        }
      }
    }
    #expect(!hasNonFinite([], count: 0))
  }
}
