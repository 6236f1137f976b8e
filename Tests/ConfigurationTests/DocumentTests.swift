import Configuration
import Foundation
import TestSupport
import Testing

private func message(_ text: String) -> String {
  do {
    let document = try ConfigurationDocument(text: text, name: "x.yaml")
    return "no error, but \(try document.decode(SampleOptions.self, defaults: SampleOptions()))"
  } catch {
    return "\(error)"
  }
}

/// A text that is no configuration, too long or too odd to be the name of its case.
struct HostileText: CustomTestStringConvertible {
  let testDescription: String
  let text: String
  let expected: String

  init(_ name: String, _ text: String, _ expected: String) {
    testDescription = name
    self.text = text
    self.expected = expected
  }

  static let all = [
    HostileText(
      "lists in one another", String(repeating: "[", count: 100_000),
      "x.yaml:1:34: nested too deeply: at most 32 sections or lists in one another"),
    HostileText(
      "sections in one another",
      (0..<400).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      "x.yaml:34:34: nested too deeply: at most 32 sections or lists in one another"),
    HostileText(
      "sections on one line", String(repeating: "{a: ", count: 10_000),
      "x.yaml:1:133: nested too deeply: at most 32 sections or lists in one another"),
    HostileText(
      "a text beyond the limit", "a: " + String(repeating: "x", count: 2 << 20),
      "x.yaml: larger than 1 MiB, too large for a configuration"),
    HostileText(
      "a long value", "epochs: " + String(repeating: "x", count: 1_000_000),
      "x.yaml:1:9: 'epochs' must be a whole number, found '"
        + String(repeating: "x", count: 60) + "…'"),
    HostileText(
      "a long number", "epochs: " + String(repeating: "9", count: 1_000_000),
      "x.yaml:1:9: 'epochs' must be a whole number from -9223372036854775808 to "
        + "9223372036854775807, found '" + String(repeating: "9", count: 60) + "…'"),
    HostileText(
      "a long key", String(repeating: "k", count: 900) + ": 1",
      "x.yaml:1:1: unknown key '" + String(repeating: "k", count: 60)
        + "…'; known keys: seed, epochs, batch, optimizer, model"),
    HostileText(
      "many keys", (0..<50_000).map { "k\($0): 1\n" }.joined(),
      "x.yaml:1:1: unknown key 'k0'; known keys: seed, epochs, batch, optimizer, model"),
    HostileText(
      "a bomb of anchors", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
      "x.yaml:1:4: anchors (&name) are not supported; write the value out"),
    HostileText(
      "an alias", "a: *b\n",
      "x.yaml:1:4: aliases (*name) are not supported; write the value out"),
    HostileText(
      "a tag", "epochs: !!int 3\n",
      "x.yaml:1:9: tags (!name) are not supported; write the value without, in quotes for text"),
    HostileText(
      "a NUL", "epochs: 3\0\n",
      "x.yaml:1:10: malformed YAML: control characters are not allowed: U+0"),
    HostileText(
      "an escaped NUL", #"model: {vectors: "a\0b"}"#,
      "x.yaml:1:18: a text cannot contain the character NUL (\\0)"),
    HostileText(
      "a terminal's escape", "epochs: 3\nsée: é\u{1B}[2J\n",
      "x.yaml:2:7: malformed YAML: control characters are not allowed: U+1B"),
    HostileText(
      "an escape in quotes", #"epochs: "\e[2J""#,
      "x.yaml:1:9: 'epochs' must be a whole number, found the quoted text '\\u{1B}[2J'"),
  ]
}

