"""What the arithmetic of a training split depends on."""
import json
from dataclasses import dataclass

import flops

# A longer sentence is left out of training (`data.maximumLength`).
LONGEST = 256


@dataclass(frozen=True)
class Corpus:
    folder: str
    lengths: list
    relations: int

    @staticmethod
    def read(folder):
        """Raises OSError, ValueError or KeyError where train.jsonl cannot be read."""
        with open(f"{folder}/train.jsonl", encoding="utf-8") as lines:
            sentences = [json.loads(line) for line in lines]
        sentences = [s for s in sentences if len(s["tokens"]) <= LONGEST]
        relations = {t["relation"] for s in sentences for t in s["triples"]}
        return Corpus(folder, [len(s["tokens"]) for s in sentences], len(relations))

    def gigaflops(self, lengths=None):
        """GFLOP of training on sentences of these lengths, by default on an epoch."""
        return flops.trained(self.lengths if lengths is None else lengths, self.relations) * 1e-9
