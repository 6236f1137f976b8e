/// The value of an attribute, which belongs to a group or dataset of a checkpoint.
public enum AttributeValue: Hashable, Sendable {
  /// A UTF-8 string.
  case string(String)
  /// An integer of at most 64 bits.
  case integer(Int64)
  /// A number of double or single precision.
  case real(Double)
  /// An enumeration FALSE, TRUE over one byte, as h5py writes truth values.
  case truth(Bool)
}

extension AttributeValue: CustomStringConvertible {
  /// The value as text; a string without quotes.
  public var description: String {
    switch self {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .truth(let value): "\(value)"
    }
  }
}
