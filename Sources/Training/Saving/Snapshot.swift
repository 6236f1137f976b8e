import Autodiff
import Checkpoints
import Collectives
import Corpora
import Models
import Tensors

/// A checkpoint's content besides parameters and moments: enough to rebuild the model and place the run
/// in its course.
public struct SnapshotHeader: Sendable {
  /// The options that can change the result (``RunOptions/portable``), as YAML.
  public var configuration: String
  /// The model's lists and sizes.
  public var vocabularies: Vocabularies
  /// The checksum of the training split (``TrainingCorpus/trainingDigest``).
  public var trainingDigest: String
  /// The checksum of the development split (``TrainingCorpus/developmentDigest``).
  public var developmentDigest: String
  /// The triples of the training split.
  public var training: TrainingFacts?
  /// How the training split was cut; `nil` in checkpoints of 0.1.0.
  public var tokenization: Tokenization?
  /// The position in training and the history so far.
  public var progress: Progress
  /// The thresholds that the development split has chosen, in the place of those of ``configuration``; none where
  /// the latter hold.
  public var thresholds: [Threshold] = []
  /// The temperature of the model's probabilities that the development split has fitted; `nil` where it has fitted
  /// none.
  public var temperature: Temperature?
}

/// The content of a checkpoint.
struct RunState: Sendable {
  let header: SnapshotHeader
  let layout: ParameterLayout
  /// The names of the objective's terms.
  let objective: [String]
  /// Parameters and moments by their group in the file, all in the order of ``layout``.
  let slabs: [(group: String, values: SavedValues)]
  /// Whether ``slabs`` are what evaluates alone, from which no run goes on.
  var isWeightsAlone = false

  /// The state without the optimiser's.
  var weightsAlone: RunState {
    RunState(
      header: header, layout: layout, objective: objective,
      slabs: slabs.filter { $0.group == Snapshot.Weights.evaluated.group }, isWeightsAlone: true)
  }

  var step: Int { header.progress.step }
  /// The size of parameters and moments in bytes.
  var bytes: Int { slabs.reduce(0) { $0 + $1.values.count } * MemoryLayout<Float>.stride }

  /// Copies what is still the run's own.
  func copyAll() { for (_, values) in slabs { values.copyAll() } }

  /// Writes all groups to a checkpoint file.
  func write(to writer: borrowing CheckpointWriter) throws(CheckpointError) {
    try Snapshot.write(header, to: writer)
    if isWeightsAlone { try CheckpointFolder.markWeightsAlone(writer) }
    try Snapshot.write(header.progress.history, objective: objective, to: writer)
    // One slice for all arrays: fresh memory for each would cost more than its copy.
    lazy var slice = Slab(count: layout.parameters.map(\.values.count).max() ?? 0)
    for (group, values) in slabs {
      for parameter in layout.parameters {
        try values.with(parameter, by: slice) { (part) throws(CheckpointError) in
          try writer.floats("\(group)/\(parameter.name)", shape: parameter.shape, part)
        }
      }
    }
  }
}

/// The names and contents of a training run's checkpoints (checkpoints/README.md).
public enum Snapshot {
  fileprivate static func write(
    _ header: SnapshotHeader, to writer: borrowing CheckpointWriter
  ) throws(CheckpointError) {
    let progress = header.progress
    let numbers = [
      ("step", progress.step), ("epoch", progress.epoch), ("batch", progress.batch),
    ]
    for (name, value) in numbers + header.vocabularies.sizes {
      try writer.attribute(name, .integer(Int64(value)))
    }
    if !progress.extensions.isEmpty {
      try writer.attribute("extensions", .string(Extension.text(progress.extensions)))
    }
    try writer.attribute("configuration", .string(header.configuration))
    try writer.attribute("training_digest", .string(header.trainingDigest))
    try writer.attribute("development_digest", .string(header.developmentDigest))
    if let tokenization = header.tokenization {
      try writer.attribute(tokenizationName, .string(tokenization.rawValue))
    }
    try write(header.thresholds, to: writer)
    try write(header.temperature, to: writer)
    try write(header.training, to: writer)
    for (name, list) in header.vocabularies.lists {
      try writer.strings("vocabulary/\(name)", list.names)
    }
  }

