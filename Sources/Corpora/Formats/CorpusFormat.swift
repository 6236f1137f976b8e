/// The formats that corpora are published in. A new one is a file with a `FormatReader` and an
/// entry here.
public enum CorpusFormat: String, CaseIterable, Sendable {
  /// The value of the command line's `--from`.
  case triples, cotype, copyre, tuples, conll04, spert, dygie

  var reader: any FormatReader.Type {
    switch self {
    case .triples: TriplesFormat.self
    case .cotype: CoTypeFormat.self
    case .copyre: CopyREFormat.self
    case .tuples: TuplesFormat.self
    case .conll04: CoNLL04Format.self
    case .spert: SpERTFormat.self
    case .dygie: DyGIEFormat.self
    }
  }

  /// One line for the command's help.
  public var summary: String { reader.summary }

  /// Reads a published corpus, plain or gzip.
  ///
  /// - Parameters:
  ///   - path: the file; for `tuples` the prefix of a `.sent` and a `.tup` file.
  ///   - words: the JSON file of word ids that `copyre` needs; no other format takes one.
  ///   - relations: a JSON file of relation ids. `copyre` needs it; with any other format a
  ///     relation that it does not name is an error.
  /// - Throws: `CorpusError` with file and line where the input does not have the format.
  public func read(
    _ path: String, words: String? = nil, relations: String? = nil
  ) throws(CorpusError) -> Conversion {
    if words != nil && self != .copyre {
      throw CorpusError("--words goes with --from copyre alone; leave it out for '\(rawValue)'")
    }
    let inventory: RelationInventory? =
      if let relations { try RelationInventory.read(relations) } else { nil }
    var builder = CorpusBuilder(relations: inventory)
    try reader.read(path, words: words, into: &builder)
    if builder.sentences.isEmpty { throw CorpusError(file: path, "holds no sentence") }
    return builder.conversion()
  }
}

/// Reads one published format.
protocol FormatReader {
  static var summary: String { get }

  static func read(
    _ path: String, words: String?, into builder: inout CorpusBuilder
  ) throws(CorpusError)
}

/// What became of a published corpus.
public struct Conversion: Sendable {
  /// The sentences, in the order of the file.
  public let sentences: [Sentence]
  /// How often something could not be used, by reason; reasons that never held are absent.
  public let tally: [Unused: Int]
}

/// Why a part of a published corpus is no target, or is left out.
public enum Unused: String, CaseIterable, Sendable {
  case argument = "heads and tails not found in the text; kept as gold, never a target"
  case mention = "entity mentions not found in the text; left out"
  case type = "second types of an entity; the first is kept"
  case noRelation = "pairs labelled as no relation; left out"
  case crossing = "relations across sentences; left out"
  case endless = "relations that end at no entity's last token; left out"
}

/// A sentence as a format gives it: entities are strings or spans.
struct Draft {
  /// A sentence from its text.
  init(text: String, at place: Place) throws(CorpusError) {
    tokens = Sentence.tokens(of: text)
    try place.check(tokens: tokens)
  }

  init(id: String? = nil, tokens: [String], entities: [EntityMention] = []) {
    (self.id, self.tokens, self.entities) = (id, tokens, entities)
  }

  /// The corpus's own name for the sentence, if it has one; it need not be unique.
  var id: String?
  var tokens: [String]
  var entities: [EntityMention] = []
  var triples: [Triple] = []
}

/// Gathers the sentences of a corpus, checks them and counts what cannot be used.
struct CorpusBuilder {
  let relations: RelationInventory?
  private(set) var sentences: [Sentence] = []
  private(set) var tally: [Unused: Int] = [:]
  private var ids: [ExactString: Int] = [:]

  init(relations: RelationInventory?) { self.relations = relations }

  func conversion() -> Conversion { Conversion(sentences: sentences, tally: tally) }

  mutating func count(_ reason: Unused) { tally[reason, default: 0] += 1 }

  /// Adds a sentence. Its entities are those that the corpus lists and those of its triples, each
  /// span once.
  mutating func add(_ draft: Draft, at place: Place) throws(CorpusError) {
    try place.check(tokens: draft.tokens)
    let firsts = Dictionary(
      draft.entities.map { ($0.span, $0.type) }, uniquingKeysWith: { first, _ in first })
    for entity in draft.entities where firsts[entity.span] != entity.type { count(.type) }
    var entities = draft.entities
    for triple in draft.triples {
      if let relations, !relations.contains(triple.relation) {
        throw place.error("relation '\(triple.relation)' is not in \(relations.file)")
      }
      for argument in [triple.head, triple.tail] {
        if let span = argument.span {
          entities.append(EntityMention(span: span))
        } else {
          count(.argument)
        }
      }
    }
    sentences.append(
      Sentence(
        id: unique(draft.id ?? String(sentences.count + 1)), tokens: draft.tokens,
        entities: entities.distinct(by: \.span), triples: draft.triples))
  }

  /// `id`, or with a number where an earlier sentence has it.
  private mutating func unique(_ id: String) -> String {
    var candidate = id
    while ids[ExactString(candidate)] != nil {
      ids[ExactString(id), default: 1] += 1
      candidate = "\(id)#\(ids[ExactString(id), default: 1])"
    }
    ids[ExactString(candidate)] = 1
    return candidate
  }
}

extension Argument {
  /// The first place of an entity's text in the tokens, or the text where it has none.
  init(_ text: String, in tokens: [String], at place: Place) throws(CorpusError) {
    let words = Sentence.tokens(of: text)
    if words.isEmpty { throw place.error("an entity of a triple is empty") }
    let span = Sentence.firstOccurrence(of: text, in: tokens)
    self = span.map(Argument.span) ?? .text(words.joined(separator: " "))
  }
}
