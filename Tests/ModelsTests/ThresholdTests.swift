import Models
import Testing

@Suite("Thresholds of models")
struct ThresholdTests {
  @Test("every model takes the thresholds that it gives, each in the option of its key")
  func models() throws {
    let keys = [
      "rin": ["threshold"], "cascade": ["subjectThreshold", "objectThreshold"],
    ]
    for name in ModelList.names {
      let section = try #require(ModelSection(kind: name))
      let asked = section.options.thresholds
      #expect(asked.map(\.key) == (keys[name] ?? []))
      let values = asked.indices.map { 0.125 + Float($0) / 32 }
      let wanted = Threshold.list(asked, with: values)
      let changed = section.with(wanted)
      #expect(changed.options.thresholds == wanted)
      try changed.options.validate()
      #expect(section.options.thresholds == asked)
    }
  }

  @Test("the text of thresholds is read back, and nothing else is")
  func text() {
    let list = [Threshold("subjectThreshold", 0.35), Threshold("objectThreshold", 0.1)]
    #expect(Threshold.text(list) == "subjectThreshold=0.35, objectThreshold=0.1")
    #expect(Threshold.list("subjectThreshold=0.35, objectThreshold=0.1") == list)
    for text in ["", "a", "a=", "a=b", "a=0.5,b=0.5", "a=0.50", "a=0.5, ", "a=0.5=0.5"] {
      #expect(Threshold.list(text) == nil, "\(text)")
    }
  }
}
