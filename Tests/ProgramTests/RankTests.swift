import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// Checkpoints must not tell on how many ranks they were made.
  @Suite("Ranks and shards", .enabled(if: hasRanks))
  struct RankTests {
    /// Of 160 sentences the eighth minibatch of 22 has 6, so that with 8 shards some are empty;
    /// an evaluation lies inside the ten steps.
    static let ragged = ["batch.size=22"]

    /// All that sums, draws or chooses, at once: dropout, two minibatches an update, clipping, averaged weights
    /// and an evaluation every four steps, so that twenty steps have five scores to choose the best of.
    static let everything =
      ragged + [
        "batch.accumulate=2", "optimizer.clip=0.5", "optimizer.rate=0.02", "optimizer.average=0.9",
        "epochs=5", "evaluation.match=partial-last", "checkpoint.keep=9",
      ]

    @Test(
      "twenty steps end in the same bits on 1 to 8 ranks, those that do not divide the shards too",
      arguments: sampled(ModelCase.all))
    func sameBits(_ test: ModelCase) throws {
      try withWorkplace(of: test) { place in
        let forms =
          sampled((1...8).map { ("float32", $0, 1) })
          + sampled([(1, 1), (8, 1), (3, 2)]).map { ("bfloat16", $0, $1) }
        for (precision, ranks, threads) in forms {
          let folder = "\(precision)\(ranks)"
          try place.trained(
            ranks: ranks, folder,
            test.small + Self.everything + ["precision=\(precision)", "threads=\(threads)"],
            ["--stop-after", "20"])
          #expect(place.names(folder).contains("step-00000020.h5"))
          #expect(place.names(folder) == place.names("\(precision)1"))
          for file in place.names(folder) where ranks > 1 && file.hasSuffix(".h5") {
            try place.expectSame("\(precision)1/\(file)", "\(folder)/\(file)")
          }
        }
      }
    }

    static let variants: [[String]] = [
      ["optimizer.kind=sgd", "optimizer.rate=0.1", "optimizer.clip=0.5"],
      [
        "optimizer.kind=adamw", "optimizer.schedule=cosine", "optimizer.warmup=3",
        "optimizer.floor=0.3",
      ],
      ["optimizer.kind=rmsprop", "batch.accumulate=2"],
      ["batch.pool=3", "batch.shards=2"],
      ["model.teacherForcing=0.5", "data.sampling=with-replacement", "batch.shards=16"],
      ["model.cell=gru", "model.gruForm=before", "model.targetOrder=reshuffle", "batch.size=1"],
    ]

    @Test("one and three ranks agree whatever the options", arguments: sampled(variants))
    func sameBitsOfVariants(_ settings: [String]) throws {
      try withWorkplace { place in
        for ranks in [1, 3] {
          try place.trained(
            ranks: ranks, "on\(ranks)", Self.ragged + settings, ["--stop-after", "10"])
        }
        try place.expectSame("on1/last.h5", "on3/last.h5")
      }
    }

    @Test(
      "threads and ranks mixed change no bit, in either precision",
      arguments: ["float32", "bfloat16"])
    func threads(_ precision: String) throws {
      try withWorkplace { place in
        let settings = Self.ragged + ["precision=\(precision)"]
        let mixes = [(1, 1), (1, 2), (1, 8), (2, 2), (2, 3), (3, 2), (4, 1)]
        for (ranks, threads) in mixes {
          try place.trained(
            ranks: ranks, "on\(ranks)x\(threads)", settings + ["threads=\(threads)"],
            ["--stop-after", "10"])
        }
        for (ranks, threads) in mixes.dropFirst() {
          try place.expectSame("on1x1/last.h5", "on\(ranks)x\(threads)/last.h5")
        }
      }
    }

    @Test(
      "ranks and threads change no bit where OpenBLAS multiplies", arguments: sampled(ModelCase.all)
    )
    func openBLAS(_ test: ModelCase) throws {
      try withWorkplace(of: test) { place in
        let settings = test.small + Self.everything + ["products=openblas"]
        let mixes = [(1, 1), (2, 1), (4, 1), (1, 2), (3, 2)]
        for (ranks, threads) in mixes {
          let folder = "on\(ranks)x\(threads)"
          try place.trained(
            ranks: ranks, folder, settings + ["threads=\(threads)"], ["--stop-after", "20"])
          #expect(place.names(folder).contains("best.h5"))
          for file in place.names("on1x1") where file.hasSuffix(".h5") {
            try place.expectSame("on1x1/\(file)", "\(folder)/\(file)")
          }
        }
        #expect(try place.text("on4x1/run.jsonl").contains("\"products\":\"openblas\""))
      }
    }

    @Test("the numbers change from step to step, and with the seed")
    func notConstant() throws {
      try withWorkplace { place in
        try place.trained("a", [], ["--stop-after", "2"])
        try place.trained("b", [], ["--stop-after", "3"])
        try place.trained("c", ["seed=2"], ["--stop-after", "2"])
        #expect(try place.contents("a/last.h5") != place.contents("b/last.h5"))
        #expect(try place.contents("a/last.h5") != place.contents("c/last.h5"))
      }
    }

    @Test("more ranks than shards or sentences work")
    func manyRanks() throws {
      try withWorkplace { place in
        let lines = try place.text("data/train.jsonl").split(separator: "\n")
        try place.write(lines.prefix(3).joined(separator: "\n") + "\n", to: "data/train.jsonl")
        for ranks in [1, 5] {
          try place.trained(ranks: ranks, "on\(ranks)", ["batch.shards=2"])
        }
        try place.expectSame("on1/last.h5", "on5/last.h5")
      }
    }

    /// Ten times the first moment after a step of Adam is the gradient.
    static let comparison = """
      import h5py, numpy, sys
      reference, *others = (h5py.File(name, 'r') for name in sys.argv[1:])
      assert reference.attrs['step'] == 1
      adam = 'optimizer/first' in reference
      group, scale = ('optimizer/first', 10) if adam else ('parameters', 1)
      for other in others:
        for name in reference[group]:
          a, b = (scale * f[group][name][:].astype('f8') for f in (reference, other))
          limit = 1e-5 * abs(a).max() + 1e-6
          assert abs(a - b).max() <= limit, (other, name, abs(a - b).max(), limit)
      """

    @Test("gradients of one step agree for other shard counts", arguments: sampled(ModelCase.all))
    func shardCounts(_ test: ModelCase) throws {
      try withWorkplace(of: test) { place in
        for kind in test.description == ModelCase.all[0].description ? ["sgd", "adam"] : ["adam"] {
          let settings = test.small + ["optimizer.kind=\(kind)", "optimizer.rate=1"]
          for shards in [8, 1, 2, 16] {
            try place.trained(
              ranks: shards == 16 ? 2 : 1, "\(kind)\(shards)",
              settings + ["batch.shards=\(shards)"], ["--stop-after", "1"])
          }
          let files = [8, 1, 2, 16].map { "\(kind)\($0)/last.h5" }
          let result = try place.python(Self.comparison, files)
          #expect(result.status == 0, "\(kind): \(result.stderr)")
        }
      }
    }

    @Test("two minibatches of 40, added up, are one of 80")
    func accumulation() throws {
      try withWorkplace { place in
        let settings = [
          "data.sampling=file-order", "model.teacherForcing=1", "optimizer.rate=1",
        ]
        try place.trained("whole", settings + ["batch.size=80"], ["--stop-after", "1"])
        try place.trained(
          "halves", settings + ["batch.size=40", "batch.accumulate=2"], ["--stop-after", "1"])
        try place.trained("half", settings + ["batch.size=40"], ["--stop-after", "1"])
        let same = try place.python(Self.comparison, ["whole/last.h5", "halves/last.h5"])
        #expect(same.status == 0, "\(same.stderr)")
        let other = try place.python(Self.comparison, ["whole/last.h5", "half/last.h5"])
        #expect(other.status != 0)
      }
    }
  }
}
