import Collectives

/// Flags that each rank contributes at the end of a step; all ranks act on their union, in the same step.
struct Notices: OptionSet, Sendable {
  let rawValue: Int64

  /// A parameter of the rank's partition is not finite.
  static let notFinite = Notices(rawValue: 1)
  /// `checkpoint.minutes` have passed by the clock of rank 0.
  static let saveDue = Notices(rawValue: 2)

  /// A signal asks the run to save and to leave.
  init(_ signal: StopSignal) { rawValue = 1 << (8 + Int64(signal.number)) }

  init(rawValue: Int64) { self.rawValue = rawValue }

  /// The signal among the notices; of several the first in ``StopSignal``'s order.
  var signal: StopSignal? { StopSignal.allCases.first { contains(Notices($0)) } }
}

extension Session {
  /// The union of all ranks' notices, each with the signal that the rank has received.
  borrowing func agree(_ own: Notices = []) throws(MPIError) -> Notices {
    try union(StopSignal.received.map { own.union(Notices($0)) } ?? own)
  }
}
