import Corpora
import Foundation

/// Corpora, pieces and word vectors: accepted sentences are written and read again as the same.
enum CorpusCheck {
  static func jsonLines(_ bytes: UnsafeRawBufferPointer) {
    put(bytes, "input")
    if let sentences = try? JSONLines.read("input") { requireSound(sentences) }
    check(.jsonl, way: way(bytes))
  }

  /// Reads the input in one of four ways, which its bytes choose: asks for its format, or converts it with bad
  /// records left out or refused, as words or as characters. What is taken must be sound.
  private static func check(
    _ format: CorpusFormat, words: String? = nil, relations: String? = nil, way: UInt8
  ) {
    var options = ConversionOptions()
    switch way % 4 {
    case 0: (options.skipsBad, options.tokenization) = (true, .words)
    case 1: (options.skipsBad, options.tokenization) = (true, .characters)
    case 2: break
    default:
      _ = try? CorpusFormat.recognised("input")
      return
    }
    let conversion = try? format.read(
      "input", words: words, relations: relations, options: options)
    guard let conversion else { return }
    requireSound(conversion.sentences)
    precondition(options.skipsBad || conversion.bad.count == 0)
    precondition(!conversion.report(output: "out").isEmpty)
    _ = conversion.warning
  }

  /// Tokens are the text at their offsets, ascending, and nothing but white space lies between them.
  static func tokens(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    let scalars = Array(text.unicodeScalars)
    for tokenization in Tokenization.allCases {
      let tokens = tokenization.tokens(of: text)
      var gaps: [Unicode.Scalar] = []
      var end = 0
      for token in tokens {
        precondition(!token.offset.isEmpty && token.offset.lowerBound >= end)
        precondition(token.text.unicodeScalars.elementsEqual(scalars[token.offset]))
        let hasSpace = token.text.unicodeScalars.contains(where: \.properties.isWhitespace)
        precondition(tokenization == .blanks || !hasSpace)
        gaps += scalars[end..<token.offset.lowerBound]
        end = token.offset.upperBound
      }
      gaps += scalars[end...]
      precondition(gaps.allSatisfy(\.properties.isWhitespace))
      precondition(tokenization.words(of: text).elementsEqual(tokens.map(\.text)))
    }
  }

  /// - Parameter format: its name behind `--from`. Of `tuples`, `brat` and `copyre` the input is two files, the
  ///   first zero byte between them; word and relation ids are those of a small list.
  static func published(_ format: String, _ bytes: UnsafeRawBufferPointer) {
    guard let reader = CorpusFormat(rawValue: format) else {
      preconditionFailure("no format \(format)")
    }
    switch reader {
    case .tuples:
      put(parts(bytes).0, "input.sent")
      put(parts(bytes).1, "input.tup")
      check(reader, way: way(bytes))
    case .brat:
      put(parts(bytes).0, "input.txt")
      put(parts(bytes).1, "input.ann")
      check(reader, way: way(bytes))
    case .copyre:
      put(parts(bytes).0, "input")
      put(parts(bytes).1, "names")
      check(reader, words: "names", relations: "names", way: way(bytes))
    default:
      put(bytes, "input")
      check(reader, way: way(bytes))
    }
  }

  /// The first part of the input is a vocabulary, the second a word. Its pieces are of the vocabulary, and spell it where
  /// none of them is unknown.
  static func pieces(_ bytes: UnsafeRawBufferPointer) {
    put(parts(bytes).0, "input")
    guard let vocabulary = try? PieceVocabulary.read("input") else { return }
    let word = String(decoding: parts(bytes).1, as: UTF8.self)
    for options in [WordPieceOptions(), WordPieceOptions(.uncased)] {
      for split in WordSplit.allCases {
        let pieces = WordPiece(vocabulary, options.splitting(at: split)).pieces(of: [word])
        precondition(pieces.ids.allSatisfy { 0..<vocabulary.count ~= Int($0) })
        precondition(pieces.words == pieces.ids.map { _ in 0 })
      }
    }
    let ids = WordPiece(vocabulary).ids(of: word)
    if ids.contains(vocabulary[.unknown]) || word.unicodeScalars.contains("#") { return }
    let spelled = vocabulary.words(of: ids).joined(separator: " ")
    let words = ExactString(word).words.map(\.value)
    precondition(ExactString(spelled) == ExactString(words.joined(separator: " ")))
  }

  static func vectors(_ bytes: UnsafeRawBufferPointer) {
    put(bytes, "input")
    // Each third word is left out.
    guard let vectors = try? WordVectors.read("input", keeping: { $0.utf8.count % 3 != 0 }) else {
      return
    }
    precondition(vectors.values.count == vectors.words.count * vectors.dimension)
    precondition(vectors.values.allSatisfy(\.isFinite))
    for (row, word) in vectors.words.enumerated() {
      let own = vectors.values[row * vectors.dimension..<(row + 1) * vectors.dimension]
      precondition(vectors.vector(of: word)?.values.elementsEqual(own) ?? false)
    }
  }

  private static func requireSound(_ sentences: [Sentence]) {
    precondition(!sentences.isEmpty)
    for sentence in sentences {
      let spans =
        sentence.entities.map(\.span)
        + sentence.triples.flatMap {
          [$0.head.span, $0.tail.span].compactMap { $0 }
        }
      precondition(spans.allSatisfy { $0.end < sentence.tokens.count })
      precondition(sentence.partsOfSpeech.map { $0.count == sentence.tokens.count } ?? true)
    }
    let text = sentences.map { JSONLines.line($0) + "\n" }.joined()
    guard let again = try? JSONLines.parse(Array(text.utf8), name: "written") else {
      preconditionFailure("cannot be read again: \(text)")
    }
    precondition(again.map(JSONLines.line) == sentences.map(JSONLines.line))
  }

  private static func way(_ bytes: UnsafeRawBufferPointer) -> UInt8 { bytes.reduce(0, &+) }

  private static func parts(
    _ bytes: UnsafeRawBufferPointer
  ) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer) {
    let end = bytes.firstIndex(of: 0) ?? bytes.count
    return (
      UnsafeRawBufferPointer(rebasing: bytes[..<end]),
      UnsafeRawBufferPointer(rebasing: bytes[min(end + 1, bytes.count)...])
    )
  }
}
