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
    guard let section = ModelSection(kind: "copymtl") else { throw Mistake("no model copymtl") }
    let training = try JSONLines.read("\(folder)/train.jsonl")
    let model = section.model(for: section.vocabularies(of: training))
    let split = model.encode(try JSONLines.read("\(folder)/test.jsonl"))
    let parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 1)
    let weights = WeightStore(parameters, products: Products(precision: precision))
    let team = ThreadTeam(threads)
    let pass = { _ = Inference.predict(split, weights: weights, on: team) }
    pass()
    let speed = Double(split.count) / elapsedSeconds(pass)
    report("inference.\(precision).\(threads)", speed, "sentences/s")
  }
}
