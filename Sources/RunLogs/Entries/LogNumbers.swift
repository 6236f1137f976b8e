/// Numbers of steps, epochs, ranks and costs in a log, which anyone may have written.
extension KeyedDecodingContainer<RunLogField> {
  /// A count within what products of two counts can hold.
  func count(_ field: RunLogField) throws -> Int {
    let value = try decode(Int.self, forKey: field)
    guard (0...1 << 31).contains(value) else {
      throw DecodingError.dataCorruptedError(
        forKey: field, in: self, debugDescription: "\(value) is no count")
    }
    return value
  }

  /// A count; `nil` where the line has none.
  func countIfPresent(_ field: RunLogField) throws -> Int? {
    contains(field) ? try count(field) : nil
  }
}
