import CHDF5
import Synchronization

/// An identifier of the HDF5 library together with the function that closes it.
struct Handle: ~Copyable {
  let id: hid_t
  private let close: @convention(c) (hid_t) -> herr_t

  /// Takes what `open` returns, which `close` gives back at the end of the handle's life.
  init(
    _ function: String, of path: String, closedBy close: @convention(c) (hid_t) -> herr_t,
    _ open: () -> hid_t
  ) throws(CheckpointError) {
    id = try HDF5.call(function, of: path, opening: 1, open)
    self.close = close
  }

  /// Closes what it stands for, and says whether that went well.
  consuming func close(_ function: String, of path: String) throws(CheckpointError) {
    let (id, close) = (id, close)
    discard self
    try HDF5.call(function, of: path, opening: -1) { close(id) }
  }

  deinit { HDF5.alone(opening: -1) { _ = close(id) } }
}

/// The only way into the library: one thread at a time, since not every build of it can take more; every
/// call is silenced before and checked after.
///
/// The library keeps an error stack, per thread where it knows threads, and prints it unless told not to.
enum HDF5 {
  /// How many handles are open.
  private static let handles = Mutex(0)

  /// Runs calls of the library that cannot fail, with no other thread in it.
  ///
  /// - Parameter opening: by how much the number of open handles changes.
  static func alone<Result>(opening: Int = 0, _ body: () -> Result) -> Result {
    handles.withLock { handles in
      handles += opening
      _ = tercet_silence()
      return body()
    }
  }

  /// Gives back the memory that the library keeps. Its list of conversions gets longer with every file that has
  /// strings of their own lengths and is never cut, so it starts anew where nothing of it is in use.
  static func rest() {
    handles.withLock { _ = $0 == 0 ? H5close() : H5garbage_collect() }
  }

  /// Returns what the call returns unless that is negative, the library's sign of failure.
  ///
  /// - Parameters:
  ///   - function: the name of the C function.
  ///   - path: the file that an error is about.
  ///   - opening: by how much the number of open handles changes where the call succeeds.
  @discardableResult
  static func call<Result: SignedInteger>(
    _ function: String, of path: String, opening: Int = 0, _ body: () -> Result
  ) throws(CheckpointError) -> Result {
    let (result, text) = alone(opening: opening) {
      let result = body()
      return (result, result < 0 ? errorText() : "")
    }
    guard result >= 0 else {
      if opening != 0 { alone(opening: -opening) {} }
      throw CheckpointError(path, .hdf5(function: function, text: text))
    }
    return result
  }

  /// What the innermost function on the error stack said.
  private static func errorText() -> String {
    var text = ""
    withUnsafeMutablePointer(to: &text) { text in
      _ = H5Ewalk2(
        tercet_error_stack(), H5E_WALK_UPWARD,
        { depth, entry, context in
          if depth == 0, let description = entry?.pointee.desc {
            context?.assumingMemoryBound(to: String.self).pointee = String(cString: description)
          }
          return 0
        }, text)
    }
    return text.isEmpty ? "no reason given" : text
  }
}

extension Handle {
  /// A list of properties of a class such as file access.
  static func properties(
    _ kind: @autoclosure () -> hid_t, of path: String
  ) throws(CheckpointError) -> Handle {
    try Handle("H5Pcreate", of: path, closedBy: H5Pclose) { H5Pcreate(kind()) }
  }

  /// The space of an array; an empty shape is a scalar.
  static func space(_ shape: [Int], of path: String) throws(CheckpointError) -> Handle {
    let extents = shape.map(hsize_t.init)
    return try Handle("H5Screate_simple", of: path, closedBy: H5Sclose) {
      H5Screate_simple(Int32(extents.count), extents, nil)
    }
  }

  /// The type of UTF-8 strings that have this many bytes with the zeros at their end, one at least,
  /// or, for `H5T_VARIABLE`, each its own number of them.
  static func stringType(bytes: Int, of path: String) throws(CheckpointError) -> Handle {
    let type = try Handle("H5Tcopy", of: path, closedBy: H5Tclose) { H5Tcopy(tercet_c_string()) }
    try HDF5.call("H5Tset_size", of: path) { H5Tset_size(type.id, bytes) }
    try HDF5.call("H5Tset_cset", of: path) { H5Tset_cset(type.id, H5T_CSET_UTF8) }
    return type
  }

  /// The type of truth values as h5py has them: FALSE and TRUE over one byte.
  static func truthType(of path: String) throws(CheckpointError) -> Handle {
    let type = try Handle("H5Tenum_create", of: path, closedBy: H5Tclose) {
      H5Tenum_create(tercet_file_int8())
    }
    for (name, value) in [("FALSE", 0 as Int8), ("TRUE", 1)] {
      try HDF5.call("H5Tenum_insert", of: path) {
        withUnsafePointer(to: value) { H5Tenum_insert(type.id, name, $0) }
      }
    }
    return type
  }
}
