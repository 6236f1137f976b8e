"""Measures, prints one table and writes its rows; see `Benchmarks/run`."""
import argparse
import os
import subprocess
import sys
import tempfile

import cascade
import generative
import ratios
import rin
import table
import torch_peer
import training
import turns
from corpus import Corpus
from entry import Parser, built, count, fail, say, write

# What there is to measure, with about how long a round takes on two cores, without and with the peer.
SECTIONS = {
    "products": "½ min", "kernels": "10 s", "training": "15 min, with --peer 25", "inference": "½ min, with --peer 10",
    "reduction": "2 min", "rin": "1 min, with --peer 5", "cascade": "½ min, with --peer 1",
    "generative": "2 min, with --peer 5",
}
# Numbers of CopyMTL-One at the published size, as `Benchmarks/Sources` has it.
PARAMETERS = 14_400_000
# Cores that others may use without a word.
QUIET = 0.1


def options():
    parser = Parser(
        prog="Benchmarks/run", description="Measures tercet's speed. All that is asked for is run "
        "once a round, in turn; ratios are of medians over the rounds.")
    parser.add_argument("--json", metavar="FILE", help="write the rows there")
    parser.add_argument("--peer", action="store_true", help="with the PyTorch peer in turn")
    parser.add_argument("--only", metavar="NAME,...", type=names, default=list(SECTIONS),
                        help="sections, or cases by how their names begin, such as "
                        "training.bfloat16.batch100; about how long a round of each takes on two cores: "
                        + ", ".join(f"{name} ({time})" for name, time in SECTIONS.items()))
    parser.add_argument("--rounds", metavar="N", type=count, default=5)
    parser.add_argument("--data", metavar="DIR", default="data/webnlg",
                        help="folder of WebNLG's train.jsonl, dev.jsonl and test.jsonl")
    return parser.parse_args()


def names(text):
    found = text.split(",")
    for name in found:
        if section(name) not in SECTIONS:
            raise argparse.ArgumentTypeError(f"no section '{name}', there are {', '.join(SECTIONS)}")
    return found


def section(name):
    """The section of a case."""
    return name.removeprefix("peer.").split(".")[0]


def peaks(own):
    """The peak by the kernels that oneDNN and OpenBLAS choose, and by those of SkylakeX where the CPU has
    AVX-512: a CPU that is younger than OpenBLAS may be taken for an old one, and the best product of kernels
    for another CPU is no peak."""
    yield turns.loop("peak", [own, "peak"], ending=".chosen")
    if cpu_has("avx512f"):
        environment = {turns.KERNELS: "SkylakeX"}
        yield turns.loop("peak.SkylakeX", [own, "peak"], environment, ".SkylakeX")


def cpu_has(flag):
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return flag in file.read().split()


def cases(args, executables, corpus, scratch):
    """The cases that are asked for, and the peaks that they are compared with."""
    has_bfloat16 = cpu_has("avx512_bf16")
    if not has_bfloat16:
        say("Benchmarks: this CPU does not multiply bfloat16 (avx512_bf16): float32 is measured alone")
    for case in all_cases(args, executables, corpus, scratch):
        asked = section(case.name) in ["peak", *args.only] or case.name.startswith(tuple(args.only))
        if asked and (has_bfloat16 or "bfloat16" not in case.name):
            yield case


def all_cases(args, executables, corpus, scratch):
    """The cases of the sections that are asked for."""
    own, only = f"{executables}/Benchmarks", {section(name) for name in args.only}
    if "products" in only or "training" in only:
        yield from peaks(own)
    for name in ["products", "kernels"]:
        if name in only:
            yield turns.loop(name, [own, name])
    if "training" in only:
        yield from training.cases(f"{executables}/tercet", corpus, scratch)
        if args.peer:
            yield from torch_peer.training(corpus)
    if "inference" in only:
        for precision in training.PRECISIONS:
            for threads in ["1", "2"]:
                command = [own, "inference", corpus.folder, precision, threads]
                yield turns.loop(f"inference.{precision}.{threads}", command)
        if args.peer:
            yield from torch_peer.inference(corpus)
    if "rin" in only:
        yield from rin.cases(f"{executables}/tercet", corpus, scratch)
        if args.peer:
            yield from rin.peers(corpus)
    if "cascade" in only:
        yield from cascade.cases(f"{executables}/tercet", corpus, os.path.join(scratch, "run"))
        if args.peer:
            yield from cascade.peers(corpus)
    if "generative" in only:
        yield from generative.cases(f"{executables}/tercet", own, corpus, scratch)
        if args.peer:
            yield from generative.peers(own, corpus, scratch)
    if "reduction" in only:
        for ranks in [2, 4, 8]:
            yield reduction(own, ranks)
        if args.peer:
            yield torch_peer.reduction(PARAMETERS)


def reduction(own, ranks):
    """The sum over so many ranks; where they share cores, who waits lets others run."""
    launcher = ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)]
    if ranks > len(os.sched_getaffinity(0)):
        launcher += ["--mca", "mpi_yield_when_idle", "1"]
    name, ending = ("reduction", "") if ranks == 2 else (f"reduction.{ranks}", f".{ranks}ranks")
    return turns.loop(name, [*launcher, own, "reduction"], ending=ending)


def read_corpus(args):
    """The corpus, if a section needs it."""
    if not {"training", "inference", "rin", "cascade", "generative"} & {section(name) for name in args.only}:
        return None
    try:
        return Corpus.read(args.data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        fail(f"--data {args.data} is no folder of WebNLG (README.md, \"Real data\"): {error}")


def main():
    args = options()
    corpus = read_corpus(args)
    if args.peer:
        try:
            torch_peer.prepare()
        except (OSError, subprocess.CalledProcessError) as error:
            fail(f"the peer's environment in {torch_peer.HOME} could not be made: {error}")
    executables = built()
    with tempfile.TemporaryDirectory() as scratch:
        asked = list(cases(args, executables, corpus, scratch))
        figures, failures = turns.measure(asked, args.rounds, say)
    rows = [figure.row(ratios.ratio(figure, figures)) for figure in figures.values()]
    rows += [row for floor in ratios.floors() if (row := floor.row(figures))]
    print("\n".join(table.printed(rows)))
    write(args.json, rows)
    disturbed = max((figure.others for figure in figures.values()), default=0.0)
    if disturbed > QUIET:
        say(f"Benchmarks: other programs used up to {disturbed:.2f} cores: measure again when it is quiet")
    for name, reason in failures.items():
        say(f"Benchmarks: not measured: {name}: {reason}")
    sys.exit(1 if failures else 0)


try:
    main()
except KeyboardInterrupt:
    fail("interrupted")
