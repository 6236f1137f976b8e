/// Word vectors in the text format of GloVe and word2vec: each line holds a word and its numbers; a first
/// line of count and dimension is optional.
public struct WordVectors: Sendable, Codable {
  /// The length of each vector.
  public let dimension: Int
  /// The words read, in the order of the file.
  public private(set) var words: [String] = []
  /// The vectors of ``words``, `[words.count, dimension]`, row by row.
  public private(set) var values: [Float] = []
  private var rows: [ExactString: Int] = [:]

  private enum CodingKeys: CodingKey { case dimension, words, values }

  private init(dimension: Int) { self.dimension = dimension }

  /// Decodes what was encoded here, so that the numbers fit the words.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(dimension: try container.decode(Int.self, forKey: .dimension))
    words = try container.decode([String].self, forKey: .words)
    values = try container.decode([Float].self, forKey: .values)
    for (row, word) in words.enumerated() { rows[ExactString(word)] = row }
  }

  /// The spelling of a word in a file of vectors.
  public enum Match: Sendable {
    /// The corpus's spelling.
    case exact
    /// Lower case, the only spelling in many files.
    case lowercase
  }

  /// The vector of a word: an exact match by code units, or else that of the word in lower case
  /// (Models/README.md 1.4); `nil` if the file has neither.
  public func vector(of word: String) -> (values: ArraySlice<Float>, match: Match)? {
    if let values = self[word] { return (values, .exact) }
    return self[word.lowercased()].map { ($0, .lowercase) }
  }

  /// The vector of an exact match, compared by code units.
  subscript(word: String) -> ArraySlice<Float>? {
    rows[ExactString(word)].map { values[$0 * dimension..<($0 + 1) * dimension] }
  }

  /// The mean and the standard deviation of each column over all vectors; zeros without vectors.
  public var columnMoments: [(mean: Float, deviation: Float)] {
    (0..<dimension).map { column in
      let all = stride(from: column, to: values.count, by: dimension).map { Double(values[$0]) }
      let count = Double(max(all.count, 1))
      let mean = all.reduce(0, +) / count
      let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      return (Float(mean), Float(variance.squareRoot()))
    }
  }

  /// Reads the vectors of some words, in exact spelling and in lower case.
  ///
  /// - Throws: the errors of ``read(_:keeping:)``.
  public static func read(
    _ path: String, of words: some Sequence<String>
  ) throws(CorpusError) -> WordVectors {
    var wanted: Set<ExactString> = []
    for word in words { wanted.formUnion([ExactString(word), ExactString(word.lowercased())]) }
    return try read(path) { wanted.contains(ExactString($0)) }
  }

  /// Reads a file of vectors, plain or gzip. The first vector of a repeated word counts. A word may
  /// contain blanks, as some in GloVe do: the last `dimension` fields of a line are the numbers.
  ///
  /// - Parameter keeping: whether to keep a word's vector.
  /// - Throws: `CorpusError` with file and line for a wrong number of fields, or for a number of a kept
  ///   word that is not finite.
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
    // Extra fields belong to a word with blanks, unless the word would end in a number.
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

/// The fields of a line, separated by blanks.
private struct Fields {
  private let bytes: [UInt8]
  private let ranges: [Range<Int>]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    ranges = bytes.indices.split { isBlank(bytes[$0]) }.map { $0.startIndex..<$0.endIndex }
  }

  var count: Int { ranges.count }

  /// The dimension, if the line consists of count and dimension.
  var header: Int? { count == 2 && Int(text(0)) != nil ? Int(text(1)) : nil }

  func text(_ i: Int) -> String { String(decoding: bytes[ranges[i]], as: UTF8.self) }

  func number(_ i: Int) -> Float? { Float(text(i)) }

  /// The text of all fields before field `end`, including the blanks between them; `nil` unless UTF-8.
  func text(before end: Int) -> String? {
    String(
      validating: bytes[ranges[0].lowerBound..<ranges[end - 1].upperBound], as: UTF8.self)
  }
}
