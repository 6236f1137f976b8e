#!/usr/bin/env python3
"""Writes the reference values that Tests/FixturesTests compares tercet with; README.md says what
stands in the files.

usage: make_fixtures.py [FOLDER]        (needs numpy, h5py, torch)

Everything is computed in float64, one sentence and one step at a time, straight from the equations:
no batches, no padding, no precomputed parts. PyTorch serves for derivatives alone.
"""
import itertools
import pathlib
import random
import sys
from dataclasses import asdict, dataclass

import h5py
import numpy as np
import torch

torch.set_num_threads(1)
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
B, I, O = 0, 1, 2  # tags


@dataclass
class Options:
    """A model, as the root attributes of its file describe it."""

    vocab: int = 23  # rows of the word table; the last one is the word that is fed after NA
    relations: int = 5
    emb: int = 7
    hidden: int = 9
    fuse: int = 5
    tags: int = 3  # 0: no tagger
    triples: int = 2
    longest: int = 0  # longest entity, where there are length steps
    lam: float = 0.5
    cell: str = "lstm"  # lstm | gru
    gru_form: str = "after"  # after | before: where a GRU resets
    encoder_merge: str = "average"  # average | concatenate
    decoder: str = "one"  # one | mul
    mul_first: str = "half"  # half | full
    mul_heads: str = "shared"  # shared | separate
    mul_input: str = "carried"  # carried | restart: what each triple's first step is fed
    copy: str = "mtl"  # mtl | copyre
    inner: bool = False  # selu on both states before the fusion
    slots: str = "triple"  # triple | quintuple
    attention: str = "linear"  # linear | mlp
    attention_width: int = 0
    copyre_selu: bool = False
    mask: str = "none"  # none | zero-logit: what training does to the head's score at a tail step

    @property
    def outputs(self):
        """Width of the encoder's outputs."""
        return 2 * self.hidden if self.encoder_merge == "concatenate" else self.hidden

    @property
    def kinds(self):
        """The steps of one triple."""
        if self.slots == "quintuple":
            return ["relation", "head", "head_length", "tail", "tail_length"]
        return ["relation", "head", "tail"]


def group_of(kind):
    """Steps of one group choose among the same things."""
    return {"head": "entity", "tail": "entity", "relation": "relation"}.get(kind, "length")


# ---------------------------------------------------------------- parameters


def cell_shapes(o):
    gates = 4 if o.cell == "lstm" else 3
    d, h = o.emb, o.hidden
    shapes = {"W_ih": (gates * h, d), "W_hh": (gates * h, h)}
    if o.cell == "gru" and o.gru_form == "after":
        return shapes | {"b_ih": (gates * h,), "b_hh": (gates * h,)}
    return shapes | {"b": (gates * h,)}


def head_shapes(o):
    d, h, e = o.emb, o.hidden, o.outputs
    if o.attention == "mlp":
        a = o.attention_width
        s = {"attn_h": (a, h), "attn_e": (a, e), "attn_b": (a,), "attn_v": (a,)}
    else:
        s = {"attn_h": (h,), "attn_e": (e,), "attn_b": (1,)}
    s |= {"combine_W": (d, d + e), "combine_b": (d,)}
    s |= {"rel_W": (o.relations, h), "rel_b": (o.relations,), "na_W": (1, h), "na_b": (1,)}
    if o.copy == "mtl":
        s |= {"fuse_W": (o.fuse, h + e), "fuse_b": (o.fuse,), "out_W": (1, o.fuse), "out_b": (1,)}
    else:
        s |= {"copy_W": (1, h + e), "copy_b": (1,)}
    if o.slots == "quintuple":
        s |= {"len_W": (o.longest, h), "len_b": (o.longest,)}
    return s


def shapes(o):
    """Every parameter's shape, `[out, in]`."""
    s = {"word_emb": (o.vocab, o.emb), "rel_emb": (o.relations + 1, o.emb), "sos_emb": (1, o.emb)}
    if o.slots == "quintuple":
        s["len_emb"] = (o.longest + 1, o.emb)
    cells = ["enc_fw", "enc_bw"]
    cells += ["dec.%d" % k for k in range(o.triples if o.decoder == "mul" else 1)]
    for cell in cells:
        s |= {"%s.%s" % (cell, k): v for k, v in cell_shapes(o).items()}
    prefixes = ["head.%d." % k for k in range(o.triples)] if o.mul_heads == "separate" else [""]
    for prefix in prefixes:
        s |= {prefix + k: v for k, v in head_shapes(o).items()}
    if o.tags:
        s |= {"emit_W": (o.tags, o.outputs), "emit_b": (o.tags,), "crf.start": (o.tags,)}
        s |= {"crf.end": (o.tags,), "crf.trans": (o.tags, o.tags)}
    return s


