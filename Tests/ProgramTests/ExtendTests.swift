import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// More epochs than a run had when it began.
  @Suite("Longer runs", .enabled(if: hasRanks))
  struct ExtendTests {
    /// Four steps an epoch, two epochs, and a rate that falls to 0.
    static let settings = [
      "batch.size=40", "epochs=2", "optimizer.schedule=linear", "optimizer.warmup=2",
      "optimizer.rate=0.02", "model.teacherForcing=1", "evaluation.match=partial-last",
    ]

    private func expectSameEnd(_ place: Workplace, _ folder: String) throws {
      for file in ["last.h5", "best.h5"] {
        try place.expectSame("straight/\(file)", "\(folder)/\(file)")
      }
    }

    @Test("an extension goes on with the last rate, or with a new schedule, and is kept")
    func rates() throws {
      try withWorkplace { place in
        try place.trained("run", Self.settings)
        let kept = try place.trained("run", Self.settings, ["--resume", "--extend", "4"])
        #expect(
          kept.stdout.contains(
            "run/last.h5 at step 8; extended from 2 to 4 epochs: from step 9 on the schedule's last "
              + "rate above 0, 0.0033333"), "\(kept.stdout)")
        let anew = try place.trained(
          "run", Self.settings, ["--resume", "--extend", "6", "--rewarm"])
        #expect(
          anew.stdout.contains(
            "run/last.h5 at step 16; extended from 4 to 6 epochs: from step 17 on warm-up and "
              + "schedule begin anew"), "\(anew.stdout)")
        let check = """
          import h5py, json, numpy
          linear = [.01, .02] + [.02 * (1 - k / 6) for k in range(1, 7)]
          rates = linear + 8 * [linear[6]] + linear
          last = h5py.File('run/last.h5', 'r')
          numpy.testing.assert_allclose(last['history/rate'], rates, rtol=1e-6, atol=1e-9)
          assert last.attrs['extensions'] == '4, 6 rewarm', last.attrs['extensions']
          assert 'epochs: 2' in last.attrs['configuration']
          log = [json.loads(line) for line in open('run/run.jsonl')]
          starts = [(e['epochs'], e['extensions']) for e in log if e['event'] == 'start']
          assert starts == [(2, ''), (4, '4'), (6, '4, 6 rewarm')], starts
          """
        let checked = try place.python(check, [])
        #expect(checked.status == 0, "\(checked.stderr)")
        let inspected = try place.tercet("inspect", "run/last.h5")
        #expect(inspected.stdout.contains("4, 6 rewarm"))
        let done = try place.trained("run", Self.settings, ["--resume"])
        #expect(done.stdout.contains("training is complete"))
      }
    }

    @Test("an extended run has the same bits however it was stopped, on any number of ranks")
    func stops() throws {
      try withWorkplace { place in
        let (more, rewarm) = (["--resume", "--extend", "4"], ["--rewarm"])
        for (name, arguments) in [("kept", more), ("anew", more + rewarm)] {
          try place.trained("straight", Self.settings, ["--overwrite"])
          try place.trained("straight", Self.settings, arguments)
          // Extended before the schedule's end, stopped in the extension, and the same command given again.
          try place.trained(name, Self.settings, ["--stop-after", "5"])
          try place.trained(ranks: 2, name, Self.settings, arguments + ["--stop-after", "7"])
          try place.trained(ranks: 3, name, Self.settings, ["--resume", "--stop-after", "11"])
          try place.trained(name, Self.settings, arguments + ["--stop-after", "13"])
          try place.trained(ranks: 2, name, Self.settings, ["--resume"])
          try expectSameEnd(place, name)
        }
      }
    }

    @Test("more epochs at a constant rate are those of a run that had them from the start")
    func constant() throws {
      try withWorkplace { place in
        let settings = Self.settings.filter { !$0.hasPrefix("optimizer.schedule") }
        for every in [1, 2] {
          let all = settings + ["evaluation.every=\(every)"]
          try place.trained("straight", all + ["epochs=4"], ["--overwrite"])
          try place.trained(ranks: 2, "longer\(every)", all)
          try place.trained("longer\(every)", all + ["epochs=4"], ["--resume"])
          try expectSameEnd(place, "longer\(every)")
        }
      }
    }

    /// Settings and arguments of a resumed run of two epochs, and what its refusal says.
    static let refused: [(settings: [String], arguments: [String], words: [String])] = [
      (
        ["epochs=6"], ["--resume"],
        ["'epochs' is 6", "was made with 2", "--extend 6, which keeps the last rate", "--rewarm"]
      ),
      (["epochs=1"], ["--resume"], ["'epochs' is 1", "was made with 2"]),
      ([], ["--resume", "--extend", "2"], ["--extend 2: ", "a run of 2 epochs already"]),
      (["epochs=4"], ["--resume", "--extend", "4"], ["'epochs' is 4", "was made with 2"]),
    ]

    @Test("what makes no run longer is refused on every rank with one line", arguments: refused)
    func refusals(_ settings: [String], _ arguments: [String], _ words: [String]) throws {
      try withWorkplace { place in
        try place.trained("run", Self.settings)
        let before = try place.snapshot("run")
        for ranks in [1, 2] {
          let result = try place.train(ranks: ranks, "run", Self.settings + settings, arguments)
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          for word in words + ["run/last.h5"] {
            #expect(result.stderr.contains(word), "\(result.stderr)")
          }
          #expect(try place.snapshot("run") == before)
        }
        let empty = try place.train("empty", Self.settings, ["--resume", "--extend", "9"])
        #expect(empty.status == 1 && empty.complaints.count == 1)
        #expect(empty.stderr.contains("empty holds no checkpoint that --extend could go on from"))
      }
    }

    @Test("a longer run is made longer again by --extend, not by other epochs")
    func again() throws {
      try withWorkplace { place in
        try place.trained("run", Self.settings)
        try place.trained("run", Self.settings, ["--resume", "--extend", "3"])
        for (epochs, words) in [
          ("9", "leave 'epochs' at 2 and go on with --extend 9, which keeps the last rate"),
          ("3", "was made with 2; resume with the same value"),
        ] {
          let result = try place.train("run", Self.settings + ["epochs=\(epochs)"], ["--resume"])
          #expect(result.status == 1 && result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains(words), "\(result.stderr)")
        }
      }
    }

    @Test("patience does not count until the first hit, and the run says so")
    func patience() throws {
      try withWorkplace { place in
        let settings = ["optimizer.rate=1e-9", "evaluation.patience=1", "evaluation.match=exact"]
        let result = try place.trained("run", settings)
        #expect(result.stdout.contains("training is complete"), "\(result.stdout)")
        let waits = result.stdout.matches(of: /no triple is found yet: evaluation\.patience counts/)
        #expect(waits.count == 1, "\(result.stdout)")
      }
    }
  }
}
