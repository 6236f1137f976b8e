import Configuration
import Testing

@Suite("options from a document")
struct DecodingTests {
  @Test("what the document does not say keeps its default")
  func defaultsStay() throws {
    #expect(try decode("") == SampleOptions())
    #expect(try decode("# nothing\n---\n") == SampleOptions())
    #expect(try decode("batch:\n  # size: 3\n") == SampleOptions())
    var expected = SampleOptions()
    expected.batch.size = 7
    #expect(try decode("batch: {size: 7}") == expected)
  }

  @Test("every kind of value reaches its property")
  func everyKind() throws {
    let options = try decode(
      """
      seed: 18446744073709551615
      epochs: +3
      optimizer:
        rate: 1e-3
        decay: .25
        clip: 5
        schedule: warm-up
        milestones:
          - 10
          - 20
        nesterov: true
      model:
        hidden: 8
        teacherForcing: 1.
        decoders: "mul"
        vectors: 300
      """)
    #expect(options.seed == .max)
    #expect(options.epochs == 3)
    #expect(options.optimizer.rate == 0.001)
    #expect(options.optimizer.decay == 0.25)
    #expect(options.optimizer.clip == 5)
    #expect(options.optimizer.schedule == .warmUp)
    #expect(options.optimizer.milestones == [10, 20])
    #expect(options.optimizer.nesterov)
    let expected = CopyOptions(hidden: 8, teacherForcing: 1, decoders: .mul, vectors: "300")
    #expect(options.model.options == .copy(expected))
  }

  @Test("null takes an optional value away, whatever its spelling", arguments: ["null", "~", ""])
  func null(text: String) throws {
    var defaults = SampleOptions()
    defaults.optimizer.clip = 5
    #expect(try decode("optimizer: {rate: 1}", defaults: defaults).optimizer.clip == 5)
    let changed = try decode("optimizer:\n  clip: \(text)\n", defaults: defaults)
    #expect(changed.optimizer.clip == nil)
  }

  @Test("a section whose keys depend on one of them decodes from the defaults of that variant")
  func polymorphic() throws {
    let text = "model:\n  kind: tag\n  width: 9\n"
    let document = try ConfigurationDocument(text: text, name: "x.yaml")
    #expect(document.string(at: "model.kind") == "tag")
    var defaults = SampleOptions()
    defaults.model = ModelSection(.tag(TagOptions()))
    let options = try document.decode(SampleOptions.self, defaults: defaults)
    #expect(options.model.options == .tag(TagOptions(width: 9)))
  }

