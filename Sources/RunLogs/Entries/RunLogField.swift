/// The names of the run log's fields. A step has further ones: the terms of its model's objective, by their names.
package enum RunLogField: String, CodingKey, Sendable {
  /// What a line is about, a ``RunLogEvent``.
  case event
  /// When the line was made, as ``LogTime`` writes it.
  case time

  // The start.
  case program, origin, host, processors, products, kernels, precision, threads, reduction, replica
  case ranks, model, parameters, configuration, sentences, epochs, extensions, warnings, objective
  case targets, triples
  case unknownWords = "unknown_words"
  case ceilingMatch = "ceiling_match"
  case ceilingTrain = "ceiling_train"
  case ceilingDevelopment = "ceiling_dev"
  case stepsPerEpoch = "steps_per_epoch"
  case epochCost = "epoch_cost"
  case developmentCost = "dev_cost"
  case evaluationEvery = "evaluation_every"
  case scheduleEnds = "schedule_ends"
  case finalEvaluations = "final_evaluations"
  case stopAfter = "stop_after"
  case bestF1 = "best_f1"

  // A step; several of these are fields of other lines too.
  case step, epoch, total, rate, cost, seconds
  case gradientNorm = "gradient_norm"
  case sentencesPerSecond = "sentences_per_second"

  // An evaluation, the choice of thresholds and the temperature; `precision` is among the fields of the start.
  case recall, f1, match, best, chosen, configured, temperature, right, wrong
  case tagF1 = "tag_f1"
  case configuredF1 = "configured_f1"

  // Faults, saves, ranks, signals and the end.
  case quantity, action, file, error, rank, times, phase, silent, signal, during, ending
  case stallSeconds = "stall_seconds"
  case writeSeconds = "write_seconds"
  case retrySeconds = "retry_seconds"
}

/// What the lines of a run log are about.
package enum RunLogEvent: String, Decodable, Sendable {
  case start, step, evaluation, thresholds, temperature, nonfinite, save, ranks, straggler, stall,
    abort, signal
  case end
  case saveFailed = "save_failed"
}
