import Corpora
import Foundation
import Testing

/// A split of a published corpus with the figures that another program counted when the folder of
/// corpora was made; they stand in that folder's README.
struct RealSplit: Sendable, CustomTestStringConvertible {
  let file: String
  let sentences: Int
  /// Stored, distinct.
  let triples: [Int]
  let relations: Int
  /// Mean, longest.
  let tokens: [Double]
  let multiTokenPercent: Double
  /// Normal, EPO, SEO.
  let overlap: [Int]
  let withoutTriples: Int
  let vocabulary: Int

  var testDescription: String { file }

  init(_ row: Substring) throws {
    let cells = row.split(separator: " ").map(String.init)
    func numbers(_ i: Int) throws -> [Double] {
      try cells[i].split(separator: "/").map { try #require(Double($0)) }
    }
    try #require(cells.count == 9)
    file = cells[0]
    sentences = try Int(numbers(1)[0])
    triples = try numbers(2).map { Int($0) }
    relations = try Int(numbers(3)[0])
    tokens = try numbers(4)
    multiTokenPercent = try numbers(5)[0]
    overlap = try numbers(6).map { Int($0) }
    withoutTriples = try Int(numbers(7)[0])
    vocabulary = try Int(numbers(8)[0])
  }

  var format: CorpusFormat {
    for (part, format) in Self.formats where file.contains(part) { return format }
    return .triples
  }

  private static let formats: [(String, CorpusFormat)] = [
    ("-ids/", .copyre), ("-dygie/", .dygie), ("-spert/", .spert), ("bio-", .conll04),
    ("-raw/", .cotype), ("CoType/", .cotype),
  ]

  /// The relation file beside the split, where there is one that names the relations as it does.
  func read(in folder: URL) throws -> Conversion {
    let url = folder.appending(path: file)
    let near = url.deletingLastPathComponent()
    func first(_ names: [String]) -> String? {
      names.map { near.appending(path: $0).path }.first(where: FileManager.default.fileExists)
    }
    return try format.read(
      url.path,
      words: format == .copyre ? first(["words2id.json", "words2id.json.gz"]) : nil,
      relations: file.contains("SciERC/spans")
        ? nil : first(["rel2id.json", "rel2idx.json", "relations2id.json"]))
  }

  static func all() throws -> [RealSplit] { try table.split(separator: "\n").map(RealSplit.init) }

  /// File, sentences, triples stored/distinct, relations, tokens mean/most, percent of entities
  /// with more than one token, Normal/EPO/SEO, sentences without triples, vocabulary.
  private static let table = """
    NYT24/prgc-exact/val_triples.json.gz 5000 8489/7985 22 37.6/100 39.9 3336/844/1320 0 23113
    NYT24/prgc-exact/test_triples.json.gz 5000 8616/8120 22 37.7/100 40.0 3289/969/1273 0 22865
    NYT24/prgc-star/val_triples.json.gz 4999 7976/7976 22 37.8/100 0.0 3306/849/1350 0 23094
    NYT24/prgc-star/test_triples.json.gz 5000 8110/8110 22 37.9/100 0.0 3266/978/1297 0 22853
    NYT24/copyre-raw/dev.json.gz 5000 8489/7985 22 37.6/100 39.9 3336/844/1320 0 23113
    NYT24/copyre-raw/test.json.gz 5000 8616/8120 22 37.7/100 40.0 3289/969/1273 0 22865
    NYT24/copyre-ids/valid.json.gz 4999 7976/7976 22 37.8/100 0.0 3306/849/1350 0 23094
    NYT24/copyre-ids/test.json.gz 5000 8110/8110 22 37.9/100 0.0 3266/978/1297 0 22853
    NYT24/spans-dygie/dev.json.gz 5000 6813/6813 22 37.6/100 39.9 3685/0/1315 0 23113
    NYT24/spans-dygie/test.json.gz 5000 6775/6775 22 37.7/100 40.0 3728/0/1272 0 22865
    NYT29/spans-dygie/dev.json.gz 7033 8138/8138 25 37.7/149 40.8 6175/0/858 0 25791
    NYT29/spans-dygie/test.json.gz 4006 4889/4889 26 38.5/145 39.6 3264/0/742 0 18001
    NYT10-HRL/dev.json 351 443/443 18 37.7/152 40.7 290/33/43 0 4012
    NYT10-HRL/test.json.gz 4006 5859/5859 29 38.5/145 39.6 2963/715/742 0 18001
    NYT11-HRL/dev.json 313 390/390 11 38.6/126 40.3 260/10/44 0 4000
    NYT11-HRL/test.json 369 370/370 12 36.2/131 36.0 368/0/1 0 4120
    NYT-CoType/overlap.txt.gz 2936 8321/7586 22 37.6/70 31.4 267/1479/1981 0 16170
    NYT-CoType/test.json 395 410/396 12 36.7/131 35.8 394/0/1 0 4422
    WebNLG/prgc-exact/train_triples.json.gz 5019 11313/11312 211 22.3/76 59.5 1859/39/3154 0 3958
    WebNLG/prgc-exact/val_triples.json 500 1224/1223 144 22.8/80 60.5 157/4/343 0 1875
    WebNLG/prgc-exact/test_triples.json 703 1607/1607 149 23.3/64 60.9 254/6/448 0 2103
    WebNLG/prgc-star/train_triples.json.gz 5019 11776/11687 170 24.0/80 0.0 1601/161/3402 0 3911
    WebNLG/prgc-star/val_triples.json 500 1118/1113 110 23.2/70 0.0 182/13/318 0 1793
    WebNLG/prgc-star/test_triples.json 703 1591/1581 125 24.2/65 0.0 246/18/457 0 2090
    WebNLG/copymtl-ids/train.json 5019 11776/11687 170 24.0/80 0.0 1601/161/3402 0 3911
    WebNLG/copymtl-ids/valid.json 500 1118/1113 110 23.2/70 0.0 182/13/318 0 1793
    WebNLG/copymtl-ids/dev.json 703 1591/1581 125 24.2/65 0.0 246/18/457 0 2090
    WebNLG/spans-dygie/train.json.gz 4973 11421/11420 173 24.2/80 56.1 1805/22/3165 0 3963
    WebNLG/spans-dygie/dev.json 500 1129/1128 123 24.0/71 57.8 183/1/316 0 1931
    WebNLG/spans-dygie/test.json 689 1594/1594 130 24.5/64 57.5 243/2/445 0 2175
    CoNLL04/bio-multihead/train.txt 910 1273/1273 5 29.5/113 53.6 737/0/173 0 6388
    CoNLL04/bio-multihead/dev.txt 243 353/353 5 28.7/114 56.2 195/0/48 0 2743
    CoNLL04/bio-multihead/test.txt 288 422/422 5 29.2/119 55.1 236/0/52 0 2989
    CoNLL04/spans-spert/train_triples.json 922 1283/1283 5 28.8/114 54.8 750/0/172 0 6675
    CoNLL04/spans-spert/dev_triples.json 231 343/343 5 30.3/111 51.5 182/0/49 0 2646
    CoNLL04/spans-spert/test_triples.json 288 422/422 5 28.9/118 55.1 236/0/52 0 3025
    SciERC/docs-dygie/train.json 1861 3219/3215 7 24.4/101 68.4 650/0/716 495 5964
    SciERC/docs-dygie/dev.json 275 455/455 7 23.7/68 68.4 82/0/105 88 1797
    SciERC/docs-dygie/test.json 551 974/974 7 24.3/97 70.0 173/0/224 154 2936
    SciERC/spans-spert/train_triples.json.gz 1861 3219/3215 7 24.4/101 68.4 650/0/716 495 5964
    SciERC/spans-spert/dev_triples.json 275 455/455 7 23.7/68 68.4 82/0/105 88 1797
    SciERC/spans-spert/test_triples.json 551 974/974 7 24.3/97 70.0 173/0/224 154 2936
    ADE/spans-spert/ade_full.json.gz 4272 6821/6821 1 21.2/97 40.7 2913/0/1359 0 8487
    ADE/spans-spert/ade_split_0_train.json.gz 3845 6155/6155 1 21.3/97 40.6 2617/0/1228 0 8111
    ADE/spans-spert/ade_split_0_test.json 427 666/666 1 20.5/83 41.9 296/0/131 0 2380
    ADE/spans-spert/ade_split_1_test.json 427 724/724 1 21.2/72 41.3 277/0/150 0 2412
    ADE/spans-spert/ade_split_2_test.json 427 688/688 1 21.1/61 40.4 291/0/136 0 2398
    ADE/spans-spert/ade_split_3_test.json 427 657/657 1 21.4/73 42.5 297/0/130 0 2453
    ADE/spans-spert/ade_split_4_test.json 427 648/648 1 20.5/62 40.7 304/0/123 0 2387
    ADE/spans-spert/ade_split_5_test.json 427 732/732 1 21.8/70 40.8 286/0/141 0 2475
    ADE/spans-spert/ade_split_6_test.json 427 666/666 1 21.0/69 38.7 293/0/134 0 2437
    ADE/spans-spert/ade_split_7_test.json 427 704/704 1 21.1/97 41.4 283/0/144 0 2414
    ADE/spans-spert/ade_split_8_test.json 427 688/688 1 22.1/74 41.0 286/0/141 0 2487
    ADE/spans-spert/ade_split_9_test.json 429 648/648 1 21.5/72 38.7 300/0/129 0 2459
    """

  /// Normal/EPO/SEO with repeated triples kept, where they differ.
  static let overlapOfStored: [String: [Int]] = [
    "NYT24/prgc-exact/val_triples.json.gz": [3208, 1030, 1320],
    "NYT24/prgc-exact/test_triples.json.gz": [3136, 1168, 1273],
    "NYT24/copyre-raw/dev.json.gz": [3208, 1030, 1320],
    "NYT24/copyre-raw/test.json.gz": [3136, 1168, 1273],
    "NYT-CoType/overlap.txt.gz": [47, 1767, 1981],
    "NYT-CoType/test.json": [380, 14, 1],
    "WebNLG/prgc-exact/train_triples.json.gz": [1859, 40, 3154],
    "WebNLG/prgc-exact/val_triples.json": [157, 5, 343],
    "WebNLG/prgc-star/train_triples.json.gz": [1600, 227, 3402],
    "WebNLG/prgc-star/val_triples.json": [182, 16, 318],
    "WebNLG/prgc-star/test_triples.json": [246, 26, 457],
    "WebNLG/copymtl-ids/train.json": [1600, 227, 3402],
    "WebNLG/copymtl-ids/valid.json": [182, 16, 318],
    "WebNLG/copymtl-ids/dev.json": [246, 26, 457],
    "WebNLG/spans-dygie/train.json.gz": [1805, 23, 3165],
    "WebNLG/spans-dygie/dev.json": [183, 2, 316],
    "SciERC/docs-dygie/train.json": [649, 3, 716],
    "SciERC/spans-spert/train_triples.json.gz": [649, 3, 716],
  ]
}
