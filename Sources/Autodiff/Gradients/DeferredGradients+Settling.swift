import Tensors

extension DeferredGradients {
  /// Multiplies the operands of small parameters, where the products of all shards take less memory than the operands:
  /// so that what waits for the sum over shards does not grow with the layers of a model that share parameters. No bit
  /// changes, because the products are those of a ``GradientTile``.
  func settle() {
    for (offset, (parameter, terms)) in terms where parameter.count <= GradientTile.size {
      let kept = terms.reduce(0) { $0 + $1.floats }
      guard kept > count * parameter.count else { continue }
      let sums = (0..<count).map { shard in
        let sum = pool.uninitialized(parameter.rows, parameter.columns)
        write(parameter, rows: 0..<parameter.rows, shard: shard, into: sum)
        return sum
      }
      self.terms[offset] = (parameter, [.sums(sums)])
    }
  }
}
