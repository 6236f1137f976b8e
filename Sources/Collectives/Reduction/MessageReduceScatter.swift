import COpenMPI
import Synchronization
import Tensors

/// The part of a reduction that crosses ranks. Each rank owns one piece of the slab: it receives
/// this piece of every node that any rank has summed and adds them in tree order.
///
/// A piece leaves as soon as its values are final, while the rank goes on with the next. Open MPI moves
/// messages only while it is called, hence ``advance()``. Of the rows of a table, few of which a minibatch looks
/// up, zeros need not travel; on request values travel as bfloat16, half as many bytes. Sums are of float32 all
/// the same, and a rank's own values are not rounded.
final class MessageReduceScatter: Sendable {
  /// All nodes of all ranks, from left to right.
  let nodes: [SumTree.Node]
  /// How many of them each rank has, and where these begin.
  let held: [Int]
  let first: [Int]
  /// This rank's piece of each node, one after the other.
  let pieces: Slab
  /// What travels otherwise than it lies in memory.
  let parcels: WireBuffers?
  /// This rank's piece of a replica before it is changed, where something else travels than the piece.
  let kept: Slab?
  let rank: Int
  /// Where each rank's piece begins, and where the last one ends.
  let bounds: [Int]
  /// Of the messages of the sum; 0 is others'.
  private let firstTag: Int
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
  ///   - bounds: where each rank's piece begins in the slab, and where the last one ends.
  ///   - form: how values travel.
  ///   - index: of this exchange among those of a sum, whose messages must not be taken for each other's.
  /// - Precondition: there is more than one rank, and the slab has fewer than 2³¹ values.
  init(tree: SumTree, bounds: [Int], rank: Int, form: WireBuffers.Form, index: Int) {
    let ranks = bounds.count - 1
    precondition(bounds[ranks] <= Int(Int32.max), "a reduction of \(bounds[ranks]) values")
    let held = (0..<ranks).map { SumTree.Walk(over: tree.range(of: $0, ranks: ranks)).nodes }
    nodes = held.flatMap { $0 }
    self.held = held.map(\.count)
    first = held.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    pieces = Slab(count: (bounds[rank + 1] - bounds[rank]) * nodes.count)
    parcels = WireBuffers(
      form, pieces: (0..<ranks).map { bounds[$0 + 1] - bounds[$0] }, rank: rank, nodes: nodes.count,
      ownNodes: self.held[rank])
    kept = parcels.map { _ in Slab(count: bounds[rank + 1] - bounds[rank]) }
    missing = Mutex(.init(repeating: 0, count: ranks))
    self.rank = rank
    self.bounds = bounds
    firstTag = 1 + index * tree.shards
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

  var omitsZeros: Bool { parcels?.form.omitsZeros ?? false }

  /// This rank's piece.
  var own: Range<Int> { bounds(of: rank) }

  /// All values, those that other ranks wait for first before the others.
  var order: [Range<Int>] {
    let start = bounds[(rank + 1) % held.count]
    return [start..<bounds[held.count], bounds[0]..<start]
  }

  func bounds(of rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }

  /// Where this rank's piece of a node lies among ``pieces``.
  private func place(of node: Int) -> Int { node * own.count }

  /// Makes ready for what the other ranks send.
  ///
  /// The corresponding C function is `MPI_Irecv`.
  func begin() {
    precondition(post.requests.isEmpty, "a sum before the last one's end")
    post.failure = nil
    for other in held.indices where other != rank {
      for index in 0..<held[other] {
        let target = target(first[other] + index)
        request("MPI_Irecv") {
          MPI_Irecv(
            target.start, target.count, type, Int32(other), tag(index), tercet_comm_world(), &$0)
        }
      }
    }
  }

  /// What messages of the sum are made of.
  private var type: MPI_Datatype? { parcels == nil ? tercet_float() : tercet_uint16() }

  private func tag(_ node: Int) -> Int32 { Int32(firstTag + node) }

  /// Where this rank's piece of another's node arrives.
  private func target(_ node: Int) -> (start: UnsafeMutableRawPointer, count: Int32) {
    guard let inbox = parcels?.inbox(node) else {
      return (UnsafeMutableRawPointer(pieces.start + place(of: node)), Int32(own.count))
    }
    return (UnsafeMutableRawPointer(inbox.start), Int32(inbox.count))
  }

  /// A rank's piece of the current node as it leaves.
  private func source(
    _ values: UnsafeMutablePointer<Float>, to other: Int
  ) -> (start: UnsafeMutableRawPointer, count: Int32) {
    let piece = bounds(of: other)
    let start = values + piece.lowerBound
    guard let parcel = parcels?.pack(start, count: piece.count, node: post.node, to: other) else {
      return (UnsafeMutableRawPointer(start), Int32(piece.count))
    }
    return (UnsafeMutableRawPointer(parcel.start), Int32(parcel.count))
  }

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
      let source = source(values, to: other)
      request("MPI_Isend") {
        MPI_Isend(
          source.start, source.count, type, Int32(other), tag(post.node), tercet_comm_world(), &$0)
      }
    }
  }

  /// Returns this rank's piece, summed over the nodes of all ranks.
  ///
  /// The corresponding C function is `MPI_Waitall`.
  ///
  /// - Parameter walk: for this method's use; it keeps its memory from sum to sum.
  func reduce(walk: inout SumTree.Walk) throws(MPIError) -> ReducedPartition {
    if let failure = post.failure { throw failure }
    try MPIError.check(
      "MPI_Waitall", MPI_Waitall(Int32(post.requests.count), &post.requests, nil))
    post.requests.removeAll(keepingCapacity: true)
    unpack()
    walk.sum(nodes, at: pieces.start, count: own.count)
    return ReducedPartition(range: own, sums: pieces.start)
  }

  /// Puts what has arrived in parcels where it is added up.
  private func unpack() {
    guard let parcels else { return }
    for node in nodes.indices where !(first[rank]..<first[rank + 1]).contains(node) {
      parcels.unpack(node, into: pieces.start + place(of: node), count: own.count)
    }
  }

  /// Puts the pieces of the other ranks into their places on rank 0.
  func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?
  ) throws(MPIError) {
    guard let whole, rank == 0 else {
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
    try gather(values + bounds[0], tercet_float())
  }

  /// - Parameter values: the first of those that are cut.
  func gather(_ values: UnsafeMutableRawPointer, _ type: MPI_Datatype?) throws(MPIError) {
    try gather(
      values, type, counts: held.indices.map { Int32(bounds(of: $0).count) },
      at: bounds.map { $0 - bounds[0] })
  }

  /// - Parameters:
  ///   - counts: of every rank.
  ///   - places: where those of each rank begin.
  func gather(
    _ values: UnsafeMutableRawPointer, _ type: MPI_Datatype?, counts: [Int32], at places: [Int]
  ) throws(MPIError) {
    try MPIError.check(
      "MPI_Allgatherv",
      MPI_Allgatherv(
        tercet_in_place(), 0, type, values, counts, places.map { Int32($0) }, type,
        tercet_comm_world()))
  }
}
