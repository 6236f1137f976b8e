import Corpora

/// The sentences and their items in flat lists of numbers, which are small and quick to read.
struct PageCorpus: Encodable {
  /// The tokens without repeats, the commonest first: those have the shortest numbers.
  let words: [String]
  /// The index in ``words`` of each token of each sentence.
  let tokens: [Int]
  /// The number of tokens of each sentence.
  let lengths: [Int]
  let ids: [String]
  /// The overlap classes of each sentence, a bit each.
  let classes: [Int]
  /// Entities that have no place in their sentence.
  let texts: [String]
  /// The number of items of each sentence.
  let counts: [Int]
  /// Of each item four times its kind, plus 1 where it has a gold triple, plus 2 where it has a predicted one; the
  /// triples follow, each of five numbers, and after a predicted one its probability in thousandths or -1.
  ///
  /// A triple is its head's two numbers, the relation or -1, and its tail's two numbers. An entity's are its first
  /// token and the number of tokens; its index in ``texts`` and 0; or -1 and -1 for an empty slot.
  let items: [Int]

  init(
    _ sentences: [Sentence], _ faults: [SentenceFaults], classes: [Int], relations: NameList
  ) {
    let words = Self.byFrequency(sentences.flatMap(\.tokens))
    var stream = ItemStream(relations: relations)
    for item in faults.flatMap(\.items) { stream.append(item) }
    self.words = words.names
    tokens = sentences.flatMap { $0.tokens.map(words.index) }
    lengths = sentences.map(\.tokens.count)
    ids = sentences.map(\.id)
    self.classes = classes
    texts = stream.texts
    counts = faults.map(\.items.count)
    items = stream.numbers
  }

  private static func byFrequency(_ words: [String]) -> NameList {
    var counts: [ExactString: Int] = [:]
    for word in words { counts[ExactString(word), default: 0] += 1 }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return NameList(sorted.map(\.key.value))
  }
}

/// Items on their way to numbers.
private struct ItemStream {
  let relations: NameList
  private(set) var numbers: [Int] = []
  private(set) var texts: [String] = []

  init(relations: NameList) { self.relations = relations }

  mutating func append(_ item: SentenceFaults.Item) {
    numbers.append(4 * item.kind + (item.gold == nil ? 0 : 1) + (item.predicted == nil ? 0 : 2))
    if let gold = item.gold { append(gold.head, gold.relation, gold.tail) }
    if let predicted = item.predicted {
      append(predicted.head, predicted.relation, predicted.tail)
      numbers.append(item.score.map { Int(($0 * 1000).rounded()) } ?? -1)
    }
  }

  private mutating func append(_ head: Argument?, _ relation: String?, _ tail: Argument?) {
    append(head)
    numbers.append(relation.map(relations.index) ?? -1)
    append(tail)
  }

  private mutating func append(_ argument: Argument?) {
    switch argument {
    case .span(let span): numbers += [span.start, span.length]
    case .text(let text):
      numbers += [texts.count, 0]
      texts.append(text)
    case nil: numbers += [-1, -1]
    }
  }
}

extension NameList {
  /// The index of a name of the list.
  func index(of name: String) -> Int {
    guard let index = id(of: name) else { preconditionFailure("a name that the list lacks") }
    return index
  }
}
