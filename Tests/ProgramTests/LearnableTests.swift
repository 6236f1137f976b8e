import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// What training says of a corpus before its first step, and what it refuses.
  @Suite("What can be learnt")
  struct LearnableTests {
    static let one = ["--stop-after", "1"]

    @Test("names are learnt and scored as their places are", .enabled(if: hasRanks))
    func names() throws {
      try withWorkplace { place in
        try place.trained("places", VerbTests.learning, ["--stop-after", "20"])
        for split in ["train", "dev", "test"] {
          try place.rewrite(
            split,
            """
            for triple in sentence['triples']:
              for side in ('head', 'tail'):
                first, last = triple[side]
                triple[side] = ' '.join(sentence['tokens'][first:last + 1])
            """)
        }
        try place.trained(ranks: 2, "names", VerbTests.learning, ["--stop-after", "20"])
        try place.expectSame("places/last.h5", "names/last.h5")
        let result = try place.tercet(
          "evaluate", "--checkpoint", "names/best.h5", "--data", "data/train.jsonl", "--json",
          "report.json")
        #expect(result.status == 0, "\(result.stderr)")
        let check = """
          import json
          report = json.load(open('report.json'))['systems'][0]['runs'][0]
          assert 0 < report['f1'] <= report['ceiling']['f1'], report['ceiling']
          """
        #expect(try place.python(check, []).status == 0)
      }
    }

    /// Changes to each sentence, and the cause that training names where no triple can be a target.
    static let hopeless: [(change: String, setting: String, cause: String)] = [
      (
        "for triple in sentence['triples']: triple['head'] = 'No such name'", "seed=1",
        #"have a head or tail that the tokens do not hold, such as 'No such name' of sentence "#
          + #"'train-1'; write names as the tokens have them"#
      ),
      ("", "data.maximumLength=2", "no sentence of at most 2 tokens with a triple to learn"),
      (
        "if len(sentence['tokens']) < 15: sentence['triples'] = [dict(t, tail='?') "
          + "for t in sentence['triples'][:1]]",
        "data.maximumLength=14", "are in sentences of more than 14 tokens; raise data.maximumLength"
      ),
    ]

    @Test("a corpus of which nothing can be learnt is refused with the cause", arguments: hopeless)
    func refused(_ change: String, _ setting: String, _ cause: String) throws {
      try withWorkplace { place in
        try place.rewrite("train", change)
        for ranks in hasRanks ? [1, 2] : [1] {
          let result = try place.train(ranks: ranks, "run", [setting])
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains("data/train.jsonl: no"), "\(result.stderr)")
          #expect(result.stderr.contains(cause), "\(result.stderr)")
          #expect(place.names("run").isEmpty)
        }
      }
    }

    @Test("fewer targets than nine of ten are a warning; their number is in words and in the log")
    func few() throws {
      try withWorkplace { place in
        let whole = try place.trained("whole", [], Self.one)
        let counts = try #require(
          whole.stdout.firstMatch(of: #/targets: (\d+) of (\d+) triples \((\d+\.\d) %\) of train/#))
        let (targets, triples) = (try #require(Int(counts.1)), try #require(Int(counts.2)))
        #expect(targets * 10 >= triples * 9 && targets <= triples)
        #expect(whole.complaints.isEmpty, "\(whole.stderr)")
        let result = try place.trained("few", ["model.triples=1"], Self.one)
        #expect(result.complaints.count == 1)
        #expect(
          result.stderr.contains(
            #/warning: \S+train.jsonl: \d+ of \d+ triples \(\d+\.\d %\) can be targets: /#))
        #expect(
          result.stderr.contains(
            "are beyond the 1 triples that the model decodes of a sentence; raise model.triples"))
        let check = """
          import json, sys
          start = json.loads(open('whole/run.jsonl').readline())
          assert [start['targets'], start['triples']] == [int(n) for n in sys.argv[1:]], start
          assert 0 < start['ceiling_train'] <= 1 and 0 < start['ceiling_dev'] <= 1, start
          assert 0 <= start['unknown_words'] < .5, start
          """
        let checked = try place.python(check, ["\(targets)", "\(triples)"])
        #expect(checked.status == 0, "\(checked.stderr)")
      }
    }

    @Test("gaps of the splits and a warm-up that has no end are said, once, by rank 0")
    func gaps() throws {
      try withWorkplace { place in
        try place.rewrite(
          "train",
          """
          if sentence['id'] in ('train-1', 'train-2'): sentence['triples'] = []
          if sentence['id'] == 'train-3': sentence['triples'][0]['relation'] = 'rare'
          """)
        try place.rewrite("dev", "sentence['triples'] = []; sentence['tokens'][0] = 'Zyx'")
        for ranks in hasRanks ? [1, 2] : [1] {
          let result = try place.trained(
            ranks: ranks, "run\(ranks)", ["optimizer.warmup=100"], Self.one)
          for line in [
            #/train: 2 of 160 sentences have no triple/#,
            #/train: \d+ of \d+ relations ha(?:s|ve) fewer than 5 triples: rare/#,
            #/dev: \d+\.\d % of its words do not occur in train/#,
            #/ceiling: exact F1 \d\.\d{4} on train, 0\.0000 on dev/#,
          ] {
            #expect(result.stdout.matches(of: line).count == 1, "\(result.stdout)")
          }
          #expect(
            result.complaints == [
              "warning: dev.jsonl has no triples: every score is 0, and best.h5 is that of the first "
                + "evaluation",
              "warning: optimizer.warmup=100 is longer than the run of 24 steps: the rate never "
                + "reaches 0.001",
            ])
          let said = result.stdout.split(separator: "\n").filter { $0.contains(#/^[a-z]+: /#) }
          #expect(said.count >= 5 && said.allSatisfy { $0.count <= 80 }, "\(said)")
        }
      }
    }

    @Test("a development split that no output can match is a warning")
    func unmatched() throws {
      try withWorkplace { place in
        try place.rewrite(
          "dev", "sentence['triples'] = [dict(t, tail='?') for t in sentence['triples']]")
        let result = try place.trained("run", [], Self.one)
        let warning = #/dev.jsonl: no output of this model can match any of \d+ triple/#
        #expect(result.stderr.contains(warning))
      }
    }
  }
}

extension Workplace {
  /// Changes each sentence of a split with lines of Python.
  fileprivate func rewrite(_ split: String, _ change: String) throws {
    let script = """
      import json, sys
      sentences = [json.loads(line) for line in open(sys.argv[1])]
      for sentence in sentences:
        exec(sys.argv[2])
      with open(sys.argv[1], 'w') as out:
        for sentence in sentences: print(json.dumps(sentence), file=out)
      """
    let result = try python(script, [path("data/\(split).jsonl"), change])
    try #require(result.status == 0, "\(result.stderr)")
  }
}
