import Autodiff
import Corpora
import Evaluation
import Foundation
import Models
import Typesetting

extension FindingSection {
  /// What the model of a configuration can learn and express of a folder's splits; the records that cannot be read
  /// are left out. `nil` where the folder has no training sentence, which is a fault of its own.
  public init?(modelOf options: RunOptions, on check: CorpusCheck) {
    guard let training = check["train"] else { return nil }
    let title = "model: \(options.model.kind)"
    do {
      let corpus = try TrainingCorpus(
        training: training.sentences, development: check["dev"]?.sentences ?? [],
        options: options,
        pieces: PretrainedWeights(options.model.options)?.pieces(for: options.model.options))
      self.init(title, ModelCheck(corpus, options, check).findings)
    } catch {
      self.init(title, [Finding(.fault, "model.refused", "\(error)")])
    }
  }
}

/// The model's view of a corpus, which training has when it begins.
private struct ModelCheck {
  let corpus: TrainingCorpus
  let options: RunOptions
  let check: CorpusCheck

  init(_ corpus: TrainingCorpus, _ options: RunOptions, _ check: CorpusCheck) {
    (self.corpus, self.options, self.check) = (corpus, options, check)
  }

  var findings: [Finding] {
    [size, targets] + obstacles + ceilings + course + vectors + partsOfSpeech
  }

  private var match: MatchMode { options.evaluation.match }

  private var size: Finding {
    let steps = options.stepsPerEpoch(sentences: corpus.training.count)
    return Finding(
      .note, "model.size",
      "\(Figures.plainCount(corpus.model.layout.count, "parameter")); "
        + "\(Figures.plainCount(options.epochs, "epoch")) of \(Figures.plainCount(steps, "step"))",
      values: [
        "parameters": Double(corpus.model.layout.count), "epochs": Double(options.epochs),
        "steps": Double(steps),
      ])
  }

  private var targets: Finding {
    let isFew = corpus.targets.count * 10 < corpus.targets.triples * 9
    return Finding(
      isFew ? .warning : .note, "model.targets", in: "train", "triples that can be targets",
      count: corpus.targets.count, of: corpus.targets.triples)
  }

  private var obstacles: [Finding] {
    corpus.targets.obstacles.map { obstacle, count in
      let (cause, remedy) = corpus.targets.explanation(
        of: obstacle, longest: options.data.maximumLength)
      return Finding(
        .note, "model.targets.\(obstacle)", in: "train", "triples that \(cause)", count: count,
        of: corpus.targets.triples,
        remedy: isMuch(count, of: corpus.targets.triples) ? remedy : nil)
    }
  }

  /// The structural ceiling of each split, and what lies beyond it.
  private var ceilings: [Finding] {
    check.splits.filter { $0.statistics.storedTriples > 0 }.flatMap { split -> [Finding] in
      let encoded = corpus.model.encode(split.sentences, limit: options.data.maximumLength)
      let (counts, losses) = encoded.ceilingWithLosses(match)
      let ceiling = Finding(
        .note, "model.ceiling", in: split.name,
        "best F1 of any output, by \(match.rawValue) matches", String(format: "%.4f", counts.f1),
        values: ["f1": counts.f1, "tp": Double(counts.tp), "gold": Double(counts.gold)])
      let warning = split.name == "dev" ? Survey.warning(about: counts, match) : nil
      return [ceiling] + (warning.map { [Finding(.warning, "model.unmatched", $0)] } ?? [])
        + CeilingLosses.Cause.allCases.compactMap { cause in
          losses.counts[cause].map { loss(cause, $0, of: counts.gold, in: split.name) }
        }
    }
  }

  private func loss(
    _ cause: CeilingLosses.Cause, _ count: Int, of gold: Int, in split: String
  ) -> Finding {
    let (label, remedy): (String, String?) =
      switch cause {
      case .relation: ("of relations that the model does not learn", nil)
      case .text:
        ("whose head or tail the tokens that the model reads do not hold", nil)
      case .form:
        (
          "whose head or tail, or the two together, the output cannot have",
          "try another model.kind"
        )
      case .slots:
        (
          "beyond the number that the model decodes of a sentence",
          Targets.remedy(raising: type(of: corpus.model).slotsKey)
        )
      case .others:
        (
          "that others of their sentence exclude",
          "try another model.kind; copymtl has no such limit"
        )
      }
    return Finding(
      .note, "model.ceiling.\(cause)", in: split, "triples \(label)", count: count, of: gold,
      remedy: isMuch(count, of: gold) ? remedy : nil)
  }

  /// Whether something should be done about so many triples: about one in a hundred, or more.
  private func isMuch(_ count: Int, of whole: Int) -> Bool { count * 100 >= whole }

  private var course: [Finding] {
    let course = Course(options, [], sentences: corpus.training.count)
    return course.warning.map { text in
      [
        Finding(
          .warning, "model.warmup", text, remedy: "lower optimizer.warmup, or raise epochs")
      ]
    } ?? []
  }

  private var vectors: [Finding] {
    if options.data.vectors.isEmpty {
      return options.model.options.readsExtraVectors
        ? [Finding(.fault, "model.vectors", "\(TrainingError.noVectors)")] : []
    }
    do {
      let coverage = try VectorFile(options.data).read(
        for: corpus.model.wordTables, corpus.model.vocabularies
      ).coverage
      return [Finding(.note, "model.vectors", coverage.description)]
        + coverage.warnings.map { Finding(.warning, "model.vectors", $0) }
    } catch {
      return [Finding(.fault, "model.vectors", "\(error)")]
    }
  }

  private var partsOfSpeech: [Finding] {
    check.splits.compactMap { split in
      corpus.model.vocabularies.partOfSpeechWarning(about: split.statistics, in: split.name)
        .map { Finding(.warning, "model.parts_of_speech", $0) }
    }
  }
}
