import Checkpoints
import Foundation
import Synchronization
import Testing

@testable import Training

@Suite("Saving beside training")
struct BackgroundSaverTests {
  /// Makes saves that fail a given number of times, and keeps their outcomes.
  private final class Trials: Sendable {
    private let lines = Mutex<[String]>([])
    private let stalls = Mutex<[Double]>([])
    private let failures = Mutex<[String: Int]>([:])

    var told: [String] { lines.withLock { $0 } }
    var heldUp: [Double] { stalls.withLock { $0 } }

    func save(
      _ name: String, isBest: Bool = false, failing times: Int = 0, stall: Double = 0,
      isLive: Bool = false, copy: @escaping @Sendable () -> Void = {}
    ) -> BackgroundSaver.Save {
      failures.withLock { $0[name] = times }
      return BackgroundSaver.Save(
        isBest: isBest, stall: stall, isLive: isLive, copy: copy,
        write: { () throws(CheckpointError) in
          let left = self.failures.withLock { failures in
            defer { failures[name, default: 0] -= 1 }
            return failures[name, default: 0]
          }
          if left > 0 { _ = try CheckpointFile.open("/none/\(name)") }
        },
        report: { outcome in
          switch outcome {
          case .written(let stall, _):
            self.stalls.withLock { $0.append(stall) }
            self.lines.withLock { $0.append("\(name) written") }
          case .failed(_, let retry):
            let next = retry.map { "\($0)" } ?? "given up"
            self.lines.withLock { $0.append("\(name) failed, \(next)") }
          }
        })
    }

    /// Lets saves of this name succeed.
    func mend(_ name: String) { failures.withLock { $0[name] = 0 } }
  }

  /// A test ends before this: a further attempt was asked for.
  private let never = 1e6

  private func with(
    retry: Double, _ body: (BackgroundSaver, Trials) throws -> Void
  ) rethrows {
    let saver = BackgroundSaver(retry: retry)
    defer { saver.close() }
    try body(saver, Trials())
  }

  @Test("saves are written one after another, each before the next begins")
  func inOrder() {
    with(retry: never) { saver, trials in
      for name in ["a", "b", "c"] {
        #expect(saver.makeRoom(forBest: false))
        saver.begin(trials.save(name))
      }
      #expect(saver.finish(attempts: 1) == nil)
      #expect(trials.told == ["a written", "b written", "c written"])
    }
  }

  @Test("a save that fails is tried again at the next save, which then replaces it")
  func replaced() {
    with(retry: never) { saver, trials in
      saver.begin(trials.save("a", failing: 9))
      #expect(saver.makeRoom(forBest: false))
      saver.begin(trials.save("b"))
      #expect(saver.finish(attempts: 1) == nil)
      #expect(trials.told.last == "b written")
      #expect(trials.told.dropLast().allSatisfy { $0.hasPrefix("a failed, ") })
    }
  }

  @Test("a pending save of the best checkpoint is replaced by a better one alone")
  func best() {
    with(retry: never) { saver, trials in
      saver.begin(trials.save("a", isBest: true, failing: 99))
      #expect(!saver.makeRoom(forBest: false))
      #expect(!saver.makeRoom(forBest: false))
      trials.mend("a")
      #expect(saver.makeRoom(forBest: false))
      #expect(trials.told.last == "a written")
      saver.begin(trials.save("b", isBest: true, failing: 99))
      #expect(saver.makeRoom(forBest: true))
      #expect(saver.finish(attempts: 1) == nil)
    }
  }

  @Test("a failed save is tried again after a while, then after twice as long")
  func backOff() {
    with(retry: 0.001) { saver, trials in
      saver.begin(trials.save("a", failing: 3))
      #expect(saver.finish(attempts: 9) == nil)
      #expect(trials.told.count == 4 && trials.told.last == "a written")
    }
  }

  @Test("the last save is given up after so many attempts, and its error returned")
  func givenUp() {
    with(retry: 0.001) { saver, trials in
      saver.begin(trials.save("a", failing: 99))
      #expect(saver.finish(attempts: 3)?.path == "/none/a")
      #expect(trials.told.first == "a failed, 0.001" && trials.told.last == "a failed, given up")
      #expect(saver.finish(attempts: 3) == nil)
      #expect(saver.makeRoom(forBest: false))
    }
  }

  @Test("a save that was begun is written before the thread ends")
  func closed() {
    let (saver, trials) = (BackgroundSaver(retry: never), Trials())
    saver.begin(trials.save("a"))
    saver.close()
    #expect(trials.told == ["a written"])
  }

  @Test(
    "the state may change once it is copied and not before; a wait for the copy counts as stall")
  func copied() {
    with(retry: never) { saver, trials in
      let live = Mutex(1)
      let seen = Mutex<[Int]>([])
      saver.begin(
        trials.save(
          "a", stall: 5,
          copy: {
            while !saver.isAwaited { sched_yield() }
            seen.withLock { $0.append(live.withLock { $0 }) }
          }))
      saver.awaitCopy()
      live.withLock { $0 = 2 }
      #expect(saver.finish(attempts: 1) == nil)
      #expect(seen.withLock { $0 } == [1])
      #expect(trials.heldUp.count == 1 && trials.heldUp[0] > 5)
    }
  }

  @Test("the state is copied once, whatever fails; without a wait there is no stall")
  func copiedOnce() {
    with(retry: 0.001) { saver, trials in
      let copies = Atomic(0)
      saver.awaitCopy()
      saver.begin(
        trials.save("a", failing: 3, stall: 5, copy: { copies.add(1, ordering: .relaxed) }))
      #expect(saver.finish(attempts: 9) == nil)
      saver.awaitCopy()
      #expect(copies.load(ordering: .relaxed) == 1)
      #expect(trials.heldUp == [5])
    }
  }

  @Test("a state that is not copied may change once it is on disk, or is copied where that fails")
  func live() {
    with(retry: 0.001) { saver, trials in
      let copies = Atomic(0)
      func begin(_ name: String, failing times: Int) {
        saver.begin(
          trials.save(
            name, failing: times, isLive: true, copy: { copies.add(1, ordering: .relaxed) }))
      }
      begin("a", failing: 0)
      saver.awaitCopy()
      #expect(saver.makeRoom(forBest: false))
      #expect(trials.told == ["a written"] && copies.load(ordering: .relaxed) == 0)
      begin("b", failing: 1)
      saver.awaitCopy()
      #expect(copies.load(ordering: .relaxed) == 1)
      #expect(saver.finish(attempts: 9) == nil)
      #expect(copies.load(ordering: .relaxed) == 1)
      #expect(trials.told.dropFirst() == ["b failed, 0.001", "b written"])
    }
  }

  @Test("a save releases its state once on disk, before the next save takes memory")
  func released() {
    final class State: Sendable {}
    with(retry: never) { saver, _ in
      weak var seen: State?
      do {
        let state = State()
        seen = state
        saver.begin(
          BackgroundSaver.Save(
            isBest: false, copy: { _ = state }, write: { _ = state }, report: { _ in _ = state }))
      }
      #expect(saver.makeRoom(forBest: false))
      #expect(seen == nil)
    }
  }
}
