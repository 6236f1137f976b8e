"""RIN cases: an epoch of WebNLG, and the memory of a step by the number of layers."""
import itertools
import json
import math
import os

import torch_peer
import training
from turns import Case

LAYERS, BATCH = 2, 50
# Ranks and threads.
FORMS = [(2, 1), (1, 2)]
# The memory of a step is that of so many sentences of so many tokens.
SENTENCES, TOKENS = 50, 100


def cases(tercet, corpus, scratch):
    configuration = os.path.join(scratch, "rin.yaml")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write("model:\n  kind: rin\nevaluation:\n  match: exact-pos\n")
    for ranks, threads in FORMS:
        yield epoch(tercet, configuration, corpus, os.path.join(scratch, "run"), ranks, threads)
    folder = os.path.join(scratch, "long")
    lengthen(corpus.folder, folder)
    for layers in [1, 8]:
        yield memory(tercet, configuration, folder, os.path.join(scratch, "run"), layers)


def peers(corpus):
    return [
        torch_peer.rin(corpus, form, ranks, threads, LAYERS, BATCH)
        for form in ["published", "tuned"] for ranks, threads in FORMS
    ]


def settings(folder, layers, threads, epochs=2):
    # No scoring but at the end of the last epoch, which is not reached.
    return [f"data.directory={folder}", "batch.pool=10", f"epochs={epochs}", f"evaluation.every={epochs}",
            f"model.layers={layers}", f"batch.size={BATCH}", f"threads={threads}"]


def epoch(tercet, configuration, corpus, folder, ranks, threads):
    steps, options = math.ceil(len(corpus.lengths) / BATCH), settings(corpus.folder, LAYERS, threads)
    command = training.launched(tercet, configuration, options, ranks, folder, steps)
    return training.epoch(f"rin.{ranks}x{threads}", command, folder, corpus, steps)


def memory(tercet, configuration, data, folder, layers):
    """Some steps of one rank, each with all sentences of `data`."""
    name, steps = f"rin.memory.{layers}layers", 3

    def read(result):
        training.log(folder)
        yield name, result.memory, "MB a rank"

    options = settings(data, layers, 2, epochs=steps + 1)
    return Case(name, training.launched(tercet, configuration, options, 1, folder, steps), read)


def lengthen(source, folder):
    """Writes a corpus of `SENTENCES` sentences of `TOKENS` tokens, made of those of `source` one behind the other."""
    os.makedirs(folder)
    with open(f"{source}/train.jsonl", encoding="utf-8") as lines:
        texts = itertools.cycle([json.loads(line) for line in lines])
    long = [joined(texts, str(k)) for k in range(SENTENCES)]
    for split in ["train", "dev"]:
        with open(f"{folder}/{split}.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(s) + "\n" for s in (long if split == "train" else long[:2]))


def joined(texts, name):
    """A sentence of the next texts, cut at `TOKENS`, with the triples that it holds."""
    tokens, triples = [], []
    while len(tokens) < TOKENS:
        text, start = next(texts), len(tokens)
        tokens += text["tokens"]
        for triple in text["triples"]:
            if isinstance(triple["head"], list) and isinstance(triple["tail"], list):
                sides = {side: [start + end for end in triple[side]] for side in ("head", "tail")}
                if max(sides["head"][1], sides["tail"][1]) < TOKENS:
                    triples.append({**sides, "relation": triple["relation"]})
    return {"id": name, "tokens": tokens[:TOKENS], "triples": triples}
