import CHDF5

/// An HDF5 file opened for reading in this process.
///
/// Only hard links are followed, and a dataset's kind, shape and size are checked before memory is
/// taken for it. Slashes in a name separate groups; `/` is the file itself.
public struct HDF5File: ~Copyable {
  let file: Handle
  /// The file as it was named, for errors.
  public let path: String
  /// The length of the file in bytes.
  public let length: Int

  /// Opens an HDF5 file of trusted origin. The library crashes on some files that were made to harm;
  /// `CheckpointFile.open` has another process read them.
  ///
  /// - Throws: `CheckpointError` where the file is missing, unreadable, a folder or not HDF5.
  public init(reading path: String) throws(CheckpointError) {
    // The library's own words for these cases are poor.
    guard try Descriptor.reading(path).length() > 0 else { throw CheckpointError(path, .empty) }
    try self.init(path) { (_) throws(CheckpointError) in }
  }

  /// Opens a file that is open already and may have no name any more.
  ///
  /// - Parameter path: what it is called in errors.
  init(_ descriptor: consuming Descriptor, called path: String) throws(CheckpointError) {
    let disk = try HDF5Driver(reading: descriptor)
    try self.init(path) { (access) throws(CheckpointError) in try disk.drive(access, of: path) }
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
  public borrowing func contains(_ name: String) throws(CheckpointError) -> Bool {
    try link(to: name) == .hard
  }

  /// The names in a group, sorted by their bytes.
  public borrowing func names(in group: String = "/") throws(CheckpointError) -> [String] {
    try requireLinks(to: group)
    guard try kind(of: group) == H5I_GROUP else { throw unfit(group, "is not a group") }
    let opened = try open(group)
    var info = H5G_info_t()
    try HDF5.call("H5Gget_info", of: path) { H5Gget_info(opened.id, &info) }
    var names: [String] = []
    for index in 0..<info.nlinks {
      names.append(
        try text("H5Lget_name_by_idx") { buffer, size in
          H5Lget_name_by_idx(
            opened.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, tercet_default())
        })
    }
    return names
  }

  /// Whether a name is that of a group, not of a dataset.
  public borrowing func isGroup(_ name: String) throws(CheckpointError) -> Bool {
    try requireLinks(to: name)
    return try kind(of: name) == H5I_GROUP
  }

  /// The dataset of this name, checked.
  borrowing func dataset(_ name: String) throws(CheckpointError) -> Dataset {
    try requireLinks(to: name)
    guard try kind(of: name) == H5I_DATASET else { throw unfit(name, "is not a dataset") }
    return try Dataset(name, in: file.id, of: path, fileLength: length)
  }

  /// Where an object lies in the file, which all of its names have in common.
  borrowing func address(of name: String) throws(CheckpointError) -> UInt64 {
    let object = try open(name)
    var info = H5O_info_t()
    try HDF5.call("H5Oget_info", of: path) {
      H5Oget_info2(object.id, &info, UInt32(H5O_INFO_BASIC))
    }
    return UInt64(info.addr)
  }

  /// A group or dataset whose links were looked at.
  borrowing func open(_ name: String) throws(CheckpointError) -> Handle {
    try Handle("H5Oopen", of: path, closedBy: H5Oclose) {
      H5Oopen(file.id, name, tercet_default())
    }
  }

  /// Whether such a name is that of a group or of a dataset.
  private borrowing func kind(of name: String) throws(CheckpointError) -> H5I_type_t {
    let object = try open(name)
    return HDF5.alone { H5Iget_type(object.id) }
  }

  /// Refuses a name that is not there, and one that leads through a link to elsewhere.
  borrowing func requireLinks(to name: String) throws(CheckpointError) {
    switch try link(to: name) {
    case .hard: return
    case .none: throw unfit(name, "is missing")
    case .elsewhere: throw unfit(name, "is a link; links are not followed")
    }
  }

  /// What the library writes into a buffer whose size it tells when there is none.
  borrowing func text(
    _ function: String, _ body: (UnsafeMutablePointer<CChar>?, Int) -> Int
  ) throws(CheckpointError) -> String {
    let count = try HDF5.call(function, of: path) { body(nil, 0) }
    var buffer = [CChar](repeating: 0, count: count + 1)
    try HDF5.call(function, of: path) { body(&buffer, count + 1) }
    return String(decoding: buffer.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private enum Link {
    case none
    case hard
    case elsewhere
  }

  /// Follows a name part by part, so that no link to another place is ever opened.
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
