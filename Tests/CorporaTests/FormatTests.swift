import Corpora
import Foundation
import TestSupport
import Testing

/// Small files of each format, among them what the real ones hold of traps.
struct FormatTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let format: CorpusFormat
    /// Names and texts of the files that are there.
    var files: [String: String]
    var input = "in"
    var words: String?
    var relations: String?
    var tokenization: Tokenization?
    /// Lines that the corpus becomes.
    var lines: [String] = []
    var tally: [Unused: Int] = [:]
    /// What the error says, where there is one.
    var error: String?

    var testDescription: String { "\(format): \(name)" }
  }

  @Test("published formats become sentences", arguments: Case.good + Case.field)
  func converts(_ example: Case) throws {
    let conversion = try convert(example)
    #expect(conversion.sentences.map(JSONLines.line) == example.lines)
    let again = try JSONLines.parse(
      Array(JSONLines.text(of: conversion.sentences).utf8), name: "written")
    #expect(again == conversion.sentences, "a corpus is read as it was written")
    #expect(conversion.tally == example.tally)
  }

  @Test("malformed input is named with its place", arguments: Case.bad + Case.badField)
  func refuses(_ example: Case) throws {
    #expect(message { try convert(example) } == example.error)
  }

  private func convert(_ example: Case) throws -> Conversion {
    try withTemporaryDirectory { folder in
      for (name, text) in example.files {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      func path(_ name: String) -> String { folder.appending(path: name).path }
      var options = ConversionOptions()
      options.tokenization = example.tokenization
      do throws(CorpusError) {
        return try example.format.read(
          path(example.input), words: example.words.map(path),
          relations: example.relations.map(path), options: options)
      } catch {
        let text = error.description.replacingOccurrences(of: folder.path + "/", with: "")
        throw CorpusError(text)
      }
    }
  }
}
