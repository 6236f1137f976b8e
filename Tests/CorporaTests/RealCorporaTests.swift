import Corpora
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: corpusFolder != nil, "no folder of corpora"))
struct RealCorporaTests {
  @Test("figures of published corpora are those that another program counted")
  func figures() async throws {
    let folder = try #require(corpusFolder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for split in try RealSplit.all() {
        group.addTask { try check(split, in: folder) }
      }
      try await group.waitForAll()
    }
  }

  private func check(_ split: RealSplit, in folder: URL) throws {
    let figures = CorpusStatistics(try split.read(in: folder).sentences)
    let name = Comment(rawValue: split.file)
    #expect(figures.sentences == split.sentences, name)
    #expect([figures.storedTriples, figures.distinctTriples] == split.triples, name)
    #expect(figures.relations.count == split.relations, name)
    #expect(figures.vocabulary.count == split.vocabulary, name)
    let mean = Double(figures.tokens) / Double(figures.sentences)
    #expect(abs(mean - split.tokens[0]) <= 0.0501, name)
    #expect(figures.longestSentence == Int(split.tokens[1]), name)
    #expect(counts(figures.overlap) == split.overlap, name)
    #expect(
      counts(figures.overlapOfStored) == RealSplit.overlapOfStored[split.file] ?? split.overlap,
      name)
    #expect(figures.sentencesByTriples[0] == split.withoutTriples, name)
    // The share is over listed spans where the format lists spans, else over those of triples.
    let listsSpans = [.spert, .dygie, .conll04].contains(split.format)
    let share = listsSpans ? figures.multiTokenShareOfMentions : figures.multiTokenShare
    #expect(abs(100 * share - split.multiTokenPercent) <= 0.0501, name)
  }

  private func counts(_ classes: [OverlapClass: Int]) -> [Int] {
    [OverlapClass.normal, .epo, .seo].map { classes[$0] ?? 0 }
  }

  struct MeasuredRow: Sendable {
    let file: String
    let triples: [Int]
    let lengths: [Int]
  }

  /// Corpora/README.md 11.
  static let measured = [
    MeasuredRow(
      file: "NYT24/prgc-star/test_triples.json.gz", triples: [0, 3244, 1045, 312, 291, 108],
      lengths: []),
    MeasuredRow(
      file: "NYT24/prgc-exact/test_triples.json.gz", triples: [0, 3240, 1047, 314, 290, 109],
      lengths: [6502, 3620, 602, 112]),
    MeasuredRow(
      file: "NYT24/prgc-exact/val_triples.json.gz", triples: [0, 3283, 1031, 324, 245, 117],
      lengths: [6522, 3610, 594, 122]),
    MeasuredRow(
      file: "WebNLG/prgc-star/train_triples.json.gz", triples: [0, 1724, 1281, 1056, 628, 330],
      lengths: []),
    MeasuredRow(
      file: "WebNLG/prgc-star/test_triples.json", triples: [0, 268, 174, 128, 89, 44], lengths: []),
    MeasuredRow(
      file: "WebNLG/prgc-exact/test_triples.json", triples: [0, 256, 175, 138, 93, 41],
      lengths: [897, 754, 338, 303]),
  ]

  @Test("sentences by triples and entities by length are those of section 11", arguments: measured)
  func lengths(_ row: MeasuredRow) throws {
    let folder = try #require(corpusFolder)
    let path = folder.appending(path: row.file).path
    let figures = CorpusStatistics(try CorpusFormat.triples.read(path).sentences)
    #expect(figures.sentencesByTriples == row.triples)
    if row.lengths.isEmpty {
      #expect(figures.entitiesByLength.dropFirst() == [0, 0, 0])
    } else {
      #expect(figures.entitiesByLength == row.lengths)
    }
  }

  /// Heads and tails that the text lacks (the folder's README), sentences with more than five
  /// triples (Copy/README.md 2.3).
  static let trapFigures: [(file: String, unlocated: Int, overFive: Int?)] = [
    ("NYT24/prgc-exact/val_triples.json.gz", 47, nil),
    ("NYT24/prgc-exact/test_triples.json.gz", 44, 59),
    ("WebNLG/prgc-exact/train_triples.json.gz", 0, nil),
    ("WebNLG/prgc-star/train_triples.json.gz", 0, 56),
    ("NYT10-HRL/test.json.gz", 0, nil),
    ("NYT11-HRL/test.json", 0, nil),
  ]

  @Test("what no decoder can point at is counted", arguments: trapFigures)
  func traps(file: String, unlocated: Int, overFive: Int?) throws {
    let folder = try #require(corpusFolder)
    let conversion = try CorpusFormat.triples.read(folder.appending(path: file).path)
    #expect(conversion.tally[.argument] ?? 0 == unlocated)
    let figures = CorpusStatistics(conversion.sentences)
    #expect(figures.unlocatedArguments == unlocated)
    if let overFive { #expect(figures.sentencesOverFiveTriples == overFive) }
  }

  @Test("a real corpus survives being written and read")
  func roundTrip() throws {
    let folder = try #require(corpusFolder)
    let file = folder.appending(path: "NYT24/copyre-raw/dev.json.gz").path
    let sentences = try CorpusFormat.cotype.read(file).sentences
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "dev.jsonl").path
      try JSONLines.write(sentences, to: path)
      #expect(try JSONLines.read(path) == sentences)
    }
  }
}

extension RealCorporaTests {
  struct Parted: Sendable {
    let file: String
    let format: CorpusFormat
    /// The share of tokens, in thousandths, that `words` leaves as they are.
    let alone: Int
    /// The same where compounds are known, as they are to a model of the split.
    let known: Int
  }

  /// Corpora/README.md, Tokens.
  static let parted = [
    Parted(
      file: "WebNLG/prgc-exact/train_triples.json.gz", format: .triples, alone: 995, known: 999),
    Parted(file: "NYT24/prgc-exact/val_triples.json.gz", format: .triples, alone: 989, known: 999),
    Parted(file: "NYT11-HRL/test.json", format: .triples, alone: 989, known: 998),
    Parted(file: "CoNLL04/spans-spert/train_triples.json", format: .spert, alone: 979, known: 988),
    Parted(
      file: "SciERC/spans-spert/train_triples.json.gz", format: .spert, alone: 977, known: 999),
    Parted(file: "ADE/spans-spert/ade_full.json.gz", format: .spert, alone: 993, known: 999),
  ]

  @Test("text that is parted already comes out of words as it was", arguments: parted)
  func parted(_ row: Parted) throws {
    let folder = try #require(corpusFolder)
    let sentences = try row.format.read(folder.appending(path: row.file).path).sentences
    #expect(Tokenization(of: sentences) == .words)
    let words = NameList(sentences.flatMap(\.tokens))
    var (all, alone, known) = (0, 0, 0)
    for sentence in sentences {
      let text = sentence.text(of: Span(0, sentence.tokens.count - 1))
      func offsets(_ tokens: [Token]) -> Set<Range<Int>> { Set(tokens.map(\.offset)) }
      let before = offsets(Tokenization.blanks.tokens(of: text))
      all += before.count
      alone += before.intersection(offsets(Tokenization.words.tokens(of: text))).count
      let kept = Tokenization.words.tokens(of: text) { words.id(of: $0) != nil }
      known += before.intersection(offsets(kept)).count
    }
    #expect(1000 * alone / all == row.alone)
    #expect(1000 * known / all == row.known)
  }
}
