import Autodiff
import Corpora
import Models
import Tensors

/// Runs shards through the model, forward and backward; one worker serves one thread.
final class ShardWorker {
  private let model: any ExtractionModel
  private let tape: Tape
  /// What the gradients of the last shards are made of; `nil` where they had no sentences.
  private(set) var terms: GradientTerms?

  init(model: any ExtractionModel, weights: WeightStore) {
    self.model = model
    tape = Tape(weights: weights)
  }

  /// Runs some shards together: products have the rows of all, sums over rows stay apart.
  ///
  /// - Parameters:
  ///   - shards: the sentences of each, longest first.
  ///   - sentences: of the whole minibatch, over which losses are averaged.
  ///   - enter: is told when a phase begins.
  /// - Returns: the losses of each sentence, `[shard][term][sentence]`.
  func run(
    _ shards: [[Example]], of sentences: Int, draws: Draws, enter: (Phase) -> Void
  ) -> [[[Double]]] {
    let entries = shards.enumerated().flatMap { shard, examples in
      examples.map { (shard: shard, example: $0) }
    }.enumerated().sorted {
      (-$0.element.example.length, $0.offset) < (-$1.element.example.length, $1.offset)
    }.map(\.element)
    guard !entries.isEmpty else {
      terms = nil
      return shards.map { _ in model.objective.map { _ in [] } }
    }
    let layout = PackedLayout(lengths: entries.map(\.example.length))
    tape.mode = .collecting(
      ShardRows(layout: layout, shards: entries.map(\.shard), count: shards.count))
    enter(.forward)
    let losses = model.losses(of: entries.map(\.example), draws: draws, on: tape)
    for loss in losses { loss.gradientScale = loss.weight / Float(sentences) }
    enter(.backward)
    terms = tape.collected()
    return shards.indices.map { shard in
      losses.map { loss in
        entries.indices.filter { entries[$0].shard == shard }.map { loss.perSentence[$0] }
      }
    }
  }

  /// Lets go of what the gradients are made of, and with it of most of the step's memory.
  func release() { terms = nil }
}
