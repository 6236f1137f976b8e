import Foundation

/// A line of the run log.
package struct RunLogEntry: Sendable, Equatable {
  /// What the line says.
  package enum Content: Sendable, Equatable {
    case start(StartEntry)
    case step(StepEntry)
    case evaluation(EvaluationEntry)
    /// The mean seconds of a step that each rank computed, not counting the wait for others.
    case ranks(seconds: [Double], step: Int)
    /// A rank that took `times` as long as the others for the same cost.
    case straggler(rank: Int, host: String, times: Double, step: Int)
    /// A rank that did not get on.
    case stall(rank: Int, host: String, seconds: Double, step: Int)
    /// The reason for which training ended.
    case end(String, step: Int)
    /// Any other line.
    case other(String)
  }

  package let content: Content
  /// When the line was made; `nil` in logs of earlier versions.
  package let time: Date?

  /// Makes an entry.
  package init(_ content: Content, time: Date?) { (self.content, self.time) = (content, time) }

  /// The update whose repetition supersedes the line; `nil` for lines that stay: starts, ends and others.
  var step: Int? {
    switch content {
    case .step(let entry): entry.step
    case .evaluation(let entry): entry.step
    case .ranks(_, let step), .straggler(_, _, _, let step), .stall(_, _, _, let step): step
    case .start, .end, .other: nil
    }
  }
}

extension RunLogEntry: Decodable {
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: RunLogField.self)
    time = try values.decodeIfPresent(String.self, forKey: .time).flatMap(LogTime.time)
    let name = try values.decode(String.self, forKey: .event)
    func host() throws -> String { try values.decode(String.self, forKey: .host) }
    content =
      switch RunLogEvent(rawValue: name) {
      case .start: .start(try StartEntry(from: decoder))
      case .step: .step(try StepEntry(from: decoder))
      case .evaluation: .evaluation(try EvaluationEntry(from: decoder))
      case .ranks:
        .ranks(
          seconds: try values.decode([Double].self, forKey: .seconds), step: try values.count(.step)
        )
      case .straggler:
        .straggler(
          rank: try values.count(.rank), host: try host(),
          times: try values.decode(Double.self, forKey: .times), step: try values.count(.step))
      case .stall, .abort:
        .stall(
          rank: try values.count(.rank), host: try host(),
          seconds: try values.decode(Double.self, forKey: .seconds), step: try values.count(.step))
      case .end:
        .end(try values.decode(String.self, forKey: .ending), step: try values.count(.step))
      default: .other(name)
      }
  }
}
