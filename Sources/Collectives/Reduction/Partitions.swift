/// A range of values cut among ranks: a partition each, contiguous, of whole blocks, and as even as
/// blocks allow.
struct Partitions: Sendable {
  /// Where each rank's partition begins, and where the last one ends.
  let bounds: [Int]

  init(of values: Range<Int>, ranks: Int) {
    let block = GradientReducer.block
    let blocks = (values.count + block - 1) / block
    bounds = (0...ranks).map {
      min(values.lowerBound + $0 * blocks / ranks * block, values.upperBound)
    }
  }

  var ranks: Int { bounds.count - 1 }

  /// The range that is cut.
  var whole: Range<Int> { bounds[0]..<bounds[ranks] }

  subscript(rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }
}
