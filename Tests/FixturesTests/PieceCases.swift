import Corpora
import Foundation
import TestSupport
import Testing

/// Texts and the ids of their pieces in BERT's vocabularies, a line each: `text`, or a record of a shared corpus.
struct PieceCase: Decodable {
  let text: String?
  let file: String?
  let index: Int?
  /// The number of pieces of each word, split at blanks and with punctuation.
  let words: [Int]?
  let partedWords: [Int]?
  /// Ids by treatment of letters and split.
  let ids: [String: [Int32]]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    func value<T: Decodable>(_ name: String) throws -> T? {
      try values.decodeIfPresent(T.self, forKey: Key(stringValue: name))
    }
    (text, file, index) = (try value("text"), try value("file"), try value("index"))
    (words, partedWords) = (try value("words"), try value("words_punct"))
    let names = values.allKeys.map(\.stringValue).filter(PieceTokenizers.names.contains)
    ids = try Dictionary(uniqueKeysWithValues: names.map { ($0, try value($0) ?? []) })
  }

  /// Compares the ids and the pieces of each word.
  func check(_ tokenizers: PieceTokenizers, _ corpora: inout SharedRecords) throws {
    let text = try self.text ?? corpora.text(try #require(file), try #require(index))
    let parts = text.unicodeScalars.split(separator: " ").map { String($0) }
    for (name, expected) in ids {
      let pieces = tokenizers[name].pieces(of: parts)
      #expect(pieces.ids == expected, "\(name): \(text)")
      guard let counts = ["cased": words, "cased_punct": partedWords][name] ?? nil else { continue }
      let found = parts.indices.map { word in pieces.words.count { $0 == Int32(word) } }
      #expect(found == counts, "\(name): \(text)")
    }
  }
}

/// The tokenisers of BERT's vocabularies, by the names of cases.
struct PieceTokenizers {
  static let names: Set = [
    "cased", "cased_punct", "uncased", "uncased_punct", "uncased_keep", "uncased_keep_blanks",
  ]
  private let cased: PieceVocabulary
  private let uncased: PieceVocabulary

  init(_ folder: URL) throws {
    func vocabulary(_ name: String) throws -> PieceVocabulary {
      try .read(folder.appending(path: "vocab/bert-\(name)/vocab.txt").path)
    }
    (cased, uncased) = (try vocabulary("cased"), try vocabulary("uncased"))
  }

  subscript(name: String) -> WordPiece {
    let isCased = name.hasPrefix("cased")
    let isWhole = ["cased", "uncased", "uncased_keep_blanks"].contains(name)
    return WordPiece(
      isCased ? cased : uncased,
      WordPieceOptions(
        isCased ? .cased : name.contains("keep") ? .lowercase : .uncased,
        split: isWhole ? .blanks : .punctuation))
  }
}

/// Records of the shared corpora that are lists in JSON.
struct SharedRecords {
  struct Record: Decodable {
    let text: String?
    let tokens: [String]?
    let tripleList: [[String]]?
  }

  let folder: URL
  private var files: [String: [Record]] = [:]

  init(_ folder: URL) { self.folder = folder }

  mutating func record(_ file: String, _ index: Int) throws -> Record {
    if files[file] == nil {
      var reader = try LineReader(folder.appending(path: file).path)
      var data = Data()
      while let line = try reader.next() { data += line + [0x0A] }
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      files[file] = try decoder.decode([Record].self, from: data)
    }
    return try #require(files[file])[index]
  }

  mutating func text(_ file: String, _ index: Int) throws -> String {
    let record = try record(file, index)
    return try record.text ?? #require(record.tokens).joined(separator: " ")
  }
}

/// Labels of sentences of the shared corpora, blank-split cased pieces, triples in the order of the file.
struct CorpusLabelCases: Decodable {
  struct Case: Decodable {
    let file: String
    let index: Int
    let sourceLabels: String
    let targetLabels: String
    let sourceLabelsAll: String?
  }

  let cases: [Case]

  func check(_ tokenizers: PieceTokenizers, _ corpora: inout SharedRecords) throws {
    for test in cases {
      let record = try corpora.record(test.file, test.index)
      let sentence = Sentence(
        id: "", tokens: Sentence.tokens(of: try #require(record.text)),
        triples: try #require(record.tripleList).map {
          Triple(head: .text($0[0]), relation: $0[1], tail: .text($0[2]))
        })
      let target = try TargetText(
        tokenizers["cased"], relations: NameList(sentence.triples.map(\.relation)))
      let tokens = target.text(of: sentence.distinctTriples, in: sentence)
      let source = tokenizers["cased"].pieces(of: sentence.tokens).ids
      let first = CommonRuns.labels(source: source, target: tokens)
      let all = CommonRuns.labels(source: source, target: tokens, occurrences: .all)
      #expect(first.source.letters == test.sourceLabels, "\(test)")
      #expect(first.target.letters == test.targetLabels, "\(test)")
      #expect(all.source.letters == test.sourceLabelsAll ?? test.sourceLabels, "\(test)")
    }
  }
}
