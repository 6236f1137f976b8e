import Commands
import Configuration
import Corpora
import Evaluation
import Models
import Tensors
import Training
import Typesetting

/// `tercet evaluate MODEL... DATA`: scores models on one machine, without MPI.
struct Evaluate: Verb {
  static let syntax = VerbSyntax(
    words: ["evaluate"],
    purpose: "score models on a split, on this machine alone, and compare them",
    operand: Operand(
      name: "MODEL... DATA", count: .anyNumber,
      help:
        "checkpoints, runs' folders or files of predictions (.jsonl, .json), then the sentences "
        + "with gold triples, as JSON Lines"),
    flags: [
      checkpoint, data, ScoringRules.match, ReportStyle.by, rinExact, ReportStyle.json,
      ReportStyle.html, predictions, ReportStyle.errors, ReportStyle.wide, threads, precision,
      ScoringRules.lenientNA, ScoringRules.lengthBuckets, ScoringRules.minScore, constrained,
      pairing, vectors,
    ],
    notes: "Matches: exact compares relation and both entity strings, exact-pos relation and "
      + "spans, partial-last and partial-first relation and the last or first tokens. Runs that "
      + "differ by their seed alone are one system; systems are compared with the first.",
    examples: [
      "tercet evaluate checkpoints/quickstart data/sample/test.jsonl",
      "tercet evaluate best.h5 test.jsonl --by relation --errors 3 --predictions found.jsonl",
      "tercet evaluate runs/a-1 runs/a-2 runs/b-1 runs/b-2 test.jsonl --json report.json",
    ])

  private static let checkpoint = Flag(
    "checkpoint", .required("FILE"), .anyNumber, help: "a MODEL, before those without a flag")
  private static let data = Flag(
    "data", .required("FILE"), help: "the DATA; then every operand is a MODEL")
  private static let rinExact = Flag(
    "rin-exact", .required("RULE"), choices: RINExact.allCases.map(\.rawValue),
    help: "score exact-pos of RIN by spans or by the rule of its authors' program (default: spans)")
  private static let predictions = Flag(
    "predictions", .required("FILE"),
    help: "also write each sentence with its gold and predicted triples to FILE, as JSON Lines")
  private static let threads = Flag(
    "threads", .required("N"), help: "threads to compute with, or 'all' cores (default: 1)")
  private static let precision = Flag(
    "precision", .required("KIND"), choices: Precision.allCases.map(\.rawValue),
    help: "multiply float32 or bfloat16 (default: as trained)")
  private static let constrained = Flag(
    "constrained", help: "never decode tag I after O or at the start (default: as trained)")
  private static let pairing = Flag(
    "pairing", .required("RULE"), choices: Pairing.allCases.map(\.rawValue),
    help: "pair tagged heads and tails by nearest, cartesian, zip or one-to-one (default: as "
      + "trained)")
  private static let vectors = Flag(
    "vectors", .required("FILE"),
    help: "word vectors for words that the model does not know, with model.extraVectors (default: "
      + "such words are unknown)")

  /// Checkpoints, folders of runs or files of predictions, at least one.
  let models: [String]
  /// The split, in JSON Lines.
  let data: String
  /// How triples are scored.
  let rules: ScoringRules
  /// What `exact-pos` means.
  let rinExact: RINExact
  /// What is printed.
  let style: ReportStyle
  /// The file for the report as JSON; `nil` for none.
  let report: String?
  /// The file for the report as a page; `nil` for none.
  let page: String?
  /// The file for predictions; `nil` for none.
  let predictions: String?
  /// Threads to compute with.
  let threads: ThreadCount
  /// The numbers that products multiply; `nil` for those of each checkpoint.
  let precision: Precision?
  /// What differs from training in how the models decode.
  let changes: [DecodingChange]
  /// The file of vectors of words that the models do not know; `nil` for none.
  let vectors: String?
}

extension Evaluate {
  init(_ line: ArgumentLine) throws(UsageError) {
    let rinExact: RINExact = try line.choice(of: Self.rinExact) ?? .spans
    var rules = try ScoringRules(line)
    if rinExact == .authors {
      rules.match = rules.match ?? .exactPosition
      guard rules.match == .exactPosition else {
        throw line.error("--rin-exact authors is a rule of --match exact-pos; leave --match out")
      }
      if let text = rules.contradiction(.exactPosition) { throw line.error(text) }
    }
    let pairing: Pairing? = try line.choice(of: Self.pairing)
    let (models, data) = try Self.sources(line)
    let predictions = line.value(of: Self.predictions)
    if predictions != nil && models.count > 1 {
      throw line.error("--predictions takes those of one MODEL, found \(models.count)")
    }
    self.init(
      models: models, data: data, rules: rules, rinExact: rinExact, style: try ReportStyle(line),
      report: line.value(of: ReportStyle.json), page: line.value(of: ReportStyle.html),
      predictions: predictions,
      threads: try line.threads(of: Self.threads),
      precision: try line.choice(of: Self.precision),
      changes: (line.has(Self.constrained) ? [.constrained] : [])
        + (pairing.map { [.pairing($0)] } ?? []),
      vectors: line.value(of: Self.vectors))
  }

