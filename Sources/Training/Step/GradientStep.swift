import Autodiff
import Collectives
import Corpora
import Kernels
import Models
import Tensors

/// Computes the gradient of a minibatch over all ranks and threads: runs the shards forward and backward
/// and sums them in a fixed tree. The gradient is bit-identical for any number of threads, and in
/// ``ReductionMode/reproducible`` for any number of ranks (Models/README.md 1.10).
final class GradientStep {
  /// The gradient and the losses of an update's minibatches.
  struct Sums {
    /// This rank's partitions of the total's gradient; valid until the next step.
    let gradient: [ReducedPartition]
    /// The Euclidean norm of the whole gradient.
    let norm: Double
    /// The mean of each term over sentences, tokens or other units (``ObjectiveTerm/count``); 0 where there are none.
    let losses: [Double]
    /// Whether each term is a mean of any.
    let areAsked: [Bool]
    /// The weighted sum of ``losses``.
    let total: Double
  }

  let reduction: GradientReducer
  /// The cost of this rank's shards in the last step.
  private(set) var ownCost = 0
  private let model: any ExtractionModel
  private let weights: [Float]
  private let shards: Int
  private let team: ThreadTeam
  private let workers: [ShardWorker]
  /// The tiles in order of computation.
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
    let reduction = try GradientReducer(
      count: model.layout.count, tables: model.layout.parameters.filter(\.isSparse).map(\.values),
      tree: SumTree(shards: shards), mode: options.reduction, on: session)
    self.reduction = reduction
    let tiles = GradientTile.tiles(of: model.layout)
    self.tiles = reduction.order.flatMap { values in
      tiles.filter { values.contains($0.values.lowerBound) }
    }
  }

  /// Runs the minibatches of one update.
  ///
  /// - Parameters:
  ///   - batches: the sentence indices of each minibatch; several with gradient accumulation.
  ///   - split: the split of the indices.
  ///   - clock: accumulates the time of each phase.
  ///   - beforeSum: called before the first collective; if it blocks, all ranks block.
  func run(
    _ batches: [[Int]], of split: any EncodedSplit, streams: RandomStreams,
    on session: borrowing Session, clock: inout PhaseClock, beforeSum: () -> Void
  ) throws -> Sums {
    clock.enter(.data)
    let minibatch = Minibatch(batches, of: split, shards: shards, streams: streams)
    ownCost = minibatch.cost(of: reduction.shards)
    var losses = [Double](repeating: 0, count: shards * weights.count)
    reduction.begin(largestNode: largestNode(of: minibatch))
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
    return try finish(
      losses, of: minibatch, gradient: try reduction.reduce(on: session), on: session)
  }

  /// Returns the memory of a step to the system. Pools keep buffers of all sizes seen so far, so a long
  /// run would otherwise keep growing.
  func trim() {
    team.run { workers[$0].trim() }
    MatrixPool.trimSystemHeap()
  }

  /// The limit in bytes for gradient operands of one node's shards, over all threads; a node of one shard
  /// for each thread may exceed it.
  private static let mostKept = Double(768 << 20)

  /// The largest number of shards of a node within ``mostKept``, a power of two, so that a step's memory
  /// does not grow with the minibatch. The first call measures memory by an extra run of the costliest
  /// shard.
  private func largestNode(of minibatch: Minibatch) -> Int {
    if workers[0].bytes.kept == 0 {
      let own = reduction.shards.max {
        minibatch.cost(of: $0..<$0 + 1) < minibatch.cost(of: $1..<$1 + 1)
      }
      if let own { _ = workers[0].run(own..<own + 1, of: minibatch) { _ in } }
      workers[0].release()
      workers[0].trim()
      for worker in workers.dropFirst() { worker.learn(from: workers[0]) }
    }
    let bytes = workers.map(\.bytes.kept).max() ?? 0
    func fits(_ size: Int) -> Bool {
      stride(from: 0, to: shards, by: size).allSatisfy {
        bytes * Double(minibatch.cost(of: $0..<$0 + size)) <= Self.mostKept
      }
    }
    var size = shards
    while size > 1, size / 2 >= team.count, !fits(size) { size /= 2 }
    return size
  }

  /// Divides the shards of a node among the threads, in numbers as equal as possible.
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

  /// Writes the gradient of a node's shards into `slab`. Finished tiles may be sent to other ranks while
  /// the threads compute the others.
  private func sum(_ node: Range<Int>, into slab: Slab, progress: SumProgress) {
    let sources = workers.flatMap(\.sources)
    team.forEach(tiles.count) { thread, item in
      tileSums[thread].write(tiles[item], of: node, from: sources, to: slab)
      progress.finished(tiles[item].values)
      if thread == 0 { progress.advance() }
    }
  }

  /// Sums the losses and the squared norm over all ranks. Each number is nonzero on one rank at most, so
  /// that the order of additions changes no bit.
  private func finish(
    _ losses: [Double], of minibatch: Minibatch, gradient: [ReducedPartition],
    on session: borrowing Session
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
      areAsked: minibatch.areAsked,
      total: zip(means, weights).reduce(0) { $0 + $1.0 * Double($1.1) })
  }

  /// The sum of squares of each block of the gradient; 0 for blocks of other ranks.
  private func squares(of gradient: [ReducedPartition]) -> [Double] {
    let block = GradientReducer.block
    let blocks = (model.layout.count + block - 1) / block
    var squares = [Double](repeating: 0, count: blocks)
    squares.withUnsafeMutableBufferPointer { squares in
      for partition in gradient {
        let first = partition.range.lowerBound / block
        team.forEach((partition.range.count + block - 1) / block) { _, item in
          let count = min(block, partition.range.count - item * block)
          squares[first + item] = sumOfSquares(partition.sums + item * block, count: count)
        }
      }
    }
    return squares
  }

  /// The sentences with a non-finite loss or, if all losses are finite, the sentences of shards with a
  /// non-finite gradient. Each rank recomputes its shards one by one.
  ///
  /// - Returns: sentence ids in the order of the minibatch, equal on every rank.
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
