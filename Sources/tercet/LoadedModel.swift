import Autodiff
import Checkpoints
import Commands
import Configuration
import Corpora
import Models
import Tensors
import Training
import Typesetting

/// The model of a checkpoint, ready for use; nothing but the checkpoint's file is needed.
struct LoadedModel {
  let path: String
  private(set) var model: any ExtractionModel
  /// The parameters as products read them.
  let weights: WeightStore
  /// The options that the model was trained with, but for those that this use changes.
  let options: RunOptions
  /// The thresholds that training has tuned; none where those of ``options`` hold.
  let tunedThresholds: [Threshold]
  /// The temperature of the model's probabilities; `nil` where training has fitted none.
  let temperature: Temperature?
  /// What the training split had; `nil` in old checkpoints.
  let training: TrainingFacts?
  /// How the training split was cut; that of checkpoints that do not say is parted at blanks.
  let tokenization: Tokenization
  /// The entities that the model was taught to tag.
  var taggedEntities: TaggedEntities { model.taggedEntities }
  /// The configuration without the seed, key by key.
  var settings: [(key: String, value: String)] {
    ConfigurationText.flattened(of: options).filter { $0.key != "seed" }
  }
  /// The token by which the model finds an entity.
  ///
  /// - Throws: where the model does not classify pairs of tokens.
  var pairAnchor: Anchor {
    get throws {
      if let anchor = options.model.options.pairAnchor { return anchor }
      throw options.model.refusal("--rin-exact authors", "classify pairs of tokens", of: path)
    }
  }

  /// Reads a checkpoint.
  ///
  /// - Parameters:
  ///   - precision: the numbers that products multiply; `nil` for those of training.
  ///   - changes: what differs from training in how the model decodes.
  ///   - vectors: the file of vectors of words that the model does not know; for models that read them alone.
  ///   - readsStream: whether sentences come without end. Then `products=auto` means tercet's own kernels, as fast in
  ///     float32 as oneDNN, which keeps memory for each number of rows.
  init(
    _ path: String, precision: Precision? = nil, changes: [DecodingChange] = [],
    vectors: String? = nil, readsStream: Bool = false
  ) throws {
    let settings =
      changes.map(\.setting) + (precision.map { ["precision=\($0.rawValue)"] } ?? [])
    let overrides = try settings.map { try ConfigurationOverride($0) }
    var file = try CheckpointFile.open(path, reading: Snapshot.progressAlone)
    var stored: RunOptions?
    let (header, model) = try Snapshot.header(of: file) { text in
      let name = "\(path): configuration"
      let plain = try ConfigurationDocument(text: text, name: name)
      if !changes.isEmpty {
        let model = try RunOptions.decoded(from: plain).model
        for change in changes { try change.check(model, of: path) }
      }
      let document = try plain.overridden(by: overrides)
      let options = try RunOptions.decoded(from: document)
      stored = options
      return options
    }
    guard let options = stored else { preconditionFailure("a header without configuration") }
    let parameters = try Snapshot.parameters(of: model.layout, from: &file)
    _ = consume file
    (self.path, self.options, self.model) = (path, options, model)
    tokenization = header.tokenization ?? .blanks
    (training, tunedThresholds) = (header.training, header.thresholds)
    temperature = header.temperature
    weights = WeightStore(parameters, products: Self.products(options, readsStream: readsStream))
    try read(vectors)
  }

  /// Lets the model read words that it does not know from a file of vectors.
  private mutating func read(_ vectors: String?) throws {
    let reads = options.model.options.readsExtraVectors
    guard let vectors else {
      if reads {
        Console.error(
          "warning: \(path): the model can read words that it was not trained on; name their file of "
            + "vectors with --vectors")
      }
      return
    }
    guard reads else {
      throw options.model.refusal(
        "--vectors", "read words of a file (model.extraVectors)", of: path)
    }
    let found = try WordVectors.read(vectors) { _ in true }
    do {
      try model.read(found, of: vectors)
    } catch TrainingError.vectorWidth(let path, let width, let expected) {
      throw Failure(
        description: "\(path): vectors of width \(width) for a model that was trained with those "
          + "of width \(expected); name vectors of width \(expected)")
    }
  }

  /// What multiplies here: what the options say as far as this machine can, else with a warning.
  private static func products(_ options: RunOptions, readsStream: Bool) -> Products {
    var (library, precision) = (options.products.library, options.precision)
    let streams = ProductLibrary.panels
    if readsStream && options.products == .auto && streams.isSupported
      && precision.isSupported(by: streams)
    {
      library = streams
    }
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

  /// The tokens of raw text, cut as the training split was. Compounds that the model knows stay whole.
  func tokens(of text: String) -> [Token] {
    let words = model.vocabularies.lists.first { $0.name == VocabularyList.words.name }
    return tokenization.tokens(
      of: text,
      keeping: words.map { words in
        { words.list.id(of: $0) != nil }
      })
  }

  /// Encodes sentences for this model.
  func encode(_ sentences: [Sentence]) -> any EncodedSplit {
    model.encode(sentences, limit: options.data.maximumLength)
  }

  /// What the development split has chosen, by name.
  var tuned: [String: Double] {
    let thresholds = tunedThresholds.map { ($0.key, Double("\($0.value)") ?? Double($0.value)) }
    let temperatures = temperature.map { [("temperature", $0.value)] } ?? []
    return Dictionary(uniqueKeysWithValues: thresholds + temperatures)
  }

  /// A note on scores that no temperature has calibrated; `nil` where one has.
  var scoreNote: String? {
    temperature == nil
      ? "scores are the model's own probabilities: \(path) keeps no temperature that calibrates them"
      : nil
  }

  /// The predictions with calibrated scores, where the model has a temperature.
  func calibrated(_ predictions: [Prediction]) -> [Prediction] {
    guard let temperature else { return predictions }
    return predictions.map { prediction in
      var prediction = prediction
      prediction.mapScores(temperature.calibrated)
      return prediction
    }
  }

  /// Predicts sentences, in their order, with calibrated scores.
  ///
  /// - Parameter name: the file of the sentences, for a warning where a prediction was cut.
  func predictions(
    _ split: any EncodedSplit, of name: String, threads: ThreadCount
  ) -> [Prediction] {
    let predictions = calibrated(
      Inference.predict(split, scoring: true, weights: weights, on: ThreadTeam(threads.count)))
    let warning = Prediction.cutWarning(predictions.count(where: \.isCut), in: name)
    if let warning { Console.error("warning: \(warning)") }
    return predictions
  }

  /// A warning about sentences that are too long to be read whole, if there are any.
  func lengthWarning(_ count: Int, in name: String) -> String? {
    let limit = options.data.maximumLength
    return count == 0
      ? nil
      : "\(name): of \(Figures.count(count, "sentence")) only the first \(limit) tokens are read"
  }

  /// The number of a sentence's tokens that the model reads and does not know.
  func unknownWords(of sentence: Sentence) -> Int {
    sentence.tokens.prefix(options.data.maximumLength).count { !model.knows($0) }
  }
}
