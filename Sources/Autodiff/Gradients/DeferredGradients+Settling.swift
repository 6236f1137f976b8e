import Tensors

extension DeferredGradients {
  /// Multiplies the operands of parameters where the products of all shards take less memory than the operands: so that
  /// what waits for the sum over shards grows neither with a shard's rows nor with layers that share parameters. No bit
  /// changes, because the products are those of each ``GradientTile``.
  func settle() {
    for (offset, (parameter, terms)) in terms {
      let kept = terms.reduce(0) { $0 + $1.floats }
      guard kept > count * parameter.count else { continue }
      let sums = (0..<count).map { shard in
        let sum = pool.uninitialized(parameter.rows, parameter.columns)
        for tile in GradientTile.tiles(of: parameter) {
          write(parameter, rows: tile.rows, shard: shard, into: sum.rows(tile.rows))
        }
        return sum
      }
      self.terms[offset] = (parameter, [.sums(sums)])
    }
  }
}
