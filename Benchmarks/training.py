"""Training cases: an epoch of CopyMTL-One at the published size, through `tercet train`."""
import json
import math
import os
import shutil
from dataclasses import dataclass

from turns import Case

PRECISIONS = ["float32", "bfloat16"]
# Ranks and threads of each: one core, then the two forms of two cores.
FORMS = [(1, 1), (1, 2), (2, 1)]
PHASES = ["data", "forward", "backward", "gradients", "reduction", "update"]


@dataclass(frozen=True)
class Form:
    """How an epoch is trained. Options are named only where they differ from the defaults."""

    precision: str
    batch: int
    ranks: int = 1
    threads: int = 1
    free: bool = False
    shards: int = 0
    reduction: str = "reproducible"
    products: str = "auto"

    @property
    def name(self):
        kind = (".free" if self.free else "") + (f".shards{self.shards}" if self.shards else "")
        kind += f".{self.reduction}" if self.reduction != "reproducible" else ""
        kind += f".{self.products}" if self.products != "auto" else ""
        return f"training.{self.precision}.batch{self.batch}{kind}.{self.ranks}x{self.threads}"

    def settings(self, folder):
        yield f"data.directory={folder}"
        yield "batch.pool=10"
        # No scoring at the end of the first epoch, which is not the last.
        yield from ["epochs=2", "evaluation.every=2"]
        if not self.free:
            yield "model.teacherForcing=1"
        if self.batch != 100:
            yield f"batch.size={self.batch}"
        if self.shards:
            yield f"batch.shards={self.shards}"
        if self.precision != "float32":
            yield f"precision={self.precision}"
        if self.threads != 1:
            yield f"threads={self.threads}"
        if self.reduction != "reproducible":
            yield f"reduction={self.reduction}"
        if self.products != "auto":
            yield f"products={self.products}"


def forms():
    for precision in PRECISIONS:
        for batch in [100, 32]:
            for ranks, threads in FORMS:
                yield Form(precision, batch, ranks, threads)
        yield Form(precision, 100, ranks=2, free=True)
        yield Form(precision, 100, ranks=2, reduction="allreduce")
        for shards in [1, 16]:
            yield Form(precision, 100, shards=shards)
    for ranks, threads in FORMS:
        yield Form("float32", 100, ranks, threads, products="openblas")


def cases(tercet, corpus, scratch):
    """A case for each form; checkpoints go to a folder in `scratch` and are left nowhere."""
    return [case(form, tercet, corpus, os.path.join(scratch, "run")) for form in forms()]


def case(form, tercet, corpus, folder):
    steps = math.ceil(len(corpus.lengths) / form.batch)
    settings = form.settings(corpus.folder)
    command = launched(tercet, "Configs/webnlg/copymtl-one.yaml", settings, form.ranks, folder, steps)

    def read(result):
        phases = seconds_by_phase(log(folder), form.precision, steps)
        yield f"{form.name}.speed", corpus.gigaflops() / sum(phases.values()), "GFLOP/s"
        yield from figures(form.name, corpus, result, phases)

    return Case(form.name, command, read)


def epoch(name, command, folder, corpus, steps):
    """A case of an epoch of another model in float32."""
    def read(result):
        yield from figures(name, corpus, result, seconds_by_phase(log(folder), "float32", steps))

    return Case(name, command, read)


def figures(name, corpus, result, phases):
    """What an epoch of the corpus shows of any model; `phases` are seconds."""
    total = sum(phases.values())
    yield f"{name}.sentences", len(corpus.lengths) / total, "sentences/s"
    yield f"{name}.memory", result.memory, "MB a rank"
    for phase, seconds in phases.items():
        yield f"{name}.{phase}", 100 * seconds / total, "% of a step"


def launched(tercet, configuration, settings, ranks, folder, steps):
    """A command that trains so many steps and leaves its run log in `folder`."""
    command = ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)]
    command += [tercet, "train", configuration]
    for setting in settings:
        command += ["--set", setting]
    return command + ["--checkpoints", folder, "--overwrite", "--stop-after", str(steps)]


def log(folder):
    """The entries of a run log; its folder goes."""
    with open(os.path.join(folder, "run.jsonl"), encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    shutil.rmtree(folder)
    return entries


def seconds_by_phase(entries, precision, count):
    """Seconds of all steps of a run log, by phase, in the order of a step.

    Raises ValueError where the run was not an epoch of this form, such as on a CPU without bfloat16.
    """
    start = next(e for e in entries if e["event"] == "start")
    if start["precision"] != precision:
        raise ValueError(f"was computed in {start['precision']}")
    steps = [e["seconds"] for e in entries if e["event"] == "step"]
    if len(steps) != count:
        raise ValueError(f"{len(steps)} steps, where an epoch has {count}")
    return {phase: sum(step[phase] for step in steps) for phase in PHASES}
