import Commands
import Corpora
import Typesetting

/// How the triples of a sentence are printed.
struct ExtractionStyle {
  let printsJSON: Bool
  /// The columns of the terminal; `nil` where output is none.
  private let width = Console.isTerminal ? Console.width : nil

  init(printsJSON: Bool) { self.printsJSON = printsJSON }

  /// What stands for a line of input: a line of JSON for a sentence and nothing for another line, or else a block
  /// of text that ends with an empty line.
  ///
  /// - Parameter prediction: what was found in the sentence; called once where there is one.
  func text(of source: SourceSentence?, _ prediction: () -> Prediction) -> String {
    guard let source else { return printsJSON ? "" : "\n" }
    let found = prediction()
    if printsJSON { return JSONLines.line(source, found: found) + "\n" }
    return found.triples.map { text($0, in: source) + "\n" }.joined() + "\n"
  }

  /// Head, relation and tail between tabs; on a terminal that is too narrow for them, one below the other.
  private func text(_ triple: Triple, in source: SourceSentence) -> String {
    let fields = [source.text(of: triple.head), triple.relation, source.text(of: triple.tail)]
      .map(Self.onOneLine)
    guard let width, fields.reduce(0, { $0 + ($1.columns / 8 + 1) * 8 }) > width else {
      return fields.joined(separator: "\t")
    }
    let below = fields.dropFirst().flatMap { Lines.wrapped($0, to: max(1, width - 2)) }
    return (Lines.wrapped(fields[0], to: width) + below.map { "  " + $0 }).joined(separator: "\n")
  }

  /// The text without what parts fields and lines, which names of relations may hold.
  private static func onOneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { (0x09...0x0D).contains($0) }) else { return text }
    let escapes: [(Character, String)] = [
      ("\r\n", "\\r\\n"), ("\t", "\\t"), ("\n", "\\n"), ("\u{B}", "\\v"), ("\u{C}", "\\f"),
      ("\r", "\\r"),
    ]
    return String(text.flatMap { c in escapes.first { $0.0 == c }?.1 ?? String(c) })
  }
}
