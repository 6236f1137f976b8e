import Testing

@testable import Training

@Suite("Ranks that hold up the others")
struct WatchdogTests {
  /// A detector to which all ranks have reported at second 0.
  static func detector(_ places: [Place]) -> StallDetector {
    var detector = StallDetector(ranks: places.count, limit: 4, quiet: 3, at: 0)
    for (rank, place) in places.enumerated() { detector.hear(place, from: rank, at: 0) }
    return detector
  }

  /// The ranks named at second 5, after all ranks but `silent` have repeated their reports.
  static func named(_ places: [Place], silent: Set<Int> = []) -> [Int] {
    var detector = detector(places)
    for (rank, place) in places.enumerated() where !silent.contains(rank) {
      detector.hear(place, from: rank, at: 4.5)
    }
    #expect(detector.stalls(at: 3.9).isEmpty)
    let stalls = detector.stalls(at: 5)
    #expect(stalls.allSatisfy { $0.isNew && $0.seconds == 5 })
    #expect(detector.stalls(at: 6).allSatisfy { !$0.isNew })
    return stalls.map(\.rank)
  }

  static func place(_ step: Int, _ phase: Phase, round: UInt16 = 0) -> Place {
    Place(step: step, round: round, phase: phase)
  }

  @Test("a late rank that computes is named, one that waits is not")
  func computing() {
    let waiting = Self.place(7, .reduction)
    #expect(Self.named([waiting, Self.place(7, .forward), waiting]) == [1])
    #expect(Self.named([waiting, Self.place(6, .reduction), Self.place(7, .data)]) == [1])
    #expect(Self.named([waiting, waiting]) == [0, 1])
    let round = Self.place(7, .reduction, round: 2)
    #expect(Self.named([round, Self.place(7, .evaluation, round: 2)]) == [1])
  }

  @Test("a silent rank is named, whatever it was doing; saving has no time limit")
  func silent() {
    let waiting = Self.place(7, .reduction)
    #expect(Self.named([Self.place(7, .forward), waiting, waiting], silent: [2]) == [2])
    let saving = Self.place(7, .saving, round: .max)
    #expect(Self.named([saving, saving]) == [])
    #expect(Self.named([saving, saving], silent: [1]) == [1])
  }

  @Test("a detector that does not hear from every rank names silent ranks alone")
  func onlySilent() {
    var detector = StallDetector(ranks: 1, limit: 4, quiet: 3, namesOnlySilent: true, at: 0)
    for second in 1...9 {
      detector.hear(Self.place(7, .reduction), from: 0, at: Double(second))
      #expect(detector.stalls(at: Double(second)).isEmpty)
    }
    #expect(detector.stalls(at: 11.9).isEmpty)
    let stall = StallDetector.Stall(
      rank: 0, place: Self.place(7, .reduction), seconds: 12, isSilent: true, isNew: true)
    #expect(detector.stalls(at: 13) == [stall])
    #expect(detector.stalls(at: 14).map(\.isNew) == [false])
    detector.hear(Self.place(8, .data), from: 0, at: 15)
    #expect(detector.stalls(at: 16).isEmpty)
  }

  @Test("a rank that gets on is not named, and is named again when it stops again")
  func moving() {
    var detector = Self.detector([Self.place(1, .forward)])
    for second in 1...9 { detector.hear(Self.place(second, .data), from: 0, at: Double(second)) }
    #expect(detector.stalls(at: 10).isEmpty)
    detector.hear(Self.place(9, .backward), from: 0, at: 13)
    #expect(detector.stalls(at: 14).map(\.seconds) == [5])
    detector.hear(Self.place(10, .data), from: 0, at: 15)
    #expect(detector.stalls(at: 16).isEmpty)
    detector.hear(Self.place(10, .data), from: 0, at: 19)
    #expect(detector.stalls(at: 20).map(\.isNew) == [true])
  }

  @Test("a place comes back from the number that it is sent as", arguments: Phase.allCases)
  func packing(_ phase: Phase) {
    for step in [0, 1, 1 << 40 - 1] {
      for round in [0, 1, UInt16.max] {
        let place = Place(step: step, round: round, phase: phase)
        #expect(Place(packed: place.packed) == place)
      }
    }
  }

  @Test("a rank that takes half as long again for its cost is named, once")
  func stragglers() {
    var stragglers = Stragglers(ranks: 4, factor: 1.4)
    func named(_ times: [Double]) -> [Int] {
      stragglers.judge(times, withoutSlowest: times).map(\.rank)
    }
    #expect(named([1, 1.3, 0.9, 1]).isEmpty)
    #expect(named([1, 1.5, 1, 0.9]) == [1])
    #expect(named([1, 1.6, 1, 1]).isEmpty)
    #expect(named([1, 1, 1, 1]).isEmpty)
    #expect(named([1, 2, 1, 2]) == [1, 3])
    // Ranks of no cost are not compared.
    #expect(named([0, 0, 0, 9]).isEmpty)
    #expect(named([3, 9, 1, 2]) == [0, 1])
    #expect(Stragglers.median([3, 1]) == 2)
    #expect(Stragglers.median([9, 1, 2]) == 2)
  }

  /// A rank's account of steps of cost 10 that took so many seconds.
  static func account(_ seconds: [Double]) -> (unit: Double, rest: Double) {
    var stragglers = Stragglers(ranks: 2, factor: 1.4)
    for time in seconds {
      let phases = [Phase.data: 1, .forward: time / 2, .backward: time / 2, .reduction: 99]
      stragglers.add(phases, cost: 10)
    }
    let account = stragglers.account()
    #expect(abs(account.step - 1 - seconds.reduce(0, +) / Double(seconds.count)) < 1e-12)
    let next = stragglers.account()
    #expect(next == (0, 0, 0))
    return (account.unit, account.unitWithoutSlowest)
  }

  /// The ranks named in each report, from the seconds that rank 1 takes for each of its steps.
  static func named(_ reports: [[Double]]) -> [[Int]] {
    var stragglers = Stragglers(ranks: 2, factor: 1.4)
    return reports.map {
      let accounts = [account([1, 1, 1, 1]), account($0)]
      return stragglers.judge(accounts.map(\.unit), withoutSlowest: accounts.map(\.rest))
        .map(\.rank)
    }
  }

  @Test("a rank that is held up now and then is named, after a single hiccup it is not")
  func hiccups() {
    #expect(Self.named([[1.5, 1.5, 1.5, 1.5]]) == [[1]])
    // The median of these is that of the others.
    #expect(Self.named([[1, 2, 1, 1, 2, 1, 2, 1, 1, 3, 1]]) == [[1]])
    #expect(Self.named([[1, 1, 9, 1], [1, 1, 1, 1], [9, 1, 1, 1]]) == [[], [], []])
    #expect(Self.named([[1, 1, 9, 1], [1, 9, 1, 1], [9, 1, 1, 1]]) == [[], [1], []])
    #expect(Self.named([[9], [9]]) == [[], [1]])
    let account = Self.account([1, 3, 2])
    #expect(account == (0.2, 0.15))
  }

  @Test("steps of no cost do not count for times of a unit")
  func noCost() {
    var stragglers = Stragglers(ranks: 2, factor: 1.4)
    stragglers.add([.forward: 5], cost: 0)
    var account = stragglers.account()
    #expect(account == (5, 0, 0))
    for cost in [0, 8, 8] { stragglers.add([.forward: 2], cost: cost) }
    account = stragglers.account()
    #expect(account == (2, 0.25, 0.25))
  }
}
