/// The triples and the entities of a training split, as hashes of their names.
///
/// A model's scores on what training had are told apart from those on what it had not, without the split.
public struct TrainingFacts: Hashable, Sendable {
  /// The hashes of the triples, rising, without repeats.
  public let triples: [UInt64]
  /// The hashes of their heads and tails, likewise.
  public let entities: [UInt64]

  /// The facts of a training split.
  public init(of sentences: [Sentence]) {
    var (triples, entities) = (Set<UInt64>(), Set<UInt64>())
    for sentence in sentences {
      for triple in sentence.triples {
        let (head, tail) = (sentence.text(of: triple.head), sentence.text(of: triple.tail))
        triples.insert(Self.hash([head, triple.relation, tail]))
        entities.formUnion([Self.hash([head]), Self.hash([tail])])
      }
    }
    self.init(triples: triples.sorted(), entities: entities.sorted())
  }

  /// Facts whose hashes are known.
  public init(triples: [UInt64], entities: [UInt64]) {
    (self.triples, self.entities) = (triples, entities)
  }

  /// Whether training had this relation between two entities of these names.
  public func hasTriple(head: String, relation: String, tail: String) -> Bool {
    triples.holds(Self.hash([head, relation, tail]))
  }

  /// Whether an entity of this name was the head or tail of a training triple.
  public func hasEntity(_ name: String) -> Bool { entities.holds(Self.hash([name])) }

  /// FNV-1a of the names in UTF-8, each with a zero byte behind it.
  private static func hash(_ names: [String]) -> UInt64 {
    names.reduce(0xCBF2_9CE4_8422_2325) { hash, name in
      name.utf8.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } &* 0x100_0000_01B3
    }
  }
}

extension [UInt64] {
  /// Whether a rising list has a number.
  fileprivate func holds(_ number: UInt64) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }
}
