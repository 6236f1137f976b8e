import Foundation

extension CorpusFormat {
  /// The standoff files of brat: `NAME.txt`, each line of it a sentence, and `NAME.ann` with entities (`T`) by
  /// character and relations (`R`). INPUT is one of the two, or a folder of them, at any depth.
  public static let brat = CorpusFormat(
    "brat", summary: "a folder of .txt and .ann, or one of them",
    mismatch: { sample in
      sample.path.isEmpty || documents(in: sample.path).isEmpty
        ? "there is no .txt with an .ann beside it" : nil
    }, reader: readBrat)

  private static func readBrat(
    _ path: String, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let documents = documents(in: path)
    if documents.isEmpty {
      throw CorpusError(file: path, "holds no .txt with an .ann beside it")
    }
    for document in documents {
      builder.read { (number, builder) throws(CorpusError) in
        guard let annotations = document.annotations else {
          builder.count(.unannotated)
          return
        }
        let place = Place(file: document.text, line: 1, record: number)
        let text = try TextFile.string(try TextFile.bytes(document.text), at: place)
        var brat = BratDocument(
          AnnotatedDocument(lines: text, id: document.id, &builder), record: number)
        var lines = try LineReader(annotations)
        while let line = try lines.next() {
          let place = Place(file: annotations, line: lines.number, record: number)
          try brat.add(try TextFile.string(line, at: place), at: place, &builder)
        }
        try brat.finish(at: place, &builder)
      }
    }
  }

  /// The texts of a folder, sorted, or the one that a file's name says.
  private static func documents(in path: String) -> [BratFiles] {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      let stem = BratFiles.stem(of: path)
      let found = BratFiles(stem: stem, id: URL(filePath: stem).lastPathComponent)
      return found.map { $0.annotations == nil ? [] : [$0] } ?? []
    }
    let names = (files.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
    let stems = names.filter { BratFiles.stem(of: $0) != $0 }.map(BratFiles.stem)
    let found = stems.distinct(by: ExactString.init).compactMap {
      BratFiles(stem: "\(path)/\($0)", id: $0)
    }
    return found.contains { $0.annotations != nil } ? found : []
  }
}

/// The files of a document.
private struct BratFiles {
  let id: String
  let text: String
  /// `nil` where the text was not annotated.
  let annotations: String?

  /// `nil` where there is neither file.
  init?(stem: String, id: String) {
    func file(_ ending: String) -> String? {
      [stem + ending, stem + ending + ".gz"].first(where: FileManager.default.fileExists)
    }
    let annotations = file(".ann")
    guard let text = file(".txt") ?? annotations.map({ _ in stem + ".txt" }) else { return nil }
    (self.id, self.text, self.annotations) = (id, text, annotations)
  }

  /// The path without `.txt` or `.ann`.
  static func stem(of path: String) -> String {
    let ending = [".txt", ".ann", ".txt.gz", ".ann.gz"].first(where: path.hasSuffix)
    return String(path.dropLast(ending?.count ?? 0))
  }
}

/// A document while its annotations are read.
private struct BratDocument {
  private var document: AnnotatedDocument
  /// The ids of entities.
  private var entities: Set<String> = []
  /// The entity that triggers an event, by the event's id.
  private var triggers: [String: String] = [:]
  private var relations: [(head: String, relation: String, tail: String, place: Place)] = []

  init(_ document: AnnotatedDocument, record: Int) { self.document = document }

  mutating func add(
    _ line: String, at place: Place, _ builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let fields = line.parts(between: "\t")
    let id = fields[0]
    switch id.unicodeScalars.first {
    case nil: break
    case "T": try add(entity: id, fields, at: place, &builder)
    case "R": try add(relation: fields, at: place)
    case "E":
      // Type:T1 Role:T2; relations may name events, which stand where their triggers do.
      let first = fields.count > 1 ? Sentence.tokens(of: fields[1]).first : nil
      triggers[id] = first.map { $0.parts(between: ":").last ?? "" }
      builder.count(.annotation)
    case "A", "M", "N", "#", "*": builder.count(.annotation)
    default:
      throw place.error("'\(id)' is no annotation; expected T, R, E, A, M, N, # or *")
    }
  }

  /// `T1`, `Type 0 5;8 9`, text.
  private mutating func add(
    entity id: String, _ fields: [String], at place: Place, _ builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let head = fields.count > 1 ? fields[1].parts(between: " ") : []
    let offsets = head.dropFirst().joined(separator: " ").parts(between: ";")
    var pieces: [Range<Int>] = []
    for piece in offsets {
      let ends = Sentence.tokens(of: piece).map(Int.init)
      guard ends.count == 2, let start = ends[0], let end = ends[1] else {
        throw place.error("\(id) is not 'Type start end', with offsets of characters")
      }
      pieces.append(try place.characters(start, end, in: document.count, id))
    }
    guard entities.insert(id).inserted else { throw place.error("\(id) occurs twice") }
    if pieces.count == 1 {
      let given = fields.count > 2 ? fields[2] : nil
      document.add(id, pieces[0], type: head[0], given: given, &builder)
    } else {
      document.add(id, pieces: pieces, &builder)
    }
  }

  /// `R1`, `type Arg1:T1 Arg2:T2`.
  private mutating func add(relation fields: [String], at place: Place) throws(CorpusError) {
    let parts = fields.count > 1 ? Sentence.tokens(of: fields[1]) : []
    guard parts.count == 3, parts.dropFirst().allSatisfy({ $0.contains(":") }) else {
      throw place.error("\(fields[0]) is not 'type Arg1:ID Arg2:ID'")
    }
    let ids = parts.dropFirst().map { $0.parts(between: ":").last ?? "" }
    relations.append((ids[0], parts[0], ids[1], place))
  }

  /// Adds the relations, which may stand before what they name, and the sentences.
  mutating func finish(at place: Place, _ builder: inout CorpusBuilder) throws(CorpusError) {
    for relation in relations {
      let ids = [relation.head, relation.tail].map { triggers[$0] ?? $0 }
      for id in ids where !entities.contains(id) {
        throw relation.place.error("a relation names '\(id)', which is not there")
      }
      document.relate(ids[0], relation.relation, ids[1], &builder)
    }
    try document.add(to: &builder, at: place)
  }
}
