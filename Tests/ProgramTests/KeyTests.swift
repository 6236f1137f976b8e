import TestSupport
import Testing

extension ProgramTests {
  /// What a resumed run may be told otherwise: only what cannot change its result.
  @Suite("Keys on resuming")
  struct KeyTests {
    /// Another value for every key, and whether a resumed run may have it.
    static let allowed = [
      "model.wordStart=uniform25", "data.wordsWithoutVector=unit",
      "data.directory=COPY", "data.vectors=no-such-file", "checkpoint.every=1",
      "checkpoint.keep=1", "checkpoint.minutes=1", "checkpoint.retry=1", "checkpoint.copyUpTo=1",
      "checkpoint.slimBest=true",
      "log.every=1", "epochs=4",
      "model.wordStart=unit", "data.wordsWithoutVector=unit", "evaluation.patience=5",
      "evaluation.tuneThresholds=true",
      "nonfinite=skip", "threads=2", "oversubscribe=false", "watchdog.seconds=5",
      "watchdog.abort=60", "watchdog.report=4", "watchdog.straggler=2",
    ]
    /// Allowed, though the steps that follow come out a little different.
    static let changing = [
      "precision=bfloat16", "products=openblas", "reduction=allreduce", "reduction=bfloat16",
    ]
    static let refused = [
      "model.kind=copyre", "model.embedding=9", "model.hidden=17", "model.fusion=9",
      "model.triples=4", "model.cell=gru", "model.gruForm=before", "model.encoderMerge=concatenate",
      "model.decoder=mul", "model.mulHeads=separate", "model.mulInput=restart",
      "model.mulFirst=full", "model.attention=mlp", "model.attentionWidth=9",
      "model.copyreSelu=true", "model.copyInnerSelu=false", "model.mask=neginf",
      "model.targetOrder=file", "model.teacherForcing=1", "model.lambda=0.5",
      "model.decoderReduction=step-mean", "model.crfEnds=false", "model.crfConstrained=true",
      "model.taggedEntities=all", "model.quintAnchor=start", "model.stopAtNA=true",
      "model.dropout=0.3", "data.minimumCount=2",
      "data.maximumLength=40", "data.sampling=file-order", "batch.size=21", "batch.shards=4",
      "batch.pool=2", "batch.accumulate=2", "optimizer.kind=sgd", "optimizer.rate=0.002",
      "optimizer.beta1=0.8", "optimizer.beta2=0.99", "optimizer.epsilon=1e-7",
      "optimizer.rho=0.8", "optimizer.weightDecay=0.1", "optimizer.clip=1",
      "optimizer.schedule=linear", "optimizer.warmup=5", "optimizer.warmupShare=0.5",
      "optimizer.floor=0.1",
      "optimizer.average=0.9", "seed=2", "evaluation.every=2",
      "evaluation.match=partial-last",
    ]

    static func key(_ setting: String) -> String {
      String(setting.prefix { $0 != "=" })
    }

    @Test("every key that can change the result is refused by name")
    func keys() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let before = try place.snapshot("run")
        for setting in sampled(Self.refused) {
          let result = try place.train("run", [setting], ["--resume", "--stop-after", "2"])
          let message = "\(setting): \(result.stdout)\(result.stderr)"
          #expect(result.status == 1, "\(message)")
          #expect(result.complaints.filter { !$0.hasPrefix("warning: ") }.count == 1, "\(message)")
          #expect(result.stderr.contains("'\(Self.key(setting))'"), "\(message)")
          #expect(result.stderr.contains("run/last.h5"), "\(message)")
          #expect(try place.snapshot("run") == before, "\(message)")
        }
        for split in ["train", "dev"] {
          try place.write(try place.contents("data/\(split).jsonl"), to: "copy/\(split).jsonl")
        }
        for (index, setting) in Self.allowed.enumerated() {
          let setting = setting.replacing("COPY", with: place.path("copy"))
          try place.trained("run", [setting], ["--resume", "--stop-after", "\(index + 2)"])
        }
        let last = Self.allowed.count + 1
        try place.trained("plain", ["epochs=3"], ["--stop-after", "\(last)"])
        try place.trained("run", [], ["--resume", "--stop-after", "\(last)"])
        try place.expectSame("plain/last.h5", "run/last.h5")
      }
    }

    @Test("each key of the configuration is in one of the lists")
    func allKeys() throws {
      try withWorkplace { place in
        let printed = try place.tercet("train", place.path("config.yaml"), "--print-config").stdout
        var section = ""
        var keys: Set<String> = []
        for line in printed.split(separator: "\n") {
          let name = String(line.drop { $0 == " " }.prefix { $0 != ":" })
          if line.hasSuffix(":") {
            section = name + "."
          } else {
            if !line.hasPrefix(" ") { section = "" }
            keys.insert(section + name)
          }
        }
        #expect(keys == Set((Self.allowed + Self.changing + Self.refused).map(Self.key)))
      }
    }

    @Test("any precision, library and reduction goes on from another's checkpoint, and back")
    func changingKeys() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "2"])
        for (index, setting) in Self.changing.enumerated() {
          try place.trained(
            ranks: hasRanks ? 2 : 1, "run", [setting],
            ["--resume", "--stop-after", "\(2 * index + 3)"])
          try place.trained("run", [], ["--resume", "--stop-after", "\(2 * index + 4)"])
        }
        let evaluated = try place.tercet(
          "evaluate", "--checkpoint", "run/last.h5", "--data", "data/dev.jsonl", "--precision",
          "bfloat16")
        #expect(evaluated.status == 0, "\(evaluated.stderr)")
      }
    }

    @Test("a refusal ends all ranks", .enabled(if: hasRanks))
    func ranks() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let result = try place.train(ranks: 4, "run", ["model.lambda=0.5"], ["--resume"])
        #expect(result.status == 1)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("'model.lambda' is 0.5"), "\(result.stderr)")
      }
    }

    @Test("more epochs are refused where the rate looks ahead to the last one")
    func epochs() throws {
      try withWorkplace { place in
        for schedule in ["linear", "cosine"] {
          let settings = ["optimizer.schedule=\(schedule)"]
          try place.trained("run", settings, ["--stop-after", "1", "--overwrite"])
          let result = try place.train("run", settings + ["epochs=4"], ["--resume"])
          #expect(result.status == 1)
          #expect(result.stderr.contains("'epochs' is 4"), "\(result.stderr)")
          #expect(result.stderr.contains("--extend 4"), "\(result.stderr)")
        }
      }
    }

    @Test("a longer run is that of all its epochs")
    func longer() throws {
      try withWorkplace { place in
        try place.trained("long", ["epochs=3"])
        try place.trained("short", ["epochs=2"])
        try place.trained("short", ["epochs=3"], ["--resume"])
        try place.expectSame("long/last.h5", "short/last.h5")
        let settings = ["evaluation.every=2"]
        try place.trained("odd", settings + ["epochs=1"])
        let result = try place.train("odd", settings + ["epochs=3"], ["--resume"])
        #expect(result.status == 1)
        #expect(result.stderr.contains("'epochs' is 3"), "\(result.stderr)")
      }
    }

    @Test("other sentences are refused", arguments: ["train", "dev"])
    func otherCorpus(split: String) throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let lines = try place.text("data/\(split).jsonl").split(separator: "\n")
        try place.write(lines.dropLast().joined(separator: "\n") + "\n", to: "data/\(split).jsonl")
        let result = try place.train("run", [], ["--resume"])
        #expect(result.status == 1)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("data/\(split).jsonl is not the"), "\(result.stderr)")
      }
    }
  }
}
