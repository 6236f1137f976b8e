import Autodiff
import Checkpoints
import Commands
import Configuration
import Corpora
import Models
import Tensors
import Training

/// A model as a checkpoint holds it; nothing else is needed to use it.
struct LoadedModel {
  let model: any ExtractionModel
  /// The parameters as products read them.
  let weights: WeightStore
  let options: RunOptions
  let progress: Progress

  /// Reads a checkpoint.
  ///
  /// - Parameter overrides: options to change for this use, such as how tags are decoded.
  init(_ path: String, overrides: [ConfigurationOverride] = []) throws {
    let file = try CheckpointFile.open(path, reading: Snapshot.withoutMoments)
    var stored: RunOptions?
    let (header, model) = try Snapshot.header(of: file) { text in
      let document = try ConfigurationDocument(text: text, name: "\(path): configuration")
        .overridden(by: overrides)
      let options = try RunOptions.decoded(from: document)
      stored = options
      return options
    }
    guard let options = stored else { preconditionFailure("a header without configuration") }
    let parameters = try Snapshot.parameters(of: model.layout, from: file)
    _ = consume file
    self.options = options
    self.model = model
    progress = header.progress
    weights = WeightStore(parameters, products: Self.products(options))
  }

  /// What multiplies here: what the options say as far as this machine can, else with a warning.
  private static func products(_ options: RunOptions) -> Products {
    var (library, precision) = (options.products.library, options.precision)
    if !library.isSupported {
      Console.error(
        "warning: the checkpoint says products=\(library), which this machine lacks; "
          + "\(ProductLibrary.automatic) multiplies")
      library = .automatic
    }
    if !precision.isSupported(by: library) {
      Console.error("warning: \(precision.unsupportedNote)")
      precision = .float32
    }
    return Products(library, precision: precision)
  }

  /// Sentences as this model reads them.
  func encode(_ sentences: [Sentence]) -> any EncodedSplit {
    model.encode(sentences, limit: options.data.maximumLength)
  }

  /// A warning about sentences that are too long to be read whole, if there are any.
  func warning(about sentences: [Sentence], in name: String) -> String? {
    let limit = options.data.maximumLength
    let count = sentences.filter { $0.tokens.count > limit }.count
    return count == 0
      ? nil
      : "warning: \(name): of \(count) sentences only the first \(limit) tokens are read"
  }
}
