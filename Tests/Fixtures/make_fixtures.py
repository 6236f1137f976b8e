#!/usr/bin/env python3
"""Writes the reference values that Tests/FixturesTests compares tercet with; README.md says what
stands in the files, reference.py how they come about.

usage: make_fixtures.py [FOLDER]        (needs numpy, h5py, torch)
"""
import itertools
import pathlib
import random
import sys
from dataclasses import asdict

import h5py
import numpy as np
import torch

from reference import (
    attend, cell_shapes, crf_best, crf_log_z, crf_score, decode, draw_batch, draw_parameters,
    encode, gradients, group_of, Options, run, run_both, tagging,
)

torch.set_num_threads(1)


# ---------------------------------------------------------------- what a file holds


def padded(rows, time, filler, width=None):
    """Lists of different lengths as one array."""
    shape = (len(rows), time) if width is None else (len(rows), time, width)
    array = np.full(shape, filler, np.int64 if isinstance(filler, int) else np.float64)
    for b, row in enumerate(rows):
        if len(row):
            array[b, : len(row)] = np.array([np.asarray(x) for x in row])
    return array


def input_values(o, batch):
    time = max(map(len, batch.words))
    values = {
        "words": padded(batch.words, time, 0),
        "lengths": np.array([len(x) for x in batch.words]),
    }
    if o.tags:
        values["tags"] = padded(batch.tags, time, -1)
    for slot, name in enumerate(o.kinds):
        rows = [[triple[slot] for triple in triples] for triples in batch.triples]
        values["target_" + name] = padded(rows, o.triples, o.relations if slot == 0 else -1)
    return {"input/" + k: v for k, v in values.items()}


def action(o, kind, choice, length):
    """A choice as files name it: NA is the number of relations, or -1; lengths count tokens."""
    if kind == "relation":
        return choice
    if group_of(kind) == "length":
        return choice + 1 if choice < o.longest else -1
    return choice if choice < length else -1


def state_cancels(o):
    """Whether the attention cancels the decoder's state, so that the context is constant."""
    return o.attention == "linear" and not o.copyre_selu


def encoder_values(o, p, batch):
    time, v = max(map(len, batch.words)), {}
    encoded = [encode(o, p, words) for words in batch.words]
    v["encoder/out"] = padded([outs for outs, _ in encoded], time, 0.0, o.outputs)
    for k, name in enumerate(["h", "c"][: len(encoded[0][1])]):
        v["encoder/" + name] = torch.stack([final[k] for _, final in encoded])
    if state_cancels(o) and o.mul_heads == "shared":
        attended = [attend(o, p, outs, final) for outs, final in encoded]
        v["attention/weights"] = padded([w for w, _ in attended], time, 0.0)
        v["attention/context"] = torch.stack([c for _, c in attended])
    if o.tags:
        read = [tagging(o, p, batch, b, outs) for b, (outs, _) in enumerate(encoded)]
        v["crf/emissions"] = padded([x[0] for x in read], time, 0.0, o.tags)
        v["crf/nll"] = torch.stack([x[1] for x in read])
        v["crf/viterbi"] = padded([x[2] for x in read], time, -1)
        v["crf/viterbi_score"] = torch.stack([x[3] for x in read])
    return v


def logit_values(o, batch, steps):
    """Logits by kind, `[sentence, step of that kind, choice]`; NA stands last in every row."""
    time, v = max(map(len, batch.words)), {}
    for group, name in (("relation", "rel"), ("entity", "ent"), ("length", "len")):
        rows = [[s.logits.detach().numpy() for s in x if group_of(s.kind) == group] for x in steps]
        if group == "entity":
            gaps = [np.full(time - len(words), -np.inf) for words in batch.words]
            rows = [[np.r_[x[:-1], gap, x[-1]] for x in row] for row, gap in zip(rows, gaps)]
        if rows[0]:
            v[name + "_logits"] = np.array(rows)
    return v


