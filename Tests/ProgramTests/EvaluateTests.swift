import Foundation
import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// Scores of checkpoints: by which rules, and that they are those of training.
  @Suite("Evaluate")
  struct EvaluateTests {
    @Test(
      "the development score is in log and checkpoint, and is what evaluate finds",
      .enabled(if: hasRanks))
    func scores() throws {
      try withWorkplace { place in
        try place.trained(ranks: 2, "run", VerbTests.learning)
        for match in [[], ["--match", "partial-last"]] {
          let evaluated = try place.tercet(
            [
              "evaluate", "--checkpoint", "run/best.h5", "--data", "data/dev.jsonl", "--json",
              "report.json",
            ] + match)
          #expect(evaluated.status == 0, "\(evaluated.stderr)")
          let script = """
            import h5py, json
            report = json.load(open('report.json'))['systems'][0]['runs'][0]
            best = h5py.File('run/best.h5', 'r')
            log = [json.loads(line) for line in open('run/run.jsonl')]
            log = [e for e in log if e['event'] == 'evaluation' and e['best']][-1]
            assert log['step'] == best['development/step'][-1] == best.attrs['step']
            for key in ('precision', 'recall', 'f1'):
              assert report[key] == log[key] == best['development/' + key][-1], key
              assert 0 < report[key] <= 1, (key, report[key])
            assert report['match'] == 'partial-last' and report['sentences'] == 20
            p, r = report['precision'], report['recall']
            assert abs(report['f1'] - 2 * p * r / (p + r)) < 1e-12
            steps = [json.loads(line) for line in open('run/run.jsonl')]
            steps = [e for e in steps if e['event'] == 'step']
            for e, total, norm in zip(steps, best['history/total'], best['history/gradient_norm']):
              assert e['total'] == total and e['gradient_norm'] == norm
              assert abs(e['L_D'] + e['L_E'] - total) < 1e-6
              assert e['sentences_per_second'] > 0 and len(e['seconds']) == 6
            assert len(steps) == 40
            """
          let result = try place.python(script, [])
          #expect(result.status == 0, "\(result.stderr)")
        }
      }
    }

    @Test("a report does not depend on threads or time; of several checkpoints all are told")
    func reports() throws {
      try withWorkplace { place in
        try place.trained("run", VerbTests.learning, ["--stop-after", "20"])
        // Copies, so that there is more than one batch to share out.
        let lines = try place.text("data/test.jsonl").split(separator: "\n")
        let many = (0..<9).flatMap { copy in
          lines.map { $0.replacing("\"id\":\"", with: "\"id\":\"\(copy)-", maxReplacements: 1) }
        }
        try place.write(many.joined(separator: "\n") + "\n", to: "many.jsonl")
        var tables: [String] = []
        for (name, threads) in [("a", "1"), ("b", "2"), ("c", "all"), ("d", "1")] {
          let result = try place.tercet(
            "evaluate", "--checkpoint", "run/last.h5", "--data", "many.jsonl", "--match",
            "partial-first", "--threads", threads, "--json", "\(name).json")
          #expect(result.status == 0, "\(result.stderr)")
          tables.append(result.stdout)
        }
        for name in ["b", "c", "d"] {
          #expect(try place.contents("a.json") == place.contents("\(name).json"))
        }
        #expect(Set(tables).count == 1)
        let both = try place.tercet(
          "evaluate", "--checkpoint", "run/last.h5", "--checkpoint", "run/best.h5", "--data",
          "data/test.jsonl", "--json", "both.json")
        #expect(both.status == 0, "\(both.stderr)")
        #expect(both.stdout.contains("run/last.h5") && both.stdout.contains("run/best.h5"))
        let one = try JSONSerialization.jsonObject(with: place.contents("a.json"))
        let two = try JSONSerialization.jsonObject(with: place.contents("both.json"))
        let schemas = [one, two].map { ($0 as? [String: Any])?.keys.sorted() }
        #expect(schemas == [["comparison", "systems"], ["comparison", "systems"]])
      }
    }

    @Test(
      "every match gives the four numbers",
      arguments: ["exact", "exact-pos", "partial-last", "partial-first"])
    func matches(match: String) throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "2"])
        let result = try place.tercet(
          "evaluate", "--checkpoint", "run/last.h5", "--data", "data/test.jsonl", "--match", match,
          "--json", "report.json")
        #expect(result.status == 0)
        let report = try firstReport(place.contents("report.json"))
        #expect(report["match"] as? String == match)
        #expect(report["sentences"] as? Int == 20)
        for key in ["precision", "recall", "f1"] {
          #expect((0...1).contains(try #require(report[key] as? Double)))
        }
      }
    }

    /// The report of the first run.
    private func firstReport(_ json: Data) throws -> [String: Any] {
      let object = try JSONSerialization.jsonObject(with: json) as? [String: Any]
      let systems = try #require(object?["systems"] as? [[String: Any]])
      return try #require((systems.first?["runs"] as? [[String: Any]])?.first)
    }

    /// The report of a checkpoint and what evaluate prints, on the test split.
    private func report(
      of checkpoint: String, _ arguments: [String] = [], in place: Workplace
    ) throws -> (values: [String: Any], text: String) {
      let result = try place.tercet(
        [
          "evaluate", "--checkpoint", checkpoint, "--data", "data/test.jsonl", "--json",
          "report.json",
        ]
          + arguments)
      #expect(result.status == 0, "\(result.stderr)")
      return (try firstReport(place.contents("report.json")), result.stdout)
    }

    @Test("a checkpoint is scored by the match that it was selected by, unless told otherwise")
    func ownMatch() throws {
      try withWorkplace { place in
        try place.trained("run", ["evaluation.match=partial-last"], ["--stop-after", "2"])
        let own = try report(of: "run/last.h5", in: place)
        #expect(own.values["match"] as? String == "partial-last")
        #expect(own.text.hasPrefix("match: partial-last, the checkpoint's evaluation.match; "))
        let given = try report(of: "run/last.h5", ["--match", "exact"], in: place)
        #expect(given.values["match"] as? String == "exact")
        #expect(!given.text.contains("evaluation.match"))
        let byString = try report(of: "run/last.h5", ["--by", "string"], in: place)
        #expect((byString.values["options"] as? [String: String])?["by"] == "string")
      }
    }

    @Test("tags are decoded with constraints for a model that has tags, and refused for another")
    func constrained() throws {
      try withWorkplace { place in
        try place.trained("tagged", [], ["--stop-after", "2"])
        let tagged = try report(of: "tagged/last.h5", ["--constrained"], in: place)
        #expect(tagged.values["match"] as? String == "exact")
        try place.trained("plain", ["model.kind=copyre"], ["--stop-after", "2"])
        let plain = try place.tercet(
          "evaluate", "--checkpoint", "plain/last.h5", "--data", "data/test.jsonl", "--constrained"
        )
        #expect(plain.status == 1)
        #expect(plain.stdout.isEmpty)
        #expect(
          plain.stderr.contains(
            "plain/last.h5: --constrained is for models that tag with a CRF; 'copyre' does not"))
        let authors = try place.tercet(
          "evaluate", "--checkpoint", "tagged/last.h5", "--data", "data/test.jsonl", "--rin-exact",
          "authors")
        #expect(authors.status == 1)
        #expect(
          authors.complaints == [
            "tercet: tagged/last.h5: --rin-exact authors is for models that classify pairs of tokens; "
              + "'copymtl' does not, so leave it out"
          ])
      }
    }

    @Test("heads and tails are paired as told by a model that tags them, and by no other")
    func pairing() throws {
      let hmt = try #require(ModelCase.all.first { $0.kind == "hmt" })
      try withWorkplace(of: hmt) { place in
        try place.trained("paired", hmt.small, ["--stop-after", "2"])
        let paired = try report(of: "paired/last.h5", ["--pairing", "one-to-one"], in: place)
        #expect(paired.values["sentences"] as? Int == 20)
        try place.trained("plain", ["model.kind=copyre", "model.hidden=4"], ["--stop-after", "2"])
        let plain = try place.tercet(
          "evaluate", "--checkpoint", "plain/last.h5", "--data", "data/test.jsonl", "--pairing",
          "zip")
        #expect(plain.status == 1 && plain.stdout.isEmpty)
        #expect(
          plain.stderr.contains(
            "plain/last.h5: --pairing is for models that pair tagged heads and tails, hmt; "
              + "'copyre' does not, so leave it out"))
      }
    }

    @Test("a checkpoint's own match and '--by' may contradict each other")
    func contradiction() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "2"])
        let plain = try report(of: "run/last.h5", in: place)
        #expect(plain.values["match"] as? String == "exact")
        #expect(!plain.text.contains("evaluation.match"))
        let result = try place.tercet(
          "evaluate", "--checkpoint", "run/last.h5", "--data", "data/test.jsonl", "--by", "position"
        )
        #expect(result.status == 64)
        #expect(
          result.stderr == "tercet evaluate: match 'exact' compares strings; for positions give "
            + "--match exact-pos; see 'tercet evaluate --help'\n")
      }
    }

    @Test(
      "checkpoints with matches of their own are scored each by its own, but not taken together")
    func differentMatches() throws {
      try withWorkplace { place in
        try place.trained("a", [], ["--stop-after", "2"])
        try place.trained("b", ["evaluation.match=partial-first"], ["--stop-after", "2"])
        let both = [
          "evaluate", "--checkpoint", "a/last.h5", "--checkpoint", "b/last.h5", "--data",
          "data/test.jsonl",
        ]
        let own = try place.tercet(both)
        #expect(own.status == 1)
        #expect(own.stdout.contains("match: partial-first, the checkpoint's evaluation.match"))
        #expect(
          own.complaints == [
            "tercet: report 2 has match partial-first, but report 1 has exact; "
              + "summarise only runs that are scored alike on the same split, by one --match"
          ])
        let same = try place.tercet(both + ["--match", "exact"])
        #expect(same.status == 0 && same.stdout.contains("F1 mean ± sd"))
      }
    }

    @Test("tags are scored against the entities that the model was taught")
    func taggedEntities() throws {
      try withWorkplace { place in
        // Each sentence gets an entity that is in no triple.
        let script = """
          import json
          for path in ('data/train.jsonl', 'data/dev.jsonl', 'data/test.jsonl'):
            sentences = [json.loads(line) for line in open(path)]
            with open(path, 'w') as out:
              for sentence in sentences:
                sentence['tokens'].append('Well')
                sentence['entities'].append({'span': [len(sentence['tokens']) - 1] * 2})
                print(json.dumps(sentence), file=out)
          """
        #expect(try place.python(script, []).status == 0)
        var gold: [String: Int] = [:]
        for entities in ["triples", "all"] {
          try place.trained(
            entities, ["model.taggedEntities=\(entities)"], ["--stop-after", "2"])
          let report = try report(of: "\(entities)/last.h5", in: place)
          #expect(
            (report.values["options"] as? [String: String])?["taggedEntities"] == entities)
          let note = "tagged entities: all, the checkpoint's model.taggedEntities\n"
          #expect(report.text.contains(note) == (entities == "all"))
          let tagging = try #require(report.values["tagging"] as? [String: Any])
          gold[entities] = (tagging["counts"] as? [String: Int])?["gold"]
          // The oracle tags what the model is taught; a score against others would be below 1.
          #expect((tagging["ceiling"] as? [String: Any])?["f1"] as? Double == 1)
        }
        #expect(gold["all"] == gold["triples"].map { $0 + 20 })
      }
    }
  }
}
