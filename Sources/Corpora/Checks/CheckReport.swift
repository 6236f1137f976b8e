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
    let head = Lines.wrapped("\(path): \(sizes)", to: width, indent: 2)
    let sections = check.sections.map { section in
      section.findings.isEmpty
        ? Lines.wrapped("\(section.title): nothing found", to: width, indent: 2)
        : Lines.wrapped(section.title, to: width, indent: 2)
          + groups(of: section.findings).flatMap { lines(of: $0, width) }
    }
    let end = Lines.wrapped(summary, to: width, indent: 2)
    return ([head] + sections + [end]).map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
  }

  /// The sentences of each split; the noun is that of the last number.
  private var sizes: String {
    let last = check.splits.count - 1
    return check.splits.enumerated().map { index, split in
      let count = split.sentences.count
      return "\(split.name) " + (index == last ? Figures.plainCount(count, "sentence") : "\(count)")
    }.joined(separator: ", ")
  }

  /// Findings of several splits that differ in numbers and examples alone, in the order of the first of each.
  private func groups(of findings: [Finding]) -> [[Finding]] {
    let keys = findings.map { [$0.name, $0.kind.rawValue, $0.label, $0.remedy ?? ""] }
    return keys.distinct(by: \.self).map { key in
      zip(keys, findings).filter { $0.0 == key }.map(\.1)
    }
  }

  private func lines(of group: [Finding], _ width: Int?) -> [String] {
    let first = group[0]
    let kind = first.kind == .note ? "" : "\(first.kind): "
    let remedy = first.remedy.map { indented("→ \($0)", by: 4, width) } ?? []
    if group.count > 1 {
      return indented(kind + first.label, by: 2, width)
        + group.flatMap { finding in
          let head = [finding.split, finding.figures].compactMap { $0 }.joined(separator: ": ")
          return indented(head, by: 6, width) + examples(of: finding, by: 8, width)
        } + remedy
    }
    let head = [first.split, first.label, first.figures].compactMap { $0 }.joined(separator: ": ")
    return indented(kind + head, by: 2, width) + examples(of: first, by: 6, width) + remedy
  }

  /// The examples of a finding, a line each for faults, else one behind the other.
  private func examples(of finding: Finding, by margin: Int, _ width: Int?) -> [String] {
    let isCut = finding.examples.count == Finding.named && finding.count ?? 0 > Finding.named
    let all = finding.examples + (isCut ? ["…"] : [])
    if all.isEmpty { return [] }
    return finding.kind == .fault
      ? all.flatMap { indented($0, by: margin, width) }
      : indented(all, by: margin, width)
  }

  /// Parts that are whole where they fit a line.
  private func indented(_ parts: [String], by margin: Int, _ width: Int?) -> [String] {
    let room = width.map { max(1, $0 - margin) }
    return Lines.wrapped(parts.flatMap { Lines.wrapped($0, to: room) }, to: room, between: "; ")
      .map { String(repeating: " ", count: margin) + $0 }
  }

  private func indented(_ text: String, by margin: Int, _ width: Int?) -> [String] {
    Lines.wrapped(text, to: width.map { max(1, $0 - margin) }, indent: margin > 4 ? 0 : 2)
      .map { String(repeating: " ", count: margin) + $0 }
  }

  private var summary: String {
    let counts = [Finding.Kind.fault, .warning].map {
      Figures.plainCount(count($0), "\($0)")
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
