"""RIN (Sun, Zhang, Mensah, Mao and Liu, EMNLP 2020) in PyTorch, in two forms:

- published: the authors' tensors and order of operations, not their text. The vectors of every ordered pair are laid
  side by side, whole batches are padded to their longest sentence, and all layers are kept for the backward pass;
- tuned: as a good engineer would. The pair layer is factored, so that no pair of vectors is laid side by side;
  sentences of like length form a bucket, whose last layer's loss is fused with its sigmoid; earlier layers take the
  maximum of logits.

Both read words alone, without parts of speech, and compute the same loss.
"""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from corpus import triples

EMBEDDING, HIDDEN, PAIR, TAGS, DROPOUT = 100, 50, 100, 5, 0.1
WIDTH = 2 * HIDDEN
OUTSIDE, BEGIN, INSIDE, END, SINGLE = range(TAGS)
# The shortest sentence of a bucket, as a share of its longest one.
ALIKE = 0.8


def tags(sentence):
    """BIOES tags of the heads and tails, the longest first; one that would overlap another is left out."""
    result = [OUTSIDE] * len(sentence["tokens"])
    spans = {tuple(t[side]) for t in sentence["triples"] for side in ("head", "tail")
             if not isinstance(t[side], str)}
    for first, last in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(tag == OUTSIDE for tag in result[first : last + 1]):
            inner = [INSIDE] * (last - first - 1)
            result[first : last + 1] = [BEGIN, *inner, END] if last > first else [SINGLE]
    return result


@dataclass
class PairBatch:
    """Sentences, longest first."""

    words: torch.Tensor  # [B, T], padding 0
    tags: torch.Tensor  # [B, T], padding −100, which torch's cross-entropy leaves out
    cells: torch.Tensor  # [triples, 4]: sentence, last token of the head, of the tail, relation
    lengths: list
    mask: torch.Tensor  # [B, T]

    @staticmethod
    def of(sentences, inventory):
        sentences = sorted(sentences, key=lambda s: -len(s["tokens"]))
        lengths = [len(s["tokens"]) for s in sentences]
        words = torch.zeros(len(sentences), lengths[0], dtype=torch.long)
        tag = torch.full(words.shape, -100)
        cells = []
        for k, s in enumerate(sentences):
            unknown = len(inventory.words)
            words[k, : lengths[k]] = torch.tensor([inventory.words.get(w, unknown) for w in s["tokens"]])
            tag[k, : lengths[k]] = torch.tensor(tags(s))
            cells += [(k, head, tail, r) for r, head, tail in triples(s, inventory, most=None)]
        mask = torch.arange(lengths[0])[None, :] < torch.tensor(lengths)[:, None]
        return PairBatch(words, tag, torch.tensor(cells).view(-1, 4), lengths, mask)

    def targets(self, rows, relations):
        """0 and 1 for each pair and relation of some sentences, a range: [rows, T, T, relations]."""
        width = self.lengths[rows.start]
        target = torch.zeros(len(rows), width, width, relations)
        own = (self.cells[:, 0] >= rows.start) & (self.cells[:, 0] < rows.stop)
        sentence, head, tail, relation = self.cells[own].unbind(1)
        target[sentence - rows.start, head, tail, relation] = 1
        return target

    def buckets(self):
        """Ranges of sentences of like length."""
        first = 0
        for k, length in enumerate(self.lengths):
            if length < ALIKE * self.lengths[first]:
                yield range(first, k)
                first = k
        yield range(first, len(self.lengths))

    def pairs(self, rows):
        """Which pairs of some sentences are of real tokens: [rows, T, T, 1]."""
        inside = self.mask[rows.start : rows.stop, : self.lengths[rows.start]]
        return (inside[:, :, None] & inside[:, None])[..., None]


class RIN(nn.Module):
    """The loss of a batch: the mean over its sentences. `layers` is K."""

    def __init__(self, vocabulary, relations, layers, form):
        super().__init__()
        self.relations, self.layers, self.form = relations, layers, form
        self.word = nn.Embedding(vocabulary, EMBEDDING)
        self.encoder = nn.LSTM(EMBEDDING, HIDDEN, bidirectional=True, batch_first=True)
        self.entity = nn.Linear(WIDTH, TAGS)
        self.pair, self.relation = nn.Linear(2 * WIDTH, PAIR), nn.Linear(PAIR, relations)
        if layers:
            self.entities, self.facts = nn.GRUCell(TAGS, WIDTH), nn.GRUCell(relations, WIDTH)

    def forward(self, b):
        shared = he = hr = self.encode(b)
        for _ in range(self.layers):
            found = torch.softmax(self.entity(he), 2)
            most = self.most(b, hr)
            he, hr = self.step(self.entities, found, shared), self.step(self.facts, most, shared)
            shared = shared + he + hr
        tagging = F.cross_entropy(self.entity(he).flatten(0, 1), b.tags.flatten(), reduction="sum")
        return (tagging + self.pair_loss(b, hr)) / len(b.lengths)

    def encode(self, b):
        x = F.dropout(self.word(b.words), DROPOUT, self.training)
        packed = nn.utils.rnn.pack_padded_sequence(x, b.lengths, batch_first=True)
        return nn.utils.rnn.pad_packed_sequence(self.encoder(packed)[0], batch_first=True)[0]

    def step(self, cell, x, state):
        """One step of a cell for each token."""
        return cell(x.flatten(0, 1), state.flatten(0, 1)).view(state.shape)

    def parts(self, b):
        """The sentences that are computed together."""
        return b.buckets() if self.form == "tuned" else [range(len(b.lengths))]

    def logits(self, hr):
        """[B, T, T, relations], by head and tail."""
        if self.form == "tuned":
            head = F.linear(hr, self.pair.weight[:, :WIDTH], self.pair.bias)
            tail = F.linear(hr, self.pair.weight[:, WIDTH:])
            return self.relation(F.relu(head[:, :, None] + tail[:, None]))
        width = hr.shape[1]
        heads = hr[:, :, None].expand(-1, -1, width, -1)
        tails = hr[:, None].expand(-1, width, -1, -1)
        return self.relation(F.relu(self.pair(torch.cat([heads, tails], 3))))

    def of(self, hr, b, rows):
        return hr[rows.start : rows.stop, : b.lengths[rows.start]]

    def most(self, b, hr):
        """For each token as head the largest probability of each relation: [B, T, relations]."""
        if self.form != "tuned":
            rows = range(len(b.lengths))
            return (torch.sigmoid(self.logits(hr)) * b.pairs(rows)).max(2).values
        found = []
        for rows in self.parts(b):
            logits = self.logits(self.of(hr, b, rows))
            inside = b.mask[rows.start : rows.stop, None, : logits.shape[2], None]
            most = torch.sigmoid(logits.masked_fill(~inside, float("-inf")).max(2).values)
            found.append(F.pad(most, (0, 0, 0, hr.shape[1] - most.shape[1])))
        return torch.cat(found)

    def pair_loss(self, b, hr):
        """The cross-entropy of all pairs and relations, summed."""
        total = 0.0
        for rows in self.parts(b):
            logits, inside = self.logits(self.of(hr, b, rows)), b.pairs(rows).float()
            target = b.targets(rows, self.relations)
            if self.form == "tuned":
                loss = F.binary_cross_entropy_with_logits(logits, target, inside, reduction="sum")
            else:
                each = F.binary_cross_entropy(torch.sigmoid(logits), target, reduction="none")
                loss = (each * inside).sum()
            total = total + loss
        return total
