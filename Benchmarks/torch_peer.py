"""The PyTorch peer: its environment, and cases of it beside tercet's own."""
import json
import os
import subprocess
import sys

import flops
from turns import Case

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer", "timing.py")
HOME = os.environ.get("TERCET_PEER", os.path.expanduser("~/.cache/tercet-peer"))
# glibc is told to keep its memory: worth 7 to 25 % to PyTorch, which gives it back at every step.
ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 34), "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
    "MALLOC_TOP_PAD_": str(1 << 28), "PYTHONDONTWRITEBYTECODE": "1",
}
# Form, precision, batch, ranks and threads.
TRAINING = [
    ("tuned", precision, 100, ranks, threads)
    for precision in ["float32", "bfloat16"] for ranks, threads in [(1, 1), (1, 2), (2, 1)]
] + [
    ("tuned", precision, 32, ranks, threads)
    for precision in ["float32", "bfloat16"] for ranks, threads in [(1, 2), (2, 1)]
] + [
    ("plain", "float32", 100, 1, 2), ("plain", "float32", 100, 2, 1),
    ("plain", "bfloat16", 100, 1, 2), ("published", "float32", 100, 1, 2),
]
INFERENCE = [
    ("tuned", "float32"), ("padded", "float32"), ("tuned", "bfloat16"), ("padded", "bfloat16"),
    ("published", "float32"),
]


def prepare():
    """Makes the peer's Python environment unless it is there.

    Raises CalledProcessError where that fails.
    """
    if os.path.exists(f"{HOME}/venv/bin/torchrun"):
        return
    subprocess.run([sys.executable, "-m", "venv", f"{HOME}/venv"], check=True)
    subprocess.run([f"{HOME}/venv/bin/pip", "install", "-q", "torch", "numpy", "transformers"], check=True)


def training(corpus):
    return [training_case(corpus, *form) for form in TRAINING]


def inference(corpus):
    return [
        inference_case(corpus, form, precision, threads)
        for form, precision in INFERENCE for threads in [1, 2] if (form, threads) != ("published", 1)
    ]


def reduction(values):
    """Gloo's all-reduce of as many float32 values, two ranks."""
    def read(result):
        for kind, seconds in json.loads(result.output).items():
            yield f"peer.reduction.gradient.{kind}", 1e3 * seconds, "ms"

    return case("peer.reduction", 2, 1, ["reduce", "--values", str(values)], read)


def rin(corpus, form, ranks, threads, layers, batch):
    """A case of RIN, counted in sentences of an epoch's mean work."""
    name = f"peer.rin.{form}.{ranks}x{threads}"
    mean = flops.rin(corpus.lengths, corpus.relations, layers) / len(corpus.lengths)

    def read(result):
        run = json.loads(result.output)
        work = flops.rin(run["lengths"], corpus.relations, layers)
        yield f"{name}.sentences", work / mean / run["seconds"], "sentences/s"
        yield f"{name}.memory", result.memory, "MB a rank"

    arguments = ["train", corpus.folder, "--model", "rin", "--form", form, "--layers", str(layers)]
    return case(name, ranks, threads, arguments + ["--batch", str(batch)], read)


def cascade(corpus, batch):
    """A case of an epoch of the cascade on one thread, and twice its speed: the best that two cores could give."""
    name = "peer.cascade.1x1"

    def read(result):
        run = json.loads(result.output)
        speed = run["sentences"] / run["seconds"]
        yield f"{name}.sentences", speed, "sentences/s"
        yield "peer.cascade.twice.sentences", 2 * speed, "sentences/s"
        yield f"{name}.memory", result.memory, "MB a rank"

    return case(name, 1, 1, ["train", corpus.folder, "--model", "cascade", "--batch", str(batch)], read)


def generative(pieces, ranks, threads, batch, steps):
    """A case of the transformer; its minibatches are spread evenly over the lengths of an epoch."""
    name = f"peer.generative.{ranks}x{threads}"

    def read(result):
        run = json.loads(result.output)
        yield f"{name}.sentences", len(run["lengths"]) / run["seconds"], "sentences/s"
        yield f"{name}.memory", result.memory, "MB a rank"

    arguments = ["train", pieces, "--model", "generative", "--batch", str(batch), "--steps", str(steps)]
    return case(name, ranks, threads, arguments, read)


def written(pieces, threads, batch):
    """A case of writing 64 pieces for each of 128 sentences."""
    name = f"peer.generative.written.{threads}"

    def read(result):
        run = json.loads(result.output)
        yield name, run["tokens"] / run["seconds"], "pieces/s"

    arguments = ["infer", pieces, "--model", "generative", "--batch", str(batch), "--steps", str(128 // batch)]
    return case(name, 1, threads, [*arguments, "--values", "64"], read)


def training_case(corpus, form, precision, batch, ranks, threads):
    name = f"peer.training.{form}.{precision}.batch{batch}.{ranks}x{threads}"
    mean = corpus.gigaflops() / len(corpus.lengths)

    def read(result):
        run = json.loads(result.output)
        speed = corpus.gigaflops(run["lengths"]) / run["seconds"]
        yield f"{name}.speed", speed, "GFLOP/s"
        # Of sentences of an epoch's mean work, whichever were drawn.
        yield f"{name}.sentences", speed / mean, "sentences/s"
        yield f"{name}.memory", result.memory, "MB a rank"

    steps = 3 if form == "published" else 8
    arguments = ["train", corpus.folder, "--form", form, "--precision", precision]
    arguments += ["--batch", str(batch), "--steps", str(steps)]
    return case(name, ranks, threads, arguments, read)


def inference_case(corpus, form, precision, threads):
    name = f"peer.inference.{form}.{precision}.{threads}"

    def read(result):
        run = json.loads(result.output)
        yield name, run["sentences"] / run["seconds"], "sentences/s"

    arguments = ["infer", corpus.folder, "--form", form, "--precision", precision]
    return case(name, 1, threads, arguments, read)


def case(name, ranks, threads, arguments, read):
    command = [f"{HOME}/venv/bin/python", SCRIPT]
    if ranks > 1:
        command = [f"{HOME}/venv/bin/torchrun", "--standalone", "--nproc-per-node", str(ranks), SCRIPT]
    environment = {**ENVIRONMENT, "OMP_NUM_THREADS": str(threads)}
    return Case(name, command + arguments + ["--threads", str(threads)], read, environment)
