import Foundation

extension EvaluationReport {
  /// The report as JSON: two reports that are equal are the same bytes.
  public var json: Data { jsonData(of: self) }
}

extension EvaluationResult {
  /// The result as JSON.
  public var json: Data { jsonData(of: self) }
}

/// - Precondition: no number is infinite or NaN, and quotients with their zero rules never are.
private func jsonData(of value: some Encodable) -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do {
    return try encoder.encode(value) + Data("\n".utf8)
  } catch {
    preconditionFailure("a report cannot be written as JSON: \(error)")
  }
}
