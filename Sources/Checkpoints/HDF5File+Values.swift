import CHDF5

extension HDF5File {
  /// Reads single-precision numbers into memory that the caller has, row-major.
  ///
  /// - Parameters:
  ///   - name: a dataset of float32.
  ///   - buffer: takes as many values as the shape says.
  ///   - shape: what the dataset's shape must be.
  /// - Throws: `CheckpointError` where the dataset is missing or of another type or shape.
  public borrowing func floats(
    _ name: String, into buffer: UnsafeMutableBufferPointer<Float>, shape: [Int]
  ) throws(CheckpointError) {
    precondition(
      shape.reduce(1, *) == buffer.count, "\(name): \(buffer.count) values for shape \(shape)")
    let dataset = try dataset(name)
    try require(dataset, name, [.float32], "float32")
    guard dataset.shape == shape else {
      throw unfit(name, "has shape \(dataset.shape); \(shape) is expected")
    }
    try read(dataset, tercet_float(), into: UnsafeMutableRawBufferPointer(buffer))
  }

  /// Reads single-precision numbers, row-major.
  ///
  /// - Parameter name: a dataset of float32.
  public borrowing func floats(
    _ name: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Float]) {
    let dataset = try dataset(name)
    try require(dataset, name, [.float32], "float32")
    return (dataset.shape, try values(dataset, tercet_float(), zero: 0))
  }

  /// Reads numbers in double precision, row-major.
  ///
  /// - Parameter name: a dataset of float64 or float32.
  public borrowing func doubles(
    _ name: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Double]) {
    let dataset = try dataset(name)
    try require(dataset, name, [.float64, .float32], "float64 or float32")
    return (dataset.shape, try values(dataset, tercet_double(), zero: 0))
  }

  /// Reads integers, row-major.
  ///
  /// - Parameter name: a dataset of integers that 64 bits with a sign can hold.
  public borrowing func integers(
    _ name: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Int64]) {
    let dataset = try dataset(name)
    try require(dataset, name, [.integer], "integer")
    return (dataset.shape, try values(dataset, tercet_int64(), zero: 0))
  }

  /// Reads a list of UTF-8 strings.
  ///
  /// - Parameter name: a dataset of strings with one axis, all stored with one length: of strings that each
  ///   have their own, many could share the bytes of one and come to more than the file holds.
  public borrowing func strings(_ name: String) throws(CheckpointError) -> [String] {
    let dataset = try dataset(name)
    guard dataset.shape.count == 1 else {
      throw unfit(name, "has shape \(dataset.shape); a list is expected")
    }
    if dataset.kind == .strings {
      throw unfit(name, "holds strings of their own lengths; strings of one length are expected")
    }
    return try readStrings(name, dataset.type, dataset.kind, count: dataset.count) { buffer in
      H5Dread(
        dataset.handle.id, dataset.type.id, tercet_all(), tercet_all(), tercet_default(), buffer)
    }
  }

  private borrowing func require(
    _ dataset: borrowing Dataset, _ name: String, _ kinds: [ElementKind], _ expected: String
  ) throws(CheckpointError) {
    guard kinds.contains(dataset.kind) else {
      throw unfit(name, "holds \(dataset.kind.name); \(expected) is expected")
    }
  }

  private borrowing func values<Element: BitwiseCopyable>(
    _ dataset: borrowing Dataset, _ type: hid_t, zero: Element
  ) throws(CheckpointError) -> [Element] {
    var values = [Element](repeating: zero, count: dataset.count)
    try values.withUnsafeMutableBufferPointer { (values) throws(CheckpointError) in
      try read(dataset, type, into: UnsafeMutableRawBufferPointer(values))
    }
    return values
  }

  private borrowing func read(
    _ dataset: borrowing Dataset, _ type: hid_t, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    guard !buffer.isEmpty else { return }
    try HDF5.call("H5Dread", of: path) {
      H5Dread(
        dataset.handle.id, type, tercet_all(), tercet_all(), tercet_default(), buffer.baseAddress)
    }
  }

  /// Reads `count` strings of either kind; `fill` has the library write elements of `type`.
  borrowing func readStrings(
    _ name: String, _ type: borrowing Handle, _ kind: ElementKind, count: Int,
    _ fill: (UnsafeMutableRawPointer?) -> herr_t
  ) throws(CheckpointError) -> [String] {
    switch kind {
    case .strings: try variableStrings(name, count: count, fill)
    case .fixedStrings(let bytes): try fixedStrings(name, count: count, bytes: bytes, fill)
    default: throw unfit(name, "holds \(kind.name); string is expected")
    }
  }

  private borrowing func variableStrings(
    _ name: String, count: Int, _ fill: (UnsafeMutableRawPointer?) -> herr_t
  ) throws(CheckpointError) -> [String] {
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    defer { HDF5.alone { for pointer in pointers { H5free_memory(pointer) } } }
    if count > 0 {
      try HDF5.call("H5Dread", of: path) {
        pointers.withUnsafeMutableBytes { fill($0.baseAddress) }
      }
    }
    var strings: [String] = []
    for pointer in pointers {
      // The library gives no memory for a string without bytes.
      let string = pointer.map { String(validatingCString: $0) } ?? ""
      guard let string else { throw unfit(name, "holds a string that is not UTF-8") }
      strings.append(string)
    }
    return strings
  }

  private borrowing func fixedStrings(
    _ name: String, count: Int, bytes: Int, _ fill: (UnsafeMutableRawPointer?) -> herr_t
  ) throws(CheckpointError) -> [String] {
    var text = [UInt8](repeating: 0, count: count * bytes)
    if count > 0 {
      try HDF5.call("H5Dread", of: path) { text.withUnsafeMutableBytes { fill($0.baseAddress) } }
    }
    var strings: [String] = []
    for start in stride(from: 0, to: text.count, by: bytes) {
      let used = text[start..<start + bytes].prefix { $0 != 0 }
      guard let string = String(validating: used, as: UTF8.self) else {
        throw unfit(name, "holds a string that is not UTF-8")
      }
      strings.append(string)
    }
    return strings
  }
}
