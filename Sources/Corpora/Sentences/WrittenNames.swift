/// The heads and tails that a model writes as text, whether the tokens hold them or not.
public struct WrittenNames: Sendable {
  /// Why a name, or a relation, is not taught.
  public enum Fault: Sendable {
    /// It holds a word that parts names in the output.
    case separator
    /// Nothing of it is left to write.
    case empty
  }

  /// Words that no head, tail or relation has, since they part them in the output.
  public let separators: [String]
  /// Whether a triple may have one name as head and tail.
  public var keepsSelfTriples = true
  private let faultOfName: @Sendable (String) -> Fault?
  private let faultOfRelation: @Sendable (String) -> Fault?
  private let canSpell: @Sendable (String) -> Bool
  private let isReadBack: @Sendable (String) -> Bool

  /// Makes the names of a model.
  ///
  /// - Parameters:
  ///   - fault: what keeps a name from being taught.
  ///   - relationFault: what keeps a relation from being taught; by default nothing does.
  ///   - canSpell: whether the model can write a name that is taught.
  ///   - isReadBack: whether a name that it writes is read as it was; by default all are.
  public init(
    separators: [String], fault: @escaping @Sendable (String) -> Fault?,
    relationFault: @escaping @Sendable (String) -> Fault? = { _ in nil },
    canSpell: @escaping @Sendable (String) -> Bool,
    isReadBack: @escaping @Sendable (String) -> Bool = { _ in true }
  ) {
    (self.separators, self.canSpell, self.isReadBack) = (separators, canSpell, isReadBack)
    (faultOfName, faultOfRelation) = (fault, relationFault)
  }

  /// What keeps a name from being taught.
  public func fault(ofName name: String) -> Fault? { faultOfName(name) }

  /// What keeps triples of a relation from being taught.
  public func fault(ofRelation relation: String) -> Fault? { faultOfRelation(relation) }

  /// Whether a name can be in an output.
  public func contains(_ name: String) -> Bool { mayHold(name) && isReadBack(name) }

  /// Whether a name in an output may have this word, or these words, among others.
  public func mayHold(_ words: String) -> Bool { fault(ofName: words) == nil && canSpell(words) }

  /// Whether a name of these words can be in an output.
  public func contains(_ words: some Sequence<ExactString>) -> Bool {
    contains(words.map(\.value).joined(separator: " "))
  }
}
