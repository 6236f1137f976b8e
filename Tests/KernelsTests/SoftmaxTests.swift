import Foundation
import Kernels
import Testing

@Suite("Sums of exponentials")
struct SoftmaxTests {
  private func values(_ count: Int, _ factor: Double, _ size: Double = 5) -> [Float] {
    (0..<count).map { Float(sin(Double($0) * factor + 1) * size) }
  }

  /// The largest score's exponential is 1; each of the others is off by 4 units of 2⁻²⁴ and by the rounding of
  /// its argument, at most 2⁻²⁴ of its size; then a sum of `count` and a quotient.
  @Test("the softmax and its normaliser are those of float64", arguments: [1, 2, 16, 17, 212])
  func softmaxTruth(count: Int) {
    for shift: Float in [0, 3e4, -3e4] {
      let x = values(count, 0.7).map { $0 + shift }
      let largest = Double(x.max() ?? 0)
      let total = x.reduce(0) { $0 + exp(Double($1) - largest) }
      var y = x
      let normalizer = softmax(&y, count: count)
      #expect(abs(Double(normalizer) - largest - log(total)) <= 0x1p-23 * (8 + abs(largest)))
      for i in 0..<count {
        let truth = exp(Double(x[i]) - largest) / total
        #expect(abs(Double(y[i]) - truth) <= truth * Double(32 + count) * 0x1p-24)
      }
    }
  }

  @Test("a score of −∞ has no share, to the last bit")
  func removed() {
    var y: [Float] = [1, -.infinity, 1, -.infinity]
    #expect(abs(softmax(&y, count: 4) - 1 - logf(2)) < 1e-6)
    #expect(y == [0.5, 0, 0.5, 0])
  }

  @Test("what is not a number stays so")
  func undefined() {
    var y: [Float] = [1, .nan, 2]
    #expect(softmax(&y, count: 3).isNaN)
    #expect(y.allSatisfy { $0.isNaN })
  }

  @Test("a column's sum of exponentials is that of float64", arguments: [1, 3, 9], [1, 7, 16, 37])
  func columns(rows: Int, count: Int) {
    let (stride, step) = (count + 3, 2)
    let (x, added) = (values(rows * stride, 0.3, 40), values(rows * step, 1.9, 20))
    var y = [Float](repeating: .nan, count: count)
    var room = y
    logSumExp(
      x, rows: rows, stride: stride, adding: added, step: step, into: &y, largest: &room,
      count: count)
    for s in 0..<count {
      let terms = (0..<rows).map { Double(x[$0 * stride + s]) + Double(added[$0 * step]) }
      let largest = terms.max() ?? 0
      let truth = largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
      // A term is at most 60 and rounds once; so does the sum.
      #expect(abs(Double(y[s]) - truth) <= 60 * 0x1p-22)
    }
  }

  @Test("exponentials of sums", arguments: [0, 1, 16, 37])
  func sums(count: Int) {
    let (a, b, z) = (values(count, 0.3), values(count, 1.1), values(count, 2.3))
    var y = [Float](repeating: .nan, count: count)
    exponentials(a, plus: b, plus: 0.75, minus: z, into: &y, count: count)
    for i in 0..<count {
      let truth = exp(Double(a[i]) + Double(b[i]) + 0.75 - Double(z[i]))
      // Three sums of numbers below 16, then the exponential.
      #expect(abs(Double(y[i]) - truth) <= truth * (3 * 16 + 8) * 0x1p-24)
    }
  }
}
