/// A fault of a corpus, a word list, a relation list or a file of word vectors.
public struct CorpusError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The file as the user named it; `nil` for a fault of no file.
  public let file: String?
  /// Line in the file, from 1.
  public let line: Int?
  /// Number of the record in the file, from 1; `nil` for a fault of no record.
  public let record: Int?
  /// The record's own name, where it has one.
  public let recordID: String?
  /// The finding, the expectation and the remedy.
  public let message: String

  /// Makes an error about a record, about a line of a file, about a file, or about none of them.
  public init(
    file: String? = nil, line: Int? = nil, record: Int? = nil, recordID: String? = nil,
    _ message: String
  ) {
    self.file = file
    self.line = line
    self.record = record
    self.recordID = recordID
    self.message = message
  }

  /// One line, `file:line: record 4711 (id 'x'): message`; several for the bad records of a file.
  public var description: String {
    let place = [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
    let id = recordID.map { " (id '\($0)')" } ?? ""
    let part = record.map { "record \($0)\(id)" }
    return [place.isEmpty ? nil : place, part, message].compactMap { $0 }.joined(separator: ": ")
  }
}

/// The place of a record or a line, as errors name it.
package struct Place {
  /// The file as the user named it.
  package let file: String
  /// The line where the record starts, from 1.
  package let line: Int
  /// The record's number in the file, from 1.
  package var record: Int?
  /// The record's own name, where it has one.
  package var recordID: String?

  /// Names a line of a file, and the record there.
  package init(file: String, line: Int, record: Int? = nil, recordID: String? = nil) {
    self.file = file
    self.line = line
    self.record = record
    self.recordID = recordID
  }

  /// An error at this place, on one line whatever the record holds.
  package func error(_ message: String) -> CorpusError {
    CorpusError(
      file: file, line: line, record: record, recordID: recordID?.shown(atMost: 80),
      message.shown(atMost: 400))
  }

  /// The place of a record that has the name by which its format calls records.
  func identified(by record: JSONValue) -> Place {
    guard case .object(let members) = record else { return self }
    var place = self
    for key in Self.idKeys {
      switch members.first(where: { $0.key == key })?.value {
      case .string(let id): place.recordID = id
      case .integer(let id): place.recordID = String(id)
      default: continue
      }
      break
    }
    return place
  }

  private static let idKeys = [
    "id", "orig_id", "doc_key", "sentId", "doc_id", "docid", "_id", "title",
  ]
}

extension String {
  /// The text on one line: control characters and line ends are escaped, and what is beyond `limit` characters is
  /// cut.
  func shown(atMost limit: Int) -> String {
    var shown = ""
    var count = 0
    for scalar in unicodeScalars {
      if count == limit { return shown + "…" }
      count += 1
      shown += scalar.breaksLine ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return shown
  }
}
