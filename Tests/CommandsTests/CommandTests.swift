import Configuration
import Testing

@testable import Commands

private func message(_ arguments: [String]) -> String {
  do {
    return "no error, but \(try Command.parse(arguments))"
  } catch {
    return error.description
  }
}

private func training(
  _ configuration: String = "c.yaml", overrides: [String] = [],
  checkpoints: String = "checkpoints/c",
  start: TrainArguments.Start = .afresh, stopAfter: Int? = nil,
  action: TrainArguments.Action = .train
) -> Command {
  .train(
    TrainArguments(
      configuration: configuration,
      overrides: overrides.compactMap { try? ConfigurationOverride($0) },
      checkpoints: checkpoints, start: start, stopAfter: stopAfter, action: action))
}

private func evaluation(
  _ checkpoints: [String] = ["a.h5"], match: EvaluateArguments.Match = .exact,
  by key: EvaluateArguments.TokenKey = .position, report: String? = nil,
  threads: ThreadCount = .exactly(1), partlyNA: EvaluateArguments.PartlyNA = .countedAsWrong,
  buckets: EvaluateArguments.LengthBuckets = .triple,
  decoding: EvaluateArguments.TagDecoding = .free, precision: PrecisionChoice? = nil
) -> Command {
  .evaluate(
    EvaluateArguments(
      checkpoints: checkpoints, data: "t.jsonl", match: match, tokenKey: key, report: report,
      threads: threads, precision: precision, partlyNA: partlyNA, lengthBuckets: buckets,
      tagDecoding: decoding))
}

private func conversion(
  _ format: ConvertArguments.Format, relations: String? = nil
) -> Command {
  .convert(
    ConvertArguments(format: format, input: "in", output: "out.jsonl", relations: relations))
}

@Suite("command lines")
struct CommandTests {
  static let trainings: [(line: String, command: Command)] = [
    ("train c.yaml", training()),
    (
      "train c.yaml --set a=1 --set=b=2 --set a=3",
      training(overrides: ["a=1", "b=2", "a=3"])
    ),
    ("train --checkpoints DIR c.yaml", training(checkpoints: "DIR")),
    ("train --resume c.yaml", training(start: .newest)),
    ("train c.yaml --resume", training(start: .newest)),
    ("train c.yaml --resume=last.h5", training(start: .file("last.h5"))),
    ("train c.yaml --overwrite", training(start: .overwriting)),
    ("train c.yaml --stop-after 20", training(stopAfter: 20)),
    ("train c.yaml --stop-after=20", training(stopAfter: 20)),
    ("train c.yaml --print-config", training(action: .printConfiguration)),
    ("train -- --odd.yaml", training("--odd.yaml", checkpoints: "checkpoints/--odd")),
    (
      "train /opt/tercet/Configs/webnlg/copymtl-one.yaml",
      training(
        "/opt/tercet/Configs/webnlg/copymtl-one.yaml",
        checkpoints: "checkpoints/webnlg-copymtl-one")
    ),
    (
      "train Configs/quickstart.yaml",
      training("Configs/quickstart.yaml", checkpoints: "checkpoints/quickstart")
    ),
    ("train ../own/x.yml", training("../own/x.yml", checkpoints: "checkpoints/x.yml")),
  ]

  static let others: [(line: String, command: Command)] = [
    ("evaluate --checkpoint a.h5 --data t.jsonl", evaluation()),
    (
      "evaluate --data=t.jsonl --checkpoint=a.h5 --checkpoint b.h5 --json r.json",
      evaluation(["a.h5", "b.h5"], report: "r.json")
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --match exact-pos --threads all",
      evaluation(match: .exactPositions, threads: .all)
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --match partial-last --by string --threads 4",
      evaluation(match: .partialLast, by: .string, threads: .exactly(4))
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --match partial-first --lenient-na "
        + "--length-buckets sentence --constrained --precision float32",
      evaluation(
        match: .partialFirst, partlyNA: .dropped, buckets: .sentence, decoding: .constrained,
        precision: .float32)
    ),
    (
      "extract --checkpoint a.h5",
      .extract(
        ExtractArguments(
          checkpoint: "a.h5", input: nil, threads: .exactly(1), precision: nil, output: .text))
    ),
    (
      "extract --checkpoint a.h5 --json in.txt --threads 2 --precision bfloat16",
      .extract(
        ExtractArguments(
          checkpoint: "a.h5", input: "in.txt", threads: .exactly(2), precision: .bfloat16,
          output: .jsonLines))
    ),
    ("inspect a.h5", .inspect(InspectArguments(checkpoint: "a.h5"))),
    ("data convert --from triples in --out out.jsonl", conversion(.triples)),
    ("data convert in --out out.jsonl --from cotype", conversion(.cotype)),
    (
      "data convert --from copyre in --out out.jsonl --words w.json --relations r.json",
      conversion(.copyre(words: "w.json"), relations: "r.json")
    ),
    (
      "data convert --from tuples in --out out.jsonl --relations r.txt",
      conversion(.tuples, relations: "r.txt")
    ),
    ("data convert --from conll04 in --out out.jsonl", conversion(.conll04)),
    ("data convert --from spert in --out out.jsonl", conversion(.spert)),
    ("data convert --from dygie in --out out.jsonl", conversion(.dygie)),
    (
      "data synthesize --seed 0 --sentences 400 --out d",
      .synthesize(SynthesizeArguments(seed: 0, sentences: 400, output: "d"))
    ),
    ("data stats a b", .statistics(StatisticsArguments(paths: ["a", "b"]))),
    ("--version", .show("tercet 0.1.0")),
  ]

