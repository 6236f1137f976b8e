import COpenMPI
import Glibc

/// The time between `MPI_Init_thread` and `MPI_Finalize`; one per process, owned by `main`.
///
/// Methods that communicate must be called by all ranks, in the same order.
///
/// An error must not leave the session's scope: the session's end waits in `MPI_Finalize` while the
/// other ranks wait in a reduction, and the job hangs. Report the error and call `abort(status:)`
/// inside.
public struct Session: ~Copyable {
  /// The calls of MPI that the threads of a rank may make.
  public enum ThreadSupport: Sendable {
    /// There is one thread.
    case single
    /// Only the thread that started MPI calls it.
    case funneled
    /// Any thread calls MPI, one at a time.
    case serialized
    /// Any thread calls MPI at any time.
    case multiple
  }

  /// The place of this process in the job, in `0..<size`.
  public let rank: Int
  /// The number of processes of the job.
  public let size: Int
  /// The support that MPI granted when asked for `multiple`.
  public let threadSupport: ThreadSupport

  /// Starts MPI. Without a launcher the job consists of this process.
  ///
  /// Errors of later calls are thrown, not fatal. The corresponding C function is
  /// `MPI_Init_thread`.
  ///
  /// - Precondition: no session was made before in this process.
  public init() throws(MPIError) {
    precondition(!Self.hasBegun, "a process has one MPI session")
    var granted: Int32 = 0
    try MPIError.check(
      "MPI_Init_thread", MPI_Init_thread(nil, nil, Int32(MPI_THREAD_MULTIPLE), &granted))
    try MPIError.check(
      "MPI_Comm_set_errhandler",
      MPI_Comm_set_errhandler(tercet_comm_world(), tercet_errors_return()))
    var rank: Int32 = 0
    var size: Int32 = 0
    try MPIError.check("MPI_Comm_rank", MPI_Comm_rank(tercet_comm_world(), &rank))
    try MPIError.check("MPI_Comm_size", MPI_Comm_size(tercet_comm_world(), &size))
    self.rank = Int(rank)
    self.size = Int(size)
    threadSupport =
      switch Int(granted) {
      case Int(MPI_THREAD_MULTIPLE): .multiple
      case Int(MPI_THREAD_SERIALIZED): .serialized
      case Int(MPI_THREAD_FUNNELED): .funneled
      default: .single
      }
  }

  deinit { MPI_Finalize() }

  /// Whether this process has a session, or had one.
  ///
  /// The corresponding C function is `MPI_Initialized`.
  public static var hasBegun: Bool {
    var initialized: Int32 = 0
    return MPI_Initialized(&initialized) == MPI_SUCCESS && initialized != 0
  }

  /// Ends the whole job at once; the launcher's exit status becomes `status`.
  ///
  /// Call it where the session is borrowed: in the function that owns the session, the compiler
  /// rejects the unreachable end of its scope.
  ///
  /// The corresponding C function is `MPI_Abort`.
  public borrowing func abort(status: Int32) -> Never {
    fflush(nil)
    MPI_Abort(tercet_comm_world(), status)
    exit(status)
  }

  /// Returns when every rank has called it.
  ///
  /// The corresponding C function is `MPI_Barrier`.
  public borrowing func barrier() throws(MPIError) {
    try MPIError.check("MPI_Barrier", MPI_Barrier(tercet_comm_world()))
  }

  /// The name of the host that this process runs on.
  ///
  /// The corresponding C function is `gethostname`.
  public static var hostName: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { name in
      guard let start = name.baseAddress, gethostname(start, name.count) == 0 else {
        return "unknown"
      }
      name[name.count - 1] = 0
      return String(cString: start)
    }
  }

  /// What the MPI library says of itself, such as `Open MPI v4.1.4, package: Debian OpenMPI, …`; no session is needed.
  ///
  /// The corresponding C function is `MPI_Get_library_version`.
  public static var libraryVersion: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { text in
      var length: Int32 = 0
      guard let start = text.baseAddress,
        MPI_Get_library_version(start, &length) == MPI_SUCCESS
      else { return "unknown" }
      return String(cString: start)
    }
  }

  /// The number of processors of the host that this process runs on.
  ///
  /// The corresponding C function is `sysconf`.
  public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
