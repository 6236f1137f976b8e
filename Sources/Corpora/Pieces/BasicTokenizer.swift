import Foundation

/// The steps before the look-up of pieces: cleaning, letters, and the places where a word is parted.
struct BasicTokenizer: Sendable {
  let options: WordPieceOptions

  /// The UTF-8 of a word as its pieces are looked up; blanks part it.
  func text(of word: String) -> [UInt8] {
    var word = word
    let plain = word.withUTF8 { bytes in
      bytes.allSatisfy { $0 < 0x80 } ? asciiText(bytes) : nil
    }
    return plain ?? Array(String(scalars(of: word)).utf8)
  }

  /// The words of a text as their pieces are looked up.
  func words(of text: String) -> [String] {
    self.text(of: text).split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What a text spells, so that two texts that differ in the cut of their words alone are equal.
  func key(_ text: String) -> ExactString {
    ExactString(words(of: text).joined(separator: options.blank))
  }

  private func asciiText(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + 4)
    for byte in bytes {
      let isCapital = options.casing.lowercases && 0x41...0x5A ~= byte
      switch Self.asciiRole(byte) {
      case _ where options.split == .blanks, .letter: text.append(isCapital ? byte | 0x20 : byte)
      case .blank: text.append(0x20)
      case .control: break
      case .sign: text += [0x20, byte, 0x20]
      }
    }
    return text
  }

  private func scalars(of word: String) -> String.UnicodeScalarView {
    var scalars = word.unicodeScalars
    if options.split == .punctuation { scalars = cleaned(scalars) }
    if options.casing.stripsAccents {
      let parts = String(scalars).decomposedStringWithCanonicalMapping.unicodeScalars
      scalars = .init(parts.filter { $0.properties.generalCategory != .nonspacingMark })
    }
    if options.casing.lowercases {
      scalars = .init(scalars.flatMap { $0.properties.lowercaseMapping.unicodeScalars })
    }
    return options.split == .punctuation ? parted(scalars) { Self.role($0) == .sign } : scalars
  }

  /// Without control characters; white space is a blank, and blanks stand around CJK characters.
  private func cleaned(_ scalars: String.UnicodeScalarView) -> String.UnicodeScalarView {
    let kept = scalars.compactMap { scalar -> Unicode.Scalar? in
      switch Self.role(scalar) {
      case .blank: " "
      case .control: nil
      case .letter, .sign: scalar
      }
    }
    return parted(.init(kept), around: Self.isCJK)
  }

  private func parted(
    _ scalars: String.UnicodeScalarView, around isAlone: (Unicode.Scalar) -> Bool
  ) -> String.UnicodeScalarView {
    .init(scalars.flatMap { isAlone($0) ? [" ", $0, " "] : [$0] })
  }
}

extension BasicTokenizer {
  private enum Role { case letter, blank, control, sign }

  private static func asciiRole(_ byte: UInt8) -> Role {
    switch byte {
    case 0x09, 0x0A, 0x0D, 0x20: .blank
    case 0x00..<0x20, 0x7F: .control
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: .sign
    default: .letter
    }
  }

  /// The role of a character by its category in Unicode; every ASCII sign is punctuation.
  private static func role(_ scalar: Unicode.Scalar) -> Role {
    if scalar.isASCII { return asciiRole(UInt8(scalar.value)) }
    if scalar.value == 0xFFFD { return .control }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned: return .control
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return .sign
    default: return scalar.properties.isWhitespace ? .blank : .letter
    }
  }

  /// Whether a character is in the blocks of ideographs that BERT parts.
  private static func isCJK(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
      0x2B740...0x2B81F, 0x2B820...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
