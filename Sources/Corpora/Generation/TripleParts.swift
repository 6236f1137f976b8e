/// Something of each part of a triple, such as its tokens or their places.
public struct TripleParts<Part> {
  /// What belongs to the head.
  public var head: Part
  /// What belongs to the tail.
  public var tail: Part
  /// What belongs to the relation.
  public var relation: Part

  /// Names the parts, in the order of target text.
  public init(head: Part, tail: Part, relation: Part) {
    (self.head, self.tail, self.relation) = (head, tail, relation)
  }
}

extension TripleParts: Equatable where Part: Equatable {}
extension TripleParts: Sendable where Part: Sendable {}
