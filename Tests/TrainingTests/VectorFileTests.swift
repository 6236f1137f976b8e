import Autodiff
import Corpora
import Foundation
import Layers
import ModelCases
import Models
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite("Word tables that start from a file of vectors")
struct VectorFileTests {
  /// Some hundred words; every third has a vector, every third is in the file in lower case.
  private static let words = (0..<300).map { $0 % 3 == 1 ? "Word\($0)" : "word\($0)" }
  private static let sentences = [
    Sentence(
      id: "1", tokens: words,
      triples: [Triple(head: .span(Span(0, 0)), relation: "r", tail: .span(Span(1, 1)))])
  ]

  /// Vectors of mean 3 and deviation 2 in the first column, mean -1 and deviation .5 in the second.
  private static func vector(_ i: Int) -> [Float] {
    let sign: Float = i % 2 == 0 ? 1 : -1
    return [3 + 2 * sign, -1 - 0.5 * sign]
  }

  private func rows(
    _ settings: [String], lines: [String]? = nil,
    _ change: (inout RunOptions.DataOptions) -> Void = { _ in }
  ) throws -> (coverage: VectorFile.Coverage, row: (String) -> [Float], plain: (String) -> [Float])
  {
    let section = try ModelCase.section(
      ["model.kind=copyre", "model.embedding=2", "model.hidden=2"] + settings)
    let model = section.model(for: section.vocabularies(of: Self.sentences))
    let parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 4)
    let table = try #require(model.wordTables.first).parameter
    let words = model.vocabularies.words
    let plain = parameters(table).elements
    let coverage = try withTemporaryDirectory { folder in
      let path = folder.appending(path: "vectors.txt").path
      let all = Self.words.indices.filter { $0 % 3 != 2 }.map { i in
        "word\(i) " + Self.vector(i).map { "\($0)" }.joined(separator: " ")
      }
      try Data((lines ?? all).joined(separator: "\n").utf8).write(to: URL(filePath: path))
      var data = RunOptions.DataOptions()
      data.vectors = path
      change(&data)
      return try VectorFile(data).fill(
        model.wordTables, of: model.vocabularies, in: parameters, seed: 4)
    }
    let filled = parameters(table).elements
    func part(_ elements: [Float], _ word: String) -> [Float] {
      let id = words.id(of: word)
      return Array(elements[2 * id..<2 * id + 2])
    }
    return (coverage, { part(filled, $0) }, { part(plain, $0) })
  }

  @Test("words are found as they are or in lower case, counted, and take their vectors")
  func found() throws {
    let (coverage, row, _) = try rows([])
    #expect((coverage.exact, coverage.lowercase, coverage.missing) == (100, 100, 100))
    #expect(coverage.warnings.isEmpty)
    for (i, word) in Self.words.enumerated() where i % 3 != 2 {
      #expect(row(word) == Self.vector(i))
    }
  }

  @Test("missing words have mean and deviation of the loaded rows, column by column")
  func normal() throws {
    let (_, row, _) = try rows([])
    let missing = stride(from: 2, to: 300, by: 3).map { row(Self.words[$0]) }
    for (column, (mean, deviation)) in [(3.0, 2.0), (-1.0, 0.5)].enumerated() {
      let values = missing.map { Double($0[column]) }
      let found = values.reduce(0, +) / 100
      let variance = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / 100
      // Five deviations of the mean of a hundred draws, and of their variance.
      #expect(abs(found - mean) < 0.5 * deviation)
      #expect(abs(variance / (deviation * deviation) - 1) < 0.71)
    }
  }

  @Test(
    "other starts leave missing words as they are without a file, or as the key of the data says")
  func others() throws {
    let missing = Self.words[2]
    let (_, uniform, plain) = try rows(["model.wordStart=uniform25"])
    #expect(uniform(missing) == plain(missing))
    let (_, named, _) = try rows([]) { $0.wordsWithoutVector = .uniform }
    #expect(named(missing) == plain(missing))
    let (_, unit, _) = try rows(["model.wordStart=unit"])
    #expect(unit(missing).allSatisfy { (0..<1).contains($0) })
  }

  @Test("beside fewer than two vectors, which have no deviation, words start as without a file")
  func none() throws {
    let (coverage, row, plain) = try rows([], lines: ["elsewhere 1 2", "word0 7 8"])
    #expect(coverage.exact == 1 && coverage.missing == 299 && row("word0") == [7, 8])
    #expect(row(Self.words[2]) == plain(Self.words[2]))
  }

  @Test("few vectors are warned of")
  func few() {
    let coverage = VectorFile.Coverage(path: "v", exact: 3, lowercase: 1, missing: 5)
    #expect(coverage.warnings.first?.contains("only 4 of 9 words") == true)
    #expect(VectorFile.Coverage(path: "v", exact: 3, lowercase: 2, missing: 5).warnings.isEmpty)
  }
}
