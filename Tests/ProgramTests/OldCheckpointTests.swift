import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// A checkpoint of an earlier version must evaluate, extract and resume as that version did, by its record in
  /// `Tests/Fixtures/checkpoints`.
  @Suite("Checkpoints of an earlier version")
  struct OldCheckpointTests {
    static let models = ["copymtl-one", "copyre-prime5"]

    @Test("evaluate reports the recorded numbers", arguments: models)
    func evaluate(_ model: String) throws {
      try withOldCheckpoint(model) { place in
        let result = try place.tercet(
          "evaluate", "--checkpoint", "old.h5", "--data", "old/train.jsonl", "--json", "report.json"
        )
        try #require(result.status == 0, "\(result.stderr)")
        try place.expect(
          Self.sameReport, ["\(oldCheckpoints)/\(model).evaluate.json", "report.json"])
      }
    }

    @Test("extract finds what is recorded", arguments: models)
    func extract(_ model: String) throws {
      try withOldCheckpoint(model) { place in
        let result = try place.tercet(
          "extract", "--checkpoint", "old.h5", "--json", "\(oldCheckpoints)/sentences.txt")
        try #require(result.status == 0, "\(result.stderr)")
        try place.write(result.stdout, to: "found.jsonl")
        try place.expect(
          Self.sameFacts, ["\(oldCheckpoints)/\(model).extract.jsonl", "found.jsonl"])
      }
    }

    @Test("a resumed run ends as it ended then", arguments: models)
    func resume(_ model: String) throws {
      try withOldCheckpoint(model) { place in
        let result = try place.trained(
          "run", ["data.directory=\(place.path("old"))"],
          ["--resume=\(place.path("old.h5"))", "--stop-after", "307"])
        #expect(result.stdout.contains("old.h5 at step 301"))
        try place.unpack("\(model).resumed.h5", to: "then.h5")
        try place.expect(Self.sameEnd, ["old.h5", "then.h5", "run/last.h5"])
      }
    }

    /// Sentences and triples of the first file are those of the second, which has entities too.
    private static let sameFacts = """
      import json, sys
      was, now = ([json.loads(line) for line in open(name)] for name in sys.argv[1:])
      assert len(was) == len(now) > 0
      for then, found in zip(was, now):
        assert (then['id'], then['tokens']) == (found['id'], found['tokens'])
        keys = ('head', 'relation', 'tail')
        assert then['triples'] == [{key: triple[key] for key in keys} for triple in found['triples']]
        spans = [entity['span'] for entity in found['entities']]
        for triple in then['triples']: assert triple['head'] in spans and triple['tail'] in spans
      """

    /// Every number and text of the first report is in the second, which may have more. Ceilings were the scores of
    /// a model that makes no mistake in what it is taught; now no output of its form can pass them.
    private static let sameReport = """
      import json, sys
      def compare(path, was, now):
        if isinstance(was, dict):
          for key in was:
            if key != 'ceiling': compare(path + '.' + key, was[key], now[key])
            elif 'copymtl' in path: assert key not in now, path
            else:
              for score in ('precision', 'recall', 'f1'):
                assert now[key][score] >= max(was[key][score], now[score]), path
        elif isinstance(was, float):
          assert abs(now - was) < 1e-12, (path, was, now)
        else:
          assert now == was, (path, was, now)
      was, now = (json.load(open(name)) for name in sys.argv[1:])
      now = now['systems'][0]['runs'][0]
      assert was['counts']['tp'] > 0
      compare('', was, now)
      """

    /// Everything of the second checkpoint, the earlier version's end, is in the third, this version's end:
    /// integers, texts and lines of the configuration exactly, and bit for bit the rows of the history up to the
    /// stop, as in the first checkpoint.
    ///
    /// All else is six updates of sums in floats, whose last bits hang on the kernels of the machine and on the
    /// order in which a version adds. Other kernels of oneDNN move parameters by up to 1e-6 of the largest of their
    /// array here, and first moments, in which gradients cancel, by up to 2e-4. The bounds leave a hundred times
    /// and five times as much; the updates themselves are a hundred times larger than the bound.
    private static let sameEnd = """
      import h5py, numpy, sys
      start, was, now = (h5py.File(name, 'r') for name in sys.argv[1:])
      def compare(name, item):
        if isinstance(item, h5py.Group): return
        then, found = item[()], now[name][()]
        assert found.dtype == then.dtype and found.shape == then.shape, name
        if then.dtype.kind != 'f':
          assert (found == then).all(), name
          return
        if name.startswith(('history/', 'development/')):
          kept = start[name].shape[0]
          assert 0 < kept < then.shape[0], name
          assert (found[:kept] == start[name][()]).all(), name
        bound = (1e-3 if name.startswith('optimizer/first/') else 1e-4) * abs(then).max()
        assert (abs(found - then) <= bound).all(), (name, abs(found - then).max(), bound)
      was.visititems(compare)
      assert max(was['development/f1']) > 0 and was.attrs['step'] == 307
      for name in set(was.attrs) - {'configuration'}:
        assert now.attrs[name] == was.attrs[name], name
      lines = [set(file.attrs['configuration'].splitlines()) for file in (was, now)]
      # Its default is another now; a resumed run starts no words.
      changed = {line for line in lines[0] - lines[1] if 'wordsWithoutVector:' not in line}
      assert not changed, changed
      keys = [{line.split(':')[0] for line in part} for part in lines]
      assert keys[0] <= keys[1], keys[0] - keys[1]
      """
  }
}

let oldCheckpoints = packageRoot.appending(path: "Tests/Fixtures/checkpoints").path

/// A workplace with one of the checkpoints as `old.h5` and the corpus that it was trained on in `old`.
func withOldCheckpoint<T>(_ model: String, _ body: (Workplace) throws -> T) throws -> T {
  try withWorkplace { place in
    for name in ["train.jsonl", "dev.jsonl"] {
      let corpus = URL(filePath: "\(oldCheckpoints)/data/\(name)")
      try place.write(try Data(contentsOf: corpus), to: "old/\(name)")
    }
    let configuration = URL(filePath: "\(oldCheckpoints)/\(model).yaml")
    try place.write(try Data(contentsOf: configuration), to: "config.yaml")
    try place.unpack("\(model).h5", to: "old.h5")
    return try body(place)
  }
}

extension Workplace {
  /// Decompresses one of the old checkpoints.
  fileprivate func unpack(_ name: String, to target: String) throws {
    let script = "import gzip, sys; open(sys.argv[2], 'wb').write(gzip.open(sys.argv[1]).read())"
    try expect(script, ["\(oldCheckpoints)/\(name).gz", path(target)])
  }

  /// Expects that a program in Python ends well.
  func expect(_ script: String, _ arguments: [String]) throws {
    let result = try python(script, arguments)
    #expect(result.status == 0, "\(result.stderr)")
  }
}
