/// Tokens with characters that no reader sees, or that stand for lost ones.
enum CharacterCheck {
  static func section(_ splits: [CheckedSplit]) -> FindingSection {
    FindingSection(
      "odd characters",
      splits.flatMap { split in Oddity.allCases.map { finding($0, in: split) } }
        .filter { $0.count != 0 })
  }

  private enum Oddity: String, CaseIterable {
    case replacement, control, mark, invisible, space

    init?(_ scalar: Unicode.Scalar) {
      switch scalar.value {
      case ..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: self = .control
      // These two shape letters and emoji.
      case 0x20..<0x7F, 0x200C, 0x200D: return nil
      case 0xFFFD: self = .replacement
      case 0xFEFF: self = .mark
      case _ where scalar.properties.generalCategory == .format: self = .invisible
      case _ where scalar.properties.isWhitespace: self = .space
      default: return nil
      }
    }

    var label: String {
      switch self {
      case .replacement: "tokens with U+FFFD, which stands for bytes that were lost"
      case .control: "tokens with a control character or a line end"
      case .mark: "tokens with a byte order mark, U+FEFF"
      case .invisible: "tokens with an invisible character"
      case .space: "tokens with a blank of another kind, such as U+00A0"
      }
    }

    var remedy: String {
      switch self {
      case .replacement: "convert the source from its own encoding once more"
      case .control, .mark, .invisible: "take the characters out of the source"
      case .space: "make plain blanks of them in the source, unless they belong to the words"
      }
    }
  }

  private static func finding(_ oddity: Oddity, in split: CheckedSplit) -> Finding {
    let odd = split.statistics.vocabulary.filter { word in
      word.key.value.unicodeScalars.contains { Oddity($0) == oddity }
    }
    let count = odd.values.reduce(0, +)
    return Finding(
      oddity == .invisible || oddity == .space ? .note : .warning, "characters.\(oddity)",
      in: split.name, oddity.label, count: count, of: split.statistics.tokens,
      examples: odd.isEmpty ? [] : places(of: Set(odd.keys), in: split), remedy: oddity.remedy)
  }

  /// The first places of some words.
  private static func places(of words: Set<ExactString>, in split: CheckedSplit) -> [String] {
    let all = split.sentences.indices.lazy.flatMap { index in
      split.sentences[index].tokens.lazy.filter { words.contains(ExactString($0)) }
        .map { "\(split.place(index)): '\(visible($0))'" }
    }
    return Array(all.prefix(Finding.named))
  }

  private static func visible(_ token: String) -> String {
    token.unicodeScalars.map { Oddity($0) == nil ? String($0) : $0.escaped(asASCII: true) }.joined()
  }
}
