import Foundation
import ModelCases
import TestSupport
import Testing

/// The interpreter that `cluster/test` puts packages of PyPI into; `nil`, with a line that says so, where it has no
/// safetensors.
private let python: String? = {
  let path = packageRoot.appending(path: ".build/python/bin/python").path
  let tried = try? runProcess(path, ["-c", "import safetensors.numpy, h5py"])
  if tried?.status == 0 { return path }
  print("tests of safetensors are skipped: .build/python lacks it (cluster/test installs it)")
  return nil
}()

extension ProgramTests {
  /// `export`, read by safetensors and compared with h5py's reading of the checkpoint.
  @Suite("Export")
  struct ExportTests {
    /// Compares a file with a group of a checkpoint, bit for bit, and its metadata with the attributes.
    static let check = """
      import h5py, json, struct, sys
      from safetensors import safe_open
      checkpoint, group, exported, kind = sys.argv[1:]
      h5 = h5py.File(checkpoint, 'r')
      with safe_open(exported, 'np') as file:
        assert sorted(file.keys()) == sorted(h5[group]), file.keys()
        for name in file.keys():
          one, other = file.get_tensor(name), h5[group][name][:]
          assert one.dtype == other.dtype == 'float32' and one.shape == other.shape, name
          assert one.tobytes() == other.tobytes(), name
        texts = file.metadata()
      assert texts.pop('tercet') == '0.1.0' and texts.pop('model') == kind
      assert texts.pop('weights') == ('raw' if 'raw' in group else 'evaluated')
      for name, words in h5['vocabulary'].items():
        assert json.loads(texts.pop(name)) == [w.decode() for w in words[:]], name
      for name in ('step', 'configuration', 'training_digest', 'tokenize', 'longest_entity', 'thresholds'):
        assert texts.pop(name, None) == (str(h5.attrs[name]) if name in h5.attrs else None), name
      assert not texts, texts
      head = open(exported, 'rb').read(8)
      assert struct.unpack('<Q', head)[0] % 8 == 0
      """

    /// The first case of each model.
    static let cases: [ModelCase] = Dictionary(grouping: ModelCase.all, by: \.kind)
      .values.map { $0[0] }.sorted { $0.kind < $1.kind }

    private func expectSame(
      _ place: Workplace, _ checkpoint: String, _ group: String, _ exported: String,
      _ kind: String = "copymtl"
    ) throws {
      let result = try runProcess(
        python ?? "", ["-c", Self.check, checkpoint, group, exported, kind], in: place.folder)
      #expect(result.status == 0, "\(result.stderr)")
    }

    @Test(
      "safetensors reads every model's parameters, words and configuration",
      .enabled(if: python != nil), arguments: Self.cases)
    func models(_ model: ModelCase) throws {
      try withWorkplace(of: model) { place in
        try place.trained("run", model.small, ["--stop-after", "2"])
        let made = try place.tercet("export", "run/last.h5", "--out", "new/model.safetensors")
        #expect(made.status == 0 && made.stdout.contains("of step 2"), "\(made)")
        try expectSame(
          place, "run/last.h5", "parameters", "new/model.safetensors", model.kind)
      }
    }

    @Test("of averaged weights the average is exported, or the weights behind it")
    func averages() throws {
      try withWorkplace { place in
        try place.trained("run", ["optimizer.average=0.9"])
        let made = try place.tercet("export", "run", "--out", "average")
        let raw = try place.tercet(
          "export", "run/best.h5", "--raw", "--format", "safetensors", "--out", "raw")
        #expect(made.status == 0 && raw.status == 0, "\(made.stderr)\(raw.stderr)")
        #expect(try place.contents("average") != place.contents("raw"))
        #expect(try place.tercet("export", "run", "--out", "again").status == 0)
        #expect(try place.contents("average") == place.contents("again"))
        guard python != nil else { return }
        try expectSame(place, "run/best.h5", "parameters", "average")
        try expectSame(place, "run/best.h5", "optimizer/raw", "raw")
      }
    }

    @Test("what cannot be exported is refused with one line, and no file is replaced")
    func refusals() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        try place.write("mine", to: "mine")
        try place.write(Data(try place.contents("run/last.h5").dropLast()), to: "cut.h5")
        let cases: [(arguments: [String], status: Int32, words: String)] = [
          (["run"], 1, "run: is a folder without best.h5; name a checkpoint in it"),
          (["none.h5"], 1, "none.h5: no such file"),
          (["cut.h5"], 1, "cut.h5: is cut short"),
          (["data/dev.jsonl"], 1, "data/dev.jsonl: is not a checkpoint of tercet"),
          (["run/last.h5", "--raw"], 1, "keeps no average (optimizer.average)"),
          (["run/last.h5", "--out", "run/last.h5"], 1, "is the input run/last.h5 too"),
          (["run/last.h5", "--out", "/dev/full"], 1, "/dev/full: cannot be written: No space"),
          (["run/last.h5", "--out", "data"], 1, "data: cannot be written: Is a directory"),
          (["run/last.h5", "--out", "mine/x"], 1, "mine/x: cannot be written: Not a directory"),
          (["run/last.h5", "--out", "m.gz"], 64, "without gzip; leave '.gz' out"),
          (["run/last.h5", "--out", "-"], 64, "'--out' must be a file"),
          (["run/last.h5", "--format", "onnx"], 64, "'--format' must be one of safetensors"),
        ]
        for (arguments, status, words) in cases {
          let out = arguments.contains("--out") ? [] : ["--out", "mine"]
          let result = try place.tercet(["export"] + arguments + out)
          #expect(result.status == status && result.stdout.isEmpty, "\(arguments): \(result)")
          #expect(result.complaints.count == 1 && result.stderr.contains(words), "\(result.stderr)")
        }
        #expect(try place.text("mine") == "mine" && place.names("data").count == 3)
        #expect(!place.names("").contains { $0.hasPrefix("mine.") }, "\(place.names(""))")
      }
    }

    @Test("a link stays, and the file that it names is written")
    func link() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        try place.write("old", to: "there/file")
        try FileManager.default.createSymbolicLink(
          atPath: place.path("link"), withDestinationPath: "there/file")
        #expect(try place.tercet("export", "run/last.h5", "--out", "link").status == 0)
        #expect(try place.contents("there/file").count > 1000)
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: place.path("link"))
        #expect(link == "there/file")
      }
    }
  }
}
