"""The cost of the published code: its tensor shapes and its order of operations, not its text.

Everything is padded to a fixed length, states are concatenated with all outputs at every step for
attention and for copying, at relation steps too, the decoder is a layer called for one step, and its own
choices are fed. Its toolkit's CRF is replaced by crf.CRF, which is faster.
"""
import torch
import torch.nn.functional as F
from torch import nn

from crf import CRF
from model import EMBEDDING, FUSED, HIDDEN, STEPS, TAGS

LENGTH = 80


class Published(nn.Module):
    def __init__(self, vocabulary, relations):
        super().__init__()
        d, h = EMBEDDING, HIDDEN
        self.word, self.relation = nn.Embedding(vocabulary, d), nn.Embedding(relations + 1, d)
        self.start = nn.Embedding(1, d)
        self.encoder = nn.LSTM(d, h, bidirectional=True, batch_first=True)
        self.decoder = nn.LSTM(d, h, batch_first=True)
        self.attention, self.combine = nn.Linear(2 * h, 1), nn.Linear(h + d, d)
        self.none, self.predicate = nn.Linear(h, 1), nn.Linear(h, relations)
        self.fuse, self.copy = nn.Linear(2 * h, FUSED), nn.Linear(FUSED, 1)
        self.tag, self.crf = nn.Linear(h, TAGS), CRF(TAGS)

    def forward(self, b):
        """The loss of a batch that is padded to `LENGTH`."""
        out, state = self.encode(b)
        loss = self.crf.loss(self.tag(out), b.tags, b.lengths, b.mask).mean()
        target = torch.where(b.target < 0, LENGTH, b.target)
        for t, scores in enumerate(self.decode(b, out, state)):
            loss = loss + F.nll_loss(scores, target[:, t])
        return loss

    @torch.inference_mode()
    def predict(self, b):
        """Greedy decoding [B, S] and tags [B, T]."""
        out, state = self.encode(b)
        chosen = torch.stack([scores.argmax(1) for scores in self.decode(b, out, state)], 1)
        return chosen, self.crf.best(self.tag(out), b.mask)

    def encode(self, b):
        packed = nn.utils.rnn.pack_padded_sequence(self.word(b.words), b.lengths, batch_first=True)
        out, (h, c) = self.encoder(packed)
        out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=LENGTH)
        out = (out[..., :HIDDEN] + out[..., HIDDEN:]) / 2
        return out, ((h[:1] + h[1:]) / 2, (c[:1] + c[1:]) / 2)

    def decode(self, b, out, state):
        """Log-probabilities of each step."""
        count = len(b.lengths)
        none = torch.full((count, 1), self.word.num_embeddings - 1)
        words = torch.cat([b.words, none], 1)
        fed = self.start(torch.zeros(count, dtype=torch.long))
        for t in range(STEPS):
            before = state[0].permute(1, 0, 2).expand_as(out)
            weights = torch.softmax(self.attention(torch.cat([before, out], 2)), 1)
            context = torch.bmm(weights.permute(0, 2, 1), out).squeeze(1)
            x = self.combine(torch.cat([fed, context], 1)).unsqueeze(1)
            y, state = self.decoder(x, state)
            y = y.squeeze(1)
            none = self.none(y)
            relation = torch.log_softmax(torch.cat([self.predicate(y), none], 1), 1)
            pairs = F.selu(torch.cat([y.unsqueeze(1).expand_as(out), out], 2))
            position = self.copy(F.selu(self.fuse(pairs))).squeeze(2)
            position = torch.log_softmax(torch.cat([position, none], 1), 1)
            if t % 3 == 0:
                yield relation
                fed = self.relation(relation.argmax(1))
            else:
                yield position
                fed = self.word(words.gather(1, position.argmax(1)[:, None])[:, 0])
