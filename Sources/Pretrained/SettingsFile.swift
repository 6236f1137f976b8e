import Foundation

/// A file of settings in JSON that other programs write, such as `config.json`. A value that is read is checked, and
/// refused with file, key, finding and what is expected; a null counts as a key that is not there.
struct SettingsFile {
  /// The file's name in errors, as the caller gave it.
  let path: String
  private let values: [String: Value]

  /// Reads a file; `nil` where it is not there.
  init?(_ path: String) throws(ImportError) {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self.path = path
    do {
      let contents = try Data(contentsOf: URL(filePath: path))
      values = try JSONDecoder().decode([String: Value].self, from: contents)
    } catch DecodingError.dataCorrupted(let context) {
      throw ImportError(description: "\(path): \(context.debugDescription)")
    } catch is DecodingError {
      throw ImportError(description: "\(path): holds no object of JSON; expected keys with values")
    } catch {
      throw ImportError(description: "\(path): cannot be read: \(error.localizedDescription)")
    }
  }

  /// A whole number above 0; `nil` where the key is missing.
  func count(_ key: String) throws(ImportError) -> Int? {
    guard let number = try number(key, expected: Self.countForm) else { return nil }
    guard let count = Int32(exactly: number), count > 0 else {
      throw refusal(key, expected: Self.countForm)
    }
    return Int(count)
  }

  /// A whole number above 0, of a key that must be there.
  func requiredCount(_ key: String) throws(ImportError) -> Int {
    guard let count = try count(key) else { throw refusal(key, expected: Self.countForm) }
    return count
  }

  /// A number; `nil` where the key is missing.
  func number(
    _ key: String, expected form: String = "a number"
  ) throws(ImportError) -> Double? {
    guard let value = present(key) else { return nil }
    guard case .number(let number) = value else { throw refusal(key, expected: form) }
    return number
  }

  /// A text; `nil` where the key is missing.
  func text(_ key: String) throws(ImportError) -> String? {
    guard let value = present(key) else { return nil }
    guard case .text(let text) = value else { throw refusal(key, expected: "a text") }
    return text
  }

  /// A truth value; `nil` where the key is missing.
  func truth(_ key: String) throws(ImportError) -> Bool? {
    guard let value = present(key) else { return nil }
    guard case .truth(let truth) = value else { throw refusal(key, expected: "true or false") }
    return truth
  }

  private static let countForm = "a whole number from 1 to \(Int32.max)"

  /// The value of a key; `nil` where it is null too.
  private func present(_ key: String) -> Value? {
    if case .null? = values[key] { nil } else { values[key] }
  }

  private func refusal(_ key: String, expected form: String) -> ImportError {
    guard let value = values[key] else {
      return ImportError(description: "\(path): has no '\(key)'")
    }
    return ImportError(description: "\(path): '\(key)' is \(value); expected \(form)")
  }
}

/// A value of JSON, as far as settings have it.
private enum Value: Decodable, CustomStringConvertible {
  case null
  case truth(Bool)
  case number(Double)
  case text(String)
  /// A list, an object, or a number that no `Double` is near.
  case other

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let truth = try? value.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .other
    }
  }

  /// The value on one line, as JSON has it.
  var description: String {
    switch self {
    case .null: "null"
    case .truth(let truth): "\(truth)"
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .text(let text): String(reflecting: String(text.prefix(40)))
    case .other: "a list, an object or a number out of range"
    }
  }
}
