"""The rules of the cascade, stated as reference.py states those of the other models: one sentence, word, character,
subject and position at a time, no batches, no padding, no precomputed parts.
"""
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import logsigmoid

from reference import below, run_both

# Characters of a word that are read, the first ones.
READ = 24


@dataclass
class Options:
    """A cascade, as the root attributes of its file describe it."""

    vocab: int = 19  # rows of the word table: 0 padding, 1 unknown
    characters: int = 9  # rows of the character table, likewise
    relations: int = 3
    emb: int = 5
    char_emb: int = 3
    char_filters: int = 4
    hidden: int = 5  # of a direction
    condition: int = 7
    subject_weight: float = 1.0
    entity_weight: float = 0.0  # 0: no entity task
    entity_gate: int = 0
    subject_threshold: float = 0.5
    object_threshold: float = 0.5
    position_limit: int = 30

    @property
    def width(self):
        """Width of the encoder's outputs."""
        return 2 * self.hidden


@dataclass(frozen=True)
class Triple:
    """Spans with both ends, and the relation's number."""

    head: tuple
    relation: int
    tail: tuple


@dataclass
class Sentence:
    words: list  # ids
    characters: list  # of each word, ids, as many as it has
    triples: list

    def __len__(self):
        return len(self.words)

    @property
    def subjects(self):
        """Distinct heads, in rising order."""
        return sorted({t.head for t in self.triples})

    @property
    def entities(self):
        return sorted({span for t in self.triples for span in (t.head, t.tail)})


def shapes(o):
    """Every parameter's shape, `[out, in]`."""
    d, c, cell = o.width, o.condition, 4 * o.hidden
    s = {"word_emb": (o.vocab, o.emb), "char_emb": (o.characters, o.char_emb)}
    s |= {"conv_W": (o.char_filters, 3 * o.char_emb), "conv_b": (o.char_filters,)}
    for side in ("enc_fw", "enc_bw"):
        s |= {side + ".W_ih": (cell, o.emb + o.char_filters), side + ".W_hh": (cell, o.hidden)}
        s |= {side + ".b": (cell,)}
    s |= {"sub_W": (2, d), "sub_b": (2,)}
    if o.entity_weight:
        s |= {"ent_W": (2, d), "ent_b": (2,)}
    s |= {"tok_W": (c, d), "tok_b": (c,), "cond_W": (c, 2 * d)}
    s |= {"pos": (2 * o.position_limit + 1, c)}
    return s | {"rel_W": (2 * o.relations, c), "rel_b": (2 * o.relations,)}


# ---------------------------------------------------------------- the network, one sentence


def convolved(p, characters):
    """Scores of each position of a word, before relu: `[filters]` of [left ; middle ; right]."""
    rows = [p["char_emb"][c] for c in characters[:READ]]
    beside = [torch.zeros_like(rows[0]), *rows, torch.zeros_like(rows[0])]
    windows = [torch.cat(beside[k : k + 3]) for k in range(len(rows))]
    return [p["conv_W"] @ window + p["conv_b"] for window in windows]


def word_characters(p, characters):
    """The largest score of each filter over the word's positions."""
    return torch.stack([torch.relu(x) for x in convolved(p, characters)]).max(0).values


def encode(p, sentence):
    """Character features and outputs [forward ; backward] of each position."""
    features = [word_characters(p, characters) for characters in sentence.characters]
    rows = [torch.cat([p["word_emb"][w], a]) for w, a in zip(sentence.words, features)]
    fw, bw = run_both(below(p, "enc_fw."), below(p, "enc_bw."), rows, True)
    return features, [torch.cat([a[0], b[0]]) for a, b in zip(fw, bw)]


def end_logits(p, name, outs):
    """Start and end logits of each position; `name` is sub or ent."""
    return [p[name + "_W"] @ out + p[name + "_b"] for out in outs]


def distance(o, position, span):
    """Tokens from the subject, negative on its left, within the limit."""
    start, end = span
    steps = min(position - start, 0) + max(position - end, 0)
    return max(-o.position_limit, min(o.position_limit, steps))


def conditioned(o, p, outs, subject):
    """Each position as a subject sees it, before relu."""
    ends = torch.cat([outs[subject[0]], outs[subject[1]]])
    return [
        p["tok_W"] @ out + p["cond_W"] @ ends + p["tok_b"]
        + p["pos"][distance(o, i, subject) + o.position_limit]
        for i, out in enumerate(outs)
    ]  # fmt: skip


