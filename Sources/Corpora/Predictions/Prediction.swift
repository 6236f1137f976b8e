import Typesetting

/// A model's output for one sentence.
public struct Prediction: Hashable, Sendable {
  /// A decoded group of slots; `nil` is an empty slot (NA). A group with an empty slot counts as a wrong
  /// prediction and is no extracted fact (Models/README.md D25).
  public struct Group: Hashable, Sendable {
    /// A span, or text from a model that generates entities.
    public var head: Argument?
    /// The relation's name.
    public var relation: String?
    /// A span or text, like ``head``.
    public var tail: Argument?

    /// Makes a group of spans.
    public init(head: Span?, relation: String?, tail: Span?) {
      self.init(head: head.map(Argument.span), relation: relation, tail: tail.map(Argument.span))
    }

    /// Makes a group of arguments of either kind.
    @_disfavoredOverload
    public init(head: Argument?, relation: String?, tail: Argument?) {
      self.head = head
      self.relation = relation
      self.tail = tail
    }

    /// The fact, where no slot is empty.
    public var triple: Triple? {
      guard let head, let relation, let tail else { return nil }
      return Triple(head: head, relation: relation, tail: tail)
    }
    /// Whether no slot is empty.
    public var isComplete: Bool { head != nil && relation != nil && tail != nil }
    /// Whether every slot is empty.
    public var isEmpty: Bool { head == nil && relation == nil && tail == nil }
  }

  /// The largest number of groups for a sentence: a model early in training may predict a fact for every
  /// pair of tokens.
  public static let mostGroups = 1000

  /// The groups in decoding order, without repeats and empty groups, at most ``mostGroups``.
  public private(set) var groups: [Group] = []
  /// The probability of each group, in the order of ``groups``; empty for a system that gives none.
  public private(set) var scores: [Float] = []
  /// Whether groups beyond ``mostGroups`` were dropped.
  public private(set) var isCut = false
  /// The predicted entities, with types if the model predicts types; `nil` for models without separate
  /// entity output.
  public var entities: [EntityMention]?
  /// The tags of untyped or typed entities; `nil` for models without tagger.
  public var tags: Tags?
  /// The place of each group in ``groups``.
  private var places: [Group: Int] = [:]

  /// Makes a prediction; repeats and empty groups are dropped.
  public init(
    groups: [Group] = [], entities: [EntityMention]? = nil, tags: Tags? = nil
  ) {
    self.entities = entities
    self.tags = tags
    for group in groups where !append(group) { break }
  }

  /// Adds a group, unless it is empty or a repeat; the larger score of a repeat holds.
  ///
  /// - Parameter score: the group's probability. A system gives one for every group or for none.
  /// - Returns: whether the prediction accepts more groups; a decoder may stop otherwise.
  @discardableResult
  public mutating func append(_ group: Group, score: Float? = nil) -> Bool {
    if group.isEmpty { return !isCut }
    if let place = places[group] {
      if let score { scores[place] = max(scores[place], score) }
      return !isCut
    }
    guard groups.count < Self.mostGroups else {
      isCut = true
      return false
    }
    places[group] = groups.count
    groups.append(group)
    if let score { scores.append(score) }
    return true
  }

  /// Changes every score.
  public mutating func mapScores(_ change: (Float) -> Float) { scores = scores.map(change) }

  /// The prediction without groups of a probability below `least`.
  ///
  /// - Precondition: the system gives probabilities.
  public func keeping(from least: Float) -> Prediction {
    precondition(scores.count == groups.count, "groups without a probability")
    var kept = self
    let left = groups.indices.filter { scores[$0] >= least }
    (kept.groups, kept.scores) = (left.map { groups[$0] }, left.map { scores[$0] })
    kept.places = Dictionary(uniqueKeysWithValues: zip(kept.groups, kept.groups.indices))
    return kept
  }

  /// A warning about sentences with more groups than are kept, if there are any.
  ///
  /// - Parameter name: the file of the sentences.
  public static func cutWarning(_ count: Int, in name: String) -> String? {
    count == 0
      ? nil
      : "\(name): of \(Figures.count(count, "sentence")) only the first \(mostGroups) predicted groups "
        + "are kept"
  }

  /// The facts: groups without an empty slot.
  public var triples: [Triple] { groups.compactMap(\.triple) }

  /// The probability of each of ``triples``; empty for a system that gives none.
  public var tripleScores: [Float] {
    zip(groups, scores).compactMap { $0.isComplete ? $1 : nil }
  }
}
