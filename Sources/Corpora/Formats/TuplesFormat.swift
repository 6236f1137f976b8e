import Foundation

extension CorpusFormat {
  /// The line files of PtrNetDecoding4JERE: `PREFIX.sent` has a sentence a line, `PREFIX.tup` its
  /// `head ; tail ; relation | head ; tail ; relation`.
  public static let tuples = CorpusFormat(
    "tuples", summary: "INPUT is the prefix of .sent and .tup", isPair: true, reader: readTuples)

  private static func readTuples(
    _ path: String, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var sentences = try LineReader(file(path, "sent"))
    var tuples = try LineReader(file(path, "tup"))
    while let text = try sentences.next() {
      guard let line = try tuples.next() else {
        throw sentences.place.error("has no line beside it in \(tuples.path)")
      }
      var draft = try Draft(
        text: try TextFile.string(text, at: sentences.place), at: sentences.place)
      let triples = try TextFile.string(line, at: tuples.place)
      if !Sentence.tokens(of: triples).isEmpty { try draft.add(triples, at: tuples.place) }
      try builder.add(draft, at: tuples.place)
    }
    if let line = try tuples.next(), !line.allSatisfy(isBlank) {
      throw tuples.place.error("has no line beside it in \(sentences.path)")
    }
  }

  /// `PREFIX.kind`, or `PREFIX.kind.gz` where only that is there.
  private static func file(_ prefix: String, _ kind: String) -> String {
    let plain = "\(prefix).\(kind)"
    let files = FileManager.default
    let isPacked = !files.fileExists(atPath: plain) && files.fileExists(atPath: "\(plain).gz")
    return isPacked ? "\(plain).gz" : plain
  }
}

extension Draft {
  fileprivate mutating func add(_ line: String, at place: Place) throws(CorpusError) {
    for tuple in line.components(separatedBy: "|") {
      let parts = tuple.components(separatedBy: ";")
      guard parts.count == 3 else {
        throw place.error(
          "tuple '\(tuple)' has \(parts.count) parts, expected head ; tail ; relation")
      }
      let relation = Sentence.tokens(of: parts[2]).joined(separator: " ")
      if relation.isEmpty { throw place.error("tuple '\(tuple)' has no relation") }
      triples.append(
        Triple(
          head: try Argument(parts[0], in: tokens, at: place), relation: relation,
          tail: try Argument(parts[1], in: tokens, at: place)))
    }
  }
}
