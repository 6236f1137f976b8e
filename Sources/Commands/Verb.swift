import Configuration

/// One thing that tercet does: its words, what may follow them, its help, and the command it makes.
struct Verb: Sendable {
  /// `train`, or `data` and `convert`.
  let words: [String]
  let purpose: String
  let operand: Operand?
  let flags: [Flag]
  /// What the list of options cannot say.
  var notes: String?
  let examples: [String]
  let command: @Sendable (ArgumentLine) throws(UsageError) -> Command

  var program: String { (["tercet"] + words).joined(separator: " ") }

  /// The command that `arguments`, the words after the verb, ask for.
  func parse(_ arguments: [String]) throws(UsageError) -> Command {
    let flags = flags + [.help]
    let line = try ArgumentLine(arguments, program: program, flags: flags)
    if line.has(.help) { return .show(help) }
    try checkCounts(line, arguments)
    return try command(line)
  }

  private func checkCounts(_ line: ArgumentLine, _ arguments: [String]) throws(UsageError) {
    for flag in flags {
      let count = line.given.count { $0.flag == flag }
      if count == 0 && flag.count.mustBeGiven { throw line.error("\(flag.usage) is missing") }
      if count > 1 && !flag.count.mayRepeat {
        throw line.error("option '--\(flag.name)' is given \(count) times; give it once")
      }
      if line.values(of: flag).contains("") {
        throw line.error("option '--\(flag.name)' has an empty value")
      }
    }
    if let operand, operand.count.mustBeGiven, line.operands.isEmpty {
      throw line.error("\(operand.name) is missing")
    }
    if let operand, line.operands.contains(where: { $0.text.isEmpty }) {
      throw line.error("\(operand.name) is empty")
    }
    let limit = operand.map { $0.count.mayRepeat ? Int.max : 1 } ?? 0
    guard line.operands.count > limit else { return }
    throw line.error(surplus(line.operands[limit], after: arguments))
  }

  private func surplus(_ operand: ArgumentLine.Positional, after arguments: [String]) -> String {
    let before = operand.place > 0 ? arguments[operand.place - 1] : ""
    if let flag = flags.first(where: { before == "--\($0.name)" }), case .optional = flag.value {
      return "unexpected argument \(Wording.quoted(operand.text)); "
        + "as the value of '--\(flag.name)' write '--\(flag.name)=\(operand.text)'"
    }
    return "unexpected argument \(Wording.quoted(operand.text))"
  }

  /// The text of `--help`.
  var help: String {
    let required = flags.filter { $0.count.mustBeGiven }.map { $0.count.usage($0.usage) }
    let operands = operand.map { [$0.count.usage($0.name)] } ?? []
    let optional = required.count == flags.count ? [] : ["[OPTION]..."]
    let usage = ([program] + required + operands + optional).joined(separator: " ")
    var sections = ["\(program): \(purpose)", "Usage: \(usage)"]
    if let operand { sections.append(HelpText.table([(operand.name, operand.help)])) }
    let options = (flags + [.help]).map { ($0.usage, $0.help) }
    sections.append("Options:\n" + HelpText.table(options))
    if let notes { sections.append(HelpText.wrapped(notes).joined(separator: "\n")) }
    sections.append((["Examples:"] + examples.map { "  " + $0 }).joined(separator: "\n"))
    return sections.joined(separator: "\n\n")
  }
}

/// Laying out help for a terminal of 80 columns.
enum HelpText {
  /// Names on the left, what they mean on the right.
  static func table(_ rows: [(name: String, text: String)]) -> String {
    let width = 2 + (rows.map(\.name.count).max() ?? 0)
    return rows.map { name, text in
      let lines = wrapped(text, to: 78 - width)
      let left = "  " + name + String(repeating: " ", count: width - name.count)
      let indent = "\n" + String(repeating: " ", count: width + 2)
      return left + lines.joined(separator: indent)
    }.joined(separator: "\n")
  }

  /// The lines of `text`, each at most `width` characters unless a word is longer.
  static func wrapped(_ text: String, to width: Int = 80) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if line.count + 1 + word.count <= width {
        lines[lines.count - 1] = line + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
