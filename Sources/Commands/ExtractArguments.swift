/// `tercet extract --checkpoint FILE [FILE]`.
public struct ExtractArguments: Hashable, Sendable {
  /// How triples are printed.
  public enum Output: Hashable, Sendable {
    case text
    case jsonLines
  }

  /// The checkpoint of the model to use.
  public let checkpoint: String
  /// The file of sentences; `nil` for standard input.
  public let input: String?
  /// Threads to compute with.
  public let threads: ThreadCount
  /// What products multiply; `nil` for what the model was trained with.
  public let precision: PrecisionChoice?
  /// How triples are printed.
  public let output: Output
}

extension ExtractArguments {
  static let verb = Verb(
    words: ["extract"],
    purpose: "print the triples that a checkpoint's model finds in sentences",
    operand: Operand(
      name: "FILE", count: .upToOnce,
      help: "sentences, one a line, tokens between blanks (default: standard input)"),
    flags: [checkpoint, threads, precision, json],
    examples: [
      "echo \"Peter Stöger is manager of 1 . FC Köln .\" | "
        + "tercet extract --checkpoint best.h5",
      "tercet extract --checkpoint best.h5 --threads all --json sentences.txt",
    ]
  ) { line throws(UsageError) in .extract(try ExtractArguments(line)) }

  private static let checkpoint = Flag(
    "checkpoint", .required("FILE"), .once, help: "checkpoint of the model to use")
  private static let threads = Flag(
    "threads", .required("N"), help: "threads to compute with, or 'all' cores (default: 1)")
  private static let precision = Flag(
    "precision", .required("KIND"),
    help: "multiply float32 or bfloat16 (default: as trained)")
  private static let json = Flag(
    "json", help: "print one JSON object a sentence (default: text)")

  init(_ line: ArgumentLine) throws(UsageError) {
    checkpoint = line.requiredValue(of: Self.checkpoint)
    input = line.operands.first?.text
    threads = try line.threads(of: Self.threads)
    precision = try line.choice(of: Self.precision)
    output = line.has(Self.json) ? .jsonLines : .text
  }
}
