import CHDF5
import Synchronization

/// An open identifier of the HDF5 library, closed at the end of its life.
struct Handle: ~Copyable {
  /// The library's identifier.
  let id: hid_t
  private let close: @convention(c) (hid_t) -> herr_t

  /// Opens something.
  ///
  /// - Parameters:
  ///   - function: the name of the C function that `open` calls.
  ///   - path: the file's name in errors.
  ///   - close: the function that closes the identifier.
  ///   - open: returns an identifier, or a negative number for a failure.
  init(
    _ function: String, of path: String, closedBy close: @convention(c) (hid_t) -> herr_t,
    _ open: () -> hid_t
  ) throws(CheckpointError) {
    id = try HDF5.call(function, of: path, opening: 1, open)
    self.close = close
  }

  /// Closes the identifier now.
  ///
  /// - Throws: `CheckpointError` where that fails, as closing a file can.
  consuming func close(_ function: String, of path: String) throws(CheckpointError) {
    let (id, close) = (id, close)
    discard self
    try HDF5.call(function, of: path, opening: -1) { close(id) }
  }

  deinit { HDF5.alone(opening: -1) { _ = close(id) } }
}

/// The only way into the HDF5 library: one thread at a time, as some of its builds require. Its printing of errors
/// is switched off before every call, and its error stack, one per thread in threaded builds, is read after.
enum HDF5 {
  /// The number of open handles.
  private static let handles = Mutex(0)

  /// Runs calls of the library that cannot fail, while no other thread is in it.
  ///
  /// - Parameter opening: the change of the number of open handles.
  static func alone<Result>(opening: Int = 0, _ body: () -> Result) -> Result {
    handles.withLock { handles in
      handles += opening
      _ = tercet_silence()
      return body()
    }
  }

  /// Frees the memory that the library keeps between files.
  ///
  /// Its list of conversions grows with every file that has strings of their own lengths, and only closing the
  /// library clears it; so it is closed where no handle is open.
  static func trim() {
    handles.withLock { _ = $0 == 0 ? H5close() : H5garbage_collect() }
  }

  /// Runs a call of the library and returns its result, unless that is negative: the library's sign of failure.
  ///
  /// - Parameters:
  ///   - function: the name of the C function.
  ///   - path: the file's name in errors.
  ///   - opening: the change of the number of open handles where the call succeeds.
  /// - Throws: `CheckpointError` with the library's text.
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

  /// The text of the innermost function on the error stack.
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
  /// A property list of a class such as file access.
  static func properties(
    _ kind: @autoclosure () -> hid_t, of path: String
  ) throws(CheckpointError) -> Handle {
    try Handle("H5Pcreate", of: path, closedBy: H5Pclose) { H5Pcreate(kind()) }
  }

  /// The dataspace of an array; an empty shape is a scalar.
  static func space(_ shape: [Int], of path: String) throws(CheckpointError) -> Handle {
    let extents = shape.map(hsize_t.init)
    return try Handle("H5Screate_simple", of: path, closedBy: H5Sclose) {
      H5Screate_simple(Int32(extents.count), extents, nil)
    }
  }

  /// The type of UTF-8 strings of one length.
  ///
  /// - Parameter bytes: the length with at least one zero at the end; `H5T_VARIABLE` for strings of their own
  ///   lengths.
  static func stringType(bytes: Int, of path: String) throws(CheckpointError) -> Handle {
    let type = try Handle("H5Tcopy", of: path, closedBy: H5Tclose) { H5Tcopy(tercet_c_string()) }
    try HDF5.call("H5Tset_size", of: path) { H5Tset_size(type.id, bytes) }
    try HDF5.call("H5Tset_cset", of: path) { H5Tset_cset(type.id, H5T_CSET_UTF8) }
    return type
  }

  /// The type of h5py's truth values: an enumeration of FALSE and TRUE over one byte.
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
