import Autodiff
import Corpora
import Layers
import Models
import Randomness
import Tensors

/// A file of word vectors for the first values of a run's word tables.
struct VectorFile {
  private let path: String
  private let rule: RunOptions.DataOptions.WordsWithoutVector

  init(_ options: RunOptions.DataOptions) {
    path = options.vectors
    rule = options.wordsWithoutVector
  }

  /// The number of words by kind of match in the file.
  struct Coverage: CustomStringConvertible {
    let path: String
    var exact = 0
    var lowercase = 0
    var missing = 0

    var description: String {
      "of \(exact + lowercase + missing) words \(exact) start from vectors of \(path) as they are, "
        + "\(lowercase) in lower case, and \(missing) have none"
    }

    /// A warning if more than half of the words have no vector.
    var warnings: [String] {
      let all = exact + lowercase + missing
      return missing * 2 > all
        ? [
          "\(path): only \(exact + lowercase) of \(all) words have a vector; "
            + "are the vectors of the corpus's language and tokens?"
        ] : []
    }
  }

  /// Writes the vectors of a vocabulary's words into tables; words without a vector start by
  /// `data.wordsWithoutVector`.
  ///
  /// - Throws: `CorpusError` for an unreadable file, `TrainingError` for vectors of another width.
  func fill(
    _ tables: [WordTable], of vocabularies: Vocabularies, in parameters: Slab, seed: UInt64
  ) throws -> Coverage {
    let (vectors, coverage) = try read(for: tables, vocabularies)
    let words = vocabularies.words
    for table in tables {
      // The same random stream as in a table without vectors.
      let random = CounterRandom(seed: seed, purpose: table.parameter.startPurpose)
      fill(parameters(table.parameter), from: vectors, words, start(of: table), random)
    }
    return coverage
  }

  /// Reads the vectors of a vocabulary's words.
  ///
  /// - Throws: the errors of ``fill(_:of:in:seed:)``.
  func read(
    for tables: [WordTable], _ vocabularies: Vocabularies
  ) throws -> (vectors: WordVectors, coverage: Coverage) {
    guard !tables.isEmpty else { throw TrainingError.noWordTable }
    let words = vocabularies.words
    let vectors = try WordVectors.read(path, of: words.words)
    for table in tables where vectors.dimension != table.parameter.columns {
      throw TrainingError.vectorWidth(
        path: path, found: vectors.dimension, expected: table.parameter.columns)
    }
    var coverage = Coverage(path: path)
    for word in words.words {
      switch vectors.vector(of: word)?.match {
      case .exact: coverage.exact += 1
      case .lowercase: coverage.lowercase += 1
      case nil: coverage.missing += 1
      }
    }
    return (vectors, coverage)
  }

  private func start(of table: WordTable) -> VectorStart {
    switch rule {
    case .start: table.start
    case .uniform: .uniform25
    case .unit: .unit
    }
  }

  private func fill(
    _ rows: Matrix, from vectors: WordVectors, _ words: Vocabulary, _ start: VectorStart,
    _ random: CounterRandom
  ) {
    // One row has no deviation: the others start as without a file.
    let moments =
      vectors.words.count > 1
      ? vectors.columnMoments : .init(repeating: (mean: 0, deviation: 1), count: rows.columns)
    for word in words.words {
      let id = words.id(of: word)
      if let values = vectors.vector(of: word)?.values {
        for (column, value) in values.enumerated() { rows[id, column] = value }
        continue
      }
      for column in 0..<rows.columns {
        let draw = id * rows.columns + column
        rows[id, column] =
          switch start {
          case .normal: moments[column].mean + moments[column].deviation * random.normal(draw)
          case .uniform25: (2 * random.uniform(draw) - 1) * 0.25
          case .unit: random.uniform(draw)
          }
      }
    }
  }
}
