import Typesetting

/// A published corpus after conversion.
public struct Conversion: Sendable {
  /// The sentences, in the order of the file.
  public let sentences: [Sentence]
  /// The number of unusable parts by reason; reasons that never held are absent.
  public let tally: [Unused: Int]
  /// The names behind a reason, where it is one of names, with their numbers.
  let names: [Unused: [ExactString: Int]]
  /// The records that were left out as bad.
  public let bad: BadRecords
  let options: ConversionOptions
  /// Heads and tails that are no run of tokens, by how the text is cut: as it was, and where those are many, in each
  /// other way.
  var unlocated: [Tokenization: Int]
}

/// A reason why a part of a published corpus is no target, or is left out, as reports print it.
public enum Unused: String, CaseIterable, Sendable {
  /// A head or tail that the text does not hold.
  case argument =
    "heads and tails not found in the text; kept as gold; models of places do not learn them"
  /// A head or tail whose characters do not fill tokens.
  case border =
    "heads and tails that begin or end inside a token; kept as gold; models of places do not learn them"
  /// An entity that the text does not hold.
  case mention = "entity mentions not found in the text; left out"
  /// An entity whose characters do not fill tokens.
  case mentionBorder = "entities that begin or end inside a token; left out"
  /// An entity that is no run of characters of one sentence.
  case pieces = "entities in several pieces or lines; left out"
  /// A span that is perhaps counted from another start, or in other units.
  case differs = "spans that hold another text than the corpus says; kept as spans"
  /// Another type for the span of an entity.
  case type = "second types of an entity; the first is kept"
  /// A pair that the corpus lists as unrelated.
  case noRelation = "pairs labelled as no relation; left out (--keep-relation NAME keeps one)"
  /// A relation that the user does not want.
  case dropped = "triples of relations that --drop-relation names; left out"
  /// A relation that may be one or the lack of one.
  case other = "triples of a rest class; kept (--drop-relation NAME leaves it out)"
  /// A relation between two sentences.
  case crossing = "relations across sentences; left out"
  /// What a nested object says besides its value.
  case slot = "further slots of nested objects; left out"
  /// What brat knows besides entities and relations.
  case annotation = "events, attributes, notes and other annotations; left out"
  /// A record that its annotator did not accept.
  case rejected = "records that the annotator rejected or passed over; left out"
  /// A text without its file of annotations.
  case unannotated = "texts without an .ann beside them; left out"
  /// A relation between tokens that end no entity.
  case endless = "relations that end at no entity's last token; left out"
  /// Parts of speech that are more or fewer than the tokens.
  case partsOfSpeech = "parts of speech that are not one a token, or empty; left out"
  /// A token without a character that is seen.
  case blankToken = "tokens of white space alone; left out, and spans moved"
  /// An entity that consists of such tokens, or a triple that has one.
  case blankSpan = "entities and triples of white space alone; left out"
  /// A sentence of a document without a token.
  case emptySentence = "sentences of documents without tokens; left out"
  /// A sentence that no reader accepts.
  case long = "sentences of more than 10000 tokens; left out, cut them up to keep them"
}

extension Conversion {
  /// The sizes, a line for each reason of unusable parts, and the bad records.
  ///
  /// - Parameter output: the file that was written.
  public func report(output: String) -> String {
    let statistics = CorpusStatistics(sentences)
    var lines = ["\(output): \(statistics.summary)"]
    let empty = statistics.sentencesByTriples[0]
    if empty > 0 {
      lines.append("  \(Figures.plainCount(empty, "sentence")) without triples; kept")
    }
    let tagged = statistics.sentencesWithPartsOfSpeech
    if tagged > 0 {
      lines.append("  \(Figures.plainCount(tagged, "sentence")) with parts of speech")
    }
    for reason in Unused.allCases {
      guard let count = tally[reason] else { continue }
      lines.append("  \(count) \(reason.rawValue)\(list(names[reason]))")
    }
    return (lines + unmatched + bad.report).joined(separator: "\n")
  }

  /// The commonest names, the most frequent one first.
  private func list(_ names: [ExactString: Int]?) -> String {
    guard let names else { return "" }
    let sorted = names.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(5).map { "'\($0.key.value)' \($0.value)" }
    return ": " + (shown + (sorted.count > 5 ? ["…"] : [])).joined(separator: ", ")
  }

  /// A line for each name that the user gave and no triple has.
  private var unmatched: [String] {
    let found = Set(sentences.flatMap(\.triples).map { ExactString($0.relation) })
    let kept = options.kept.filter { !found.contains(ExactString($0)) }
    let dropped = options.dropped.filter { names[.dropped]?[ExactString($0)] == nil }
    return kept.map { "  --keep-relation \($0): no triple has this relation" }
      + dropped.map { "  --drop-relation \($0): no triple has this relation" }
  }
}

extension Conversion {
  /// Heads and tails of the corpus.
  private var arguments: Int { 2 * sentences.reduce(0) { $0 + $1.triples.count } }

  /// Whether text was cut at blanks without a word of the user's, and more than one in ten heads and tails is no run
  /// of its tokens.
  var isBadlyCut: Bool {
    guard options.tokenization == nil, let lost = unlocated[.blanks] else { return false }
    return 10 * lost > arguments
  }

  /// A warning where cutting at blanks loses many heads and tails, with what other ways would find.
  public var warning: String? {
    guard isBadlyCut, let lost = unlocated[.blanks] else { return nil }
    let others = Tokenization.allCases.filter { $0 != .blanks }
      .map { (name: $0.rawValue, lost: unlocated[$0] ?? lost) }
    let found = others.map { "--tokenize \($0.name) finds \(arguments - $0.lost)" }
      .joined(separator: ", ")
    // Words are enough for English; characters would find a little more of it, but words are what models read.
    let best =
      others.first { 10 * $0.lost <= arguments }
      ?? others.filter { $0.lost < lost }.min { $0.lost < $1.lost }
    let advice = best.map { "; convert again with --tokenize \($0.name)" } ?? ""
    return "\(lost) of \(arguments) heads and tails are not found in text that is cut at blanks; "
      + found + advice
  }
}
