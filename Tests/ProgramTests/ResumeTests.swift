import Foundation
import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// A run that was stopped and resumed must end as one that was not.
  @Suite("Stopping and resuming", .enabled(if: hasRanks))
  struct ResumeTests {
    /// Four steps an epoch and a score that rises, so that `best.h5` is not that of the first epoch.
    static let settings = [
      "batch.size=40", "epochs=8", "optimizer.rate=0.02", "model.hidden=32",
      "model.teacherForcing=1", "evaluation.match=partial-last",
    ]

    static func stop(_ step: Int) -> [String] { ["--stop-after", "\(step)"] }

    /// Expects that a folder ended as `whole`.
    static func expectEnd(_ place: Workplace, _ folder: String) throws {
      for file in ["last.h5", "best.h5"] {
        try place.expectSame("whole/\(file)", "\(folder)/\(file)")
      }
    }

    @Test(
      "stopping at any kind of step changes nothing", arguments: sampled([1, 2, 4]),
      sampled(["optimizer.average=0", "optimizer.average=0.9"]))
    func stopAnywhere(ranks: Int, average: String) throws {
      try withWorkplace { place in
        let settings = Self.settings + [average]
        try place.trained("whole", settings)
        for step in sampled([1, 2, 4, 5]) + (ranks == 1 ? sampled([31, 32]) : []) {
          let folder = "stopped\(step)"
          let first = try place.trained(ranks: ranks, folder, settings, Self.stop(step))
          #expect(first.stdout.contains(step == 32 ? "training is complete" : "--resume"))
          #expect(place.names(folder).contains("last.h5"))
          let second = try place.trained(ranks: ranks, folder, settings, ["--resume"])
          #expect(second.stdout.contains("last.h5 at step \(step)"))
          try Self.expectEnd(place, folder)
        }
      }
    }

    @Test(
      "the number of ranks may change at every stop, inside an epoch",
      arguments: [
        [],
        [
          "precision=bfloat16", "threads=2", "batch.size=22", "batch.accumulate=2",
          "optimizer.clip=0.5", "model.teacherForcing=0.5",
        ],
        ["optimizer.average=0.9", "batch.size=22", "threads=2"],
        ["products=openblas", "threads=2", "batch.size=22", "batch.accumulate=2"],
      ])
    func changeRanks(_ variant: [String]) throws {
      try withWorkplace { place in
        let settings = Self.settings + variant
        try place.trained("whole", settings)
        try place.trained(ranks: 1, "moved", settings, Self.stop(3))
        try place.trained(ranks: 4, "moved", settings, ["--resume"] + Self.stop(6))
        try place.trained(ranks: 2, "moved", settings, ["--resume"] + Self.stop(9))
        try place.trained(ranks: 3, "moved", settings, ["--resume"])
        try Self.expectEnd(place, "moved")
      }
    }

    @Test(
      "every model goes on exactly, on another number of ranks", arguments: sampled(ModelCase.all))
    func everyModel(_ test: ModelCase) throws {
      try withWorkplace(of: test) { place in
        let settings = test.small + ["batch.size=40", "optimizer.rate=0.02"]
        try place.trained("whole", settings)
        try place.trained(ranks: 2, "moved", settings, Self.stop(5))
        try place.trained(ranks: 3, "moved", settings, ["--resume"])
        try Self.expectEnd(place, "moved")
      }
    }

    @Test("the best checkpoint is a later one, and is that of its epoch")
    func bestIsLater() throws {
      try withWorkplace { place in
        // With other starts the last epoch is the best.
        try place.trained("whole", Self.settings + ["model.wordStart=uniform25"])
        let script = """
          import h5py
          best, last = (h5py.File(f'whole/{n}.h5', 'r') for n in ('best', 'last'))
          f1 = list(last['development/f1'])
          assert best.attrs['step'] == last['development/step'][f1.index(max(f1))], f1
          assert 4 < best.attrs['step'] < last.attrs['step'] == 32, f1
          """
        let result = try place.python(script, [])
        #expect(result.status == 0, "\(result.stderr)")
      }
    }

    @Test("checkpoints between epochs, patience and other optimisers go on exactly")
    func otherOptions() throws {
      try withWorkplace { place in
        let cases: [[String]] = [
          [
            "checkpoint.every=3", "model.teacherForcing=0.5", "optimizer.kind=adamw",
            "optimizer.schedule=linear",
          ],
          [
            "optimizer.kind=sgd", "optimizer.clip=1", "batch.accumulate=3", "batch.size=22",
            "optimizer.average=0.5",
          ],
          ["optimizer.kind=rmsprop", "batch.pool=2", "evaluation.patience=1"],
          ["evaluation.every=3", "data.sampling=with-replacement", "checkpoint.keep=1"],
          ["checkpoint.every=3", "checkpoint.copyUpTo=0", "optimizer.average=0.5"],
          ["checkpoint.slimBest=true", "checkpoint.copyUpTo=0", "optimizer.average=0.5"],
        ]
        for (index, settings) in cases.enumerated() {
          let all = Self.settings + settings
          try place.trained("whole", all, ["--overwrite"])
          try place.trained("stopped\(index)", all, Self.stop(2))
          try place.trained(ranks: 2, "stopped\(index)", all, ["--resume"] + Self.stop(7))
          try place.trained("stopped\(index)", all, ["--resume"])
          for file in ["last.h5", "best.h5"] {
            try place.expectSame("whole/\(file)", "stopped\(index)/\(file)", "\(settings)")
          }
        }
      }
    }

    @Test("--resume in an empty folder starts afresh and says so")
    func resumeNothing() throws {
      try withWorkplace { place in
        let result = try place.trained(ranks: 2, "new", [], ["--resume"] + Self.stop(2))
        #expect(result.stdout.contains("new holds no checkpoint: training starts afresh"))
        try place.trained("plain", [], Self.stop(2))
        try place.expectSame("new/last.h5", "plain/last.h5")
      }
    }

    @Test("a folder with checkpoints is refused unless --overwrite")
    func refuseFolder() throws {
      try withWorkplace { place in
        try place.trained("used", [], Self.stop(2))
        let before = try place.snapshot("used")
        for ranks in [1, 2] {
          let result = try place.train(ranks: ranks, "used", [], Self.stop(1))
          #expect(result.status != 0)
          #expect(result.complaints.count == 1)
          for word in ["used", "--resume", "--overwrite"] { #expect(result.stderr.contains(word)) }
          #expect(try place.snapshot("used") == before)
        }
        try place.trained("used", [], ["--overwrite"] + Self.stop(1))
        #expect(place.names("used") == ["last.h5", "run.jsonl", "step-00000001.h5"])
      }
    }

    @Test("resuming a finished run says so and changes nothing")
    func resumeFinished() throws {
      try withWorkplace { place in
        try place.trained("done")
        let before = try place.snapshot("done")
        for ranks in [1, 2] {
          let result = try place.trained(ranks: ranks, "done", [], ["--resume"])
          #expect(result.stdout.contains("training is complete"))
          #expect(try place.snapshot("done") == before)
        }
      }
    }

    @Test("steps are counted from the start of training")
    func stopCounts() throws {
      try withWorkplace { place in
        try place.trained("a", [], Self.stop(3))
        try place.trained("a", [], ["--resume"] + Self.stop(5))
        try place.trained("b", [], Self.stop(5))
        try place.expectSame("a/last.h5", "b/last.h5")
        let before = try place.snapshot("a")
        try place.trained("a", [], ["--resume"] + Self.stop(4))
        #expect(try place.snapshot("a") == before)
      }
    }

    @Test(
      "a run that was killed between two names of a checkpoint loses no best one",
      arguments: [[], ["checkpoint.slimBest=true"]])
    func killedWhileSaving(_ variant: [String]) throws {
      try withWorkplace { place in
        let settings = Self.settings + variant
        try place.trained("whole", settings)
        let best = try place.bestStep("whole/last.h5")
        try place.trained("killed", settings, Self.stop(best))
        try place.remove("killed/best.h5")
        try place.trained("killed", settings, ["--resume"])
        try Self.expectEnd(place, "killed")
      }
    }

    @Test(
      "a slim best.h5 has the whole one's weights and no moments, and no run goes on from it",
      arguments: ["optimizer.average=0", "optimizer.average=0.5"])
    func slimBest(average: String) throws {
      try withWorkplace { place in
        let settings = Self.settings + [average]
        try place.trained("whole", settings)
        try place.trained(ranks: 2, "slim", settings + ["checkpoint.slimBest=true"])
        try place.expectSame("whole/last.h5", "slim/last.h5")
        let script = """
          import h5py
          def arrays(path):
            found = {}
            with h5py.File(path, 'r') as file:
              file.visititems(lambda name, item: found.update({name: item[()].tobytes()})
                              if isinstance(item, h5py.Dataset) else None)
              return found, dict(file.attrs)
          (whole, facts), (slim, kept) = (arrays(f'{name}/best.h5') for name in ('whole', 'slim'))
          assert kept.pop('contents') == 'weights' and kept == facts
          assert slim == {name: values for name, values in whole.items()
                          if not name.startswith('optimizer')}, sorted(slim)
          """
        let compared = try place.python(script, [])
        #expect(compared.status == 0, "\(compared.stderr)")
        let raw = try place.tercet("export", "slim", "--raw", "--out", "raw.safetensors")
        #expect(raw.status != 0 && raw.stderr.contains("export last.h5 with --raw"))
        let settled = settings + ["checkpoint.slimBest=true"]
        try refuse("slim/best.h5", settled, ["--resume=\(place.path("slim/best.h5"))"], in: place)
        for name in place.names("slim") where name != "best.h5" { try place.remove("slim/\(name)") }
        try refuse("slim", settled, ["--resume"], in: place)
      }
    }

    private func refuse(
      _ file: String, _ settings: [String], _ arguments: [String], in place: Workplace
    ) throws {
      for ranks in [1, 2] {
        let folder = file.hasSuffix(".h5") ? "other" : file
        let result = try place.train(ranks: ranks, folder, settings, arguments)
        #expect(result.status != 0 && result.complaints.count == 1)
        #expect(result.stderr.contains("best.h5: holds weights alone"), "\(result.stderr)")
      }
    }
  }
}

extension Workplace {
  /// The step of the first of the best scores that a checkpoint tells of.
  func bestStep(_ checkpoint: String) throws -> Int {
    let script = """
      import h5py, sys
      scores = h5py.File(sys.argv[1], 'r')['development']
      print(scores['step'][list(scores['f1']).index(max(scores['f1']))])
      """
    let output = try python(script, [checkpoint]).stdout
    return try #require(Int(output.filter(\.isNumber)))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }
}
