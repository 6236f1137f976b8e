import Foundation
import TestSupport
import Testing

@testable import RunLogs

@Suite("Reading of run logs")
struct ReadingTests {
  private static let schedule = RunSchedule(
    epochs: 2, stepsPerEpoch: 4, epochCost: 400, developmentCost: 50, ends: [2], stopAfter: 7)

  private static let entries: [RunLogEntry] = [
    Sample.start(schedule, step: 3, best: 0.25), Sample.step(4, epoch: 0, at: 1.25),
    Sample.evaluation(step: 4, epoch: 0, f1: 0.375, tagF1: 0.5, at: 2.5),
    Sample.evaluation(step: 4, epoch: 0, f1: 0.375, at: 2.5),
    RunLogEntry(.ranks(seconds: [0.5, 1], step: 4), time: Sample.time(3)),
    RunLogEntry(.straggler(rank: 1, host: "b", times: 2.5, step: 4), time: Sample.time(3)),
    RunLogEntry(.stall(rank: 1, host: "b", seconds: 31.5, step: 4), time: Sample.time(3)),
    RunLogEntry(.other("save"), time: Sample.time(3)),
    Sample.step(5, epoch: 1, loss: nil, at: 4), Sample.end(step: 5, at: 4),
  ]

  @Test("every kind of line is read as it was written")
  func kinds() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "run.jsonl")
      let text = try Self.entries.map { try Sample.line($0) + "\n" }.joined()
      try Data(text.utf8).write(to: path)
      #expect(try RunLogReader(path.path).read(isEnd: true) == Self.entries)
      #expect(try RunLogReader(folder.path).read(isEnd: true) == Self.entries)
    }
  }

  @Test("a log of an earlier version is read without times and schedule")
  func earlier() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "old.jsonl")
      let text = """
        {"event":"start","model":"copyre","step":0,"time":"2026-01-31T12:00:00Z","products":"panels"}
        {"L_D":2.5,"epoch":0,"event":"step","gradient_norm":1,"rate":0.5,"seconds":{"data":1},\
        "sentences_per_second":3,"step":1,"total":2.5}
        """
      try Data(text.utf8).write(to: path)
      let reader = try RunLogReader(path.path)
      let run = Sample.run(try reader.read(isEnd: true))
      #expect(reader.badLines == 0)
      #expect(run.start?.schedule == nil && run.start?.ranks == 1)
      #expect(run.began == Date(timeIntervalSince1970: 1_769_860_800))
      #expect(run.steps.map(\.entry.losses) == [["L_D": 2.5]])
      #expect(
        run.progress.secondsLeft == nil && run.progress.line()?.line.contains("L_D 2.50") == true)
    }
  }

  @Test("lines that are none are passed over and counted")
  func badLines() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "run.jsonl")
      let good = try Sample.line(Sample.step(1, epoch: 0, at: 1))
      let bad = [
        "{}", "[]", "null", "\"", "{\"event\":\"step\"}", "{\"event\":3}", String(good.dropLast(9)),
        good + good, "\u{0}\u{1}", good.replacing("\"step\":1", with: "\"step\":\"1\""),
        good.replacing("9.75", with: "1e999"),
        good.replacing("\"epoch\":0", with: "\"epoch\":9223372036854775807"),
        good.replacing("\"step\":1", with: "\"step\":-1"),
      ]
      try Data((bad + ["", good]).joined(separator: "\n").utf8).write(to: path)
      let reader = try RunLogReader(path.path)
      #expect(try reader.read(isEnd: true) == [Sample.step(1, epoch: 0, at: 1)])
      #expect(reader.badLines == bad.count)
    }
  }

  @Test("a growing log is read line by line, and one that is emptied from its start")
  func growing() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "run.jsonl")
      try Data().write(to: path)
      let reader = try RunLogReader(path.path)
      let file = try FileHandle(forWritingTo: path)
      let line = Array(try Sample.line(Sample.step(1, epoch: 0, at: 1)).utf8)
      #expect(try reader.read(isEnd: false).isEmpty)
      try file.write(contentsOf: line[..<20])
      #expect(try reader.read(isEnd: false).isEmpty)
      try file.write(contentsOf: line[20...] + [0x0A] + line[..<9])
      #expect(try reader.read(isEnd: false).count == 1)
      try file.truncate(atOffset: 0)
      try file.seek(toOffset: 0)
      try file.write(contentsOf: line[..<8])
      #expect(try reader.read(isEnd: false).isEmpty)
      try file.write(contentsOf: line[8...])
      #expect(try reader.read(isEnd: false).isEmpty, "the line has no end")
      #expect(try reader.read(isEnd: true).count == 1 && reader.badLines == 0)
    }
  }

  @Test("a file that cannot be read is named")
  func refused() throws {
    try withTemporaryDirectory { folder in
      let missing = #expect(throws: RunLogError.self) { try RunLogReader(folder.path + "/none") }
      #expect(
        missing?.description == "\(folder.path)/none: cannot be opened: No such file or directory")
      let empty = #expect(throws: RunLogError.self) { try RunLogReader(folder.path) }
      #expect(
        empty?.description
          == "\(folder.path)/run.jsonl: cannot be opened: No such file or directory"
          + "; no training has begun in this folder")
      try FileManager.default.createDirectory(
        atPath: folder.path + "/run.jsonl", withIntermediateDirectories: true)
      let directory = #expect(throws: RunLogError.self) {
        _ = try RunLogReader(folder.path).read(isEnd: true)
      }
      #expect(directory?.description.contains("cannot be read: Is a directory") == true)
    }
  }
}

