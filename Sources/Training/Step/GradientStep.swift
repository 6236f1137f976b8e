import Autodiff
import Collectives
import Corpora
import Kernels
import Models
import Tensors

/// Computes the gradient of a minibatch over all ranks and threads: shards forward and backward, sums in
/// one fixed tree, so that its bits depend on the number of neither (models.md 1.10).
final class GradientStep {
  /// Sums of a minibatch.
  struct Sums {
    /// The gradient of the total, this rank's pieces of it; valid until the next step.
    let gradient: [ReducedPartition]
    /// Its norm, over all pieces.
    let norm: Double
    /// The mean of each term over what it counts: sentences, tokens, ….
    let losses: [Double]
    let total: Double
  }

  let reduction: GradientReducer
  /// The work that this rank had of the last minibatch.
  private(set) var ownCost = 0
  private let model: any ExtractionModel
  private let weights: [Float]
  private let shards: Int
  private let team: ThreadTeam
  private let workers: [ShardWorker]
  /// In the order in which they are made.
  private let tiles: [GradientTile]
  private let tileSums: [TileSum]

  init(
    model: any ExtractionModel, weights store: WeightStore, options: RunOptions, team: ThreadTeam,
    on session: borrowing Session
  ) throws {
    self.model = model
    self.team = team
    shards = options.batch.shards
    weights = model.termWeights
    workers = (0..<team.count).map { _ in ShardWorker(model: model, weights: store) }
    tileSums = (0..<team.count).map { _ in TileSum() }
    // What an accumulated gradient is made of is kept until its shards are summed: the more minibatches
    // there are, the fewer shards are run together.
    let together =
      options.batch.accumulate == 1
      ? Int.max : shards / session.size / options.batch.accumulate
    let reduction = try GradientReducer(
      count: model.layout.count, tables: model.layout.parameters.filter(\.isSparse).map(\.values),
      tree: SumTree(shards: shards), mode: options.reduction, largestNode: max(together, 1),
      on: session)
    self.reduction = reduction
    let tiles = GradientTile.tiles(of: model.layout)
    self.tiles = reduction.order.flatMap { values in
      tiles.filter { values.contains($0.values.lowerBound) }
    }
  }

  /// Runs the minibatches of one update.
  ///
  /// - Parameters:
  ///   - batches: sentences of each minibatch, by index; more than one where gradients are accumulated.
  ///   - split: that the indices name.
  ///   - clock: adds up the time of each phase.
  ///   - beforeSum: is called before the first exchange between ranks; if it blocks, all ranks block.
  func run(
    _ batches: [[Int]], of split: any EncodedSplit, streams: RandomStreams,
    on session: borrowing Session, clock: inout PhaseClock, beforeSum: () -> Void
  ) throws -> Sums {
    clock.enter(.data)
    let minibatch = Minibatch(batches, of: split, shards: shards, streams: streams)
    ownCost = minibatch.cost(of: reduction.shards)
    var losses = [Double](repeating: 0, count: shards * weights.count)
    reduction.begin()
    for node in reduction.nodes {
      let ranges = deal(node)
      let results = runShards(ranges, of: minibatch, clock: &clock)
      for (shard, terms) in zip(node, results) {
        for (k, term) in terms.enumerated() {
          losses[shard * weights.count + k] =
            term.reduce(0, +) / Double(minibatch.normalizers[k])
        }
      }
      clock.enter(.gradients)
      reduction.accumulate(node) { sum(node, into: Slab(unowned: $0), progress: $1) }
      for worker in workers { worker.release() }
    }
    clock.enter(.reduction)
    beforeSum()
    return try finish(losses, gradient: try reduction.reduce(on: session), on: session)
  }

  /// Gives the memory of a step back to the system until the next one. What is kept for later use depends on
  /// the batches that have been: without it a long run would keep growing, ever more slowly.
  func trim() {
    team.run { workers[$0].trim() }
    MatrixPool.trimSystemHeap()
  }

  /// The shards of a node by the thread that runs them, about as many each.
  private func deal(_ node: Range<Int>) -> [Range<Int>] {
    (0..<team.count).map {
      let (first, last) = ($0 * node.count / team.count, ($0 + 1) * node.count / team.count)
      return node.lowerBound + first..<node.lowerBound + last
    }
  }

