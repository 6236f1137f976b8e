"""The rules of the models, stated once more: float64, one sentence and one step at a time, straight from
the equations, no batches, no padding, no precomputed parts. PyTorch serves for derivatives alone.
"""
from dataclasses import dataclass

import numpy as np
import torch

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
