/// Finds the ranks that hold up the others, from what each says of how far it is.
///
/// While one rank is stuck all others wait for it, so of those that do not get on only these are named: the
/// ones that say nothing any more; else, of the ones that are furthest behind, those that do not wait in a
/// sum.
struct StallDetector {
  /// A rank that does not get on.
  struct Stall: Equatable, Sendable {
    let rank: Int
    let place: Place
    /// Since it began what it is at.
    let seconds: Double
    /// Whether it says nothing.
    let isSilent: Bool
    /// Whether it was not among the stalls before.
    let isNew: Bool
  }

  private struct Standing {
    var place = Place()
    /// When it began the step or round that it is in.
    var since: Double
    var heard: Double
    var isNamed = false
  }

  private let limit: Double
  private let quiet: Double
  private let namesOnlySilent: Bool
  private var standings: [Standing]

  /// - Parameters:
  ///   - limit: seconds that a step or a round of an evaluation may take; saving may take longer.
  ///   - quiet: seconds after which a rank that said nothing is silent.
  ///   - namesOnlySilent: of those that do not get on; for one who does not hear of every rank.
  init(
    ranks: Int, limit: Double, quiet: Double, namesOnlySilent: Bool = false, at time: Double
  ) {
    self.limit = limit
    self.quiet = quiet
    self.namesOnlySilent = namesOnlySilent
    standings = .init(repeating: Standing(since: time, heard: time), count: ranks)
  }

  mutating func hear(_ place: Place, from rank: Int, at time: Double) {
    let before = standings[rank].place
    if (before.step, before.round) != (place.step, place.round) {
      standings[rank].since = time
      standings[rank].isNamed = false
    }
    standings[rank].place = place
    standings[rank].heard = time
  }

  /// The ranks that hold up the others.
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
