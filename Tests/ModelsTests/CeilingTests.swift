import Corpora
import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Models

/// What CopyMTL would score on a published test split with gold pointers and gold tags, as
/// Copy/README.md 3.3 prints it: all triples decoded, and five of each sentence.
struct PrintedCeiling: Sendable, CustomTestStringConvertible {
  let file: String
  let precision: Double
  let recall: Double
  let f1: Double
  let limitedRecall: Double
  let limitedF1: Double

  var testDescription: String { file }

  static let all = [
    PrintedCeiling(
      file: "NYT24/prgc-exact/test_triples.json.gz",
      precision: 0.9980, recall: 0.9925, f1: 0.9952, limitedRecall: 0.9755, limitedF1: 0.9866),
    PrintedCeiling(
      file: "WebNLG/prgc-exact/test_triples.json",
      precision: 0.9825, recall: 0.9807, f1: 0.9816, limitedRecall: 0.9751, limitedF1: 0.9791),
  ]
}

@Suite("Ceilings of CopyMTL")
struct CeilingTests {
  @Test(
    "gold pointers and gold tags score as published corpora allow",
    .enabled(if: corpusFolder != nil), arguments: PrintedCeiling.all)
  func publishedCorpora(_ printed: PrintedCeiling) throws {
    let folder = try #require(corpusFolder)
    let sentences = try CorpusFormat.triples.read(folder.appending(path: printed.file).path)
      .sentences
    let vocabularies = Vocabularies(training: sentences)
    let all = counts(sentences, vocabularies, triples: 100)
    expectEqual(all.precision, printed.precision)
    expectEqual(all.recall, printed.recall)
    expectEqual(all.f1, printed.f1)

    let limited = counts(sentences, vocabularies, triples: limit)
    let slack = Double(undecided(sentences, vocabularies))
    expectEqual(limited.recall, printed.limitedRecall, slack: slack / Double(limited.gold))
    expectEqual(
      limited.f1, printed.limitedF1, slack: 2 * slack / Double(limited.gold + limited.predicted))
  }

  @Test("gold pointers and gold tags score .97 or more on the sample", arguments: [400, 3000])
  func sampleCorpus(_ count: Int) throws {
    let splits = try Synthesizer.synthesize(seed: 1, sentences: count)
    let vocabularies = Vocabularies(training: splits.train)
    for sentences in [splits.train, splits.dev, splits.test] {
      let f1 = counts(sentences, vocabularies, triples: limit).f1
      #expect(f1 >= 0.97)
      // Names inside names are beyond the rules, so that not everything can be right.
      #expect(f1 < 1)
    }
  }

  /// Triples of a sentence that are decoded.
  private var limit: Int { CopyMTL.defaults.triples }

  /// Equal to the four printed digits.
  private func expectEqual(
    _ value: Double, _ printed: Double, slack: Double = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      abs(value - printed) <= 0.00005 + slack, "\(value), not \(printed)",
      sourceLocation: sourceLocation)
  }

  /// The triples that no tags can express, in sentences with more triples than are decoded: the
  /// shuffle of the targets decides whether the cut takes one of them or one that would be right.
  private func undecided(_ sentences: [Sentence], _ vocabularies: Vocabularies) -> Int {
    let long = sentences.filter { sentence in
      Set(sentence.triples.filter { $0.head.span != nil && $0.tail.span != nil }).count > limit
    }
    let all = counts(long, vocabularies, triples: 100)
    return all.predicted - all.tp
  }

  private func counts(
    _ sentences: [Sentence], _ vocabularies: Vocabularies, triples: Int
  ) -> TripleCounts {
    var options = CopyMTL.defaults
    options.triples = triples
    let model = CopyMTL(options: options, vocabularies: vocabularies)
    let predictions = sentences.enumerated().map { index, sentence in
      model.oracle(
        of: WordInput(index: index, sentence: sentence, vocabularies: vocabularies), seed: 1)
    }
    return TripleCounts(sentences: sentences, predictions: predictions)
  }
}
