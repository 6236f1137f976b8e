/// A string compared by code units. Swift's `String` equates composed and decomposed forms of `é`; a
/// vocabulary must keep them apart.
public struct ExactString: Hashable, Comparable, Sendable {
  /// The original string.
  public let value: String

  /// Wraps `value`.
  public init(_ value: String) { self.value = value }

  /// The words of the string, split at blanks, without empty words.
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

  /// Hashes the UTF-8 code units.
  public func hash(into hasher: inout Hasher) {
    var copy = value
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// A head or tail, compared by span, or by code units if it has no span.
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

/// A triple, compared by the spans or code units of its arguments.
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

extension Sentence {
  /// The triples without repeats, compared by span or text.
  package var distinctTriples: [Triple] { triples.distinct(by: ExactTriple.init) }
}

extension Sequence {
  /// The first element of each key, in order.
  package func distinct<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
    var seen: Set<Key> = []
    return filter { seen.insert(key($0)).inserted }
  }
}

extension String {
  /// The parts between separators, compared by code units: a combining character hides no separator.
  func parts(between separator: Unicode.Scalar) -> [String] {
    unicodeScalars.split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
  }
}
