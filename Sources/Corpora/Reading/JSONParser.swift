/// Reads JSON values one after the other from bytes (RFC 8259, strict).
struct JSONParser {
  let bytes: [UInt8]
  private let file: String
  var index = 0
  /// Where reading ends: at the end of `bytes`, or of a line.
  var end: Int
  var line: Int
  private static let deepest = 256

  /// - Parameter line: number of the first line of `bytes` in the file.
  init(_ bytes: [UInt8], file: String, line: Int = 1) {
    self.bytes = bytes
    self.file = file
    self.line = line
    end = bytes.count
  }

  /// The place of the next value.
  var place: Place { Place(file: file, line: line) }

  /// The next byte that is not blank, without taking it; `nil` at the end.
  mutating func peek() -> UInt8? {
    while index < end {
      switch bytes[index] {
      case 0x0A: line += 1
      case 0x20, 0x09, 0x0D: break
      // A byte order mark where files were put together.
      case 0xEF where bytes[index..<end].starts(with: [0xEF, 0xBB, 0xBF]): index += 2
      default: return bytes[index]
      }
      index += 1
    }
    return nil
  }

  /// Takes `byte` if it comes next.
  mutating func take(_ byte: Character) -> Bool {
    guard peek() == byte.asciiValue else { return false }
    index += 1
    return true
  }

  /// The one value of `bytes`.
  mutating func onlyValue() throws(CorpusError) -> JSONValue {
    let value = try value()
    if peek() != nil { throw malformed("\(found()) after the end of the JSON value") }
    return value
  }

  /// The next value.
  mutating func value(depth: Int = 0) throws(CorpusError) -> JSONValue {
    if depth > Self.deepest { throw malformed("more than \(Self.deepest) nested lists") }
    switch peek().map({ Character(Unicode.Scalar($0)) }) {
    case "{": return .object(try members(depth))
    case "[": return .array(try elements(depth))
    case "\"": return .string(try string())
    case "t": return try literal("true", .boolean(true))
    case "f": return try literal("false", .boolean(false))
    case "n": return try literal("null", .null)
    case "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9": return try number()
    default: throw malformed("\(found()) where a value should be")
    }
  }

  private mutating func elements(_ depth: Int) throws(CorpusError) -> [JSONValue] {
    index += 1
    var values: [JSONValue] = []
    if take("]") { return values }
    repeat { values.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw malformed("\(found()) where ',' or ']' should be") }
    return values
  }

  private mutating func members(
    _ depth: Int
  ) throws(CorpusError) -> [(key: String, value: JSONValue)] {
    index += 1
    var members: [(key: String, value: JSONValue)] = []
    var keys: Set<ExactString> = []
    if take("}") { return members }
    repeat {
      guard peek() == 0x22 else { throw malformed("\(found()) where a key should be") }
      let key = try string()
      guard keys.insert(ExactString(key)).inserted else { throw malformed("key '\(key)' twice") }
      guard take(":") else { throw malformed("\(found()) where ':' should be") }
      members.append((key, try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw malformed("\(found()) where ',' or '}' should be") }
    return members
  }

  private mutating func literal(
    _ word: String, _ value: JSONValue
  ) throws(CorpusError) -> JSONValue {
    guard bytes[index...].starts(with: word.utf8) else {
      throw malformed("\(found()) where a value should be")
    }
    index += word.utf8.count
    return value
  }

  private mutating func number() throws(CorpusError) -> JSONValue {
    let start = index
    while index < end, "+-.eE0123456789".utf8.contains(bytes[index]) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    let digits = text.drop { $0 == "-" }
    let isPadded = digits.count > 1 && digits.first == "0" && digits.dropFirst().first != "."
    if !isPadded && !digits.hasPrefix(".") && !text.hasSuffix(".") {
      if let integer = Int(text) { return .integer(integer) }
      if let decimal = Double(text), decimal.isFinite { return .decimal(decimal) }
    }
    throw malformed("'\(text)' is not a number")
  }

  func malformed(_ what: String) -> CorpusError { place.error("malformed JSON: \(what)") }

  /// The next byte, for errors.
  mutating func found() -> String {
    guard let byte = peek() else { return "end of text" }
    return (0x21..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
  }
}

extension JSONParser {
  private mutating func string() throws(CorpusError) -> String {
    index += 1
    let start = index
    while index < end, bytes[index] != 0x22, bytes[index] != 0x5C, bytes[index] >= 0x20 {
      index += 1
    }
    var units = Array(bytes[start..<index])
    while true {
      guard index < end, bytes[index] >= 0x20 else {
        throw malformed("a string is not closed")
      }
      let byte = bytes[index]
      index += 1
      if byte == 0x22 { break }
      if byte == 0x5C { units += try escape() } else { units.append(byte) }
    }
    guard let text = String(validating: units, as: UTF8.self) else {
      throw malformed("a string that is not UTF-8; convert the file to UTF-8")
    }
    return text
  }

  private mutating func escape() throws(CorpusError) -> [UInt8] {
    guard index < end else { throw malformed("a string is not closed") }
    let letter = Character(Unicode.Scalar(bytes[index]))
    index += 1
    switch letter {
    case "\"", "\\", "/": return Array(letter.utf8)
    case "b": return [0x08]
    case "f": return [0x0C]
    case "n": return [0x0A]
    case "r": return [0x0D]
    case "t": return [0x09]
    case "u": return try unicodeEscape()
    default: throw malformed("escape '\\\(letter)'")
    }
  }

  private mutating func unicodeEscape() throws(CorpusError) -> [UInt8] {
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: #"\u"#.utf8) {
      index += 2
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw malformed("half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw malformed("half a surrogate pair") }
    return Array(String(scalar).utf8)
  }

  private mutating func hexadecimal() throws(CorpusError) -> UInt32 {
    let digits = bytes[index...].prefix(4)
    let areHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard digits.count == 4, areHexadecimal,
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw malformed("'\\u' without four hexadecimal digits") }
    index += 4
    return code
  }
}