@Suite("Folders of sweeps in place of a run's")
struct SweepFolderTests {
  /// What is said of a folder whose trials, some of them begun, have these names.
  private func said(_ trials: [String], begun: [String], of name: String = "") throws -> String {
    try withTemporaryDirectory { folder in
      for trial in trials {
        let own = folder.appending(path: "trials/\(trial)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: own.appending(path: "trial.json"))
        if begun.contains(trial) { try Data().write(to: own.appending(path: "run.jsonl")) }
      }
      let error = #expect(throws: RunLogError.self) { try RunLogReader(folder.path + name) }
      return error?.description.replacing(folder.path, with: "SWEEP") ?? ""
    }
  }

  @Test("the logs of its trials are named")
  func sweeps() throws {
    let trials = ["lambda=1,seed=1", "lambda=1,seed=2", "lambda=3,seed=1"]
    let advice =
      "is a sweep of 3 trials: tercet log SWEEP/trials/*/run.jsonl shows those that have begun, "
      + "such as SWEEP/trials/lambda=1,seed=2"
    let begun = [trials[1], trials[2]]
    #expect(try said(trials, begun: begun) == "SWEEP: \(advice)")
    for name in ["/", "/trials", "/trials/"] {
      #expect(try said(trials, begun: begun, of: name) == "SWEEP\(name): \(advice)")
    }
    #expect(
      try said([trials[0]], begun: []) == "SWEEP: is a sweep of 1 trial, none of which has begun")
    // A trial's own folder is a run's.
    let own = try said(trials, begun: [], of: "/trials/\(trials[0])")
    #expect(own.hasSuffix("; no training has begun in this folder"), "\(own)")
  }
}

@Suite("Runs as their logs tell them")
struct RecordedRunTests {
  private static let schedule = RunSchedule(
    epochs: 3, stepsPerEpoch: 2, epochCost: 200, developmentCost: 50)

  @Test("steps, scores and ranks after the checkpoint of a resumed run are superseded")
  func superseded() {
    let ranks = RunLogEntry(.ranks(seconds: [1, 2], step: 4), time: nil)
    let run = Sample.run(
      [Sample.start(Self.schedule)]
        + (1...2).map { Sample.step($0, epoch: 0, loss: 1, at: Double($0)) }
        + [Sample.evaluation(step: 2, epoch: 0, f1: 0.5, at: 3)]
        + (3...4).map { Sample.step($0, epoch: 1, loss: 1, at: Double($0)) }
        + [Sample.evaluation(step: 4, epoch: 1, f1: 0.75, at: 5), ranks]
        + [Sample.start(Self.schedule, step: 3, best: 0.5, at: 9)]
        + [Sample.step(4, epoch: 1, loss: 2, at: 10)])
    #expect(run.steps.map(\.entry.step) == [1, 2, 3, 4])
    #expect(run.steps.map { $0.entry.losses["L_D"] } == [1, 1, 1, 2])
    #expect(run.evaluations.map(\.entry.step) == [2] && run.ranks.isEmpty)
    #expect(run.superseded == 1 && run.best?.f1 == 0.5 && run.progress.best == 0.5)
    #expect(run.began == Sample.time(0) && run.last == Sample.time(10))
  }

  @Test("a run is finished by its own end, and a later start takes an end back")
  func endings() {
    var run = Sample.run([Sample.start(Self.schedule), Sample.step(1, epoch: 0, at: 1)])
    #expect(run.ending == nil && !run.isFinished)
    run.add(Sample.end("SIGTERM", step: 1, at: 2))
    #expect(run.ending == "SIGTERM" && !run.isFinished)
    run.add(Sample.start(Self.schedule, step: 1, at: 3))
    #expect(run.ending == nil)
    run.add(Sample.end("patience", step: 1, at: 4))
    #expect(run.isFinished)
  }

  @Test("curves have a point an epoch, or a step where there is one epoch")
  func curves() {
    var entries = [Sample.start(Self.schedule), Sample.step(1, epoch: 0, loss: 4, at: 1)]
    entries.append(Sample.step(2, epoch: 0, loss: 2, at: 2))
    let names = Curve.all(of: Sample.run(entries)).map(\.name)
    #expect(names == ["L_D", "L_E", "total", "norm"])
    #expect(Curve.losses(of: Sample.run(entries))[0].values == [4, 2])
    entries.append(Sample.evaluation(step: 2, epoch: 0, f1: 0.5, tagF1: 0.25, at: 3))
    entries.append(Sample.step(3, epoch: 1, loss: 1, at: 4))
    let curves = Curve.all(of: Sample.run(entries))
    #expect(curves.map(\.name) == names + ["dev F1", "tag F1"])
    #expect(curves[0].values == [3, 1] && curves[4].values == [0.5] && curves[5].values == [0.25])
    let unasked = [
      Sample.step(4, epoch: 1, loss: nil, at: 5), Sample.step(5, epoch: 2, loss: nil, at: 6),
    ]
    #expect(Curve.losses(of: Sample.run(entries + unasked))[0].values == [3, 1])
    #expect(Curve.all(of: RecordedRun()).isEmpty)
  }
}

@Suite("Times in run logs")
struct LogTimeTests {
  @Test("a time is read and written again as it was, to the millisecond")
  func milliseconds() throws {
    for number in 0..<1000 {
      let text = "2026-11-29T14:35:44." + "\(1000 + number)".dropFirst() + "Z"
      #expect(try LogTime.text(#require(LogTime.time(text))) == text)
    }
    #expect(
      LogTime.text(Date(timeIntervalSince1970: 1_769_860_799.9999)).hasSuffix("12:00:00.000Z"))
    #expect(LogTime.time("yesterday") == nil)
  }
}
