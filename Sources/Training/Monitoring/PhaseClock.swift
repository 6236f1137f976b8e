/// Adds up the wall-clock time of a step by phase, and keeps the rank's whereabouts.
struct PhaseClock {
  private let clock = ContinuousClock()
  private var since = ContinuousClock().now
  private var place: Place
  private let whereabouts: Whereabouts
  /// Seconds of each phase that has ended.
  private(set) var seconds: [Phase: Double] = [:]

  init(step: Int, in whereabouts: Whereabouts) {
    place = Place(step: step)
    self.whereabouts = whereabouts
    whereabouts.enter(place)
  }

  /// Ends the present phase and begins another.
  mutating func enter(_ phase: Phase) {
    let now = clock.now
    seconds[place.phase, default: 0] += (now - since).seconds
    (place.phase, since) = (phase, now)
    whereabouts.enter(place)
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
