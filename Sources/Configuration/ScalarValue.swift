/// A type whose values are single scalars in a configuration.
protocol ScalarValue: Codable {
  /// Parses a scalar; `nil` where it is no value of this type.
  init?(scalar: Scalar)

  /// The expected kind of value, for the error about a refused scalar; `nil` stands for a list or section.
  static func expectation(for scalar: Scalar?) -> String

  /// The value as a scalar that parses to it.
  var scalar: Scalar { get }
}

extension Bool: ScalarValue {
  init?(scalar: Scalar) {
    guard scalar.style == .plain else { return nil }
    self.init(scalar.text)
  }

  static func expectation(for scalar: Scalar?) -> String { "true or false" }

  var scalar: Scalar { Scalar(text: "\(self)", style: .plain) }
}

extension String: ScalarValue {
  init?(scalar: Scalar) {
    guard !scalar.isNull else { return nil }
    self = scalar.text
  }

  static func expectation(for scalar: Scalar?) -> String { "a text" }

  var scalar: Scalar { Scalar(text: self, style: .quoted) }
}

extension ScalarValue where Self: FixedWidthInteger {
  init?(scalar: Scalar) {
    guard scalar.isWholeNumber, let value = Self(scalar.text) else { return nil }
    self = value
  }

  static func expectation(for scalar: Scalar?) -> String {
    scalar?.isWholeNumber ?? false ? "a whole number from \(min) to \(max)" : "a whole number"
  }

  var scalar: Scalar { Scalar(text: "\(self)", style: .plain) }
}

extension Int: ScalarValue {}
extension Int8: ScalarValue {}
extension Int16: ScalarValue {}
extension Int32: ScalarValue {}
extension Int64: ScalarValue {}
extension UInt: ScalarValue {}
extension UInt8: ScalarValue {}
extension UInt16: ScalarValue {}
extension UInt32: ScalarValue {}
extension UInt64: ScalarValue {}

extension ScalarValue where Self: BinaryFloatingPoint & LosslessStringConvertible {
  init?(scalar: Scalar) {
    guard scalar.isDecimal, let value = Self(scalar.text), value.isFinite else { return nil }
    self = value
  }

  static func expectation(for scalar: Scalar?) -> String {
    scalar?.isDecimal ?? false || scalar?.isNonFinite ?? false ? "a finite number" : "a number"
  }

  /// The shortest text that reads back as the same bits.
  var scalar: Scalar {
    precondition(isFinite, "a configuration holds finite numbers, not \(self)")
    return Scalar(text: "\(self)", style: .plain)
  }
}

extension Float: ScalarValue {}
extension Double: ScalarValue {}

extension Scalar {
  /// `[-+]?[0-9]+`
  var isWholeNumber: Bool {
    guard style == .plain else { return false }
    let digits = text.utf8.drop(atMostOneOf: "+-")
    return !digits.isEmpty && digits.allSatisfy(\.isDigit)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the floats of YAML 1.2's core schema.
  var isDecimal: Bool {
    guard style == .plain else { return false }
    var rest = text.utf8.drop(atMostOneOf: "+-")
    let whole = rest.prefix(while: \.isDigit)
    rest = rest.dropFirst(whole.count)
    var fractionDigits = 0
    if rest.first == UInt8(ascii: ".") {
      fractionDigits = rest.dropFirst().prefix(while: \.isDigit).count
      rest = rest.dropFirst(1 + fractionDigits)
    }
    guard whole.count + fractionDigits > 0 else { return false }
    if rest.isEmpty { return true }
    guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return false }
    let exponent = rest.dropFirst().drop(atMostOneOf: "+-")
    return !exponent.isEmpty && exponent.allSatisfy(\.isDigit)
  }

  /// `.inf`, `-.inf`, `.nan` in the three spellings of YAML.
  var isNonFinite: Bool {
    style == .plain
      && [".inf", ".nan"].contains(
        String(decoding: text.utf8.drop(atMostOneOf: "+-"), as: UTF8.self).lowercased())
  }
}

extension UInt8 {
  var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}

extension String.UTF8View {
  fileprivate func drop(atMostOneOf signs: String) -> SubSequence {
    dropFirst(first.map(signs.utf8.contains) ?? false ? 1 : 0)
  }
}

extension Substring.UTF8View {
  fileprivate func drop(atMostOneOf signs: String) -> Self {
    dropFirst(first.map(signs.utf8.contains) ?? false ? 1 : 0)
  }
}
