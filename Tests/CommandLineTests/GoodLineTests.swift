import Commands
import Configuration
import Corpora
import Evaluation
import Models
import Tensors
import Testing
import Training

@testable import tercet

private func training(
  _ configuration: String = "c.yaml", ranks: Int? = nil, words: [String] = [],
  overrides: [String] = [],
  checkpoints: String = "checkpoints/c", start: RunStart = .afresh, stopAfter: Int? = nil,
  prints: Bool = false, added: Extension? = nil, progress: TrainingVoice.Style = .auto,
  isQuiet: Bool = false
) -> Train {
  Train(
    ranks: ranks, words: words + ["--", configuration], configuration: configuration,
    overrides: overrides.compactMap(override),
    checkpoints: checkpoints, start: start, stopAfter: stopAfter, printsConfiguration: prints,
    added: added, progress: progress, isQuiet: isQuiet)
}

private func override(_ text: String) -> ConfigurationOverride? { try? ConfigurationOverride(text) }

private func evaluation(
  _ checkpoints: [String] = ["a.h5"], match: MatchMode? = nil, by identity: TokenIdentity? = nil,
  report: String? = nil, threads: ThreadCount = .exactly(1),
  incomplete: IncompleteGroups = .wrong, buckets: LengthRule = .triple,
  changes: [DecodingChange] = [], precision: Precision? = nil, rinExact: RINExact = .spans,
  vectors: String? = nil, style: ReportStyle = ReportStyle(), predictions: String? = nil,
  page: String? = nil
) -> Evaluate {
  Evaluate(
    models: checkpoints, data: "t.jsonl",
    rules: ScoringRules(
      match: match, identity: identity, incompleteGroups: incomplete, lengthRule: buckets),
    rinExact: rinExact, style: style, report: report, page: page, predictions: predictions,
    threads: threads, precision: precision, changes: changes, vectors: vectors)
}

private func conversion(
  _ format: CorpusFormat?, words: String? = nil, relations: String? = nil,
  skipsBad: Bool = false, kept: [String] = [], dropped: [String] = []
) -> DataConvert {
  var options = ConversionOptions()
  options.skipsBad = skipsBad
  (options.kept, options.dropped) = (kept, dropped)
  return DataConvert(
    format: format, input: "in", output: "out.jsonl", words: words, relations: relations,
    options: options)
}

