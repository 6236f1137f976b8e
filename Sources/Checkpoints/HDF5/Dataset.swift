import CHDF5
import Glibc

/// An open dataset that passed all checks: its kind, shape, filters and storage fit the file's length, so it can
/// be read into memory of the size of its shape.
struct Dataset: ~Copyable {
  private let handle: Handle
  private let type: Handle
  private let path: String
  /// Kind and shape, checked.
  let outline: ArrayOutline

  /// Opens and checks a dataset.
  ///
  /// - Parameters:
  ///   - name: the path of a dataset that hard links lead to.
  ///   - file: the library's identifier of the file.
  ///   - path: the file's name in errors.
  ///   - fileLength: the largest size of a dataset, in bytes.
  /// - Throws: `CheckpointError` where a check fails.
  init(
    _ name: String, in file: hid_t, of path: String, fileLength: Int
  ) throws(CheckpointError) {
    let dataset = try Handle("H5Dopen", of: path, closedBy: H5Dclose) {
      H5Dopen2(file, name, tercet_default())
    }
    let type = try Handle("H5Dget_type", of: path, closedBy: H5Tclose) { H5Dget_type(dataset.id) }
    let space = try Handle("H5Dget_space", of: path, closedBy: H5Sclose) {
      H5Dget_space(dataset.id)
    }
    let elementBytes = hsize_t(HDF5.alone { H5Tget_size(type.id) })
    try Self.checkStorage(of: dataset, elementBytes: elementBytes, name, path, fileLength)
    let extents = try Self.extents(of: space, path)
    guard
      let count = Self.product(extents),
      let bytes = Self.product([hsize_t(count), elementBytes]),
      bytes <= fileLength
    else {
      throw CheckpointError(
        path, .unfit(name: name, problem: "claims shape \(extents), more than the file holds"))
    }
    outline = ArrayOutline(
      kind: ElementKind(of: type.id), shape: extents.map { Int($0) }, count: count)
    handle = dataset
    self.type = type
    self.path = path
  }

  /// Copies the elements, row-major, as ``ElementKind/width`` says: integers as `Int64`, strings filled up.
  ///
  /// - Precondition: the buffer has ``ArrayOutline/bytes`` bytes.
  borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    precondition(outline.bytes == buffer.count, "\(buffer.count) bytes for a dataset")
    guard !buffer.isEmpty else { return }
    let given =
      switch outline.kind {
      case .float32: tercet_float()
      case .float64: tercet_double()
      case .integer: tercet_int64()
      default: type.id
      }
    try HDF5.call("H5Dread", of: path) {
      H5Dread(handle.id, given, tercet_all(), tercet_all(), tercet_default(), buffer.baseAddress)
    }
  }

  /// A list of strings of their own lengths as strings of one length; `nil` for an array of another kind or shape.
  ///
  /// Many such strings could share the bytes of one: only the process that reads a file for another, whose memory is
  /// limited, may call this.
  borrowing func textsAsFixed(_ name: String) throws(CheckpointError) -> (
    outline: ArrayOutline, bytes: [UInt8]
  )? {
    guard outline.kind == .strings, outline.shape.count == 1, outline.count > 0 else { return nil }
    var texts = [UnsafeMutablePointer<CChar>?](repeating: nil, count: outline.count)
    try HDF5.call("H5Dread", of: path) {
      H5Dread(handle.id, type.id, tercet_all(), tercet_all(), tercet_default(), &texts)
    }
    defer { for text in texts { HDF5.alone { _ = H5free_memory(text) } } }
    let width = 1 + (texts.map { $0.map { strlen($0) } ?? 0 }.max() ?? 0)
    let (count, overflow) = width.multipliedReportingOverflow(by: texts.count)
    guard !overflow, count <= Self.largestList else {
      throw CheckpointError(
        path, .unfit(name: name, problem: "comes to more than \(Self.largestList) bytes"))
    }
    var bytes = [UInt8](repeating: 0, count: count)
    for (index, text) in texts.enumerated() {
      guard let text else { continue }
      for (offset, byte) in UnsafeBufferPointer(start: text, count: strlen(text)).enumerated() {
        bytes[index * width + offset] = UInt8(bitPattern: byte)
      }
    }
    let kind = ElementKind.fixedStrings(bytes: width)
    return (ArrayOutline(kind: kind, shape: outline.shape, count: outline.count), bytes)
  }

  /// The most bytes of a list of strings, filled up to one length.
  private static let largestList = 1 << 28

  /// The extents of a dataspace; none for a scalar.
  private static func extents(
    of space: borrowing Handle, _ path: String
  ) throws(CheckpointError) -> [hsize_t] {
    let rank = try HDF5.call("H5Sget_simple_extent_ndims", of: path) {
      H5Sget_simple_extent_ndims(space.id)
    }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    try HDF5.call("H5Sget_simple_extent_dims", of: path) {
      H5Sget_simple_extent_dims(space.id, &extents, nil)
    }
    return extents
  }

  /// The product; nil where it exceeds an `Int`.
  private static func product(_ factors: [hsize_t]) -> Int? {
    var product = 1
    for factor in factors {
      guard let factor = Int(exactly: factor) else { return nil }
      let (partial, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      product = partial
    }
    return product
  }

  /// Refuses data in other files, chunks larger than the file, and every filter but Fletcher's checksum:
  /// compression could make many bytes of few, and plugins would load foreign code.
  private static func checkStorage(
    of dataset: borrowing Handle, elementBytes: hsize_t, _ name: String, _ path: String,
    _ fileLength: Int
  ) throws(CheckpointError) {
    let properties = try Handle("H5Dget_create_plist", of: path, closedBy: H5Pclose) {
      H5Dget_create_plist(dataset.id)
    }
    let external = try HDF5.call("H5Pget_external_count", of: path) {
      H5Pget_external_count(properties.id)
    }
    guard external == 0, HDF5.alone({ H5Pget_layout(properties.id) }) != H5D_VIRTUAL
    else {
      throw CheckpointError(path, .unfit(name: name, problem: "keeps its data in another file"))
    }
    if HDF5.alone({ H5Pget_layout(properties.id) }) == H5D_CHUNKED {
      var chunk = [hsize_t](repeating: 1, count: Int(H5S_MAX_RANK))
      try HDF5.call("H5Pget_chunk", of: path) {
        H5Pget_chunk(properties.id, H5S_MAX_RANK, &chunk)
      }
      guard let bytes = product(chunk + [elementBytes]), bytes <= fileLength else {
        throw CheckpointError(
          path, .unfit(name: name, problem: "claims chunks of more bytes than the file holds"))
      }
    }
    let filters = try HDF5.call("H5Pget_nfilters", of: path) { H5Pget_nfilters(properties.id) }
    for index in 0..<UInt32(filters) {
      var flags: UInt32 = 0
      var valueCount = 0
      let filter = HDF5.alone {
        H5Pget_filter2(properties.id, index, &flags, &valueCount, nil, 0, nil, nil)
      }
      guard filter == H5Z_FILTER_FLETCHER32 else {
        throw CheckpointError(
          path, .unfit(name: name, problem: "uses HDF5 filter \(filter); only fletcher32 is read"))
      }
    }
  }
}
