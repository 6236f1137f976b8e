import Configuration
import Testing

@Suite("options as text")
struct TextTests {
  @Test("the text has every key in the order of declaration")
  func everyKey() {
    let expected = """
      seed: 1
      epochs: 50
      batch:
        size: 100
        shards: 8
      optimizer:
        rate: 0.001
        decay: 0.5
        clip: null
        schedule: constant
        milestones: []
        nesterov: false
      model:
        kind: copy
        hidden: 1000
        dropout: 0.0
        teacherForcing: 1.0
        decoders: one
        vectors: null

      """
    #expect(ConfigurationText.yaml(of: SampleOptions()) == expected)
  }

  struct Odd: Codable, Equatable {
    var texts = [""]
    var table = ["b": 2, "a": 1, "x y": 3]
    var rows = [Row()]
    var grid = [[1.5], []]
    var tiny: Float = 0.1
    var wide = 0.1
    var nothing = Nothing()

    struct Row: Codable, Equatable {
      var name = "n"
      var counts = [1, 2]
      var below: [Row]?
    }

    struct Nothing: Codable, Equatable {}
  }

  static let odd: Odd = {
    var odd = Odd()
    odd.texts = [
      "", "1", "1.5", "true", "No", "null", "~", "a b", " a", "#x", "a: b", "- a", "'", "\"", "\\",
      "a\nb", "\t", "\u{1B}[2J", "\u{85}\u{2028}\u{FEFF}\u{FFFE}", "é", "e\u{301}", "语", "😀",
      ".inf", "-", "*x", "&x", "!x", "%", "@", "{", "[", "x,y", "data/webnlg", "../data", "1e5",
      "---", "0x10", "_", "y", String(repeating: "x ", count: 2000),
    ]
    odd.rows = [
      Odd.Row(), Odd.Row(name: "m", counts: [], below: [Odd.Row(), Odd.Row(below: [])]),
    ]
    odd.tiny = Float.leastNonzeroMagnitude
    odd.wide = .pi
    return odd
  }()

  @Test("the text reads back as the same options, code unit for code unit")
  func roundTrip() throws {
    let text = ConfigurationText.yaml(of: Self.odd)
    let document = try ConfigurationDocument(text: text, name: "printed")
    let read = try document.decode(Odd.self, defaults: Odd())
    #expect(read == Self.odd)
    #expect(read.texts.map { Array($0.utf8) } == Self.odd.texts.map { Array($0.utf8) })
    #expect(ConfigurationText.yaml(of: read) == text)
  }

  @Test("a text stands in quotes where some reader of YAML would take it for something else")
  func quotes() {
    var odd = Odd()
    odd.texts = ["x", "a/b.c-d_e+1", "yes", "Off", "null", "1", ".5", "a b", "", "é", "a\"\\\n"]
    let lines = ConfigurationText.yaml(of: odd).split(separator: "\n")
    let texts = #"x, a/b.c-d_e+1, "yes", "Off", "null", "1", ".5", "a b", "", "é", "a\"\\\u000A""#
    #expect(lines.first == "texts: [\(texts)]")
  }

  @Test(
    "a float is written shortest and comes back as the same bits",
    arguments: [
      0, -0.0, 0.1, 1 / 3, 1e-3, 1e-5, 1e10, 1e38, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .greatestFiniteMagnitude, .pi, 16_777_216,
    ] as [Float])
  func floats(value: Float) throws {
    struct One: Codable { var x: Float = 7 }
    let text = ConfigurationText.yaml(of: One(x: value))
    #expect(text == "x: \(value)\n")
    let document = try ConfigurationDocument(text: text, name: "printed")
    #expect(try document.decode(One.self, defaults: One()).x.bitPattern == value.bitPattern)
  }

  @Test("flattened options name every value by its dotted key")
  func flattened() {
    var options = SampleOptions()
    options.optimizer.milestones = [3, 4]
    options.model = ModelSection(.tag(TagOptions(names: ["O", "B C"])))
    let lines = ConfigurationText.flattened(of: options).map { "\($0.key) = \($0.value)" }
    #expect(
      lines == [
        "seed = 1", "epochs = 50", "batch.size = 100", "batch.shards = 8",
        "optimizer.rate = 0.001", "optimizer.decay = 0.5", "optimizer.clip = null",
        "optimizer.schedule = constant", "optimizer.milestones = [3, 4]",
        "optimizer.nesterov = false", "model.kind = tag", "model.width = 300",
        "model.dropout = 0.4", #"model.names = [O, "B C"]"#,
      ])
    let rows = ConfigurationText.flattened(of: Self.odd).map(\.key)
    #expect(rows.contains("rows[1].below[0].name"))
    #expect(rows.contains("table.a"))
    #expect(rows.contains("nothing"))
  }
}
