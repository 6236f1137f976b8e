import Synchronization

/// What a rank is doing.
enum Phase: String, CaseIterable, Sendable {
  case data, forward, backward
  /// Weight gradients, tile by tile.
  case gradients
  /// Sums over ranks, and waiting for the others.
  case reduction
  case update
  /// Predicting batches of the development split.
  case evaluation
  /// Writing a checkpoint, or waiting until rank 0 has written it.
  case saving
}

/// How far a rank is.
struct Place: Equatable, Sendable {
  /// The update that is under way, or, while evaluating or saving, the last one; less than 2⁴⁰.
  var step = 0
  /// Counts what is done between two updates, from 1; 0 in an update.
  var round: UInt16 = 0
  var phase = Phase.data
}

/// Where a rank says how far it is, and a thread beside the one that works reads it.
final class Whereabouts: Sendable {
  private let packed = Atomic<UInt64>(0)

  /// One store, which costs nothing.
  func enter(_ place: Place) { packed.store(place.packed, ordering: .relaxed) }

  var place: Place { Place(packed: packed.load(ordering: .relaxed)) }
}

extension Place {
  /// The place as one number.
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

/// Adds up wall-clock time of a step by phase, and says which one has begun.
struct PhaseClock {
  private let clock = ContinuousClock()
  private var since = ContinuousClock().now
  private var place: Place
  private let whereabouts: Whereabouts
  private(set) var seconds: [Phase: Double] = [:]

  init(step: Int, in whereabouts: Whereabouts) {
    place = Place(step: step)
    self.whereabouts = whereabouts
    whereabouts.enter(place)
  }

  /// Ends the phase that runs and begins another.
  mutating func enter(_ phase: Phase) {
    let now = clock.now
    seconds[place.phase, default: 0] += (now - since).seconds
    (place.phase, since) = (phase, now)
    whereabouts.enter(place)
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
