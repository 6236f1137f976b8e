import Typesetting

/// Words that training lacks, text that is cut in two ways, and words that look alike.
enum WordCheck {
  static func section(_ splits: [CheckedSplit]) -> FindingSection {
    var findings: [Finding] = []
    if let training = splits.training {
      for split in splits.others {
        findings += [unknown(split, training.statistics)]
        findings += [cut(split, training.statistics)].compactMap { $0 }
      }
    }
    return FindingSection("words", (findings + [lookalikes(splits)]).filter { $0.count != 0 })
  }

  private static func unknown(_ split: CheckedSplit, _ training: CorpusStatistics) -> Finding {
    let words = split.statistics.words(outside: training)
      .sorted { ($1.count, $0.word) < ($0.count, $1.word) }
    let count = words.reduce(0) { $0 + $1.count }
    let isMuch = count * 10 >= split.statistics.tokens
    return Finding(
      isMuch ? .warning : .note, "words.unknown", in: split.name,
      "tokens whose word train lacks", count: count, of: split.statistics.tokens,
      Figures.plainCount(words.count, "word"),
      examples: words.lazy.map { "'\($0.word.value)' (\($0.count))" },
      remedy: isMuch
        ? "start from word vectors (data.vectors); model.extraVectors reads words that train lacks"
        : nil, values: ["words": Double(words.count)])
  }

  private static func cut(_ split: CheckedSplit, _ training: CorpusStatistics) -> Finding? {
    let (own, other) = (split.statistics.tokenization, training.tokenization)
    return own == other
      ? nil
      : Finding(
        .warning, "words.cut", in: split.name,
        "its text is cut at '\(own)', that of train at '\(other)'",
        remedy: "convert all splits with the same --tokenize")
  }

  /// Words of the same characters in other code points, such as é as one scalar and as two, over all splits.
  private static func lookalikes(_ splits: [CheckedSplit]) -> Finding {
    var forms: [String: Set<ExactString>] = [:]
    for word in splits.lazy.flatMap(\.statistics.vocabulary.keys)
    where !word.value.utf8.allSatisfy({ $0 < 0x80 }) {
      forms[word.value, default: []].insert(word)
    }
    let several = forms.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    return Finding(
      .warning, "words.lookalikes",
      "words in several forms of Unicode that look the same and count as different words",
      count: several.count,
      examples: several.map { forms in
        forms.map { $0.value.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }
          .joined(separator: ", ")
      }, remedy: "bring all text into one form, such as NFC, before conversion")
  }
}