def draw_parameters(o, rng):
    """Weights that float32 holds exactly; sharp enough for greedy outputs to vary."""
    sharp = {"fuse_W", "out_W", "copy_W", "rel_W", "len_W", "emit_W", "combine_W", "attn_e"}
    parameters = {}
    for name, shape in shapes(o).items():
        fan = shape[-1] if len(shape) > 1 else o.hidden
        bound = 2.0 if name.endswith("_emb") else 2 / np.sqrt(fan)
        bound *= 2 if name.split(".")[-1] in sharp else 1
        values = rng.uniform(-bound, bound, shape).astype(np.float32)
        parameters[name] = torch.from_numpy(values.astype(np.float64))
    return parameters


# ---------------------------------------------------------------- the network, one sentence


def selu(x):
    return SELU_SCALE * torch.where(x > 0, x, SELU_ALPHA * torch.expm1(torch.clamp(x, max=0)))


def cell_step(cell, x, state):
    """One step of an LSTM or GRU; the form is known by the parameters' names."""
    if "b_hh" in cell:  # GRU that resets after the recurrent product
        (h,) = state
        rx, zx, nx = (cell["W_ih"] @ x + cell["b_ih"]).chunk(3)
        rh, zh, nh = (cell["W_hh"] @ h + cell["b_hh"]).chunk(3)
        r, z = torch.sigmoid(rx + rh), torch.sigmoid(zx + zh)
        return ((1 - z) * torch.tanh(nx + r * nh) + z * h,)
    if len(state) == 1:  # GRU that resets before the recurrent product
        (h,) = state
        rx, zx, nx = (cell["W_ih"] @ x + cell["b"]).chunk(3)
        ru, zu, nu = cell["W_hh"].chunk(3)
        r, z = torch.sigmoid(rx + ru @ h), torch.sigmoid(zx + zu @ h)
        return ((1 - z) * torch.tanh(nx + nu @ (r * h)) + z * h,)
    h, c = state
    i, f, g, q = (cell["W_ih"] @ x + cell["W_hh"] @ h + cell["b"]).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(q) * torch.tanh(c), c


def below(parameters, prefix):
    return {k[len(prefix) :]: v for k, v in parameters.items() if k.startswith(prefix)}


def run_cell(cell, rows, is_lstm):
    """States after each row, from a zero state."""
    zero = rows[0].new_zeros(cell["W_hh"].shape[1])
    state, states = (zero, zero) if is_lstm else (zero,), []
    for row in rows:
        state = cell_step(cell, row, state)
        states.append(state)
    return states


def run_both(forward, backward, rows, is_lstm):
    """Forward and backward states of each position."""
    return run_cell(forward, rows, is_lstm), run_cell(backward, rows[::-1], is_lstm)[::-1]


def encode(o, p, words):
    """Outputs of each position, and the final state that the decoder starts from."""
    rows = [p["word_emb"][w] for w in words]
    fw, bw = run_both(below(p, "enc_fw."), below(p, "enc_bw."), rows, o.cell == "lstm")
    final = tuple((a + b) / 2 for a, b in zip(fw[-1], bw[0]))
    if o.encoder_merge == "concatenate":
        return [torch.cat([a[0], b[0]]) for a, b in zip(fw, bw)], final
    return [(a[0] + b[0]) / 2 for a, b in zip(fw, bw)], final


def attend(o, p, outs, state):
    """Weights over the positions, and the context."""
    if o.copyre_selu:  # reads an LSTM's cell state; no bias; a mean in place of the sum
        asked = state[-1]
        scores = torch.stack([selu(p["attn_h"] @ asked + p["attn_e"] @ out) for out in outs])
        weights = torch.softmax(scores, 0)
        return weights, sum(w * out for w, out in zip(weights, outs)) / len(outs)
    h = state[0]
    sums = [p["attn_h"] @ h + p["attn_e"] @ out + p["attn_b"] for out in outs]
    if o.attention == "mlp":
        scores = [p["attn_v"] @ torch.tanh(x) for x in sums]
    else:
        scores = [x[0] for x in sums]
    weights = torch.softmax(torch.stack(scores), 0)
    return weights, sum(w * out for w, out in zip(weights, outs))


