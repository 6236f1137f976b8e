/// The start of a run, afresh or resumed. Logs of earlier versions lack some fields.
package struct StartEntry: Sendable, Equatable {
  /// The `model.kind`.
  package let model: String
  /// The number of parameters.
  package let parameters: Int?
  package let ranks: Int
  /// Threads of a rank.
  package let threads: Int
  /// Updates that are done, 0 where the run starts afresh.
  package let step: Int
  /// The names of the objective's terms in their order.
  package let objective: [String]
  /// The best score before it; `nil` where no evaluation came before.
  package let bestF1: Double?
  /// What lies ahead; `nil` in logs that do not say it.
  package let schedule: RunSchedule?
  /// The host of rank 0; `nil` where it is not said.
  package let host: String?

  package init(
    model: String, parameters: Int?, ranks: Int, threads: Int, step: Int, objective: [String],
    bestF1: Double?, schedule: RunSchedule?, host: String? = nil
  ) {
    (self.model, self.parameters, self.ranks, self.threads) = (model, parameters, ranks, threads)
    (self.step, self.objective, self.bestF1) = (step, objective, bestF1)
    (self.schedule, self.host) = (schedule, host)
  }

  /// The fields of the line that are read again.
  package var fields: [RunLogField: any Sendable] {
    var fields: [RunLogField: any Sendable] = [
      .model: model, .ranks: ranks, .threads: threads, .step: step, .objective: objective,
    ]
    if let parameters { fields[.parameters] = parameters }
    if let bestF1 { fields[.bestF1] = bestF1 }
    if let host { fields[.host] = host }
    return fields.merging(schedule?.fields ?? [:]) { $1 }
  }
}

extension StartEntry: Decodable {
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: RunLogField.self)
    model = try values.decode(String.self, forKey: .model)
    parameters = try values.decodeIfPresent(Int.self, forKey: .parameters)
    ranks = try values.countIfPresent(.ranks) ?? 1
    threads = try values.countIfPresent(.threads) ?? 1
    step = try values.count(.step)
    objective = try values.decodeIfPresent([String].self, forKey: .objective) ?? []
    bestF1 = try values.decodeIfPresent(Double.self, forKey: .bestF1)
    schedule = try RunSchedule(from: decoder)
    host = try values.decodeIfPresent(String.self, forKey: .host)
  }
}
