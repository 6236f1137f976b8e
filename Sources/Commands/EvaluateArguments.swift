/// `tercet evaluate --checkpoint FILE --data FILE`.
public struct EvaluateArguments: Hashable, Sendable {
  /// When a predicted triple counts as a gold one.
  public enum Match: String, CaseIterable, Sendable {
    /// Relation and both entity strings.
    case exact
    /// Relation and both entity spans.
    case exactPositions = "exact-pos"
    /// Relation and the last token of both entities.
    case partialLast = "partial-last"
    /// Relation and the first token of both entities.
    case partialFirst = "partial-first"
  }

  /// What of a token a partial match compares.
  public enum TokenKey: String, CaseIterable, Sendable {
    case position
    case string
  }

  /// What the scores by entity length are counted over.
  public enum LengthBuckets: String, CaseIterable, Sendable {
    case triple
    case sentence
  }

  /// What becomes of a predicted triple of which only some parts are NA.
  public enum PartlyNA: Hashable, Sendable {
    case countedAsWrong
    case dropped
  }

  /// How the tagger's best path is found.
  public enum TagDecoding: Hashable, Sendable {
    case free
    /// Without I after O or at the start.
    case constrained
  }

  /// At least one; of several, mean and deviation are reported.
  public let checkpoints: [String]
  /// The split, in the internal JSON Lines format.
  public let data: String
  /// The match that the headline scores use.
  public let match: Match
  /// What partial matches compare.
  public let tokenKey: TokenKey
  /// The file for the report as JSON; `nil` for none.
  public let report: String?
  /// Threads to compute with.
  public let threads: ThreadCount
  /// What products multiply; `nil` for what the model was trained with.
  public let precision: PrecisionChoice?
  /// What becomes of partly-NA triples.
  public let partlyNA: PartlyNA
  /// What scores by entity length are counted over.
  public let lengthBuckets: LengthBuckets
  /// How tags are decoded.
  public let tagDecoding: TagDecoding
}

extension EvaluateArguments {
  static let verb = Verb(
    words: ["evaluate"],
    purpose: "score checkpoints on a split, on this machine alone",
    operand: nil,
    flags: [
      checkpoint, data, match, by, json, threads, precision, lenientNA, lengthBuckets, constrained,
    ],
    notes: "Matches: exact compares relation and both entity strings, exact-pos relation and "
      + "spans, partial-last and partial-first relation and the last or first tokens.",
    examples: [
      "tercet evaluate --checkpoint checkpoints/quickstart/best.h5 --data data/sample/test.jsonl",
      "tercet evaluate --checkpoint best.h5 --data test.jsonl --match partial-last --by string",
      "tercet evaluate --checkpoint a.h5 --checkpoint b.h5 --data test.jsonl --json report.json",
    ]
  ) { line throws(UsageError) in .evaluate(try EvaluateArguments(line)) }

  private static let checkpoint = Flag(
    "checkpoint", .required("FILE"), .atLeastOnce,
    help: "checkpoint to score; of several, mean and deviation are printed")
  private static let data = Flag(
    "data", .required("FILE"), .once, help: "sentences with gold triples, as JSON Lines")
  private static let match = Flag(
    "match", .required("MATCH"),
    help: "exact, exact-pos, partial-last or partial-first (default: exact)")
  private static let by = Flag(
    "by", .required("KEY"),
    help: "compare tokens of a partial match by position or by string (default: position)")
  private static let json = Flag(
    "json", .required("FILE"), help: "also write the report to FILE as JSON")
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

  init(_ line: ArgumentLine) throws(UsageError) {
    checkpoints = line.values(of: Self.checkpoint)
    data = line.requiredValue(of: Self.data)
    match = try line.choice(of: Self.match) ?? .exact
    let key: TokenKey? = try line.choice(of: Self.by)
    switch (match, key) {
    case (.exact, .position):
      throw line.error("match 'exact' compares strings; for positions give --match exact-pos")
    case (.exactPositions, .string):
      throw line.error("match 'exact-pos' compares positions; for strings give --match exact")
    default: tokenKey = key ?? .position
    }
    report = line.value(of: Self.json)
    threads = try line.threads(of: Self.threads)
    precision = try line.choice(of: Self.precision)
    partlyNA = line.has(Self.lenientNA) ? .dropped : .countedAsWrong
    lengthBuckets = try line.choice(of: Self.lengthBuckets) ?? .triple
    tagDecoding = line.has(Self.constrained) ? .constrained : .free
  }
}
