import Corpora
import Models
import RunLogs

extension Run {
  /// The steps and evaluations of the whole run.
  var schedule: RunSchedule {
    RunSchedule(
      epochs: course.epochs,
      stepsPerEpoch: options.stepsPerEpoch(sentences: corpus.training.count),
      epochCost: max(1, corpus.training.totalCost), developmentCost: corpus.development.totalCost,
      evaluationEvery: options.evaluation.every, ends: course.ends,
      finalEvaluations: finalEvaluations, stopAfter: plan.stopAfter)
  }

  /// Passes over the development split that choose thresholds, and the one that fits the temperature.
  private var finalEvaluations: Int {
    let thresholds = options.model.options.thresholds
    guard options.evaluation.tuneThresholds, !thresholds.isEmpty else { return 1 }
    return ThresholdSearch(configured: thresholds.map(\.value)).count + 1
  }
}

extension EncodedSplit {
  /// The cost of all sentences.
  fileprivate var totalCost: Int { (0..<count).reduce(0) { $0 + cost($1) } }
}
