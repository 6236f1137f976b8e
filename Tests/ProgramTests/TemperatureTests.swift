import Foundation
import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// The temperature that the development split fits at the end of training.
  @Suite("The temperature of scores", .enabled(if: hasRanks))
  struct TemperatureTests {
    /// A model that has learnt some of its sentences by heart, and finds more in them than there is.
    static let settings = [
      "model.embedding=32", "model.hidden=32", "model.pairWidth=64", "model.layers=1",
      "model.dropout=0", "model.threshold=0.2", "batch.size=10", "optimizer.rate=0.01",
      "epochs=55", "evaluation.every=55", "checkpoint.keep=1",
    ]

    private func withLearner(_ body: (Workplace) throws -> Void) throws {
      try withWorkplace(of: ModelCase.all.first { $0.kind == "rin" }) { place in
        let lines = try place.text("data/train.jsonl").split(separator: "\n").prefix(40)
        for split in ["train", "dev"] {
          try place.write(lines.joined(separator: "\n") + "\n", to: "data/\(split).jsonl")
        }
        try body(place)
      }
    }

    /// Both files of predictions have the same triples. Of complete ones the second has the scores of the first at the
    /// temperature, which has the least negative log-likelihood of a fine grid and is that of the run log.
    private static let comparison = """
      import h5py, json, numpy
      raw, new = ([json.loads(line) for line in open(f'{name}.jsonl')] for name in ('raw', 'new'))
      best, last = h5py.File('on1/best.h5', 'r'), h5py.File('on1/last.h5', 'r')
      assert set(best.attrs) - set(last.attrs) == {'temperature'}, set(best.attrs)
      T = float(best.attrs['temperature'])
      p, q, right = [], [], []
      for was, now in zip(raw, new):
        assert was['predicted'] == now['predicted']
        name = lambda x: ' '.join(was['tokens'][x[0]:x[1] + 1])
        names = lambda t: (name(t['head']), t['relation'], name(t['tail']))
        gold, found = {names(t) for t in was['gold']}, {}
        for triple, a, b in zip(was['predicted'], was['scores'], now['scores']):
          if a > found.get(names(triple), (0, 0))[0]: found[names(triple)] = (a, b)
        for key, (a, b) in found.items():
          p.append(a); q.append(b); right.append(key in gold)
      p, q, right = (numpy.array(x, dtype=float) for x in (p, q, right))
      logits = numpy.clip(numpy.log(p) - numpy.log1p(-p), -17, 17)
      assert numpy.allclose(q, 1 / (1 + numpy.exp(-logits / T)), rtol=1e-5, atol=1e-7)
      def loss(T): return numpy.logaddexp(0, numpy.where(right, -1, 1) * logits / T).sum()
      grid = numpy.exp(numpy.linspace(numpy.log(.05), numpy.log(20), 20001))
      least = grid[numpy.argmin([loss(t) for t in grid])]
      assert .06 < least < 19 and abs(T / least - 1) < .01, (T, least)
      assert loss(T) < loss(1) and abs(T - 1) > .01, (T, loss(T), loss(1))
      entry, = (e for e in map(json.loads, open('on1/run.jsonl')) if e['event'] == 'temperature')
      assert entry['temperature'] == T, entry
      assert entry['right'] == right.sum() >= 10 and entry['wrong'] == (1 - right).sum() >= 10, entry
      print(best.attrs['temperature'])
      """

    @Test("any number of ranks finds the best one, which evaluate, extract and inspect take")
    func found() throws {
      try withLearner { place in
        for ranks in [1, 2, 3] {
          let run = try place.trained(ranks: ranks, "on\(ranks)", Self.settings)
          #expect(run.stdout.contains(" in best.h5, fitted on "), "\(run.stdout)")
          try place.expectSame("on1/best.h5", "on\(ranks)/best.h5")
          try place.expectSame("on1/last.h5", "on\(ranks)/last.h5")
        }
        for (file, name) in [("last.h5", "raw"), ("best.h5", "new")] {
          let report = try place.tercet(
            "evaluate", "on1/\(file)", "data/dev.jsonl", "--predictions", "\(name).jsonl")
          try #require(report.status == 0, "\(report.stderr)")
        }
        let checked = try place.python(Self.comparison, [])
        try #require(checked.status == 0, "\(checked.stderr)")
        let temperature = checked.stdout.trimmingCharacters(in: .newlines)
        #expect(
          try place.tercet("inspect", "on1/best.h5").stdout.contains("temperature = \(temperature)")
        )
        try expectExtractedScores(place)
      }
    }

    /// Expects that `extract` prints the scores of `evaluate`, and leaves out those below a bound.
    private func expectExtractedScores(_ place: Workplace) throws {
      let script = """
        import json, subprocess, sys
        def run(*arguments):
          made = subprocess.run([sys.argv[1], 'extract', 'on1/best.h5', 'data/dev.jsonl', *arguments],
                                capture_output=True, text=True)
          assert made.returncode == 0, made.stderr
          return made.stdout, made.stderr
        keys = ('head', 'relation', 'tail')
        def triples(text):
          return [[({k: t[k] for k in keys}, t['score']) for t in json.loads(line)['triples']]
                  for line in text.splitlines()]
        known = [[(t, s) for t, s in zip(line['predicted'], line['scores'])]
                 for line in map(json.loads, open('new.jsonl'))]
        out, said = run('--json')
        found = triples(out)
        assert [[t for t, _ in line] for line in found] == [[t for t, _ in line] for line in known]
        # A stream of sentences is multiplied by other kernels.
        for (_, a), (_, b) in zip(sum(found, []), sum(known, [])): assert abs(a - b) < 1e-4 * b, (a, b)
        assert 'probabilities' not in said, said
        known = found
        scores = sorted(s for line in known for _, s in line)
        bound = scores[len(scores) // 2]
        high = [[(t, s) for t, s in line if s >= bound] for line in known]
        left = sum(s < bound for s in scores)
        out, said = run('--json', '--min-score', repr(bound))
        assert triples(out) == high and 0 < left < len(scores)
        assert f', {left} more below the score ' in said, said
        out, said = run('--min-score', repr(bound))
        assert sum(line != '' for line in out.splitlines()) == len(scores) - left
        assert f'{len(scores) - left} triples, {left} more below the score ' in said, said
        assert run('--min-score', '0')[0] == run()[0]
        """
      let result = try place.python(script, [program.path])
      #expect(result.status == 0, "\(result.stderr)")
    }

    @Test("a run that was stopped, or resumed after its end, has the bytes of one that was not")
    func resumed() throws {
      try withLearner { place in
        let settings =
          Self.settings.filter { !$0.hasPrefix("model.threshold") }
          + ["optimizer.average=0.9", "evaluation.tuneThresholds=true"]
        try place.trained("on", settings)
        let before = try place.snapshot("on")
        let listing = try place.tercet("inspect", "on/best.h5").stdout
        #expect(listing.contains("temperature = ") && listing.contains("thresholds = "))
        try place.trained(ranks: 2, "on", settings, ["--resume"])
        #expect(try place.snapshot("on") == before)
        // A stop before the end fits none.
        try place.trained("cut", settings, ["--stop-after", "219"])
        #expect(!(try place.text("cut/run.jsonl").contains("\"temperature\"")))
        try place.trained(ranks: 2, "cut", settings, ["--resume"])
        for file in ["best.h5", "last.h5"] { try place.expectSame("on/\(file)", "cut/\(file)") }
        // More epochs fit another.
        try place.trained("on", settings, ["--resume", "--extend", "60"])
        #expect(try place.tercet("inspect", "on/best.h5").stdout.contains("temperature = "))
      }
    }

    @Test("too few triples fit none, which the run and the readers of scores say")
    func tooFew() throws {
      try withWorkplace(of: ModelCase.all.first { $0.kind == "rin" }) { place in
        let run = try place.trained(
          ranks: 2, "run", ["model.hidden=4", "model.pairWidth=4", "epochs=1"])
        #expect(run.stdout.contains("temperature: 1, not fitted: 0 right and "), "\(run.stdout)")
        #expect(try place.contents("run/best.h5") == place.contents("run/last.h5"))
      }
      try withOldCheckpoint("copymtl-one") { place in
        let input = "Greta Quist founded Sable Foods .\n"
        let found = try place.tercet("extract", "old.h5", "--json", input: input)
        #expect(found.stdout.contains(",\"score\":0."))
        #expect(
          found.complaints.contains(
            "scores are the model's own probabilities: old.h5 keeps no temperature that calibrates them"
          ))
        let plain = try place.tercet("extract", "old.h5", input: input)
        #expect(plain.stdout == "Greta Quist\tfounded\tSable Foods\n\n")
        #expect(!plain.stderr.contains("scores"))
      }
    }
  }
}
