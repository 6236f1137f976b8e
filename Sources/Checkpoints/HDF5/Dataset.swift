import CHDF5

/// A dataset whose kind, shape, filters and storage were looked at, so that it can be read into
/// memory of the size that its shape says.
struct Dataset: ~Copyable {
  let handle: Handle
  let type: Handle
  let outline: ArrayOutline

  /// - Parameters:
  ///   - file: the identifier of the file.
  ///   - name: a name whose links were followed already and lead to a dataset.
  ///   - fileLength: what no dataset of this file can exceed in bytes.
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
  }

  /// The extents of a space; none for a scalar.
  static func extents(
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

  /// The product as an `Int`; nil where it does not fit.
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

  /// Refuses data that stand in other files, chunks that are larger than the file, and filters that make
  /// many bytes of few or need code from elsewhere.
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
