/// Finds the ranks that hold up the others, from the places that the ranks report.
///
/// While one rank is stuck all others wait for it, so only some of the ranks that do not get on are named: the
/// silent ones; if there are none, those of the hindmost ranks that do not wait in a sum.
struct StallDetector {
  /// A rank that does not get on.
  struct Stall: Equatable, Sendable {
    let rank: Int
    let place: Place
    /// Seconds since the rank began its step or round.
    let seconds: Double
    /// Whether the rank has fallen silent.
    let isSilent: Bool
    /// Whether the rank was not among the stalls before.
    let isNew: Bool
  }

  private struct Standing {
    var place = Place()
    /// The time at which the rank began its step or round.
    var since: Double
    /// The time of the last report.
    var heard: Double
    var isNamed = false
  }

  private let limit: Double
  private let quiet: Double
  private let namesOnlySilent: Bool
  private var standings: [Standing]

  /// - Parameters:
  ///   - limit: seconds that a step or a round of an evaluation may take; saving may take longer.
  ///   - quiet: seconds without a report after which a rank is silent.
  ///   - namesOnlySilent: whether ranks that still report go unnamed, as for a detector that does not hear
  ///     from every rank.
  ///   - time: the present in seconds, on the clock of all later calls.
  init(
    ranks: Int, limit: Double, quiet: Double, namesOnlySilent: Bool = false, at time: Double
  ) {
    self.limit = limit
    self.quiet = quiet
    self.namesOnlySilent = namesOnlySilent
    standings = .init(repeating: Standing(since: time, heard: time), count: ranks)
  }

  /// Takes down the place that a rank reports.
  mutating func hear(_ place: Place, from rank: Int, at time: Double) {
    let before = standings[rank].place
    if (before.step, before.round) != (place.step, place.round) {
      standings[rank].since = time
      standings[rank].isNamed = false
    }
    standings[rank].place = place
    standings[rank].heard = time
  }

  /// The ranks that hold up the others at this time, named before or not.
  mutating func stalls(at time: Double) -> [Stall] {
    suspects(at: time).compactMap { rank in
      let standing = standings[rank]
      let isSilent = time - standing.heard > quiet
      let mayBeNamed = isSilent || (!namesOnlySilent && standing.place.phase != .saving)
      guard time - standing.since > limit, mayBeNamed else { return nil }
      standings[rank].isNamed = true
      return Stall(
        rank: rank, place: standing.place, seconds: time - standing.since, isSilent: isSilent,
        isNew: !standing.isNamed)
    }
  }

  private func suspects(at time: Double) -> [Int] {
    let silent = standings.indices.filter { time - standings[$0].heard > quiet }
    guard silent.isEmpty else { return silent }
    func progress(_ rank: Int) -> (Int, UInt16) {
      (standings[rank].place.step, standings[rank].place.round)
    }
    let last = standings.indices.map(progress).min(by: <) ?? (0, 0)
    let behind = standings.indices.filter { progress($0) == last }
    let working = behind.filter { standings[$0].place.phase != .reduction }
    return working.isEmpty ? behind : working
  }
}
