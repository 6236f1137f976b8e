/// Parts text of scripts that write no blanks between words.
enum CharacterScanner {
  static func tokens(of text: String) -> [Token] {
    let atoms = Atoms(text)
    var tokens: [Token] = []
    var start = 0
    while start < atoms.count {
      var end = start + 1
      if isOfRun(atoms[start]) {
        while end < atoms.count && isOfRun(atoms[end]) { end += 1 }
      }
      if atoms[start].kind != .space { tokens.append(atoms.token(start..<end)) }
      start = end
    }
    return tokens
  }

  /// Latin letters, those of other scripts with case, and digits, full-width ones too.
  private static func isOfRun(_ atom: Atom) -> Bool {
    atom.kind == .digit || (atom.kind == .letter && atom.isCased)
  }
}
