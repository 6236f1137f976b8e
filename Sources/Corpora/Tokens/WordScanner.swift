/// Parts text at white space and around punctuation (Corpora/README.md, Tokens, which has the counts behind the
/// rules). What becomes of a word hangs on the word alone, so that a name is cut alike wherever it stands.
struct WordScanner {
  private let atoms: Atoms
  private var tokens: [Token] = []

  static func tokens(of text: String) -> [Token] {
    var scanner = WordScanner(atoms: Atoms(text))
    scanner.scan()
    return scanner.tokens
  }

  private init(atoms: Atoms) { self.atoms = atoms }

  private mutating func scan() {
    var start = 0
    while start < atoms.count {
      if atoms[start].kind == .space {
        start += 1
        continue
      }
      let end = end(from: start)
      // The word and its `n't` are found together.
      if let negation = negation(start..<end) {
        tokens.append(atoms.token(start..<negation))
        start = negation
      }
      tokens.append(atoms.token(start..<end))
      start = end
    }
  }

  private func end(from start: Int) -> Int {
    if atoms[start].isWord { return endOfWord(start) }
    return bracketEscape(start) ?? negativeNumber(start) ?? clitic(start) ?? run(start) ?? start + 1
  }
}

// MARK: - Words

extension WordScanner {
  private func endOfWord(_ start: Int) -> Int {
    if let end = initials(start) { return end }
    var end = start
    while true {
      while atoms.isWord(end) { end += 1 }
      guard let next = endOfConnector(end, wordFrom: start) else { break }
      end = next
    }
    return atoms.is(end, ".") && isAbbreviation(start..<end) ? end + 1 : end
  }

  /// The place behind a sign inside a word: `3.5`, `1,000`, `7:30`, `O'Neill`, `AT&T`.
  private func endOfConnector(_ index: Int, wordFrom start: Int) -> Int? {
    guard index > start, atoms.isWord(index + 1), let sign = Unicode.Scalar(atoms[safe: index])
    else { return nil }
    let (before, after) = (atoms[index - 1], atoms[index + 1])
    switch sign {
    case ".": return before.kind == .digit && after.kind == .digit ? index + 1 : nil
    case ",": return digits(index + 1) == 3 && digits(before: index) <= 3 ? index + 1 : nil
    case ":": return digits(index + 1) == 2 && before.kind == .digit ? index + 1 : nil
    case "'", "\u{2019}":
      let areLetters = before.kind == .letter && after.kind == .letter
      if areLetters && isNegation(index) { return index + 2 }
      return areLetters && clitic(index) == nil ? index + 1 : nil
    case "&": return isCapitals(start..<index) && isCapitals(afterSign(index)) ? index + 1 : nil
    default: return nil
    }
  }

  /// Whether a word is of one or two capital letters, as in `AT&T`.
  private func isCapitals(_ word: Range<Int>) -> Bool {
    (1...2).contains(word.count) && word.allSatisfy { atoms[$0].isUppercase }
  }

  /// The letters and digits behind a sign, three at most.
  private func afterSign(_ index: Int) -> Range<Int> {
    var end = index + 1
    while end < index + 4, atoms.isWord(end) { end += 1 }
    return index + 1..<end
  }

  /// The number of digits from `index` on, at most 4; 0 where letters are mixed in.
  private func digits(_ index: Int) -> Int {
    var end = index
    while end < index + 4, atoms.at(end)?.kind == .digit { end += 1 }
    return atoms.at(end)?.kind == .letter ? 0 : end - index
  }

  /// The number of digits up to `index`; more than any group where there is none.
  private func digits(before index: Int) -> Int {
    var start = index
    while start > index - 4, atoms.at(start - 1)?.kind == .digit { start -= 1 }
    return start == index || atoms.at(start - 1)?.kind == .letter ? .max : index - start
  }

  /// The end of `U.S.`, `F.C` or `J.`: letters with case that stand alone, a period between.
  private func initials(_ start: Int) -> Int? {
    var end = start
    while isLoneLetter(end), atoms.is(end + 1, ".") { end += 2 }
    let pairs = (end - start) / 2
    guard pairs > 0 else { return nil }
    if isLoneLetter(end), !atoms.is(end + 1, ".") { return end + 1 }
    return pairs > 1 || atoms[start].isUppercase ? end : nil
  }

