#!/usr/bin/env python3
"""Writes the reference values of the cascade, `cascade_*.h5`; README.md says what stands in the files,
cascade_reference.py how they come about.

usage: make_cascade.py [FOLDER]        (needs numpy, h5py, torch)
"""
import itertools
import pathlib
import random
import sys
from dataclasses import asdict

import numpy as np
import torch

from cascade_reference import (
    conditioned, convolved, cut, decided, decode, encode, end_logits, gradients, losses,
    object_logits, Options, READ, Sentence, shapes, Triple,
)
from make_fixtures import ADAM, adam_steps, in_float32, padded, survives_float32, write

torch.set_num_threads(1)

UNKNOWN = 1
# Logits stay so far from a threshold, and what relu or a maximum reads from where it turns.
NEAR_TIE, NEAR_KINK = 5e-3, 2e-5


# ---------------------------------------------------------------- which weights and sentences


def draw_parameters(o, rng):
    """Weights that float32 holds exactly; sharp enough for decisions to vary."""
    bounds = {"word_emb": 2.0, "char_emb": 1.5, "pos": 1.0}
    parameters = {}
    for name, shape in shapes(o).items():
        fan = shape[-1] if len(shape) > 1 else 4
        bound = bounds.get(name, (4 if name in ("sub_W", "rel_W") else 2) / np.sqrt(fan))
        values = rng.uniform(-bound, bound, shape).astype(np.float32)
        parameters[name] = torch.from_numpy(values.astype(np.float64))
    return parameters


def draw_forms(o, rng):
    """The characters of each word of the vocabulary, all different: a word of one character, one as long as what is
    read, and two that differ behind it."""
    def draw(length):
        return tuple(rng.randrange(2, o.characters) for _ in range(length))

    cut_word = draw(READ)
    forms = {2: draw(1), 3: cut_word + draw(3), 4: cut_word + draw(6), 5: draw(READ)}
    for word in range(6, o.vocab):
        while word not in forms or list(forms.values()).count(forms[word]) > 1:
            forms[word] = draw(rng.randrange(1, 8))
    return forms


