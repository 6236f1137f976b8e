import Autodiff
import Checkpoints
import Collectives
import Corpora
import Evaluation
import Kernels
import Layers
import Models
import Tensors

/// The starting point of a run.
public enum RunStart: Sendable {
  /// From new parameters, in a folder without checkpoints.
  case afresh
  /// From new parameters; replaces the folder's checkpoints and run log.
  case overwriting
  /// From the newest checkpoint of the folder, or from new parameters if there is none.
  case newest
  /// From the checkpoint file at a path.
  case file(String)
}

/// A run's options, folder and limits.
public struct RunPlan: Sendable {
  /// The configuration of the run.
  public var options: RunOptions
  /// ``RunOptions/portable`` as YAML, for checkpoints.
  public var configuration: String
  /// The folder of checkpoints and run log.
  public var folder: String
  /// New parameters or a checkpoint.
  public var start: RunStart
  /// The run stops after this number of updates, counted from the start of training; `nil` for no limit.
  public var stopAfter: Int?
  /// More epochs than the options have, for a resumed run; `nil` for none but those of the checkpoint.
  public var added: Extension?
  /// The program's name and version, for the run log.
  public var program: String

  /// The checkpoint that the run goes on from, or the folder whose newest whole one it is; `nil` for a run that starts
  /// afresh. Either may be missing or damaged.
  var checkpoint: String? {
    switch start {
    case .afresh, .overwriting: nil
    case .newest: folder
    case .file(let path): path
    }
  }

  /// Makes a plan; `configuration` must be the YAML of `options`.
  public init(
    options: RunOptions, configuration: String, folder: String, start: RunStart,
    stopAfter: Int?, added: Extension? = nil, program: String
  ) {
    self.options = options
    self.configuration = configuration
    self.folder = folder
    self.start = start
    self.stopAfter = stopAfter
    self.added = added
    self.program = program
  }
}

/// The state of a run, bit-identical on every rank between two steps.
final class Run {
  let plan: RunPlan
  let corpus: TrainingCorpus
  let model: any ExtractionModel
  /// The parameters, in memory of each rank or shared by the ranks of a node.
  let replica: ReplicatedBuffer
  /// The parameters, packed for products.
  let weights: WeightStore
  /// The memory of the packed weights if ranks of a node share them.
  var packs: ReplicatedBuffer?
  let team: ThreadTeam
  let optimizer: Optimizer
  var progress = Progress()

  init(
    _ plan: RunPlan, corpus: TrainingCorpus, products: Products, on session: borrowing Session
  ) throws(MPIError) {
    self.plan = plan
    self.corpus = corpus
    model = corpus.model
    replica = try ReplicatedBuffer(
      count: model.layout.count, mode: plan.options.reduction, on: session)
    weights = WeightStore(replica.values, products: products)
    team = ThreadTeam(plan.options.threads)
    optimizer = try Optimizer(
      plan.options.optimizer, layout: model.layout
    ) { (count) throws(MPIError) in
      try ReplicatedBuffer(
        count: count, mode: plan.options.reduction, partitioned: true, on: session)
    }
  }

  var options: RunOptions { plan.options }
  var parameters: Slab { replica.values }
  var objective: [String] { model.termNames }

  /// The epochs and rates of the whole run.
  var course: Course {
    Course(options, progress.extensions, sentences: corpus.training.count)
  }

  /// The sampler of minibatches.
  var order: EpochSampler {
    EpochSampler(
      costs: (0..<corpus.training.count).map(corpus.training.cost), seed: UInt64(options.seed),
      batchSize: options.batch.size, pool: options.batch.pool, sampling: options.data.sampling)
  }

  func streams(epoch: Int) -> RandomStreams {
    RandomStreams(seed: UInt64(options.seed), epoch: epoch)
  }

  var header: SnapshotHeader {
    SnapshotHeader(
      configuration: plan.configuration, vocabularies: model.vocabularies,
      trainingDigest: corpus.trainingDigest, developmentDigest: corpus.developmentDigest,
      training: corpus.facts, tokenization: corpus.tokenization, progress: progress)
  }

  /// Initialises the parameters on rank 0 and publishes them to all ranks.
  ///
  /// - Returns: a message about the source of the word vectors, and warnings.
  func initialize(
    on session: borrowing Session
  ) throws -> (origin: String, warnings: [String]) {
    var origin =
      model.transformer == nil
      ? "words start from random vectors" : "all weights start from random values"
    var warnings: [String] = []
    _ = try session.share {
      parameters.initialize(model.layout, seed: UInt64(options.seed))
      if let weights = PretrainedWeights(options.model.options) {
        (origin, warnings) = try weights.load(model, into: parameters)
      }
      if !options.data.vectors.isEmpty {
        let loaded = try VectorFile(options.data).fill(
          model.wordTables, of: model.vocabularies, in: parameters, seed: UInt64(options.seed))
        origin = loaded.description
        warnings = loaded.warnings
      }
      return []
    }
    try replica.publish(on: session)
    return (origin, warnings)
  }
}
