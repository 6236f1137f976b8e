import Corpora
import Foundation
import TestSupport
import Testing

@Suite("Fixtures of generated text")
struct GenerativeTests {
  @Test("generated text reads as these triples", arguments: FixtureFile.files("gen_text.json"))
  func text(_ file: FixtureFile) throws { try file.decoded(TextCases.self).check() }

  @Test("source and target have these labels", arguments: FixtureFile.files("gen_bio.json"))
  func labels(_ file: FixtureFile) throws { try file.decoded(LabelCases.self).check() }

  @Test("a label allows these tokens", arguments: FixtureFile.files("gen_strategy.json"))
  func strategy(_ file: FixtureFile) throws { try file.decoded(StrategyCases.self).check() }

  @Test("wrong triples are of these kinds", arguments: FixtureFile.files("gen_errors.json"))
  func errors(_ file: FixtureFile) throws { try file.decoded(ErrorCases.self).check() }

  @Test(
    "words have these pieces", .enabled(if: corpusFolder != nil, "no folder of corpora"),
    arguments: FixtureFile.files("wordpiece.jsonl.gz"))
  func pieces(_ file: FixtureFile) throws {
    let folder = try #require(corpusFolder)
    let tokenizers = try PieceTokenizers(folder)
    var corpora = SharedRecords(folder)
    var reader = try LineReader(file.url.path)
    let decoder = JSONDecoder()
    while let line = try reader.next() {
      try decoder.decode(PieceCase.self, from: Data(line)).check(tokenizers, &corpora)
    }
    print("\(file.url.lastPathComponent): \(reader.number) texts")
    #expect(reader.number > 0)
  }

  @Test(
    "sentences of corpora have these labels",
    .enabled(if: corpusFolder != nil, "no folder of corpora"),
    arguments: FixtureFile.files("gen_bio_corpus.json.gz"))
  func corpusLabels(_ file: FixtureFile) throws {
    let folder = try #require(corpusFolder)
    var corpora = SharedRecords(folder)
    try file.decoded(CorpusLabelCases.self).check(PieceTokenizers(folder), &corpora)
  }
}

extension FixtureFile {
  /// The contents, plain or gzip.
  fileprivate func decoded<Cases: Decodable>(_ type: Cases.Type) throws -> Cases {
    var reader = try LineReader(url.path)
    var data = Data()
    while let line = try reader.next() { data += line + [0x0A] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: data)
  }
}
