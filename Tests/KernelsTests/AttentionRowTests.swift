import Kernels
import Testing

@Suite("Rows of attention")
struct AttentionRowTests {
  @Test(
    "scores of one query and the weighted sum of values", arguments: [1, 3, 64, 65, 200],
    [1, 16, 37])
  func cachedRow(_ count: Int, _ width: Int) {
    let (positions, wide) = ((count + attentionRun - 1) / attentionRun * attentionRun, width + 5)
    func number(_ i: Int) -> Float { Float((i * 37) % 101) / 64 - 0.75 }
    let query = (0..<width).map { number($0 + 7) }
    let keys = (0..<width * positions).map { number($0) }
    let values = (0..<count * wide).map { number($0 + 3) }
    let weights = (0..<count).map { number($0 + 11) }
    var scores = [Float](repeating: .nan, count: positions)
    attentionScores(
      query, keys, stride: positions, width: width, into: &scores, count: count)
    var sums = [Float](repeating: .nan, count: width)
    weightedSum(weights, values, stride: wide, count: count, into: &sums, width: width)
    for j in 0..<count {
      let truth = (0..<width).reduce(0.0) {
        $0 + Double(query[$1]) * Double(keys[$1 * positions + j])
      }
      #expect(abs(Double(scores[j]) - truth) < 1e-4)
    }
    for c in 0..<width {
      let truth = (0..<count).reduce(0.0) {
        $0 + Double(weights[$1]) * Double(values[$1 * wide + c])
      }
      #expect(abs(Double(sums[c]) - truth) < 1e-4)
    }
  }
}
