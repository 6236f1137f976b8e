import COpenMPI

/// Numbers that every rank reports to its watcher: rank 0 watches the others, and rank 1 watches
/// rank 0.
///
/// Heartbeats have a communicator of their own, and one thread that sends and receives them, so
/// they arrive while other threads block. Only ``init(on:)`` and ``finish(on:)`` wait for other
/// ranks.
public final class Heartbeats: @unchecked Sendable {
  private var communicator: MPI_Comm?
  private let rank: Int
  private var watcher: Int { rank == 0 ? 1 : 0 }
  /// The number being sent.
  private let outgoing = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
  private var request: MPI_Request?
  private var sent: Int64 = 0
  private var received: Int64 = 0

  /// Makes the communicator of the heartbeats; called by every rank.
  ///
  /// The corresponding C function is `MPI_Comm_dup`.
  ///
  /// - Precondition: there are several ranks, and any thread may call MPI at any time.
  public init(on session: borrowing Session) throws(MPIError) {
    precondition(session.size > 1, "a single rank has nobody that watches it")
    precondition(session.threadSupport == .multiple, "heartbeats without MPI_THREAD_MULTIPLE")
    rank = session.rank
    try MPIError.check("MPI_Comm_dup", MPI_Comm_dup(tercet_comm_world(), &communicator))
  }

  deinit { outgoing.deallocate() }

  /// Sends a number to this rank's watcher, or drops it if the last one has not left yet.
  ///
  /// The corresponding C functions are `MPI_Test` and `MPI_Isend`.
  public func send(_ value: UInt64) throws(MPIError) {
    if request != nil {
      var hasLeft: Int32 = 0
      try MPIError.check("MPI_Test", MPI_Test(&request, &hasLeft, nil))
      if hasLeft == 0 { return }
    }
    outgoing.pointee = value
    try MPIError.check(
      "MPI_Isend",
      MPI_Isend(outgoing, 8, tercet_byte(), Int32(watcher), 0, communicator, &request))
    sent += 1
  }

  /// Passes `body` each number that has arrived since the last call, with the rank that sent it.
  ///
  /// The corresponding C functions are `MPI_Iprobe` and `MPI_Recv`.
  public func receive(_ body: (_ rank: Int, _ value: UInt64) -> Void) throws(MPIError) {
    var hasCome: Int32 = 0
    repeat {
      try MPIError.check(
        "MPI_Iprobe", MPI_Iprobe(Int32(MPI_ANY_SOURCE), 0, communicator, &hasCome, nil))
      if hasCome != 0 { try take(body) }
    } while hasCome != 0
  }

  private func take(_ body: (_ rank: Int, _ value: UInt64) -> Void) throws(MPIError) {
    var (value, status) = (UInt64(0), MPI_Status())
    try MPIError.check(
      "MPI_Recv",
      MPI_Recv(&value, 8, tercet_byte(), Int32(MPI_ANY_SOURCE), 0, communicator, &status))
    received += 1
    body(Int(status.MPI_SOURCE), value)
  }

  /// Receives the numbers still on their way and frees the communicator; called by every rank once,
  /// after its heartbeat thread has ended.
  ///
  /// The corresponding C functions are `MPI_Wait` and `MPI_Comm_free`.
  public func finish(on session: borrowing Session) throws(MPIError) {
    var all = [Int64](repeating: 0, count: session.size)
    all[watcher] = sent
    all = try session.sum(all)
    while received < all[rank] { try take { _, _ in } }
    if request != nil { try MPIError.check("MPI_Wait", MPI_Wait(&request, nil)) }
    try MPIError.check("MPI_Comm_free", MPI_Comm_free(&communicator))
  }

  /// Ends the whole job at once, from any thread; the launcher's exit status becomes `status`.
  ///
  /// The corresponding C function is `MPI_Abort`.
  public func abort(status: Int32) { MPI_Abort(tercet_comm_world(), status) }
}
