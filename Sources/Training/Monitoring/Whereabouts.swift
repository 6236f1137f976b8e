import Synchronization

/// The kind of work that a rank is at.
enum Phase: String, CaseIterable, Sendable {
  case data, forward, backward
  /// Weight gradients, tile by tile.
  case gradients
  /// Sums over ranks, and the wait for other ranks.
  case reduction
  case update
  /// Predicting batches of the development split.
  case evaluation
  /// Writing a checkpoint, or waiting until rank 0 has written it.
  case saving
}

/// How far a rank has come in its run.
struct Place: Equatable, Sendable {
  /// The update that is under way, or, while evaluating or saving, the last one; less than 2⁴⁰.
  var step = 0
  /// The round of the evaluation between two updates, from 1; 0 in an update, the largest number in a save.
  var round: UInt16 = 0
  var phase = Phase.data
}

/// The place of a rank, written by the thread that trains and read by the watchdog's.
final class Whereabouts: Sendable {
  private let packed = Atomic<UInt64>(0)

  /// Moves to another place, at the cost of one store.
  func enter(_ place: Place) { packed.store(place.packed, ordering: .relaxed) }

  var place: Place { Place(packed: packed.load(ordering: .relaxed)) }
}

extension Place {
  /// The place as one number, as ranks send it.
  var packed: UInt64 {
    let index = Phase.allCases.firstIndex(of: phase) ?? 0
    return UInt64(step) << 24 | UInt64(round) << 8 | UInt64(index)
  }

  init(packed: UInt64) {
    self.init(
      step: Int(packed >> 24), round: UInt16(truncatingIfNeeded: packed >> 8),
      phase: Phase.allCases[Int(packed & 0xFF) % Phase.allCases.count])
  }
}
