import Commands
import Configuration
import Corpora
import Glibc
import Models
import Tensors

/// `tercet extract --checkpoint FILE [FILE]`: prints the triples that a model finds in sentences, as they come.
struct Extract: Verb {
  static let syntax = VerbSyntax(
    words: ["extract"],
    purpose: "print the triples that a checkpoint's model finds in sentences",
    operand: Operand(
      name: "MODEL [FILE]", count: .anyNumber,
      help: "a checkpoint or a run's folder, then sentences, one a line, as text or as JSON with "
        + "'tokens' or 'text' (default: standard input, or '-')"),
    flags: [checkpoint, tokenized, json, minScore, skipBad, threads, precision, vectors],
    notes: "Text is cut into tokens as the model's corpus was. Each line of input gives a block of "
      + "lines, head, relation and tail between tabs, and an empty line; an empty line gives an "
      + "empty block. Sentences go out as they come in.",
    examples: [
      "echo \"Peter Stöger is manager of 1. FC Köln.\" | tercet extract best.h5",
      "tercet extract checkpoints/quickstart --json sentences.txt > found.jsonl",
    ])

  private static let checkpoint = Flag(
    "checkpoint", .required("FILE"), help: "the MODEL; then the only operand is FILE")
  private static let tokenized = Flag(
    "tokenized", help: "text has blanks between its tokens (default: cut it as the corpus was)")
  private static let json = Flag(
    "json",
    help: "print a corpus line of JSON a sentence, with entities and scores (default: text)")
  private static let minScore = Flag(
    "min-score", .required("P"),
    help: "leave out triples that are right with a probability below P (default: none)")
  private static let skipBad = Flag(
    "skip-bad", help: "pass over lines that are no sentence, and count them (default: stop there)")
  private static let threads = Flag(
    "threads", .required("N"), help: "threads to compute with (default: all cores)")
  private static let precision = Flag(
    "precision", .required("KIND"), choices: Precision.allCases.map(\.rawValue),
    help: "multiply float32 or bfloat16 (default: as trained)")
  private static let vectors = Flag(
    "vectors", .required("FILE"),
    help: "word vectors for words that the model does not know, with model.extraVectors (default: "
      + "such words are unknown)")

  /// The checkpoint of the model to use.
  let checkpoint: String
  /// The file of sentences; `nil` for standard input.
  let input: String?
  /// Whether blanks part the tokens of text, however the model's corpus was cut.
  let isTokenized: Bool
  /// Whether to print JSON Lines in place of text.
  let printsJSON: Bool
  /// The least score of a triple that is printed; `nil` for all.
  let minScore: Float?
  /// Whether to go on after a line that is no sentence.
  let skipsBad: Bool
  /// Threads to compute with.
  let threads: ThreadCount
  /// The numbers that products multiply; `nil` for those of the checkpoint.
  let precision: Precision?
  /// The file of vectors of words that the model does not know; `nil` for none.
  let vectors: String?
}

extension Extract {
  init(_ line: ArgumentLine) throws(UsageError) {
    var operands = line.operands[...]
    guard let checkpoint = line.value(of: Self.checkpoint) ?? operands.popFirst() else {
      throw line.error("MODEL is missing; write tercet extract MODEL [FILE]")
    }
    let operand = operands.popFirst()
    if let surplus = operands.first {
      throw line.error("unexpected argument \(Wording.quoted(surplus)); one FILE is read")
    }
    self.init(
      checkpoint: checkpoint, input: operand == "-" ? nil : operand,
      isTokenized: line.has(Self.tokenized), printsJSON: line.has(Self.json),
      minScore: try line.probability(of: Self.minScore), skipsBad: line.has(Self.skipBad),
      threads: try line.threads(of: Self.threads, default: .all),
      precision: try line.choice(of: Self.precision), vectors: line.value(of: Self.vectors))
  }

  func run() throws -> ExitStatus {
    try refuseOwnOutput()
    let loaded = try LoadedModel(
      try CheckpointName.file(checkpoint), precision: precision, vectors: vectors, readsStream: true
    )
    let tokenization = isTokenized ? .blanks : loaded.tokenization
    var reader = try SentenceReader(input, tokenization: tokenization) { [isTokenized] in
      isTokenized ? tokenization.tokens(of: $0) : loaded.tokens(of: $0)
    }
    var extraction = Extraction(
      of: loaded, threads: threads.count, printsJSON: printsJSON, minScore: minScore)
    if input == nil && isatty(STDIN_FILENO) == 1 {
      Console.error("reading sentences from this terminal, one a line; Ctrl-D ends them")
    }
    // What came before a fault is answered before the fault is named.
    do {
      try extract(&reader, by: &extraction)
    } catch {
      extraction.answer()
      throw error
    }
    for line in reader.badReport + extraction.report(on: input ?? "standard input") {
      Console.error(line)
    }
    return .success
  }

  private func extract(
    _ reader: inout SentenceReader, by extraction: inout Extraction
  ) throws {
    while let line = try reader.next() {
      if case .bad(let error) = line, !skipsBad { throw error }
      extraction.add(line)
      if try extraction.isFull || reader.wouldWait() { extraction.answer() }
    }
    extraction.answer()
  }

  /// Refuses to read what it writes, which would have no end.
  private func refuseOwnOutput() throws {
    let file = input.map { FileIdentity($0) } ?? FileIdentity(descriptor: STDIN_FILENO)
    guard let file, file == FileIdentity(descriptor: STDOUT_FILENO) else { return }
    throw Failure(
      description: "\(input ?? "standard input"): is standard output too; name another file")
  }
}
