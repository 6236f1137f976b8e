import Configuration

/// `tercet train CONFIG`.
public struct TrainArguments: Hashable, Sendable {
  /// How training relates to the checkpoints that are already in the folder.
  public enum Start: Hashable, Sendable {
    /// Afresh; a folder that holds checkpoints is refused.
    case afresh
    /// Afresh, over what the folder holds.
    case overwriting
    /// From the newest checkpoint in the folder, or afresh where there is none.
    case newest
    /// From this checkpoint file.
    case file(String)
  }

  /// Whether to train, or only to say with which options.
  public enum Action: Hashable, Sendable {
    case train
    case printConfiguration
  }

  /// The configuration file.
  public let configuration: String
  /// What was set on the command line, in order.
  public let overrides: [ConfigurationOverride]
  /// The folder of this run's checkpoints.
  public let checkpoints: String
  /// Where training begins.
  public let start: Start
  /// Optimiser steps, counted from the start of training, after which to stop; `nil` for none.
  public let stopAfter: Int?
  /// What to do with the configuration.
  public let action: Action
}

extension TrainArguments {
  static let verb = Verb(
    words: ["train"],
    purpose: "train a model as a configuration says, alone or under mpirun",
    operand: config,
    flags: [set, checkpoints, resume, overwrite, stopAfter, printConfig],
    examples: [
      "mpirun -n 2 tercet train Configs/quickstart.yaml --set data.directory=data/sample",
      "mpirun -n 8 tercet train Configs/webnlg/copymtl-one.yaml --resume",
      "tercet train Configs/webnlg/copymtl-one.yaml --set model.dropout=0.3 --print-config",
    ]
  ) { line throws(UsageError) in .train(try TrainArguments(line)) }

  private static let config = Operand(
    name: "CONFIG", count: .once, help: "YAML file of what differs from the defaults")
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
  private static let overwrite = Flag(
    "overwrite", help: "start afresh in a folder that has checkpoints, and replace them")
  private static let stopAfter = Flag(
    "stop-after", .required("N"),
    help: "stop after N optimiser steps, counted from the start of training, resumed or not "
      + "(default: train to the end)")
  private static let printConfig = Flag(
    "print-config", help: "print the configuration with all defaults filled in, and end")

  init(_ line: ArgumentLine) throws(UsageError) {
    configuration = line.requiredOperand
    var overrides: [ConfigurationOverride] = []
    for text in line.values(of: Self.set) {
      do {
        overrides.append(try ConfigurationOverride(text))
      } catch {
        throw line.error(error.description)
      }
    }
    self.overrides = overrides
    checkpoints =
      line.value(of: Self.checkpoints) ?? Self.defaultCheckpoints(for: configuration)
    start = try Self.start(line)
    stopAfter = try line.number(of: Self.stopAfter, atLeast: 1)
    action = line.has(Self.printConfig) ? .printConfiguration : .train
  }

  private static func start(_ line: ArgumentLine) throws(UsageError) -> Start {
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
  static func defaultCheckpoints(for configuration: String) -> String {
    let parts = configuration.split(separator: "/").map(String.init)
    let below = parts.lastIndex(of: "Configs").map { parts[($0 + 1)...] } ?? parts.suffix(1)
    let name = below.joined(separator: "-")
    return "checkpoints/" + (name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name)
  }
}
