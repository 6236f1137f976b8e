/// The triples of a training split, by their names, and the names' places in other sentences: what a memory
/// without any model finds. Names are compared as exact matches compare them (Evaluation/README.md 9.1).
public struct FactMemory: Sendable {
  /// A triple by its names.
  public struct Fact: Hashable, Sendable {
    /// The text of the head.
    public let head: ExactString
    /// The relation's name.
    public let relation: ExactString
    /// The text of the tail.
    public let tail: ExactString
  }

  /// The relations of each head and tail.
  private var relations: [ExactString: [ExactString: Set<ExactString>]] = [:]
  private var names = NameTree()

  /// Remembers the triples of a split.
  public init(_ training: [Sentence]) {
    for fact in training.lazy.flatMap({ $0.facts }) {
      names.insert(fact.head)
      names.insert(fact.tail)
      relations[fact.head, default: [:]][fact.tail, default: []].insert(fact.relation)
    }
  }

  /// Whether training has the triple, in any sentence.
  public func contains(_ fact: Fact) -> Bool {
    relations[fact.head]?[fact.tail]?.contains(fact.relation) ?? false
  }

  /// All triples of training whose two names the tokens hold.
  public func facts(in sentence: Sentence) -> Set<Fact> {
    let held = names.names(in: sentence.tokens)
    var facts: Set<Fact> = []
    func add(_ head: ExactString, _ tail: ExactString, _ relations: Set<ExactString>) {
      for relation in relations { facts.insert(Fact(head: head, relation: relation, tail: tail)) }
    }
    for head in held {
      let tails = relations[head] ?? [:]
      // The shorter of the two lists is gone through.
      if tails.count < held.count {
        for (tail, relations) in tails where held.contains(tail) { add(head, tail, relations) }
      } else {
        for tail in held { add(head, tail, tails[tail] ?? []) }
      }
    }
    return facts
  }
}

extension Sentence {
  /// The triples by their names, each once.
  public var facts: Set<FactMemory.Fact> {
    Set(
      triples.map { triple in
        FactMemory.Fact(
          head: ExactString(text(of: triple.head)), relation: ExactString(triple.relation),
          tail: ExactString(text(of: triple.tail)))
      })
  }
}

/// Names as paths of tokens from one root: all names in a sentence are found in one pass.
private struct NameTree: Sendable {
  private struct Step: Hashable {
    let node: Int
    let token: ExactString
  }

  private var children: [Step: Int] = [:]
  /// The name that ends at each node, if one does.
  private var ends: [ExactString?] = [nil]

  /// Adds a name. Tokens are parted by one blank, as texts of spans are.
  mutating func insert(_ name: ExactString) {
    var node = 0
    for token in name.value.parts(between: " ") {
      let step = Step(node: node, token: ExactString(token))
      if let next = children[step] {
        node = next
      } else {
        node = ends.count
        children[step] = node
        ends.append(nil)
      }
    }
    ends[node] = name
  }

  /// The names that some tokens hold.
  func names(in tokens: [String]) -> Set<ExactString> {
    let tokens = tokens.map { ExactString($0) }
    var found: Set<ExactString> = []
    for start in tokens.indices {
      var node = 0
      for token in tokens[start...] {
        guard let next = children[Step(node: node, token: token)] else { break }
        node = next
        if let name = ends[node] { found.insert(name) }
      }
    }
    return found
  }
}