  /// The models and the data among options and operands.
  private static func sources(
    _ line: ArgumentLine
  ) throws(UsageError) -> (models: [String], data: String) {
    var operands = line.operands
    let named = line.values(of: checkpoint)
    guard let data = line.value(of: data) ?? operands.popLast() else {
      throw line.error(
        "\(named.isEmpty ? "MODEL and DATA are" : "DATA is") missing; write tercet evaluate MODEL DATA"
      )
    }
    let models = named + operands
    if models.isEmpty {
      let isModel = !line.has(Self.data) && CheckpointName.isMeant(by: data)
      throw line.error(
        "\(isModel ? "DATA" : "MODEL") is missing beside \(Wording.quoted(data)); "
          + "write tercet evaluate MODEL DATA")
    }
    return (models, data)
  }
}

extension Evaluate {
  func run() throws -> ExitStatus {
    let files = try models.map(CheckpointName.file)
    let outputs = try ScoringOutputs(
      report: report, page: page, predictions: predictions, inputs: [data] + files)
    let sentences = try JSONLines.read(data)
    var systems = ScoredSystems()
    for (model, file) in zip(models, files) {
      if isPredictions(file) {
        let found = try rules.kept(
          try SystemPredictions.read(file, for: sentences, of: data), of: file)
        let options = rules.options(match: .exact)
        let report = Evaluator(options).report(sentences: sentences, predictions: found)
        systems.add(
          SystemRun(source: model, seed: nil, report: report), settings: nil, predictions: found)
        continue
      }
      let loaded = try LoadedModel(file, precision: precision, changes: changes, vectors: vectors)
      let (report, found) = try score(loaded, sentences)
      for note in notes(on: report, of: loaded) {
        Lines.wrapped(note, to: Console.width).forEach(outputs.say)
      }
      try outputs.write(found, for: sentences)
      systems.add(
        SystemRun(
          source: model, seed: loaded.options.seed, tuned: loaded.tuned, report: report),
        settings: loaded.settings, predictions: found,
        configuration: ConfigurationText.yaml(of: loaded.options))
    }
    try outputs.finish(systems, style, of: models[0], on: data, sentences)
    return .success
  }

  private func isPredictions(_ file: String) -> Bool {
    [".jsonl", ".json", ".jsonl.gz", ".json.gz"].contains { file.hasSuffix($0) }
  }

  private func score(
    _ loaded: LoadedModel, _ sentences: [Sentence]
  ) throws -> (EvaluationReport, [Prediction]) {
    let options = try options(for: loaded)
    let split = loaded.encode(sentences)
    warn(loaded, sentences, split.remarks(isTaught: false))
    let predictions = try rules.kept(
      loaded.predictions(split, of: data, threads: threads), of: loaded.path)
    let report = Evaluator(options).report(
      sentences: sentences, predictions: predictions,
      forms: (0..<split.count).map(split.expressible), training: loaded.training)
    return (report, predictions)
  }

  /// The rules for one checkpoint.
  ///
  /// - Throws: `UsageError` where the checkpoint's match mode contradicts `--by`.
  private func options(
    for loaded: LoadedModel
  ) throws -> EvaluationOptions {
    var options = rules.options(match: loaded.options.evaluation.match)
    if let text = rules.contradiction(options.match) {
      throw UsageError(Program.tercet.path(to: Self.syntax.words), text)
    }
    options.rinExact = rinExact
    if rinExact == .authors { options.anchor = try loaded.pairAnchor }
    options.taggedEntities = loaded.taggedEntities
    return options
  }

  /// The rules of a report, and thresholds, that are the checkpoint's and not the program's defaults.
  private func notes(on report: EvaluationReport, of loaded: LoadedModel) -> [String] {
    var notes: [String] = []
    let options = report.options
    if rules.match == nil && options.match != EvaluationOptions().match {
      notes.append(
        "match: \(options.match.rawValue), the checkpoint's evaluation.match; "
          + "--match chooses another")
    }
    if report.tagging != nil && options.taggedEntities != EvaluationOptions().taggedEntities {
      notes.append(
        "tagged entities: \(options.taggedEntities.rawValue), the checkpoint's "
          + "model.taggedEntities")
    }
    if let note = loaded.scoreNote { notes.append(note) }
    if loaded.training == nil {
      notes.append(
        "seen and unseen triples are not told apart: the checkpoint does not keep those of training"
      )
    }
    if !loaded.tunedThresholds.isEmpty {
      notes.append(
        "thresholds: \(Threshold.text(loaded.tunedThresholds)), tuned on the development split; "
          + "configured: \(Threshold.text(loaded.options.model.options.thresholds))")
    }
    return notes
  }

  private func warn(_ loaded: LoadedModel, _ sentences: [Sentence], _ remarks: [String]) {
    let long = sentences.count { $0.tokens.count > loaded.options.data.maximumLength }
    if let warning = loaded.lengthWarning(long, in: data) { Console.error("warning: \(warning)") }
    for remark in remarks { Console.error("warning: \(data): \(remark)") }
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
        "warning: \(data): the model does not know \(Figures.count(relations.count, "relation")) of "
          + "\(Figures.count(unknown.count, "triple")), each of which is a miss")
    }
  }
}
