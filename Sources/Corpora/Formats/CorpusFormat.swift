/// A format that corpora are published in.
///
/// A format is one file, which adds its value to this type, and one entry of ``allCases``.
public struct CorpusFormat: Sendable {
  /// A file of names and their ids that stands beside the input.
  public enum NameFile: String, Sendable {
    /// Words, `--words FILE`.
    case words
    /// Relations, `--relations FILE`.
    case relations
  }

  /// The name of the format, the value of `--from`.
  public let rawValue: String
  /// The contents of the input in a few words, for help.
  public let summary: String
  /// The files without which the format cannot be read, in the order of messages.
  public let needs: [NameFile]
  /// Whether the input is the prefix of two files in place of a file.
  public let isPair: Bool
  /// The reason why a sample is not of this format; `nil` where it is.
  let mismatch: @Sendable (Sample) -> String?
  /// Reads the input into the builder, which holds the files of ``needs``.
  private let reader: @Sendable (String, inout CorpusBuilder) throws(CorpusError) -> Void

  /// A format of any files.
  init(
    _ name: String, summary: String, needs: [NameFile] = [], isPair: Bool = false,
    mismatch: @escaping @Sendable (Sample) -> String?,
    reader: @escaping @Sendable (String, inout CorpusBuilder) throws(CorpusError) -> Void
  ) {
    rawValue = name
    self.summary = summary
    self.needs = needs
    self.isPair = isPair
    self.mismatch = mismatch
    self.reader = reader
  }

  /// A format of JSON records, in a list or one a line, that are read one by one.
  init(
    _ name: String, summary: String, mismatch: @escaping @Sendable (Sample) -> String?,
    record: @escaping @Sendable (JSONNode, inout CorpusBuilder) throws(CorpusError) -> Void
  ) {
    self.init(name, summary: summary, mismatch: mismatch) { (path, builder) throws(CorpusError) in
      try builder.readRecords(of: path, record)
    }
  }
}

extension CorpusFormat: CaseIterable, RawRepresentable, Hashable, CustomStringConvertible {
  /// The list of formats, in the order of help and messages.
  public static let allCases: [CorpusFormat] = [
    .triples, .spo, .tplinker, .cotype, .copyre, .tuples, .conll04, .spert, .dygie, .docred,
    .records, .tacred, .brat, .doccano, .prodigy, .jsonl,
  ]

  /// The format of that name, if there is one.
  public init?(rawValue: String) {
    guard let format = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = format
  }

  /// The format's name.
  public var description: String { rawValue }

  /// All formats with their summaries, in one line; neighbours share a summary.
  public static var overview: String {
    var groups: [(names: [String], summary: String)] = []
    for format in allCases {
      if groups.last?.summary == format.summary {
        groups[groups.count - 1].names.append(format.rawValue)
      } else {
        groups.append(([format.rawValue], format.summary))
      }
    }
    return groups.map { "\($0.names.joined(separator: " and ")) (\($0.summary))" }
      .joined(separator: ", ")
  }
}

extension CorpusFormat {
  /// Reads a published corpus, plain or gzip.
  ///
  /// - Parameters:
  ///   - path: the file, or the prefix of two.
  ///   - words: the JSON file of word ids; only for a format that needs it.
  ///   - relations: a JSON file of relation ids. Where the format does not need it, a relation that it
  ///     does not name is an error.
  ///   - options: what is left out.
  /// - Throws: `CorpusError` with file, line and record where the input does not have the format. Of several bad
  ///   records the first five are named and the others counted.
  public func read(
    _ path: String, words: String? = nil, relations: String? = nil,
    options: ConversionOptions = ConversionOptions()
  ) throws(CorpusError) -> Conversion {
    if words != nil && !needs.contains(.words) {
      let names = Self.allCases.filter { $0.needs.contains(.words) }.map(\.rawValue)
      throw CorpusError(
        "--words goes with --from \(names.joined(separator: " or ")) alone; "
          + "leave it out for '\(rawValue)'")
    }
    let isComplete = needs.allSatisfy { file in
      switch file {
      case .words: words != nil
      case .relations: relations != nil
      }
    }
    if !isComplete {
      let files = needs.map { "--\($0.rawValue) FILE" }.joined(separator: " and ")
      throw CorpusError(file: path, "--from \(rawValue) needs \(files)")
    }
    let inventory: RelationInventory? =
      if let relations { try RelationInventory.read(relations) } else { nil }
    let names: NumberedNames? = if let words { try NumberedNames(words) } else { nil }
    let builder = CorpusBuilder(words: names, relations: inventory, options: options)
    var conversion = try converted(path, builder)
    if options.tokenization == nil, conversion.isBadlyCut {
      for choice in Tokenization.allCases where choice != .blanks {
        var builder = builder
        builder.options.tokenization = choice
        conversion.unlocated[choice] = (try? converted(path, builder))?.unlocated[choice]
      }
    }
    return conversion
  }

  private func converted(
    _ path: String, _ builder: CorpusBuilder
  ) throws(CorpusError) -> Conversion {
    var builder = builder
    try reader(path, &builder)
    let conversion = builder.conversion()
    try check(conversion, of: path)
    if builder.options.tokenization != nil && !builder.hasCut {
      throw CorpusError(
        file: path, "--from \(rawValue) has tokens, not text to cut; leave --tokenize out")
    }
    return conversion
  }

  private func check(_ conversion: Conversion, of path: String) throws(CorpusError) {
    let bad = conversion.bad
    if bad.isCut || !conversion.options.skipsBad {
      let remedy =
        bad.isCut
        ? "the file cannot be read to its end, so mend it first"
        : "nothing is written; --skip-bad leaves them out"
      if let error = bad.error(in: path, remedy: remedy) { throw error }
    }
    if conversion.sentences.isEmpty {
      let all = bad.error(in: path, remedy: "no other holds a sentence")
      throw all ?? CorpusError(file: path, "holds no sentence")
    }
  }
}
