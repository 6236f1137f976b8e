import CHDF5
import Glibc

/// Writes the contents of one checkpoint to a file, array by array.
///
/// A name is a path such as `parameters/encoder.forward.input.weight`: slashes separate groups, and missing groups
/// are made; a dot is part of a name.
public struct CheckpointWriter: ~Copyable {
  private let file: Handle
  private let untimedGroup: Handle
  private let driver: HDF5Driver
  private let path: String

  /// The largest size of a chunk in bytes; each chunk has a checksum of its own.
  static let chunkBytes = 1 << 20

  /// Makes an empty file.
  ///
  /// - Parameter expected: a lower bound of the finished file's size in bytes, for errors.
  init(_ path: String, expecting expected: Int) throws(CheckpointError) {
    let access = try Handle.properties(tercet_file_access_class(), of: path)
    let creation = try Handle.properties(tercet_file_create_class(), of: path)
    let group = try Handle.properties(tercet_group_create_class(), of: path)
    let driver = try HDF5Driver(path, expecting: expected)
    try driver.drive(access, of: path)
    try HDF5.call("H5Pset_libver_bounds", of: path) {
      H5Pset_libver_bounds(access.id, H5F_LIBVER_V18, H5F_LIBVER_V18)
    }
    try HDF5.call("H5Pset_userblock", of: path) {
      H5Pset_userblock(creation.id, hsize_t(UserBlock.size))
    }
    for list in [creation.id, group.id] {
      try HDF5.call("H5Pset_obj_track_times", of: path) { H5Pset_obj_track_times(list, false) }
    }
    file = try Handle("H5Fcreate", of: path, closedBy: H5Fclose) {
      H5Fcreate(path, tercet_truncate(), creation.id, access.id)
    }
    untimedGroup = group
    self.driver = driver
    self.path = path
  }

  /// Closes the file, writes its header and flushes it to disk.
  consuming func finish() throws(CheckpointError) {
    try file.close("H5Fclose", of: path)
    try driver.seal()
  }

  /// Writes an array of single-precision numbers, row-major.
  ///
  /// - Precondition: there are as many values as the shape says.
  public borrowing func floats(
    _ name: String, shape: [Int], _ values: UnsafeBufferPointer<Float>
  ) throws(CheckpointError) {
    try array(
      name, shape, UnsafeRawBufferPointer(values), stored: tercet_file_float(),
      given: tercet_float())
  }

  /// Writes an array of single-precision numbers, row-major.
  ///
  /// - Precondition: there are as many values as the shape says.
  public borrowing func floats(
    _ name: String, shape: [Int], _ values: [Float]
  ) throws(CheckpointError) {
    try array(name, shape, values, stored: tercet_file_float(), given: tercet_float())
  }

  /// Writes an array of double-precision numbers, row-major.
  ///
  /// - Precondition: there are as many values as the shape says.
  public borrowing func doubles(
    _ name: String, shape: [Int], _ values: [Double]
  ) throws(CheckpointError) {
    try array(name, shape, values, stored: tercet_file_double(), given: tercet_double())
  }

  /// Writes an array of 64-bit integers, row-major.
  ///
  /// - Precondition: there are as many values as the shape says.
  public borrowing func integers(
    _ name: String, shape: [Int], _ values: [Int64]
  ) throws(CheckpointError) {
    try array(name, shape, values, stored: tercet_file_int64(), given: tercet_int64())
  }

  /// Writes a list of UTF-8 strings, all stored with the length of the longest and filled up with zeros: for
  /// strings of their own lengths HDF5 has no checksums.
  ///
  /// - Throws: `CheckpointError` where a string holds a zero byte.
  public borrowing func strings(_ name: String, _ values: [String]) throws(CheckpointError) {
    try requireNoZeroByte(values, name)
    let width = 1 + (values.map(\.utf8.count).max() ?? 0)
    let type = try Handle.stringType(bytes: width, of: path)
    var text: [UInt8] = []
    text.reserveCapacity(values.count * width)
    for value in values {
      text += value.utf8
      text += repeatElement(0, count: width - value.utf8.count)
    }
    try array(name, [values.count], text, stored: type.id, given: type.id)
  }

  /// Writes a list of UTF-8 strings of their own lengths, as other programs write them; HDF5 has no checksums for
  /// them, only the file's header has.
  ///
  /// - Throws: `CheckpointError` where a string holds a zero byte.
  public borrowing func texts(_ name: String, _ values: [String]) throws(CheckpointError) {
    try requireNoZeroByte(values, name)
    let type = try Handle.stringType(bytes: tercet_variable(), of: path)
    let copies = values.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    try array(name, [values.count], copies, stored: type.id, given: type.id)
  }

