"""Writes fixtures of a published BERT's real weights, in the layout of Tests/Fixtures/gen_transformer.h5: forward pass,
losses and gradients of PyPI's `transformers` in double precision, for one sentence and for a batch.

  transformer.py DIR OUT     DIR holds config.json, vocab.txt and model.safetensors
"""
import os
import random
import sys

import h5py
import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import BertConfig, BertModel
from transformers.models.bert.modeling_bert import BertLMPredictionHead

ALPHA, SHARE = 0.1, 0.3
NAMES = {
    "embeddings.word_embeddings.weight": "embed.word", "embeddings.position_embeddings.weight": "embed.position",
    "embeddings.token_type_embeddings.weight": "embed.segment", "embeddings.LayerNorm": "embed.ln",
    "attention.self.query": "att.q", "attention.self.key": "att.k", "attention.self.value": "att.v",
    "attention.output.dense": "att.o", "attention.output.LayerNorm": "att.ln", "intermediate.dense": "ffn.in",
    "output.dense": "ffn.out", "output.LayerNorm": "ffn.ln",
}


def own_name(name):
    """The name of an encoder's parameter in a fixture."""
    if name.startswith("encoder.layer."):
        number, rest = name.removeprefix("encoder.layer.").split(".", 1)
        part, kind = rest.rsplit(".", 1)
        return f"layer.{int(number):02d}.{NAMES[part]}." + ending(part, kind)
    if name in NAMES:
        return NAMES[name]
    part, kind = name.rsplit(".", 1)
    return f"{NAMES[part]}." + ending(part, kind)


def ending(part, kind):
    if part.endswith("LayerNorm"):
        return {"weight": "gamma", "bias": "beta"}[kind]
    return {"weight": "w", "bias": "b"}[kind]


class Model(torch.nn.Module):
    """The published encoder, and heads from random values."""

    def __init__(self, folder):
        super().__init__()
        self.config = BertConfig.from_pretrained(folder)
        self.config._attn_implementation = "eager"
        self.encoder = BertModel(self.config, add_pooling_layer=False)
        state = load_file(os.path.join(folder, "model.safetensors"))
        state = {name.removeprefix("bert."): value for name, value in state.items()}
        wanted = self.encoder.state_dict()
        self.encoder.load_state_dict({name: state[name] for name in wanted if name in state}, strict=False)
        missing = [name for name in wanted if name not in state and "position_ids" not in name]
        assert not missing, missing
        self.tokens = BertLMPredictionHead(self.config)
        self.tokens.decoder.weight = self.encoder.embeddings.word_embeddings.weight
        self.tokens.bias = self.tokens.decoder.bias
        self.labels = torch.nn.Linear(self.config.hidden_size, 3)
        for layer in [self.tokens.transform.dense, self.labels]:
            torch.nn.init.normal_(layer.weight, std=0.02)
        for bias in [self.tokens.decoder.bias, self.tokens.transform.dense.bias, self.labels.bias]:
            torch.nn.init.normal_(bias, std=0.02)
        self.double()
        self.eval()

    def named(self):
        """Every parameter by its name in a fixture."""
        for name, value in self.encoder.named_parameters():
            yield own_name(name), value
        transform = self.tokens.transform
        yield "head.token.dense.w", transform.dense.weight
        yield "head.token.dense.b", transform.dense.bias
        yield "head.token.ln.gamma", transform.LayerNorm.weight
        yield "head.token.ln.beta", transform.LayerNorm.bias
        yield "head.token.bias", self.tokens.decoder.bias
        yield "head.bio.w", self.labels.weight
        yield "head.bio.b", self.labels.bias


def sentences(count, pieces, draws):
    """Random pieces: `[CLS] source [SEP] target [SEP]`, labels, and the length of the source."""
    for _ in range(count):
        text = [draws.randrange(1000, pieces) for _ in range(draws.randrange(4, 40))]
        target = [draws.randrange(1000, pieces) for _ in range(draws.randrange(0, 25))]
        ids = [CLS, *text, SEP, *target, SEP]
        labels = [draws.randrange(3) for _ in ids]
        yield ids, labels, len(text) + 2


def padded(rows, fill, kind="i8"):
    out = numpy.full((len(rows), max(map(len, rows))), fill, kind)
    for k, row in enumerate(rows):
        out[k, : len(row)] = row
    return out


def visible(lengths, sources):
    width = max(lengths)
    out = numpy.zeros((len(lengths), width, width), "i1")
    for k, (length, source) in enumerate(zip(lengths, sources)):
        for row in range(length):
            out[k, row, : max(source, row + 1) if row >= source else source] = 1
    return out


