import Commands
import Testing

@testable import tercet

private func message(_ arguments: [String]) -> String {
  do {
    return "no error, but \(try Program.tercet.request(of: arguments))"
  } catch {
    return error.description
  }
}

@Suite("bad command lines")
struct BadLineTests {
  @Test(
    "a bad line is answered with one line",
    arguments: [
      ("trian c.yaml", "tercet: unknown verb 'trian'; did you mean 'train'?"),
      ("hepl", "tercet: unknown verb 'hepl'; did you mean 'help'?"),
      ("help trian", "tercet: unknown verb 'trian'; did you mean 'train'?"),
      ("help data stat", "tercet data: unknown verb 'stat'; did you mean 'stats'?"),
      ("help train c.yaml", "tercet train: unexpected argument 'c.yaml'"),
      ("help --foo", "tercet: unknown option '--foo'"),
      ("help exit 75", "tercet help exit: unexpected argument '75'"),
      ("help --man x", "tercet help --man: unexpected argument 'x'"),
      ("export a.h5", "tercet export: --out FILE is missing"),
      (
        "export a.h5 --out b --format onnx",
        "tercet export: '--format' must be one of safetensors; found 'onnx'"
      ),
      (
        "export a.h5 --out b.gz",
        "tercet export: '--out': programs read safetensors without gzip; leave '.gz' out"
      ),
      (
        "export a.h5 --out -",
        "tercet export: '--out' must be a file, which is written whole or not at all"
      ),
      ("doctor d --self-test", "tercet doctor: '--self-test' writes no checkpoint; leave DIR out"),
      ("completion zsh", "tercet completion: SHELL must be bash, found 'zsh'"),
      ("--verison", "tercet: unknown option '--verison'"),
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
      (
        "train c --ranks 0",
        "tercet train: '--ranks' must be a whole number from 1 to 9223372036854775807, found '0'"
      ),
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
        "train c --extend 60",
        "tercet train: '--extend' makes a run longer that '--resume' goes on with; give both"
      ),
      (
        "train c --resume --rewarm",
        "tercet train: '--rewarm' is for a run that '--extend N' makes longer"
      ),
      (
        "train c --resume --extend 1000000001",
        "tercet train: '--extend' must be 1000000000 or less, found '1000000001'"
      ),
      (
        "train c --resume --extend 0",
        "tercet train: '--extend' must be a whole number from 1 to 9223372036854775807, found '0'"
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
      (
        "evaluate --data t",
        "tercet evaluate: MODEL is missing beside 't'; write tercet evaluate MODEL DATA"
      ),
      (
        "evaluate run/best.h5",
        "tercet evaluate: DATA is missing beside 'run/best.h5'; write tercet evaluate MODEL DATA"
      ),
      (
        "evaluate /tmp",
        "tercet evaluate: DATA is missing beside '/tmp'; write tercet evaluate MODEL DATA"
      ),
      (
        "evaluate none/test.jsonl",
        "tercet evaluate: MODEL is missing beside 'none/test.jsonl'; write tercet evaluate MODEL DATA"
      ),
      ("help help x", "tercet help help: unexpected argument 'x'"),
      ("evaluate", "tercet evaluate: MODEL and DATA are missing; write tercet evaluate MODEL DATA"),
      (
        "evaluate --checkpoint a",
        "tercet evaluate: DATA is missing; write tercet evaluate MODEL DATA"
      ),
      (
        "evaluate a t --by most",
        "tercet evaluate: '--by' must be one of relation, class, count, length, all, position, "
          + "string; found 'most'"
      ),
      (
        "evaluate a b t --predictions p",
        "tercet evaluate: --predictions takes those of one MODEL, found 2"
      ),
      (
        "evaluate a t --min-score 2",
        "tercet evaluate: '--min-score' must be a number from 0 to 1, found '2'"
      ),
      (
        "score gold",
        "tercet score: PREDICTIONS are missing beside 'gold'; write tercet score GOLD PREDICTIONS"
      ),
      (
        "evaluate --checkpoint a --data t --match most",
        "tercet evaluate: '--match' must be one of exact, exact-pos, partial-last, partial-first; "
          + "found 'most'"
      ),
      (
        "evaluate --checkpoint a --data t --match exact --rin-exact authors",
        "tercet evaluate: --rin-exact authors is a rule of --match exact-pos; leave --match out"
      ),
      (
        "evaluate --checkpoint a --data t --by string --rin-exact authors",
        "tercet evaluate: match 'exact-pos' compares positions; for strings give --match exact"
      ),
      (
        "evaluate --checkpoint a --data t --match exact --by position",
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
      ("extract", "tercet extract: MODEL is missing; write tercet extract MODEL [FILE]"),
      ("extract a b c", "tercet extract: unexpected argument 'c'; one FILE is read"),
      (
        "train c --progress loud",
        "tercet train: '--progress' must be one of auto, bar, lines, off; found 'loud'"
      ),
      ("log", "tercet log: RUN is missing"),
      ("score", "tercet score: GOLD and PREDICTIONS are missing"),
      (
        "log a --csv --ranks",
        "tercet log: give one of '--csv', '--tensorboard' and '--ranks'"
      ),
      (
        "log a --follow --tensorboard d",
        "tercet log: '--follow' prints lines as they come; it goes with '--csv' or alone"
      ),
      (
        "extract a --min-score 1.5",
        "tercet extract: '--min-score' must be a number from 0 to 1, found '1.5'"
      ),
      (
        "extract a --min-score nan",
        "tercet extract: '--min-score' must be a number from 0 to 1, found 'nan'"
      ),
      ("inspect a b", "tercet inspect: unexpected argument 'b'"),
      (
        "data convert in --out o --keep-relation NA --drop-relation NA",
        "tercet data convert: 'NA' is named by --keep-relation and --drop-relation; give one of them"
      ),
      ("data convert --from triples in", "tercet data convert: --out FILE is missing"),
      ("data convert --from triples --out o", "tercet data convert: INPUT is missing"),
      (
        "data convert --from csv in --out o",
        "tercet data convert: '--from' must be one of triples, spo, tplinker, cotype, copyre, "
          + "tuples, conll04, spert, dygie, docred, records, tacred, brat, doccano, prodigy, jsonl; found 'csv'"
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
      ("data check a b", "tercet data check: unexpected argument 'b'"),
      (
        "data check a --set lr=1",
        "tercet data check: '--set' changes a configuration; name its file with --config"
      ),
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
    #expect(message([String(repeating: "x", count: 5000)]).count < 250)
    #expect(message(["train", ""]) == "tercet train: CONFIG is empty; see 'tercet train --help'")
  }
}
