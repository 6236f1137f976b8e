/// What a model extracts from one sentence.
public struct Prediction: Hashable, Sendable {
  /// A decoded group of slots. A slot that the decoder left empty (NA) is `nil`; a group with any
  /// empty slot counts as a wrong prediction and is not an extracted fact (models.md D25).
  public struct Group: Hashable, Sendable {
    /// A span, or a string where the model writes its entities.
    public var head: Argument?
    /// The relation's name.
    public var relation: String?
    /// A span or a string, as ``head``.
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

    /// Whether no slot is empty.
    public var isComplete: Bool { head != nil && relation != nil && tail != nil }
    /// Whether every slot is empty.
    public var isEmpty: Bool { head == nil && relation == nil && tail == nil }
  }

  /// The groups of a sentence that are kept, at most: a model that has learnt little may find a fact in every
  /// pair of tokens.
  public static let mostGroups = 1000

  /// In decoding order, without repeats, without groups that are wholly empty, and at most ``mostGroups``.
  public private(set) var groups: [Group] = []
  /// Whether there were more groups than are kept.
  public private(set) var isCut = false
  /// The entities that the model names, with types where it knows them; `nil` where it names entities only in
  /// its groups.
  public var entities: [EntityMention]?
  /// One tag per token, where the model has a tagging task.
  public var tags: [BIO]?
  private var seen: Set<Group> = []

  /// Makes a prediction; repeats and empty groups are dropped.
  public init(
    groups: [Group] = [], entities: [EntityMention]? = nil, tags: [BIO]? = nil
  ) {
    self.entities = entities
    self.tags = tags
    for group in groups where !append(group) { break }
  }

  /// Adds a group unless it is empty or there already.
  ///
  /// - Returns: whether more groups can be added; a decoder may stop where not.
  @discardableResult
  public mutating func append(_ group: Group) -> Bool {
    guard !group.isEmpty, !seen.contains(group) else { return !isCut }
    guard groups.count < Self.mostGroups else {
      isCut = true
      return false
    }
    seen.insert(group)
    groups.append(group)
    return true
  }

  /// The facts: groups without an empty slot.
  public var triples: [Triple] {
    groups.compactMap { group in
      guard let head = group.head, let relation = group.relation, let tail = group.tail else {
        return nil
      }
      return Triple(head: head, relation: relation, tail: tail)
    }
  }
}
