import Foundation
import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// Thresholds that the development split chooses at the end of training.
  @Suite("Tuned thresholds", .enabled(if: hasRanks))
  struct TuningTests {
    /// A model that has learnt some of its forty sentences by heart, and finds few of them with its own threshold.
    static let settings = [
      "model.embedding=32", "model.hidden=32", "model.pairWidth=64", "model.layers=1",
      "model.dropout=0", "batch.size=10", "optimizer.rate=0.01", "epochs=55", "evaluation.every=55",
      "evaluation.match=partial-last", "checkpoint.keep=1",
    ]
    static let tuned = ["evaluation.tuneThresholds=true"]

    private func withLearner(_ body: (Workplace) throws -> Void) throws {
      try withWorkplace(of: ModelCase.all.first { $0.kind == "rin" }) { place in
        let lines = try place.text("data/train.jsonl").split(separator: "\n").prefix(40)
        for split in ["train", "dev"] {
          try place.write(lines.joined(separator: "\n") + "\n", to: "data/\(split).jsonl")
        }
        try body(place)
      }
    }

    private func evaluate(_ place: Workplace, _ checkpoint: String) throws -> (
      f1: Double, report: String
    ) {
      let arguments = ["evaluate", "--checkpoint", checkpoint, "--data", "data/dev.jsonl"]
      let report = try place.tercet(arguments)
      try #require(report.status == 0, "\(report.stderr)")
      _ = try place.tercet(arguments + ["--json", "\(checkpoint).json"])
      struct Run: Decodable {
        let f1: Double
        let tuned: [String: Double]?
      }
      struct System: Decodable { let runs: [Run] }
      struct Result: Decodable { let systems: [System] }
      let json = try place.contents("\(checkpoint).json")
      let result = try JSONDecoder().decode(Result.self, from: json)
      return (try #require(result.systems.first?.runs.first).f1, report.stdout)
    }

    /// All of the first file is in the second, which has one attribute more, and perhaps a temperature.
    private static let comparison = """
      import h5py, json, sys
      plain, tuned = (h5py.File(f'{name}/best.h5', 'r') for name in ('off', 'on1'))
      def compare(name, item):
        if isinstance(item, h5py.Dataset):
          assert item[()].tobytes() == tuned[name][()].tobytes(), name
      plain.visititems(compare)
      assert set(tuned.attrs) - set(plain.attrs) - {'temperature'} == {'thresholds'}
      assert tuned.attrs['configuration'].count('  threshold: 0.5') == 1
      entry, = (e for e in map(json.loads, open('on1/run.jsonl')) if e['event'] == 'thresholds')
      assert entry['chosen'] == tuned.attrs['thresholds'], entry
      assert entry['configured'] == 'threshold=0.5'
      assert entry['configured_f1'] == plain['development/f1'][-1] < entry['f1'], entry
      print(entry['f1'], entry['chosen'])
      """

    @Test("any number of ranks finds the same thresholds, which evaluate, extract and inspect take")
    func found() throws {
      try withLearner { place in
        try place.trained("off", Self.settings)
        for ranks in [1, 2, 3] {
          let run = try place.trained(ranks: ranks, "on\(ranks)", Self.settings + Self.tuned)
          #expect(run.stdout.contains("thresholds: threshold=0."), "\(run.stdout)")
          try place.expectSame("on1/best.h5", "on\(ranks)/best.h5")
          try place.expectSame("on1/last.h5", "on\(ranks)/last.h5")
        }
        let checked = try place.python(Self.comparison, [])
        try #require(checked.status == 0, "\(checked.stderr)")
        let words = checked.stdout.split { $0 == " " || $0 == "\n" }.map(String.init)
        let (before, after) = (
          try evaluate(place, "off/best.h5"), try evaluate(place, "on1/best.h5")
        )
        #expect(after.f1 == Double(words[0]) && after.f1 > before.f1)
        #expect(!before.report.contains("thresholds:"))
        #expect(
          after.report.contains("thresholds: \(words[1]), tuned on the development split; "))
        #expect(
          try place.tercet("inspect", "on1/best.h5").stdout.contains("thresholds = \(words[1])"))
        #expect(try triples(place, "on1/best.h5") > triples(place, "off/best.h5"))
      }
    }

    private func triples(_ place: Workplace, _ checkpoint: String) throws -> Int {
      let result = try place.tercet(
        "extract", "--checkpoint", checkpoint, "--json", "data/dev.jsonl")
      try #require(result.status == 0, "\(result.stderr)")
      return result.stdout.components(separatedBy: "\"relation\"").count
    }

    @Test("a run that is resumed after its end finds the same, and so does one that tunes late")
    func resumed() throws {
      try withLearner { place in
        let settings = Self.settings + ["optimizer.average=0.9"]
        try place.trained("on", settings + Self.tuned)
        let before = try place.snapshot("on")
        for ranks in [1, 2] {
          try place.trained(ranks: ranks, "on", settings + Self.tuned, ["--resume"])
          #expect(try place.snapshot("on") == before)
        }
        // A stop before the end tunes nothing.
        try place.trained("cut", settings + Self.tuned, ["--stop-after", "219"])
        #expect(!(try place.text("cut/run.jsonl").contains("\"thresholds\"")))
        try place.trained(ranks: 2, "cut", settings + Self.tuned, ["--resume"])
        for file in ["best.h5", "last.h5"] { try place.expectSame("on/\(file)", "cut/\(file)") }
      }
    }

    @Test("thresholds that no other betters stay, and best.h5 with them")
    func kept() throws {
      try withWorkplace(of: ModelCase.all.first { $0.kind == "rin" }) { place in
        let settings = ["model.hidden=4", "model.pairWidth=4", "epochs=1"]
        try place.trained("off", settings)
        let run = try place.trained("on", settings + Self.tuned)
        #expect(
          run.stdout.contains("thresholds: threshold=0.5 stays, with which no epoch has found"))
        let found = try place.tercet("inspect", "on/best.h5").stdout
        #expect(!found.contains("thresholds ="))
      }
    }

    @Test("where no epoch has found anything, none is chosen by what it finds by chance")
    func nothingFound() throws {
      try withLearner { place in
        let run = try place.trained("on", Self.settings + Self.tuned + ["model.threshold=0.999"])
        #expect(run.stdout.contains("thresholds: threshold=0.999 stays, with which no epoch"))
        #expect(try !place.tercet("inspect", "on/best.h5").stdout.contains("thresholds ="))
      }
    }

    @Test("a model without thresholds is trained with a warning")
    func none() throws {
      try withWorkplace { place in
        let run = try place.trained(ranks: 2, "run", Self.tuned + ["epochs=1"])
        #expect(
          run.complaints == [
            "warning: evaluation.tuneThresholds: model.kind=copymtl has no thresholds to tune"
          ])
      }
    }
  }
}
