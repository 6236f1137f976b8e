import Commands
import Configuration
import Corpora
import Evaluation
import Foundation
import Models
import Tensors
import Training

/// `tercet evaluate`: scores checkpoints on one machine, without MPI.
enum Evaluate {
  static func run(_ arguments: EvaluateArguments) throws {
    let sentences = try JSONLines.read(arguments.data)
    var reports: [EvaluationReport] = []
    for checkpoint in arguments.checkpoints {
      let report = try report(of: checkpoint, sentences, arguments)
      if arguments.checkpoints.count > 1 { Console.line(checkpoint) }
      Console.line(report.table)
      reports.append(report)
    }
    var json = reports[0].json
    if reports.count > 1 {
      let summary = try ReportSummary(reports)
      Console.line(summary.table)
      json = summary.json
    }
    if let path = arguments.report {
      try TextFile.write(String(decoding: json, as: UTF8.self), to: path)
    }
  }

  private static func report(
    of checkpoint: String, _ sentences: [Sentence], _ arguments: EvaluateArguments
  ) throws -> EvaluationReport {
    let changes =
      (arguments.tagDecoding == .constrained ? ["model.crfConstrained=true"] : [])
      + (arguments.precision.map { ["precision=\($0.rawValue)"] } ?? [])
    let loaded = try LoadedModel(
      checkpoint, overrides: try changes.map { try ConfigurationOverride($0) })
    warn(loaded, sentences, arguments.data)
    let split = loaded.encode(sentences)
    let predictions = Inference.predict(
      split, weights: loaded.weights, on: ThreadTeam(arguments.threads.count))
    let ceiling = Inference.oracle(split, seed: UInt64(loaded.options.seed))
    return Evaluator(arguments.options(for: loaded.options)).report(
      sentences: sentences, predictions: predictions, ceiling: ceiling)
  }

  private static func warn(_ loaded: LoadedModel, _ sentences: [Sentence], _ name: String) {
    if let warning = loaded.warning(about: sentences, in: name) { Console.error(warning) }
    let unknown = sentences.flatMap(\.triples).map(\.relation).filter {
      loaded.model.vocabularies.relations.id(of: $0) == nil
    }
    if !unknown.isEmpty {
      let relations = Set(unknown.map { ExactString($0) })
      Console.error(
        "warning: \(name): \(relations.count) relations of \(unknown.count) triples are unknown "
          + "to the model and count as misses")
    }
  }
}

extension EvaluateArguments {
  /// The evaluator's options.
  fileprivate func options(for run: RunOptions) -> Evaluation.EvaluationOptions {
    var options = Evaluation.EvaluationOptions()
    options.match = MatchMode(rawValue: match.rawValue) ?? .exact
    options.by = TokenIdentity(rawValue: tokenKey.rawValue) ?? .position
    options.incompleteGroups = partlyNA == .dropped ? .dropped : .wrong
    options.lengthRule = LengthRule(rawValue: lengthBuckets.rawValue) ?? .triple
    return options
  }
}

extension ThreadCount {
  /// How many threads that is on this machine.
  var count: Int {
    switch self {
    case .exactly(let count): count
    case .all: ProcessInfo.processInfo.activeProcessorCount
    }
  }
}
