import Foundation
import TestSupport
import Testing

@testable import Corpora

struct WordVectorsTests {
  static let good: [(name: String, text: String)] = [
    ("GloVe", "the 1 2.5\n. . . 3 4\ncafé -1e-2 0\n"),
    ("word2vec", "3 2\nthe 1 2.5 \n. . . 3 4 \ncafé -1e-2 0"),
  ]

  @Test("vectors are read with and without a header", arguments: good)
  func reads(name: String, text: String) throws {
    let vectors = try read(text) { _ in true }
    #expect(vectors.dimension == 2)
    #expect(vectors.words == ["the", ". . .", "café"])
    #expect(vectors.values == [1, 2.5, 3, 4, -0.01, 0])
    #expect(vectors[". . ."].map(Array.init) == [3, 4])
  }

  @Test("only wanted words are kept, by code units, the first of a repeated one")
  func keeps() throws {
    let vectors = try read("a 1\ne\u{301} 2\nb nan\na 3\n") { $0 != "b" }
    #expect(vectors.words == ["a", "e\u{301}"])
    #expect(vectors.values == [1, 2])
    #expect(vectors["\u{e9}"] == nil)
  }

  @Test("a word is looked up as it is written, then in lower case")
  func lowercase() throws {
    let vectors = try withTemporaryDirectory { folder in
      let path = folder.appending(path: "vectors").path
      try Data("the 1 3\nBonn 2 5\nthen 9 9\nélan 3 1\n".utf8).write(to: URL(filePath: path))
      return try WordVectors.read(path, of: ["The", "Bonn", "BONN", "ÉLAN", "x"])
    }
    #expect(vectors.words == ["the", "Bonn", "élan"])
    func found(_ word: String) -> ([Float], WordVectors.Match)? {
      vectors.vector(of: word).map { (Array($0.values), $0.match) }
    }
    #expect(try #require(found("The")) == ([1, 3], .lowercase))
    #expect(try #require(found("Bonn")) == ([2, 5], .exact))
    #expect(try #require(found("ÉLAN")) == ([3, 1], .lowercase))
    #expect(found("BONN") == nil && found("x") == nil)
    let moments = vectors.columnMoments
    #expect(moments.map(\.mean) == [2, 3])
    for (found, square) in zip(moments, [2.0 / 3, 8.0 / 3]) {
      #expect(abs(Double(found.deviation) - square.squareRoot()) < 1e-6)
    }
  }

  static let bad: [(text: String, message: String)] = [
    ("", "vectors: holds no word vectors"),
    ("word\n", "vectors:1: expected a word and its numbers, or count and dimension"),
    ("a 1 2\nb 1\n", "vectors:2: has 2 fields, expected a word and 2 numbers"),
    ("a 1 2\n\nb 1 2\n", "vectors:2: has 0 fields, expected a word and 2 numbers"),
    ("a 1 2\nb 1 2 3\n", "vectors:2: has 4 fields, expected a word and 2 numbers"),
    ("2 2\na 1 2\nb 1 nan\n", "vectors:3: 'nan' is not a finite number"),
    ("a 1 x\n", "vectors:1: 'x' is not a finite number"),
    ("a 1 1e99\n", "vectors:1: '1e99' is not a finite number"),
  ]

  @Test("what does not fit is named with file and line", arguments: bad)
  func errors(text: String, expected: String) throws {
    #expect(message { try read(text) { _ in true } } == expected)
  }

  @Test("a published file of 100 words is read whole", .enabled(if: corpusFolder != nil))
  func real() throws {
    let folder = try #require(corpusFolder)
    for dimension in [100, 300] {
      let name = "vectors/glove.6B.\(dimension)d.sample.txt.gz"
      let vectors = try WordVectors.read(folder.appending(path: name).path) { _ in true }
      #expect(vectors.dimension == dimension)
      #expect(vectors.words.count == 100)
      #expect(vectors.values.count == 100 * dimension)
      #expect(vectors["the"]?.first == (dimension == 100 ? -0.038194 : 0.04656))
    }
  }

  private func read(_ text: String, keeping: (String) -> Bool) throws -> WordVectors {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "vectors").path
      try Data(text.utf8).write(to: URL(filePath: path))
      do throws(CorpusError) {
        return try WordVectors.read(path, keeping: keeping)
      } catch {
        throw CorpusError(file: "vectors", line: error.line, error.message)
      }
    }
  }
}
