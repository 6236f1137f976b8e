import Autodiff
import Corpora
import Models
import Tensors

/// The sentences of an update, divided into shards.
struct Minibatch {
  /// The split of the indices.
  let split: any EncodedSplit
  /// The sentence indices of each shard, longest sentence first.
  let shards: [[Int]]
  /// The divisor of each term of the objective, over all shards; 1 for a term that nothing is asked of.
  let normalizers: [Int]
  /// Whether anything is asked of each term.
  let areAsked: [Bool]
  let streams: RandomStreams

  /// - Parameters:
  ///   - batches: the sentence indices of each minibatch; several with gradient accumulation.
  ///   - count: the number of shards, a power of two.
  init(_ batches: [[Int]], of split: any EncodedSplit, shards count: Int, streams: RandomStreams) {
    self.split = split
    self.streams = streams
    let counts = split.normalizers(of: batches.flatMap { $0 }, streams: streams)
    (normalizers, areAsked) = (counts.map { max($0, 1) }, counts.map { $0 > 0 })
    let cut = batches.map { batch in
      BatchPartition.shards(of: batch.map(split.cost), count: count).map { $0.map { batch[$0] } }
    }
    shards = (0..<count).map { shard in split.longestFirst(cut.flatMap { $0[shard] }) }
  }

  /// The cost of some shards.
  func cost(of shards: Range<Int>) -> Int {
    self.shards[shards].joined().reduce(0) { $0 + split.cost($1) }
  }
}

extension EncodedSplit {
  /// Sorts sentences by length, longest first, with a stable order among equals.
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
  /// The shards of the last call and the terms of their gradients.
  private(set) var sources: [TileSum.Source] = []
  private let limits: Limits
  private let products: Products
  /// The largest measured bytes for a unit of cost: while shards run, and afterwards until their gradients
  /// are summed.
  private(set) var bytes = (running: 0.0, kept: 0.0)

  /// Limits for shards that run together; a part of a single shard may exceed them.
  struct Limits {
    /// Rows of the model's largest matrices; products gain little from more.
    var rows = 2048
    /// Bytes of activations and gradient operands.
    var bytes = Double(512 << 20)
    /// Rows of a shard that run at a time, so that a step's memory does not grow with its sentences. A shard with more
    /// runs alone, in parts; the cut changes the order of its sums, so it depends on the shard and this number alone.
    var part = 1024
  }

  init(model: any ExtractionModel, weights: WeightStore, limits: Limits = Limits()) {
    self.model = model
    self.limits = limits
    products = weights.products
    tape = Tape(weights: weights)
  }

  /// Runs some shards, as many together as the limits allow. Shards that run together share products but
  /// keep separate sums over rows.
  ///
  /// - Parameters:
  ///   - range: the indices of the shards.
  ///   - enter: called at the start of each phase.
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

  /// The end of the next run of shards. Before any measurement of memory, a run is a single shard.
  private func end(of range: Range<Int>, _ minibatch: Minibatch) -> Int {
    var end = range.lowerBound + 1
    // Otherwise the bits of a shard would depend on the shards beside it.
    guard products.library.keepsRowsApart else { return end }
    var total = rows(of: range.lowerBound, minibatch)
    guard total <= limits.part else { return end }
    while end < range.upperBound, bytes.running > 0 {
      let next = rows(of: end, minibatch)
      total += next
      let needed = bytes.running * Double(minibatch.cost(of: range.lowerBound..<end + 1))
      guard next <= limits.part, total <= limits.rows, needed <= limits.bytes else { break }
      end += 1
    }
    return end
  }

  private func rows(of shard: Int, _ minibatch: Minibatch) -> Int {
    minibatch.shards[shard].reduce(0) { $0 + minibatch.split.rows($1) }
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
    if run.count == 1 { return inParts(minibatch.shards[run.lowerBound], of: minibatch, enter) }
    let split = minibatch.split
    let entries = run.flatMap { shard in
      minibatch.shards[shard].map { (shard: shard - run.lowerBound, index: $0) }
    }.enumerated().sorted {
      (-split.length($0.element.index), $0.offset) < (-split.length($1.element.index), $1.offset)
    }.map(\.element)
    guard !entries.isEmpty else {
      return (run.map { _ in minibatch.normalizers.map { _ in [] } }, nil)
    }
    let (losses, gradients) = pass(
      entries.map(\.index), mode: .collecting(shards: entries.map(\.shard), count: run.count),
      of: minibatch, enter)
    let sums = (0..<run.count).map { shard in
      losses.map { loss in
        entries.indices.filter { entries[$0].shard == shard }.map { loss[$0] }
      }
    }
    return (sums, gradients)
  }

  /// Runs one shard, some sentences at a time, whose gradients add up.
  private func inParts(
    _ shard: [Int], of minibatch: Minibatch, _ enter: (Phase) -> Void
  ) -> (losses: [[[Double]]], gradients: DeferredGradients?) {
    var sums: [[Double]] = minibatch.normalizers.map { _ in [] }
    var gradients: DeferredGradients?
    for part in BatchPartition.runs(of: shard, rows: limits.part, rowsOf: minibatch.split.rows) {
      let losses: [[Double]]
      (losses, gradients) = pass(
        part, mode: .oneShard, addingTo: gradients, of: minibatch, enter)
      sums = zip(sums, losses).map { $0 + $1 }
    }
    return ([sums], gradients)
  }

  /// Runs sentences, longest first, forward and backward.
  ///
  /// - Returns: the losses, `[term][sentence]`, and the terms of the gradients.
  private func pass(
    _ members: [Int], mode: Tape.Mode, addingTo earlier: DeferredGradients? = nil,
    of minibatch: Minibatch, _ enter: (Phase) -> Void
  ) -> ([[Double]], DeferredGradients) {
    tape.mode = mode
    enter(.forward)
    let losses = minibatch.split.losses(of: members, streams: minibatch.streams, on: tape)
    for (loss, normalizer) in zip(losses, minibatch.normalizers) {
      loss.gradientScale = loss.weight / Float(normalizer)
    }
    enter(.backward)
    return (losses.map(\.perSentence), tape.collected(addingTo: earlier))
  }

  /// Copies another worker's measurements of memory.
  func learn(from other: ShardWorker) { bytes = other.bytes }

  /// Releases the terms of the gradients, which hold most of a step's memory.
  func release() { sources = [] }

  /// Returns the memory of a step to the system; called on the worker's thread.
  func trim() {
    tape.pool.trim()
    products.trim()
  }
}
