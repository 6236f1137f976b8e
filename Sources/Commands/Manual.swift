/// A program's page for `man`, in the language of man(7), made of the table that help is made of.
struct Manual {
  private let program: Program

  init(of program: Program) { self.program = program }

  /// The page, without the last line break.
  var text: String {
    let verbs = program.verbs.flatMap { section(of: $0.syntax) }
    return (heading + verbs + statuses).joined(separator: "\n")
  }

  private var heading: [String] {
    let name = Self.text(program.name)
    return [
      ".\\\" -*- coding: UTF-8 -*-",
      ".TH \(program.name.uppercased()) 1 \"\" \"\(Self.text(program.title))\" \"User Commands\"",
      ".SH NAME", "\(name) \\- \(Self.text(program.purpose))",
      ".SH SYNOPSIS", "\\fB\(name)\\fR \\fIVERB\\fR [\\fIARGUMENT\\fR]...", ".br",
      "\\fB\(name) help\\fR [\\fIVERB\\fR]", ".SH VERBS",
    ]
  }

  private func section(of verb: VerbSyntax) -> [String] {
    let path = program.path(to: verb.words)
    var lines = [".SS \(Self.text(path))", Self.sentence(verb.purpose)]
    lines += [".PP", Self.text(verb.usage(path))]
    if let operand = verb.operand {
      lines += [".TP", "\\fI\(Self.text(operand.name))\\fR", Self.text(operand.help)]
    }
    for flag in verb.flags + [.help] { lines += [".TP", Self.name(flag), Self.text(flag.help)] }
    if let notes = verb.notes { lines += [".PP", Self.text(notes)] }
    let examples = verb.examples.joined(separator: "\n").split(separator: "\n")
    return lines + [".PP", "Examples:", ".PP", ".RS 4", ".nf"]
      + examples.map { Self.text(String($0)) } + [".fi", ".RE"]
  }

  private var statuses: [String] {
    [".SH EXIT STATUS"]
      + program.exitStatuses.flatMap { name, text in
        [".TP", "\\fB\(Self.text(name))\\fR", Self.text(text)]
      }
  }

  private static func name(_ flag: Flag) -> String {
    let letter = flag.letter.map { "\\fB\\-\($0)\\fR, " } ?? ""
    let names = letter + "\\fB\\-\\-\(text(flag.name))\\fR"
    return switch flag.value {
    case .none: names
    case .required(let value): "\(names) \\fI\(text(value))\\fR"
    case .optional(let value): "\(names)[=\\fI\(text(value))\\fR]"
    }
  }

  /// A clause with a capital and a full stop.
  private static func sentence(_ clause: String) -> String {
    text(clause.prefix(1).uppercased() + clause.dropFirst() + ".")
  }

  /// Text as it is to be read: no character of it is a command.
  private static func text(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("'", with: "\\(aq").replacing("`", with: "\\(ga").replacing("~", with: "\\(ti")
      .replacing("^", with: "\\(ha")
    return plain.hasPrefix(".") ? "\\&" + plain : plain
  }
}
