import Collectives
import Commands
import Configuration
import Corpora
import Glibc
import RunLogs
import Training

/// `tercet train CONFIG`: trains a model, alone or on every rank of an MPI job.
struct Train: Verb {
  static let syntax = VerbSyntax(
    words: ["train"],
    purpose: "train a model as a configuration says, alone or under mpirun",
    operand: Operand(
      name: "CONFIG", count: .once, help: "YAML file of what differs from the defaults"),
    flags: [
      ranks, set, checkpoints, resume, extend, rewarm, overwrite, stopAfter, progress, quiet,
      printConfig,
    ],
    notes: "A KEY of --set may be its last part (lambda=2), or a word that other programs have "
      + "for it (lr=0.01). Ctrl-C saves and leaves with status 75; a second one ends at once.",
    examples: [
      "tercet train --ranks 2 Configs/quickstart.yaml --set data.directory=data/sample",
      "tercet train Configs/webnlg/copymtl-one.yaml --resume",
      "tercet train Configs/quickstart.yaml --resume --extend 24 --rewarm",
      "tercet train Configs/webnlg/copymtl-one.yaml --set dropout=0.3 --print-config",
      "mpirun -n 8 tercet train Configs/webnlg/copymtl-one.yaml --set data.directory=DIR",
    ])

  private static let ranks = Flag(
    "ranks", .required("N"),
    help: "start N processes on this machine with mpirun, each of which computes a part of every "
      + "minibatch (default: this process alone, or the ranks that a launcher starts)")
  private static let set = Flag(
    "set", .required("KEY=VALUE"), .anyNumber,
    help: "set a key of the configuration, e.g. batch.size=50; a later one wins")
  private static let checkpoints = Flag(
    "checkpoints", .required("DIR"),
    help: "folder of this run's checkpoints (default: checkpoints/NAME, where NAME is "
      + "webnlg-copymtl-one for Configs/webnlg/copymtl-one.yaml)")
  private static let resume = Flag(
    "resume", .optional("FILE"),
    help: "go on from FILE, or from the newest checkpoint in the folder; start afresh if it has "
      + "none (default: start afresh, refuse a folder with checkpoints)")
  private static let extend = Flag(
    "extend", .required("N"),
    help: "with --resume: train N epochs in all, with the last rate of the run's schedule")
  private static let rewarm = Flag(
    "rewarm", help: "with --extend: begin warm-up and schedule anew, over the added epochs")
  private static let overwrite = Flag(
    "overwrite", help: "start afresh in a folder that has checkpoints, and replace them")
  private static let stopAfter = Flag(
    "stop-after", .required("N"),
    help: "stop after N optimiser steps, counted from the start of training, resumed or not "
      + "(default: train to the end)")
  private static let progress = Flag(
    "progress", .required("STYLE"),
    choices: TrainingVoice.Style.allCases.map(\.rawValue),
    help: "how far the run is: 'bar', a line that is written over and a line an epoch; 'lines', a "
      + "line an epoch and every log.every steps; 'off'; or 'auto', a bar on a terminal and lines "
      + "elsewhere (default: auto)")
  private static let quiet = Flag("quiet", help: "print warnings and errors alone")
  private static let printConfig = Flag(
    "print-config", help: "print the configuration with all defaults filled in, and end")

  /// Ranks to start on this machine; `nil` where this process is one, or all.
  let ranks: Int?
  /// What each of them is told, but for the values of `--set`.
  let words: [String]
  /// The configuration file.
  let configuration: String
  /// The values of `--set`, in their order.
  let overrides: [ConfigurationOverride]
  /// The folder of this run's checkpoints.
  let checkpoints: String
  /// Where training begins.
  let start: RunStart
  /// Optimiser steps, counted from the start of training, after which to stop; `nil` for none.
  let stopAfter: Int?
  /// Whether to print the configuration in place of training.
  let printsConfiguration: Bool
  /// More epochs for a resumed run; `nil` for none.
  var added: Extension?
  /// How the run is told of.
  var progress = TrainingVoice.Style.auto
  /// Whether only warnings and errors are printed.
  var isQuiet = false
}

