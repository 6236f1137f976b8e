"""GenerativeRE's transformer in PyTorch, of PyPI's `transformers`, with UniLM's mask, tuned as a good engineer would:
length buckets, scaled dot-product attention, heads on the rows that are asked alone, and keys and values of the source
and of what was generated kept while decoding.

A sentence is a record of ids `[CLS] source [SEP] target [SEP]`, labels and the number of source pieces, as
`Benchmarks pieces` prints them, so that both programs read the same.
"""
import json
import time

import torch
import torch.nn.functional as F
from torch import nn
from transformers import BertConfig, BertModel
from transformers.cache_utils import DynamicCache
from transformers.models.bert.modeling_bert import BertLMPredictionHead

LABELS, ALPHA, SHARE, DROPOUT = 3, 0.1, 0.15, 0.1


def read(path):
    """The sizes of the model, in the first line, and the sentences."""
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return records[0], records[1:]


class Generative(nn.Module):
    """The token head has the table of words; the label head is a layer of its own."""

    def __init__(self, sizes):
        super().__init__()
        config = BertConfig(
            vocab_size=sizes["vocabulary"], hidden_size=sizes["hidden"], num_hidden_layers=sizes["layers"],
            num_attention_heads=sizes["heads"], intermediate_size=sizes["inner"],
            max_position_embeddings=sizes["positions"], hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=DROPOUT, is_decoder=True, attn_implementation="sdpa")
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.tokens = BertLMPredictionHead(config)
        self.tokens.decoder.weight = self.encoder.embeddings.word_embeddings.weight
        self.tokens.bias = self.tokens.decoder.bias
        self.labels = nn.Linear(sizes["hidden"], LABELS)
        self.symbols = sizes

    def rows(self, batch):
        return self.encoder(
            input_ids=batch["ids"], token_type_ids=batch["segments"], attention_mask=batch["mask"],
            use_cache=False).last_hidden_state

    def forward(self, batch):
        asked = self.rows(batch)[batch["rows"], batch["columns"]]
        token = F.cross_entropy(self.tokens(asked), batch["tokens"])
        label = F.cross_entropy(self.labels(asked), batch["labels"])
        return ALPHA * token + (1 - ALPHA) * label


def visible(sources, lengths, width):
    """The additive mask [B, 1, T, T]: a source is seen by all, a target by itself from left to right."""
    column = torch.arange(width)
    source = column[None, :] < torch.tensor(sources)[:, None]
    real = column[None, :] < torch.tensor(lengths)[:, None]
    causal = (column[None, :] <= column[:, None])[None] & ~source[:, None, :] & ~source[:, :, None]
    seen = (source[:, None, :] | causal) & real[:, None, :]
    # A row of padding sees itself, so that its softmax has a sum.
    seen |= torch.eye(width, dtype=torch.bool)[None] & ~real[:, :, None]
    return torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)[:, None]


def batch_of(sentences, sizes, draws):
    """A batch in which 15 % of the tokens are masked."""
    lengths = [len(s["ids"]) for s in sentences]
    width = max(lengths)
    ids = torch.zeros(len(sentences), width, dtype=torch.long)
    segments = torch.zeros_like(ids)
    rows, columns, tokens, labels = [], [], [], []
    for k, s in enumerate(sentences):
        own = list(s["ids"])
        places = [*range(1, s["source"] - 1), *range(s["source"], len(own))]
        for place in draws.sample(places, max(1, int(SHARE * len(places) + 0.5))):
            rows.append(k)
            columns.append(place)
            tokens.append(own[place])
            labels.append(s["labels"][place])
            draw = draws.random()
            own[place] = sizes["mask"] if draw < 0.8 else draws.randrange(sizes["vocabulary"]) if draw < 0.9 else own[place]
        ids[k, : len(own)] = torch.tensor(own)
        segments[k, s["source"] : len(own)] = 1
    return {
        "ids": ids, "segments": segments, "mask": visible([s["source"] for s in sentences], lengths, width),
        "rows": torch.tensor(rows), "columns": torch.tensor(columns), "tokens": torch.tensor(tokens),
        "labels": torch.tensor(labels),
    }


@torch.no_grad()
def decode(model, sentences, steps):
    """Generates `steps` tokens behind each source: the row of a [MASK] says the next one, and leaves no key or value."""
    sizes = model.symbols
    count, sources = len(sentences), [s["source"] for s in sentences]
    width = max(sources)
    ids = torch.zeros(count, width, dtype=torch.long)
    for k, s in enumerate(sentences):
        ids[k, : sources[k]] = torch.tensor(s["ids"][: sources[k]])
    seen = torch.arange(width)[None, :] < torch.tensor(sources)[:, None]
    least = torch.finfo(torch.float32).min
    cache = DynamicCache()
    mask = torch.zeros(count, 1, width, width).masked_fill(~seen[:, None, None, :], least)
    model.encoder(input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True)
    start = torch.tensor(sources)
    before = torch.zeros(count, 0, dtype=torch.long)
    last = None
    for step in range(steps):
        new = [last] if last is not None else []
        read = torch.stack([*new, torch.full((count,), sizes["mask"])], 1)
        fresh = read.shape[1]
        positions = start[:, None] + torch.arange(step + 1 - fresh, step + 1)[None, :]
        known = torch.cat([seen, torch.ones(count, step, dtype=torch.bool)], 1)
        own = torch.cat([known, torch.zeros(count, 1, dtype=torch.bool)], 1)
        mask = torch.zeros(count, 1, fresh, width + step + 1)
        for row in range(fresh):
            visible_to = own.clone()
            visible_to[:, width + step + 1 - fresh + row] = True
            mask[:, 0, row].masked_fill_(~visible_to, least)
            own = visible_to if row + 1 < fresh else own
        hidden = model.encoder(
            input_ids=read, token_type_ids=torch.ones_like(read), position_ids=positions, attention_mask=mask,
            past_key_values=cache, use_cache=True).last_hidden_state[:, -1]
        cache.crop(-1)
        model.labels(hidden).argmax(1)
        last = model.tokens(hidden).argmax(1)
        before = torch.cat([before, last[:, None]], 1)
    return before


def inference(model, sentences, size, steps):
    """Seconds of decoding sentences of like length together, and the tokens that were made."""
    model.eval()
    ordered = sorted(sentences, key=lambda s: -s["source"])
    decode(model, ordered[:size], 4)
    began = time.perf_counter()
    for k in range(0, len(ordered), size):
        decode(model, ordered[k : k + size], steps)
    return {"seconds": time.perf_counter() - began, "tokens": steps * len(ordered)}