@Suite("good command lines")
struct GoodLineTests {
  static let trainings: [(line: String, verb: any Verb)] = [
    ("train c.yaml", training()),
    (
      "train c.yaml --set a=1 --set=b=2 --set a=3",
      training(overrides: ["a=1", "b=2", "a=3"])
    ),
    (
      "train --checkpoints DIR c.yaml", training(words: ["--checkpoints=DIR"], checkpoints: "DIR")
    ),
    ("train --resume c.yaml", training(words: ["--resume"], start: .newest)),
    ("train c.yaml --resume", training(words: ["--resume"], start: .newest)),
    (
      "train c.yaml --resume=last.h5",
      training(words: ["--resume=last.h5"], start: .file("last.h5"))
    ),
    (
      "train c.yaml --resume --extend 60",
      training(
        words: ["--resume", "--extend=60"], start: .newest,
        added: Extension(epochs: 60, rewarms: false))
    ),
    (
      "train c.yaml --resume=a.h5 --extend=60 --rewarm",
      training(
        words: ["--resume=a.h5", "--extend=60", "--rewarm"], start: .file("a.h5"),
        added: Extension(epochs: 60, rewarms: true))
    ),
    ("train c.yaml --overwrite", training(words: ["--overwrite"], start: .overwriting)),
    ("train c.yaml --stop-after 20", training(words: ["--stop-after=20"], stopAfter: 20)),
    ("train c.yaml --stop-after=20", training(words: ["--stop-after=20"], stopAfter: 20)),
    ("train c.yaml --print-config", training(words: ["--print-config"], prints: true)),
    (
      "train --ranks 3 c.yaml --set a=1 --resume",
      training(ranks: 3, words: ["--resume"], overrides: ["a=1"], start: .newest)
    ),
    ("train c.yaml --rank=2", training(ranks: 2)),
    ("train c.yaml --quiet", training(words: ["--quiet"], isQuiet: true)),
    ("train c.yaml --progress off", training(words: ["--progress=off"], progress: .off)),
    (
      "train c.yaml --progress=bar --ranks 2",
      training(ranks: 2, words: ["--progress=bar"], progress: .bar)
    ),
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

  static let others: [(line: String, verb: any Verb)] = [
    ("evaluate --checkpoint a.h5 --data t.jsonl", evaluation()),
    ("evaluate a.h5 t.jsonl", evaluation()),
    ("evaluate --data t.jsonl --checkpoint a.h5 b.h5", evaluation(["a.h5", "b.h5"])),
    (
      "evaluate a.h5 t.jsonl --by relation --by length --errors 3 --predictions p --by string "
        + "--html h",
      evaluation(
        by: .string, style: ReportStyle(rows: [.relation, .length], errors: 3), predictions: "p",
        page: "h")
    ),
    (
      "score t.jsonl a b --wide --train x --html h",
      Score(
        gold: "t.jsonl", predictions: ["a", "b"], train: "x", rules: ScoringRules(),
        style: ReportStyle(isWide: true), report: nil, page: "h")
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --rin-exact authors",
      evaluation(match: .exactPosition, rinExact: .authors)
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --rin-exact=spans --match exact",
      evaluation(match: .exact)
    ),
    (
      "evaluate --data=t.jsonl --checkpoint=a.h5 --checkpoint b.h5 --json r.json",
      evaluation(["a.h5", "b.h5"], report: "r.json")
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --match exact-pos --threads all",
      evaluation(match: .exactPosition, threads: .all)
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --match partial-last --by string --threads 4",
      evaluation(match: .partialLast, by: .string, threads: .exactly(4))
    ),
    (
      "evaluate --checkpoint a.h5 --data t.jsonl --match partial-first --lenient-na "
        + "--length-buckets sentence --constrained --pairing one-to-one --precision float32 "
        + "--vectors v.txt",
      evaluation(
        match: .partialFirst, incomplete: .dropped, buckets: .sentence,
        changes: [.constrained, .pairing(.oneToOne)], precision: .float32, vectors: "v.txt")
    ),
    (
      "extract --checkpoint a.h5",
      Extract(
        checkpoint: "a.h5", input: nil, isTokenized: false, printsJSON: false, minScore: nil,
        skipsBad: false, threads: .all, precision: nil, vectors: nil)
    ),
    (
      "extract --checkpoint a.h5 - --tokenized --skip-bad",
      Extract(
        checkpoint: "a.h5", input: nil, isTokenized: true, printsJSON: false, minScore: nil,
        skipsBad: true, threads: .all, precision: nil, vectors: nil)
    ),
    (
      "extract --checkpoint a.h5 --json in.txt --min-score .25 --threads 2 --precision bfloat16 --vectors v.txt",
      Extract(
        checkpoint: "a.h5", input: "in.txt", isTokenized: false, printsJSON: true, minScore: 0.25,
        skipsBad: false, threads: .exactly(2), precision: .bfloat16, vectors: "v.txt")
    ),
    ("inspect a.h5", Inspect(checkpoint: "a.h5")),
    ("log a b/run.jsonl", Log(runs: ["a", "b/run.jsonl"], view: .summary, follows: false)),
    ("log a --follow --csv", Log(runs: ["a"], view: .csv, follows: true)),
    ("log --tensorboard e a", Log(runs: ["a"], view: .events("e"), follows: false)),
    ("log a --ranks", Log(runs: ["a"], view: .ranks, follows: false)),
    ("data convert --from triples in --out out.jsonl", conversion(.triples)),
    ("data convert in --out out.jsonl --from cotype", conversion(.cotype)),
    ("data convert in --out out.jsonl --skip-bad", conversion(nil, skipsBad: true)),
    (
      "data convert in --out out.jsonl --keep-relation NA --drop-relation a --drop-relation b",
      conversion(nil, kept: ["NA"], dropped: ["a", "b"])
    ),
    (
      "data convert --from copyre in --out out.jsonl --words w.json --relations r.json",
      conversion(.copyre, words: "w.json", relations: "r.json")
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
      DataSynthesize(seed: 0, sentences: 400, output: "d")
    ),
    (
      "data synthesize --seed 0 --sentences 400 --out d --overwrite",
      DataSynthesize(seed: 0, sentences: 400, output: "d", overwrites: true)
    ),
    (
      "export a.h5 --out a.st",
      Export(checkpoint: "a.h5", output: "a.st", weights: .evaluated)
    ),
    (
      "export run --out=a.st --raw --format safetensors",
      Export(checkpoint: "run", output: "a.st", weights: .raw)
    ),
    ("doctor", Doctor(folder: ".", onlySums: false)),
    ("doctor /scratch", Doctor(folder: "/scratch", onlySums: false)),
    ("doctor --self-test", Doctor(folder: ".", onlySums: true)),
    ("completion bash", Completion()),
    ("data stats a b", DataStats(paths: ["a", "b"])),
    ("data check d", DataCheck(path: "d", configuration: nil, overrides: [], report: nil)),
    (
      "data check d --config c.yaml --set a=1 --json -",
      DataCheck(
        path: "d", configuration: "c.yaml", overrides: ["a=1"].compactMap(override), report: "-")
    ),
  ]

  @Test("a good line becomes its verb", arguments: trainings + others)
  func good(line: String, verb: any Verb) throws {
    let words = line.split(separator: " ").map(String.init)
    guard case .run(let parsed) = try Program.tercet.request(of: words) else {
      Issue.record("\(line) shows text")
      return
    }
    #expect(String(reflecting: parsed) == String(reflecting: verb))
  }

  @Test("the version is shown")
  func version() throws {
    #expect(try shown(["--version"]) == "tercet 0.1.0")
  }
}