  private func runShards(
    _ ranges: [Range<Int>], of minibatch: Minibatch, clock: inout PhaseClock
  ) -> [[[Double]]] {
    var results = [[[[Double]]]](repeating: [], count: team.count)
    results.withUnsafeMutableBufferPointer { results in
      team.run { thread in
        results[thread] = workers[thread].run(ranges[thread], of: minibatch) {
          if thread == 0 { clock.enter($0) }
        }
      }
    }
    return results.flatMap { $0 }
  }

  /// Writes the gradient of a node's shards into `slab`; what is written may be on its way to other ranks
  /// while the rest is made.
  private func sum(_ node: Range<Int>, into slab: Slab, progress: SumProgress) {
    let sources = workers.flatMap(\.sources)
    team.forEach(tiles.count) { thread, item in
      tileSums[thread].write(tiles[item], of: node, from: sources, to: slab)
      progress.finished(tiles[item].values)
      if thread == 0 { progress.advance() }
    }
  }

  /// Adds up over ranks what they need of each other: losses, and the norm of the whole gradient. A rank
  /// leaves zeros where another has a number, so that the order of additions changes no bit.
  private func finish(
    _ losses: [Double], gradient: [ReducedPartition], on session: borrowing Session
  ) throws -> Sums {
    var squares = squares(of: gradient)
    let hasWhole = reduction.isWhole
    var numbers = losses
    if session.size > 1 {
      numbers = try session.sum(losses + (hasWhole ? [] : squares))
      if !hasWhole { squares = Array(numbers[losses.count...]) }
    }
    let means = weights.indices.map { k in
      (0..<shards).reduce(0) { $0 + numbers[$1 * weights.count + k] }
    }
    return Sums(
      gradient: gradient, norm: squares.reduce(0, +).squareRoot(), losses: means,
      total: zip(means, weights).reduce(0) { $0 + $1.0 * Double($1.1) })
  }

  /// The sum of squares of each block of the gradient, 0 where this rank does not have it.
  private func squares(of gradient: [ReducedPartition]) -> [Double] {
    let block = GradientReducer.block
    let blocks = (model.layout.count + block - 1) / block
    var squares = [Double](repeating: 0, count: blocks)
    squares.withUnsafeMutableBufferPointer { squares in
      for piece in gradient {
        let first = piece.range.lowerBound / block
        team.forEach((piece.range.count + block - 1) / block) { _, item in
          let count = min(block, piece.range.count - item * block)
          squares[first + item] = sumOfSquares(piece.sums + item * block, count: count)
        }
      }
    }
    return squares
  }

  /// The sentences whose loss is not finite, or, where every loss is, those of the shards whose gradient
  /// is not: computed anew, shard by shard, by the rank that has the shard.
  ///
  /// - Returns: their ids, the same on every rank, in the order of the minibatch.
  func culprits(
    _ batches: [[Int]], of split: any EncodedSplit, streams: RandomStreams,
    on session: borrowing Session
  ) throws -> [String] {
    let all = batches.flatMap { $0 }
    var (byLoss, byGradient) = (Set<Int>(), Set<Int>())
    let scratch = Slab(count: model.layout.count)
    let minibatch = Minibatch(batches, of: split, shards: shards, streams: streams)
    for shard in reduction.shards where !minibatch.shards[shard].isEmpty {
      let (own, members) = (shard..<shard + 1, minibatch.shards[shard])
      let losses = workers[0].run(own, of: minibatch) { _ in }[0]
      for (k, index) in members.enumerated()
      where losses.contains(where: { !$0[k].isFinite }) {
        byLoss.insert(index)
      }
      for tile in tiles {
        tileSums[0].write(tile, of: own, from: workers[0].sources, to: scratch)
      }
      if let base = scratch.buffer.baseAddress, hasNonFinite(base, count: scratch.count) {
        byGradient.formUnion(members)
      }
      workers[0].release()
    }
    func everywhere(_ indices: Set<Int>) throws -> [String] {
      let flags = try session.maximum(all.map { indices.contains($0) ? Int64(1) : 0 })
      return zip(all, flags).filter { $0.1 == 1 }.map { split.sentence($0.0).id }
    }
    let first = try everywhere(byLoss)
    let second = try everywhere(byGradient)
    return first.isEmpty ? second : first
  }
}
