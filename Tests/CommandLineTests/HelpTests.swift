import Commands
import Testing

@testable import tercet

/// The text that a command line shows.
func shown(_ arguments: [String]) throws -> String {
  guard case .show(let text) = try Program.tercet.request(of: arguments) else {
    Issue.record("\(arguments) shows no text")
    return ""
  }
  return text
}

@Suite("help")
struct HelpTests {
  private static let syntaxes = Program.tercet.verbs.map { $0.syntax }

  private func help(_ words: [String]) throws -> String { try shown(words + ["--help"]) }

  @Test("every verb says purpose, usage, every option and an example or more")
  func verbs() throws {
    let overview = try help([])
    for verb in Self.syntaxes {
      let text = try help(verb.words)
      let program = "tercet " + verb.words.joined(separator: " ")
      let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(words.hasPrefix("\(program): \(verb.purpose) Usage: \(program)"))
      for flag in verb.flags { #expect(text.contains("\n  \(flag.usage) ")) }
      #expect(verb.examples.count >= 2)
      for example in verb.examples { #expect(text.contains("\n  " + example)) }
      #expect(overview.contains("\n  " + verb.words.joined(separator: " ")))
    }
    #expect(try help(["data"]).hasPrefix("tercet data: make, convert, check and measure corpora\n"))
  }

  @Test("every example is a good command line, continued lines joined")
  func examples() throws {
    for verb in Self.syntaxes {
      let lines = verb.examples.joined(separator: "\n").replacing("\\\n", with: "")
      for line in lines.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        let start = try #require(words.lastIndex(of: "tercet"))
        let arguments = words[(start + 1)...].prefix { $0 != ">" }
        let request = try Program.tercet.request(of: Array(arguments))
        if case .show = request { Issue.record("\(line) shows text") }
      }
    }
  }

  @Test("options and notes fit 80 columns")
  func width() throws {
    for verb in Self.syntaxes {
      let text = try help(verb.words)
      let body = text.split(separator: "\n").drop { !$0.hasPrefix("Options:") }
      for line in body.prefix(while: { $0 != "Examples:" }) { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test(
    "every way to ask for help shows the same",
    arguments: [
      ("--help", ["", "-h", "help", "help --help", "help -h", "help help", "help help --help"]),
      ("data --help", ["data", "data -h", "help data", "help data -h"]),
      ("train --help", ["train -h", "help train", "train c -h", "help train --help"]),
      ("data stats --help", ["data stats -h", "help data stats"]),
    ])
  func forms(line: String, others: [String]) throws {
    let expected = try shown(line.split(separator: " ").map(String.init))
    for other in others {
      #expect(try shown(other.split(separator: " ").map(String.init)) == expected, "\(other)")
    }
  }

  @Test(
    "the line of usage has every operand once, as often as it may stand",
    arguments: [
      ("score", "GOLD PREDICTIONS..."), ("evaluate", "MODEL... DATA"), ("extract", "MODEL [FILE]"),
      ("log", "RUN..."), ("doctor", "[DIR]"), ("inspect", "MODEL"),
    ])
  func usage(verb: String, operands: String) throws {
    let line = try #require(
      help([verb]).split(separator: "\n").first { $0.hasPrefix("Usage: ") })
    let options = verb == "inspect" ? "" : " [OPTION]..."
    #expect(line == "Usage: tercet \(verb) \(operands)\(options)")
  }

  @Test("the default of --match is the checkpoint's where one is read")
  func match() throws {
    for (verb, meaning) in [
      ("score", "exact"), ("evaluate", "the checkpoint's evaluation.match, else exact"),
    ] {
      let words = try help([verb]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(words.contains("partial-first (default: \(meaning))"))
    }
  }

  @Test("help is given wherever it is asked for, before other mistakes are named")
  func helpFirst() throws {
    #expect(try shown(["train", "a", "b", "--help"]) == help(["train"]))
    #expect(try shown(["train", "--help", "--foo"]) == help(["train"]))
  }
}
