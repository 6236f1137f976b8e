import Autodiff
import Collectives
import Corpora
import Kernels
import Models
import Tensors

/// Computes the gradient of a minibatch over all ranks: shards forward and backward, sums in one fixed
/// tree, so that its bits do not depend on the number of ranks (models.md 1.10).
final class GradientStep {
  /// Sums of a minibatch.
  struct Sums {
    /// The gradient of the total, in the order of the parameters; valid until the next step.
    let gradient: UnsafePointer<Float>
    /// The mean of each term over the sentences.
    let losses: [Double]
    let total: Double
  }

  private let model: any ExtractionModel
  private let weights: [Float]
  private let shards: Int
  private let tape: Tape
  private let reduction: TreeReduction

  init(
    model: any ExtractionModel, parameters: Slab, shards: Int, rank: Int, ranks: Int
  ) {
    self.model = model
    self.shards = shards
    tape = Tape(parameters: parameters)
    weights = model.objective.map(\.weight)
    // Losses ride behind the gradient, in the same messages.
    reduction = TreeReduction(
      count: model.layout.count + weights.count, tree: ShardTree(shards: shards), rank: rank,
      ranks: ranks)
  }

  /// Runs the minibatches of one update.
  ///
  /// - Parameters:
  ///   - batches: sentences of each minibatch; more than one where gradients are accumulated.
  ///   - clock: is told what the time went to.
  func run(
    _ batches: [[Example]], draws: Draws, on session: borrowing Session, clock: inout PhaseClock
  ) throws -> Sums {
    let sentences = batches.reduce(0) { $0 + $1.count }
    let pieces = batches.map { Self.shards(of: $0, count: shards) }
    clock.enter(.data)
    reduction.begin()
    for shard in reduction.shards {
      reduction.accumulate(shard) { slab in
        for piece in pieces where !piece[shard].isEmpty {
          add(piece[shard], of: sentences, draws: draws, to: slab, clock: &clock)
        }
      }
    }
    clock.enter(.reduction)
    let sums = try reduction.sum(on: session)
    guard let gradient = sums.baseAddress else { preconditionFailure("a model of no parameters") }
    let losses = weights.indices.map { Double(sums[model.layout.count + $0]) }
    let total = zip(losses, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
    return Sums(gradient: gradient, losses: losses, total: total)
  }

  /// The sentences of each shard of a minibatch, longest first.
  private static func shards(of batch: [Example], count: Int) -> [[Example]] {
    Sharding.shards(of: batch.map(\.length), count: count).map { $0.map { batch[$0] } }
  }

  /// Adds a shard's part of the gradient and of the losses to `slab`.
  @discardableResult
  private func add(
    _ shard: [Example], of sentences: Int, draws: Draws,
    to slab: UnsafeMutableBufferPointer<Float>, clock: inout PhaseClock
  ) -> [LossSum] {
    clock.enter(.forward)
    tape.mode = .training(gradients: Slab(unowned: slab))
    let losses = model.losses(of: shard, draws: draws, on: tape)
    clock.enter(.backward)
    for (k, loss) in losses.enumerated() {
      loss.gradientScale = loss.weight / Float(sentences)
      slab[model.layout.count + k] += Float(loss.sum / Double(sentences))
    }
    tape.backward()
    return losses
  }

  /// The sentences whose loss is not finite, or, where every loss is, those of the shards whose gradient
  /// is not: computed anew, shard by shard, by the rank that has the shard.
  ///
  /// - Returns: their ids, the same on every rank, in the order of the minibatch.
  func culprits(
    _ batches: [[Example]], draws: Draws, on session: borrowing Session
  ) throws -> [String] {
    let all = batches.flatMap { $0 }
    var (byLoss, byGradient) = (Set<Int>(), Set<Int>())
    let scratch = Slab(count: model.layout.count + weights.count)
    var clock = PhaseClock()
    for batch in batches {
      let pieces = Self.shards(of: batch, count: shards)
      for piece in reduction.shards.map({ pieces[$0] }) where !piece.isEmpty {
        scratch.buffer.update(repeating: 0)
        let losses = add(piece, of: all.count, draws: draws, to: scratch.buffer, clock: &clock)
        for (k, example) in piece.enumerated()
        where losses.contains(where: { !$0.perSentence[k].isFinite }) {
          byLoss.insert(example.index)
        }
        if let base = scratch.buffer.baseAddress, hasNonFinite(base, count: scratch.count) {
          byGradient.formUnion(piece.map(\.index))
        }
      }
    }
    func everywhere(_ indices: Set<Int>) throws -> [String] {
      let flags = try session.maximum(all.map { indices.contains($0.index) ? Int64(1) : 0 })
      return zip(all, flags).filter { $0.1 == 1 }.map(\.0.sentence.id)
    }
    let first = try everywhere(byLoss)
    let second = try everywhere(byGradient)
    return first.isEmpty ? second : first
  }
}
