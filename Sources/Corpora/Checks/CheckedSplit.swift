import Foundation

/// A split as far as it can be read, with what several checks need of it.
public struct CheckedSplit: Sendable {
  /// `train`, `dev`, `test` or another name.
  public let name: String
  /// The file as the user named it.
  public let path: String
  /// The sentences of the good records.
  public let sentences: [Sentence]
  /// The counts of ``sentences``.
  public let statistics: CorpusStatistics
  /// The faults of the other records, and what to do about them.
  let bad: BadRecords
  let remedy: String
  /// The fault by which nothing was read.
  let failure: CorpusError?
  /// The tokens of each sentence, joined by a blank, which no token holds.
  let texts: [ExactString]
  private let lines: [Int]

  /// Reads a split; faults are kept.
  init(_ name: String, _ path: String) {
    var records = ReadableRecords(path: path)
    var failure: CorpusError?
    do throws(CorpusError) {
      records = try JSONLines.readable(path)
      if records.bad.records == 0 {
        failure = CorpusError(file: records.path, "holds no sentence")
      }
    } catch {
      failure = error
    }
    self.init(name, records, failure)
  }

  init(_ name: String, _ records: ReadableRecords, _ failure: CorpusError? = nil) {
    (self.name, path, self.failure) = (name, records.path, failure)
    (sentences, lines) = (records.sentences, records.lines)
    (bad, remedy) = (records.bad, records.remedy)
    statistics = CorpusStatistics(sentences)
    texts = sentences.map { ExactString($0.tokens.joined(separator: " ")) }
  }

  /// The place of a sentence as findings name it, `dev.jsonl:7`.
  func place(_ index: Int) -> String {
    "\(URL(filePath: path).lastPathComponent):\(lines[index])"
  }
}
