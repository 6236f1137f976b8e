import Autodiff
import Checkpoints
import Collectives
import Corpora
import Evaluation
import Kernels
import Layers
import Models
import Tensors

/// How a run begins.
public enum RunStart: Sendable {
  /// In a folder that holds no checkpoints.
  case afresh
  /// In place of what the folder holds.
  case overwriting
  /// From the newest checkpoint of the folder; afresh where there is none.
  case newest
  /// From a checkpoint file.
  case file(String)
}

/// What a run is told besides its options.
public struct RunPlan: Sendable {
  public var options: RunOptions
  /// ``RunOptions/portable`` as YAML, for checkpoints.
  public var configuration: String
  /// Folder of the checkpoints and the run log.
  public var folder: String
  public var start: RunStart
  /// Updates from the start of training after which to stop.
  public var stopAfter: Int?
  /// Name and version of the program, for the run log.
  public var program: String

  public init(
    options: RunOptions, configuration: String, folder: String, start: RunStart,
    stopAfter: Int?, program: String
  ) {
    self.options = options
    self.configuration = configuration
    self.folder = folder
    self.start = start
    self.stopAfter = stopAfter
    self.program = program
  }
}

/// The state of a run: the same on every rank, bit for bit, between two steps.
final class Run {
  let plan: RunPlan
  let corpus: TrainingCorpus
  let model: any ExtractionModel
  /// The parameters, and whether ranks have them in common.
  let replica: ReplicatedBuffer
  /// The parameters as products read them.
  let weights: WeightStore
  /// Where the packed weights lie once ranks have them in common.
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

  /// The order of minibatches.
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
      progress: progress)
  }

  /// Gives the parameters their first values, on every rank those of rank 0.
  ///
  /// - Returns: sentences about where the word tables start from, and warnings.
  func initialize(
    on session: borrowing Session
  ) throws -> (origin: String, warnings: [String]) {
    var origin = "words start from random vectors"
    var warnings: [String] = []
    _ = try session.share {
      parameters.initialize(model.layout, seed: UInt64(options.seed))
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
