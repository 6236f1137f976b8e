import Foundation
import Typesetting

/// The findings of a check, as text and as JSON.
public struct CheckReport: Sendable {
  private let path: String
  private let check: CorpusCheck

  /// Makes the report of a check.
  ///
  /// - Parameter path: the folder or file as the user named it.
  public init(_ check: CorpusCheck, of path: String) { (self.check, self.path) = (check, path) }

  /// The report in lines of at most `width` columns; `nil` for no limit.
  public func text(width: Int?) -> String {
    let sizes = check.splits.map { "\($0.name) \($0.sentences.count)" }.joined(separator: ", ")
    let head = Lines.wrapped("\(path): \(sizes) sentences", to: width, indent: 2)
    let sections = check.sections.map { section in
      section.findings.isEmpty
        ? Lines.wrapped("\(section.title): nothing found", to: width, indent: 2)
        : Lines.wrapped(section.title, to: width, indent: 2)
          + section.findings.flatMap { lines(of: $0, width) }
    }
    return ([head] + sections + [[summary]]).map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
  }

  private func lines(of finding: Finding, _ width: Int?) -> [String] {
    func indented(_ text: String, by margin: Int) -> [String] {
      Lines.wrapped(text, to: width.map { $0 - margin }, indent: 2)
        .map { String(repeating: " ", count: margin) + $0 }
    }
    let kind = finding.kind == .note ? "" : "\(finding.kind): "
    return indented(kind + finding.text, by: 2)
      + finding.examples.flatMap { indented($0, by: 6) }
      + more(than: finding.examples.count, of: finding).map { "      " + $0 }
      + (finding.remedy.map { indented("→ \($0)", by: 4) } ?? [])
  }

  /// A line for the things that are not named, where some are.
  private func more(than named: Int, of finding: Finding) -> [String] {
    guard let count = finding.count, named > 0, count > named, named == Finding.named else {
      return []
    }
    return ["…"]
  }

  private var summary: String {
    let counts = [Finding.Kind.fault, .warning].map { kind in
      let count = self.count(kind)
      return "\(count) \(kind)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
    return check.hasFaults ? "\(counts): with faults the data are refused" : counts
  }

  private func count(_ kind: Finding.Kind) -> Int {
    check.sections.reduce(0) { $0 + $1.findings.count { $0.kind == kind } }
  }

  /// The report as JSON; the same data give the same bytes.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let contents = Contents(
      path: path, splits: check.splits.map { .init(split: $0.name, sentences: $0.sentences.count) },
      faults: count(.fault), warnings: count(.warning), sections: check.sections)
    do {
      return String(decoding: try encoder.encode(contents), as: UTF8.self) + "\n"
    } catch {
      preconditionFailure("findings cannot be written as JSON: \(error)")
    }
  }

  private struct Contents: Encodable {
    struct Split: Encodable {
      let split: String
      let sentences: Int
    }
    let path: String
    let splits: [Split]
    let faults: Int
    let warnings: Int
    let sections: [FindingSection]
  }
}
