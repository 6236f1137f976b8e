import Autodiff
import Corpora
import Layers
import Models
import Testing

@Suite("Parameter counts of Models/README.md 1.12")
struct ParameterCountTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let words: Int
    let relations: Int
    let decoder: CopyOptions.Decoder
    let parameters: Int
  }

  static let published = [
    Case(
      testDescription: "One, NYT with its None class", words: 90_760, relations: 25, decoder: .one,
      parameters: 22_632_146),
    Case(
      testDescription: "One, NYT", words: 90_760, relations: 24, decoder: .one,
      parameters: 22_631_045),
    Case(
      testDescription: "Mul, NYT with its None class", words: 90_760, relations: 25, decoder: .mul,
      parameters: 40_248_146),
    Case(
      testDescription: "One, WebNLG", words: 5_928, relations: 247, decoder: .one,
      parameters: 14_393_368),
    Case(
      testDescription: "Mul, WebNLG", words: 5_928, relations: 247, decoder: .mul,
      parameters: 32_009_368),
  ]

  @Test("CopyMTL of the published size", arguments: published)
  func copyMTL(_ published: Case) {
    let vocabularies = Vocabularies(
      words: (2..<published.words).map { "\($0)" },
      relations: (0..<published.relations).map { "\($0)" }, longestEntity: 1)
    #expect(vocabularies.words.count == published.words)
    let options = CopyMTL.defaults.with { $0.decoder = published.decoder }
    let model = CopyMTL(options: options, vocabularies: vocabularies)
    #expect(model.layout.count == published.parameters)
  }

  @Test("the parts of CopyMTL-One on NYT")
  func parts() {
    let vocabularies = Vocabularies(
      words: (2..<90_760).map { "\($0)" },
      relations: (0..<25).map { "\($0)" }, longestEntity: 1)
    let layout = CopyMTL(options: CopyMTL.defaults, vocabularies: vocabularies).layout
    let parts = [
      ("embedding.word", 9_076_100), ("encoder", 8_808_000), ("decoder", 4_404_000),
      ("embedding.relation", 2_600), ("embedding.start", 100), ("combine", 110_100),
      ("attention", 2_001), ("na", 1_001), ("relation", 25_025), ("copy.fusion", 200_100),
      ("copy.output", 101), ("tagger", 3_018),
    ]
    for (prefix, count) in parts {
      let members = layout.parameters.filter {
        $0.name == prefix || $0.name.hasPrefix(prefix + ".")
      }
      #expect(members.reduce(0) { $0 + $1.count } == count, "\(prefix)")
    }
    #expect(parts.reduce(0) { $0 + $1.1 } == layout.count)
  }

  @Test("a concatenating encoder widens what reads its outputs, not the states")
  func concatenation() {
    let average = CopyRE(options: .tiny, vocabularies: TinyCorpus.vocabularies).layout
    let options = CopyOptions.tiny.with { $0.encoderMerge = .concatenate }
    let concatenate = CopyRE(options: options, vocabularies: TinyCorpus.vocabularies).layout
    for (a, b) in zip(average.parameters, concatenate.parameters) {
      let reads = ["combine.weight", "attention.weight", "copy.weight"].contains(a.name)
      #expect(b.name == a.name && b.rows == a.rows)
      #expect(b.columns == a.columns + (reads ? options.hidden : 0), "\(a.name)")
    }
  }

  @Test("a CRF without ends has transitions alone")
  func ends() {
    func names(_ ends: Bool) -> [String] {
      let options = CopyOptions.tiny.with { $0.crfEnds = ends }
      return CopyMTL(options: options, vocabularies: TinyCorpus.vocabularies).layout.parameters
        .map(\.name).filter { $0.contains("crf") }
    }
    #expect(names(false) == ["tagger.crf.transitions"])
    #expect(names(true) == ["transitions", "start", "end"].map { "tagger.crf.\($0)" })
  }
}
