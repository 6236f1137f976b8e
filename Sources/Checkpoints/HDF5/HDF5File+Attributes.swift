import CHDF5

extension HDF5File {
  /// Reads an attribute that holds one value.
  ///
  /// - Parameters:
  ///   - name: the attribute's name.
  ///   - object: the group or dataset; `/` is the file itself.
  /// - Throws: `CheckpointError` where object or attribute is missing or holds several values or another kind.
  package borrowing func attribute(
    _ name: String, on object: String = "/"
  ) throws(CheckpointError) -> AttributeValue {
    try requireLinks(to: object)
    let owner = try open(object)
    let title = object == "/" ? name : "\(object)@\(name)"
    let exists = try HDF5.call("H5Aexists", of: path) { H5Aexists(owner.id, name) }
    if exists == 0 { throw unfit(title, "is missing") }
    let attribute = try Handle("H5Aopen", of: path, closedBy: H5Aclose) {
      H5Aopen(owner.id, name, tercet_default())
    }
    return try value(of: attribute, title)
  }

  /// The names of an object's attributes, sorted by their bytes.
  package borrowing func attributeNames(
    on object: String = "/"
  ) throws(CheckpointError) -> [String] {
    try requireLinks(to: object)
    let owner = try open(object)
    var info = H5O_info_t()
    try HDF5.call("H5Oget_info", of: path) {
      H5Oget_info2(owner.id, &info, UInt32(H5O_INFO_NUM_ATTRS))
    }
    return try names(info.num_attrs, "H5Aget_name_by_idx") { index, buffer, size in
      H5Aget_name_by_idx(
        owner.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, tercet_default())
    }
  }

  private borrowing func value(
    of attribute: borrowing Handle, _ title: String
  ) throws(CheckpointError) -> AttributeValue {
    let type = try Handle("H5Aget_type", of: path, closedBy: H5Tclose) {
      H5Aget_type(attribute.id)
    }
    let space = try Handle("H5Aget_space", of: path, closedBy: H5Sclose) {
      H5Aget_space(attribute.id)
    }
    guard HDF5.alone({ H5Sget_simple_extent_npoints(space.id) }) == 1 else {
      throw unfit(title, "does not hold one value")
    }
    let kind = ElementKind(of: type.id)
    guard HDF5.alone({ H5Tget_size(type.id) }) <= length else {
      throw unfit(title, "claims more bytes than the file holds")
    }
    switch kind {
    case .integer:
      return .integer(try read(attribute, tercet_int64(), zero: 0))
    case .float32, .float64:
      return .real(try read(attribute, tercet_double(), zero: 0))
    case .truth:
      return .truth(try read(attribute, type.id, zero: 0 as Int8) != 0)
    case .strings:
      return .string(try string(title) { H5Aread(attribute.id, type.id, $0) })
    case .fixedStrings(let bytes):
      var text = [UInt8](repeating: 0, count: bytes)
      try HDF5.call("H5Aread", of: path) { H5Aread(attribute.id, type.id, &text) }
      return .string(try strings(in: text, of: bytes, title).joined())
    case .other:
      throw unfit(title, "holds another type; a string, number or truth value is expected")
    }
  }

  private borrowing func read<Value: BitwiseCopyable>(
    _ attribute: borrowing Handle, _ type: hid_t, zero: Value
  ) throws(CheckpointError) -> Value {
    var value = zero
    try HDF5.call("H5Aread", of: path) {
      withUnsafeMutablePointer(to: &value) { H5Aread(attribute.id, type, $0) }
    }
    return value
  }

  /// Reads a string of its own length, for which the library allocates memory.
  private borrowing func string(
    _ title: String, _ fill: (UnsafeMutableRawPointer) -> herr_t
  ) throws(CheckpointError) -> String {
    var pointer: UnsafeMutablePointer<CChar>?
    defer { HDF5.alone { _ = H5free_memory(pointer) } }
    try HDF5.call("H5Aread", of: path) { fill(&pointer) }
    // For an empty string the library allocates nothing.
    guard let pointer else { return "" }
    guard let string = String(validatingCString: pointer) else {
      throw unfit(title, "holds a string that is not UTF-8")
    }
    return string
  }
}
