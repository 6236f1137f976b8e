import Foundation

extension CorpusFormat {
  /// The line files of PtrNetDecoding4JERE: `PREFIX.sent` has a sentence a line, `PREFIX.tup` its
  /// `head ; tail ; relation | head ; tail ; relation`.
  public static let tuples = CorpusFormat(
    "tuples", summary: "INPUT is the prefix of .sent and .tup", isPair: true,
    mismatch: { sample in
      let isThere = ["sent", "tup"].map {
        FileManager.default.fileExists(atPath: file(sample.path, $0))
      }
      return isThere == [true, true] ? nil : "there is no \(sample.path).sent with a .tup"
    }, reader: readTuples)

  private static func readTuples(
    _ path: String, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var sentences = try LineReader(file(path, "sent"))
    var tuples = try LineReader(file(path, "tup"))
    while let text = try sentences.next() {
      guard let line = try tuples.next() else {
        builder.cut(sentences.place.error("has no line beside it in \(tuples.path)"))
        return
      }
      let places = (sentences.place, tuples.place)
      builder.read { (number, builder) throws(CorpusError) in
        let place = Place(file: places.0.file, line: places.0.line, record: number)
        let beside = Place(file: places.1.file, line: places.1.line, record: number)
        var draft = Draft(text: try TextFile.string(text, at: place), &builder)
        if draft.tokens.isEmpty { throw place.error("sentence without tokens") }
        let triples = try TextFile.string(line, at: beside)
        if !Sentence.tokens(of: triples).isEmpty { try draft.add(triples, at: beside) }
        try builder.add(draft, at: beside)
      }
    }
    if let line = try tuples.next(), !line.allSatisfy(isBlank) {
      builder.cut(tuples.place.error("has no line beside it in \(sentences.path)"))
    }
  }

  /// `PREFIX.kind`, or `PREFIX.kind.gz` where only that is there. The prefix may be given as one of its files.
  private static func file(_ prefix: String, _ kind: String) -> String {
    let ending = [".sent", ".tup", ".sent.gz", ".tup.gz"].first(where: prefix.hasSuffix)
    let plain = "\(prefix.dropLast(ending?.count ?? 0)).\(kind)"
    let files = FileManager.default
    let isPacked = !files.fileExists(atPath: plain) && files.fileExists(atPath: "\(plain).gz")
    return isPacked ? "\(plain).gz" : plain
  }
}

extension Draft {
  fileprivate mutating func add(_ line: String, at place: Place) throws(CorpusError) {
    for tuple in line.parts(between: "|") {
      let parts = tuple.parts(between: ";")
      guard parts.count == 3 else {
        throw place.error(
          "tuple '\(tuple)' has \(parts.count) parts, expected head ; tail ; relation")
      }
      let relation = Sentence.tokens(of: parts[2]).joined(separator: " ")
      if relation.isEmpty { throw place.error("tuple '\(tuple)' has no relation") }
      triples.append(
        Triple(
          head: try argument(parts[0], at: place), relation: relation,
          tail: try argument(parts[1], at: place)))
    }
  }
}
