/// What bash offers where a program's command line goes on, made of the table that help is made of.
package struct BashCompletion {
  private let program: Program

  /// The completion of a program's command lines.
  package init(of program: Program) { self.program = program }

  /// A script for bash to read; it needs nothing but bash 4.
  package var script: String {
    let groups = Set(program.verbs.map { Array($0.syntax.words.dropLast()) }).subtracting([[]])
      .sorted { $0.joined(separator: " ") < $1.joined(separator: " ") }
    let cases =
      [overview] + groups.map { branch([$0, ["help"] + $0], program.nextWords(after: $0)) }
      + program.verbs.map { branch(of: $0.syntax) }
    return Self.beginning(program.title) + cases.joined(separator: "\n") + Self.end(program.name)
  }

  private var overview: String {
    let first = program.nextWords(after: [])
    return branch([[]], first + ["help", "--help", "--version"]) + "\n"
      + branch([["help"]], first + ["exit", "--man"])
  }

  /// What follows some words of which the last is not a verb's.
  private func branch(_ before: [[String]], _ next: [String]) -> String {
    let patterns = before.map { "'\(($0 + [""]).joined(separator: " "))'" }
    let offer = "offer=(-W '\(next.joined(separator: " "))')"
    return "    \(patterns.joined(separator: " | "))) \(offer) ;;"
  }

  private func branch(of verb: VerbSyntax) -> String {
    let flags = (verb.flags + [.help]).map { "--\($0.name)" }.joined(separator: " ")
    let operand = verb.operand.map { Self.offer($0.choices, $0.name, names: true) } ?? "()"
    let cases =
      Self.cases(of: verb.flags) + ["=*) offer=()", "*) offer=\(operand) value=''"]
    return """
          '\((verb.words + [""]).joined(separator: " "))'*)
            flags='\(flags)' value=yes
            case $joined$flag in
      \(cases.map { "        \($0) ;;" }.joined(separator: "\n"))
            esac ;;
      """
  }

  /// The cases of the values of flags, one for all flags whose values are alike.
  private static func cases(of flags: [Flag]) -> [String] {
    let values = flags.compactMap(value)
    let offers = values.map(\.offer).enumerated()
      .filter { values[..<$0].map(\.offer).contains($1) == false }.map(\.element)
    return offers.map { offer in
      let patterns = values.filter { $0.offer == offer }.map(\.pattern).joined(separator: " | ")
      return "\(patterns)) offer=\(offer)"
    }
  }

  /// The words behind which a flag's value stands, and the value's offer; `nil` where none can follow.
  private static func value(_ flag: Flag) -> (pattern: String, offer: String)? {
    switch flag.value {
    case .none: nil
    case .required(let name):
      ("--\(flag.name) | =--\(flag.name)", offer(flag.choices, name, names: false))
    case .optional(let name): ("=--\(flag.name)", offer(flag.choices, name, names: false))
    }
  }

  /// What `compgen` is told: words, or the names of files or folders, or nothing, where no list holds the value.
  ///
  /// - Parameter names: whether a value of any other name is a file's.
  private static func offer(_ choices: [String], _ name: String, names: Bool) -> String {
    if !choices.isEmpty { return "(-W '\(choices.joined(separator: " "))')" }
    if name == "DIR" { return "(-d)" }
    return names || fileNames.contains(name) ? "(-f)" : "()"
  }

  /// The words by which help calls files.
  private static let fileNames: Set = ["FILE", "PATH", "MODEL", "CONFIG"]

  /// bash parts `--flag=VALUE` at its `=`, which `joined` remembers.
  private static func beginning(_ title: String) -> String {
    """
    # bash completion of \(title), as 'completion bash' prints it.
    _tercet_complete() {
      local IFS=$' \\t\\n' word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD - 1]}
      local before="${COMP_WORDS[*]:1:COMP_CWORD - 1}" joined='' flags='' value=yes offer=()
      if [[ $word == = ]]; then
        word='' joined='='
      elif [[ $flag == = ]]; then
        flag=${COMP_WORDS[COMP_CWORD - 2]} joined='='
      fi
      case ${before:+"$before "} in

    """
  }

  private static func end(_ name: String) -> String {
    """

      esac
      [[ $value || $word != -* ]] || offer=(-W "$flags")
      COMPREPLY=()
      ((${#offer[@]})) || return 0
      [[ ${offer[0]} == -W ]] || compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen "${offer[@]}" -- "$word")
    }
    complete -F _tercet_complete \(name)
    """
  }
}