def loss_values(o, p, batch):
    """Losses, logits and gradients: teacher forced, fed with its own choices, and of two ranks."""
    v = {}
    for feed in ("tf", "free"):
        (total, l_d, l_e, each, steps), grad = gradients(o, p, batch, feed)
        v |= {feed + "/total": total, feed + "/L_D": l_d, feed + "/L_E": l_e}
        v[feed + "/L_D_per_sentence"] = torch.stack(each)
        v |= {"%s/%s" % (feed, k): x for k, x in logit_values(o, batch, steps).items()}
        v |= {"%s/grad/%s" % (feed, k): x for k, x in grad.items()}
        if feed == "tf":
            v["tf/dec_h"] = torch.stack([torch.stack([s.hidden for s in taken]) for taken in steps])
    return v


def rank_values(o, p, batch):
    """Two ranks with sentences 0, 2, … and 1, 3, …: means over their own sentences."""
    v = {}
    for rank in (0, 1):
        members = list(range(rank, len(batch.words), 2))
        (total, l_d, l_e, _, _), grad = gradients(o, p, batch, "tf", members)
        group = "ddp/rank%d/" % rank
        v |= {group + "sentences": np.array(members)}
        v |= {group + "total": total, group + "L_D": l_d, group + "L_E": l_e}
        v |= {group + "grad/" + k: x for k, x in grad.items()}
    return v


def masks(o):
    """Names of greedy outputs, and the masks under which they are made."""
    names = {"actions": None}
    if o.copy == "copyre":
        names |= {"actions_mask_exclude": "exclude", "actions_mask_zero": "zero"}
    return names


def greedy(o, p, batch, mask):
    with torch.no_grad():
        return [decode(o, p, words, *encode(o, p, words), mask=mask) for words in batch.words]


def greedy_values(o, p, batch):
    v = {}
    for name, mask in masks(o).items():
        v["greedy/" + name] = np.array(
            [
                [action(o, s.kind, s.choice, len(words)) for s in taken]
                for words, taken in zip(batch.words, greedy(o, p, batch, mask))
            ]
        )
    return v


ADAM = dict(lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8)


def adam_steps(parameters, step, total):
    """Three steps of Adam; losses before each and after the last.

    step: makes the total and the gradients of parameters; total: the total alone.
    """
    p = dict(parameters)
    m = {k: torch.zeros_like(x) for k, x in p.items()}
    s = {k: torch.zeros_like(x) for k, x in p.items()}
    losses = []
    for count in (1, 2, 3):
        loss, grad = step(p)
        losses.append(loss.item())
        for k, g in grad.items():
            m[k] = ADAM["beta1"] * m[k] + (1 - ADAM["beta1"]) * g
            s[k] = ADAM["beta2"] * s[k] + (1 - ADAM["beta2"]) * g * g
            mean, square = m[k] / (1 - ADAM["beta1"] ** count), s[k] / (1 - ADAM["beta2"] ** count)
            p[k] = p[k] - ADAM["lr"] * mean / (torch.sqrt(square) + ADAM["eps"])
    losses.append(total(p).item())
    return {"adam/losses": np.array(losses)} | {"adam/step3/" + k: x for k, x in p.items()}


def adam_values(o, parameters, batch):
    """Three steps on the same batch, teacher forced."""
    def step(p):
        result, grad = gradients(o, p, batch, "tf")
        return result[0], grad

    return adam_steps(parameters, step, lambda p: run(o, p, batch, "tf")[0])


def model_values(o, p, batch, extras):
    """Everything in a file that is computed."""
    v = encoder_values(o, p, batch) | loss_values(o, p, batch) | greedy_values(o, p, batch)
    for extra in extras:
        v |= extra(o, p, batch)
    return v


# ---------------------------------------------------------------- which random weights serve


