import Corpora

/// The fault of a predicted triple that is not gold (Evaluation/README.md 9.6).
public enum ErrorKind: String, Hashable, Sendable, CaseIterable {
  /// The tokens of a missed triple's two entities, in another order or divided elsewhere.
  case disorder
  /// A missed triple with tokens left out.
  case incompletion
  /// A missed triple with head and tail exchanged.
  case swapped
  /// Anything else.
  case other
}

/// The number of errors of each kind, with triples compared as exact strings.
public struct ErrorCounts: Hashable, Sendable {
  private var counts = Dictionary(uniqueKeysWithValues: ErrorKind.allCases.map { ($0, 0) })
  /// The number of gold triples, without repeats in a sentence.
  public private(set) var gold: Int = 0

  /// The number of errors of a kind.
  public subscript(kind: ErrorKind) -> Int { counts[kind, default: 0] }

  /// The number of errors of a kind per 1,000 gold triples; 0 where there are none.
  public func perThousandGold(_ kind: ErrorKind) -> Double {
    gold == 0 ? 0 : 1000 * Double(self[kind]) / Double(gold)
  }

  /// Adds the errors of one sentence.
  mutating func add(_ sentence: Sentence, _ groups: [Prediction.Group]) {
    gold += sentence.triples.map { Fact($0, in: sentence) }.distinct(by: \.self).count
    for error in Self.kinds(of: groups, in: sentence) { counts[error.kind, default: 0] += 1 }
  }

  /// The kinds of the wrong predictions, by their indices, repeats once: each wrong prediction, in the decoder's order,
  /// takes the first missed triple, in the corpus's order, that it is a disorder, incompletion or swap of.
  static func kinds(
    of groups: [Prediction.Group], in sentence: Sentence
  ) -> [(index: Int, kind: ErrorKind)] {
    let gold = sentence.triples.map { Fact($0, in: sentence) }.distinct(by: \.self)
    let predicted = groups.enumerated().map { (index: $0, fact: Fact($1, in: sentence)) }
      .distinct(by: \.fact)
    var missed = gold.filter { triple in !predicted.contains { $0.fact == triple } }
    return predicted.filter { !gold.contains($0.fact) }.map { wrong in
      let found = missed.indices.lazy.compactMap { i in
        wrong.fact.error(against: missed[i]).map { (index: i, kind: $0) }
      }.first
      if let found { missed.remove(at: found.index) }
      return (wrong.index, found?.kind ?? .other)
    }
  }
}

extension Comparison {
  /// The kinds of wrong predictions.
  func errors() -> ErrorCounts {
    let matching = Matching(mode: .exact, incompleteGroups: options.incompleteGroups)
    return zip(sentences, model.predictions).reduce(into: ErrorCounts()) { counts, pair in
      counts.add(pair.0, matching.groups(of: pair.1))
    }
  }
}

/// A triple with the tokens of its entities; an empty slot has no tokens. Two are the same when they
/// match exactly.
private struct Fact: Hashable {
  let key: TripleKey
  let head: [ExactString]
  let tail: [ExactString]

  init(_ triple: Triple, in sentence: Sentence) {
    self.init(Matching(mode: .exact).key(of: triple, in: sentence))
  }

  init(_ group: Prediction.Group, in sentence: Sentence) {
    self.init(Matching(mode: .exact).key(of: group, in: sentence))
  }

  private init(_ key: TripleKey) {
    self.key = key
    head = key.head?.tokens ?? []
    tail = key.tail?.tokens ?? []
  }

  static func == (a: Self, b: Self) -> Bool { a.key == b.key }

  func hash(into hasher: inout Hasher) { hasher.combine(key) }

  /// The kind of error by which this wrong prediction came of a missed triple; `nil` where the two have
  /// nothing in common.
  func error(against missed: Fact) -> ErrorKind? {
    guard !head.isEmpty, !tail.isEmpty, key.relation == missed.key.relation else { return nil }
    if key.head == missed.key.tail && key.tail == missed.key.head { return .swapped }
    if tokenCounts == missed.tokenCounts { return .disorder }
    if head.isSubsequence(of: missed.head) && tail.isSubsequence(of: missed.tail) {
      return .incompletion
    }
    return nil
  }

  private var tokenCounts: [ExactString: Int] {
    (head + tail).reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}

extension EntityKey {
  /// The tokens of an exact key.
  fileprivate var tokens: [ExactString] {
    switch self {
    case .text(let text): text.words
    case .span, .position: []
    }
  }
}

extension Array where Element: Equatable {
  /// True when all elements occur in `other` in this order, others between them or not.
  fileprivate func isSubsequence(of other: [Element]) -> Bool {
    var rest = self[...]
    for element in other where element == rest.first { rest.removeFirst() }
    return rest.isEmpty
  }
}

extension ErrorCounts: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    static let gold = Key(stringValue: "gold")
  }

  private struct Entry: Encodable {
    let count: Int
    let perThousandGold: Double
  }

  /// Writes `gold`, and a count and a rate for each kind.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(gold, forKey: .gold)
    for kind in ErrorKind.allCases {
      try values.encode(
        Entry(count: self[kind], perThousandGold: perThousandGold(kind)),
        forKey: Key(stringValue: kind.rawValue))
    }
  }
}
