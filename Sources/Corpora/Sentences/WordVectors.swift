/// Word vectors in text form, as GloVe and word2vec publish them: a word and its numbers a line,
/// with or without a first line of count and dimension.
public struct WordVectors: Sendable {
  /// Numbers of one vector.
  public let dimension: Int
  /// The words kept, in the order of the file.
  public private(set) var words: [String] = []
  /// The vectors of `words`, shape `[words.count, dimension]`, row by row.
  public private(set) var values: [Float] = []
  private var rows: [ExactString: Int] = [:]

  private init(dimension: Int) { self.dimension = dimension }

  /// How a word was found in a file of vectors.
  public enum Match: Sendable {
    /// As it is written.
    case exact
    /// In lower case: many files hold no other.
    case lowercase
  }

  /// The vector of a word, and how it was found: as it is written, compared by code units, or else in lower
  /// case (models.md 1.4).
  public func vector(of word: String) -> (values: ArraySlice<Float>, match: Match)? {
    if let values = self[word] { return (values, .exact) }
    return self[word.lowercased()].map { ($0, .lowercase) }
  }

  /// The vector of a word as it is written, compared by code units.
  subscript(word: String) -> ArraySlice<Float>? {
    rows[ExactString(word)].map { values[$0 * dimension..<($0 + 1) * dimension] }
  }

  /// The mean and the standard deviation of each column over all vectors.
  public var columnMoments: [(mean: Float, deviation: Float)] {
    (0..<dimension).map { column in
      let all = stride(from: column, to: values.count, by: dimension).map { Double(values[$0]) }
      let count = Double(max(all.count, 1))
      let mean = all.reduce(0, +) / count
      let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      return (Float(mean), Float(variance.squareRoot()))
    }
  }

  /// Reads the vectors that any of some words has, as it is written or in lower case.
  ///
  /// - Throws: `CorpusError` as ``read(_:keeping:)`` does.
  public static func read(
    _ path: String, of words: some Sequence<String>
  ) throws(CorpusError) -> WordVectors {
    var wanted: Set<ExactString> = []
    for word in words { wanted.formUnion([ExactString(word), ExactString(word.lowercased())]) }
    return try read(path) { wanted.contains(ExactString($0)) }
  }

  /// Reads the vectors of the words that `keeping` wants, plain or gzip; the first of a repeated
  /// word counts. A word may hold blanks, as some of GloVe's do: the last fields are the numbers.
  ///
  /// - Throws: `CorpusError` with file and line where a line has the wrong number of fields or a
  ///   wanted word has a number that is not finite.
  public static func read(
    _ path: String, keeping: (String) -> Bool
  ) throws(CorpusError) -> WordVectors {
    var reader = try LineReader(path)
    guard let first = try reader.next() else {
      throw CorpusError(file: path, "holds no word vectors")
    }
    let header = Fields(first).header
    var vectors = WordVectors(dimension: header ?? Fields(first).count - 1)
    guard vectors.dimension > 0 else {
      throw reader.place.error("expected a word and its numbers, or count and dimension")
    }
    var line = header == nil ? first : try reader.next()
    while let bytes = line {
      try vectors.add(Fields(bytes), at: reader.place, keeping)
      line = try reader.next()
    }
    return vectors
  }

  private mutating func add(
    _ fields: Fields, at place: Place, _ keeping: (String) -> Bool
  ) throws(CorpusError) {
    guard fields.count > dimension else {
      throw place.error("has \(fields.count) fields, expected a word and \(dimension) numbers")
    }
    let numbersStart = fields.count - dimension
    // More fields are a word with blanks, unless the word would end in a number.
    if numbersStart > 1, fields.number(numbersStart - 1) != nil {
      throw place.error("has \(fields.count) fields, expected a word and \(dimension) numbers")
    }
    // A word that is not UTF-8 equals no token.
    guard let word = fields.text(before: numbersStart), keeping(word) else { return }
    guard rows[ExactString(word)] == nil else { return }
    for i in numbersStart..<fields.count {
      guard let number = fields.number(i), number.isFinite else {
        throw place.error("'\(fields.text(i))' is not a finite number")
      }
      values.append(number)
    }
    rows[ExactString(word)] = words.count
    words.append(word)
  }
}

/// What stands between the blanks of a line.
private struct Fields {
  private let bytes: [UInt8]
  private let ranges: [Range<Int>]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    ranges = bytes.indices.split { isBlank(bytes[$0]) }.map { $0.startIndex..<$0.endIndex }
  }

  var count: Int { ranges.count }

  /// The dimension, where the line is one of count and dimension.
  var header: Int? { count == 2 && Int(text(0)) != nil ? Int(text(1)) : nil }

  func text(_ i: Int) -> String { String(decoding: bytes[ranges[i]], as: UTF8.self) }

  func number(_ i: Int) -> Float? { Float(text(i)) }

  /// The fields before field `end` with what stands between them.
  func text(before end: Int) -> String? {
    String(
      validating: bytes[ranges[0].lowerBound..<ranges[end - 1].upperBound], as: UTF8.self)
  }
}