  @Test("a good line becomes its command", arguments: trainings + others)
  func good(line: String, command: Command) throws {
    #expect(try Command.parse(line.split(separator: " ").map(String.init)) == command)
  }

  @Test(
    "a bad line is answered with one line",
    arguments: [
      ("", "tercet: a verb is missing: train, evaluate, extract, inspect, data"),
      ("trian c.yaml", "tercet: unknown verb 'trian'; did you mean 'train'?"),
      ("help", "tercet: unknown verb 'help'; verbs: train, evaluate, extract, inspect, data"),
      ("--verison", "tercet: unknown option '--verison'"),
      ("data", "tercet data: a verb is missing: convert, synthesize, stats"),
      ("data stat x", "tercet data: unknown verb 'stat'; did you mean 'stats'?"),
      ("data --version", "tercet data: unknown option '--version'"),
      ("train", "tercet train: CONFIG is missing"),
      ("train --foo", "tercet train: unknown option '--foo'"),
      ("train c --foo=3 --bar", "tercet train: unknown option '--foo=3'"),
      (
        "train c --checkpiont d",
        "tercet train: unknown option '--checkpiont'; "
          + "did you mean '--checkpoints'?"
      ),
      ("train -x", "tercet train: unknown option '-x'"),
      ("train c --overwrite -xy", "tercet train: unknown option '-xy'"),
      ("train -1 c", "tercet train: unknown option '-1'"),
      ("train c --set", "tercet train: option '--set' needs a value: --set KEY=VALUE"),
      ("train c --set= ", "tercet train: option '--set' has an empty value"),
      ("train c --s", "tercet train: option '--s' may mean '--set' or '--stop-after'"),
      (
        "train c --overwrite=3",
        "tercet train: option '--overwrite' takes no value, found '--overwrite=3'"
      ),
      ("train c d", "tercet train: unexpected argument 'd'"),
      (
        "train c --resume last.h5",
        "tercet train: unexpected argument 'last.h5'; as the value of '--resume' "
          + "write '--resume=last.h5'"
      ),
      (
        "train c --resume d --overwrite",
        "tercet train: unexpected argument 'd'; as the value of '--resume' write '--resume=d'"
      ),
      (
        "train c --resume --overwrite",
        "tercet train: '--resume' goes on and '--overwrite' starts afresh; give one of them"
      ),
      (
        "train c --checkpoints a --checkpoints b",
        "tercet train: option '--checkpoints' is given 2 times; give it once"
      ),
      ("train c --checkpoints=", "tercet train: option '--checkpoints' has an empty value"),
      (
        "train c --stop-after 0",
        "tercet train: '--stop-after' must be a whole number from 1 to 9223372036854775807, "
          + "found '0'"
      ),
      (
        "train c --stop-after -3",
        "tercet train: '--stop-after' must be a whole number from 1 to 9223372036854775807, "
          + "found '-3'"
      ),
      (
        "train c --set model.dropout",
        "tercet train: --set model.dropout: '=' is missing; write --set KEY=VALUE"
      ),
      ("evaluate --data t", "tercet evaluate: --checkpoint FILE is missing"),
      ("evaluate --checkpoint a", "tercet evaluate: --data FILE is missing"),
      ("evaluate --checkpoint a --data t x", "tercet evaluate: unexpected argument 'x'"),
      (
        "evaluate --checkpoint a --data t --match most",
        "tercet evaluate: '--match' must be one of exact, exact-pos, partial-last, partial-first; "
          + "found 'most'"
      ),
      (
        "evaluate --checkpoint a --data t --by position",
        "tercet evaluate: match 'exact' compares strings; for positions give --match exact-pos"
      ),
      (
        "evaluate --checkpoint a --data t --match exact-pos --by string",
        "tercet evaluate: match 'exact-pos' compares positions; for strings give --match exact"
      ),
      (
        "evaluate --checkpoint a --data t --threads many",
        "tercet evaluate: '--threads' must be a whole number from 1 to 4096 or 'all', found 'many'"
      ),
      ("extract", "tercet extract: --checkpoint FILE is missing"),
      ("inspect a b", "tercet inspect: unexpected argument 'b'"),
      ("data convert in --out o", "tercet data convert: --from FORMAT is missing"),
      ("data convert --from triples in", "tercet data convert: --out FILE is missing"),
      ("data convert --from triples --out o", "tercet data convert: INPUT is missing"),
      (
        "data convert --from csv in --out o",
        "tercet data convert: '--from' must be one of triples, cotype, copyre, tuples, conll04, "
          + "spert, dygie; found 'csv'"
      ),
      (
        "data convert --from copyre in --out o --words w",
        "tercet data convert: '--from copyre' needs --words FILE and --relations FILE"
      ),
      (
        "data convert --from spert in --out o --words w",
        "tercet data convert: '--words' belongs to '--from copyre', found '--from spert'"
      ),
      (
        "data synthesize --seed x --sentences 3 --out d",
        "tercet data synthesize: '--seed' must be a whole number from 0 to 18446744073709551615, "
          + "found 'x'"
      ),
      ("data stats", "tercet data stats: PATH is missing"),
    ])
  func bad(line: String, expected: String) {
    let program = expected.prefix { $0 != ":" }
    let stop = expected.hasSuffix("?") ? "" : ";"
    let arguments = line.split(separator: " ").map(String.init)
    #expect(message(arguments) == "\(expected)\(stop) see '\(program) --help'")
  }