  private func isLoneLetter(_ index: Int) -> Bool {
    guard let atom = atoms.at(index), atom.kind == .letter, atom.isCased else { return false }
    return !atoms.isWord(index + 1)
  }

  private func isAbbreviation(_ word: Range<Int>) -> Bool {
    word.count <= Abbreviations.longest && Abbreviations.all.contains(atoms.token(word).text)
  }
}

// MARK: - Signs

extension WordScanner {
  private func isApostrophe(_ index: Int) -> Bool {
    atoms.is(index, "'") || atoms.is(index, "\u{2019}")
  }

  private func isLetter(_ index: Int, _ lower: Unicode.Scalar) -> Bool {
    guard let scalar = atoms.at(index)?.scalar else { return false }
    return scalar == lower.value || scalar + 32 == lower.value
  }

  /// Whether the apostrophe at `index` is that of `n't`.
  private func isNegation(_ index: Int) -> Bool {
    isLetter(index - 1, "n") && isLetter(index + 1, "t") && !atoms.isWord(index + 2)
  }

  /// The place of the `n't` that ends a word, if there is a word before it.
  private func negation(_ word: Range<Int>) -> Int? {
    let apostrophe = word.upperBound - 2
    guard apostrophe - 1 > word.lowerBound, isApostrophe(apostrophe), isNegation(apostrophe) else {
      return nil
    }
    return apostrophe - 1
  }

  /// The end of `'s`, `'re`, `'ve`, `'ll`, `'d` or `'m` at `index`.
  private func clitic(_ index: Int) -> Int? {
    guard isApostrophe(index) else { return nil }
    for letters in Self.clitics {
      let end = index + 1 + letters.count
      guard !atoms.isWord(end), zip(index + 1..<end, letters).allSatisfy({ isLetter($0, $1) })
      else { continue }
      return follows(index, upTo: end) ? end : nil
    }
    return nil
  }

  /// Whether what stands at `index` belongs to a word before it, or to one that the text has parted from it.
  private func follows(_ index: Int, upTo end: Int) -> Bool {
    guard let before = atoms.at(index - 1), before.kind != .space else {
      return atoms.at(end).map { $0.kind == .space } ?? true
    }
    let opening: [Unicode.GeneralCategory] = [
      .openPunctuation, .initialPunctuation, .dashPunctuation,
    ]
    let scalar = Unicode.Scalar(before.scalar)
    return !opening.contains(scalar?.properties.generalCategory ?? .otherSymbol)
  }

  private static let clitics: [[Unicode.Scalar]] = [
    ["s"], ["r", "e"], ["v", "e"], ["l", "l"], ["d"], ["m"],
  ]

  /// The end of a bracket as the Penn Treebank writes it, `-LRB-`.
  private func bracketEscape(_ start: Int) -> Int? {
    guard atoms.is(start, "-"), atoms.is(start + 1, "L") || atoms.is(start + 1, "R"),
      atoms.is(start + 2, "R") || atoms.is(start + 2, "S") || atoms.is(start + 2, "C"),
      atoms.is(start + 3, "B"), atoms.is(start + 4, "-")
    else { return nil }
    return start + 5
  }

  /// The end of a number with its minus, where nothing stands before it that the minus could join.
  private func negativeNumber(_ start: Int) -> Int? {
    guard atoms.is(start, "-") || atoms.is(start, "\u{2212}"), atoms.at(start + 1)?.kind == .digit,
      start == 0 || atoms[start - 1].kind == .space || atoms.is(start - 1, "(")
        || atoms.is(start - 1, "[")
    else { return nil }
    return endOfWord(start + 1)
  }

  /// The end of a run that is one sign: `--`, `...`, and the quotes ` `` ` and `''`.
  private func run(_ start: Int) -> Int? {
    let scalar = atoms[start].scalar
    var end = start + 1
    switch Unicode.Scalar(scalar) {
    case "-", ".": while atoms.at(end)?.scalar == scalar { end += 1 }
    case "`", "'": if atoms.at(end)?.scalar == scalar { end += 1 }
    default: return nil
    }
    return end > start + 1 ? end : nil
  }
}

extension Atoms {
  /// The scalar at `index`; 0 outside the text and for an atom of several.
  fileprivate subscript(safe index: Int) -> UInt32 { at(index)?.scalar ?? 0 }
}