  fileprivate static func write(
    _ history: History, objective: [String], to writer: borrowing CheckpointWriter
  ) throws(CheckpointError) {
    let (steps, evaluations) = (history.steps, history.evaluations)
    func column(
      _ name: String, _ values: [Int64], _ writer: borrowing CheckpointWriter
    ) throws(CheckpointError) {
      try writer.integers(name, shape: [values.count], values)
    }
    func column(
      _ name: String, _ values: [Double], _ writer: borrowing CheckpointWriter
    ) throws(CheckpointError) {
      try writer.doubles(name, shape: [values.count], values)
    }
    try column("history/step", steps.step.values, writer)
    try column("history/epoch", steps.epoch.values, writer)
    for (k, name) in objective.enumerated() {
      try column("history/\(name)", steps.last == nil ? [] : steps.losses[k].values, writer)
    }
    try column("history/total", steps.total.values, writer)
    try column("history/gradient_norm", steps.gradientNorm.values, writer)
    try column("history/rate", steps.rate.values, writer)
    try column("development/step", evaluations.map { Int64($0.step) }, writer)
    try column("development/epoch", evaluations.map { Int64($0.epoch) }, writer)
    try column("development/precision", evaluations.map(\.precision), writer)
    try column("development/recall", evaluations.map(\.recall), writer)
    try column("development/f1", evaluations.map(\.f1), writer)
  }
}

extension Snapshot {
  /// Which parameters of a run a checkpoint's reader takes.
  public enum Weights: Sendable {
    /// Those that are evaluated: the running average where the run keeps one.
    case evaluated
    /// Those that training moves, of a run that keeps a running average.
    case raw

    /// The group of their arrays.
    public var group: String { self == .evaluated ? "parameters" : "optimizer/raw" }
  }

  /// Vocabularies, history and the training split's triples: all but parameters and the optimiser's state.
  public static let progressAlone = ArraySelection.groups(progressGroups)
  private static let progressGroups = ["vocabulary", "history", "development", trainingGroup]

  /// The progress of the run that wrote a file, if it is a whole checkpoint of a run with these options and
  /// splits.
  static func progress(
    of path: String, _ options: RunOptions, _ corpus: TrainingCorpus
  ) -> Progress? {
    guard
      let file = try? CheckpointFile.open(
        path, reading: progressAlone),
      let (header, _) = try? header(of: file, options: { _ in options }),
      header.trainingDigest == corpus.trainingDigest,
      header.developmentDigest == corpus.developmentDigest
    else { return nil }
    return header.progress
  }

  /// The pieces of words of the checkpoint that a run goes on from; `nil` where there are none.
  ///
  /// Of a folder it is the whole checkpoint of the highest step, as for `CheckpointFolder.newest()`, but no file is
  /// renamed, and none is opened whose name is that of an earlier step: `last.h5` alone as a rule.
  ///
  /// - Parameter path: a checkpoint, or a folder of them.
  static func pieces(of path: String) -> [String]? {
    let folder = CheckpointFolder(path)
    // A file is no folder, and stands for itself.
    let files = (try? folder.files()) ?? [path]
    var newest: (step: Int, pieces: [String]?)?
    for file in files.prefix(1) + files.dropFirst().reversed() {
      // Of two steps' names that of the later one is longer, or as long and greater.
      let known = newest.map { folder.file(ofStep: $0.step) }
      if let known, (file.utf8.count, file) <= (known.utf8.count, known) { continue }
      if let found = resumable(file), found.step > newest?.step ?? .min { newest = found }
    }
    return newest?.pieces
  }

  /// The step and the pieces of words of a whole checkpoint that a run can go on from.
  private static func resumable(_ path: String) -> (step: Int, pieces: [String]?)? {
    let name = "vocabulary/\(VocabularyList.pieces)"
    guard let file = try? CheckpointFile.open(path, reading: .groups([name])),
      (try? CheckpointFolder.isWeightsAlone(file)) == false,
      case .integer(let step)? = try? file.attribute("step")
    else { return nil }
    return (Int(step), try? file.strings(name))
  }

