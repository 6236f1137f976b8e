import CHDF5

/// The type of the elements of an array or attribute, as far as this program reads it.
package enum ElementKind: Equatable, Sendable {
  /// IEEE 754, 32 bits, little-endian.
  case float32
  /// IEEE 754, 64 bits, little-endian.
  case float64
  /// A little-endian integer that an `Int64` can hold.
  case integer
  /// An enumeration of two values over one byte.
  case truth
  /// Strings of their own lengths.
  case strings
  /// Strings of one length, shorter ones filled up with zeros.
  case fixedStrings(bytes: Int)
  /// Any other type.
  case other

  /// The kind of a datatype.
  ///
  /// - Parameter type: the library's identifier.
  init(of type: hid_t) {
    self = HDF5.alone { Self.kind(of: type) }
  }

  private static func kind(of type: hid_t) -> ElementKind {
    func isOne(of kinds: [hid_t]) -> Bool { kinds.contains { H5Tequal(type, $0) > 0 } }
    let bytes = H5Tget_size(type)
    switch H5Tget_class(type) {
    case H5T_FLOAT where isOne(of: [tercet_file_float()]): return .float32
    case H5T_FLOAT where isOne(of: [tercet_file_double()]): return .float64
    case H5T_INTEGER where isOne(of: Self.integers): return .integer
    case H5T_ENUM:
      return bytes == 1 && H5Tget_nmembers(type) == 2 ? .truth : .other
    case H5T_STRING where bytes > 0:
      return H5Tis_variable_str(type) > 0 ? .strings : .fixedStrings(bytes: bytes)
    default:
      return .other
    }
  }

  /// Little-endian integers that an `Int64` can hold.
  private static var integers: [hid_t] {
    [
      tercet_file_int8(), tercet_file_int16(), tercet_file_int32(), tercet_file_int64(),
      tercet_file_uint8(), tercet_file_uint16(), tercet_file_uint32(),
    ]
  }

  /// The bytes of an element in memory, an integer as `Int64`; nil for kinds that are not read from arrays.
  var width: Int? {
    switch self {
    case .float32: MemoryLayout<Float>.size
    case .float64: MemoryLayout<Double>.size
    case .integer: MemoryLayout<Int64>.size
    case .fixedStrings(let bytes): bytes
    case .truth, .strings, .other: nil
    }
  }

  /// The kind in messages.
  var name: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .integer: "integer"
    case .truth: "truth value"
    case .strings, .fixedStrings: "string"
    case .other: "another type"
    }
  }
}
