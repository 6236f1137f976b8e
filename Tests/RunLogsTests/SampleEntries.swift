import Foundation

@testable import RunLogs

/// Lines of made-up runs.
enum Sample {
  /// A time of so many seconds after the start of all runs.
  static func time(_ seconds: Double) -> Date {
    Date(timeIntervalSince1970: 1_700_000_000 + seconds)
  }

  static func start(
    _ schedule: RunSchedule? = nil, step: Int = 0, best: Double? = nil, at seconds: Double = 0
  ) -> RunLogEntry {
    let entry = StartEntry(
      model: "copymtl", parameters: 8_912_331, ranks: 2, threads: 1, step: step,
      objective: ["L_D", "L_E"], bestF1: best, schedule: schedule)
    return RunLogEntry(.start(entry), time: time(seconds))
  }

  /// An update of two seconds' phases for each hundred units of cost, half of them forward, at 10 sentences a second.
  static func step(
    _ step: Int, epoch: Int, loss: Double? = 24.9, cost: Int = 100, at seconds: Double
  ) -> RunLogEntry {
    let own = Double(cost) / 50
    let entry = StepEntry(
      step: step, epoch: epoch, losses: ["L_E": 3.125, "L_D": loss], total: (loss ?? 0) + 3.125,
      gradientNorm: 9.75, rate: 0.001, sentencesPerSecond: 10, cost: cost,
      seconds: ["forward": own / 2, "backward": own / 2])
    return RunLogEntry(.step(entry), time: time(seconds))
  }

  static func evaluation(
    step: Int, epoch: Int, f1: Double, isBest: Bool = true, tagF1: Double? = nil,
    seconds: Double = 4, at time: Double
  ) -> RunLogEntry {
    let entry = EvaluationEntry(
      step: step, epoch: epoch, precision: 0.0353, recall: 0.0213, f1: f1, tagF1: tagF1,
      match: "exact", isBest: isBest, seconds: seconds)
    return RunLogEntry(.evaluation(entry), time: Self.time(time))
  }

  static func end(_ reason: String = "all epochs", step: Int, at seconds: Double) -> RunLogEntry {
    RunLogEntry(.end(reason, step: step), time: time(seconds))
  }

  /// A run of so many entries.
  static func run(_ entries: [RunLogEntry]) -> RecordedRun {
    entries.reduce(into: RecordedRun()) { $0.add($1) }
  }

  /// The line of an entry, as a log has it.
  static func line(_ entry: RunLogEntry) throws -> String {
    var fields: [String: any Sendable] = [:]
    func take(_ event: RunLogEvent, _ own: [RunLogField: any Sendable]) {
      for (field, value) in own { fields[field.rawValue] = value }
      fields["event"] = event.rawValue
    }
    switch entry.content {
    case .start(let start): take(.start, start.fields)
    case .step(let step):
      take(.step, step.fields)
      fields.merge(step.losses.mapValues { $0.map { $0 as any Sendable } ?? NSNull() }) { $1 }
    case .evaluation(let evaluation): take(.evaluation, evaluation.fields)
    case .ranks(let seconds, let step): take(.ranks, [.seconds: seconds, .step: step])
    case .straggler(let rank, let host, let times, let step):
      take(.straggler, [.rank: rank, .host: host, .times: times, .step: step])
    case .stall(let rank, let host, let seconds, let step):
      take(.stall, [.rank: rank, .host: host, .seconds: seconds, .step: step])
    case .end(let reason, let step): take(.end, [.ending: reason, .step: step])
    case .other(let name): fields["event"] = name
    }
    if let time = entry.time { fields["time"] = LogTime.text(time) }
    let data = try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys)
    return String(decoding: data, as: UTF8.self)
  }
}
