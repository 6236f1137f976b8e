import Foundation
import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// `tercet import transformer` and `model.pretrained`.
  @Suite("Pretrained weights in a run", .enabled(if: hasRanks))
  struct PretrainedTests {
    /// Writes the folder `bert`: two layers of width 8, and pieces of single letters.
    private static let publish = """
      import json, os, random, string, struct
      random.seed(1)
      marks = string.ascii_lowercase + string.digits
      pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', *string.punctuation, *marks]
      pieces += ['##' + mark for mark in marks]
      shapes = {'embeddings.word_embeddings.weight': [len(pieces), 8],
                'embeddings.position_embeddings.weight': [160, 8],
                'embeddings.token_type_embeddings.weight': [2, 8]}
      def linear(name, rows, columns):
        shapes[name + '.weight'], shapes[name + '.bias'] = [rows, columns], [rows]
      def norm(name): shapes[name + '.weight'], shapes[name + '.bias'] = [8], [8]
      norm('embeddings.LayerNorm')
      for block in range(2):
        name = f'encoder.layer.{block}'
        for part in ('query', 'key', 'value'): linear(f'{name}.attention.self.{part}', 8, 8)
        linear(f'{name}.attention.output.dense', 8, 8)
        norm(f'{name}.attention.output.LayerNorm')
        linear(f'{name}.intermediate.dense', 16, 8)
        linear(f'{name}.output.dense', 8, 16)
        norm(f'{name}.output.LayerNorm')
      header, data = {}, b''
      for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = struct.pack(f'<{count}f', *(random.gauss(0, .3) for _ in range(count)))
        header[name] = {'dtype': 'F32', 'shape': shape,
                        'data_offsets': [len(data), len(data) + len(values)]}
        data += values
      head = json.dumps(header).encode()
      os.mkdir('bert')
      open('bert/model.safetensors', 'wb').write(struct.pack('<Q', len(head)) + head + data)
      open('bert/vocab.txt', 'w').write('\\n'.join(pieces) + '\\n')
      json.dump({'num_attention_heads': 2, 'layer_norm_eps': 1e-12, 'hidden_act': 'gelu'},
                open('bert/config.json', 'w'))
      """

    private static let settings = [
      "model.layers=2", "model.hidden=8", "model.heads=2", "model.inner=16",
      "model.positions=160", "model.casing=uncased", "model.decodingLimit=8", "epochs=2",
      "batch.size=40",
    ]

    private func withWeights(_ body: (Workplace) throws -> Void) throws {
      let generative = try #require(ModelCase.all.first { $0.kind == "generative" })
      try withWorkplace(of: generative) { place in
        let published = try place.python(Self.publish, [])
        try #require(published.status == 0, "\(published.stderr)")
        let imported = try place.tercet("import", "transformer", "bert", "--out", "weights.h5")
        try #require(imported.status == 0, "\(imported.stderr)")
        #expect(imported.stdout.contains("bert, 2 layers of width 8, 2 heads, 109 uncased pieces"))
        try body(place)
      }
    }

    @Test("any number of ranks starts from them, and resumes and evaluates without the file")
    func course() throws {
      try withWeights { place in
        let settings = Self.settings + ["model.pretrained=\(place.path("weights.h5"))"]
        try place.trained("whole", settings)
        try place.trained(ranks: 3, "cut", settings, ["--stop-after", "2"])
        let log = try place.text("cut/run.jsonl")
        #expect(log.contains("parameters start from bert in"))
        #expect(log.contains("has no weights of head.token, head.bio, which start from random"))
        try place.remove("weights.h5")
        try place.trained(ranks: 2, "cut", settings, ["--resume"])
        try place.expectSame("whole/last.h5", "cut/last.h5")
        let scored = try place.tercet("evaluate", "cut", "data/dev.jsonl")
        #expect(scored.status == 0, "\(scored.stderr)")
        let started = try place.train("new", settings)
        #expect(started.status != 0 && started.stderr.contains("weights.h5: no such file"))
      }
    }

    @Test("a run has the pieces of the checkpoint that it goes on from, whatever last.h5 is")
    func pieces() throws {
      try withWeights { place in
        let settings = Self.settings + ["checkpoint.every=1"]
        let start = ["model.pretrained=\(place.path("weights.h5"))"]
        try place.trained("whole", settings + start)
        try place.trained("cut", settings + start, ["--stop-after", "2"])
        let files = try place.snapshot("cut")
        let cases: [(damaged: [String], missing: [String], step: Int)] = [
          ([], ["last.h5"], 2), (["last.h5"], [], 2), (["last.h5", "step-00000002.h5"], [], 1),
        ]
        for (index, (damaged, missing, step)) in cases.enumerated() {
          let folder = "cut\(index)"
          for (name, data) in files where !missing.contains(name) {
            try place.write(
              damaged.contains(name) ? data.dropLast() : data, to: "\(folder)/\(name)")
          }
          let resumed = try place.trained(ranks: 2, folder, settings, ["--resume"])
          #expect(resumed.stdout.contains("step-0000000\(step).h5 at step \(step)"))
          try place.expectSame("whole/last.h5", "\(folder)/last.h5")
        }
      }
    }

    @Test("the folders of the file are made; where it can stand nowhere, nothing is read")
    func place() throws {
      try withWeights { place in
        let deep = try place.tercet("import", "transformer", "bert", "--out", "io/deep/x.h5")
        #expect(deep.status == 0, "\(deep.stderr)")
        #expect(try place.contents("io/deep/x.h5") == place.contents("weights.h5"))
        let cases = [
          ("weights.h5/x.h5", "cannot be written: Not a directory; name a file elsewhere"),
          ("weights.h5/new/x.h5", "cannot be written: Not a directory; name a file elsewhere"),
          ("io", "is a folder, not a file; name a file in it"),
          ("new/", "is a folder, not a file; name a file in it"),
        ]
        for (name, problem) in cases {
          // There is no such folder to read either.
          let result = try place.tercet("import", "transformer", "none", "--out", name)
          #expect(result.status == 1 && result.complaints == ["tercet: \(name): \(problem)"])
        }
        let result = try place.tercet("import", "transformer", "none", "--out", "new/x.h5")
        #expect(result.status == 1 && result.stderr.contains("none/config.json: no such file"))
        #expect(!place.names("").contains("new"))
      }
    }

    @Test("of a vocabulary without a separator the import says that generative models refuse it")
    func separators() throws {
      try withWeights { place in
        let pieces = try place.text("bert/vocab.txt")
        for (lacking, named) in [([";"], ";"), (["|"], "|"), ([";", "|"], ";")] {
          let kept = lacking.reduce(pieces) { $0.replacing("\n\($1)\n", with: "\n[no \($1)]\n") }
          try place.write(kept, to: "bert/vocab.txt")
          let result = try place.tercet("import", "transformer", "bert", "--out", "lacking.h5")
          #expect(result.status == 0 && result.complaints.isEmpty, "\(result.stderr)")
          let lack =
            "the vocabulary of pieces lacks '\(named)', which parts triples in generated text; "
            + "take one that has ';' and '|', as BERT's have"
          let lines = result.stdout.split(separator: "\n")
          #expect(lines.last == "model.kind=generative will refuse the file: \(lack)")
          let settings = Self.settings + ["model.pretrained=\(place.path("lacking.h5"))"]
          let refused = try place.train("run", settings)
          #expect(refused.status != 0 && refused.stderr.contains(lack), "\(refused.stderr)")
        }
        try place.write(pieces, to: "bert/vocab.txt")
        let whole = try place.tercet("import", "transformer", "bert", "--out", "weights.h5")
        #expect(!whole.stdout.contains("refuse"), "\(whole.stdout)")
      }
    }

    @Test("what is no file of weights is refused with the command that makes one")
    func others() throws {
      try withWeights { place in
        let remedy = "; make the file by tercet import transformer DIR --out FILE"
        for (name, problem) in [
          ("bert", "is a folder, not a file of pretrained weights"),
          ("bert/model.safetensors", "is no HDF5 file of pretrained weights"),
          ("none.h5", "no such file"),
        ] {
          let path = place.path(name)
          let result = try place.train("run", Self.settings + ["model.pretrained=\(path)"])
          #expect(result.status != 0 && result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains("\(path): \(problem)\(remedy)"), "\(result.stderr)")
        }
      }
    }

    @Test("values that are no numbers, other weights, and other sizes are refused on every rank")
    func refused() throws {
      try withWeights { place in
        let spoil = """
          import h5py, sys
          name, array, value = sys.argv[1], sys.argv[2], float(sys.argv[3])
          # Without tercet's header, and so without its checksum.
          open(name, 'wb').write(open('weights.h5', 'rb').read()[512:])
          with h5py.File(name, 'r+') as file: file[array][0] = value
          """
        typealias Case = (
          file: String, array: String, value: String, settings: [String], said: String
        )
        let cases: [Case] = [
          (
            "nan.h5", "layer/01/ffn/out/w", "nan", [],
            "'layer/01/ffn/out/w' holds a value that is no finite number"
          ),
          (
            "other.h5", "layer/00/att/o/w", "2", [],
            "other.h5: with these weights the first block differs"
          ),
          ("fine.h5", "layer/01/att/o/w", "2", ["model.heads=4"], "model.heads=2"),
        ]
        for (file, array, value, changes, said) in cases {
          let spoiled = try place.python(spoil, [file, array, value])
          try #require(spoiled.status == 0, "\(spoiled.stderr)")
          let settings = Self.settings + ["model.pretrained=\(place.path(file))"] + changes
          for ranks in [1, 2] {
            let result = try place.train(ranks: ranks, "run", settings)
            let complaints = result.complaints.filter { !$0.hasPrefix("warning: ") }
            #expect(result.status != 0 && complaints.count == 1, "\(result.stderr)")
            #expect(result.stderr.contains(said), "\(result.stderr)")
            #expect(place.names("run").allSatisfy { !$0.hasSuffix(".h5") })
          }
        }
      }
    }
  }
}
