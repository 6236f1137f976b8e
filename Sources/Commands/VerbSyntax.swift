import Configuration

/// How a verb is written, and what its help says.
package struct VerbSyntax: Sendable {
  /// The words that name it: `train`, or `data` and `convert`.
  package let words: [String]
  /// What it does, in one clause.
  package let purpose: String
  /// The arguments without a name, if it takes any.
  package let operand: Operand?
  /// Its options, in the order of the help; `--help` is every verb's.
  package let flags: [Flag]
  /// What the list of options cannot say.
  package let notes: String?
  /// Good command lines, the most useful one first; the program's help repeats that one.
  package let examples: [String]

  /// Describes a verb.
  package init(
    words: [String], purpose: String, operand: Operand? = nil, flags: [Flag] = [],
    notes: String? = nil, examples: [String]
  ) {
    self.words = words
    self.purpose = purpose
    self.operand = operand
    self.flags = flags
    self.notes = notes
    self.examples = examples
  }

  /// Refuses options and operands that stand too often, not at all, or empty.
  ///
  /// - Parameter arguments: the words that `line` was made of.
  func check(_ line: ArgumentLine, _ arguments: [String]) throws(UsageError) {
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
      throw line.error(operand.absence)
    }
    if let operand, line.operands.contains("") { throw line.error("\(operand.name) is empty") }
    let limit = operand.map { $0.count.mayRepeat ? Int.max : 1 } ?? 0
    guard line.operands.count > limit else { return }
    throw line.error(surplus(line.positionals[limit], after: arguments))
  }

  private func surplus(_ operand: ArgumentLine.Positional, after arguments: [String]) -> String {
    let before = operand.place > 0 ? arguments[operand.place - 1] : ""
    if let flag = flags.first(where: { before == "--\($0.name)" }), case .optional = flag.value {
      return "unexpected argument \(Wording.quoted(operand.text)); "
        + "as the value of '--\(flag.name)' write '--\(flag.name)=\(operand.text)'"
    }
    return "unexpected argument \(Wording.quoted(operand.text))"
  }

  /// A line of usage: `tercet data stats PATH...`.
  ///
  /// - Parameter program: the program's name and the verb's words.
  func usage(_ program: String) -> String {
    let required = flags.filter { $0.count.mustBeGiven }.map { $0.count.usage($0.usage) }
    let operands = operand.map { [$0.usage] } ?? []
    let optional = required.count == flags.count ? [] : ["[OPTION]..."]
    return ([program] + required + operands + optional).joined(separator: " ")
  }

  /// The text of `--help`.
  ///
  /// - Parameter program: the program's name and the verb's words.
  package func help(_ program: String) -> String {
    var sections = [HelpText.paragraph("\(program): \(purpose)")]
    sections.append(HelpText.paragraph("Usage: \(usage(program))", indent: 7))
    if let operand { sections.append(HelpText.table([(operand.name, operand.help)])) }
    let options = (flags + [.help]).map { ($0.usage, $0.help) }
    sections.append("Options:\n" + HelpText.table(options))
    if let notes { sections.append(HelpText.paragraph(notes)) }
    sections.append((["Examples:"] + examples.map { "  " + $0 }).joined(separator: "\n"))
    return sections.joined(separator: "\n\n")
  }
}
