import Typesetting

/// The counts of a split (Corpora/README.md 11). Entities are compared as they are annotated: by
/// span, or by text where they have none.
public struct CorpusStatistics: Sendable {
  /// Number of sentences.
  public private(set) var sentences = 0
  /// Triples as stored, repeats included.
  public private(set) var storedTriples = 0
  /// Triples without repeats in a sentence; all counts below are over these.
  public private(set) var distinctTriples = 0
  /// Relations that occur, with the number of their triples.
  public private(set) var relations: [ExactString: Int] = [:]
  /// Distinct tokens, with the number of their occurrences.
  public private(set) var vocabulary: [ExactString: Int] = [:]
  /// Tokens of all sentences.
  public private(set) var tokens = 0
  /// Tokens of the longest sentence.
  public private(set) var longestSentence = 0
  /// Sentences by overlap class, without repeated triples.
  public private(set) var overlap: [OverlapClass: Int] = [:]
  /// Sentences by overlap class, with repeated triples.
  public private(set) var overlapOfStored: [OverlapClass: Int] = [:]
  /// Sentences with 0, 1, 2, 3, 4 and at least 5 triples.
  public private(set) var sentencesByTriples = [Int](repeating: 0, count: 6)
  /// Entities of triples, distinct in a sentence, with 1, 2, 3 and at least 4 tokens.
  public private(set) var entitiesByLength = [Int](repeating: 0, count: 4)
  /// Spans annotated as entities, in triples or not, distinct in a sentence.
  public private(set) var mentions = 0
  /// Spans of ``mentions`` with more than one token.
  public private(set) var longMentions = 0
  /// Heads and tails of stored triples that the text does not hold.
  public private(set) var unlocatedArguments = 0
  /// Distinct triples whose head and tail the text holds; no other can be a target of training.
  public private(set) var locatedTriples = 0
  /// Sentences with more than five triples: a decoder of five loses some.
  public private(set) var sentencesOverFiveTriples = 0
  /// Sentences that say the part of speech of each token.
  public private(set) var sentencesWithPartsOfSpeech = 0
  /// How the text was cut, as the split says or as its tokens look.
  public private(set) var tokenization: Tokenization

  /// Counts a split.
  public init(_ split: [Sentence]) {
    tokenization = Tokenization(of: split)
    for sentence in split { add(sentence) }
  }

  private mutating func add(_ sentence: Sentence) {
    let stored = sentence.triples.map(ExactTriple.init)
    let distinct = stored.distinct { $0 }
    sentences += 1
    sentencesWithPartsOfSpeech += sentence.partsOfSpeech == nil ? 0 : 1
    storedTriples += stored.count
    distinctTriples += distinct.count
    for triple in distinct { relations[triple.relation, default: 0] += 1 }
    for token in sentence.tokens { vocabulary[ExactString(token), default: 0] += 1 }
    tokens += sentence.tokens.count
    longestSentence = max(longestSentence, sentence.tokens.count)
    let triples = stored.map { (head: $0.head, relation: $0.relation, tail: $0.tail) }
    for kind in OverlapClass.classes(of: triples) { overlap[kind, default: 0] += 1 }
    for kind in OverlapClass.classes(of: triples, repeats: .kept) {
      overlapOfStored[kind, default: 0] += 1
    }
    sentencesByTriples[min(distinct.count, 5)] += 1
    if distinct.count > 5 { sentencesOverFiveTriples += 1 }
    locatedTriples += sentence.distinctTriples.count { $0.head.span != nil && $0.tail.span != nil }
    let arguments = sentence.triples.flatMap { [$0.head, $0.tail] }
    unlocatedArguments += arguments.count { $0.span == nil }
    for argument in arguments.distinct(by: ExactArgument.init) {
      entitiesByLength[min(argument.tokenCount, 4) - 1] += 1
    }
    let spans = Set(sentence.entities.map(\.span) + arguments.compactMap(\.span))
    mentions += spans.count
    longMentions += spans.count { $0.length > 1 }
  }

  /// The share of the tokens that are no word of another split; 0 without tokens.
  public func shareOfWords(outside other: CorpusStatistics) -> Double {
    let unknown = words(outside: other).reduce(0) { $0 + $1.count }
    return tokens == 0 ? 0 : Double(unknown) / Double(tokens)
  }

  /// The words that another split lacks, with the number of their occurrences, in no order.
  func words(outside other: CorpusStatistics) -> [(word: ExactString, count: Int)] {
    vocabulary.filter { other.vocabulary[$0.key] == nil }.map { ($0.key, $0.value) }
  }

  /// The relations with fewer than five triples and their number, rarest first.
  var rare: [(relation: ExactString, count: Int)] {
    relations.filter { $0.value < 5 }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      .map { ($0.key, $0.value) }
  }

  /// A line about the relations with fewer than five triples, with as many names as it has room for; `nil` where
  /// there are none.
  public var rareRelations: String? {
    let rare = rare
    if rare.isEmpty { return nil }
    var line =
      "\(rare.count) of \(Figures.plainCount(relations.count, "relation")) "
      + "\(rare.count == 1 ? "has" : "have") fewer than 5 triples: "
    for (index, name) in rare.map(\.relation.value).enumerated() {
      let item = (index == 0 ? "" : ", ") + name
      if index > 0 && line.count + item.count > 70 { return line + ", …" }
      line += item
    }
    return line
  }

  /// Share of entities of triples, distinct in a sentence, with more than one token.
  public var multiTokenShare: Double {
    let all = entitiesByLength.reduce(0, +)
    return all == 0 ? 0 : Double(all - entitiesByLength[0]) / Double(all)
  }

  /// Share of annotated spans with more than one token.
  public var multiTokenShareOfMentions: Double {
    mentions == 0 ? 0 : Double(longMentions) / Double(mentions)
  }
}

extension CorpusStatistics {
  /// The sizes in one line.
  public var summary: String {
    let distinct = "\(Figures.grouped(distinctTriples)) distinct"
    return
      "\(Figures.plainCount(sentences, "sentence")), \(Figures.plainCount(storedTriples, "triple")) "
      + "(\(distinct)), \(Figures.plainCount(relations.count, "relation")), "
      + Figures.plainCount(vocabulary.count, "word")
  }
}

extension Argument {
  fileprivate var tokenCount: Int {
    switch self {
    case .span(let span): span.length
    case .text(let text): max(1, Sentence.tokens(of: text).count)
    }
  }
}