  /// Reads a checkpoint's metadata and builds its model, with the thresholds that were tuned.
  ///
  /// - Parameter options: decodes and checks the stored configuration.
  /// - Throws: `TrainingError` or `CheckpointError` for missing or invalid content.
  public static func header(
    of file: borrowing Checkpoint, options: (String) throws -> RunOptions
  ) throws -> (header: SnapshotHeader, model: any ExtractionModel) {
    func text(_ name: String, _ file: borrowing Checkpoint) throws -> String {
      guard case .string(let text) = try file.attribute(name) else {
        throw TrainingError.unfit(checkpoint: file.path, problem: "'\(name)' is not a string")
      }
      return text
    }
    let configuration = try text("configuration", file)
    let section = try options(configuration).model
    let thresholds = try thresholds(of: file, for: section)
    let vocabularies = try vocabularies(of: section.type, from: file)
    if let fault = section.fault(of: vocabularies) {
      throw TrainingError.unfit(checkpoint: file.path, problem: fault)
    }
    let model = (thresholds.isEmpty ? section : section.with(thresholds)).model(for: vocabularies)
    var progress = Progress()
    progress.step = try count("step", file)
    progress.epoch = try count("epoch", file)
    progress.batch = try count("batch", file)
    progress.history = try history(of: file, objective: model.termNames)
    if try file.attributeNames().contains("extensions") {
      guard let extensions = Extension.list(try text("extensions", file)) else {
        throw TrainingError.unfit(
          checkpoint: file.path, problem: "'extensions' is not a list of rising numbers of epochs")
      }
      progress.extensions = extensions
    }
    let header = SnapshotHeader(
      configuration: configuration, vocabularies: model.vocabularies,
      trainingDigest: try text("training_digest", file),
      developmentDigest: try text("development_digest", file),
      training: try trainingFacts(of: file),
      tokenization: try file.attributeNames().contains(tokenizationName)
        ? try tokenization(text(tokenizationName, file), file) : nil,
      progress: progress, thresholds: thresholds, temperature: try temperature(of: file))
    return (header, model)
  }

  private static let tokenizationName = "tokenize"

  private static func tokenization(
    _ name: String, _ file: borrowing Checkpoint
  ) throws -> Tokenization {
    if let found = Tokenization(rawValue: name) { return found }
    throw TrainingError.unfit(
      checkpoint: file.path,
      problem: "'\(tokenizationName)' is '\(name)', which this version of tercet does not know")
  }

  /// Reads the lists and sizes of a model's declarations.
  private static func vocabularies(
    of model: any ExtractionModel.Type, from file: borrowing Checkpoint
  ) throws -> Vocabularies {
    var lists: [(name: String, list: NameList)] = []
    for list in model.lists {
      let name = "vocabulary/\(list.name)"
      let isThere = file.contains(name) || !list.isOptional
      let names = NameList(isThere ? try file.strings(name) : [])
      if names.hasRepeats {
        throw TrainingError.unfit(
          checkpoint: file.path, problem: "a name in '\(name)' occurs twice")
      }
      lists.append((list.name, names))
    }
    var sizes: [(name: String, value: Int)] = []
    for size in model.sizes { sizes.append((size.name, try count(size.name, file))) }
    return Vocabularies(lists: lists, sizes: sizes)
  }

  private static func count(_ name: String, _ file: borrowing Checkpoint) throws -> Int {
    guard case .integer(let value) = try file.attribute(name),
      (0...Int64(RunOptions.largestCount)).contains(value)
    else {
      throw TrainingError.unfit(checkpoint: file.path, problem: "'\(name)' is not a count")
    }
    return Int(value)
  }
}

extension Run {
  /// The group of the parameters that the optimiser moves.
  var parameterGroup: String {
    (optimizer.average == nil ? Snapshot.Weights.evaluated : .raw).group
  }

  /// The optimiser's state, of which each rank keeps its partitions, by its groups; the average comes first.
  var partitionedState: [(group: String, replica: ReplicatedBuffer)] {
    let average = optimizer.average.map { [(Snapshot.Weights.evaluated.group, $0)] } ?? []
    return average + optimizer.moments.map { ("optimizer/\($0.name)", $0.replica) }
  }
}
