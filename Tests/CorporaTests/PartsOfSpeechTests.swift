import Testing

@testable import Corpora

struct PartsOfSpeechTests {
  private static let tagged = Sentence(
    id: "1", tokens: ["a", "dog", "é"], partsOfSpeech: ["DT", "NN", "e\u{301}"])
  private static let other = Sentence(
    id: "2", tokens: ["a", "b", "c"], partsOfSpeech: ["NN", "XX", "\u{e9}"])
  private static let plain = Sentence(id: "3", tokens: ["a", "b"])

  private func vocabularies(_ training: [Sentence]) -> Vocabularies {
    Vocabularies(training: training, lists: [.words, .partsOfSpeech])
  }

  @Test("tags of the training split have ids from 1, in the order of code units; all else has 0")
  func ids() {
    let vocabularies = vocabularies([Self.tagged, Self.plain])
    #expect(vocabularies[.partsOfSpeech].names == ["DT", "NN", "e\u{301}"])
    #expect(vocabularies.partOfSpeechCount == 3)
    #expect(vocabularies.partOfSpeechIDs(of: Self.tagged) == [1, 2, 3])
    #expect(vocabularies.partOfSpeechIDs(of: Self.other) == [2, 0, 0])
    #expect(vocabularies.partOfSpeechIDs(of: Self.plain) == [0, 0])
  }

  @Test("sentences without parts of speech are told where the training split has some")
  func warning() {
    let split = CorpusStatistics([Self.tagged, Self.plain, Self.plain])
    #expect(split.sentencesWithPartsOfSpeech == 1)
    let learnt = vocabularies([Self.tagged])
    #expect(
      learnt.partOfSpeechWarning(about: split, in: "dev.jsonl")
        == "dev.jsonl: 2 of 3 sentences have no parts of speech ('pos'), from which the model learns; "
        + "scores are lower without them")
    #expect(
      learnt.partOfSpeechWarning(about: CorpusStatistics([Self.plain]), in: "dev")?.hasPrefix(
        "dev: 1 of 1 sentence has no parts of speech") == true)
    #expect(learnt.partOfSpeechWarning(about: CorpusStatistics([Self.other]), in: "dev") == nil)
    #expect(vocabularies([Self.plain]).partOfSpeechWarning(about: split, in: "dev") == nil)
    let words = Vocabularies(training: [Self.tagged], lists: [.words])
    #expect(words.partOfSpeechWarning(about: split, in: "dev") == nil)
  }

  @Test("the table has their share where a split has any, and a conversion says their number")
  func statistics() throws {
    func row(_ sentences: [Sentence]) throws -> String? {
      let table = StatisticsTable([("train", CorpusStatistics(sentences))])
      return try #require(table.text(width: nil)).split(separator: "\n").map(String.init)
        .first { $0.contains("parts of speech") }
    }
    #expect(try row([Self.plain]) == nil)
    #expect(try row([Self.tagged, Self.plain, Self.plain])?.hasSuffix("33.3 %") == true)
    let lines = [Self.tagged, Self.plain].map { JSONLines.line($0) + "\n" }.joined()
    let conversion = try inFolder(["in": lines]) { try CorpusFormat.jsonl.read("\($0)/in") }
    #expect(conversion.sentences.map(\.partsOfSpeech) == [Self.tagged.partsOfSpeech, nil])
    #expect(conversion.report(output: "out").contains("\n  1 sentence with parts of speech"))
  }

  @Test("a record for extraction keeps them, and is refused where they are not one a token")
  func records() throws {
    let text = #"{"tokens":["a","b"],"pos":["DT","NN"]}"# + "\n" + #"{"tokens":["a"],"pos":[]}"#
    try inFolder(["in": text]) { (folder) throws in
      var reader = try SentenceReader("\(folder)/in", tokenization: .blanks) { _ in [] }
      guard case .sentence(let source)? = try reader.next() else {
        Issue.record("no sentence")
        return
      }
      #expect(
        JSONLines.line(source, found: Prediction())
          == #"{"id":"1","tokens":["a","b"],"pos":["DT","NN"],"entities":[],"triples":[]}"#)
      guard case .bad(let error)? = try reader.next() else {
        Issue.record("no error")
        return
      }
      #expect("\(error)".hasSuffix(":2: pos has 0 strings, expected one for each of 1 tokens"))
    }
  }
}
