import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `tercet data check`.
  @Suite("A check of a folder")
  struct CheckTests {
    @Test("the sample has no fault; with a configuration the model's view is training's")
    func sample() throws {
      try withWorkplace { place in
        let plain = try place.tercet("data", "check", "data")
        #expect(plain.status == 0 && plain.stderr.isEmpty, "\(plain.stderr)")
        #expect(plain.stdout.hasPrefix("data: train 160, dev 20, test 20 sentences\n"))
        #expect(plain.stdout.contains("\nfaults: nothing found\n"))
        #expect(!plain.stdout.contains("\nmodel: "))
        let lines = plain.stdout.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(plain.stdout)")

        let settings = ["--set", "model.triples=1", "--set", "warmup=100"]
        let result = try place.tercet(
          ["data", "check", "data", "--config", "config.yaml", "--json", "out.json"] + settings)
        #expect(result.status == 0 && result.stderr.hasPrefix("note: --set warmup"))
        let training = try place.trained(
          "run", ["model.triples=1", "warmup=100"], ["--stop-after", "1"])
        let check = """
          import json
          report = json.load(open('out.json'))
          model, = (s for s in report['sections'] if s['title'] == 'model: copymtl')
          found = {(f['name'], f.get('split')): f for f in model['findings']}
          start = json.loads(open('run/run.jsonl').readline())
          targets = found['model.targets', 'train']
          assert [targets['count'], targets['of']] == [start['targets'], start['triples']], targets
          assert targets['kind'] == ('warning' if targets['count'] < .9 * targets['of'] else 'note')
          assert targets['count'] < .9 * targets['of'], targets
          lost = found['model.targets.slots', 'train']
          assert lost['count'] == targets['of'] - targets['count'] > 0, lost
          for split in ('train', 'dev'):
            ceiling = found['model.ceiling', split]['values']
            assert ceiling['f1'] == start['ceiling_' + split], ceiling
            lost = sum(f['count'] for (n, s), f in found.items() if n.startswith('model.ceiling.') and s == split)
            assert lost == ceiling['gold'] - ceiling['tp'], found
          assert found['model.warmup', None]['label'] in start['warnings'], start['warnings']
          """
        let checked = try place.python(check, [])
        #expect(checked.status == 0, "\(checked.stderr)\(result.stdout)\(training.stdout)")
      }
    }

    @Test("with a fault the status is 1, and all that can be read is looked at")
    func faults() throws {
      try withWorkplace { place in
        let train = try place.text("data/train.jsonl")
        try place.write(train + "{\"tokens\":[\"\"],\"triples\":[]}\n", to: "data/train.jsonl")
        try place.write(train.prefix { $0 != "\n" } + "\n", to: "data/test.jsonl")
        let result = try place.tercet(
          "data", "check", "data", "--config", "config.yaml", "--json", "-")
        #expect(result.status == 1)
        for line in [
          "fault: train: bad records, tokens[…] is empty: 1 of 161 (0.6 %)",
          "warning: test: sentences that train has too: 1 of 1 (100.0 %), 1 with equal\n    triples",
          "      test.jsonl:1 is train.jsonl:1", "model: copymtl", "1 fault, ",
        ] {
          #expect(result.stderr.contains(line), "\(result.stderr)")
        }
        #expect(result.stdout.hasPrefix("{\n"))
      }
    }

    @Test("what training refuses of a configuration is a fault")
    func refused() throws {
      try withWorkplace { place in
        for (setting, line) in [
          ("data.maximumLength=2", "fault: data/train.jsonl: no sentence of at most 2 tokens"),
          ("data.vectors=nowhere", "fault: nowhere: cannot be opened: No such file or directory"),
        ] {
          let result = try place.tercet(
            "data", "check", "data", "--config", "config.yaml", "--set", setting)
          #expect(result.status == 1)
          #expect(result.stdout.contains(line), "\(result.stdout)")
        }
      }
    }

    @Test("what is no folder of splits, and no configuration, is one line")
    func unreadable() throws {
      try withWorkplace { place in
        try place.write("", to: "empty/file")
        for (arguments, line) in [
          (["nowhere"], "tercet: nowhere: no such file or folder"),
          (["empty"], "tercet: empty: holds no .jsonl file; make some: tercet data convert"),
          (["data", "--config", "nowhere.yaml"], "tercet: nowhere.yaml: "),
          (
            ["data", "--config", "config.yaml", "--set", "model.kind=x"], "tercet: --set model.kind"
          ),
          (["data", "--json", "data/dev.jsonl"], "tercet: data/dev.jsonl: is the input"),
        ] {
          let result = try place.tercet(["data", "check"] + arguments)
          #expect(result.status == 1 && result.complaints.count == 1, "\(arguments)")
          #expect(result.stderr.hasPrefix(line), "\(result.stderr)")
        }
      }
    }
  }
}
