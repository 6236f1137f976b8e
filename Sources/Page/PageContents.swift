import Corpora
import Evaluation
import Foundation

/// All that a page shows, as its program reads it.
///
/// Relations are named by their index in ``relations``. Precision, recall and F1 are not in it: the program divides the
/// counts.
struct PageContents: Encodable {
  let title: String
  /// The kinds of items, by their number; the first is that of right triples.
  let kinds: [String]
  /// The overlap classes, by their bit.
  let classes: [String]
  /// The largest numbers of tokens of the groups of sentences, but the last.
  let lengths: [String]
  let relations: [String]
  let systems: [PageSystem]
  let resamples: Int?
  let corpus: PageCorpus

  init(
    title: String, result: EvaluationResult, sentences: [Sentence], predictions: [Prediction],
    configurations: [String?]
  ) {
    let reports = result.systems.map { $0.runs[0].report }
    let faults = SentenceFaults.of(sentences, predictions, reports[0])
    let names = NameList(Self.relations(of: reports, sentences, predictions))
    self.title = title
    kinds = SentenceFaults.kinds
    classes = OverlapClass.allCases.map(\.rawValue)
    lengths = SentenceLengthBucket.allCases.map(\.rawValue)
    relations = names.names
    resamples = result.comparison?.resamples
    systems = result.systems.indices.map { index in
      PageSystem(
        result.systems[index], configuration: configurations[index],
        difference: index == 0 ? nil : result.comparison?.differences[index - 1], relations: names)
    }
    corpus = PageCorpus(
      sentences, faults, classes: Self.classes(of: reports[0], count: sentences.count),
      relations: names)
  }

  /// Every name of a relation, in order.
  private static func relations(
    of reports: [EvaluationReport], _ sentences: [Sentence], _ predictions: [Prediction]
  ) -> [String] {
    let named = reports.flatMap {
      $0.byRelation.flatMap { [$0.name] + $0.takenFor.map(\.relation) }
    }
    let all =
      named + sentences.flatMap { $0.triples.map(\.relation) }
      + predictions.flatMap { $0.groups.compactMap(\.relation) }
    return Set(all.map(ExactString.init)).sorted().map(\.value)
  }

  /// The classes of each sentence as bits.
  private static func classes(of report: EvaluationReport, count: Int) -> [Int] {
    var bits = Array(repeating: 0, count: count)
    for (bit, overlap) in OverlapClass.allCases.enumerated() {
      // A sentence of a class has gold triples, so its counts are not zero.
      for entry in report.byOverlap[overlap]?.bySentence ?? [] { bits[entry.sentence] |= 1 << bit }
    }
    return bits
  }

  /// The contents as JSON that can stand in an element of HTML whatever text is in it.
  var embedded: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self).escapedForHTML
    } catch {
      preconditionFailure("a page cannot be written as JSON: \(error)")
    }
  }
}

extension String {
  /// JSON without the characters that HTML or JavaScript read in their own way; JSON has them in strings alone.
  fileprivate var escapedForHTML: String {
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar {
      case "<", ">", "&", "\u{2028}", "\u{2029}":
        text.append(contentsOf: String(format: "\\u%04x", scalar.value).unicodeScalars)
      default: text.append(scalar)
      }
    }
    return String(text)
  }
}
