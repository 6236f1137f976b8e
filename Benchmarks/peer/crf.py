"""A linear-chain CRF with scores of the first and the last tag."""
import torch
from torch import nn


class CRF(nn.Module):
    def __init__(self, tags):
        super().__init__()
        self.first, self.last = nn.Parameter(torch.empty(tags)), nn.Parameter(torch.empty(tags))
        self.steps = nn.Parameter(torch.empty(tags, tags))
        for p in self.parameters():
            nn.init.uniform_(p, -0.1, 0.1)

    def loss(self, scores, tags, lengths, mask):
        """−log p(tags) of each sentence, [B]. The normaliser is a product over time in the log
        semiring, taken as a tree: log₂ T batched 3×3 steps instead of T tiny ones."""
        scores = scores.float()
        count, width, kinds = scores.shape
        every, last = torch.arange(count), torch.as_tensor(lengths) - 1
        inside = mask.to(scores.dtype)
        path = self.first[tags[:, 0]] + self.last[tags[every, last]]
        path = path + (scores.gather(2, tags[..., None])[..., 0] * inside).sum(1)
        path = path + (self.steps[tags[:, :-1], tags[:, 1:]] * inside[:, 1:]).sum(1)
        unit = torch.full((kinds, kinds), -1e30).fill_diagonal_(0.0)
        factors = torch.where(
            mask[:, 1:, None, None], self.steps + scores[:, 1:, None, :], unit
        )
        while factors.shape[1] > 1:
            if factors.shape[1] % 2:
                factors = torch.cat([factors, unit.expand(count, 1, kinds, kinds)], 1)
            left, right = factors[:, 0::2, :, :, None], factors[:, 1::2, None, :, :]
            factors = torch.logsumexp(left + right, 3)
        ends = self.first + scores[:, 0]
        if width > 1:
            ends = torch.logsumexp(ends[:, :, None] + factors[:, 0], 1)
        return torch.logsumexp(ends + self.last, 1) - path

    def best(self, scores, mask):
        """The best path of each sentence, [B, T] (Viterbi)."""
        scores = scores.float()
        count, width, kinds = scores.shape
        total, back = self.first + scores[:, 0], []
        same = torch.arange(kinds).expand(count, kinds)
        for t in range(1, width):
            value, index = (total[:, :, None] + self.steps).max(1)
            total = torch.where(mask[:, t, None], value + scores[:, t], total)
            back.append(torch.where(mask[:, t, None], index, same))
        tag = (total + self.last).argmax(1)
        path = [tag]
        for index in reversed(back):
            tag = index.gather(1, tag[:, None])[:, 0]
            path.append(tag)
        return torch.stack(path[::-1], 1)
