import Autodiff
import Corpora
import Layers
import Models
import Randomness
import Tensors

/// A file of word vectors that a run's word tables start from.
struct VectorFile {
  private let path: String
  private let rule: RunOptions.DataOptions.WordsWithoutVector

  init(_ options: RunOptions.DataOptions) {
    path = options.vectors
    rule = options.wordsWithoutVector
  }

  /// How many words have a vector.
  struct Coverage: CustomStringConvertible {
    let path: String
    var exact = 0
    var lowercase = 0
    var missing = 0

    var description: String {
      "of \(exact + lowercase + missing) words \(exact) start from vectors of \(path) as they are, "
        + "\(lowercase) in lower case, and \(missing) have none"
    }

    /// What a user should look into.
    var warnings: [String] {
      let all = exact + lowercase + missing
      return missing * 2 > all
        ? [
          "\(path): only \(exact + lowercase) of \(all) words have a vector; "
            + "are the vectors of the corpus's language and tokens?"
        ] : []
    }
  }

  /// Writes the vectors of a vocabulary's words into tables; other words start as `data.wordsWithoutVector` and
  /// the model say.
  ///
  /// - Throws: `CorpusError` where the file cannot be read, `TrainingError` where its vectors have another width.
  func fill(
    _ tables: [WordTable], of vocabularies: Vocabularies, in parameters: Slab, seed: UInt64
  ) throws -> Coverage {
    let words = vocabularies.words
    let vectors = try WordVectors.read(path, of: words.words)
    for table in tables {
      guard vectors.dimension == table.parameter.columns else {
        throw TrainingError.vectorWidth(
          path: path, found: vectors.dimension, expected: table.parameter.columns)
      }
      // The draws are those of a table without vectors.
      let random = CounterRandom(seed: seed, purpose: table.parameter.startPurpose)
      fill(parameters(table.parameter), from: vectors, words, start(of: table), random)
    }
    var coverage = Coverage(path: path)
    for word in words.words {
      switch vectors.vector(of: word)?.match {
      case .exact: coverage.exact += 1
      case .lowercase: coverage.lowercase += 1
      case nil: coverage.missing += 1
      }
    }
    return coverage
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
    let moments = vectors.columnMoments
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
