import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `--resume=FILE`, from a file that may lie in another folder and need not be the newest.
  @Suite("Resuming from a file", .enabled(if: hasRanks))
  struct ResumeFileTests {
    private static let settings = ResumeTests.settings

    @Test("--resume=FILE goes on from that file, also into another folder")
    func resumeFile() throws {
      try withWorkplace { place in
        try place.trained("whole", Self.settings)
        try place.trained("first", Self.settings, ResumeTests.stop(24))
        let file = place.path("first/last.h5")
        let result = try place.trained("second", Self.settings, ["--resume=\(file)"])
        #expect(result.stdout.contains("resumed from \(file) at step 24"))
        try place.expectSame("whole/last.h5", "second/last.h5")
        try place.trained("third", Self.settings, ["--resume=\(file)"] + ResumeTests.stop(24))
        try place.expectSame("first/last.h5", "third/last.h5")
      }
    }

    @Test("--resume=FILE brings the best checkpoint along, or says that there is none of its run")
    func resumeFileBest() throws {
      try withWorkplace { place in
        // Stopped inside an epoch, so that the best checkpoint is another.
        try place.trained("first", Self.settings, ResumeTests.stop(23))
        let start = ["--resume=\(place.path("first/last.h5"))"] + ResumeTests.stop(23)
        let result = try place.trained(ranks: 2, "second", Self.settings, start)
        #expect(result.stdout.contains("first/best.h5, of step "), "\(result.stdout)")
        for file in ["last.h5", "best.h5"] {
          try place.expectSame("first/\(file)", "second/\(file)")
        }
        // The best of another run is not that of this one; a step file of this one is.
        try place.trained("other", Self.settings + ["seed=2"], ResumeTests.stop(23))
        let step = try place.bestStep("first/last.h5")
        let name = "step-" + String(repeating: "0", count: 8 - "\(step)".count) + "\(step).h5"
        let best = try place.contents("first/best.h5")
        try place.remove("first/best.h5")
        try place.write(try place.contents("other/best.h5"), to: "first/best.h5")
        if place.names("first").contains(name) { try place.remove("first/\(name)") }
        let lost = try place.trained("third", Self.settings, start)
        #expect(
          lost.stderr.contains("first lacks the best checkpoint so far, that of step \(step);"))
        #expect(!place.names("third").contains("best.h5"))
        try place.write(best, to: "first/\(name)")
        try place.trained("fourth", Self.settings, start)
        #expect(try place.contents("fourth/best.h5") == best)
      }
    }

    @Test("--resume=FILE of an earlier step leaves the best checkpoint of later epochs out")
    func resumeEarlierFile() throws {
      try withWorkplace { place in
        // With other starts the last epoch is the best.
        let settings =
          Self.settings + [
            "model.wordStart=uniform25", "checkpoint.every=3", "checkpoint.keep=32",
          ]
        try place.trained("whole", settings)
        let file = place.path("whole/step-00000009.h5")
        let step = try place.bestStep("whole/step-00000009.h5")
        let isLater = try place.bestStep("whole/last.h5") > 9
        try #require(step < 9 && isLater)
        let start = ["--resume=\(file)"] + ResumeTests.stop(9)
        try place.trained("second", settings, start)
        try place.expectSame("whole/step-0000000\(step).h5", "second/best.h5")
        try place.trained("second", settings, ["--resume"])
        try ResumeTests.expectEnd(place, "second")
        // The folder of the file keeps what it has, whatever it is called.
        let best = try place.contents("whole/best.h5")
        try FileManager.default.createSymbolicLink(
          atPath: place.path("alias"), withDestinationPath: "whole")
        try place.trained(
          "whole", settings, ["--resume=alias/step-00000009.h5"] + ResumeTests.stop(9))
        #expect(try place.contents("whole/best.h5") == best)
      }
    }

    @Test("--resume=FILE is refused where the folder has checkpoints of another run")
    func resumeIntoOtherRun() throws {
      try withWorkplace { place in
        try place.trained("first", Self.settings, ResumeTests.stop(6))
        let file = place.path("first/last.h5")
        let start = ["--resume=\(file)"]
        try place.trained("other", Self.settings + ["seed=2"], ResumeTests.stop(9))
        try place.trained("mixed", Self.settings, start + ResumeTests.stop(7))
        try place.remove("mixed/best.h5")
        try place.write(try place.contents("other/last.h5"), to: "mixed/best.h5")
        try place.write("no checkpoint", to: "text/last.h5")
        for (folder, name) in [("other", "last"), ("mixed", "best"), ("text", "last")] {
          let before = try place.snapshot(folder)
          for ranks in [1, 2] {
            let result = try place.train(ranks: ranks, folder, Self.settings, start)
            #expect(result.status != 0)
            let found = "\(place.path(folder))/\(name).h5 is not a checkpoint of the run of \(file)"
            #expect(
              result.complaints == [
                "tercet: \(found); go on in another folder with --checkpoints"
              ])
            #expect(try place.snapshot(folder) == before)
          }
        }
      }
    }

    @Test("--resume=FILE goes on where the folder has checkpoints of the same run")
    func resumeIntoSameRun() throws {
      try withWorkplace { place in
        try place.trained("whole", Self.settings)
        try place.trained("first", Self.settings, ResumeTests.stop(6))
        let start = ["--resume=\(place.path("first/last.h5"))"]
        for step in [2, 9] {
          try place.trained("again\(step)", Self.settings, ResumeTests.stop(step))
          try place.trained("again\(step)", Self.settings, start)
          try ResumeTests.expectEnd(place, "again\(step)")
        }
      }
    }
  }
}