def scored(o, p, name, h):
    """A linear head; under copyre_selu its bias comes after selu."""
    if o.copyre_selu:
        return selu(p[name + "_W"] @ h) + p[name + "_b"]
    return p[name + "_W"] @ h + p[name + "_b"]


def copy_score(o, p, h, out):
    if o.copy == "copyre":
        if o.copyre_selu:
            return selu(p["copy_W"] @ torch.cat([h, out]))
        return p["copy_W"] @ torch.cat([h, out]) + p["copy_b"]
    pair = torch.cat([h, out])
    if o.inner:
        pair = selu(pair)
    return p["out_W"] @ selu(p["fuse_W"] @ pair + p["fuse_b"]) + p["out_b"]


def logits_of(o, p, kind, h, outs):
    """Scores of a step's choices; the last one is NA."""
    na = scored(o, p, "na", h)
    if kind == "relation":
        return torch.cat([scored(o, p, "rel", h), na])
    if group_of(kind) == "length":
        return torch.cat([p["len_W"] @ h + p["len_b"], na])
    return torch.cat([copy_score(o, p, h, out) for out in outs] + [na])


def embedding_of(p, kind, choice, words):
    if kind == "relation":
        return p["rel_emb"][choice]
    if group_of(kind) == "length":
        return p["len_emb"][choice]
    return p["word_emb"][words[choice]] if choice < len(words) else p["word_emb"][-1]


def first_state(o, triple, final, previous):
    """The start of a triple's own cell."""
    if triple > 0:
        return tuple((a + b) / 2 for a, b in zip(final, previous))
    return final if o.mul_first == "full" else tuple(a / 2 for a in final)


@dataclass
class Step:
    kind: str
    logits: torch.Tensor  # NA last
    hidden: torch.Tensor
    masked: torch.Tensor  # the logits under the mask
    choice: int  # the best of these


def decode(o, p, words, outs, final, targets=None, mask=None):
    """All steps, each fed with the target of the step before or, without targets, with its choice.

    mask: None, or "exclude" | "zero": what happens to the head's position at the tail's step.
    """
    steps, state, fed, head = [], final, p["sos_emb"][0], None
    for triple in range(o.triples):
        if o.decoder == "mul":
            state = first_state(o, triple, final, state)
        if o.mul_input == "restart":
            fed = p["sos_emb"][0]
        cell = below(p, "dec.%d." % (triple if o.decoder == "mul" else 0))
        heads = below(p, "head.%d." % triple) if o.mul_heads == "separate" else p
        for kind in o.kinds:
            _, context = attend(o, heads, outs, state)
            x = heads["combine_W"] @ torch.cat([fed, context]) + heads["combine_b"]
            state = cell_step(cell, x, state)
            logits = logits_of(o, heads, kind, state[0], outs)
            masked = logits
            if mask and kind == "tail" and head < len(words):
                chosen = torch.arange(len(logits)) == head
                masked = logits.masked_fill(chosen, -torch.inf if mask == "exclude" else 0)
            step = Step(kind, logits, state[0], masked, int(masked.argmax()))
            steps.append(step)
            item = step.choice if targets is None else targets[len(steps) - 1]
            head = item if kind == "head" else head
            fed = embedding_of(p, kind, item, words)
    return steps


# ---------------------------------------------------------------- the linear-chain CRF


def crf_score(em, tags, start, end, trans):
    score = start[tags[0]] + end[tags[-1]]
    for t, tag in enumerate(tags):
        score = score + em[t][tag]
    for a, b in zip(tags, tags[1:]):
        score = score + trans[a, b]
    return score


def crf_log_z(em, start, end, trans):
    alpha = start + em[0]
    for t in range(1, len(em)):
        alpha = torch.logsumexp(alpha[:, None] + trans, 0) + em[t]
    return torch.logsumexp(alpha + end, 0)


def crf_best(em, start, end, trans):
    """The best path and its score; ties go to the lowest tag."""
    score, came = start + em[0], []
    for t in range(1, len(em)):
        best = score[:, None] + trans
        came.append(best.argmax(0).tolist())
        score = best.max(0).values + em[t]
    path = [int((score + end).argmax())]
    for back in reversed(came):
        path.append(back[path[-1]])
    return path[::-1], (score + end).max()


# ---------------------------------------------------------------- a batch


