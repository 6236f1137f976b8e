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
    _ plan: RunPlan, corpus: TrainingCorpus, precision: Precision, on session: borrowing Session
  ) throws(MPIError) {
    self.plan = plan
    self.corpus = corpus
    model = plan.options.model.model(for: corpus.inventory)
    replica = try ReplicatedBuffer(
      count: model.layout.count, mode: plan.options.reduction, on: session)
    weights = WeightStore(replica.values, precision: precision)
    team = ThreadTeam(plan.options.threads)
    optimizer = try Optimizer(
      plan.options.optimizer, layout: model.layout
    ) { (count) throws(MPIError) in
      try ReplicatedBuffer(count: count, mode: plan.options.reduction, piecewise: true, on: session)
    }
  }

  var options: RunOptions { plan.options }
  var parameters: Slab { replica.values }
  var objective: [String] { model.objective.map(\.name) }

  /// The order of minibatches.
  var order: EpochSampler {
    EpochSampler(
      lengths: corpus.training.map(\.length), seed: UInt64(options.seed),
      batchSize: options.batch.size, pool: options.batch.pool, sampling: options.data.sampling)
  }

  func draws(epoch: Int) -> RandomStreams {
    RandomStreams(seed: UInt64(options.seed), epoch: epoch)
  }

  var header: SnapshotHeader {
    SnapshotHeader(
      configuration: plan.configuration, inventory: corpus.inventory,
      trainingDigest: corpus.trainingDigest, developmentDigest: corpus.developmentDigest,
      progress: progress)
  }

  /// Gives the parameters their first values, on every rank those of rank 0.
  ///
  /// - Returns: a sentence about where the word table starts from.
  func initialize(on session: borrowing Session) throws -> String {
    var origin = "words start from random vectors"
    _ = try session.share {
      parameters.initialize(model.layout, seed: UInt64(options.seed))
      if !options.data.vectors.isEmpty { origin = try loadVectors() }
      return []
    }
    try replica.publish(on: session)
    return origin
  }

  private func loadVectors() throws -> String {
    let vocabulary = corpus.inventory.vocabulary
    let path = options.data.vectors
    let vectors = try WordVectors.read(
      path, keeping: { vocabulary.id(of: $0) != Vocabulary.unknown })
    guard let table = model.layout.parameters.first(where: { $0.name == "embedding.word" }) else {
      preconditionFailure("\(options.model.kind) has no table of words")
    }
    guard vectors.dimension == table.columns else {
      throw TrainingError.vectorWidth(
        path: path, found: vectors.dimension, expected: table.columns)
    }
    let rows = parameters(table)
    for word in vocabulary.words {
      let row = vocabulary.id(of: word)
      if let vector = vectors[word] {
        for (column, value) in vector.enumerated() { rows[row, column] = value }
      } else if options.data.wordsWithoutVector == .unit {
        // ±0.25 becomes 0..<1.
        for column in 0..<table.columns { rows[row, column] = 2 * rows[row, column] + 0.5 }
      }
    }
    let coverage = vectors.coverage(of: vocabulary.words)
    return "\(coverage.found) of \(coverage.all) words start from vectors of \(path)"
  }
}