def is_telling(o, p, batch):
    """Are greedy outputs varied, without near-ties, and changed by the masks?"""
    outputs = {}
    for name, mask in masks(o).items():
        taken = sum(greedy(o, p, batch, mask), [])
        for step in taken:
            best = torch.topk(step.masked, 2).values
            if best[0] - best[1] < 5e-3:
                return False
        outputs[name] = [step.choice for step in taken]
    words = [w for w in batch.words for _ in range(o.triples * len(o.kinds))]
    said = {"relation": [], "entity": [], "length": []}
    for step, sentence in zip(taken, words):
        said[group_of(step.kind)].append(action(o, step.kind, step.choice, len(sentence)))
    few = min(3, len(batch.words) + 1)
    if len(set(said["relation"])) < few or len(set(said["entity"])) < few:
        return False
    if o.relations not in said["relation"] or -1 not in said["entity"]:
        return False
    if o.longest and len(set(said["length"])) < few:
        return False
    return len(set(map(tuple, outputs.values()))) == len(outputs)


def survives_float32(o, values, single):
    """Does the same arithmetic in float32 stay within a quarter of what the tests allow?"""
    for name, reference in values.items():
        if name.startswith("adam/") and name.endswith(("attn_h", "attn_b")) and state_cancels(o):
            continue  # steps along rounding noise
        a, b = as_array(reference), as_array(single[name])
        finite = np.isfinite(a)
        if a.dtype == np.int64:
            same = (a == b).all()
        else:
            bound = (1e-5 * np.abs(a[finite]).max(initial=0) + 1e-6) / 4
            same = np.abs(a[finite] - b[finite]).max(initial=0) <= bound
        if not same:
            return False
    return True


# ---------------------------------------------------------------- files


def as_array(x):
    x = x.detach().numpy() if torch.is_tensor(x) else np.asarray(x)
    return x.reshape(1) if x.ndim == 0 else x


def undated(kind):
    """Properties of a new object without its time, so that the same values make the same bytes."""
    properties = h5py.h5p.create(kind)
    properties.set_obj_track_times(False)
    return properties


def new_file(path):
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_V110)
    creation = undated(h5py.h5p.FILE_CREATE)
    return h5py.File(h5py.h5f.create(bytes(path), h5py.h5f.ACC_TRUNC, creation, access))


def make_groups(file, dataset):
    for parent in list(pathlib.PurePosixPath(dataset).parents)[-2::-1]:
        if str(parent) not in file:
            h5py.h5g.create(file.id, bytes(parent), gcpl=undated(h5py.h5p.GROUP_CREATE))


def write(path, values, attributes):
    """One HDF5 file; `attributes` by object."""
    with new_file(path) as file:
        for name, value in values.items():
            make_groups(file, name)
            array = np.ascontiguousarray(as_array(value))
            assert array.dtype in (np.int64, np.float64), (name, array.dtype)
            file.create_dataset(name, data=array)
        for where, pairs in attributes.items():
            for key, value in pairs.items():
                file[where].attrs[key] = value
    print("%-40s %7d bytes" % (path.name, path.stat().st_size))


def in_float32(parameters):
    return {k: v.float() for k, v in parameters.items()}


def model_file(folder, name, lengths, extras=(), **options):
    """Draws weights until they serve, and writes what the model makes of some sentences."""
    o = Options(**options)
    for seed in itertools.count(1):
        parameters = draw_parameters(o, np.random.default_rng(seed))
        batch = draw_batch(o, lengths, random.Random(seed))
        if not is_telling(o, parameters, batch):
            continue
        values = model_values(o, parameters, batch, extras)
        if survives_float32(o, values, model_values(o, in_float32(parameters), batch, extras)):
            break
    values = input_values(o, batch) | {"params/" + k: v for k, v in parameters.items()} | values
    print("seed", seed, end="  ")
    attributes = {"/": asdict(o) | {"seed": seed}}
    if adam_values in extras:
        attributes["adam"] = ADAM
    write(folder / (name + ".h5"), values, attributes)


