import COpenMPI

/// The non-blocking sends and receives of one sum. The first failure stops all further calls;
/// ``wait()`` throws it.
struct PendingMessages {
  private var requests: [MPI_Request?] = []
  private var failure: MPIError?

  /// Makes ready for a new sum.
  ///
  /// - Precondition: the last one was waited for.
  mutating func begin() {
    precondition(requests.isEmpty, "a sum before the last one's end")
    failure = nil
  }

  /// Starts a send or a receive, unless a call has failed before.
  mutating func start(_ function: String, _ call: (inout MPI_Request?) -> Int32) {
    guard failure == nil else { return }
    var request: MPI_Request?
    do throws(MPIError) {
      try MPIError.check(function, call(&request))
      requests.append(request)
    } catch {
      failure = error
    }
  }

  /// Makes Open MPI move the messages, a few steps at a time: it does so only while it is called.
  ///
  /// The corresponding C function is `MPI_Testall`.
  mutating func advance() {
    for _ in 0..<8 where failure == nil && !requests.isEmpty {
      var isDone: Int32 = 0
      let status = MPI_Testall(Int32(requests.count), &requests, &isDone, nil)
      if status != MPI_SUCCESS { failure = MPIError(function: "MPI_Testall", code: status) }
      if isDone != 0 { requests.removeAll(keepingCapacity: true) }
    }
  }

  /// Returns when all messages have left and arrived.
  ///
  /// The corresponding C function is `MPI_Waitall`.
  mutating func wait() throws(MPIError) {
    if let failure { throw failure }
    try MPIError.check("MPI_Waitall", MPI_Waitall(Int32(requests.count), &requests, nil))
    requests.removeAll(keepingCapacity: true)
  }

  /// Gives up what is still on its way, while MPI runs: its buffers are about to go.
  mutating func cancel() {
    var isFinalized: Int32 = 0
    MPI_Finalized(&isFinalized)
    guard isFinalized == 0 else { return }
    for index in requests.indices {
      MPI_Cancel(&requests[index])
      MPI_Request_free(&requests[index])
    }
  }
}
