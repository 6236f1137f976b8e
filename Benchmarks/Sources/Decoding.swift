import Autodiff
import Corpora
import Layers
import Models
import Tensors

/// Greedy decoding and Viterbi over a test split by CopyMTL-One of the published size, its parameters as
/// they are drawn: how long it takes does not hang on what they say.
enum Decoding {
  /// Sentences a second of the second of two passes.
  ///
  /// - Parameter folder: holds `train.jsonl` and `test.jsonl`.
  static func run(_ folder: String, precision: Precision, threads: Int) throws {
    let inventory = Inventory(training: try JSONLines.read("\(folder)/train.jsonl"))
    let examples = try JSONLines.read("\(folder)/test.jsonl").enumerated().map {
      Example(index: $0, sentence: $1, inventory: inventory)
    }
    guard let section = ModelSection(kind: "copymtl") else { throw Mistake("no model copymtl") }
    let model = section.model(for: inventory)
    let parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 1)
    let weights = WeightStore(parameters, precision: precision)
    let team = ThreadTeam(threads)
    let pass = { _ = Inference.predict(examples, model: model, weights: weights, on: team) }
    pass()
    let speed = Double(examples.count) / elapsedSeconds(pass)
    report("inference.\(precision).\(threads)", speed, "sentences/s")
  }
}
