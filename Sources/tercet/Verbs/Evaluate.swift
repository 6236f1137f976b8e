import Commands
import Corpora
import Evaluation
import Models
import Tensors
import Training

/// `tercet evaluate --checkpoint FILE --data FILE`: scores checkpoints on one machine, without MPI.
struct Evaluate: Verb {
  static let syntax = VerbSyntax(
    words: ["evaluate"],
    purpose: "score checkpoints on a split, on this machine alone",
    flags: [
      checkpoint, data, match, by, rinExact, json, threads, precision, lenientNA, lengthBuckets,
      constrained, pairing, vectors,
    ],
    notes: "Matches: exact compares relation and both entity strings, exact-pos relation and "
      + "spans, partial-last and partial-first relation and the last or first tokens.",
    examples: [
      "tercet evaluate --checkpoint checkpoints/quickstart/best.h5 --data data/sample/test.jsonl",
      "tercet evaluate --checkpoint best.h5 --data test.jsonl --match partial-last --by string",
      "tercet evaluate --checkpoint a.h5 --checkpoint b.h5 --data test.jsonl --json report.json",
    ])

  private static let checkpoint = Flag(
    "checkpoint", .required("FILE"), .atLeastOnce,
    help: "checkpoint to score; of several, mean and deviation are printed")
  private static let data = Flag(
    "data", .required("FILE"), .once, help: "sentences with gold triples, as JSON Lines")
  private static let match = Flag(
    "match", .required("MATCH"),
    help: "exact, exact-pos, partial-last or partial-first (default: the checkpoint's "
      + "evaluation.match)")
  private static let by = Flag(
    "by", .required("KEY"),
    help: "compare tokens of a partial match by position or by string (default: position)")
  private static let rinExact = Flag(
    "rin-exact", .required("RULE"),
    help: "score exact-pos of RIN by spans or by the rule of its authors' program (default: spans)")
  private static let json = Flag(
    "json", .required("FILE"),
    help: "also write the report to FILE as JSON, or in place of the table to '-'")
  private static let threads = Flag(
    "threads", .required("N"), help: "threads to compute with, or 'all' cores (default: 1)")
  private static let precision = Flag(
    "precision", .required("KIND"),
    help: "multiply float32 or bfloat16 (default: as trained)")
  private static let lenientNA = Flag(
    "lenient-na", help: "drop predicted triples that are partly NA (default: they are wrong)")
  private static let lengthBuckets = Flag(
    "length-buckets", .required("UNIT"),
    help: "score entity lengths by triple or by sentence (default: triple)")
  private static let constrained = Flag(
    "constrained", help: "never decode tag I after O or at the start (default: as trained)")
  private static let pairing = Flag(
    "pairing", .required("RULE"),
    help: "pair tagged heads and tails by nearest, cartesian, zip or one-to-one (default: as "
      + "trained)")

  private static let vectors = Flag(
    "vectors", .required("FILE"),
    help: "word vectors for words that the model does not know, with model.extraVectors (default: "
      + "such words are unknown)")

  /// At least one; of several, mean and deviation are reported.
  let checkpoints: [String]
  /// The split, in JSON Lines.
  let data: String
  /// The match mode of the headline scores; `nil` for that by which each checkpoint was selected.
  let match: MatchMode?
  /// How the partial modes compare a token; `nil` where the command line does not say.
  let identity: TokenIdentity?
  /// What `exact-pos` means.
  let rinExact: RINExact
  /// The file for the report as JSON; `nil` for none.
  let report: String?
  /// Threads to compute with.
  let threads: ThreadCount
  /// The numbers that products multiply; `nil` for those of each checkpoint.
  let precision: Precision?
  /// The scoring of predicted groups with some slots empty.
  let incompleteGroups: IncompleteGroups
  /// The unit of the scores by entity length.
  let lengthRule: LengthRule
  /// What differs from training in how the models decode.
  let changes: [DecodingChange]
  /// The file of vectors of words that the models do not know; `nil` for none.
  let vectors: String?
}

extension Evaluate {
  init(_ line: ArgumentLine) throws(UsageError) {
    let rinExact: RINExact = try line.choice(of: Self.rinExact) ?? .spans
    var match: MatchMode? = try line.choice(of: Self.match)
    if rinExact == .authors {
      match = match ?? .exactPosition
      guard match == .exactPosition else {
        throw line.error("--rin-exact authors is a rule of --match exact-pos; leave --match out")
      }
    }
    let identity: TokenIdentity? = try line.choice(of: Self.by)
    let pairing: Pairing? = try line.choice(of: Self.pairing)
    if let match, let text = Self.contradiction(match, identity) { throw line.error(text) }
    self.init(
      checkpoints: line.values(of: Self.checkpoint), data: line.requiredValue(of: Self.data),
      match: match, identity: identity, rinExact: rinExact, report: line.value(of: Self.json),
      threads: try line.threads(of: Self.threads),
      precision: try line.choice(of: Self.precision),
      incompleteGroups: line.has(Self.lenientNA) ? .dropped : .wrong,
      lengthRule: try line.choice(of: Self.lengthBuckets) ?? .triple,
      changes: (line.has(Self.constrained) ? [.constrained] : [])
        + (pairing.map { [.pairing($0)] } ?? []),
      vectors: line.value(of: Self.vectors))
  }

