"""A split of the corpus as the peer reads it: word ids, BIO tags and triples, and batches of them."""
import json
from dataclasses import dataclass

import torch

BEGIN, INSIDE, OUTSIDE = 0, 1, 2
TRIPLES = 5


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Inventory:
    """Words and relations of the training split; id `len(words)` is the unknown word, the next one is
    fed back after "no word" was copied."""

    def __init__(self, sentences):
        self.words = {w: i for i, w in enumerate(sorted({w for s in sentences for w in s["tokens"]}))}
        names = sorted({t["relation"] for s in sentences for t in s["triples"]})
        self.relations = {r: i for i, r in enumerate(names)}

    @property
    def vocabulary(self):
        return len(self.words) + 2


def tags(sentence):
    """BIO tags, the longest entity first; one that would overlap another is left out."""
    result = [OUTSIDE] * len(sentence["tokens"])
    spans = [entity["span"] for entity in sentence["entities"]]
    for first, last in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(tag == OUTSIDE for tag in result[first : last + 1]):
            result[first : last + 1] = [BEGIN] + [INSIDE] * (last - first)
    return result


def triples(sentence, inventory, most=TRIPLES):
    """(relation, last token of the head, last token of the tail), each once, at most so many, None for all."""
    found = []
    for t in sentence["triples"]:
        if isinstance(t["head"], str) or isinstance(t["tail"], str):
            continue
        relation = inventory.relations.get(t["relation"])
        triple = (relation, t["head"][1], t["tail"][1])
        if relation is not None and triple not in found:
            found.append(triple)
    return found[:most]


@dataclass
class Batch:
    """Sentences, longest first."""

    words: torch.Tensor  # [B, T], padding 0
    tags: torch.Tensor  # [B, T]
    target: torch.Tensor  # [B, 3·triples]; no relation = number of relations, no position = −1
    lengths: list
    live: list  # sentences that reach each time step
    mask: torch.Tensor  # [B, T]
    packed: torch.Tensor  # [tokens]: index of each into the time-major grid [T·B]

    @staticmethod
    def of(sentences, inventory, total=None):
        """`total` pads to this many tokens; by default to the longest sentence."""
        sentences = sorted(sentences, key=lambda s: -len(s["tokens"]))
        lengths = [len(s["tokens"]) for s in sentences]
        count, width = len(sentences), total or lengths[0]
        words = torch.zeros(count, width, dtype=torch.long)
        tag = torch.zeros(count, width, dtype=torch.long)
        target = torch.full((count, 3 * TRIPLES), -1)
        target[:, 0::3] = len(inventory.relations)
        unknown = len(inventory.words)
        for k, s in enumerate(sentences):
            ids = [inventory.words.get(w, unknown) for w in s["tokens"]]
            words[k, : lengths[k]] = torch.tensor(ids)
            tag[k, : lengths[k]] = torch.tensor(tags(s))
            for j, triple in enumerate(triples(s, inventory)):
                target[k, 3 * j : 3 * j + 3] = torch.tensor(triple)
        length = torch.tensor(lengths)
        mask = torch.arange(width)[None, :] < length[:, None]
        live = [int((length > t).sum()) for t in range(lengths[0])]
        packed = torch.cat([torch.arange(n) + t * count for t, n in enumerate(live)])
        return Batch(words, tag, target, lengths, live, mask, packed)
