import Kernels

/// Pieces as they travel where that is not as they lie in memory: rounded to bfloat16, without runs of zeros, or
/// both. Counted in units of two bytes.
final class WireBuffers: @unchecked Sendable {
  /// What becomes of values on their way.
  struct Form: Sendable {
    let isRounded: Bool
    let omitsZeros: Bool

    /// How many units a piece takes at most.
    func capacity(_ values: Int) -> Int {
      omitsZeros ? packedCapacity(values, rounded: isRounded) : values
    }
  }

  let form: Form
  /// Where each rank's piece of a node begins in ``sent``, and where the last one ends.
  let places: [Int]
  private let inboxCapacity: Int
  /// All pieces of this rank's nodes; between two sums, what has changed of all ranks' pieces.
  let sent: UnsafeMutablePointer<UInt16>
  /// This rank's piece of each node, but its own.
  private let received: UnsafeMutablePointer<UInt16>

  /// - Parameters:
  ///   - pieces: how many values each rank has.
  ///   - nodes: of all ranks.
  ///   - ownNodes: that this rank sends.
  /// - Returns: `nil` where values travel as they are.
  /// - Precondition: a node takes fewer than 2³¹ units.
  init?(_ form: Form, pieces: [Int], rank: Int, nodes: Int, ownNodes: Int) {
    guard form.isRounded || form.omitsZeros else { return nil }
    self.form = form
    places = pieces.reduce(into: [0]) { $0.append($0[$0.count - 1] + form.capacity($1)) }
    let units = places[pieces.count]
    precondition(units <= Int(Int32.max), "values that take \(units) units of two bytes")
    inboxCapacity = form.capacity(pieces[rank])
    sent = .allocate(capacity: max(1, ownNodes) * units)
    received = .allocate(capacity: nodes * inboxCapacity)
  }

  deinit {
    sent.deallocate()
    received.deallocate()
  }

  /// Makes a parcel of a rank's piece of one of this rank's nodes.
  func pack(
    _ values: UnsafePointer<Float>, count: Int, node: Int, to rank: Int
  ) -> (start: UnsafeMutablePointer<UInt16>, count: Int) {
    let start = sent + node * places[places.count - 1] + places[rank]
    if form.omitsZeros {
      let units = Kernels.packChanged(
        values, since: nil, rounded: form.isRounded, into: start, count: count)
      return (start, units)
    }
    round(values, toBFloat16: start, count: count)
    return (start, count)
  }

  /// Where the parcel with this rank's piece of a node is to arrive, and how large it may be.
  func inbox(_ node: Int) -> (start: UnsafeMutablePointer<UInt16>, count: Int) {
    (received + node * inboxCapacity, inboxCapacity)
  }

  /// Puts what has arrived where it is added up.
  func unpack(_ node: Int, into values: UnsafeMutablePointer<Float>, count: Int) {
    let start = inbox(node).start
    if form.omitsZeros {
      Kernels.unpackChanged(
        start, clearing: true, rounded: form.isRounded, into: values, count: count)
    } else {
      widen(bfloat16: start, to: values, count: count)
    }
  }

  /// Makes a parcel of what has changed of a rank's piece, in that rank's place.
  ///
  /// - Returns: its units.
  func packChanged(
    _ values: UnsafePointer<Float>, since before: UnsafePointer<Float>, count: Int, of rank: Int
  ) -> Int {
    Kernels.packChanged(
      values, since: before, rounded: false, into: sent + places[rank], count: count)
  }

  /// Puts what has changed of a rank's piece where it belongs.
  func unpackChanged(of rank: Int, into values: UnsafeMutablePointer<Float>, count: Int) {
    Kernels.unpackChanged(
      sent + places[rank], clearing: false, rounded: false, into: values, count: count)
  }
}
