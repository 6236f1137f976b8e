/// Finds the entities of a target text in its source, and labels both sides with B, I and O
/// (Models/Generative/README.md 7.3).
public enum CommonRuns {
  /// The occurrences of an entity that are labelled in the source.
  public enum Occurrences: String, CaseIterable, Sendable, Codable {
    /// The first one.
    case first
    /// All, from left to right.
    case all
  }

  /// Labels source and target, each token with a tag of ``TagScheme/bio``.
  ///
  /// An entity is labelled where it stands in the source as one run. One that does not is labelled at its longest
  /// common subsequence with the source; where they share no token, it is O on both sides. Longer entities are labelled
  /// first, of equal ones that with the first place in the source. One that touches a labelled token of the source is
  /// skipped there.
  ///
  /// - Parameters:
  ///   - source: the tokens of the source.
  ///   - target: the target text, with the places of its entities.
  ///   - occurrences: those that are labelled of an entity that is a run of the source.
  public static func labels<Token>(
    source: [Token], target: TargetTokens<Token>, occurrences: Occurrences = .first
  ) -> (source: Tags, target: Tags) {
    var labels = (
      source: Tags(of: [Span](), count: source.count, .bio),
      target: Tags(of: [Span](), count: target.tokens.count, .bio)
    )
    let entities = target.entities.map { target.tokens[$0] }
    let found = entities.distinct(by: { Array($0) }).map { entity in
      (entity: entity, places: places(of: entity, in: source, occurrences))
    }.filter { !$0.places.isEmpty }
    let order = found.enumerated().sorted { a, b in
      let (x, y) = (a.element, b.element)
      return (y.entity.count, x.places[0][0], a.offset) < (x.entity.count, y.places[0][0], b.offset)
    }
    for places in order.flatMap(\.element.places) { labels.source.writeRuns(at: places) }
    let labelled = Set(found.map { Array($0.entity) })
    for (entity, range) in zip(entities, target.entities) where labelled.contains(Array(entity)) {
      labels.target.write(TaggedSpan(Span(range.lowerBound, range.upperBound - 1)))
    }
    return labels
  }

  /// The places of an entity's tokens in the source, ascending: its runs, or else one common subsequence; none where
  /// they share no token.
  private static func places<Token: Hashable>(
    of entity: ArraySlice<Token>, in source: [Token], _ occurrences: Occurrences
  ) -> [[Int]] {
    guard let first = first(of: entity, in: source) else {
      let common = CommonSubsequence(of: entity, in: source).places
      return common.isEmpty ? [] : [common]
    }
    let starts =
      switch occurrences {
      case .first: [first]
      case .all:
        (first...source.count - entity.count).filter { source[$0...].starts(with: entity) }
      }
    return starts.map { Array($0..<$0 + entity.count) }
  }

  /// Where the first run of the source that is `entity` starts; `nil` where there is none, or no token is wanted.
  public static func first<Token: Equatable>(of entity: ArraySlice<Token>, in source: [Token])
    -> Int?
  {
    guard !entity.isEmpty, entity.count <= source.count else { return nil }
    return (0...source.count - entity.count).first { source[$0...].starts(with: entity) }
  }
}

extension Tags {
  /// Labels an entity's tokens, each run of them from B on, unless one of them is labelled.
  ///
  /// - Parameter places: the tokens, ascending.
  fileprivate mutating func writeRuns(at places: [Int]) {
    guard places.allSatisfy({ values[$0] == TagScheme.outside }) else { return }
    var start = 0
    for index in places.indices {
      let isLast = index + 1 == places.count || places[index + 1] > places[index] + 1
      if !isLast { continue }
      write(TaggedSpan(Span(places[start], places[index])))
      start = index + 1
    }
  }
}
