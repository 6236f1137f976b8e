"""GenerativeRE cases: steps of MiniLM's shape from random weights, and writing with keys and values kept."""
import os
import subprocess

import torch_peer
import training
from turns import Case, loop

# Enough steps that their sentences are a sample of the split; whole epochs take minutes.
STEPS, BATCH, WARM_UP = 24, 32, 4
# Ranks and threads.
FORMS = [(2, 1), (1, 2)]
THREADS = [1, 2]
SHAPE = "model:\n  kind: generative\n  layers: 6\n  hidden: 384\n  heads: 12\n  inner: 1536\n"
OPTIMIZER = "optimizer:\n  kind: adamw\n  rate: 0.0001\n"


def cases(tercet, own, corpus, scratch):
    configuration = os.path.join(scratch, "generative.yaml")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(SHAPE + OPTIMIZER)
    for ranks, threads in FORMS:
        yield steps(tercet, configuration, corpus, os.path.join(scratch, "run"), ranks, threads)
    for threads in THREADS:
        yield loop(f"generative.written.{threads}", [own, "written", corpus.folder, str(threads)])


def steps(tercet, configuration, corpus, folder, ranks, threads):
    name = f"generative.{ranks}x{threads}"
    settings = [f"data.directory={corpus.folder}", "batch.pool=10", "epochs=9", "evaluation.every=9",
                f"batch.size={BATCH}", f"threads={threads}"]

    def read(result):
        done = [e for e in training.log(folder) if e["event"] == "step"][WARM_UP:]
        seconds = sum(sum(e["seconds"][phase] for phase in training.PHASES) for e in done)
        yield f"{name}.sentences", BATCH * len(done) / seconds, "sentences/s"
        yield f"{name}.memory", result.memory, "MB a rank"

    return Case(name, training.launched(tercet, configuration, settings, ranks, folder, STEPS + WARM_UP), read)


def peers(own, corpus, scratch):
    """The peer reads the pieces that tercet reads."""
    pieces = os.path.join(scratch, "pieces.jsonl")
    with open(pieces, "w", encoding="utf-8") as file:
        subprocess.run([own, "pieces", corpus.folder], stdout=file, check=True)
    return [torch_peer.generative(pieces, *form, BATCH, STEPS) for form in FORMS] + [
        torch_peer.written(pieces, threads, BATCH) for threads in THREADS]
