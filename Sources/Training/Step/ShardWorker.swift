import Autodiff
import Corpora
import Models
import Tensors

/// The sentences of an update, as the model reads them.
struct Minibatch {
  /// The split that the indices name.
  let split: any EncodedSplit
  /// The sentences of each shard, by index, longest first.
  let shards: [[Int]]
  /// The number that each term of the objective is divided by, over all shards.
  let normalizers: [Int]
  let streams: RandomStreams

  /// - Parameters:
  ///   - batches: sentences of each minibatch, by index; more than one where gradients are accumulated.
  ///   - count: of the shards, a power of two.
  init(_ batches: [[Int]], of split: any EncodedSplit, shards count: Int, streams: RandomStreams) {
    self.split = split
    self.streams = streams
    normalizers = split.normalizers(of: batches.flatMap { $0 }, streams: streams)
      .map { max($0, 1) }
    let cut = batches.map { batch in
      BatchPartition.shards(of: batch.map(split.cost), count: count).map { $0.map { batch[$0] } }
    }
    shards = (0..<count).map { shard in split.longestFirst(cut.flatMap { $0[shard] }) }
  }

  /// The work of some shards.
  func cost(of shards: Range<Int>) -> Int {
    self.shards[shards].joined().reduce(0) { $0 + split.cost($1) }
  }
}

extension EncodedSplit {
  /// Sentences by length, longest first, equal ones in the order given.
  fileprivate func longestFirst(_ members: [Int]) -> [Int] {
    members.enumerated().sorted {
      (-length($0.element), $0.offset) < (-length($1.element), $1.offset)
    }.map(\.element)
  }
}

/// Runs shards through the model, forward and backward; one worker serves one thread.
final class ShardWorker {
  private let model: any ExtractionModel
  private let tape: Tape
  /// What the gradients of the last shards are made of.
  private(set) var sources: [TileSum.Source] = []
  private let limits: Limits
  private let products: Products
  /// The memory that a unit of cost has taken, at most.
  private(set) var bytes = (running: 0.0, kept: 0.0)

  /// Bounds for what runs together, unless a single shard has more.
  struct Limits {
    /// Rows of the model's largest matrices: products hardly feel more.
    var rows = 2048
    /// Bytes of activations and of the operands of gradients.
    var bytes = 512 << 20
  }

  init(model: any ExtractionModel, weights: WeightStore, limits: Limits = Limits()) {
    self.model = model
    self.limits = limits
    products = weights.products
    tape = Tape(weights: weights)
  }

  /// Runs some shards, as many of them together as the limits allow: products have the rows of all, sums
  /// over rows stay apart.
  ///
  /// - Parameters:
  ///   - range: the shards' places in the minibatch.
  ///   - enter: is called when a phase begins.
  /// - Returns: the losses of each sentence, `[shard][term][sentence]`.
  func run(
    _ range: Range<Int>, of minibatch: Minibatch, enter: (Phase) -> Void
  ) -> [[[Double]]] {
    sources = []
    var losses: [[[Double]]] = []
    var next = range.lowerBound
    while next < range.upperBound {
      let run = next..<end(of: next..<range.upperBound, minibatch)
      let before = tape.pool.bytesInUse
      tape.pool.restartPeak()
      let (sums, terms) = together(run, of: minibatch, enter: enter)
      losses += sums
      sources.append((run, terms))
      measure(run, of: minibatch, since: before)
      next = run.upperBound
    }
    return losses
  }

  /// Where the run ends that begins with the first shard of the range. The first run of all is a single shard,
  /// from which the worker learns what memory a shard takes.
  private func end(of range: Range<Int>, _ minibatch: Minibatch) -> Int {
    var end = range.lowerBound + 1
    // Otherwise the bits of a shard would depend on the shards beside it.
    guard products.library.keepsRowsApart else { return end }
    while end < range.upperBound, bytes.running > 0 {
      let longer = range.lowerBound..<end + 1
      let rows = minibatch.shards[longer].joined().reduce(0) { $0 + minibatch.split.rows($1) }
      let needed = bytes.running * Double(minibatch.cost(of: longer))
      guard rows <= limits.rows, needed <= Double(limits.bytes) else { break }
      end += 1
    }
    return end
  }

  private func measure(_ run: Range<Int>, of minibatch: Minibatch, since before: Int) {
    let cost = Double(minibatch.cost(of: run))
    guard cost > 0 else { return }
    bytes.running = max(bytes.running, Double(tape.pool.peakBytes - before) / cost)
    bytes.kept = max(bytes.kept, Double(tape.pool.bytesInUse - before) / cost)
  }

  private func together(
    _ run: Range<Int>, of minibatch: Minibatch, enter: (Phase) -> Void
  ) -> (losses: [[[Double]]], gradients: DeferredGradients?) {
    let split = minibatch.split
    let entries = run.flatMap { shard in
      minibatch.shards[shard].map { (shard: shard - run.lowerBound, index: $0) }
    }.enumerated().sorted {
      (-split.length($0.element.index), $0.offset) < (-split.length($1.element.index), $1.offset)
    }.map(\.element)
    guard !entries.isEmpty else {
      return (run.map { _ in minibatch.normalizers.map { _ in [] } }, nil)
    }
    tape.mode = .collecting(shards: entries.map(\.shard), count: run.count)
    enter(.forward)
    let losses = split.losses(of: entries.map(\.index), streams: minibatch.streams, on: tape)
    for (loss, normalizer) in zip(losses, minibatch.normalizers) {
      loss.gradientScale = loss.weight / Float(normalizer)
    }
    enter(.backward)
    let gradients = tape.collected()
    let sums = (0..<run.count).map { shard in
      losses.map { loss in
        entries.indices.filter { entries[$0].shard == shard }.map { loss.perSentence[$0] }
      }
    }
    return (sums, gradients)
  }

  /// Lets go of what the gradients are made of, and with it of most of the step's memory.
  func release() { sources = [] }

  /// Gives the memory of a step back until the next one; called on the worker's thread.
  func trim() {
    tape.pool.trim()
    products.trim()
  }
}
