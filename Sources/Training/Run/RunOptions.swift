import Collectives
import Corpora
import Evaluation
import Models
import Tensors

/// Everything that a configuration file can say; the defaults are those of the published systems.
public struct RunOptions: Codable, Sendable {
  /// The `model` section: its `kind` names the model, the other keys are that model's.
  public var model: ModelSection
  /// The `data` section: corpus and word vectors.
  public var data = DataOptions()
  /// The `batch` section: sentences of an update, and how they are divided.
  public var batch = BatchOptions()
  /// The `optimizer` section: update rule and learning rate.
  public var optimizer = OptimizerOptions()
  /// Passes over the training split, at most.
  public var epochs = 40
  /// Seed of all random numbers of the run.
  public var seed = 1
  /// The `evaluation` section: scores on the development split.
  public var evaluation = EvaluationOptions()
  /// The `checkpoint` section: when checkpoints are written, and how many stay.
  public var checkpoint = CheckpointOptions()
  /// The `log` section: how often lines are printed.
  public var log = LogOptions()
  /// The `watchdog` section: ranks that hold up the others.
  public var watchdog = WatchdogOptions()
  /// The answer to an update whose loss or gradient is not finite.
  public var nonfinite = NonfinitePolicy.stop
  /// The number format of the operands of products; all else is float32.
  public var precision = Precision.float32
  /// The library that multiplies.
  public var products = ProductChoice.auto
  /// Threads of a rank; each takes whole shards.
  public var threads = 1
  /// Whether a rank may have more threads than its host has processors.
  public var oversubscribe = false
  /// The way in which gradients are summed over ranks.
  public var reduction = ReductionMode.reproducible

  /// The published settings of a model, if there is one of that name.
  public init?(modelKind: String) {
    guard let section = ModelSection(kind: modelKind) else { return nil }
    model = section
  }

  /// The `data` section.
  public struct DataOptions: Codable, Sendable, Equatable {
    /// Folder with `train.jsonl` and `dev.jsonl`.
    public var directory = "data"
    /// A file of word vectors in text form that the word table starts from; empty for random vectors.
    public var vectors = ""
    /// The start of words that the file of vectors lacks (Models/README.md D5).
    public var wordsWithoutVector = WordsWithoutVector.start
    /// A word that occurs less often in training is unknown.
    public var minimumCount = 1
    /// Tokens of a sentence. Longer sentences are left out of training; evaluation reads their first tokens.
    public var maximumLength = 256
    /// How an epoch draws its sentences.
    public var sampling = Sampling.permutation

    /// The published settings.
    public init() {}

    /// The start of words that the file of vectors lacks.
    public enum WordsWithoutVector: String, Codable, Sendable, CaseIterable {
      /// As the model's `wordStart` says: `normal` means with the mean and the deviation of the loaded rows.
      case start
      /// Uniform in ±0.25.
      case uniform
      /// Uniform in 0..<1.
      case unit
    }
  }

  /// The `batch` section.
  public struct BatchOptions: Codable, Sendable, Equatable {
    /// Sentences of a minibatch, over all ranks.
    public var size = 100
    /// Shards that a minibatch is cut into, a power of two.
    public var shards = 8
    /// Minibatches that are sorted by length together; 1 keeps the order of the epoch.
    public var pool = 1
    /// Minibatches whose gradients are added before an update.
    public var accumulate = 1
  }

  /// The `evaluation` section: scores on the development split while training.
  public struct EvaluationOptions: Codable, Sendable, Equatable {
    /// Epochs from one evaluation to the next.
    public var every = 1
    /// Evaluations without a better score after which training ends; 0 for no such end.
    public var patience = 0
    /// When a predicted triple equals a gold one.
    public var match = MatchMode.exact
    /// Whether the model's thresholds are chosen by the development split at the end of training.
    public var tuneThresholds = false
  }

  /// The `checkpoint` section.
  public struct CheckpointOptions: Codable, Sendable, Equatable {
    /// Steps from one checkpoint to the next, besides those at the ends of epochs; 0 for none.
    public var every = 0
    /// Minutes after which the next step ends with a checkpoint, by the clock of rank 0; 0 for none.
    public var minutes = 0.0
    /// Step files that stay in the folder.
    public var keep = 3
    /// Seconds until a failed save is tried again; twice as many after each further failure.
    public var retry = 10.0
    /// The largest state, in MiB, that is copied before it is written; a larger one is written as it is.
    public var copyUpTo = 256
    /// Whether `best.h5` holds what evaluates alone, without the optimiser's state.
    public var slimBest = false
  }

  /// The `log` section.
  public struct LogOptions: Codable, Sendable, Equatable {
    /// Steps from one printed line to the next where output is not a terminal.
    public var every = 20
  }

  /// The answer to an update whose loss or gradient is not finite.
  public enum NonfinitePolicy: String, Codable, Sendable, CaseIterable {
    /// The run ends with an error.
    case stop
    /// The step counts and changes nothing; the eleventh such step in a row ends the run.
    case skip
  }

  /// The `watchdog` section: ranks that hold up the others.
  public struct WatchdogOptions: Codable, Sendable, Equatable {
    /// Seconds for a step, or for a round of an evaluation, after which a rank is named; 0 watches no rank.
    public var seconds = 30.0
    /// Seconds after which a rank that is late ends the job; 0 for no such end.
    public var abort = 0.0
    /// Steps from one comparison of the ranks' own times to the next.
    public var report = 25
    /// The ratio of a rank's time to that of the others from which it is named. A rank that is slowed to 1.5
    /// measures a little below or above 1.5, depending on each rank's share of the machine.
    public var straggler = 1.3
  }
}

