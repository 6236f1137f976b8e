import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// What goes wrong while a run is under way.
  @Suite("Failures while training")
  struct FailureTests {
    static let ranks = hasRanks ? [1, 2, 4] : [1]

    /// Ids that a message names.
    static func ids(_ text: String) -> [String] {
      text.matches(of: /train-\d+/).map { String($0.0) }
    }

    @Test("a loss that is not finite stops all ranks, names the sentences, keeps the checkpoint")
    func infiniteLoss() throws {
      try withWorkplace { place in
        for ranks in Self.ranks {
          let folder = "run\(ranks)"
          let result = try place.train(
            ranks: ranks, folder,
            [
              "optimizer.kind=sgd", "optimizer.rate=1e20", "optimizer.warmup=6",
              "checkpoint.every=1",
            ])
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains("is not finite"))
          let step = try #require(result.stderr.firstMatch(of: /step (\d+): the/)).1
          let ids = Self.ids(result.stderr)
          #expect(!ids.isEmpty && ids.count <= 20)
          let last = try #require(Int(step)) - 1
          let words =
            last > 0
            ? "the last checkpoint, \(place.path(folder))/last.h5, stays" : "nothing is saved yet"
          #expect(result.stderr.contains(words), "\(result.stderr)")
          #expect(place.names(folder).contains("last.h5") == (last > 0))
          #expect(try place.logged(folder).last == "\(last)")
        }
        for ranks in Self.ranks.dropFirst() {
          #expect(try place.snapshot("run1") == place.snapshot("run\(ranks)"))
        }
      }
    }

    /// Adds a sentence with a word whose vector no gradient survives.
    ///
    /// - Returns: the settings of a file with one vector; words without one start as without a file.
    static func addRareSentence(_ place: Workplace) throws -> [String] {
      let lines = try place.text("data/train.jsonl").split(separator: "\n")
      let rare = #"{"id":"train-rare","tokens":["zyzzyva","x"],"triples":[]}"#
      try place.write(
        (lines + [rare[...]]).joined(separator: "\n") + "\n", to: "data/train.jsonl")
      let vector = [String](repeating: "3e38", count: 4) + [String](repeating: "-3e38", count: 4)
      try place.write("zyzzyva \(vector.joined(separator: " "))\n", to: "vectors.txt")
      return ["data.vectors=\(place.path("vectors.txt"))", "data.wordsWithoutVector=uniform"]
    }

    @Test("steps that are not finite are skipped on all ranks and reach no checkpoint")
    func skip() throws {
      try withWorkplace { place in
        let settings = try Self.addRareSentence(place) + ["nonfinite=skip"]
        for ranks in Self.ranks {
          let result = try place.trained(ranks: ranks, "run\(ranks)", settings)
          let warnings = result.complaints.filter { $0.contains("The step is skipped") }
          #expect(warnings.count == 3 && warnings.allSatisfy { $0.contains("train-rare") })
          #expect(try place.snapshot("run1") == place.snapshot("run\(ranks)"))
        }
        let check = """
          import h5py, json, numpy
          file = h5py.File('run1/last.h5', 'r')
          file.visititems(lambda name, item: numpy.testing.assert_(
            not isinstance(item, h5py.Dataset) or item.dtype.kind != 'f'
            or numpy.isfinite(item[:]).all(), name))
          log = [json.loads(line) for line in open('run1/run.jsonl')]
          skipped = [line for line in log if line['event'] == 'nonfinite']
          assert [line['sentences'] for line in skipped] == 3 * [['train-rare']], skipped
          steps = set(file['history/step']) | {line['step'] for line in skipped}
          assert steps == set(range(1, 28)) and len(file['history/step']) == 24, steps
          print(skipped[1]['step'])
          """
        let checked = try place.python(check, [])
        let step = checked.stdout.filter(\.isNumber)
        try #require(checked.status == 0, "\(checked.stderr)")
        try place.trained("part", settings, ["--stop-after", step])
        try place.trained("part", settings, ["--resume"])
        try place.expectSame("run1/last.h5", "part/last.h5")
      }
    }

    @Test("a run that would skip every step stops after ten")
    func skipAll() throws {
      try withWorkplace { place in
        let vectors = try Self.addRareSentence(place)
        for ranks in Self.ranks {
          let result = try place.train(
            ranks: ranks, "run\(ranks)",
            vectors + ["nonfinite=skip", "batch.size=200", "epochs=20"])
          #expect(result.status == 1, "\(result.stdout)")
          #expect(result.complaints.filter { $0.contains("is skipped") }.count == 10)
          #expect(result.complaints.last?.contains("step 11: ") == true, "\(result.stderr)")
        }
      }
    }

    @Test("a gradient that is not finite names the sentences of the word that made it")
    func hugeVectors() throws {
      try withWorkplace { place in
        let vectors = try Self.addRareSentence(place)
        for ranks in Self.ranks {
          let result = try place.train(
            ranks: ranks, "run\(ranks)", vectors)
          #expect(result.status == 1, "\(result.stdout)")
          #expect(result.complaints.count == 2, "\(result.stderr)")
          #expect(
            result.complaints.first?.contains("only 1 of 215 words have a vector") == true,
            "\(result.stderr)")
          #expect(result.complaints.last?.contains("train-rare") == true, "\(result.stderr)")
        }
      }
    }

    @Test("parameters that leave the range of floats are not saved")
    func hugeStep() throws {
      try withWorkplace { place in
        let settings = ["optimizer.kind=sgd", "batch.size=160"]
        try place.trained("run", settings, ["--stop-after", "1"])
        for ranks in Self.ranks {
          let result = try place.train(
            ranks: ranks, "new\(ranks)", settings + ["optimizer.rate=3e38"], ["--stop-after", "1"])
          #expect(result.status == 1, "\(result.stdout)")
          #expect(result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains("step 1"))
          #expect(Self.ids(result.stderr).count > 0)
          #expect(place.names("new\(ranks)") == ["run.jsonl"])
          #expect(result.stderr.contains("Training stops here; nothing is saved yet"))
        }
      }
    }

    @Test("a file in place of the folder of checkpoints is named")
    func fileForFolder() throws {
      try withWorkplace { place in
        try place.write("mine\n", to: "notes")
        for ranks in Self.ranks {
          for folder in ["notes", "notes/below"] {
            let result = try place.train(ranks: ranks, folder)
            #expect(result.status == 1)
            #expect(result.complaints.count == 1, "\(result.stderr)")
            #expect(
              result.stderr.contains("\(folder): cannot hold checkpoints"), "\(result.stderr)")
          }
        }
        #expect(try place.text("notes") == "mine\n")
      }
    }

    @Test("a folder in place of the run log is named")
    func folderForLog() throws {
      try withWorkplace { place in
        try place.write("", to: "run/run.jsonl/x")
        for ranks in Self.ranks {
          let result = try place.train(ranks: ranks, "run")
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains("run/run.jsonl: "), "\(result.stderr)")
          #expect(!result.stderr.contains("NSCocoaErrorDomain"), "\(result.stderr)")
        }
      }
    }

    @Test(
      "a full disk is reported at each save, leaves the old checkpoint, and fails the run at its end",
      .enabled(if: canMount, "mounting a small file system needs root"), arguments: ranks)
    func fullDisk(ranks: Int) throws {
      try withWorkplace { place in
        try withSmallDisk(place.path("disk"), kilobytes: 700) {
          let result = try place.train(
            ranks: ranks, "disk/run", ["checkpoint.every=1", "checkpoint.retry=0.001"])
          #expect(result.status == 1)
          let last = try #require(result.complaints.last)
          for word in ["cannot be saved", "disk/run/step-", "the disk is full", "bytes are needed"]
          {
            #expect(last.contains(word), "\(result.stderr)")
          }
          let warnings = result.complaints.dropLast()
          #expect(warnings.allSatisfy { $0.hasPrefix("warning: ") }, "\(result.stderr)")
          let failures = warnings.filter { $0.contains("is not saved, ") }
          #expect(try place.events("disk/run", "save_failed").count == failures.count)
          #expect(failures.first?.contains("is not saved, next attempt in ") == true)
          #expect(failures.last?.contains("is not saved, and no attempt follows: ") == true)
          #expect(place.names("disk/run").filter { $0.hasPrefix(".") }.isEmpty)
          let saved = try #require(place.names("disk/run").first { $0.hasPrefix("step-") })
          let step = try #require(Int(saved.filter(\.isNumber).dropLast()))
          try place.trained("plain", [], ["--stop-after", "\(step)", "--overwrite"])
          try place.expectSame("plain/last.h5", "disk/run/last.h5")
        }
      }
    }

    @Test(
      "a disk that other things fill up fails the run at its end, with nothing lost of before",
      .enabled(if: canMount, "mounting a small file system needs root"), arguments: ranks)
    func fullLog(ranks: Int) throws {
      try withWorkplace { place in
        try withSmallDisk(place.path("disk"), kilobytes: 400) {
          try place.trained("disk/run", [], ["--stop-after", "1"])
          let saved = try place.snapshot("disk/run")
          let log = try place.text("disk/run/run.jsonl")
          _ = try runProcess(
            "/bin/sh", ["-c", "dd if=/dev/zero of=\(place.path("disk/rest")) bs=4k"])
          let result = try place.train(
            ranks: ranks, "disk/run", ["checkpoint.retry=0.001"], ["--resume"])
          #expect(result.status == 1)
          #expect(result.stderr.contains("run.jsonl: the run log cannot be written: No space left"))
          #expect(result.stderr.contains("disk/run/last.h5 is the checkpoint before"))
          let last = try #require(result.complaints.last)
          #expect(
            last.contains("cannot be saved") && last.contains(".h5: the disk is full"),
            "\(result.stderr)")
          #expect(!result.stderr.contains("NSCocoaErrorDomain"), "\(result.stderr)")
          #expect(try place.snapshot("disk/run") == saved)
          // What there was room for is whole lines.
          let now = try place.text("disk/run/run.jsonl")
          #expect(now.hasPrefix(log) && now.hasSuffix("}\n"))
        }
      }
    }
  }
}

extension Workplace {
  /// The steps that a run log tells of.
  func logged(_ folder: String) throws -> [String] { try events(folder, "step") }

  /// The steps of a run log's lines of one kind.
  func events(_ folder: String, _ kind: String) throws -> [String] {
    try text("\(folder)/run.jsonl").split(separator: "\n").filter {
      $0.contains(#""event":"\#(kind)""#)
    }.compactMap { $0.firstMatch(of: /"step":(\d+)/).map { String($0.1) } }
  }
}

/// Whether a test may mount a file system of its own.
private let canMount: Bool = {
  let folder = FileManager.default.temporaryDirectory.appending(path: "tercet-\(UUID().uuidString)")
  return (try? withSmallDisk(folder.path, kilobytes: 64) {}) != nil
}()

/// Runs `body` while `path` is a file system of so many kilobytes.
private func withSmallDisk(_ path: String, kilobytes: Int, _ body: () throws -> Void) throws {
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  let mounted = try runProcess(
    "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tercet", path])
  guard mounted.status == 0 else { throw CannotMount() }
  defer { _ = try? runProcess("/usr/bin/env", ["umount", "-l", path]) }
  try body()
}

private struct CannotMount: Error {}
