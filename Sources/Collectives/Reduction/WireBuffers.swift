import Kernels

/// Send and receive buffers for data that is compressed on the wire: rounded to bfloat16, without
/// runs of zeros, or both. Sizes are counted in units of two bytes.
final class WireBuffers: @unchecked Sendable {
  /// How values are compressed.
  struct Form: Sendable {
    /// Whether values are rounded to bfloat16.
    let isRounded: Bool
    /// Whether blocks of zeros are left out.
    let omitsZeros: Bool

    /// The most units that so many values take.
    func capacity(_ values: Int) -> Int {
      omitsZeros ? packedCapacity(values, rounded: isRounded) : values
    }
  }

  let form: Form
  /// Where each rank's partition of a node begins in ``outgoing``, and where the last one ends.
  let offsets: [Int]
  private let inboxCapacity: Int
  /// All partitions of this rank's nodes; during an update, the changes of every rank's partition.
  let outgoing: UnsafeMutablePointer<UInt16>
  /// This rank's partition of each node that another rank sums.
  private let incoming: UnsafeMutablePointer<UInt16>

  /// - Parameters:
  ///   - nodes: the number of nodes of all ranks.
  ///   - ownNodes: the number of nodes that this rank sends.
  /// - Returns: `nil` where values travel as they are.
  /// - Precondition: a node takes fewer than 2³¹ units.
  init?(_ form: Form, partitions: Partitions, rank: Int, nodes: Int, ownNodes: Int) {
    guard form.isRounded || form.omitsZeros else { return nil }
    self.form = form
    offsets = (0..<partitions.ranks).reduce(into: [0]) {
      $0.append($0[$0.count - 1] + form.capacity(partitions[$1].count))
    }
    let units = offsets[partitions.ranks]
    precondition(units <= Int(Int32.max), "values that take \(units) units of two bytes")
    inboxCapacity = form.capacity(partitions[rank].count)
    outgoing = .allocate(capacity: max(1, ownNodes) * units)
    incoming = .allocate(capacity: nodes * inboxCapacity)
  }

  deinit {
    outgoing.deallocate()
    incoming.deallocate()
  }

  /// Compresses a rank's partition of one of this rank's nodes for sending.
  ///
  /// - Returns: the message, in units.
  func pack(
    _ values: UnsafePointer<Float>, count: Int, node: Int, to rank: Int
  ) -> (start: UnsafeMutablePointer<UInt16>, count: Int) {
    let start = outgoing + node * offsets[offsets.count - 1] + offsets[rank]
    if form.omitsZeros {
      let units = Kernels.packChanged(
        values, since: nil, rounded: form.isRounded, into: start, count: count)
      return (start, units)
    }
    round(values, toBFloat16: start, count: count)
    return (start, count)
  }

  /// The receive buffer of this rank's partition of a node, and the most units that arrive there.
  func inbox(_ node: Int) -> (start: UnsafeMutablePointer<UInt16>, count: Int) {
    (incoming + node * inboxCapacity, inboxCapacity)
  }

  /// Expands this rank's partition of a node, which has arrived, to float32.
  func unpack(_ node: Int, into values: UnsafeMutablePointer<Float>, count: Int) {
    let start = inbox(node).start
    if form.omitsZeros {
      Kernels.unpackChanged(
        start, clearing: true, rounded: form.isRounded, into: values, count: count)
    } else {
      widen(bfloat16: start, to: values, count: count)
    }
  }

  /// Copies the blocks of a rank's partition that an update has changed to that rank's place.
  ///
  /// - Returns: their size in units.
  func packChanged(
    _ values: UnsafePointer<Float>, since before: UnsafePointer<Float>, count: Int, of rank: Int
  ) -> Int {
    Kernels.packChanged(
      values, since: before, rounded: false, into: outgoing + offsets[rank], count: count)
  }

  /// Replaces the blocks of a rank's partition that this rank has changed.
  func unpackChanged(of rank: Int, into values: UnsafeMutablePointer<Float>, count: Int) {
    Kernels.unpackChanged(
      outgoing + offsets[rank], clearing: false, rounded: false, into: values, count: count)
  }
}