def object_logits(o, p, outs, subject):
    """For each position `[2, R]`: start and end of an object of each relation."""
    logits = []
    for out, z in zip(outs, conditioned(o, p, outs, subject)):
        both = (p["rel_W"] @ torch.relu(z) + p["rel_b"]).reshape(2, o.relations)
        if o.entity_gate:
            both = both + logsigmoid(p["ent_W"] @ out + p["ent_b"])[:, None]
        logits.append(both)
    return logits


# ---------------------------------------------------------------- losses


def bits(spans, length):
    """Which positions start and which end one of the spans: `[length, 2]`."""
    found = torch.zeros(length, 2, dtype=torch.bool)
    for start, end in spans:
        found[start, 0] = found[end, 1] = True
    return found


def cross_entropy(logit, bit):
    return -torch.where(bit, logsigmoid(logit), logsigmoid(-logit))


def object_loss(o, p, outs, sentence, subject):
    """Over positions, ends and relations, summed."""
    loss = 0
    for relation in range(o.relations):
        tails = {t.tail for t in sentence.triples if (t.head, t.relation) == (subject, relation)}
        for logits, bit in zip(object_logits(o, p, outs, subject), bits(tails, len(outs))):
            loss = loss + cross_entropy(logits[:, relation], bit).sum()
    return loss


def ends_loss(p, name, outs, spans):
    logits = end_logits(p, name, outs)
    return sum(cross_entropy(x, bit).sum() for x, bit in zip(logits, bits(spans, len(outs))))


def loss_sums(o, p, sentences):
    """Sums of L_S, L_O and, with the entity task, L_E of each sentence, without normalisers."""
    sums = {"L_S": [], "L_O": []} | ({"L_E": []} if o.entity_weight else {})
    for s in sentences:
        _, outs = encode(p, s)
        objects = [object_loss(o, p, outs, s, subject) for subject in s.subjects]
        sums["L_O"].append(sum(objects, outs[0].new_zeros(())))
        sums["L_S"].append(ends_loss(p, "sub", outs, s.subjects))
        if o.entity_weight:
            sums["L_E"].append(ends_loss(p, "ent", outs, s.entities))
    return sums


def losses(o, p, sentences):
    """The terms and the total, and the sums that they are made of."""
    tokens = sum(map(len, sentences))
    counts = {"L_O": sum(len(s) * len(s.subjects) for s in sentences), "L_S": tokens, "L_E": tokens}
    weights = {"L_O": 1.0, "L_S": o.subject_weight, "L_E": o.entity_weight}
    sums = loss_sums(o, p, sentences)
    terms = {name: sum(each) / counts[name] for name, each in sums.items()}
    return terms | {"total": sum(weights[name] * x for name, x in terms.items())}, sums


def gradients(o, parameters, sentences):
    """`losses`, and the derivative of the total with respect to every parameter."""
    p = {k: v.clone().requires_grad_() for k, v in parameters.items()}
    result = losses(o, p, sentences)
    result[0]["total"].backward()
    return result, {k: torch.zeros_like(v) if v.grad is None else v.grad for k, v in p.items()}


# ---------------------------------------------------------------- decisions


def cut(threshold):
    """The logit of a probability."""
    return float(np.log(threshold / (1 - threshold)))


def spans(starts, ends):
    """For each start the nearest end at or after it; a start without one is none."""
    found = []
    for start, is_start in enumerate(starts):
        behind = [end for end in range(start, len(ends)) if ends[end]]
        if is_start and behind:
            found.append((start, behind[0]))
    return found


def decided(logits, threshold):
    """Spans of `[positions, 2]` logits."""
    on = [x >= cut(threshold) for x in logits]
    return spans([x[0] for x in on], [x[1] for x in on])


def decode(o, p, outs):
    """Triples of a sentence's own decisions: by subject, relation and object."""
    found = []
    for subject in decided(end_logits(p, "sub", outs), o.subject_threshold):
        logits = object_logits(o, p, outs, subject)
        for relation in range(o.relations):
            tails = decided([x[:, relation] for x in logits], o.object_threshold)
            found += [Triple(subject, relation, tail) for tail in tails]
    return found
