/// The words of a sentence by their pieces, in which generated entities are looked for
/// (Models/Generative/README.md 7.1).
public struct SourceWords: Sendable {
  private let sentence: Sentence
  private let pieces: PieceSequence
  private let tokenizer: WordPiece
  /// The pieces of each word.
  private let ids: [[Int32]]
  /// What the pieces of each word spell.
  private let keys: [String]
  /// Names that the sentence may lack, by what their pieces spell.
  private let names: [ExactString: String]

  /// Prepares a sentence.
  ///
  /// - Parameter pieces: the pieces of the words that the model reads.
  init(
    _ sentence: Sentence, _ pieces: PieceSequence, _ tokenizer: WordPiece,
    names: [ExactString: String] = [:]
  ) {
    (self.sentence, self.pieces, self.tokenizer) = (sentence, pieces, tokenizer)
    self.names = names
    var ids = [[Int32]](repeating: [], count: sentence.tokens.count)
    for (id, word) in zip(pieces.ids, pieces.words) { ids[Int(word)].append(id) }
    self.ids = ids
    keys = ids.map { tokenizer.key($0).value }
  }

  /// The entity that pieces spell: the first run of words that has these pieces; or else the first that spells the same;
  /// or else a name that does; or else a run of pieces within words, with blanks where the sentence has them; or else the
  /// pieces' own words, joined by blanks.
  public func argument(of ids: ArraySlice<Int32>) -> Argument? {
    if let span = span(of: ids) { return .span(span) }
    let text =
      names[tokenizer.key(ids)] ?? runText(of: ids)
      ?? tokenizer.vocabulary.words(of: ids).joined(separator: " ")
    return .text(text)
  }

  /// The name that is read where its own pieces are written.
  public func name(afterWriting name: String) -> (text: String, span: Span?)? {
    argument(of: tokenizer.ids(of: name)[...]).map { (sentence.text(of: $0), $0.span) }
  }

  private func span(of wanted: ArraySlice<Int32>) -> Span? {
    let key = Array(tokenizer.key(wanted).value.utf8)
    var alike: Span?
    for start in keys.indices where !keys[start].isEmpty && key.starts(with: keys[start].utf8) {
      var (found, end): ([UInt8], Int) = ([], start)
      while end < keys.count, found.count < key.count {
        if !found.isEmpty && !keys[end].isEmpty { found += tokenizer.options.blank.utf8 }
        found += keys[end].utf8
        end += 1
      }
      guard found == key else { continue }
      let span = Span(start, end - 1)
      if ids[span.range].joined().elementsEqual(wanted) { return span }
      alike = alike ?? span
    }
    return alike
  }

  /// The text of the first run of the source that is these pieces: pieces of one word are joined.
  private func runText(of ids: ArraySlice<Int32>) -> String? {
    guard let start = CommonRuns.first(of: ids, in: pieces.ids) else { return nil }
    let words = pieces.words[start...]
    var texts: [[Int32]] = []
    for (index, id) in zip(words.indices, ids) {
      if index > start, words[index] == words[index - 1] {
        texts[texts.count - 1].append(id)
      } else {
        texts.append([id])
      }
    }
    return texts.map { tokenizer.vocabulary.words(of: $0).joined() }.joined(separator: " ")
  }
}
