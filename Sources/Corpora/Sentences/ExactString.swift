/// A string that is compared by its code units. Swift's own comparison takes `é` in one code point and in
/// two for the same string; a vocabulary must tell them apart.
public struct ExactString: Hashable, Comparable, Sendable {
  /// The string as it was given.
  public let value: String

  /// Wraps `value`.
  public init(_ value: String) { self.value = value }

  /// The words between blanks; two adjacent blanks have no word between them.
  public var words: [ExactString] {
    value.unicodeScalars.split(separator: " ").map { ExactString(String($0)) }
  }

  /// Whether the UTF-8 code units are the same.
  public static func == (a: ExactString, b: ExactString) -> Bool {
    a.value.utf8.elementsEqual(b.value.utf8)
  }

  /// Orders by UTF-8 code units, which is the order of code points.
  public static func < (a: ExactString, b: ExactString) -> Bool {
    a.value.utf8.lexicographicallyPrecedes(b.value.utf8)
  }

  /// Feeds the UTF-8 code units.
  public func hash(into hasher: inout Hasher) {
    var copy = value
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// A head or tail as annotated, compared by place or, where it has none, by code units.
enum ExactArgument: Hashable {
  case span(Span)
  case text(ExactString)

  init(_ argument: Argument) {
    switch argument {
    case .span(let span): self = .span(span)
    case .text(let text): self = .text(ExactString(text))
    }
  }
}

/// A triple as annotated, compared by place or code units.
struct ExactTriple: Hashable {
  let head: ExactArgument
  let relation: ExactString
  let tail: ExactArgument

  init(_ triple: Triple) {
    head = ExactArgument(triple.head)
    relation = ExactString(triple.relation)
    tail = ExactArgument(triple.tail)
  }
}

extension Sequence {
  /// The elements whose key did not occur before.
  package func distinct<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
    var seen: Set<Key> = []
    return filter { seen.insert(key($0)).inserted }
  }
}
