import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// The running average of the parameters, which is evaluated and kept beside those that training moves.
  @Suite("Averaged weights", .enabled(if: hasRanks))
  struct AverageTests {
    static let average = ["optimizer.average=0.9"]

    private func expect(_ place: Workplace, _ script: String) throws {
      let result = try place.python(script, [])
      #expect(result.status == 0, "\(result.stderr)")
    }

    @Test("checkpoints hold the average of the weights so far, and the weights as without one")
    func bruteForce() throws {
      try withWorkplace { place in
        let settings = ResumeTests.settings + ["checkpoint.every=1", "checkpoint.keep=99"]
        try place.trained("off", settings)
        try place.trained(ranks: 2, "on", settings + Self.average)
        try expect(
          place,
          """
          import h5py, numpy
          average = {}
          for t in range(1, 33):
            off, on = (h5py.File(f'{name}/step-{t:08}.h5', 'r') for name in ('off', 'on'))
            assert sorted(off['optimizer']) == ['first', 'second']
            assert sorted(on['optimizer']) == ['first', 'raw', 'second']
            k = min(0.9, (1 + t) / (10 + t))
            for name, raw in on['optimizer/raw'].items():
              for group in ('parameters', 'optimizer/first', 'optimizer/second'):
                other = group if group != 'parameters' else 'optimizer/raw'
                assert off[group][name][:].tobytes() == on[other][name][:].tobytes(), (t, name)
              found, raw = (a[:].astype('f8') for a in (on['parameters'][name], raw))
              if t > 1:
                average[name] += (1 - k) * (raw - average[name])
                assert abs(found - average[name]).max() < 1e-6, (t, name)
                # Of the bias of a softmax that does not see it nothing moves.
                assert name == 'attention.bias' or abs(found - raw).max() > 1e-5, (t, name)
              else: average[name] = found
          """)
      }
    }

    @Test("the first average is of the first weights and those of the first step")
    func first() throws {
      try withWorkplace { place in
        // The parameters of the first step without an update worth the name are the first ones.
        try place.trained("still", ["optimizer.rate=1e-30"], ["--stop-after", "1"])
        try place.trained("moved", Self.average + ["optimizer.rate=0.1"], ["--stop-after", "1"])
        try expect(
          place,
          """
          import h5py
          still, moved = (h5py.File(f'{name}/last.h5', 'r') for name in ('still', 'moved'))
          for name, start in still['parameters'].items():
            start, raw, found = (a[:].astype('f8') for a in (
              start, moved['optimizer/raw'][name], moved['parameters'][name]))
            assert abs(start + (1 - 2 / 11) * (raw - start) - found).max() < 1e-6, name
          """)
      }
    }

    @Test("the average is what the run scores, and what evaluate scores", arguments: [1, 3])
    func scores(ranks: Int) throws {
      try withWorkplace(of: ModelCase.all.first { $0.kind == "rin" }) { place in
        let settings = [
          "model.threshold=0.02", "batch.size=40", "epochs=8", "optimizer.rate=0.02",
          "evaluation.match=partial-last",
        ]
        try place.trained("off", settings)
        try place.trained(ranks: ranks, "on", settings + Self.average)
        let result = try place.tercet(
          "evaluate", "--checkpoint", "on/best.h5", "--data", "data/dev.jsonl", "--json", "on.json")
        #expect(result.status == 0, "\(result.stderr)")
        try expect(
          place,
          """
          import h5py, json
          off, on = (list(h5py.File(f'{n}/last.h5', 'r')['development/f1']) for n in ('off', 'on'))
          score = json.load(open('on.json'))['systems'][0]['runs'][0]['f1']
          assert max(on) == score > 0, (on, score)
          assert on != off, on
          """)
      }
    }
  }
}
