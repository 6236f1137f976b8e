"""CopyMTL-One in PyTorch, as a good engineer would tune it.

The attention's decoder term cancels in the softmax, so there is one context a sentence; the copy
scorer's encoder half is computed once a sentence; all heads of a teacher-forced pass are batched over
the steps. `form` chooses the recurrent layers:

- tuned: lstm.PackedLSTM, over real tokens only;
- plain: torch's own LSTM on packed sequences, as pack_padded_sequence gives it;
- padded: padding, so that torch takes its oneDNN LSTM, which packed input never does.
"""
import torch
import torch.nn.functional as F
from torch import nn

from corpus import TRIPLES
from crf import CRF
from lstm import Cell, PackedLSTM

EMBEDDING, HIDDEN, FUSED, TAGS, STEPS = 100, 1000, 100, 3, 3 * TRIPLES


def uniform(*shape, inputs=None):
    bound = (inputs or shape[-1]) ** -0.5
    return nn.Parameter(nn.init.uniform_(torch.empty(*shape), -bound, bound))


class CopyMTL(nn.Module):
    def __init__(self, vocabulary, relations, form="tuned", low=None):
        super().__init__()
        self.relations, self.form, self.low = relations, form, low
        d, h = EMBEDDING, HIDDEN
        self.word = nn.Parameter(torch.randn(vocabulary, d))
        self.relation = nn.Parameter(torch.randn(relations + 1, d))
        self.start = nn.Parameter(torch.randn(1, d))
        self.forwards, self.backwards, self.decoder = Cell(d, h), Cell(d, h), Cell(d, h)
        self.attention = uniform(h, inputs=2 * h)
        self.combine_w, self.combine_b = uniform(d, d + h), uniform(d, inputs=d + h)
        self.relation_w, self.relation_b = uniform(relations, h), uniform(relations, inputs=h)
        self.none_w, self.none_b = uniform(1, h), uniform(1, inputs=h)
        self.fuse_w, self.fuse_b = uniform(FUSED, 2 * h), uniform(FUSED, inputs=2 * h)
        self.copy_w, self.copy_b = uniform(1, FUSED), uniform(1, inputs=FUSED)
        self.tag_w, self.tag_b = uniform(TAGS, h), uniform(TAGS, inputs=h)
        self.crf = CRF(TAGS)

    # Encoder: outputs [B, T, width] and final states, averaged over the two directions.

    def encode(self, b):
        words = F.embedding(b.words, self.word)
        if self.form == "padded":
            return self.encode_padded(b, words)
        count, width = b.words.shape
        x = words.transpose(0, 1).reshape(width * count, -1)[b.packed]
        zero = x.new_zeros(count, HIDDEN)
        if self.form == "tuned":
            f, hf, cf = self.run(self.forwards, x, zero, zero, b.live, False)
            r, hr, cr = self.run(self.backwards, x, zero, zero, b.live, True)
            out, state = (f + r) * 0.5, ((hf + hr) * 0.5, (cf + cr) * 0.5)
        else:
            zeros = (zero.expand(2, -1, -1), zero.expand(2, -1, -1))
            weights = self.forwards.flat() + self.backwards.flat()
            live = torch.tensor(b.live)
            out, h, c = torch.lstm(x, live, zeros, weights, True, 1, 0.0, self.training, True)
            out, state = (out[:, :HIDDEN] + out[:, HIDDEN:]) * 0.5, (h.mean(0), c.mean(0))
        grid = out.new_zeros(width * count, HIDDEN).index_copy(0, b.packed, out)
        return grid.view(width, count, HIDDEN).transpose(0, 1), state

    def run(self, cell, x, h, c, live, reverse):
        return PackedLSTM.apply(
            x, h, c, cell.input, cell.recurrent, cell.bias, live, reverse, self.low
        )

    def encode_padded(self, b, words):
        """An extra input column tells padding; its fixed weights drive i to 0 and f to 1, so that a
        padded row keeps its cell state."""
        count, width, _ = words.shape
        length, every = torch.as_tensor(b.lengths), torch.arange(count)
        column = torch.zeros(4 * HIDDEN, 1)
        column[:HIDDEN], column[HIDDEN : 2 * HIDDEN] = -1e3, 1e3
        position = torch.arange(width)[None, :]
        mirror = torch.where(b.mask, length[:, None] - 1 - position, position)
        outs, hs, cs = [], [], []
        for cell, reverse in ((self.forwards, False), (self.backwards, True)):
            x = words
            if reverse:
                x = x.gather(1, mirror[..., None].expand(-1, -1, x.shape[2]))
            x = torch.cat([x, (~b.mask).to(x.dtype)[..., None]], 2)
            zero = torch.zeros(1, count, HIDDEN)
            weights = [torch.cat([cell.input, column], 1)] + cell.flat()[1:]
            out, _, c = torch.lstm(x, (zero, zero), weights, True, 1, 0.0, self.training, False, True)
            hs.append(out[every, length - 1])
            cs.append(c[0])
            if reverse:
                out = out.gather(1, mirror[..., None].expand(-1, -1, HIDDEN))
            outs.append(out)
        out = ((outs[0] + outs[1]) * 0.5).masked_fill(~b.mask[..., None], 0.0)
        return out, ((hs[0] + hs[1]) * 0.5, (cs[0] + cs[1]) * 0.5)

    # Decoder.

    def context(self, out, mask):
        """The part of the decoder's input that attention gives, [B, embedding]."""
        weights = torch.softmax((out @ self.attention).masked_fill(~mask, float("-inf")), 1)
        mean = torch.bmm(weights[:, None].to(out.dtype), out)[:, 0]
        return F.linear(mean, self.combine_w[:, EMBEDDING:])

    def copy_half(self, out):
        """The copy scorer's encoder half, [B, T, fused]."""
        return F.linear(out, self.fuse_w[:, HIDDEN:], self.fuse_b)

    def copy_scores(self, h, half):
        """[B, S, width] and [B, T, fused] to [B, S, T]."""
        own = F.linear(h, self.fuse_w[:, :HIDDEN])
        return F.linear(F.selu(own[:, :, None] + half[:, None]), self.copy_w, self.copy_b)[..., 0]

    def fed(self, b, target):
        """The embedding that is fed at each step, the gold items being fed: [B, S, embedding]."""
        relations = F.embedding(target[:, 0::3], self.relation)
        positions = torch.stack([target[:, 1::3], target[:, 2::3]], 2).flatten(1)
        words = F.embedding(self.with_none(b).gather(1, positions), self.word)
        words = words.view(len(b.lengths), TRIPLES, 2, -1)
        all = torch.cat([relations[:, :, None], words], 2).flatten(1, 2)
        return torch.cat([self.start.expand(len(b.lengths), 1, -1), all[:, :-1]], 1)

    def with_none(self, b):
        """Word ids, and behind them that of the word that is fed after "no word"."""
        none = torch.full((len(b.lengths), 1), self.word.shape[0] - 1)
        return torch.cat([b.words, none], 1)

    def decode_forced(self, b, out, state, target):
        count = len(b.lengths)
        x = F.linear(self.fed(b, target), self.combine_w[:, :EMBEDDING], self.combine_b)
        x = x + self.context(out, b.mask)[:, None]
        if self.form == "tuned":
            rows = x.transpose(0, 1).reshape(STEPS * count, EMBEDDING)
            hs, _, _ = self.run(self.decoder, rows, *state, [count] * STEPS, False)
            return hs.view(STEPS, count, HIDDEN).transpose(0, 1)
        h, c = (s[None] for s in state)
        return torch.lstm(
            x, (h, c), self.decoder.flat(), True, 1, 0.0, self.training, False, True
        )[0]

    def heads(self, b, out, hs):
        """Scores of relations [B, S/3, R + 1] and of positions [B, 2S/3, T + 1], "none" last."""
        count = len(b.lengths)
        none = F.linear(hs, self.none_w, self.none_b)
        relation = F.linear(hs[:, 0::3], self.relation_w, self.relation_b)
        relation = torch.cat([relation, none[:, 0::3]], 2)
        copying = hs.view(count, TRIPLES, 3, HIDDEN)[:, :, 1:].reshape(count, -1, HIDDEN)
        rest = none.view(count, TRIPLES, 3, 1)[:, :, 1:].reshape(count, -1, 1)
        scores = self.copy_scores(copying, self.copy_half(out)).float()
        scores = scores.masked_fill(~b.mask[:, None], float("-inf"))
        return relation, torch.cat([scores, rest.to(scores.dtype)], 2)

    def forward(self, b):
        """The loss of a batch, the gold items being fed."""
        out, state = self.encode(b)
        tagging = self.crf.loss(F.linear(out, self.tag_w, self.tag_b), b.tags, b.lengths, b.mask)
        target = torch.where(b.target < 0, b.words.shape[1], b.target)
        relation, position = self.heads(b, out, self.decode_forced(b, out, state, target))
        positions = torch.stack([target[:, 1::3], target[:, 2::3]], 2).flatten()
        decoding = F.cross_entropy(
            relation.float().flatten(0, 1), target[:, 0::3].flatten(), reduction="sum"
        ) + F.cross_entropy(position.flatten(0, 1), positions, reduction="sum")
        return tagging.mean() + decoding / len(b.lengths)

    @torch.inference_mode()
    def predict(self, b):
        """Greedy decoding [B, S] and tags [B, T]."""
        out, (h, c) = self.encode(b)
        paths = self.crf.best(F.linear(out, self.tag_w, self.tag_b), b.mask)
        half, words, context = self.copy_half(out), self.with_none(b), self.context(out, b.mask)
        fed, chosen = self.start.expand(len(b.lengths), -1), []
        for t in range(STEPS):
            x = F.linear(fed, self.combine_w[:, :EMBEDDING], self.combine_b) + context
            h, c = self.decoder.step(x, h, c)
            none = F.linear(h, self.none_w, self.none_b)
            if t % 3 == 0:
                best = torch.cat([F.linear(h, self.relation_w, self.relation_b), none], 1).argmax(1)
                fed = F.embedding(best, self.relation)
            else:
                scores = self.copy_scores(h[:, None], half)[:, 0]
                scores = scores.masked_fill(~b.mask, float("-inf"))
                best = torch.cat([scores, none], 1).argmax(1)
                fed = F.embedding(words.gather(1, best[:, None])[:, 0], self.word)
            chosen.append(best)
        return torch.stack(chosen, 1), paths
