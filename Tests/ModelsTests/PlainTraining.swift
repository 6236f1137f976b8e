import Autodiff
import Corpora
import Glibc
import Kernels
import Layers
import Models
import Tensors

/// Products this small gain nothing from threads, and tests run beside each other.
private let oneThread: Void = BLAS.setThreads(1)

/// A model, its parameters and a plain loop of Adam over them: what a test needs of training.
struct PlainTraining<Model: ExtractionModel> {
  let model: Model
  let examples: [Example]
  let parameters: Slab
  private let gradients: Slab
  private let moments: (Slab, Slab)
  private let tape: Tape

  init(_ options: Model.Options, on sentences: [Sentence], seed: UInt64 = 1) {
    oneThread
    let inventory = Inventory(training: sentences)
    model = Model(options: options, inventory: inventory)
    examples = sentences.enumerated()
      .map { Example(index: $0, sentence: $1, inventory: inventory) }
      .sorted { ($1.length, $0.index) < ($0.length, $1.index) }
    let count = model.layout.count
    parameters = Slab(count: count)
    parameters.initialize(model.layout, seed: seed)
    gradients = Slab(count: count)
    moments = (Slab(count: count), Slab(count: count))
    tape = Tape(parameters: parameters)
  }

  /// Adds the gradient of `batch` to the slab of gradients, which starts as zeros.
  ///
  /// - Returns: the mean loss of a sentence.
  @discardableResult
  func step(_ batch: [Example], epoch: Int, number: Int, rate: Float) -> Double {
    gradients.buffer.update(repeating: 0)
    tape.mode = .training(gradients: gradients)
    let losses = model.losses(of: batch, draws: RandomStreams(seed: 1, epoch: epoch), on: tape)
    for loss in losses { loss.gradientScale = loss.weight / Float(batch.count) }
    tape.backward()
    guard let p = parameters.buffer.baseAddress, let g = gradients.buffer.baseAddress,
      let m = moments.0.buffer.baseAddress, let v = moments.1.buffer.baseAddress
    else { return .nan }
    _ = adam(
      p, g, m, v, count: parameters.count, rate: rate, clip: 1, betas: (0.9, 0.999), epsilon: 1e-8,
      corrections: (1 - powf(0.9, Float(number)), 1 - powf(0.999, Float(number))), decay: 0)
    return losses.reduce(0) { $0 + Double($1.weight) * $1.sum } / Double(batch.count)
  }

  /// Trains until the score is reached, or for so many epochs.
  ///
  /// - Returns: the best F1 that was seen.
  func train(epochs: Int, batch: Int = 10, rate: Float = 0.003, until goal: Double) -> Double {
    let batches = examples.chunks(of: batch)
    var (number, best) = (0, 0.0)
    for epoch in 0..<epochs {
      for batch in batches {
        number += 1
        step(batch, epoch: epoch, number: number, rate: rate)
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
    let predictions = examples.chunks(of: 16).flatMap { model.predict($0, on: tape) }
    return exactF1(predictions, examples)
  }
}

/// Exact F1 of predictions.
func exactF1(_ predictions: [Prediction], _ examples: [Example]) -> Double {
  var (right, said, gold) = (0, 0, 0)
  for (prediction, example) in zip(predictions, examples) {
    let truth = Set(example.sentence.triples)
    right += truth.intersection(prediction.triples).count
    said += prediction.groups.count
    gold += truth.count
  }
  return said + gold == 0 ? 0 : 2 * Double(right) / Double(said + gold)
}
