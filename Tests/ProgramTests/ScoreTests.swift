import Foundation
import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// Files of predictions and what is made of them.
  @Suite("Predictions and scores")
  struct ScoreTests {
    private static let scorer = packageRoot.appending(path: "Benchmarks/score.py").path

    @Test(
      "another scorer finds the same of every model to the last digit", arguments: ModelCase.all)
    func scorer(_ model: ModelCase) throws {
      try withWorkplace(of: model) { place in
        try place.trained("run", model.small, ["--stop-after", "12"])
        let evaluated = try place.tercet(
          "evaluate", "run", "data/test.jsonl", "--match", "exact", "--predictions", "found.jsonl",
          "--json", "report.json")
        try #require(evaluated.status == 0, "\(evaluated.stderr)")
        let check = try runProcess(
          "/usr/bin/python3", [Self.scorer, "found.jsonl", "report.json"], in: place.folder)
        #expect(check.status == 0, "\(check.stdout)\(check.stderr)")
        let scored = try place.tercet(
          "score", "data/test.jsonl", "found.jsonl", "--train", "data/train.jsonl", "--json",
          "score.json")
        #expect(scored.status == 0, "\(scored.stderr)")
        try place.expect(
          """
          import json, sys
          here, there = (json.load(open(n))['systems'][0]['runs'][0] for n in sys.argv[1:])
          for key in ('f1', 'counts', 'interval'): assert here[key] == there[key], key
          seen, unseen = (here['byNovelty'][k + ' triples']['counts'] for k in ('seen', 'unseen'))
          for key in ('tp', 'predicted', 'gold'): assert seen[key] + unseen[key] == here['counts'][key]
          # A checkpoint knows of its training split what the split itself says.
          assert len(here['byNovelty']) == 4
          for key in here['byNovelty']:
            assert here['byNovelty'][key]['counts'] == there['byNovelty'][key]['counts'], key
          """, ["report.json", "score.json"])
      }
    }

    @Test("intervals are the percentiles that another library finds of the same resamples")
    func percentiles() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let evaluated = try place.tercet(
          "evaluate", "old.h5", "old/train.jsonl", "--match", "exact", "--predictions",
          "found.jsonl", "--json", "report.json")
        try #require(evaluated.status == 0, "\(evaluated.stderr)")
        #expect(evaluated.stdout.contains("seen and unseen triples are not told apart"))
        try place.expect(
          """
          import json, sys
          sys.path.insert(0, sys.argv[1])
          import score
          try:
            from scipy.stats.mstats import mquantiles
            percentiles = lambda v: mquantiles(v, [.025, .975], alphap=1, betap=1)
          except ImportError:
            import numpy
            print('scipy is not installed; numpy finds the percentiles')
            percentiles = lambda v: numpy.percentile(v, [2.5, 97.5])
          sentences = [json.loads(line) for line in open('found.jsonl')]
          report = json.load(open('report.json'))['systems'][0]['runs'][0]
          row = score.Row()
          for i, s in enumerate(sentences):
            row.add(i, score.triples(s, 'predicted'), score.triples(s, 'gold'))
          found = percentiles(row.resampled(list(score.resamples(len(sentences)))))
          assert 0 < report['interval'][0] < report['f1'] < report['interval'][1] <= 1, report['interval']
          assert abs(found - report['interval']).max() < 1e-12, (list(found), report['interval'])
          """, [Self.scorer.replacing("/score.py", with: "")])
      }
    }

    @Test("systems are compared, whatever they are: checkpoints, folders, files of predictions")
    func compared() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let split = "old/train.jsonl"
        try #require(
          place.tercet("evaluate", "old.h5", split, "--predictions", "found.jsonl").status == 0)
        let result = try place.tercet(
          "evaluate", "old.h5", "found.jsonl", split, "--json", "r.json")
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stdout.contains("A old.h5") && result.stdout.contains("B found.jsonl"))
        try place.expect(
          """
          import json
          result = json.load(open('r.json'))
          a, b = result['systems']
          assert a['f1'] == b['f1'] and a['interval'] == b['interval'], (a['f1'], b['f1'])
          (other,) = result['comparison']['differences']
          assert other['difference'] == 0 and other['p'] == 1 and not other['isSignificant'], other
          """, [])
        let drawn = try place.tercet("score", split, "found.jsonl", "--errors", "1", "--by", "all")
        #expect(drawn.status == 0 && drawn.stdout.contains("1 of "), "\(drawn.stderr)")
        let unscored = try place.tercet("score", split, split, "--min-score", "0.5")
        #expect(
          unscored.complaints == ["tercet: \(split): has no scores; leave --min-score out"])
        let scored =
          #"{"id":"a","tokens":["A","B"],"gold":[{"head":[0,0],"relation":"r","tail":[1,1]}],"#
          + #""predicted":[{"head":[0,0],"relation":"r","tail":[1,1]},{"head":[1,1],"relation":"r","#
          + #""tail":[0,0]}],"scores":[0.75,0.25]}"#
        try place.write(scored, to: "scored.jsonl")
        try place.write(
          #"{"id":"a","tokens":["A","B"],"triples":[{"head":[0,0],"relation":"r","tail":[1,1]}]}"#,
          to: "gold.jsonl")
        let kept = try place.tercet("score", "gold.jsonl", "scored.jsonl", "--min-score", "0.5")
        #expect(kept.stdout.contains("exact         1  1   1"), "\(kept.stdout)")
        #expect(kept.stdout.contains("expected calibration error .250"), "\(kept.stdout)")
      }
    }
  }
}
