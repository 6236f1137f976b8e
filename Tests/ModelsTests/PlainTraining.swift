import Autodiff
import Corpora
import Evaluation
import Glibc
import Kernels
import Layers
import Models
import Tensors

/// A model, its parameters and a plain loop of Adam over them: what a test needs of training.
struct PlainTraining {
  let model: any ExtractionModel
  let split: any EncodedSplit
  let parameters: Slab
  private let gradients: Slab
  private let moments: (Slab, Slab)
  private let tape: Tape

  init(_ section: ModelSection, on sentences: [Sentence], seed: UInt64 = 1) {
    let ordered = sentences.enumerated()
      .sorted { (-$0.element.tokens.count, $0.offset) < (-$1.element.tokens.count, $1.offset) }
      .map(\.element)
    model = section.model(for: section.vocabularies(of: ordered))
    split = model.encode(ordered)
    let count = model.layout.count
    parameters = Slab(count: count)
    parameters.initialize(model.layout, seed: seed)
    gradients = Slab(count: count)
    moments = (Slab(count: count), Slab(count: count))
    tape = Tape(parameters: parameters)
  }

  /// One update.
  ///
  /// - Parameter batch: indices, longest sentence first.
  /// - Returns: the total loss.
  @discardableResult
  func step(_ batch: [Int], epoch: Int, number: Int, rate: Float, clip: Float = 0) -> Double {
    gradients.buffer.update(repeating: 0)
    tape.mode = .oneShard
    let streams = RandomStreams(seed: 1, epoch: epoch)
    let losses = split.losses(of: batch, streams: streams, on: tape)
    let normalizers = split.normalizers(of: batch, streams: streams)
    for (loss, normalizer) in zip(losses, normalizers) {
      loss.gradientScale = loss.weight / Float(max(normalizer, 1))
    }
    tape.collected().add(to: gradients)
    guard let p = parameters.buffer.baseAddress, let g = gradients.buffer.baseAddress,
      let m = moments.0.buffer.baseAddress, let v = moments.1.buffer.baseAddress
    else { return .nan }
    let norm = Float(sumOfSquares(g, count: gradients.count).squareRoot())
    _ = adam(
      p, g, m, v, count: parameters.count, rate: rate,
      clip: clip > 0 && norm > clip ? clip / norm : 1, betas: (0.9, 0.999), epsilon: 1e-8,
      corrections: (1 - powf(0.9, Float(number)), 1 - powf(0.999, Float(number))), decay: 0)
    return losses.reduce(0) { $0 + Double($1.gradientScale) * $1.sum }
  }

  /// Trains until the score is reached, or for so many epochs.
  ///
  /// - Returns: the best F1 that was seen.
  func train(
    epochs: Int, batch: Int = 10, rate: Float = 0.003, clip: Float = 0, until goal: Double
  ) -> Double {
    let batches = Array(0..<split.count).chunks(of: batch)
    var (number, best) = (0, 0.0)
    for epoch in 0..<epochs {
      for batch in batches {
        number += 1
        step(batch, epoch: epoch, number: number, rate: rate, clip: clip)
      }
      guard epoch % 10 == 9 || epoch == epochs - 1 else { continue }
      best = max(best, f1())
      if best > goal { return best }
    }
    return best
  }

  /// Exact F1 on the training sentences; a group with an empty slot is a wrong prediction.
  func f1() -> Double {
    tape.mode = .inference
    let batches = Array(0..<split.count).chunks(of: 16)
    return f1(of: batches.flatMap { split.predict($0, scoring: false, on: tape) })
  }

  /// The structural ceiling of ``f1()``.
  var ceilingF1: Double {
    (0..<split.count).reduce(into: TripleCounts()) {
      $0 += TripleCounts(
        ceilingOf: split.sentence($1), split.expressible($1), match: .exactPosition)
    }.f1
  }

  private func f1(of predictions: [Prediction]) -> Double {
    var (right, said, gold) = (0, 0, 0)
    for (index, prediction) in predictions.enumerated() {
      let truth = Set(split.sentence(index).triples)
      right += truth.intersection(prediction.triples).count
      said += prediction.groups.count
      gold += truth.count
    }
    return said + gold == 0 ? 0 : 2 * Double(right) / Double(said + gold)
  }
}
