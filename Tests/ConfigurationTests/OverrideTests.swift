import Configuration
import Testing

@Suite("values set after the file")
struct OverrideTests {
  @Test("the last value wins, over the file and over earlier ones")
  func lastWins() throws {
    let options = try decode(
      "batch:\n  size: 3\nepochs: 4\n",
      overrides: [
        "batch.size=5", "batch.size=6", "optimizer.milestones=[1, 2]", "model.vectors=a=b",
        "optimizer.clip=",
      ])
    #expect(options.batch == SampleOptions.Batch(size: 6))
    #expect(options.epochs == 4)
    #expect(options.optimizer.milestones == [1, 2])
    #expect(options.model.options == .copy(CopyOptions(vectors: "a=b")))
  }

  @Test(
    "what is wrong with an override is said with its own text",
    arguments: [
      ("model.dropout", "--set model.dropout: '=' is missing; write --set KEY=VALUE"),
      ("=3", "--set =3: '' is not a key; write names with dots between them"),
      (
        "model..x=3",
        "--set model..x=3: 'model..x' is not a key; write names with dots between them"
      ),
      (
        "model.dropout=x", "--set model.dropout=x: 'model.dropout' must be a number, found 'x'"
      ),
      (
        "model.droput=0.3",
        "--set model.droput=0.3: unknown key 'droput' in 'model'; did you mean 'dropout'?"
      ),
      (
        "modle.dropout=0.3", "--set modle.dropout=0.3: unknown key 'modle'; did you mean 'model'?"
      ),
      (
        "epochs.x=1",
        "--set epochs.x=1: 'epochs' is '4' and has no keys inside; set 'epochs' as a whole"
      ),
      (
        "seed.x=1",
        "--set seed.x=1: 'seed' must be a whole number, found a section of keys"
      ),
      (
        "batch={size: 3}",
        "--set batch={size: 3}: the value must be single or a list in brackets; "
          + "set one key at a time"
      ),
      (
        "optimizer.milestones=[1",
        "--set optimizer.milestones=[1: malformed YAML: did not find expected ',' or ']' "
          + "while parsing a flow sequence"
      ),
      ("epochs=1\n---\n2", "--set epochs=1\\n---\\n2: a second document starts; keep one per file"),
      ("epochs=*x", "--set epochs=*x: aliases (*name) are not supported; write the value out"),
      ("epochs= 1 2 ", "--set epochs= 1 2 : 'epochs' must be a whole number, found '1 2'"),
    ])
  func errors(override: String, expected: String) {
    #expect(message("epochs: 4", overrides: [override]) == expected)
  }

  @Test("a key of the file keeps its place when a value is set inside it")
  func placeOfSection() {
    #expect(
      message("# a slip\nmodle:\n  hidden: 3\n", overrides: ["modle.dropout=0.3"])
        == "x.yaml:2:1: unknown key 'modle'; did you mean 'model'?")
  }

  @Test("a value's place is known for messages of later checks")
  func positions() throws {
    let document = try ConfigurationDocument(
      text: "batch:\n  size: 3\n  shards: 2\n", name: "Configs/x.yaml"
    ).overridden(by: [ConfigurationOverride("batch.shards=3")])
    #expect(document.position(of: "batch.size") == "Configs/x.yaml:2:9")
    #expect(document.position(of: "batch.shards") == "--set batch.shards=3")
    #expect(document.position(of: "batch") == "Configs/x.yaml:2:3")
    #expect(document.position(of: "batch.pool") == nil)
    #expect(document.string(at: "batch.size") == "3")
    #expect(document.string(at: "batch") == nil)
  }
}
