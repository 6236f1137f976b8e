import COpenMPI
import Synchronization
import Tensors

/// The part of a reduction that crosses ranks. Each rank owns one piece of the slab: it receives
/// this piece of every node that any rank has summed and adds them in tree order.
///
/// A piece leaves as soon as its values are final, while the rank goes on with the next. Open MPI moves
/// messages only while it is called, hence ``advance()``. On request values travel as bfloat16, half as many
/// bytes; sums are of float32 all the same, and a rank's own values are not rounded.
final class PieceExchange: Sendable {
  /// All nodes of all ranks, from left to right.
  let nodes: [ShardTree.Node]
  /// How many of them each rank has, and where these begin.
  let held: [Int]
  let first: [Int]
  /// This rank's piece of each node, one after the other.
  let pieces: Slab
  /// What travels as bfloat16.
  let halves: Halves?
  let rank: Int
  /// Where each rank's piece begins, and where the last one ends.
  let bounds: [Int]
  /// Of the node that is being summed, how many values of each rank's piece are not final yet.
  private let missing: Mutex<[Int]>
  /// What the thread that calls MPI alone looks at.
  nonisolated(unsafe) private var post = Post()

  private struct Post {
    var requests: [MPI_Request?] = []
    /// The ranks that the current node's pieces have not been sent to, in the order of sending.
    var waiting: [Int] = []
    /// Which of this rank's nodes is the current one, and where its values lie.
    var node = 0
    var values: UnsafeMutablePointer<Float>?
    /// What went wrong since the sum began.
    var failure: MPIError?
  }

  /// - Parameters:
  ///   - bounds: where each rank's piece begins, and where the last one ends.
  ///   - isRounded: whether values travel as bfloat16.
  /// - Precondition: there is more than one rank, and a message has fewer than 2³¹ values.
  init(count: Int, tree: ShardTree, bounds: [Int], rank: Int, isRounded: Bool) {
    let ranks = bounds.count - 1
    precondition(count <= Int(Int32.max), "a reduction of \(count) values")
    let held = (0..<ranks).map { TreeWalk(over: tree.range(of: $0, ranks: ranks)).nodes }
    nodes = held.flatMap { $0 }
    self.held = held.map(\.count)
    first = held.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    pieces = Slab(count: (bounds[rank + 1] - bounds[rank]) * nodes.count)
    halves = isRounded ? Halves(sent: count * max(1, self.held[rank]), received: pieces.count) : nil
    missing = Mutex(.init(repeating: 0, count: ranks))
    self.rank = rank
    self.bounds = bounds
  }

  deinit {
    var isFinalized: Int32 = 0
    MPI_Finalized(&isFinalized)
    guard isFinalized == 0 else { return }
    for index in post.requests.indices {
      MPI_Cancel(&post.requests[index])
      MPI_Request_free(&post.requests[index])
    }
  }

  /// How many nodes this rank sends.
  var ownNodes: Int { held[rank] }

  /// Where the piece begins that others wait for first.
  var start: Int { bounds[(rank + 1) % held.count] }

  func bounds(of rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }

  /// Where this rank's piece of a node lies among ``pieces``.
  func place(of node: Int) -> Int { node * bounds(of: rank).count }

  /// Makes ready for what the other ranks send.
  ///
  /// The corresponding C function is `MPI_Irecv`.
  func begin() {
    precondition(post.requests.isEmpty, "a sum before the last one's end")
    post.failure = nil
    for other in held.indices where other != rank {
      for index in 0..<held[other] {
        let place = place(of: first[other] + index)
        let target = halves.map { UnsafeMutableRawPointer($0.received + place) }
        request("MPI_Irecv") {
          MPI_Irecv(
            target ?? UnsafeMutableRawPointer(pieces.start + place),
            Int32(bounds(of: rank).count), type, Int32(other), Self.tag(index),
            tercet_comm_world(), &$0)
        }
      }
    }
  }

  /// What messages of the sum are made of.
  private var type: MPI_Datatype? { halves == nil ? tercet_float() : tercet_uint16() }

  /// Messages of the sum; 0 is others'.
  private static func tag(_ node: Int) -> Int32 { Int32(1 + node) }

  private func request(_ function: String, _ call: (inout MPI_Request?) -> Int32) {
    guard post.failure == nil else { return }
    var request: MPI_Request?
    do throws(MPIError) {
      try MPIError.check(function, call(&request))
      post.requests.append(request)
    } catch {
      post.failure = error
    }
  }

