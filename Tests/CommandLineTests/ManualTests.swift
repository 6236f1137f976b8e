import Commands
import Foundation
import TestSupport
import Testing

@testable import tercet

private let groff = "/usr/bin/groff"
private let hasGroff = FileManager.default.isExecutableFile(atPath: groff)

/// The words of a text with a blank between them.
private func words(_ text: some StringProtocol) -> String {
  text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

@Suite("the manual page", .enabled(if: hasGroff, "no groff in /usr/bin; install groff-base"))
struct ManualTests {
  /// The page as a terminal shows it.
  private func page() throws -> String {
    let result = try runProcess(
      groff, ["-man", "-Tutf8", "-k", "-ww", "-rLL=200n", "-rHY=0", "-P-cbou"],
      input: try shown(["help", "--man"]) + "\n")
    #expect(result.status == 0 && result.stderr.isEmpty, "\(result.stderr)")
    return result.stdout
  }

  @Test("every verb has a section with all that its help says; groff has no warning")
  func verbs() throws {
    let page = try page()
    let parts = page.split(separator: "\n   tercet ").dropFirst()
    let verbs = Program.tercet.verbs.map { $0.syntax }
    #expect(parts.count == verbs.count)
    for (part, verb) in zip(parts, verbs) {
      let text = words(part)
      #expect(text.hasPrefix(verb.words.joined(separator: " ") + " "))
      for flag in verb.flags {
        #expect(text.contains(" \(flag.usage) "), "\(verb.words): \(flag.usage)")
      }
      for text in try shown(verb.words + ["--help"]).split(separator: "\n\n").suffix(1) {
        for line in text.split(separator: "\n").dropFirst() {
          #expect(words(part).contains(words(line)), "\(line)")
        }
      }
    }
  }

  @Test("every exit status of 'help exit' is on the page")
  func statuses() throws {
    let page = words(try #require(try page().components(separatedBy: "\nEXIT ").last))
    let help = words(try shown(["help", "exit"]))
    for status in ExitStatus.allCases {
      #expect(page.contains(" \(status.rawValue) ") && help.contains(" \(status.rawValue) "))
    }
    let rows = try #require(help.firstMatch(of: /Exit statuses: (.*) Under mpirun/)).1
    #expect(page.contains(rows))
  }
}
