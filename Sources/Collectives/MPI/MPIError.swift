import COpenMPI

/// A failed call of MPI.
public struct MPIError: Error, CustomStringConvertible {
  /// The C function.
  public let function: String
  /// The error code that it returned.
  public let code: Int32

  /// One line: the function, MPI's own words, its code and what to do.
  public var description: String {
    "\(function) failed: \(Self.text(of: code)) (MPI error \(code)); "
      + "start the job again from its last checkpoint"
  }

  /// Throws unless `code` is `MPI_SUCCESS`.
  static func check(_ function: String, _ code: Int32) throws(MPIError) {
    if code != MPI_SUCCESS { throw MPIError(function: function, code: code) }
  }

  /// The corresponding C function is `MPI_Error_string`.
  private static func text(of code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(MPI_MAX_ERROR_STRING)) { text in
      guard let start = text.baseAddress else { return "unknown" }
      var length: Int32 = 0
      guard MPI_Error_string(code, start, &length) == MPI_SUCCESS else { return "unknown" }
      return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