extension Train {
  init(_ line: ArgumentLine) throws(UsageError) {
    let configuration = line.requiredOperand
    self.init(
      ranks: try line.number(of: Self.ranks, atLeast: 1),
      words: line.words(without: [Self.ranks, Self.set]),
      configuration: configuration, overrides: try line.overrides(of: Self.set),
      checkpoints: line.value(of: Self.checkpoints) ?? Self.defaultCheckpoints(for: configuration),
      start: try Self.start(line), stopAfter: try line.number(of: Self.stopAfter, atLeast: 1),
      printsConfiguration: line.has(Self.printConfig), added: try Self.added(line),
      progress: try line.choice(of: Self.progress) ?? .auto, isQuiet: line.has(Self.quiet))
  }

  private static func added(_ line: ArgumentLine) throws(UsageError) -> Extension? {
    guard let epochs = try line.number(of: extend, atLeast: 1) else {
      guard line.has(rewarm) else { return nil }
      throw line.error("'--rewarm' is for a run that '--extend N' makes longer")
    }
    if !line.has(resume) {
      throw line.error("'--extend' makes a run longer that '--resume' goes on with; give both")
    }
    if epochs > RunOptions.largestCount {
      throw line.error("'--extend' must be \(RunOptions.largestCount) or less, found '\(epochs)'")
    }
    return Extension(epochs: epochs, rewarms: line.has(rewarm))
  }

  private static func start(_ line: ArgumentLine) throws(UsageError) -> RunStart {
    switch (line.has(resume), line.has(overwrite)) {
    case (true, true):
      throw line.error("'--resume' goes on and '--overwrite' starts afresh; give one of them")
    case (true, false): line.value(of: resume).map { .file($0) } ?? .newest
    case (false, true): .overwriting
    case (false, false): .afresh
    }
  }

  /// `checkpoints/` and the file's path below the last folder `Configs`, or else its name, with
  /// dashes for slashes and without `.yaml`.
  private static func defaultCheckpoints(for configuration: String) -> String {
    let parts = configuration.split(separator: "/").map(String.init)
    let below = parts.lastIndex(of: "Configs").map { parts[($0 + 1)...] } ?? parts.suffix(1)
    let name = below.joined(separator: "-")
    return "checkpoints/" + (name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name)
  }
}

extension Train {
  /// - Returns: `resumable` where a signal ended the run: it is saved and goes on when started again.
  func run() throws -> ExitStatus {
    let configured = try ConfiguredRun(configuration, overrides)
    let (options, overrides) = (configured.options, configured.overrides)
    if Console.speaksForJob && !isQuiet { configured.notes.forEach(Console.error) }
    if printsConfiguration {
      Console.textOnceForJob(ConfigurationText.yaml(of: options))
      return .success
    }
    if let ranks, ranks > 1 { exit(try job(of: ranks, options, overrides).run()) }
    Console.outliveOutput("training goes on, see \(checkpoints)/\(RunLogReader.fileName)")
    let session = try Session()
    try Job.begin(session)
    return try Job.guarded(on: session) { try train(options, on: session) }
  }

  /// This training on several ranks, which need not resolve names of keys again.
  private func job(
    of ranks: Int, _ options: RunOptions, _ overrides: [ConfigurationOverride]
  ) throws -> LocalJob {
    guard ranks <= options.batch.shards else {
      throw Failure(
        description: "--ranks \(ranks): batch.shards is \(options.batch.shards), and further "
          + "ranks have no work; give so many at most, or more shards, a power of two")
    }
    let settings = overrides.map { "--set=\($0)" }
    return LocalJob(
      ranks: ranks, threads: options.threads, arguments: ["train"] + settings + words,
      checkpoints: checkpoints, isQuiet: isQuiet)
  }

  private func train(
    _ options: RunOptions, on session: borrowing Session
  ) throws -> ExitStatus {
    let plan = RunPlan(
      options: options, configuration: ConfigurationText.yaml(of: options.portable),
      folder: checkpoints, start: start, stopAfter: stopAfter, added: added,
      program: Program.tercet.title)
    let voice = TrainingVoice.voice(progress, isQuiet: isQuiet)
    let check = ResumeCheck(differences: options.differences(fromStored:in:))
    let trainer = try Trainer(plan, check: check, voice: voice, on: session)
    let ending = try trainer.train(on: session)
    if session.rank == 0 {
      let farewell = Farewell(
        ending, best: trainer.best, match: options.evaluation.match, folder: checkpoints,
        data: options.data.directory)
      for line in farewell.lines { voice.say(line) }
    }
    return if case .signal = ending { .resumable } else { .success }
  }
}
