import Checkpoints
import Evaluation
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Training

@Suite("Reports of a run")
struct ReporterTests {
  /// The lines that a reporter printed, in order.
  private final class Page: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ kind: String) -> @Sendable (String) -> Void {
      { line in self.lines.withLock { $0.append("\(kind) \(line)") } }
    }
  }

  private func voice(_ page: Page, onTerminal: Bool = false) -> RunVoice {
    let screen = RunVoice.Screen(draw: page.add("draw"), width: { 79 }, isColoured: false)
    return RunVoice(
      say: page.add("say"), warn: page.add("warn"),
      progress: onTerminal ? .live(screen) : .lines)
  }

  /// A report's line of the run log, with keys in order.
  private func line(_ report: Report) throws -> String {
    let data = try JSONSerialization.data(
      withJSONObject: report.entry, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }

  private func step(_ number: Int, asked: [Bool] = [true, true]) -> Report {
    let row = History.Step(
      step: number, epoch: 1, losses: [0.5, 0.25], total: 0.75, gradientNorm: 2, rate: 0.125)
    return .step(
      row, objective: ["L_D", "L_E"], asked: asked, sentences: 30, cost: 600,
      seconds: [.forward: 0.25, .reduction: 0.5])
  }

  @Test("a step has its losses by name, its speed, and seconds by phase")
  func steps() throws {
    let report = step(7)
    #expect(
      try line(report)
        == #"{"cost":600,"epoch":1,"event":"step","gradient_norm":2,"L_D":0.5,"L_E":0.25,"#
        + #""rate":0.125,"seconds":{"forward":0.25,"reduction":0.5},"sentences_per_second":40,"#
        + #""step":7,"total":0.75}"#)
    #expect(report.message == nil)
    #expect(try line(step(7, asked: [true, false])).contains(#""L_D":0.5,"L_E":null,"#))
  }

  @Test("an evaluation has its scores, and those of tags where a model has them")
  func evaluations() throws {
    let scores = History.Evaluation(step: 8, epoch: 1, precision: 0.5, recall: 0.25, f1: 0.375)
    let match = RunOptions.EvaluationOptions().match
    func report(tagF1: Double?, isFirstWithoutHit: Bool = false) -> Report {
      .evaluation(
        scores, tagF1: tagF1, match: match, isBest: true, isFirstWithoutHit: isFirstWithoutHit,
        seconds: 1.5)
    }
    let text =
      #"{"best":true,"epoch":1,"event":"evaluation","f1":0.375,"match":"exact","#
      + #""precision":0.5,"recall":0.25,"seconds":1.5,"step":8}"#
    #expect(try line(report(tagF1: nil)) == text)
    #expect(
      try line(report(tagF1: 0.75)) == text.replacing("8}", with: #"8,"tag_f1":0.75}"#))
    #expect(report(tagF1: nil).message == nil)
    let note = "no triple is found yet: evaluation.patience counts from the first one"
    #expect(report(tagF1: nil, isFirstWithoutHit: true).message == .line(note))
  }

  @Test("a step that is skipped is a warning; one that ends the run is an error of its own")
  func nonfinite() throws {
    let fault = Updater.Fault(quantity: "the loss", sentences: ["a", "b"])
    let skipped = Report.nonfinite(fault, step: 3, action: .skip)
    #expect(
      try line(skipped)
        == #"{"action":"skip","event":"nonfinite","quantity":"the loss","sentences":["a","b"],"#
        + #""step":3}"#)
    #expect(
      skipped.message
        == .warning(
          "step 3: the loss is not finite; sentences a, b. The step is skipped"))
    let stop = Report.nonfinite(fault, step: 3, action: .stop)
    #expect(stop.message == nil && stop.entry["action"] as? String == "stop")
  }

  @Test("a save has its seconds, and one that failed its reason and the next attempt")
  func saves() throws {
    let written = Report.save(.written(stall: 0.25, seconds: 2), step: 4, file: "run/4.h5")
    #expect(
      try line(written)
        == #"{"event":"save","file":"run/4.h5","stall_seconds":0.25,"step":4,"write_seconds":2}"#)
    #expect(written.message == nil)
    let error = #expect(throws: CheckpointError.self) {
      _ = try CheckpointFile.open("/none/4.h5")
    }
    let failed = Report.save(
      .failed(try #require(error), retry: 10), step: 4, file: "run/4.h5")
    #expect(failed.entry["event"] as? String == "save_failed")
    #expect(failed.entry["retry_seconds"] as? Double == 10)
    let cause = try #require(failed.entry["error"] as? String)
    #expect(failed.message == .warning("step 4 is not saved, next attempt in 10.0 s: \(cause)"))
    let last = Report.save(
      .failed(try #require(error), retry: nil), step: 4, file: "run/4.h5")
    #expect(last.entry["retry_seconds"] == nil)
    #expect(last.message == .warning("step 4 is not saved, and no attempt follows: \(cause)"))
  }

  @Test("ranks that are slow or stuck are named with their hosts")
  func ranks() throws {
    #expect(
      try line(.ranks([0.5, 1], step: 25))
        == #"{"event":"ranks","seconds":[0.5,1],"step":25}"#)
    let slow = Report.straggler(rank: 1, host: "b", times: 2.5, step: 25, steps: 5)
    #expect(
      try line(slow) == #"{"event":"straggler","host":"b","rank":1,"step":25,"times":2.5}"#)
    #expect(
      slow.message
        == .warning("rank 1 on b takes 2.5 times as long as the others, over 5 steps"))
    func stall(isSilent: Bool, isFatal: Bool) -> Report {
      let found = StallDetector.Stall(
        rank: 1, place: Place(step: 6, phase: .forward), seconds: 31.25, isSilent: isSilent,
        isNew: true)
      return .stall(Watchdog.Stall(found: found, host: "b", isFatal: isFatal))
    }
    let late = stall(isSilent: false, isFatal: false)
    #expect(
      try line(late)
        == #"{"event":"stall","host":"b","phase":"forward","rank":1,"seconds":31.25,"#
        + #""silent":false,"step":6}"#)
    let text = "rank 1 on b has not finished step 6 for 31.2 s: "
    #expect(late.message == .warning(text + "it is in forward"))
    let silent = stall(isSilent: true, isFatal: true)
    #expect(silent.entry["event"] as? String == "abort")
    #expect(
      silent.message
        == .warning(
          text + "it says nothing, last seen in forward; the job ends (watchdog.abort)"))
  }

  static let endings: [(Trainer.Ending, String)] = [
    (.allEpochs, "all epochs"), (.patience, "patience"), (.stopAfter, "stop after"),
    (.signal(.user, step: 3), "SIGUSR1"),
  ]

  @Test("a run ends with its reason in the log and no message", arguments: endings)
  func ending(_ ending: Trainer.Ending, name: String) throws {
    let report = Report.end(ending, step: 3)
    #expect(try line(report) == #"{"ending":"\#(name)","event":"end","step":3}"#)
    #expect(report.message == nil)
    let signal = Report.signal(.terminate, during: .saving, step: 2)
    #expect(
      try line(signal) == #"{"during":"saving","event":"signal","signal":"SIGTERM","step":2}"#)
  }

  @Test("rank 0 prints and logs; other ranks are silent, except for stalls that rank 1 sees")
  func reporters() throws {
    try withTemporaryDirectory { directory in
      let folder = directory.path
      let (first, other) = (Page(), Page())
      for (page, isFirst) in [(first, true), (other, false)] {
        var reporter = Reporter(voice(page), isFirst: isFirst, every: 5)
        try reporter.openLog(in: isFirst ? folder : "/none/at/all", appending: false)
        reporter.say("a")
        reporter.warn("b")
        for report in [step(7), step(10)] { reporter.tell(report) }
        let slow = Report.straggler(rank: 1, host: "h", times: 2, step: 3, steps: 5)
        reporter.tellFromAnyRank(slow)
        try reporter.finishLog()
      }
      let slow = "warn warning: rank 1 on h takes 2.0 times as long as the others, over 5 steps"
      let step = try #require(first.all.dropFirst(2).first)
      #expect(
        step.wholeMatch(
          of: #/say \d\d:\d\d:\d\d  epoch 2  0%  step 10  L_D .500  L_E .250  40.0/s/#) != nil,
        "\(step)")
      #expect(first.all == ["say a", "warn warning: b", step, slow])
      #expect(other.all == [slow])
      let log = try String(contentsOfFile: "\(folder)/run.jsonl", encoding: .utf8)
      let events = log.split(separator: "\n").compactMap { $0.firstMatch(of: /"event":"(\w+)"/)?.1 }
      #expect(events == ["step", "step", "straggler"])
      let times = log.matches(of: /"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/)
      #expect(times.count == 3)
    }
  }

  @Test("a log that ends in half a line goes on with a line of its own")
  func halfLine() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending(path: "run.jsonl")
      for (before, expected) in [("", 1), ("{\"a\":1}\n", 2), ("{\"a\":1}\n{\"ev", 3)] {
        try Data(before.utf8).write(to: path)
        var reporter = Reporter(voice(Page()), isFirst: true, every: 5)
        try reporter.openLog(in: directory.path, appending: true)
        reporter.tell(step(7))
        try reporter.finishLog()
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == expected && lines.last?.contains("\"L_D\"") == true, "\(lines)")
      }
    }
  }

  @Test("a terminal has a line of progress that is replaced, and a table with a line an epoch")
  func progress() throws {
    let page = Page()
    let reporter = Reporter(voice(page, onTerminal: true), isFirst: true, every: 5)
    reporter.tell(step(7))
    reporter.show(activity: "evaluates dev")
    let scores = History.Evaluation(step: 8, epoch: 1, precision: 0.5, recall: 0.25, f1: 0.375)
    reporter.tell(
      .evaluation(
        scores, tagF1: nil, match: .exact, isBest: true, isFirstWithoutHit: false, seconds: 1))
    #expect(page.all.map { $0.prefix(4) } == ["draw", "draw", "say ", "say "])
    #expect(page.all[0].contains("step 7") && page.all[1].contains("evaluates dev"))
    #expect(page.all[2].hasPrefix("say epoch") && page.all[3].contains(".3750"))
  }

  @Test("a quiet run says nothing of its progress")
  func off() throws {
    let page = Page()
    let voice = RunVoice(say: page.add("say"), warn: page.add("warn"), progress: .off)
    let reporter = Reporter(voice, isFirst: true, every: 1)
    reporter.tell(step(7))
    reporter.show(activity: "evaluates dev")
    #expect(page.all.isEmpty)
  }
}
