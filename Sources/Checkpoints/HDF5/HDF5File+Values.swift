import CHDF5

extension HDF5File: ArrayFile {
  package borrowing func outline(of name: String) throws(CheckpointError) -> ArrayOutline {
    try dataset(name).outline
  }

  package borrowing func copy(
    _ name: String, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    try read(try dataset(name), into: buffer)
  }

  /// Copies the elements of a dataset as its kind says.
  borrowing func read(
    _ dataset: borrowing Dataset, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    precondition(dataset.outline.bytes == buffer.count, "\(buffer.count) bytes for a dataset")
    guard !buffer.isEmpty else { return }
    let type =
      switch dataset.outline.kind {
      case .float32: tercet_float()
      case .float64: tercet_double()
      case .integer: tercet_int64()
      default: dataset.type.id
      }
    try HDF5.call("H5Dread", of: path) {
      H5Dread(
        dataset.handle.id, type, tercet_all(), tercet_all(), tercet_default(), buffer.baseAddress)
    }
  }
}
