/// The words of a sentence by their pieces, in which generated entities are looked for
/// (Models/Generative/README.md 7.1).
public struct SourceWords: Sendable {
  private let sentence: Sentence
  private let pieces: PieceSequence
  private let tokenizer: WordPiece
  /// What the pieces of each word spell.
  private let keys: [String]

  /// Prepares a sentence.
  ///
  /// - Parameter pieces: the pieces of the words that the model reads.
  public init(_ sentence: Sentence, _ pieces: PieceSequence, _ tokenizer: WordPiece) {
    (self.sentence, self.pieces, self.tokenizer) = (sentence, pieces, tokenizer)
    var ids = [[Int32]](repeating: [], count: sentence.tokens.count)
    for (id, word) in zip(pieces.ids, pieces.words) { ids[Int(word)].append(id) }
    keys = ids.map { tokenizer.key($0).value }
  }

  /// The entity that pieces spell: the first run of words that spells the same; or else a run of pieces within words,
  /// with blanks where the sentence has them; or else the pieces' own words, joined by blanks.
  public func argument(of ids: ArraySlice<Int32>) -> Argument? {
    if let span = span(spelling: tokenizer.key(ids)) { return .span(span) }
    let text = runText(of: ids) ?? tokenizer.vocabulary.words(of: ids).joined(separator: " ")
    return .text(text)
  }

  private func span(spelling key: ExactString) -> Span? {
    let wanted = Array(key.value.utf8)
    let blank = tokenizer.blank.utf8
    for start in keys.indices where !keys[start].isEmpty {
      var (found, end): ([UInt8], Int) = ([], start)
      while end < keys.count, found.count < wanted.count {
        if !found.isEmpty && !keys[end].isEmpty { found += blank }
        found += keys[end].utf8
        end += 1
      }
      if found == wanted { return Span(start, end - 1) }
    }
    return nil
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
