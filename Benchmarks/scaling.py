"""Measures scaling over hosts of one machine, and forecasts it for a cluster; see `Benchmarks/scaling`."""
import json
import os
import statistics
import tempfile

import forecast
import laboratory
import processes
import table
import turns
from alphabeta import PLAIN, PUBLISHED_READY, Network, Work
from entry import Parser, built, count, fail, say, write

HOSTS = [1, 2, 4, 8]
LINKS = ["none", "1gbit"]
CORES = len(os.sched_getaffinity(0))
LARGEST = 1 << 22
# Small enough for two cores to carry eight ranks of it.
SMALL = ["model.hidden=128", "model.teacherForcing=1"]
STEPS = 12


def options():
    parser = Parser(prog="Benchmarks/scaling", description="Measures scaling over hosts that are "
                    "network namespaces of this machine, and forecasts it for a cluster.")
    parser.add_argument("--json", metavar="FILE", help="write the rows there")
    parser.add_argument("--rounds", metavar="N", type=count, default=5)
    parser.add_argument("--data", metavar="DIR", default="data/webnlg",
                        help="folder of WebNLG, whose training the forecast stands on")
    return parser.parse_args()


def training(name, command, data, folder, settings):
    """A case of some steps of training; the first two, which make memory warm, are left out."""
    command = command(["train", "Configs/webnlg/copymtl-one.yaml",
                       *(word for s in settings for word in ("--set", s)),
                       "--set", f"data.directory={data}", "--set", "batch.pool=10",
                       "--checkpoints", folder, "--overwrite", "--stop-after", str(STEPS)])

    def read(_):
        with open(f"{folder}/run.jsonl", encoding="utf-8") as log:
            entries = [json.loads(line) for line in log]
        start = next(e for e in entries if e["event"] == "start")
        steps = [e for e in entries if e["event"] == "step"][2:]
        total = [sum(e["seconds"].values()) for e in steps]
        yield f"{name}.step", 1e3 * statistics.median(total), "ms"
        updates = [e["seconds"]["update"] for e in steps]
        yield f"{name}.update", 1e3 * statistics.median(updates), "ms"
        sentences = sum(e["sentences_per_second"] * t for e, t in zip(steps, total))
        yield f"{name}.sentences", sentences / sum(total), "sentences/s"
        yield f"{name}.gradient", 4 * start["parameters"], "bytes"

    return turns.Case(name, command, read)


def cases(executables, data, corpus, scratch):
    """All that is measured: the published size on this machine, kernels, sums and training over hosts."""
    tercet, own = (os.path.abspath(f"{executables}/{name}") for name in ("tercet", "Benchmarks"))
    local = lambda words: [
        "mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", str(CORES), tercet, *words]
    yield training("node", local, data, f"{scratch}/node", ["model.teacherForcing=1"])
    yield turns.loop("kernels", [own, "kernels"])
    for link in LINKS:
        for hosts in HOSTS:
            place = f"{hosts}.{link}"
            over = lambda words, hosts=hosts: laboratory.launch(hosts, words)
            if hosts == 2:
                sums = turns.loop(f"sums.{place}", over([own, "reduction", str(LARGEST)]),
                                  ending=f".{link}")
                yield limited(sums, link)
            small = training(f"hosts.{place}", lambda words, over=over: over([tercet, *words]), corpus,
                             f"{scratch}/run", SMALL)
            yield limited(small, link)


def limited(case, link):
    """The case with its hosts' links limited before it runs."""
    command = ["bash", "-c", 'cluster/lab limit "$0" && exec "$@"', link, *case.command]
    return turns.Case(case.name, command, case.read, waits=False)


def network(figures, link):
    """α and β from sums over two hosts, γ from the kernel, which reads or writes a byte three times."""
    gamma = 3e-9 / figures["kernels.add"].median
    small, large = (1e-3 * figures[f"reduction.{size}.reproducible.{link}"].median
                    for size in ("4KB", "4MB"))
    beta = (large - small) / (LARGEST - (1 << 12)) - gamma / 2
    return Network(small / 2, beta, gamma)


def comparison(figures):
    """Rows of efficiency beside the model's.

    All hosts share this machine's cores, and each updates a piece of the parameters: the ideal step over p
    hosts is that of one, divided by the cores that p ranks can use.
    """
    for link in LINKS:
        one = figures[f"hosts.1.{link}.step"].median
        wires = network(figures, link)
        for hosts in HOSTS[1:]:
            measured = figures[f"hosts.{hosts}.{link}.step"]
            ideal = one / min(hosts, CORES)
            sums = 1e3 * wires.sum(hosts, figures[f"hosts.{hosts}.{link}.gradient"].median)
            model = ideal / (ideal + sums)
            values = [ideal / value for value in measured.values]
            middle = statistics.median(values)
            yield {
                "name": f"scaling.{hosts} hosts.{link}", "value": middle, "unit": "of ideal",
                "model": model, "ratio": middle / model, "floor": None, "minimum": min(values),
                "median": middle, "maximum": max(values), "command": measured.command,
            }


def node(figures):
    """What a node like this machine does at the published size."""
    step, update = (1e-3 * figures[f"node.{name}"].median for name in ("step", "update"))
    sentences = figures["node.sentences"].median * step
    return Work(sentences / (step - update), figures["node.gradient"].median, update, PUBLISHED_READY)


def report(figures):
    """Prints the tables; returns the rows."""
    rows = list(comparison(figures))
    tell = lambda head, lines: print("\n".join(table.aligned(head, lines)), end="\n\n")
    tell(["hosts and limit of the link", "efficiency", "minimum", "maximum", "model"],
         [[row["name"], *(f"{100 * row[key]:.0f} %" for key in ("median", "minimum", "maximum", "model"))]
          for row in rows])
    work, wires = node(figures), network(figures, "none")
    print(f"α {1e6 * wires.alpha:.0f} µs, γ {1e12 * wires.gamma:.0f} ps a byte, a node: {work.rate:.0f} "
          f"sentences/s, {1e3 * work.update:.0f} ms an update, {work.count * 1e-6:.1f} MB\n")
    print(f"Efficiency by nodes, {forecast.SENTENCES} sentences on each")
    tell(*forecast.efficiencies(work, wires))
    print(f"The same with the {forecast.WORDS:,} word vectors of NYT")
    tell(*forecast.efficiencies(forecast.with_words(work), wires))
    print("Fastest update of a given batch")
    tell(*forecast.turning_points(work, wires))
    return rows + [figure.row() for figure in figures.values()]


def main():
    args = options()
    if os.geteuid() != 0:
        fail("network namespaces are made by root alone")
    if not os.path.exists(f"{args.data}/train.jsonl"):
        fail(f"--data {args.data} is no folder of WebNLG (README.md, \"Real data\")")
    executables = built()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = f"{scratch}/corpus"
        make = [f"{executables}/tercet", "data", "synthesize", "--seed", "1"]
        try:
            processes.run([*make, "--sentences", str(200 * STEPS), "--out", corpus])
            with laboratory.hosts(max(HOSTS)):
                asked = list(cases(executables, args.data, corpus, scratch))
                figures, failures = turns.measure(asked, args.rounds, say)
        except laboratory.LabFailed as error:
            fail(f"hosts could not be made: {error}")
        except processes.CommandFailed as error:
            fail(f"the corpus of the small model could not be made: {error}")
    for name, reason in failures.items():
        fail(f"{name} could not be measured: {reason}")
    write(args.json, report(figures))


try:
    main()
except KeyboardInterrupt:
    fail("interrupted")