def write(path, model, batch, draws):
    ids, labels, sources = (list(part) for part in zip(*batch))
    lengths = [len(row) for row in ids]
    masked = [list(row) for row in ids]
    asked = {"mask": [], "shift": []}
    for k, (row, source) in enumerate(zip(ids, sources)):
        places = [*range(1, source - 1), *range(source, len(row))]
        for place in sorted(draws.sample(places, max(1, int(SHARE * len(places) + 0.5)))):
            asked["mask"].append((k, place, row[place], labels[k][place]))
            masked[k][place] = draws.choice([MASK, MASK, MASK, row[place], draws.randrange(1000, 30000)])
        asked["shift"] += [(k, j - 1, row[j], labels[k][j]) for j in range(source, len(row))]
    seen = visible(lengths, sources)
    config = model.config
    with h5py.File(path, "w") as file:
        file.attrs.update(
            alpha=ALPHA, cls=CLS, sep=SEP, mask=MASK, pad=PAD, unk=UNK, labels="O,B,I", mask_prob=SHARE,
            heads=config.num_attention_heads, hidden=config.hidden_size, inner=config.intermediate_size,
            layers=config.num_hidden_layers, ln_eps=config.layer_norm_eps, vocab=config.vocab_size,
            max_position=config.max_position_embeddings, segments=config.type_vocab_size)
        for name, value in model.named():
            file[f"params/{name}"] = value.detach().numpy().astype("f4")
        for name, rows, fill in [("ids", ids, 0), ("masked_ids", masked, 0), ("labels", labels, -1)]:
            file[f"input/{name}"] = padded(rows, fill)
        file["input/length"], file["input/source_length"] = lengths, sources
        file["mask/visible"] = seen
        for group, read in [("mask", masked), ("shift", ids)]:
            run(file, group, model, torch.tensor(padded(read, 0)), seen, lengths, sources, asked[group])


def run(file, group, model, ids, seen, lengths, sources, asked):
    model.zero_grad()
    width = ids.shape[1]
    additive = torch.zeros(seen.shape, dtype=torch.float64)
    additive.masked_fill_(torch.tensor(seen) == 0, torch.finfo(torch.float64).min)
    segments = (torch.arange(width)[None, :] >= torch.tensor(sources)[:, None]).long()
    hidden = model.encoder(
        input_ids=ids, token_type_ids=segments, attention_mask=additive[:, None]).last_hidden_state
    real = torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]
    rows = [torch.tensor(part) for part in zip(*[(k, place, token, label) for k, place, token, label in asked])]
    chosen = hidden[rows[0], rows[1]]
    tokens, labels = model.tokens(chosen), model.labels(chosen)
    token_loss = F.cross_entropy(tokens, rows[2], reduction="none")
    label_loss = F.cross_entropy(labels, rows[3], reduction="none")
    each = ALPHA * token_loss + (1 - ALPHA) * label_loss
    each.mean().backward()
    out = {
        "hidden": (hidden * real[:, :, None]).detach().numpy(), "token_logits": tokens.detach().numpy(),
        "label_logits": labels.detach().numpy(), "L_token": [token_loss.mean().item()],
        "L_bio": [label_loss.mean().item()], "total": [each.mean().item()], "M": [len(asked)],
        "positions": numpy.array([entry[:2] for entry in asked]),
        "target_tokens": rows[2].numpy(), "target_labels": rows[3].numpy(),
        "sentence_sum": [each[rows[0] == k].sum().item() for k in range(len(lengths))],
        "sentence_count": [int((rows[0] == k).sum()) for k in range(len(lengths))],
    }
    for name, value in out.items():
        file[f"{group}/{name}"] = value
    for name, value in model.named():
        file[f"{group}/grad/{name}"] = value.grad.numpy().astype("f4")


def main(folder, out):
    global CLS, SEP, MASK, PAD, UNK
    with open(os.path.join(folder, "vocab.txt"), encoding="utf-8") as lines:
        pieces = lines.read().split("\n")
    CLS, SEP, MASK, PAD, UNK = (pieces.index(f"[{name}]") for name in ["CLS", "SEP", "MASK", "PAD", "UNK"])
    torch.manual_seed(5)
    model, draws = Model(folder), random.Random(5)
    for name, count in [("one", 1), ("batch", 6)]:
        batch = list(sentences(count, model.config.vocab_size, draws))
        write(os.path.join(out, f"transformer_{name}.h5"), model, batch, draws)


main(*sys.argv[1:])
