import COpenMPI
import Kernels
import Tensors

/// Values that travel as bfloat16: half the bytes.
extension PieceExchange {
  /// A piece of one of this rank's nodes as it travels; `nil` where it travels as it is.
  func rounded(
    _ values: UnsafeMutablePointer<Float>, node: Int, of piece: Range<Int>
  ) -> UnsafeMutableRawPointer? {
    guard let halves else { return nil }
    let target = halves.sent + node * bounds[bounds.count - 1] + piece.lowerBound
    round(values + piece.lowerBound, toBFloat16: target, count: piece.count)
    return UnsafeMutableRawPointer(target)
  }

  /// Puts what has travelled as bfloat16 where it is added up.
  func widen() {
    guard let halves else { return }
    let count = bounds(of: rank).count
    for node in nodes.indices where !(first[rank]..<first[rank + 1]).contains(node) {
      let place = place(of: node)
      Kernels.widen(
        bfloat16: halves.received + place, to: pieces.start + place, count: count)
    }
  }

  /// Adds to every rank's pieces by how much their owners have changed them, rounded to bfloat16; the owners'
  /// change is rounded too, so that all ranks have the same.
  ///
  /// - Parameter before: the values of this rank's piece before they were changed.
  func gatherChanges(
    of values: UnsafeMutablePointer<Float>, since before: UnsafePointer<Float>
  ) throws(MPIError) {
    guard let halves else { preconditionFailure("changes of an exchange that does not round") }
    let own = bounds(of: rank)
    roundChange(
      of: values + own.lowerBound, since: before, toBFloat16: halves.sent + own.lowerBound,
      count: own.count)
    try gather(halves.sent, tercet_uint16())
    for other in held.indices where other != rank {
      let piece = bounds(of: other)
      add(
        bfloat16: halves.sent + piece.lowerBound, to: values + piece.lowerBound, count: piece.count)
    }
  }
}

/// Room for numbers of two bytes.
final class Halves: @unchecked Sendable {
  /// This rank's nodes, each a whole slab; between two sums, the change of what follows from them.
  let sent: UnsafeMutablePointer<UInt16>
  /// This rank's piece of each node, but its own.
  let received: UnsafeMutablePointer<UInt16>

  init(sent: Int, received: Int) {
    self.sent = Self.zeros(sent)
    self.received = Self.zeros(received)
  }

  private static func zeros(_ count: Int) -> UnsafeMutablePointer<UInt16> {
    let start = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
    start.initialize(repeating: 0, count: count)
    return start
  }

  deinit {
    sent.deallocate()
    received.deallocate()
  }
}
