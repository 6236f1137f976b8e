import Foundation
import Testing
import Typesetting

@testable import RunLogs

@Suite("Progress of a run in words")
struct ProgressTests {
  private static let schedule = RunSchedule(
    epochs: 40, stepsPerEpoch: 51, epochCost: 5100, developmentCost: 0)

  /// A run in its third epoch.
  private func progress() -> RunProgress {
    var progress = RunProgress()
    for entry in [
      Sample.start(Self.schedule, step: 102, best: 0.0265), Sample.step(103, epoch: 2, at: 2),
      Sample.step(125, epoch: 2, at: 4),
    ] { _ = progress.add(entry) }
    return progress
  }

  @Test(
    "the line of progress fits every width, and the fields that matter most stay",
    arguments: [
      (
        100,
        "  3/40 ━━━━━━━╸─────────   45%  step 125/2040  L_D 24.9 L_E 3.12  10.0/s  best .0265  "
          + "1 h 4 min left"
      ),
      (79, "  3/40 ━━━╸────   45%  step 125/2040  L_D 24.9 L_E 3.12  10.0/s  1 h 4 min left"),
      (70, "3/40  45%  L_D 24.9 L_E 3.12  10.0/s  best .0265  1 h 4 min left"),
      (60, "3/40  45%  L_D 24.9 L_E 3.12  best .0265  1 h 4 min left"),
      (39, "3/40 45% L_D 24.9 best .0265 1h4m left"), (30, "3/40 45% best .0265 1h4m left"),
      (20, "3/40 45% 1h4m left"), (9, "3/40 45%"), (3, "3/4"),
    ])
  func widths(width: Int, text: String) throws {
    let line = try #require(progress().line())
    let found = line.text(width: width, isColoured: false)
    #expect(found.columns <= width)
    #expect(found == text)
    #expect(
      line.text(width: width, isColoured: true).replacing(/\u{1B}\[[\d;]*m/, with: "") == found)
  }

  @Test("no width is passed", arguments: [1, 5, 12, 24, 33, 40, 47, 55, 64, 71, 80, 97, 120, 200])
  func fits(width: Int) throws {
    let line = try #require(progress().line(activity: "evaluates dev"))
    #expect(line.text(width: width, isColoured: false).columns <= width)
    #expect(line.text(width: 120, isColoured: false).contains("evaluates dev"))
  }

  @Test("in a file the line has all fields")
  func file() throws {
    #expect(
      try #require(progress().line()).line
        == "epoch 3/40  45%  step 125/2040  L_D 24.9  L_E 3.12  10.0/s  best .0265  1 h 4 min left")
  }

  /// The row of an epoch of two steps.
  private func row(tagF1: Double? = 0.7702, isBest: Bool = true) throws -> EpochRow {
    var progress = RunProgress()
    let entries = [
      Sample.start(Self.schedule), Sample.step(1, epoch: 0, loss: 40, at: 2),
      Sample.step(51, epoch: 0, loss: 22.14, at: 4),
    ]
    let before = entries.compactMap { progress.add($0) }
    #expect(before.isEmpty)
    let scores = Sample.evaluation(
      step: 51, epoch: 0, f1: 0.0265, isBest: isBest, tagF1: tagF1, at: 128)
    let row = progress.add(scores)
    return try #require(row)
  }

  @Test("an epoch is a line of its means, its scores and the time")
  func epochs() throws {
    #expect(
      try row().line
        == "epoch 1/40  L_D 31.07  L_E 3.125  norm 9.75  sent/s 10.0  dev P .0353  dev R .0213  "
        + "dev F1 .0265  tag F1 .7702  time 2:08  *")
    var table = EpochTable()
    #expect(
      table.lines(try row(), width: nil) == [
        "epoch    L_D    L_E   norm  sent/s  dev P  dev R  dev F1  tag F1   time",
        "    1  31.07  3.125   9.75    10.0  .0353  .0213   .0265   .7702   2:08 *",
      ])
    #expect(
      table.lines(try row(isBest: false), width: 80).count == 1, "one header for equal columns")
    #expect(
      table.lines(try row(), width: 40) == [
        "epoch    L_D    L_E  dev F1   time", "    1  31.07  3.125   .0265   2:08 *",
      ])
    #expect(table.lines(try row(tagF1: nil), width: 12) == ["epoch", "    1 *"])
  }

  @Test("a step that asks nothing of a loss counts for nothing in its mean")
  func unasked() throws {
    let schedule = RunSchedule(
      epochs: 3, stepsPerEpoch: 4, epochCost: 400, developmentCost: 0, evaluationEvery: 2)
    var progress = RunProgress()
    let losses: [Double?] = [nil, 2, nil, 4, nil, nil]
    let steps = losses.enumerated().map { index, loss in
      Sample.step(index + 1, epoch: index / 4, loss: loss, at: Double(index + 1))
    }
    let rows = ([Sample.start(schedule)] + steps).compactMap { progress.add($0)?.line }
    #expect(rows.count == 1 && rows[0].hasPrefix("epoch 1/3  L_D 3.000  L_E 3.125 "), "\(rows)")
    #expect(progress.line()?.line.contains("L_D –  L_E 3.12") == true)
    let last = progress.add(Sample.evaluation(step: 6, epoch: 1, f1: 0, at: 7))
    #expect(last?.line.hasPrefix("epoch 2/3  L_D –  L_E 3.125") == true)
  }

  @Test("an epoch without an evaluation ends with its last step")
  func unscored() throws {
    let schedule = RunSchedule(
      epochs: 3, stepsPerEpoch: 2, epochCost: 200, developmentCost: 0, evaluationEvery: 2)
    var progress = RunProgress()
    let entries =
      [Sample.start(schedule)]
      + (1...6).map { Sample.step($0, epoch: ($0 - 1) / 2, at: Double($0)) }
    let rows = entries.compactMap { progress.add($0)?.line }
    #expect(rows.count == 1 && rows[0].hasPrefix("epoch 1/3 ") && rows[0].contains("dev F1 –"))
  }
}
