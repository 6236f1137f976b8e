/// The smallest piece of a text that a tokeniser moves: a character as readers see it, with its marks, or an
/// emoji of many scalars.
struct Atom {
  enum Kind { case space, letter, digit, symbol }

  let start: String.Index
  /// The place in the text, in scalars.
  let offset: Int
  let kind: Kind
  /// The scalar, or 0 for an atom of several.
  let scalar: UInt32
  /// Whether the first scalar is of a script with upper and lower case.
  let isCased: Bool

  var isWord: Bool { kind == .letter || kind == .digit }
  var isUppercase: Bool { Unicode.Scalar(scalar)?.properties.isUppercase ?? false }
}

/// The atoms of a text, without gap.
struct Atoms {
  let text: String
  private let atoms: [Atom]
  private let scalars: Int

  init(_ text: String) {
    self.text = text
    var atoms: [Atom] = []
    atoms.reserveCapacity(text.utf8.count)
    var offset = 0
    for index in text.indices {
      let cluster = text[index].unicodeScalars
      if cluster.count > 1, cluster.contains(where: \.properties.isWhitespace) {
        // A mark on a blank, or the end of a Windows line: the blank parts words, the mark stays.
        var inner = index
        for scalar in cluster {
          atoms.append(Atom(scalar, at: inner, offset, isAlone: true))
          inner = text.unicodeScalars.index(after: inner)
          offset += 1
        }
      } else if let first = cluster.first {
        atoms.append(Atom(first, at: index, offset, isAlone: cluster.count == 1))
        offset += cluster.count
      }
    }
    (self.atoms, scalars) = (atoms, offset)
  }

  var count: Int { atoms.count }
  subscript(index: Int) -> Atom { atoms[index] }

  /// The atom at `index`; `nil` outside the text.
  func at(_ index: Int) -> Atom? { atoms.indices.contains(index) ? atoms[index] : nil }

  /// Whether a letter or digit stands at `index`.
  func isWord(_ index: Int) -> Bool { at(index)?.isWord ?? false }

  /// Whether the atom at `index` is that scalar alone.
  func `is`(_ index: Int, _ scalar: Unicode.Scalar) -> Bool { at(index)?.scalar == scalar.value }

  func token(_ range: Range<Int>) -> Token {
    let end = at(range.upperBound)
    let first = atoms[range.lowerBound]
    return Token(
      text: String(text.unicodeScalars[first.start..<(end?.start ?? text.endIndex)]),
      offset: first.offset..<(end?.offset ?? scalars))
  }
}

extension Atom {
  fileprivate init(
    _ scalar: Unicode.Scalar, at start: String.Index, _ offset: Int, isAlone: Bool
  ) {
    (self.start, self.offset) = (start, offset)
    self.scalar = isAlone ? scalar.value : 0
    kind = Self.kind(scalar)
    isCased = scalar.properties.isCased
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.isASCII {
      switch scalar {
      case "a"..."z", "A"..."Z": return .letter
      case "0"..."9": return .digit
      case " ", "\t"..."\r": return .space
      default: return .symbol
      }
    }
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .decimalNumber: return .digit
    case .nonspacingMark, .spacingMark, .letterNumber, .otherNumber: return .letter
    default:
      let isSoftHyphen = scalar == "\u{AD}"
      return scalar.properties.isAlphabetic || isSoftHyphen ? .letter : .symbol
    }
  }
}
