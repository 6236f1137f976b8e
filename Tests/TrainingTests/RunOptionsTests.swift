import Models
import Testing

@testable import Training

@Suite("Options of a run")
struct RunOptionsTests {
  typealias Change = @Sendable (inout RunOptions) -> Void

  static let invalid: [(key: String, change: Change)] = [
    ("batch.size", { $0.batch.size = 0 }), ("batch.size", { $0.batch.size = .max }),
    ("batch.pool", { $0.batch.pool = 0 }), ("batch.accumulate", { $0.batch.accumulate = -1 }),
    ("batch.shards", { $0.batch.shards = 0 }), ("batch.shards", { $0.batch.shards = 12 }),
    ("batch.shards", { $0.batch.shards = 2048 }), ("epochs", { $0.epochs = 0 }),
    ("seed", { $0.seed = -1 }), ("evaluation.every", { $0.evaluation.every = 0 }),
    ("evaluation.patience", { $0.evaluation.patience = -1 }),
    ("checkpoint.every", { $0.checkpoint.every = -1 }),
    ("checkpoint.keep", { $0.checkpoint.keep = 0 }), ("log.every", { $0.log.every = 0 }),
    ("threads", { $0.threads = 0 }), ("data.minimumCount", { $0.data.minimumCount = 0 }),
    ("data.maximumLength", { $0.data.maximumLength = 0 }),
    ("optimizer.rate", { $0.optimizer.rate = 0 }), ("optimizer.rate", { $0.optimizer.rate = .nan }),
    ("optimizer.rate", { $0.optimizer.rate = .infinity }),
    ("optimizer.beta1", { $0.optimizer.beta1 = 1 }),
    ("optimizer.beta2", { $0.optimizer.beta2 = -1 }),
    ("optimizer.rho", { $0.optimizer.rho = .nan }),
    ("optimizer.floor", { $0.optimizer.floor = 1 }),
    ("optimizer.floor", { $0.optimizer.floor = -0.1 }),
    ("optimizer.average", { $0.optimizer.average = 1 }),
    ("optimizer.average", { $0.optimizer.average = .nan }),
    ("optimizer.epsilon", { $0.optimizer.epsilon = -1 }),
    ("optimizer.epsilon", { $0.optimizer.epsilon = 0 }),
    ("checkpoint.minutes", { $0.checkpoint.minutes = 1e300 }),
    ("checkpoint.minutes", { $0.checkpoint.minutes = -1 }),
    ("checkpoint.retry", { $0.checkpoint.retry = 0 }),
    ("checkpoint.retry", { $0.checkpoint.retry = .infinity }),
    ("watchdog.straggler", { $0.watchdog.straggler = 1e300 }),
    ("threads", { $0.threads = 4097 }), ("epochs", { $0.epochs = .max }),
    ("optimizer.weightDecay", { $0.optimizer.weightDecay = -1 }),
    ("optimizer.clip", { $0.optimizer.clip = .nan }),
    ("optimizer.warmup", { $0.optimizer.warmup = -1 }),
    ("watchdog.seconds", { $0.watchdog.seconds = .nan }),
    ("watchdog.seconds", { $0.watchdog.seconds = 0.01 }),
    ("watchdog.abort", { $0.watchdog.abort = 29 }),
    ("watchdog.abort", { ($0.watchdog.seconds, $0.watchdog.abort) = (0, 9) }),
    ("watchdog.report", { $0.watchdog.report = 0 }),
    ("watchdog.straggler", { $0.watchdog.straggler = 0.5 }),
  ]

  @Test("an option that no run can work with is named by its whole key")
  func validation() throws {
    for (key, change) in Self.invalid {
      var options = try #require(RunOptions(modelKind: "copymtl"))
      try options.validate()
      change(&options)
      let error = #expect(throws: InvalidOption.self) { try options.validate() }
      #expect(error?.key == key)
    }
  }

