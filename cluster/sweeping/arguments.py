"""The command line of cluster/sweep."""
import argparse
import os

from . import space
from .errors import Failure

ABOUT = """\
Trains over values of keys and over seeds, and says which value is best on the development split.

  cluster/sweep CONFIG --out DIR --grid lambda=0,.1,.3,1,3,10 --seeds 1-3 --set data.directory=data/sample
  cluster/sweep CONFIG --out DIR --log-range lambda=.01:10 --sampler tpe --trials 20 --set data.directory=data/sample

Each trial is an ordinary 'tercet train' in DIR/trials, whose folders are the only state: after Ctrl-C, a kill or a
failure the same command goes on, and one with more values adds what is new. DIR gets table.md, table.csv, trials.csv,
a plot for each key as SVG and PNG, and best.yaml."""

EPILOG = """\
KEY is a key of a configuration, its last part, or another program's word for it, as for 'tercet train --set'.
Ends with 0 when all trials are finished or stopped early, 75 when it was asked to leave (the same command goes on),
and 1 where trials have failed (the same command tries them again) or for bad input. More: cluster/README.md"""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Failure(f"{message}; see cluster/sweep --help")


def count(least, most=10**6):
    """A whole number from `least` to `most`, as argparse reads it."""
    def read(text):
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"found '{text}', expected a number from {least} to {most}")
        return int(text)
    return read


def parser():
    made = Parser(
        prog="cluster/sweep", description=ABOUT, epilog=EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("configuration", metavar="CONFIG", nargs="?", help="YAML file of what all trials have in common")
    made.add_argument("--out", metavar="DIR", help="folder of the sweep")
    _add_what(made.add_argument_group("what is tried"))
    _add_where(made.add_argument_group("where trials run"))
    extra = made.add_argument_group("Optuna and matplotlib")
    extra.add_argument("--offline", metavar="DIR", help="install them from the wheels in a folder, without a network")
    extra.add_argument("--no-plots", action="store_true", help="make tables alone, without matplotlib")
    extra.add_argument("--prepare", action="store_true", help="install them, and end")
    return made


def _add_what(what):
    what.add_argument("--grid", metavar="KEY=V,…", action="append", default=[], help="values of a key; of several "
                      "keys all combinations")
    what.add_argument("--range", metavar="KEY=A:B", action="append", default=[], help="numbers to draw from; "
                      "whole ones where A and B are")
    what.add_argument("--log-range", metavar="KEY=A:B", action="append", default=[], help="likewise, by their "
                      "logarithm")
    what.add_argument("--sampler", choices=["grid", "random", "tpe"], help="how values are chosen (default: grid, or "
                      "random where there is a range); tpe is Optuna's")
    what.add_argument("--trials", metavar="N", type=count(1), help="values that random and tpe choose (20)")
    what.add_argument("--batch", metavar="N", type=count(1), default=4, help="values that tpe proposes at once, from "
                      "the scores of those before (4)")
    what.add_argument("--sampler-seed", metavar="N", type=count(0, 2**32 - 1), default=1, help="of random and tpe (1)")
    what.add_argument("--seeds", metavar="LIST", help="seeds of each value, as in 1-3 or 1,5 (as configured)")
    what.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="set a key for all trials")
    what.add_argument("--prune", choices=["none", "median", "halving", "seeds"], default="none", help="stop values "
                      "early, from a fifth of the epochs on: those below the median of the others, those in the lower "
                      "half, or those that are worse than chance explains (none)")
    what.add_argument("--test", action="store_true", help="score finished trials on the test split, too")


def _add_where(where):
    where.add_argument("--ranks", metavar="N", type=count(1, 4096), default=1, help="ranks of a trial (1)")
    where.add_argument("--threads", metavar="N", type=count(1, 4096), help="threads of a rank (as configured)")
    where.add_argument("--jobs", metavar="N", type=count(1, 4096), help="trials side by side (as cores allow)")
    where.add_argument("--hosts", metavar="A,B:2,…", help="run trials on hosts that share the folder, one or N at a "
                       "time on each")
    where.add_argument("--rsh", metavar="COMMAND", default="ssh -o BatchMode=yes", help="what reaches them (ssh)")
    where.add_argument("--slurm", metavar="OPTIONS", nargs="?", const="", help="run trials as an array of Slurm, with "
                       "these options of sbatch, as in --slurm='--time=60 --partition=main'")
    where.add_argument("--submit-only", action="store_true", help="with --slurm: end when the array is in the queue; "
                       "the same command later writes tables and submits what is missing")
    where.add_argument("--retries", metavar="N", type=count(0, 1000), default=3, help="how often a start of the sweep "
                       "tries a trial again that ends badly (3)")
    where.add_argument("--tercet", metavar="FILE", help="the program (the one built here, or that of PATH)")


def parse(words):
    """The request of a command line, with lists and ranges read. Raises Failure where it cannot be."""
    request = parser().parse_args(words)
    if request.prepare:
        return request
    if not request.configuration:
        raise Failure("CONFIG is missing; see cluster/sweep --help")
    if not request.out:
        raise Failure("give the folder of the sweep: --out DIR")
    request.out = os.path.abspath(request.out)
    request.seeds = space.parse_seeds(request.seeds) if request.seeds else None
    request.grid = unique([space.parse_grid(text) for text in request.grid])
    request.ranges = unique([space.parse_range(text, False) for text in request.range]
                            + [space.parse_range(text, True) for text in request.log_range])
    request.sampler = request.sampler or ("random" if request.ranges else "grid")
    check(request)
    return request


def unique(pairs):
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Failure(f"key '{name}' is given twice; write its values in one place")
    return dict(pairs)


def check(request):
    """Refuses options that contradict each other."""
    if not (request.grid or request.ranges):
        raise Failure("nothing to try: give --grid KEY=V1,V2 or --range KEY=A:B")
    if set(request.grid) & set(request.ranges):
        raise Failure("a key has both --grid and a range; give one of them")
    if request.sampler == "grid" and request.ranges:
        raise Failure("--sampler grid tries listed values; a range needs random or tpe")
    if request.sampler == "grid" and request.trials:
        raise Failure("--trials is for the samplers random and tpe; a grid has as many as it lists")
    request.trials = request.trials or 20
    if request.slurm is not None and request.hosts:
        raise Failure("--slurm and --hosts both say where trials run; give one of them")
    if request.hosts and request.jobs:
        raise Failure("--hosts says how many trials run on each host, as in a:2; leave --jobs out")
    if request.submit_only and request.slurm is None:
        raise Failure("--submit-only is for --slurm")
    if request.submit_only and (request.prune != "none" or request.sampler == "tpe"):
        raise Failure("--submit-only leaves nobody to stop trials or to propose more; leave it out, or take "
                      "--prune none and another sampler")
