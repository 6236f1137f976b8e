import Foundation
import TestSupport
import Testing

@testable import RunLogs

@Suite("The time that is left")
struct TimeLeftTests {
  @Test(
    "after a twentieth of a recorded run it is within a tenth, or a second, of what the run then took",
    arguments: ["copymtl", "cascade", "hmt"])
  func recorded(_ model: String) throws {
    let path = packageRoot.appending(path: "Tests/Fixtures/runlogs/\(model).jsonl").path
    let entries = try RunLogReader(path).read(isEnd: true)
    let times = entries.compactMap(\.time)
    let (began, ended) = (try #require(times.first), try #require(times.last))
    var progress = RunProgress()
    var checked = 0
    for entry in entries {
      _ = progress.add(entry)
      let time = try #require(entry.time)
      let left = ended.timeIntervalSince(time)
      guard 20 * left <= 19 * ended.timeIntervalSince(began), entry.step != nil else { continue }
      let estimate = try #require(progress.secondsLeft)
      #expect(abs(estimate - left) <= max(left / 10, 1), "\(entry.content): \(estimate), \(left)")
      checked += 1
    }
    #expect(checked > 180)
  }

  /// Two epochs of four steps, of which each costs 100 and takes 2 s, and evaluations of 30 s.
  private static let schedule = RunSchedule(
    epochs: 2, stepsPerEpoch: 4, epochCost: 400, developmentCost: 50)

  private func left(_ schedule: RunSchedule, _ entries: [RunLogEntry], from step: Int = 0)
    -> Double?
  {
    var progress = RunProgress()
    for entry in [Sample.start(schedule, step: step)] + entries { _ = progress.add(entry) }
    // Times of day hold no more than a millisecond exactly.
    return progress.secondsLeft.map { ($0 * 1000).rounded() / 1000 }
  }

  @Test("steps, evaluations and turns count with their own means")
  func parts() {
    #expect(left(Self.schedule, []) == nil)
    var entries = [Sample.step(1, epoch: 0, at: 2)]
    // An evaluation is taken to cost its forward phase: 50 units of 0.01 s.
    #expect(left(Self.schedule, entries) == 15.0)
    entries += (2...4).map { Sample.step($0, epoch: 0, at: 2 * Double($0)) }
    entries.append(Sample.evaluation(step: 4, epoch: 0, f1: 0, seconds: 30, at: 38))
    #expect(left(Self.schedule, entries) == 38.0)
    // The turn to the second epoch took 5 s, of which the save of the last epoch will take as many.
    entries.append(Sample.step(5, epoch: 1, at: 45))
    #expect(left(Self.schedule, entries) == 41.0)
  }

  @Test("steps count by their cost")
  func costs() {
    let entries = [
      Sample.step(1, epoch: 0, cost: 50, at: 1), Sample.step(2, epoch: 0, cost: 50, at: 2),
    ]
    #expect(left(Self.schedule, entries) == 15.0)
  }

  @Test("a slow start and times of long ago are left out")
  func recent() throws {
    let schedule = RunSchedule(
      epochs: 1, stepsPerEpoch: 1000, epochCost: 100_000, developmentCost: 0)
    func entries(_ count: Int, _ seconds: (Int) -> Double) -> [RunLogEntry] {
      var time = 0.0
      return (1...count).map { step in
        time += seconds(step)
        return Sample.step(step, epoch: 0, at: time)
      }
    }
    let slow = entries(10) { $0 <= 3 ? 60 : 4 }
    #expect(left(schedule, slow) == 3960.0)
    let slower = entries(400) { $0 <= 200 ? 3 : 6 }
    #expect(left(schedule, slower) == 3600.0)
  }

  @Test("a resumed run counts what is left by its own speed")
  func resumed() {
    let entries = [Sample.step(6, epoch: 1, at: 2)]
    #expect(left(Self.schedule, entries, from: 5) == 4.5)
  }

  @Test("a run that stops early, sparse evaluations and thresholds count")
  func schedules() {
    func left(_ every: Int, ends: [Int] = [], final: Int = 0, stopAfter: Int? = nil) -> Double? {
      self.left(
        RunSchedule(
          epochs: 7, stepsPerEpoch: 4, epochCost: 400, developmentCost: 100, evaluationEvery: every,
          ends: ends, finalEvaluations: final, stopAfter: stopAfter),
        [Sample.step(1, epoch: 0, at: 2)])
    }
    #expect(left(1) == 61.0, "27 steps and 7 evaluations")
    #expect(left(3) == 57.0, "after epochs 3, 6 and 7")
    #expect(left(3, ends: [2, 7]) == 58.0)
    #expect(left(3, final: 18) == 75.0)
    #expect(left(1, final: 18, stopAfter: 9) == 18.0)
    #expect(left(1, final: 18, stopAfter: 100) == 79.0)
  }
}
