import Configuration

/// A program as its command line shows it; dispatch, help and suggestions come from the list of verbs.
package struct Program: Sendable {
  /// What a command line asks for.
  package enum Request: Sendable {
    /// Print this text on standard output and end well: help, or the version.
    case show(String)
    /// Run this verb.
    case run(any Verb)
  }

  /// The word that starts it.
  package let name: String
  /// The version without the name.
  package let version: String
  /// The list of verbs, in the order of the help.
  package let verbs: [any Verb.Type]
  /// What the program does, in one clause.
  let purpose: String
  /// What the verbs that begin with the same words have in common.
  private let groups: [[String]: String]

  /// Describes a program.
  ///
  /// - Parameter groups: for the first words that several verbs share, a clause for all of them.
  package init(
    name: String, version: String, purpose: String, groups: [[String]: String],
    verbs: [any Verb.Type]
  ) {
    self.name = name
    self.version = version
    self.purpose = purpose
    self.groups = groups
    self.verbs = verbs
  }

  /// The name and version that `--version` prints.
  package var title: String { "\(name) \(version)" }

  /// The program's name and the words of a verb, as messages begin.
  package func path(to words: [String]) -> String { ([name] + words).joined(separator: " ") }

  /// Runs the verb of a command line, or prints the text that it asks for.
  ///
  /// - Parameter arguments: the words after the program's name.
  package func run(_ arguments: [String]) throws -> ExitStatus {
    switch try request(of: arguments) {
    case .show(let text):
      Console.line(text)
      return .success
    case .run(let verb): return try verb.run()
    }
  }

  /// Reads a command line; neither prints nor ends the process.
  ///
  /// - Parameter arguments: the words after the program's name.
  /// - Throws: `UsageError` where they ask for nothing that the program can do.
  package func request(of arguments: [String]) throws(UsageError) -> Request {
    try request(of: arguments[...], after: [])
  }

  private func request(
    of arguments: ArraySlice<String>, after words: [String]
  ) throws(UsageError) -> Request {
    guard let word = arguments.first, word != "--help", word != "-h" else {
      return .show(overview(of: words))
    }
    if words.isEmpty {
      if word == "--version" { return .show(title) }
      if word == "help" { return .show(try help(arguments.dropFirst(), after: [])) }
    }
    let reached = words + [word]
    if let verb = verbs.first(where: { $0.syntax.words == reached }) {
      return try verb.request(Array(arguments.dropFirst()), program: path(to: reached))
    }
    guard nextWords(after: words).contains(word) else { throw unknown(word, after: words) }
    return try request(of: arguments.dropFirst(), after: reached)
  }

  /// What `help` followed by a verb's words shows.
  private func help(
    _ arguments: ArraySlice<String>, after words: [String]
  ) throws(UsageError) -> String {
    let verb = verbs.first { $0.syntax.words == words }
    guard let word = arguments.first, word != "--help", word != "-h" else {
      return verb?.syntax.help(path(to: words)) ?? overview(of: words)
    }
    if words.isEmpty, let text = topic(word) {
      if let next = arguments.dropFirst().first, !["--help", "-h"].contains(next) {
        throw unknown(next, after: ["help", word])
      }
      return text
    }
    guard nextWords(after: words).contains(word) else { throw unknown(word, after: words) }
    return try help(arguments.dropFirst(), after: words + [word])
  }

  /// What `help` shows for a word that is no verb's.
  private func topic(_ word: String) -> String? {
    switch word {
    case "help": overview(of: [])
    case "exit": exitHelp
    case "--man": Manual(of: self).text
    default: nil
    }
  }

  /// An error about a word that follows no `words`.
  private func unknown(_ word: String, after words: [String]) -> UsageError {
    let next = nextWords(after: words)
    if word.hasPrefix("-") || next.isEmpty {
      let kind = next.isEmpty ? "unexpected argument" : "unknown option"
      return UsageError(path(to: words), "\(kind) \(Wording.quoted(word))")
    }
    let nearest = Wording.nearest(to: word, among: words.isEmpty ? next + ["help"] : next)
    let hint = nearest.map { "did you mean '\($0)'?" } ?? "verbs: \(next.joined(separator: ", "))"
    return UsageError(path(to: words), "unknown verb \(Wording.quoted(word)); \(hint)")
  }

  /// The words that can follow `words`, each once, in the order of the verbs.
  func nextWords(after words: [String]) -> [String] {
    var next: [String] = []
    for verb in verbs {
      let known = verb.syntax.words
      guard known.starts(with: words) && known.count > words.count else { continue }
      let word = known[words.count]
      if !next.contains(word) { next.append(word) }
    }
    return next
  }

  /// The help of the program, or of a group of verbs.
  private func overview(of words: [String]) -> String {
    guard let purpose = words.isEmpty ? purpose : groups[words] else {
      preconditionFailure("the verbs '\(words.joined(separator: " "))' have no purpose in common")
    }
    let program = path(to: words)
    let listed = verbs.map { $0.syntax }.filter { $0.words.starts(with: words) }
    let names = listed.map { ($0.words.dropFirst(words.count).joined(separator: " "), $0.purpose) }
    var sections = [
      HelpText.paragraph("\(program): \(purpose)"),
      HelpText.paragraph(
        "Usage: \(program) VERB [ARGUMENT]..."
          + (words.isEmpty ? " | help [VERB|exit|--man] | --help | --version" : ""), indent: 7),
      "Verbs:\n" + HelpText.table(names),
      HelpText.paragraph(
        "'\(path(to: ["help"] + words)) VERB' and '\(program) VERB --help' say more about a verb."),
    ]
    if words.isEmpty {
      sections.append(
        HelpText.paragraph(
          "'\(program) help exit' lists exit statuses, '\(program) help --man' prints the manual "
            + "page."))
      let examples = listed.compactMap(\.examples.first)
      sections.append((["Examples:"] + examples.map { "  " + $0 }).joined(separator: "\n"))
    }
    return sections.joined(separator: "\n\n")
  }
}