@dataclass
class Batch:
    words: list  # of lists of ids
    tags: list
    triples: list  # of lists of (relation, head, tail), with lengths (relation, head, hl, tail, tl)


def draw_batch(o, lengths, rng):
    """Sentences with words that come again, within and across them, and some without triples."""
    words = [[rng.randrange(1, o.vocab - 1) for _ in range(n)] for n in lengths]
    longest = max(words, key=len)
    longest[-1] = longest[0]
    for sentence in words:
        sentence[len(sentence) // 2] = longest[1]
    tags = [[rng.choice([B, I, O]) for _ in range(n)] for n in lengths]
    triples = []
    for k, n in enumerate(lengths):
        chosen = []
        for _ in range((o.triples - k) % (o.triples + 1)):
            triple = [rng.randrange(o.relations)]
            for _ in range(2):
                position = rng.randrange(n)
                triple.append(position)
                if o.longest:
                    triple.append(rng.randrange(1, min(position + 1, o.longest) + 1))
            chosen.append(triple)
        triples.append(chosen)
    return Batch(words, tags, triples)


def target_choices(o, batch, sentence):
    """The index of every step's gold choice; NA is the last index of each kind."""
    n, choices = len(batch.words[sentence]), []
    for k in range(o.triples):
        if k < len(batch.triples[sentence]):
            for kind, value in zip(o.kinds, batch.triples[sentence][k]):
                choices.append(value - 1 if group_of(kind) == "length" else value)
        else:
            na = {"relation": o.relations, "entity": n, "length": o.longest}
            choices += [na[group_of(kind)] for kind in o.kinds]
    return choices


def tagging(o, p, batch, sentence, outs):
    """Emissions, -log p of the gold tags, best path and its score."""
    chain = (p["crf.start"], p["crf.end"], p["crf.trans"])
    em = torch.stack([p["emit_W"] @ out + p["emit_b"] for out in outs])
    nll = crf_log_z(em, *chain) - crf_score(em, batch.tags[sentence], *chain)
    return em, nll, *crf_best(em.detach(), *(x.detach() for x in chain))


def run(o, p, batch, feed, members=None):
    """One pass: the mean losses and, by sentence, the decoder's steps."""
    members = range(len(batch.words)) if members is None else members
    decoding, chain, steps = [], [], []
    mask = "zero" if o.mask == "zero-logit" else None
    for b in members:
        outs, final = encode(o, p, batch.words[b])
        targets = target_choices(o, batch, b)
        taken = decode(o, p, batch.words[b], outs, final, targets if feed == "tf" else None, mask)
        decoding.append(sum(-torch.log_softmax(s.masked, 0)[y] for s, y in zip(taken, targets)))
        chain.append(tagging(o, p, batch, b, outs)[1] if o.tags else decoding[-1].new_zeros(()))
        steps.append(taken)
    l_d, l_e = sum(decoding) / len(members), sum(chain) / len(members)
    return l_d + o.lam * l_e, l_d, l_e, decoding, steps


def gradients(o, parameters, batch, feed, members=None):
    """A pass, and the derivative of its total with respect to every parameter."""
    p = {k: v.clone().requires_grad_() for k, v in parameters.items()}
    result = run(o, p, batch, feed, members)
    result[0].backward()
    return result, {k: torch.zeros_like(v) if v.grad is None else v.grad for k, v in p.items()}


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


def adam_values(o, parameters, batch):
    """Three steps on the same batch, teacher forced; losses before each and after the last."""
    p = dict(parameters)
    m = {k: torch.zeros_like(x) for k, x in p.items()}
    s = {k: torch.zeros_like(x) for k, x in p.items()}
    losses = []
    for step in (1, 2, 3):
        result, grad = gradients(o, p, batch, "tf")
        losses.append(result[0].item())
        for k, g in grad.items():
            m[k] = ADAM["beta1"] * m[k] + (1 - ADAM["beta1"]) * g
            s[k] = ADAM["beta2"] * s[k] + (1 - ADAM["beta2"]) * g * g
            mean, square = m[k] / (1 - ADAM["beta1"] ** step), s[k] / (1 - ADAM["beta2"] ** step)
            p[k] = p[k] - ADAM["lr"] * mean / (torch.sqrt(square) + ADAM["eps"])
    losses.append(run(o, p, batch, "tf")[0].item())
    return {"adam/losses": np.array(losses)} | {"adam/step3/" + k: x for k, x in p.items()}


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
