/// A JSON value as it is written.
///
/// Foundation's readers do not serve: their dictionaries merge keys that differ only in the encoding of
/// accents, they take `1.0` and `true` for integers, and their errors name no line.
enum JSONValue {
  case null
  case boolean(Bool)
  case integer(Int)
  case decimal(Double)
  case string(String)
  case array([JSONValue])
  /// Members in the order of the file; keys are distinct code units.
  case object([(key: String, value: JSONValue)])

  /// The kind of the value, for errors.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "the number \(value)"
    case .decimal(let value): "the number \(value)"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