  @Test("a word with line breaks or without end stays one line")
  func oddWords() {
    #expect(
      message(["train", "--a\nb"])
        == "tercet train: unknown option '--a\\nb'; see 'tercet train --help'")
    #expect(message([String(repeating: "x", count: 5000)]).count < 200)
    #expect(message(["train", ""]) == "tercet train: CONFIG is empty; see 'tercet train --help'")
  }
}

@Suite("help")
struct HelpTests {
  private func help(_ words: [String]) throws -> String {
    guard case .show(let text) = try Command.parse(words + ["--help"]) else { return "" }
    return text
  }

  @Test("every verb says purpose, usage, every option and an example or more")
  func verbs() throws {
    let overview = try help([])
    for verb in Command.verbs {
      let text = try help(verb.words)
      #expect(text.hasPrefix("\(verb.program): \(verb.purpose)\n\nUsage: \(verb.program)"))
      for flag in verb.flags { #expect(text.contains("\n  \(flag.usage) ")) }
      #expect(verb.examples.count >= 2)
      for example in verb.examples { #expect(text.contains("\n  " + example)) }
      #expect(overview.contains("\n  " + verb.words.joined(separator: " ")))
    }
    #expect(try help(["data"]).hasPrefix("tercet data: make, convert and measure corpora\n"))
  }

  @Test("every example is a good command line, continued lines joined")
  func examples() throws {
    for verb in Command.verbs {
      let lines = verb.examples.joined(separator: "\n").replacing("\\\n", with: "")
      for line in lines.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        let start = try #require(words.lastIndex(of: "tercet"))
        let command = try Command.parse(Array(words[(start + 1)...]))
        if case .show = command { Issue.record("\(line) shows text") }
      }
    }
  }

  @Test("options and notes fit 80 columns")
  func width() throws {
    for verb in Command.verbs {
      let text = try help(verb.words)
      let body = text.split(separator: "\n").drop { !$0.hasPrefix("Options:") }
      for line in body.prefix(while: { $0 != "Examples:" }) { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test("help is given wherever it is asked for, before other mistakes are named")
  func helpFirst() throws {
    #expect(try Command.parse(["train", "a", "b", "--help"]) == .show(help(["train"])))
    #expect(try Command.parse(["train", "--help", "--foo"]) == .show(help(["train"])))
  }
}
