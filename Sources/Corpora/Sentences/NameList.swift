/// Names with their indices as ids, compared by code units.
public struct NameList: Sendable {
  /// The names, in the order of their ids.
  public let names: [String]
  private let ids: [ExactString: Int]

  /// Makes a list; the id of a repeated name is its first index.
  public init(_ names: [String]) {
    self.names = names
    ids = Dictionary(
      names.enumerated().map { (ExactString($1), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The number of names.
  public var count: Int { names.count }

  /// The id of a name; `nil` if the list lacks it.
  public func id(of name: String) -> Int? { ids[ExactString(name)] }

  /// The name of an id.
  public subscript(id: Int) -> String { names[id] }

  /// Whether any name occurs more than once.
  public var hasRepeats: Bool { ids.count < names.count }

  /// Whether both lists hold the same names in the same order.
  public func matches(_ other: NameList) -> Bool {
    names.elementsEqual(other.names) { ExactString($0) == ExactString($1) }
  }
}