  /// Writes an attribute of a dataset or of a group, which is made where it is missing.
  ///
  /// - Parameters:
  ///   - name: the attribute's name.
  ///   - object: the group or dataset; `/` is the file itself.
  public borrowing func attribute(
    _ name: String, on object: String = "/", _ value: AttributeValue
  ) throws(CheckpointError) {
    if object != "/" { try makeGroup(object) }
    switch value {
    case .integer(let number):
      try attribute(name, object, stored: tercet_file_int64(), given: tercet_int64(), number)
    case .real(let number):
      try attribute(name, object, stored: tercet_file_double(), given: tercet_double(), number)
    case .truth(let truth):
      let type = try Handle.truthType(of: path)
      try attribute(name, object, stored: type.id, given: type.id, truth ? 1 : 0 as Int8)
    case .string(let string):
      try requireNoZeroByte([string], name)
      let type = try Handle.stringType(bytes: tercet_variable(), of: path)
      try string.utf8CString.withUnsafeBufferPointer { (text) throws(CheckpointError) in
        try attribute(name, object, stored: type.id, given: type.id, text.baseAddress)
      }
    }
  }

  private borrowing func array<Value: BitwiseCopyable>(
    _ name: String, _ shape: [Int], _ values: [Value], stored: hid_t, given: hid_t
  ) throws(CheckpointError) {
    try values.withUnsafeBufferPointer { (values) throws(CheckpointError) in
      try array(name, shape, UnsafeRawBufferPointer(values), stored: stored, given: given)
    }
  }

  private borrowing func array(
    _ name: String, _ shape: [Int], _ values: UnsafeRawBufferPointer, stored: hid_t, given: hid_t
  ) throws(CheckpointError) {
    let elementBytes = HDF5.alone { H5Tget_size(given) }
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(elementBytes, *) == values.count,
      "\(name): \(values.count / elementBytes) values for shape \(shape)")
    if let slash = name.lastIndex(of: "/") { try makeGroup(String(name[..<slash])) }
    let space = try Handle.space(shape, of: path)
    let isVariable = HDF5.alone { H5Tis_variable_str(stored) > 0 }
    let properties = try datasetProperties(isVariable ? [] : shape, elementBytes: elementBytes)
    let dataset = try Handle("H5Dcreate", of: path, closedBy: H5Dclose) {
      H5Dcreate2(
        file.id, name, stored, space.id, tercet_default(), properties.id, tercet_default())
    }
    guard !values.isEmpty else { return }
    try HDF5.call("H5Dwrite", of: path) {
      H5Dwrite(
        dataset.id, given, tercet_all(), tercet_all(), tercet_default(), values.baseAddress)
    }
    try driver.check()
  }

  /// Properties of a dataset without times, in chunks with checksums. Scalars have no chunks in HDF5, strings of their
  /// own lengths no checksums.
  private borrowing func datasetProperties(
    _ shape: [Int], elementBytes: Int
  ) throws(CheckpointError) -> Handle {
    let properties = try Handle.properties(tercet_dataset_create_class(), of: path)
    try HDF5.call("H5Pset_obj_track_times", of: path) {
      H5Pset_obj_track_times(properties.id, false)
    }
    guard !shape.isEmpty else { return properties }
    let chunk = Self.chunk(of: shape, elementBytes: elementBytes).map(hsize_t.init)
    try HDF5.call("H5Pset_chunk", of: path) {
      H5Pset_chunk(properties.id, Int32(chunk.count), chunk)
    }
    try HDF5.call("H5Pset_fletcher32", of: path) { H5Pset_fletcher32(properties.id) }
    return properties
  }

  /// The shape of an array's chunks: the leading axes are cut until a chunk has at most 1 MiB.
  ///
  /// - Parameter elementBytes: the size of an element in bytes.
  package static func chunk(of shape: [Int], elementBytes: Int) -> [Int] {
    var chunk = shape.map { max($0, 1) }
    for axis in chunk.indices {
      let restBytes = chunk[(axis + 1)...].reduce(elementBytes, *)
      chunk[axis] = min(chunk[axis], max(1, chunkBytes / restBytes))
    }
    return chunk
  }

  /// Makes a group and those above it, as far as they are missing.
  private borrowing func makeGroup(_ name: String) throws(CheckpointError) {
    var prefix = ""
    for part in name.split(separator: "/") {
      prefix += prefix.isEmpty ? part : "/\(part)"
      let exists = try HDF5.call("H5Lexists", of: path) {
        H5Lexists(file.id, prefix, tercet_default())
      }
      if exists > 0 { continue }
      _ = try Handle("H5Gcreate", of: path, closedBy: H5Gclose) {
        H5Gcreate2(file.id, prefix, tercet_default(), untimedGroup.id, tercet_default())
      }
    }
  }

  private borrowing func attribute<Value: BitwiseCopyable>(
    _ name: String, _ object: String, stored: hid_t, given: hid_t, _ value: Value
  ) throws(CheckpointError) {
    let space = try Handle.space([], of: path)
    let attribute = try Handle("H5Acreate", of: path, closedBy: H5Aclose) {
      H5Acreate_by_name(
        file.id, object, name, stored, space.id, tercet_default(), tercet_default(),
        tercet_default())
    }
    try HDF5.call("H5Awrite", of: path) {
      withUnsafePointer(to: value) { H5Awrite(attribute.id, given, $0) }
    }
  }

  private borrowing func requireNoZeroByte(
    _ values: [String], _ name: String
  ) throws(CheckpointError) {
    if values.contains(where: { $0.utf8.contains(0) }) {
      throw CheckpointError(path, .unfit(name: name, problem: "has a string with a zero byte"))
    }
  }
}