@Suite("documents")
struct DocumentTests {
  @Test(
    "what is no configuration is refused where it stands",
    arguments: [
      ("epochs: 3\nepochs: 4\n", "x.yaml:2:1: key 'epochs' is already at x.yaml:1:1; keep one"),
      (
        "batch: {size: 1, size: 2}",
        "x.yaml:1:18: key 'size' is already at x.yaml:1:9; keep one"
      ),
      ("epochs: 3\n---\nseed: 3\n", "x.yaml:2:1: a second document starts; keep one per file"),
      ("---\n---\nseed: 3\n", "x.yaml:2:1: a second document starts; keep one per file"),
      ("hello", "x.yaml:1:1: a configuration must be lines of 'key: value', found 'hello'"),
      ("- 3\n", "x.yaml:1:1: a configuration must be lines of 'key: value', found a list"),
      ("? [a, b]\n: 3\n", "x.yaml:1:3: a key must be a single name"),
      ("'': 3\n", "x.yaml:1:1: a key must be a single name"),
      (
        "batch:\n\tsize: 3\n",
        "x.yaml:2:1: malformed YAML: found character that cannot start any token "
          + "while scanning for the next token; indent with spaces, not with tabs"
      ),
      (
        "batch:\n   size: 3\n  shards: 4\n",
        "x.yaml:3:3: malformed YAML: did not find expected key while parsing a block mapping"
      ),
      (
        "model: {vectors: \"a\n",
        "x.yaml:2:1: malformed YAML: found unexpected end of stream "
          + "while scanning a quoted scalar"
      ),
      (
        "epochs: 3: 4\n",
        "x.yaml:1:10: malformed YAML: mapping values are not allowed in this context"
      ),
    ])
  func refused(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test("a hostile text ends in one clear line", arguments: HostileText.all)
  func hostile(_ text: HostileText) {
    #expect(message(text.text) == text.expected)
  }

  @Test("whatever byte is changed or cut off, there is a value or one line that names the file")
  func changedBytes() {
    let whole = "batch: {size: 3}\noptimizer:\n  milestones:\n  - 1\nmodel: {vectors: 'a'}\n"
    let bytes = Array(whole.utf8)
    let texts =
      bytes.indices.flatMap { place in
        "\0\t\n\r !\"#%&'*,-.0:?@[]`{|}~\u{1B}é".unicodeScalars.map { change in
          String(decoding: bytes[..<place], as: UTF8.self) + String(change)
            + String(decoding: bytes[(place + 1)...], as: UTF8.self)
        } + [String(decoding: bytes[..<place], as: UTF8.self)]
      }
    for text in texts {
      let answer = message(text)
      #expect(answer.hasPrefix("no error") || answer.hasPrefix("x.yaml:"), "\(text)")
      #expect(!answer.contains("\n") && answer.utf8.count < 1000, "\(text)")
    }
    #expect(texts.count > 2000)
  }

  @Test("a file that cannot be read is named with the reason")
  func files() throws {
    try withTemporaryDirectory { folder in
      func message(_ name: String) -> String {
        do {
          _ = try ConfigurationDocument(contentsOf: folder.appending(path: name).path)
          return "no error"
        } catch {
          return error.description.replacing(folder.path + "/", with: "")
        }
      }
      #expect(message("none.yaml") == "none.yaml: cannot be opened: No such file or directory")
      try Data("a: 1\nb: é\nc: ".utf8 + [0xE9, 0x0A]).write(
        to: folder.appending(path: "latin.yaml"))
      #expect(message("latin.yaml") == "latin.yaml:3: not UTF-8; save the file as UTF-8 text")
      try Data([0xFF, 0xFE, 0x61, 0x00]).write(to: folder.appending(path: "utf16.yaml"))
      #expect(
        message("utf16.yaml") == "utf16.yaml: is UTF-16, expected UTF-8 text; "
          + "convert it: iconv -f UTF-16 -t UTF-8 utf16.yaml > NEW")
      try Data(repeating: 0x20, count: 2 << 20).write(to: folder.appending(path: "large.yaml"))
      #expect(
        message("large.yaml") == "large.yaml: larger than 1 MiB, too large for a configuration")
      try Data([0xEF, 0xBB, 0xBF] + "epochs: 3\n".utf8).write(
        to: folder.appending(path: "mark.yaml"))
      #expect(message("mark.yaml") == "no error")
    }
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationDocument(contentsOf: "/")
    }
    #expect(error?.description == "/: cannot be read: Is a directory")
    let endless = #expect(throws: ConfigurationError.self) {
      try ConfigurationDocument(contentsOf: "/dev/zero")
    }
    #expect(endless?.description.hasPrefix("/dev/zero: is binary") == true)
  }
}

@Suite("nearest names")
struct WordingTests {
  @Test(
    "a slip of the finger is recognised, another word is not",
    arguments: [
      ("droput", "dropout"), ("teacher_forcing", "teacherForcing"), ("dropuot", "dropout"),
      ("sede", "seed"), ("lr", nil), ("model.dropout", nil), ("", nil),
    ])
  func nearest(name: String, expected: String?) {
    let names = ["seed", "rate", "dropout", "teacherForcing", "size"]
    #expect(Wording.nearest(to: name, among: names) == expected)
  }
}
