import Autodiff
import Corpora
import Models
import Pretrained
import Tensors
import Typesetting

/// The file of pretrained weights that a run starts from (`model.pretrained`).
struct PretrainedWeights {
  private let path: String

  /// - Returns: `nil` where the options name none.
  init?(_ options: any ModelOptions) {
    guard !options.pretrained.isEmpty else { return nil }
    path = options.pretrained
  }

  /// The file's pieces of words.
  ///
  /// - Throws: `TrainingError` where the options are not those of its weights, and the errors of reading.
  func pieces(for options: any ModelOptions) throws -> [String] {
    let file = try TransformerFile(path)
    let missing = options.settings(for: PretrainedForm(shape: file.shape, casing: file.casing))
    guard missing.isEmpty else {
      throw TrainingError.otherWeights(path: path, settings: missing.map { "model.\($0)" })
    }
    return file.vocabulary.pieces.names
  }

  /// Loads the weights, and proves that the model's first block gives what the file says.
  ///
  /// - Returns: a message about what was loaded, and warnings.
  func load(
    _ model: any ExtractionModel, into parameters: Slab
  ) throws -> (origin: String, warnings: [String]) {
    var file = try TransformerFile(path)
    let coverage = try file.load(model.layout, into: parameters)
    var warnings: [String] = []
    if let encoder = model.transformer, let record = try file.reference() {
      let difference = record.difference(to: encoder, on: Tape(parameters: parameters))
      guard difference <= ReferenceRecord.tolerance else {
        throw TrainingError.otherOutput(path: path, difference: difference)
      }
    } else {
      warnings.append("\(path): has no record of its output, so that its weights are not proved")
    }
    if !coverage.missing.isEmpty {
      let parts = coverage.missing.joined(separator: ", ")
      warnings.append("\(path): has no weights of \(parts), which start from random values")
    }
    if !coverage.unused.isEmpty {
      warnings.append(
        "\(path): not read: \(Figures.count(coverage.unused.count, "array")), such as "
          + coverage.unused[0])
    }
    return (
      "\(coverage.values) of \(model.layout.count) parameters start from \(file.sourceName) in \(path)",
      warnings
    )
  }
}
