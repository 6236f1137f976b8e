import Autodiff
import Corpora
import Models
import Tensors

/// Runs shards through the model, forward and backward; one worker serves one thread.
final class ShardWorker {
  private let model: any ExtractionModel
  private let tape: Tape
  /// What the gradients of the last shards are made of.
  private(set) var sources: [TileSum.Source] = []
  /// Tokens that are run together, unless a shard has more: a bound for memory that products hardly feel.
  private let mostTokens: Int

  init(model: any ExtractionModel, weights: WeightStore, mostTokens: Int = 2048) {
    self.model = model
    self.mostTokens = mostTokens
    tape = Tape(weights: weights)
  }

  /// Runs some shards, as many of them together as there is room for: products have the rows of all, sums
  /// over rows stay apart.
  ///
  /// - Parameters:
  ///   - range: the shards' places in the minibatch.
  ///   - pieces: the sentences of each shard of the minibatch, longest first.
  ///   - sentences: of the whole minibatch, over which losses are averaged.
  ///   - enter: is told when a phase begins.
  /// - Returns: the losses of each sentence, `[shard][term][sentence]`.
  func run(
    _ range: Range<Int>, of pieces: [[Example]], sentences: Int, draws: RandomStreams,
    enter: (Phase) -> Void
  ) -> [[[Double]]] {
    sources = []
    return runs(of: range, pieces).flatMap { run in
      let (losses, terms) = together(
        Array(pieces[run]), of: sentences, draws: draws, enter: enter)
      sources.append((run, terms))
      return losses
    }
  }

  /// Cuts a range of shards into runs of about so many tokens.
  private func runs(of range: Range<Int>, _ pieces: [[Example]]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var tokens = 0
    for shard in range {
      let more = pieces[shard].reduce(0) { $0 + $1.length }
      if let last = runs.last, tokens + more <= mostTokens {
        runs[runs.count - 1] = last.lowerBound..<shard + 1
        tokens += more
      } else {
        runs.append(shard..<shard + 1)
        tokens = more
      }
    }
    return runs
  }

  private func together(
    _ shards: [[Example]], of sentences: Int, draws: RandomStreams, enter: (Phase) -> Void
  ) -> (losses: [[[Double]]], terms: DeferredGradients?) {
    let entries = shards.enumerated().flatMap { shard, examples in
      examples.map { (shard: shard, example: $0) }
    }.enumerated().sorted {
      (-$0.element.example.length, $0.offset) < (-$1.element.example.length, $1.offset)
    }.map(\.element)
    guard !entries.isEmpty else {
      return (shards.map { _ in model.objective.map { _ in [] } }, nil)
    }
    let layout = SequenceLayout(lengths: entries.map(\.example.length))
    tape.mode = .collecting(
      ShardRows(layout: layout, shards: entries.map(\.shard), count: shards.count))
    enter(.forward)
    let losses = model.losses(of: entries.map(\.example), draws: draws, on: tape)
    for loss in losses { loss.gradientScale = loss.weight / Float(sentences) }
    enter(.backward)
    let terms = tape.collected()
    let sums = shards.indices.map { shard in
      losses.map { loss in
        entries.indices.filter { entries[$0].shard == shard }.map { loss.perSentence[$0] }
      }
    }
    return (sums, terms)
  }

  /// Lets go of what the gradients are made of, and with it of most of the step's memory.
  func release() { sources = [] }

  /// Gives the memory of a step back until the next one; called on the worker's thread.
  func rest() {
    tape.pool.trim()
    Products.forgetUnused()
  }
}
