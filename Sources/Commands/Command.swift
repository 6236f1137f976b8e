import Configuration

/// What a command line asks for.
public enum Command: Hashable, Sendable {
  case train(TrainArguments)
  case evaluate(EvaluateArguments)
  case extract(ExtractArguments)
  case inspect(InspectArguments)
  case convert(ConvertArguments)
  case synthesize(SynthesizeArguments)
  case statistics(StatisticsArguments)
  /// Print this text on standard output and end well: help, or the version.
  case show(String)

  /// The name and version that `--version` prints and a checkpoint may keep.
  public static let version = "tercet 0.1.0"

  /// The only list of verbs: dispatch, help and suggestions come from it.
  static let verbs: [Verb] = [
    TrainArguments.verb, EvaluateArguments.verb, ExtractArguments.verb, InspectArguments.verb,
    ConvertArguments.verb, SynthesizeArguments.verb, StatisticsArguments.verb,
  ]

  /// What the verbs that begin with the same words have in common.
  static let groups: [[String]: String] = [
    []: "joint extraction of entities and relations, trained data-parallel over MPI",
    ["data"]: "make, convert and measure corpora",
  ]

  /// Reads a command line; neither prints nor ends the process.
  ///
  /// - Parameter arguments: the words after the program's name.
  /// - Throws: `UsageError` where they ask for nothing that tercet can do.
  public static func parse(_ arguments: [String]) throws(UsageError) -> Command {
    try parse(arguments[...], after: [])
  }

  private static func parse(
    _ arguments: ArraySlice<String>, after words: [String]
  ) throws(UsageError) -> Command {
    let program = (["tercet"] + words).joined(separator: " ")
    let next = nextWords(after: words)
    guard let word = arguments.first else {
      throw UsageError(program, "a verb is missing: \(next.joined(separator: ", "))")
    }
    if word == "--help" { return .show(overview(of: words)) }
    if word == "--version" && words.isEmpty { return .show(version) }
    let reached = words + [word]
    if let verb = verbs.first(where: { $0.words == reached }) {
      return try verb.parse(Array(arguments.dropFirst()))
    }
    if next.contains(word) { return try parse(arguments.dropFirst(), after: reached) }
    if word.hasPrefix("-") {
      throw UsageError(program, "unknown option \(Wording.quoted(word))")
    }
    let nearest = Wording.nearest(to: word, among: next)
    let hint = nearest.map { "did you mean '\($0)'?" } ?? "verbs: \(next.joined(separator: ", "))"
    throw UsageError(program, "unknown verb \(Wording.quoted(word)); \(hint)")
  }

  /// The words that can follow `words`, each once, in the order of the verbs.
  private static func nextWords(after words: [String]) -> [String] {
    var next: [String] = []
    for verb in verbs where verb.words.starts(with: words) && verb.words.count > words.count {
      let word = verb.words[words.count]
      if !next.contains(word) { next.append(word) }
    }
    return next
  }

  private static func overview(of words: [String]) -> String {
    let program = (["tercet"] + words).joined(separator: " ")
    let listed = verbs.filter { $0.words.starts(with: words) }
    let names = listed.map { ($0.words.dropFirst(words.count).joined(separator: " "), $0.purpose) }
    var sections = [
      "\(program): \(groups[words] ?? "")",
      "Usage: \(program) VERB [ARGUMENT]...",
      "Verbs:\n" + HelpText.table(names),
      "'\(program) VERB --help' says more about a verb.",
    ]
    if words.isEmpty {
      sections[1] += "\n       tercet --help | --version"
      let examples = listed.compactMap(\.examples.first)
      sections.append((["Examples:"] + examples.map { "  " + $0 }).joined(separator: "\n"))
    }
    return sections.joined(separator: "\n\n")
  }
}
