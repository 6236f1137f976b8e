import CHDF5

/// An HDF5 file that this process has opened for reading.
///
/// Only hard links are followed, and the kind, shape and size of a dataset are checked (``Dataset``) before memory
/// is taken. Slashes in a name separate groups; `/` is the file itself.
package struct HDF5File: ~Copyable {
  let file: Handle
  /// The file's name in errors, as the caller gave it.
  package let path: String
  /// The length of the file in bytes.
  package let length: Int

  /// Opens an HDF5 file of trusted origin.
  ///
  /// Forged files can crash the library; ``CheckpointFile/open(_:reading:)`` has another process read them.
  ///
  /// - Throws: `CheckpointError` where the file is missing, unreadable, a folder or not HDF5.
  package init(reading path: String) throws(CheckpointError) {
    // The library's own messages for these cases are poor.
    guard try Descriptor.reading(path).length() > 0 else { throw CheckpointError(path, .empty) }
    try self.init(path) { (_) throws(CheckpointError) in }
  }

  /// Opens a file by its descriptor; it may have lost its name.
  ///
  /// - Parameter path: the file's name in errors.
  init(_ descriptor: consuming Descriptor, called path: String) throws(CheckpointError) {
    let driver = try HDF5Driver(reading: descriptor)
    try self.init(path) { (access) throws(CheckpointError) in try driver.drive(access, of: path) }
  }

  private init(
    _ path: String, _ prepare: (borrowing Handle) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let access = try Handle.properties(tercet_file_access_class(), of: path)
    // A finished file never changes, and some network file systems have no locks.
    try HDF5.call("H5Pset_file_locking", of: path) { H5Pset_file_locking(access.id, false, true) }
    try prepare(access)
    let file = try Handle("H5Fopen", of: path, closedBy: H5Fclose) {
      H5Fopen(path, tercet_read_only(), access.id)
    }
    var length: hsize_t = 0
    try HDF5.call("H5Fget_filesize", of: path) { H5Fget_filesize(file.id, &length) }
    self.file = file
    self.length = Int(clamping: length)
    self.path = path
  }

  /// Whether a group or dataset has this name.
  package borrowing func contains(_ name: String) throws(CheckpointError) -> Bool {
    try link(to: name) == .hard
  }

  /// The names in a group, sorted by their bytes.
  package borrowing func names(in group: String = "/") throws(CheckpointError) -> [String] {
    try requireLinks(to: group)
    guard try kind(of: group) == H5I_GROUP else { throw unfit(group, "is not a group") }
    let opened = try open(group)
    var info = H5G_info_t()
    try HDF5.call("H5Gget_info", of: path) { H5Gget_info(opened.id, &info) }
    return try names(info.nlinks, "H5Lget_name_by_idx") { index, buffer, size in
      H5Lget_name_by_idx(
        opened.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, tercet_default())
    }
  }

  /// Whether a name leads to a group, not to a dataset.
  package borrowing func isGroup(_ name: String) throws(CheckpointError) -> Bool {
    try requireLinks(to: name)
    return try kind(of: name) == H5I_GROUP
  }

  /// Opens a dataset and checks it.
  borrowing func dataset(_ name: String) throws(CheckpointError) -> Dataset {
    try requireLinks(to: name)
    guard try kind(of: name) == H5I_DATASET else { throw unfit(name, "is not a dataset") }
    return try Dataset(name, in: file.id, of: path, fileLength: length)
  }

  /// The position of an object in the file; all names of one object have the same.
  borrowing func address(of name: String) throws(CheckpointError) -> UInt64 {
    let object = try open(name)
    var info = H5O_info_t()
    try HDF5.call("H5Oget_info", of: path) {
      H5Oget_info2(object.id, &info, UInt32(H5O_INFO_BASIC))
    }
    return UInt64(info.addr)
  }

  /// Opens a group or dataset by a name that hard links lead to.
  borrowing func open(_ name: String) throws(CheckpointError) -> Handle {
    try Handle("H5Oopen", of: path, closedBy: H5Oclose) {
      H5Oopen(file.id, name, tercet_default())
    }
  }

  /// The library's class of an object, such as group or dataset.
  private borrowing func kind(of name: String) throws(CheckpointError) -> H5I_type_t {
    let object = try open(name)
    return HDF5.alone { H5Iget_type(object.id) }
  }

  /// Refuses a missing name, and one that leads through a soft or external link.
  borrowing func requireLinks(to name: String) throws(CheckpointError) {
    switch try link(to: name) {
    case .hard: return
    case .none: throw unfit(name, "is missing")
    case .elsewhere: throw unfit(name, "is a link; links are not followed")
    }
  }

  /// A text of the library: its function returns the length, and fills a buffer if there is one.
  borrowing func text(
    _ function: String, _ body: (UnsafeMutablePointer<CChar>?, Int) -> Int
  ) throws(CheckpointError) -> String {
    let count = try HDF5.call(function, of: path) { body(nil, 0) }
    var buffer = [CChar](repeating: 0, count: count + 1)
    try HDF5.call(function, of: path) { body(&buffer, count + 1) }
    return String(decoding: buffer.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The names that a function of the library gives for the indices up to a count.
  borrowing func names(
    _ count: hsize_t, _ function: String,
    _ body: (_ index: hsize_t, UnsafeMutablePointer<CChar>?, Int) -> Int
  ) throws(CheckpointError) -> [String] {
    var names: [String] = []
    for index in 0..<count { names.append(try text(function) { body(index, $0, $1) }) }
    return names
  }

  private enum Link {
    case none
    case hard
    case elsewhere
  }

  /// Follows a name part by part, so that no soft or external link is ever opened.
  private borrowing func link(to name: String) throws(CheckpointError) -> Link {
    var prefix = ""
    for part in name.split(separator: "/") {
      if try kind(of: prefix.isEmpty ? "/" : prefix) != H5I_GROUP { return .none }
      prefix += "/\(part)"
      let exists = try HDF5.call("H5Lexists", of: path) {
        H5Lexists(file.id, prefix, tercet_default())
      }
      if exists == 0 { return .none }
      var info = H5L_info_t()
      try HDF5.call("H5Lget_info", of: path) {
        H5Lget_info(file.id, prefix, &info, tercet_default())
      }
      if info.type != H5L_TYPE_HARD { return .elsewhere }
    }
    return .hard
  }
}

extension HDF5File: ArrayFile {
  package borrowing func outline(of name: String) throws(CheckpointError) -> ArrayOutline {
    try dataset(name).outline
  }

  package borrowing func copy(
    _ name: String, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    try dataset(name).read(into: buffer)
  }
}