  /// Values that a message must not name as allowed: it would name the bound on the other side alone.
  static let beyond: [(change: Change, expected: String)] = [
    ({ $0.checkpoint.minutes = 1e300 }, "from 0 to 1000000000"),
    ({ $0.checkpoint.retry = 1e300 }, "from 0.001 to 1000000000"),
    ({ $0.watchdog.straggler = 1e300 }, "from 1 to 1000000"),
    ({ $0.batch.size = .max }, "from 1 to 1000000000"),
    ({ $0.threads = .max }, "from 1 to 4096"),
    ({ $0.optimizer.epsilon = 0 }, "a finite number above 0"),
    ({ ($0.watchdog.seconds, $0.watchdog.abort) = (0, 9) }, "0, as watchdog.seconds is 0.0"),
    ({ $0.watchdog.abort = 29 }, "0, or from 30.0 to 1000000, as watchdog.seconds is 30.0"),
  ]

  @Test("the bounds that a message names are those that hold")
  func bounds() throws {
    for (change, expected) in Self.beyond {
      var options = try #require(RunOptions(modelKind: "copymtl"))
      change(&options)
      let error = #expect(throws: InvalidOption.self) { try options.validate() }
      #expect(error?.expected == expected)
    }
  }

  @Test("every model has published settings, and no other name has")
  func kinds() {
    for name in ModelList.names { #expect(RunOptions(modelKind: name) != nil) }
    #expect(RunOptions(modelKind: "nothing") == nil)
  }

  @Test("checkpoints keep no folders and no intervals of writing")
  func portable() throws {
    var options = try #require(RunOptions(modelKind: "copyre"))
    options.data.directory = "elsewhere"
    options.data.vectors = "vectors.txt"
    options.checkpoint.every = 7
    options.log.every = 7
    options.watchdog.seconds = 7
    options.batch.size = 7
    let portable = options.portable
    #expect(portable.data == RunOptions.DataOptions())
    #expect(portable.checkpoint == RunOptions.CheckpointOptions())
    #expect(portable.log == RunOptions.LogOptions())
    #expect(portable.watchdog == RunOptions.WatchdogOptions())
    #expect(portable.batch.size == 7)
  }

  @Test("epochs and patience may change while no step and no evaluation depends on them")
  func changes() throws {
    var options = try #require(RunOptions(modelKind: "copyre"))
    var progress = Progress()
    func allows(_ key: String) -> Bool { options.allowsChange(of: key, after: progress) }
    #expect(allows("epochs"))
    #expect(allows("evaluation.patience"))
    #expect(allows("evaluation.tuneThresholds"))
    for key in ["seed", "batch.size", "optimizer.rate", "model.kind", "evaluation.every"] {
      #expect(!allows(key))
    }
    options.evaluation.every = 2
    for epoch in 1...3 {
      progress.history.evaluations.append(
        .init(step: epoch, epoch: epoch, precision: 0, recall: 0, f1: 0))
      // The third of them, epochs counting from 0, was evaluated because it was the last.
      #expect(allows("epochs") == (epoch == 1))
    }
    progress.history.evaluations.removeLast(2)
    progress.extensions = [Extension(epochs: 60, rewarms: false)]
    #expect(!allows("epochs"))
    progress.extensions = []
    for schedule in [OptimizerOptions.Schedule.linear, .cosine] {
      options.optimizer.schedule = schedule
      #expect(!allows("epochs"))
    }
  }
}

@Suite("History of a run")
struct HistoryTests {
  static let scores: [(f1: [Double], best: Int?, without: Int)] = [
    ([], nil, 0), ([0], 1, 0), ([0.1, 0.3, 0.2], 2, 1), ([0.3, 0.3, 0.3], 1, 2),
    ([0.1, 0.2, 0.3], 3, 0), ([0, 0, 0], 1, 0), ([0, 0, 0.1, 0.1, 0], 3, 2),
  ]

  @Test("the best evaluation is the first of the highest score", arguments: scores)
  func best(f1: [Double], best: Int?, without: Int) {
    var history = History()
    history.evaluations = f1.enumerated().map {
      History.Evaluation(step: $0 + 1, epoch: $0, precision: 0, recall: 0, f1: $1)
    }
    #expect(history.best?.step == best)
    #expect(history.evaluationsWithoutImprovement == without)
  }
}