  /// Begins with one of this rank's nodes, whose values will be at `values` and stay there.
  func start(_ node: Int, at values: UnsafeMutablePointer<Float>) {
    post.node = node
    post.values = values
    let ranks = held.count
    post.waiting = (1..<ranks).map { (rank + $0) % ranks }
    missing.withLock { missing in
      for other in 0..<ranks { missing[other] = bounds(of: other).count }
    }
  }

  /// Some values of the current node are final; any thread may say so, of each value once.
  func finished(_ values: Range<Int>) {
    missing.withLock { missing in
      for other in missing.indices {
        missing[other] -= bounds(of: other).clamped(to: values).count
      }
    }
  }

  /// Sends what is final and has messages move on, a few steps of them at a time; the thread that calls MPI
  /// alone may do so.
  ///
  /// The corresponding C functions are `MPI_Isend` and `MPI_Testall`.
  func advance() {
    send(toAll: false)
    for _ in 0..<8 where post.failure == nil && !post.requests.isEmpty {
      var isDone: Int32 = 0
      let status = MPI_Testall(Int32(post.requests.count), &post.requests, &isDone, nil)
      if status != MPI_SUCCESS { post.failure = MPIError(function: "MPI_Testall", code: status) }
      if isDone != 0 { post.requests.removeAll(keepingCapacity: true) }
    }
  }

  /// All values of the current node are final: sends what is left of it.
  func finish() {
    send(toAll: true)
    let own = bounds(of: rank)
    guard let values = post.values else { preconditionFailure("the end of no node") }
    (pieces.start + place(of: first[rank] + post.node))
      .update(from: values + own.lowerBound, count: own.count)
    post.values = nil
  }

  private func send(toAll isWhole: Bool) {
    guard let values = post.values else { return }
    let ready = missing.withLock { missing in
      post.waiting.filter { isWhole || missing[$0] == 0 }
    }
    guard !ready.isEmpty else { return }
    post.waiting.removeAll { ready.contains($0) }
    for other in ready {
      let piece = bounds(of: other)
      let source =
        rounded(values, node: post.node, of: piece)
        ?? UnsafeMutableRawPointer(values + piece.lowerBound)
      request("MPI_Isend") {
        MPI_Isend(
          source, Int32(piece.count), type, Int32(other), Self.tag(post.node),
          tercet_comm_world(), &$0)
      }
    }
  }

  /// Sums this rank's piece over the nodes of all ranks and returns where the sums lie.
  ///
  /// The corresponding C function is `MPI_Waitall`.
  ///
  /// - Parameter walk: for this method's use; it keeps its memory from sum to sum.
  func reduce(walk: inout TreeWalk) throws(MPIError) -> UnsafeMutablePointer<Float> {
    if let failure = post.failure { throw failure }
    try MPIError.check(
      "MPI_Waitall", MPI_Waitall(Int32(post.requests.count), &post.requests, nil))
    post.requests.removeAll(keepingCapacity: true)
    widen()
    walk.sum(nodes, at: pieces.start, count: bounds(of: rank).count)
    return pieces.start
  }

  /// Puts the pieces of the other ranks into their places on rank 0.
  func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?
  ) throws(MPIError) {
    guard let whole, rank == 0 else {
      let own = bounds(of: rank)
      return try MPIError.check(
        "MPI_Send",
        MPI_Send(
          values + own.lowerBound, Int32(own.count), tercet_float(), 0, 0, tercet_comm_world()))
    }
    for other in bounds.indices.dropLast().dropFirst() {
      let piece = bounds(of: other)
      try MPIError.check(
        "MPI_Recv",
        MPI_Recv(
          whole + piece.lowerBound, Int32(piece.count), tercet_float(), Int32(other), 0,
          tercet_comm_world(), nil))
    }
  }

  /// Gives every rank the pieces of all.
  func gather(_ values: UnsafeMutablePointer<Float>) throws(MPIError) {
    try gather(values, tercet_float())
  }

  func gather(
    _ values: UnsafeMutableRawPointer, _ type: MPI_Datatype?
  ) throws(MPIError) {
    let counts = bounds.indices.dropLast().map { Int32(bounds(of: $0).count) }
    try MPIError.check(
      "MPI_Allgatherv",
      MPI_Allgatherv(
        tercet_in_place(), 0, type, values, counts, bounds.map { Int32($0) }, type,
        tercet_comm_world()))
  }
}