  @Test("the keys of another variant are unknown")
  func otherVariant() throws {
    let document = try ConfigurationDocument(
      text: "model:\n  kind: tag\n  hidden: 9\n", name: "x.yaml")
    var defaults = SampleOptions()
    defaults.model = ModelSection(.tag(TagOptions()))
    let error = #expect(throws: ConfigurationError.self) {
      try document.decode(SampleOptions.self, defaults: defaults)
    }
    #expect(
      error?.description
        == "x.yaml:3:3: unknown key 'hidden' in 'model'; known keys: kind, width, dropout, names")
  }

  @Test(
    "a wrong key or value is answered with its place and what to write",
    arguments: [
      (
        "model:\n  hidden: 3\n  droput: 0.5\n",
        "x.yaml:3:3: unknown key 'droput' in 'model'; did you mean 'dropout'?"
      ),
      ("epoch: 3", "x.yaml:1:1: unknown key 'epoch'; did you mean 'epochs'?"),
      ("batch: {szie: 3}", "x.yaml:1:9: unknown key 'szie' in 'batch'; did you mean 'size'?"),
      (
        "batch: {n: 3}", "x.yaml:1:9: unknown key 'n' in 'batch'; known keys: size, shards"
      ),
      (
        "batch:\n  size: many\n",
        "x.yaml:2:9: 'batch.size' must be a whole number, found 'many'"
      ),
      ("epochs: 1.5", "x.yaml:1:9: 'epochs' must be a whole number, found '1.5'"),
      ("epochs: 1_000", "x.yaml:1:9: 'epochs' must be a whole number, found '1_000'"),
      ("epochs: 0x10", "x.yaml:1:9: 'epochs' must be a whole number, found '0x10'"),
      ("epochs: '3'", "x.yaml:1:9: 'epochs' must be a whole number, found the quoted text '3'"),
      ("epochs: [3]", "x.yaml:1:9: 'epochs' must be a whole number, found a list"),
      ("epochs:", "x.yaml:1:8: 'epochs' must be a whole number, found nothing"),
      (
        "epochs: 9223372036854775808",
        "x.yaml:1:9: 'epochs' must be a whole number from -9223372036854775808 to "
          + "9223372036854775807, found '9223372036854775808'"
      ),
      (
        "seed: -1",
        "x.yaml:1:7: 'seed' must be a whole number from 0 to 18446744073709551615, found '-1'"
      ),
      (
        "optimizer: {rate: fast}",
        "x.yaml:1:19: 'optimizer.rate' must be a number, found 'fast'"
      ),
      (
        "optimizer: {rate: .inf}",
        "x.yaml:1:19: 'optimizer.rate' must be a finite number, found '.inf'"
      ),
      (
        "optimizer: {rate: -.NaN}",
        "x.yaml:1:19: 'optimizer.rate' must be a finite number, found '-.NaN'"
      ),
      (
        "optimizer: {rate: 1e39}",
        "x.yaml:1:19: 'optimizer.rate' must be a finite number, found '1e39'"
      ),
      ("optimizer: {rate: nan}", "x.yaml:1:19: 'optimizer.rate' must be a number, found 'nan'"),
      ("optimizer: {rate: 0x1p3}", "x.yaml:1:19: 'optimizer.rate' must be a number, found '0x1p3'"),
      ("optimizer: {rate: .}", "x.yaml:1:19: 'optimizer.rate' must be a number, found '.'"),
      ("optimizer: {rate: 1e}", "x.yaml:1:19: 'optimizer.rate' must be a number, found '1e'"),
      (
        "optimizer: {nesterov: yes}",
        "x.yaml:1:23: 'optimizer.nesterov' must be true or false, found 'yes'"
      ),
      (
        "optimizer: {milestones: [1, x]}",
        "x.yaml:1:29: 'optimizer.milestones[1]' must be a whole number, found 'x'"
      ),
      (
        "optimizer: {milestones: 3}",
        "x.yaml:1:25: 'optimizer.milestones' must be a list, found '3'"
      ),
      (
        "model: {decoders: two}",
        "x.yaml:1:19: 'model.decoders' must be one of one, mul; found 'two'"
      ),
      (
        "model: {kind: bert}", "x.yaml:1:15: 'model.kind' must be one of copy, tag; found 'bert'"
      ),
      ("model: {vectors: [a]}", "x.yaml:1:18: 'model.vectors' must be a text, found a list"),
      ("batch: 3", "x.yaml:1:8: 'batch' must be a section of keys, found '3'"),
      ("batch: [3]", "x.yaml:1:8: 'batch' must be a section of keys, found a list"),
      ("epochs: {x: 1}", "x.yaml:1:9: 'epochs' must be a whole number, found a section of keys"),
      (
        "batch:\n  size: \"a\\nb\"\n",
        "x.yaml:2:9: 'batch.size' must be a whole number, found the quoted text 'a\\nb'"
      ),
    ])
  func errors(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test("an error that the options find themselves is placed by its coding path")
  func ownError() throws {
    struct Picky: Codable {
      var inner = Inner()

      struct Inner: Codable {
        var even = 2
        init() {}
        init(from decoder: any Decoder) throws {
          let container = try decoder.container(keyedBy: CodingKeys.self)
          even = try container.decode(Int.self, forKey: .even)
          if even % 2 == 1 {
            throw DecodingError.dataCorruptedError(
              forKey: .even, in: container, debugDescription: "\(even) is odd")
          }
        }
      }
    }
    let document = try ConfigurationDocument(text: "inner:\n  even: 3\n", name: "x.yaml")
    let error = #expect(throws: ConfigurationError.self) {
      try document.decode(Picky.self, defaults: Picky())
    }
    #expect(error?.description == "x.yaml:2:9: 'inner.even': 3 is odd")
  }

  @Test("a key without default must be there")
  func missing() throws {
    struct Outer: Codable {
      var inner: Inner?

      struct Inner: Codable {
        var width: Int
        var depth = 1
      }
    }
    let document = try ConfigurationDocument(text: "inner:\n  depth: 3\n", name: "x.yaml")
    let error = #expect(throws: ConfigurationError.self) {
      try document.decode(Outer.self, defaults: Outer())
    }
    #expect(
      error?.description == "x.yaml:2:3: 'inner' needs the key 'width', which has no default")
  }
}