extension RunOptions {
  /// A bound for counts, so that no product of two of them overflows.
  package static let largestCount = 1_000_000_000
  /// The most threads of a rank.
  static let mostThreads = 4096

  /// Throws the first option that no run can work with, by its whole key.
  public func validate() throws(InvalidOption) {
    let counts = [
      ("batch.size", batch.size), ("batch.pool", batch.pool),
      ("batch.accumulate", batch.accumulate), ("epochs", epochs),
      ("evaluation.every", evaluation.every), ("checkpoint.keep", checkpoint.keep),
      ("log.every", log.every), ("watchdog.report", watchdog.report),
      ("data.minimumCount", data.minimumCount), ("data.maximumLength", data.maximumLength),
    ]
    for (key, value) in counts where !(1...Self.largestCount).contains(value) {
      throw InvalidOption(key: key, found: "\(value)", expected: "from 1 to \(Self.largestCount)")
    }
    if !(1...Self.mostThreads).contains(threads) {
      throw InvalidOption(
        key: "threads", found: "\(threads)", expected: "from 1 to \(Self.mostThreads)")
    }
    let amounts = [
      ("evaluation.patience", evaluation.patience), ("checkpoint.every", checkpoint.every),
      ("checkpoint.copyUpTo", checkpoint.copyUpTo), ("seed", seed),
    ]
    for (key, value) in amounts where value < 0 {
      throw InvalidOption(key: key, found: "\(value)", expected: "0 or more")
    }
    let shards = batch.shards
    if shards < 1 || shards > 1024 || shards & (shards - 1) != 0 {
      throw InvalidOption(
        key: "batch.shards", found: "\(shards)", expected: "a power of two up to 1024")
    }
    try within("checkpoint") { () throws(InvalidOption) in try checkpoint.validate() }
    try within("watchdog") { () throws(InvalidOption) in try watchdog.validate() }
    try within("optimizer") { () throws(InvalidOption) in try optimizer.validate() }
    try within("model") { () throws(InvalidOption) in try model.options.validate() }
  }

  private func within(
    _ section: String, _ check: () throws(InvalidOption) -> Void
  ) throws(InvalidOption) {
    do {
      try check()
    } catch {
      throw InvalidOption(
        key: "\(section).\(error.key)", found: error.found, expected: error.expected)
    }
  }

  /// The options that a checkpoint keeps. Those that cannot change the result are left at their defaults:
  /// where the data lie, how often checkpoints are written and lines printed.
  public var portable: RunOptions {
    var options = self
    options.data.directory = DataOptions().directory
    options.data.vectors = DataOptions().vectors
    options.model = options.model.withoutPretrained
    options.checkpoint = CheckpointOptions()
    options.log = LogOptions()
    options.watchdog = WatchdogOptions()
    options.threads = 1
    options.oversubscribe = false
    options.reduction = .reproducible
    return options
  }

  /// Whether a run that goes on from this progress may have another value of a key that checkpoints keep. More
  /// or fewer epochs do not change a step, unless the schedule of the rate looks ahead to the last one, nor an
  /// evaluation, unless an epoch was evaluated only because it was the last.
  func allowsChange(of key: String, after progress: Progress) -> Bool {
    switch key {
    case "epochs":
      !optimizer.looksAhead && progress.extensions.isEmpty
        && progress.history.evaluations.allSatisfy { ($0.epoch + 1) % evaluation.every == 0 }
    case "evaluation.patience", "evaluation.tuneThresholds", "nonfinite", "precision", "products":
      true
    // How tables started is past when a run is resumed.
    case "model.wordStart", "data.wordsWithoutVector", "model.pretrained": true
    default: false
    }
  }

  /// Updates of an epoch.
  func stepsPerEpoch(sentences: Int) -> Int {
    let batches = (sentences + batch.size - 1) / batch.size
    return (batches + batch.accumulate - 1) / batch.accumulate
  }
}

extension RunOptions.CheckpointOptions {
  func validate() throws(InvalidOption) {
    let largest = RunOptions.largestCount
    if !(0...Double(largest)).contains(minutes) {
      throw InvalidOption(key: "minutes", found: "\(minutes)", expected: "from 0 to \(largest)")
    }
    if !(0.001...Double(largest)).contains(retry) {
      throw InvalidOption(key: "retry", found: "\(retry)", expected: "from 0.001 to \(largest)")
    }
  }
}

extension RunOptions.WatchdogOptions {
  func validate() throws(InvalidOption) {
    guard seconds == 0 || (0.1...1e6).contains(seconds) else {
      throw InvalidOption(
        key: "seconds", found: "\(seconds)", expected: "0, or from 0.1 to 1000000")
    }
    guard abort == 0 || (seconds > 0 && (seconds...1e6).contains(abort)) else {
      let range = seconds > 0 ? "0, or from \(seconds) to 1000000" : "0"
      throw InvalidOption(
        key: "abort", found: "\(abort)", expected: "\(range), as watchdog.seconds is \(seconds)")
    }
    guard (1...1e6).contains(straggler) else {
      throw InvalidOption(key: "straggler", found: "\(straggler)", expected: "from 1 to 1000000")
    }
  }
}
