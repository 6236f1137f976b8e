import Collectives

/// What a rank has to tell the others at the end of a step, and then what any of them had to tell: all
/// ranks act on the union, in the same step.
struct Notices: OptionSet, Sendable {
  let rawValue: Int64

  /// A parameter of the rank's partition is not finite.
  static let notFinite = Notices(rawValue: 1)
  /// So many minutes have passed by the clock of rank 0 that a checkpoint is due.
  static let saveDue = Notices(rawValue: 2)

  /// Somebody asks the run to save and to leave.
  init(_ signal: StopSignal) { rawValue = 1 << (8 + Int64(signal.number)) }

  init(rawValue: Int64) { self.rawValue = rawValue }

  /// The signal among them; of several the first in ``StopSignal``'s order.
  var signal: StopSignal? { StopSignal.allCases.first { contains(Notices($0)) } }
}

extension Session {
  /// Tells the other ranks what this one has noticed, with the signal it has received, and returns what
  /// any rank has.
  borrowing func agree(_ own: Notices = []) throws(MPIError) -> Notices {
    try union(StopSignal.received.map { own.union(Notices($0)) } ?? own)
  }
}
