/// Where the time of a step goes.
enum Phase: String, CaseIterable {
  case data, forward, backward
  /// Weight gradients, tile by tile.
  case gradients
  case reduction, update
}

/// Adds up wall-clock time by phase.
struct PhaseClock {
  private let clock = ContinuousClock()
  private var since = ContinuousClock().now
  private var current = Phase.data
  private(set) var seconds: [Phase: Double] = [:]

  /// Ends the phase that runs and begins another.
  mutating func enter(_ phase: Phase) {
    let now = clock.now
    seconds[current, default: 0] += (now - since).seconds
    (current, since) = (phase, now)
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