  /// The fault of a match mode with a way of comparing tokens, if there is one.
  private static func contradiction(_ match: MatchMode, _ identity: TokenIdentity?) -> String? {
    switch (match, identity) {
    case (.exact, .position):
      "match 'exact' compares strings; for positions give --match exact-pos"
    case (.exactPosition, .string):
      "match 'exact-pos' compares positions; for strings give --match exact"
    default: nil
    }
  }
}

extension Evaluate {
  func run() throws -> ExitStatus {
    let output = report.map { Output(path: $0) }
    try output?.refuse([data] + checkpoints)
    // A report is written also where nobody reads the table.
    if output != nil { Console.outliveOutput(nil) }
    let say = output?.say ?? Console.line
    let sentences = try JSONLines.read(data)
    var reports: [EvaluationReport] = []
    for checkpoint in checkpoints {
      let loaded = try LoadedModel(
        checkpoint, precision: precision, changes: changes, vectors: vectors)
      let report = try score(loaded, sentences)
      if checkpoints.count > 1 { say(checkpoint) }
      for note in notes(on: report, of: loaded) { say(note) }
      say(report.table(width: Console.width))
      reports.append(report)
    }
    var json = reports[0].json
    if reports.count > 1 {
      let summary = try ReportSummary(reports)
      say(summary.table(width: Console.width))
      json = summary.json
    }
    try output?.write(String(decoding: json, as: UTF8.self))
    return .success
  }

  private func score(_ loaded: LoadedModel, _ sentences: [Sentence]) throws -> EvaluationReport {
    let options = try options(for: loaded)
    warn(loaded, sentences)
    let split = loaded.encode(sentences)
    let predictions = loaded.predictions(split, of: data, threads: threads)
    return Evaluator(options).report(
      sentences: sentences, predictions: predictions,
      forms: (0..<split.count).map(split.expressible))
  }

  /// The rules for one checkpoint: its own where the command line does not say.
  ///
  /// - Throws: `UsageError` where the checkpoint's match mode contradicts `--by`.
  private func options(for loaded: LoadedModel) throws -> EvaluationOptions {
    var options = EvaluationOptions()
    options.match = match ?? loaded.options.evaluation.match
    if let text = Self.contradiction(options.match, identity) {
      throw UsageError(Program.tercet.path(to: Self.syntax.words), text)
    }
    if let identity { options.by = identity }
    options.rinExact = rinExact
    if rinExact == .authors { options.anchor = try loaded.pairAnchor }
    options.incompleteGroups = incompleteGroups
    options.taggedEntities = loaded.taggedEntities
    options.lengthRule = lengthRule
    return options
  }

  /// The rules of a report, and thresholds, that are the checkpoint's and not the program's defaults.
  private func notes(on report: EvaluationReport, of loaded: LoadedModel) -> [String] {
    var notes: [String] = []
    let options = report.options
    if match == nil && options.match != EvaluationOptions().match {
      notes.append(
        "match: \(options.match.rawValue), the checkpoint's evaluation.match; "
          + "--match chooses another")
    }
    if report.tagging != nil && options.taggedEntities != EvaluationOptions().taggedEntities {
      notes.append(
        "tagged entities: \(options.taggedEntities.rawValue), the checkpoint's "
          + "model.taggedEntities")
    }
    if !loaded.tunedThresholds.isEmpty {
      notes.append(
        "thresholds: \(Threshold.text(loaded.tunedThresholds)), tuned on the development split; "
          + "configured: \(Threshold.text(loaded.options.model.options.thresholds))")
    }
    return notes
  }

  private func warn(_ loaded: LoadedModel, _ sentences: [Sentence]) {
    let long = sentences.count { $0.tokens.count > loaded.options.data.maximumLength }
    if let warning = loaded.lengthWarning(long, in: data) { Console.error("warning: \(warning)") }
    let untagged = sentences.count { $0.partsOfSpeech == nil }
    let warning = loaded.model.vocabularies.partOfSpeechWarning(
      lacking: untagged, of: sentences.count, in: data)
    if let warning { Console.error("warning: \(warning)") }
    let unknown = sentences.flatMap(\.triples).map(\.relation).filter {
      loaded.model.vocabularies.relations.id(of: $0) == nil
    }
    if !unknown.isEmpty {
      let relations = Set(unknown.map { ExactString($0) })
      Console.error(
        "warning: \(data): \(relations.count) relations of \(unknown.count) triples are unknown "
          + "to the model and count as misses")
    }
  }
}
