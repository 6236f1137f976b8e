import Foundation

extension EvaluationReport {
  /// Reads a report that `json` wrote.
  ///
  /// - Parameters:
  ///   - json: the bytes of the file.
  ///   - name: what an error calls them, such as the file's path.
  /// - Throws: `EvaluationError.notAReport`, with the key that is missing or wrong.
  public init(json: Data, name: String) throws(EvaluationError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: json)
    } catch let error as DecodingError {
      throw .notAReport(name: name, found: error.summary)
    } catch {
      throw .notAReport(name: name, found: "\(error)")
    }
  }

  /// The report as JSON: two reports that are equal are the same bytes.
  public var json: Data { jsonData(of: self) }
}

extension ReportSummary {
  /// The summary as JSON.
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

extension DecodingError {
  /// One line: the key, and what is wrong with it.
  fileprivate var summary: String {
    switch self {
    case .keyNotFound(let key, let context):
      "key '\(Self.path(context.codingPath + [key]))' is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "key '\(Self.path(context.codingPath))' is not of type \(type)"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? context.debugDescription
        : "key '\(Self.path(context.codingPath))': \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map(\.stringValue).joined(separator: ".")
  }
}