def chain_group(seed, tags, lengths, ends):
    """A chain over random emissions; padding holds numbers that must not matter."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return torch.from_numpy(rng.normal(0, 1.5, shape).astype(np.float32).astype(np.float64))

    time, count = max(lengths), len(lengths)
    em = torch.full((count, time, tags), -55.0, dtype=torch.float64)
    for b, n in enumerate(lengths):
        em[b, :n] = draw(n, tags)
    chain = [draw(tags), draw(tags), draw(tags, tags)]
    if not ends:
        chain[0], chain[1] = torch.zeros(tags).double(), torch.zeros(tags).double()
    gold = [[int(rng.integers(tags)) for _ in range(n)] for n in lengths]
    for x in [em, *chain]:
        x.requires_grad_()
    rows = [em[b, :n] for b, n in enumerate(lengths)]
    score = torch.stack([crf_score(x, y, *chain) for x, y in zip(rows, gold)])
    log_z = torch.stack([crf_log_z(x, *chain) for x in rows])
    marginals = torch.autograd.grad(log_z.sum(), em, retain_graph=True)[0]
    (log_z - score).mean().backward()
    grad = [torch.zeros_like(x) if x.grad is None else x.grad for x in chain]
    best = [crf_best(x.detach(), *(c.detach() for c in chain)) for x in rows]
    for b, n in enumerate(lengths):
        check_chain(rows[b].detach(), [c.detach() for c in chain], log_z[b].item(), *best[b])
    return {
        "emissions": em, "lengths": np.array(lengths), "tags": padded(gold, time, -1),
        "start": chain[0], "end": chain[1], "trans": chain[2], "nll": log_z - score,
        "gold_score": score, "logZ": log_z, "mean_nll": (log_z - score).mean(),
        "marginals": marginals, "grad_emissions": em.grad, "grad_start": grad[0],
        "grad_end": grad[1], "grad_trans": grad[2],
        "viterbi": padded([x[0] for x in best], time, -1),
        "viterbi_score": torch.stack([x[1] for x in best]),
    }  # fmt: skip


def check_chain(em, chain, log_z, path, score):
    """Enumerates all paths."""
    n, tags = em.shape
    paths = list(itertools.product(range(tags), repeat=n))
    scores = [crf_score(em, p, *chain).item() for p in paths]
    assert abs(np.logaddexp.reduce(scores) - log_z) < 1e-10
    assert list(paths[int(np.argmax(scores))]) == path and abs(max(scores) - score) < 1e-10


def encoder_group(seed, cell, form, lengths, width, hidden):
    """Both directions alone, with derivatives from drawn upstream ones."""
    rng = np.random.default_rng(seed)
    o = Options(emb=width, hidden=hidden, cell=cell, gru_form=form)
    time, count, is_lstm = max(lengths), len(lengths), cell == "lstm"

    def draw(*shape):
        return torch.from_numpy(rng.normal(0, 0.7, shape).astype(np.float32).astype(np.float64))

    cells = [{k: draw(*s).requires_grad_() for k, s in cell_shapes(o).items()} for _ in range(2)]
    x = draw(count, time, width).requires_grad_()
    v, loss = {"x": x, "lengths": np.array(lengths)}, 0
    upstream = {"out": draw(count, time, hidden), "h": draw(count, hidden)}
    upstream |= {"c": draw(count, hidden)} if is_lstm else {}
    rows = {}
    for b, n in enumerate(lengths):
        fw, bw = run_both(*cells, list(x[b, :n]), is_lstm)
        mean = [(f[0] + g[0]) / 2 for f, g in zip(fw, bw)]
        rows.setdefault("out_fw", []).append([f[0] for f in fw])
        rows.setdefault("out_bw", []).append([g[0] for g in bw])
        rows.setdefault("out_avg", []).append(mean)
        loss = loss + sum((a * u).sum() for a, u in zip(mean, upstream["out"][b]))
        for k, name in enumerate(["h", "c"] if is_lstm else ["h"]):
            last = {"fw": fw[-1][k], "bw": bw[0][k], "avg": (fw[-1][k] + bw[0][k]) / 2}
            loss = loss + (last["avg"] * upstream[name][b]).sum()
            for side, state in last.items():
                rows.setdefault("%s_%s" % (name, side), []).append(state)
    loss.backward()
    for name, row in rows.items():
        state = name[0] in "hc"
        row = [[x.detach() for x in r] for r in row] if not state else [r.detach() for r in row]
        v[name] = torch.stack(row) if state else padded(row, time, 0.0, hidden)
    v |= {"grad_%s_avg" % k: u for k, u in upstream.items()}
    v |= {"loss": loss, "grad_x": x.grad}
    for side, parameters in zip(("fw", "bw"), cells):
        v |= {"params/%s/%s" % (side, k): p for k, p in parameters.items()}
        v |= {"grad/%s/%s" % (side, k): p.grad for k, p in parameters.items()}
    return v


def grouped(**groups):
    return {"%s/%s" % (g, k): v for g, values in groups.items() for k, v in values.items()}


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    # Sizes are odd, so that loops over whole vectors have remainders; lengths are in no order.
    both = (adam_values, rank_values)
    model_file(folder, "copymtl_one_lstm", [4, 7, 1, 7, 3], both, triples=4, emb=3, hidden=5)
    model_file(
        folder, "copymtl_one_gru_inner", [2, 6, 6], cell="gru", emb=3, hidden=13, inner=True,
        fuse=3, vocab=15,
    )  # fmt: skip
    model_file(
        folder, "copymtl_mul_lstm_full_one_sentence", [6], decoder="mul", mul_first="full",
        emb=5, hidden=6, inner=True, vocab=13,
    )  # fmt: skip
    model_file(
        folder, "copymtl_mul_gru_before", [3, 8, 5, 3], decoder="mul", cell="gru",
        gru_form="before", emb=11, hidden=5,
    )  # fmt: skip
    model_file(
        folder, "copymtl_concatenate", [5, 2, 7], encoder_merge="concatenate", emb=4, hidden=7,
        inner=True,
    )  # fmt: skip
    model_file(
        folder, "copymtl_mlp", [3, 6, 1, 4], attention="mlp", attention_width=5, cell="gru",
        emb=3, hidden=7, decoder="mul", mul_first="full",
    )  # fmt: skip
    model_file(
        folder, "copyre_mul_gru", [5, 2, 7, 6], copy="copyre", decoder="mul",
        cell="gru", fuse=1, emb=5, hidden=6, mul_heads="separate", mul_input="restart",
    )  # fmt: skip
    model_file(
        folder, "copyre_selu", [4, 6, 5, 2], copy="copyre", copyre_selu=True, fuse=1, emb=4,
        hidden=7, lam=0.25, mask="zero-logit",
    )  # fmt: skip
    model_file(
        folder, "copyre_prime5", [7, 3, 6, 1], (adam_values,), slots="quintuple", longest=3,
        tags=0, lam=0.0, inner=True, emb=5, hidden=7,
    )  # fmt: skip
    chains = grouped(
        two_tags=chain_group(1, 2, [1, 9, 4], True), no_ends=chain_group(2, 3, [5, 2, 6, 5], False),
        seven_tags=chain_group(3, 7, [2, 4, 1], True), alone=chain_group(4, 4, [1], True),
    )  # fmt: skip
    write(folder / "chains.h5", chains, {})
    encoders = grouped(
        lstm=encoder_group(5, "lstm", "after", [2, 5, 1, 5], 4, 9),
        gru=encoder_group(6, "gru", "after", [4, 1, 6], 5, 7),
        gru_before=encoder_group(7, "gru", "before", [3, 5, 5, 1], 6, 5),
    )
    write(folder / "encoders.h5", encoders, {})


if __name__ == "__main__":
    main()
