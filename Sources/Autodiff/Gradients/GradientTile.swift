import Kernels
import Tensors

/// Consecutive rows of one parameter, the unit of work for gradients: small enough for cache while the
/// sums of all shards are added.
package struct GradientTile {
  package let parameter: Parameter
  /// Rows of the parameter.
  package let rows: Range<Int>

  /// The tile's range in the slab of all parameters.
  package var values: Range<Int> {
    let start = parameter.offset + rows.lowerBound * parameter.columns
    return start..<start + rows.count * parameter.columns
  }

  /// Approximate floats of a tile: half a megabyte.
  static let size = 1 << 17

  /// All tiles of a model, in the order of its parameters.
  package static func tiles(of layout: ParameterLayout) -> [GradientTile] {
    layout.parameters.flatMap { tiles(of: $0) }
  }

  /// The tiles of one parameter.
  static func tiles(of parameter: Parameter) -> [GradientTile] {
    let height = max(size / parameter.columns / 16 * 16, 1)
    return stride(from: 0, to: parameter.rows, by: height).map {
      GradientTile(parameter: parameter, rows: $0..<min($0 + height, parameter.rows))
    }
  }
}

/// Computes tiles of a gradient and adds them over shards in the order of the sum tree. One object
/// serves one thread.
package final class TileSum {
  /// Consecutive shards and the terms of their gradients; `nil` for shards without sentences.
  package typealias Source = (shards: Range<Int>, terms: DeferredGradients?)

  /// Workspace for the second to fourth part of a node, three slabs for each level of the recursion.
  private var scratch: [Slab] = []

  package init() {}

  /// Writes the sum over the shards of a node into `slab`.
  ///
  /// - Parameter node: the shards under a node of the tree; `sources` covers each of them.
  package func write(
    _ tile: GradientTile, of node: Range<Int>, from sources: [Source], to slab: Slab
  ) {
    let target = slab.matrix(
      at: tile.values.lowerBound, rows: tile.rows.count, columns: tile.parameter.columns)
    write(tile, of: node, from: sources, level: 0, into: target)
  }

  private func write(
    _ tile: GradientTile, of node: Range<Int>, from sources: [Source], level: Int,
    into target: Matrix
  ) {
    guard node.count > 1 else {
      return write(tile, shard: node.lowerBound, from: sources, into: target)
    }
    // Two levels of the tree in one pass, without storing the sums in between.
    let parts = min(node.count, 4)
    let targets = [target] + (1..<parts).map { workspace(3 * level + $0 - 1, target) }
    for (part, values) in targets.enumerated() {
      let (first, last) = (part * node.count / parts, (part + 1) * node.count / parts)
      write(
        tile, of: node.lowerBound + first..<node.lowerBound + last, from: sources,
        level: level + 1, into: values)
    }
    let values = targets.map(\.pointer)
    if parts == 2 {
      add(values[1], to: values[0], count: target.count)
    } else {
      addPairs(values[1], values[2], values[3], to: values[0], count: target.count)
    }
  }

  private func write(
    _ tile: GradientTile, shard: Int, from sources: [Source], into target: Matrix
  ) {
    guard let source = sources.first(where: { $0.shards.contains(shard) }) else {
      preconditionFailure("shard \(shard) of nobody")
    }
    guard let terms = source.terms else { return target.fill(0) }
    terms.write(
      tile.parameter, rows: tile.rows, shard: shard - source.shards.lowerBound, into: target)
  }

  private func workspace(_ slot: Int, _ target: Matrix) -> Matrix {
    while scratch.count <= slot { scratch.append(Slab(count: GradientTile.size)) }
    if scratch[slot].count < target.count { scratch[slot] = Slab(count: target.count) }
    return scratch[slot].matrix(at: 0, rows: target.rows, columns: target.columns)
  }
}