def draw_sentences(o, lengths, triples, rng):
    """Sentences with words that come again within and across them, all special forms, and unknown words, longer than
    drawn forms and of characters that may be unknown."""
    forms, sentences = draw_forms(o, rng), []
    special = itertools.cycle([UNKNOWN, 2, 3, 4, 5, UNKNOWN])
    for length, given in zip(lengths, triples):
        words = [rng.randrange(2, o.vocab) for _ in range(length)]
        for position in rng.sample(range(length), (length + 1) // 2):
            words[position] = next(special)
        if length > 2:
            words[-1] = words[0]
        unknown = [tuple(rng.choices(range(1, o.characters), k=9)) for _ in words]
        characters = [forms.get(w, other) for w, other in zip(words, unknown)]
        sentences.append(Sentence(words, characters, [Triple(*t) for t in given]))
    return sentences


def shift(logits, threshold, share):
    """What to add to logits for about this share of them to pass and, where there are gaps, none to lie close."""
    ordered = np.sort(np.array(logits))[::-1]
    middles, gaps = (ordered[:-1] + ordered[1:]) / 2, ordered[:-1] - ordered[1:]
    wide = np.flatnonzero(gaps > 3 * NEAR_TIE)
    if not len(wide):
        return 0.0
    passing = wide[np.abs(wide + 1 - share * len(ordered)).argmin()]
    return cut(threshold) - middles[passing]


def shifted(bias, columns, threshold, share):
    moved = [b + shift(x, threshold, share) for b, x in zip(bias.tolist(), columns)]
    return torch.tensor(moved).float().double()


def place_biases(o, p, sentences):
    """Biases of subjects and relations that let some positions pass, in every sentence alike."""
    encoded = [encode(p, s)[1] for s in sentences]
    logits = torch.stack([x for outs in encoded for x in end_logits(p, "sub", outs)])
    sub_b = shifted(p["sub_b"], logits.T.numpy(), o.subject_threshold, 0.2)
    p = p | {"sub_b": sub_b}
    seen = [x.flatten() for outs in encoded for x in seen_logits(o, p, outs)]
    if not seen:
        return p
    columns = torch.stack(seen).T.numpy()
    return p | {"rel_b": shifted(p["rel_b"], columns, o.object_threshold, 0.15)}


def seen_logits(o, p, outs):
    """Logits of objects of all subjects that are decided."""
    subjects = decided(end_logits(p, "sub", outs), o.subject_threshold)
    return [x for subject in subjects for x in object_logits(o, p, outs, subject)]


# ---------------------------------------------------------------- which of them serve


def is_clear(o, p, sentences):
    """Is no logit close to its threshold?"""
    for s in sentences:
        _, outs = encode(p, s)
        pairs = [(x, o.subject_threshold) for x in end_logits(p, "sub", outs)]
        pairs += [(x, o.object_threshold) for x in seen_logits(o, p, outs)]
        if any((x - cut(threshold)).abs().min() < NEAR_TIE for x, threshold in pairs):
            return False
    return True


def is_smooth(o, p, sentences):
    """Does no relu and no maximum lie where its derivative turns?"""
    for s in sentences:
        _, outs = encode(p, s)
        seen = [x for subject in s.subjects for x in conditioned(o, p, outs, subject)]
        if any(x.abs().min() < NEAR_KINK for x in seen):
            return False
        for characters in s.characters:
            scores = torch.stack(convolved(p, characters))
            gaps = scores.max(0).values - scores  # 0 where a window comes again
            if scores.max(0).values.abs().min() < NEAR_KINK:
                return False
            if ((gaps > 1e-12) & (gaps < NEAR_KINK)).any():
                return False
    return True


def is_varied(o, p, sentences):
    """Are there triples in most sentences, of several relations, tokens, and objects of one subject?"""
    found = [decode(o, p, encode(p, s)[1]) for s in sentences]
    triples = [(b, t) for b, each in enumerate(found) for t in each]
    subjects = [(b, t.head) for b, t in triples]
    return (
        sum(map(bool, found)) > len(sentences) / 2
        and len({t.relation for _, t in triples}) > 1
        and any(subjects.count(subject) > 1 for subject in subjects)
        and any(t.head[0] < t.head[1] for _, t in triples)
        and any(t.tail[0] < t.tail[1] for _, t in triples)
    )


# ---------------------------------------------------------------- what a file holds


def input_values(sentences):
    time = max(map(len, sentences))
    characters = np.zeros((len(sentences), time, READ), np.int64)
    for b, s in enumerate(sentences):
        for i, ids in enumerate(s.characters):
            characters[b, i, : len(ids)] = ids[:READ]
    rows = [(b, *t.head, t.relation, *t.tail) for b, s in enumerate(sentences) for t in s.triples]
    return {
        "input/words": padded([s.words for s in sentences], time, 0),
        "input/lengths": np.array([len(s) for s in sentences]),
        "input/chars": characters,
        "input/char_lengths": padded([[len(x) for x in s.characters] for s in sentences], time, 0),
        "input/triples": np.array(rows),
        "input/subjects": np.array([(b, *u) for b, s in enumerate(sentences) for u in s.subjects]),
    }


def network_values(o, p, sentences):
    """Features, outputs and logits."""
    time, read = max(map(len, sentences)), [encode(p, s) for s in sentences]
    outputs = [outs for _, outs in read]
    v = {"char/out": padded([features for features, _ in read], time, 0.0, o.char_filters)}
    v["encoder/out"] = padded(outputs, time, 0.0, o.width)
    v["logits/subject"] = padded([end_logits(p, "sub", x) for x in outputs], time, 0.0, 2)
    if o.entity_weight:
        v["logits/entity"] = padded([end_logits(p, "ent", x) for x in outputs], time, 0.0, 2)
    objects = [
        [x.flatten() for x in object_logits(o, p, outs, subject)]
        for s, outs in zip(sentences, outputs) for subject in s.subjects
    ]  # fmt: skip
    flat = padded(objects, time, 0.0, 2 * o.relations)
    return v | {"logits/object": flat.reshape(-1, time, 2, o.relations)}


def loss_values(o, p, sentences):
    (terms, sums), grad = gradients(o, p, sentences)
    v = {"loss/" + name: x for name, x in terms.items()}
    v |= {"loss/%s_per_sentence" % name: torch.stack(each) for name, each in sums.items()}
    return v | {"loss/grad/" + k: x for k, x in grad.items()}


def greedy_values(o, p, sentences):
    found = [(b, t) for b, s in enumerate(sentences) for t in decode(o, p, encode(p, s)[1])]
    return {"greedy/triples": np.array([(b, *t.head, t.relation, *t.tail) for b, t in found])}


def adam_values(o, parameters, sentences):
    """Three steps on the same batch."""
    def step(p):
        (terms, _), grad = gradients(o, p, sentences)
        return terms["total"], grad

    return adam_steps(parameters, step, lambda p: losses(o, p, sentences)[0]["total"])


def computed(o, p, sentences):
    """Everything in a file that is computed."""
    with torch.no_grad():
        v = network_values(o, p, sentences) | greedy_values(o, p, sentences)
    return v | loss_values(o, p, sentences) | adam_values(o, p, sentences)


def cascade_file(folder, name, lengths, triples, **options):
    """Draws weights and words until they serve, and writes what the model makes of the sentences."""
    o = Options(**options)
    for seed in itertools.count(1):
        sentences = draw_sentences(o, lengths, triples, random.Random(seed))
        drawn = draw_parameters(o, np.random.default_rng(seed))
        with torch.no_grad():
            p = place_biases(o, drawn, sentences)
            serves = all(test(o, p, sentences) for test in (is_clear, is_smooth, is_varied))
        if not serves:
            continue
        values = computed(o, p, sentences)
        if survives_float32(o, values, computed(o, in_float32(p), sentences)):
            break
    values = input_values(sentences) | {"params/" + k: v for k, v in p.items()} | values
    print("seed", seed, end="  ")
    root = {"model": "cascade"} | asdict(o) | {"seed": seed}
    write(folder / (name + ".h5"), values, {"/": root, "adam": ADAM})


# One subject with objects of two relations, an object that is its subject, subjects near both ends of 41 tokens.
LONG = [
    ((1, 2), 0, (39, 40)), ((1, 2), 0, (5, 5)), ((1, 2), 3, (4, 8)), ((1, 2), 3, (5, 6)),
    ((38, 39), 1, (1, 2)), ((37, 40), 1, (0, 1)), ((18, 18), 2, (18, 18)),
]  # fmt: skip
# Nested and overlapping subjects and objects.
TANGLED = [
    ((2, 6), 1, (0, 0)), ((3, 4), 1, (5, 7)), ((2, 4), 4, (6, 8)), ((2, 4), 4, (5, 7)),
    ((5, 8), 0, (3, 4)), ((5, 8), 0, (0, 0)),
]  # fmt: skip


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    # Lengths are in no order; sizes are odd, so that loops over whole vectors have remainders.
    few = [
        [((1, 2), 0, (0, 0)), ((1, 2), 2, (3, 3))],
        [((0, 1), 1, (4, 6)), ((4, 6), 1, (0, 1)), ((2, 2), 0, (4, 4))],
        [((0, 0), 2, (0, 0))],
        [((3, 5), 0, (1, 1))],
    ]
    cascade_file(folder, "cascade", [8, 11, 1, 6], few)
    cascade_file(
        folder, "cascade_gate", [5, 3, 7], [few[0], [], few[1]], entity_weight=0.5, entity_gate=1,
        hidden=6, condition=5,
    )  # fmt: skip
    cascade_file(
        folder, "cascade_spans", [12, 41, 15, 2], [[], LONG, TANGLED, few[2]], subject_weight=0.7,
        subject_threshold=0.4, object_threshold=0.6, relations=5, vocab=29, characters=13, emb=7,
        char_emb=5, char_filters=3, hidden=4, condition=9,
    )  # fmt: skip
    cascade_file(
        folder, "cascade_entity", [7], [few[1]], entity_weight=0.3, subject_weight=1.5, emb=3,
        char_filters=6, hidden=7,
    )  # fmt: skip


if __name__ == "__main__":
    main()
