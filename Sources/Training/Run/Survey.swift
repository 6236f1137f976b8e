import Corpora
import Evaluation
import Foundation
import Models
import RunLogs
import Typesetting

/// What a run says of its corpus before the first step: targets, ceilings, and what the splits lack. Only rank 0
/// takes it.
struct Survey {
  /// Facts, a line each.
  let lines: [String]
  /// What may spoil the run.
  let warnings: [String]
  /// The numbers for the run log.
  let entry: [RunLogField: any Sendable]

  init(_ corpus: TrainingCorpus, _ options: RunOptions) {
    let (training, development) = (corpus.training, corpus.development)
    let train = CorpusStatistics(training.sentences)
    let dev = CorpusStatistics(development.sentences)
    let unknown = dev.shareOfWords(outside: train)
    let match = options.evaluation.match
    let leftOut = corpus.model.encode(corpus.leftOut, limit: options.data.maximumLength)
    let trainCeiling = training.ceiling(match) + leftOut.ceiling(match)
    let devCeiling = development.ceiling(match)
    lines =
      [
        "targets: \(corpus.targets.summary) of train",
        String(
          format: "ceiling: %@ F1 %.4f on train, %.4f on dev", match.rawValue, trainCeiling.f1,
          devCeiling.f1),
        String(format: "dev: %.1f %% of its words do not occur in train", 100 * unknown),
      ] + train.gaps
    warnings =
      [
        corpus.targets.warning(options.data), Self.warning(about: devCeiling, match),
      ].compactMap { $0 } + corpus.warnings
      + [UnseenRelations(in: dev, training: train).warning(split: "dev")].compactMap { $0 }
      + [("train.jsonl", train), ("dev.jsonl", dev)].compactMap {
        corpus.model.vocabularies.partOfSpeechWarning(about: $1, in: $0)
      }
    entry = [
      .targets: corpus.targets.count, .triples: corpus.targets.triples,
      .unknownWords: unknown, .ceilingMatch: match.rawValue,
      .ceilingTrain: trainCeiling.f1, .ceilingDevelopment: devCeiling.f1,
    ]
  }

  static func warning(about development: TripleCounts, _ match: MatchMode) -> String? {
    if development.gold == 0 {
      return "dev.jsonl has no triples: every score is 0, and best.h5 is that of the first "
        + "evaluation"
    }
    if development.tp > 0 { return nil }
    return "dev.jsonl: no output of this model can match any of "
      + "\(Figures.count(development.gold, "triple")) by evaluation.match=\(match.rawValue): every "
      + "score will be 0"
  }
}

extension EncodedSplit {
  fileprivate var sentences: [Sentence] { (0..<count).map(sentence) }
}

extension CorpusStatistics {
  /// What a training split has little of, a line each.
  fileprivate var gaps: [String] {
    var lines: [String] = []
    let empty = sentencesByTriples[0]
    if empty > 0 {
      let all = Figures.count(sentences, "sentence")
      lines.append("train: \(empty) of \(all) \(empty == 1 ? "has" : "have") no triple")
    }
    if let rare = rareRelations { lines.append("train: \(rare)") }
    return lines
  }
}
