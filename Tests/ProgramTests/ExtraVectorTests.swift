import ModelCases
import TestSupport
import Testing

extension ProgramTests {
  /// Words that training lacks, read from the file of vectors.
  @Suite("Vectors of words outside training", .enabled(if: hasRanks))
  struct ExtraVectorTests {
    @Test(
      "any number of ranks reads them for the development split, evaluate and extract on demand")
    func vectors() throws {
      let cascade = try #require(ModelCase.all.first { $0.kind == "cascade" })
      try withWorkplace(of: cascade) { place in
        try place.write(
          try place.text("data/dev.jsonl") + #"{"tokens":["a","zebra"],"triples":[]}"# + "\n",
          to: "data/dev.jsonl")
        try place.write("zebra 0.5 1 -2\n", to: "vectors.txt")
        let settings =
          cascade.small + [
            "model.extraVectors=true", "epochs=1", "data.vectors=\(place.path("vectors.txt"))",
          ]
        try place.trained("one", settings)
        try place.trained(ranks: 2, "two", settings)
        try place.expectSame("one/last.h5", "two/last.h5")
        let unnamed = try place.train("none", cascade.small + ["model.extraVectors=true"])
        #expect(unnamed.status == 1 && unnamed.stderr.contains("set data.vectors=FILE"))
        let arguments = ["evaluate", "--checkpoint", "one/last.h5", "--data", "data/dev.jsonl"]
        let unread = try place.tercet(arguments)
        #expect(unread.status == 0 && unread.stderr.contains("with --vectors"))
        let read = try place.tercet(arguments + ["--vectors", "vectors.txt"])
        #expect(read.status == 0 && read.complaints.isEmpty, "\(read.stderr)")
        try place.write("zebra 0.5 1\n", to: "narrow.txt")
        let narrow = try place.tercet(arguments + ["--vectors", "narrow.txt"])
        #expect(
          narrow.complaints == [
            "tercet: narrow.txt: vectors of width 2 for a model that was trained with those of width 3; "
              + "name vectors of width 3"
          ])
        let missing = try place.tercet([
          "extract", "--checkpoint", "one/last.h5", "--vectors", "no-such-file", "data/dev.jsonl",
        ])
        #expect(missing.status == 1 && missing.stderr.contains("no-such-file"))
        try place.trained("plain", cascade.small + ["epochs=1"])
        let refused = try place.tercet([
          "extract", "--checkpoint", "plain/last.h5", "--vectors", "vectors.txt", "data/dev.jsonl",
        ])
        #expect(refused.status == 1 && refused.stderr.contains("leave it out"))
      }
    }
  }
}
