import Glibc
import Synchronization
import Tensors
import Testing

@Suite("Teams of threads", .serialized)
struct ThreadTeamTests {
  /// Counters that any thread may raise.
  private final class Counters: Sendable {
    private let counts: Mutex<[Int]>

    init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }

    func raise(_ index: Int) { counts.withLock { $0[index] += 1 } }

    var all: [Int] { counts.withLock { $0 } }
  }

  @Test("work runs once on each thread, and these are different ones", arguments: 1...5)
  func onceEach(count: Int) {
    let team = ThreadTeam(count)
    #expect(team.count == count)
    let counters = Counters(count)
    let threads = Mutex<Set<UInt>>([])
    team.run { thread in
      counters.raise(thread)
      threads.withLock { _ = $0.insert(UInt(pthread_self())) }
    }
    #expect(counters.all == [Int](repeating: 1, count: count))
    #expect(threads.withLock { $0.count } == count)
  }

  @Test("the calling thread is the first", arguments: [1, 3])
  func caller(count: Int) {
    let caller = UInt(pthread_self())
    let first = Mutex<UInt?>(nil)
    ThreadTeam(count).run { thread in
      if thread == 0 { first.withLock { $0 = UInt(pthread_self()) } }
    }
    #expect(first.withLock { $0 } == caller)
  }

  @Test("each item is taken once, by a thread of the team", arguments: 1...4)
  func items(count: Int) {
    let team = ThreadTeam(count)
    for items in [0, 1, 2, 3, 17, 1000] {
      let counters = Counters(items)
      let strangers = Atomic(0)
      team.forEach(items) { thread, item in
        counters.raise(item)
        if !(0..<count).contains(thread) { strangers.add(1, ordering: .relaxed) }
      }
      #expect(counters.all == [Int](repeating: 1, count: items))
      #expect(strangers.load(ordering: .relaxed) == 0)
    }
  }

  /// No lock and no atomic in the work: that the next call reads what this one wrote is the team's doing.
  @Test("ten thousand rounds, each reading what the other threads wrote", arguments: [1, 2, 3])
  func rounds(count: Int) {
    let team = ThreadTeam(count)
    var values = [Int](repeating: 0, count: count)
    var wrong = 0
    values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      var copies = [Int](repeating: 0, count: count)
      copies.withUnsafeMutableBufferPointer { copies in
        nonisolated(unsafe) let copies = copies
        for round in 0..<10_000 {
          team.run { copies[$0] = values[($0 + 1) % count] }
          team.run { values[$0] = copies[$0] + 1 }
          if values.contains(where: { $0 != round + 1 }) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test("teams that end at once, without work or right after it")
  func ending() {
    let counters = Counters(3)
    for round in 0..<300 {
      let team = ThreadTeam(3)
      if round % 2 == 0 { team.run { counters.raise($0) } }
    }
    #expect(counters.all == [150, 150, 150])
  }

  /// The team must have let go of what the closure holds when the call returns.
  @Test("the work is gone when the call returns", arguments: [1, 2, 4])
  func released(count: Int) {
    let team = ThreadTeam(count)
    for _ in 0..<500 {
      weak var kept: Counters?
      do {
        let counters = Counters(count)
        kept = counters
        team.run { counters.raise($0) }
        #expect(counters.all == [Int](repeating: 1, count: count))
      }
      #expect(kept == nil)
    }
  }

  @Test("work may start a team of its own")
  func nested() {
    let counters = Counters(6)
    ThreadTeam(3).run { outer in
      ThreadTeam(2).run { counters.raise(outer * 2 + $0) }
    }
    #expect(counters.all == [1, 1, 1, 1, 1, 1])
  }
}
