"""How long a step of data-parallel training takes on p nodes, by an α-β model.

A message costs α seconds, a byte on a node's wire β seconds, and a byte of float32 that is added γ
seconds; links carry both directions at once, and the network between them is never full. A sum of V bytes
over p nodes first brings each node its piece of all p slabs, V/p bytes from every other one, and then hands
the sums of the pieces to all, so that in either half (p − 1)/p · V bytes go out of each node:

    reproducible: 2 (p − 1) α + 2 (p − 1)/p · V β + (p − 1)/p · V γ
    allreduce:    2 ⌈log₂ p⌉ α + the same       (recursive halving and doubling)

The reproducible sum sends each piece straight to its owner, which adds the p of them in one fixed tree; that is
its price, p − 1 messages where log₂ p would do. Its bytes are as few as can be, and the rows of a table that no
sentence of a node has looked up, which are zeros, stay at home: of Z such bytes (p − 1)/p · Z β less.
"""
import math
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Network:
    """Seconds a message, a byte on the wire, and a byte added."""

    alpha: float
    beta: float
    gamma: float

    def sum(self, nodes, count, reproducible=True, low=False, zeros=0):
        """Seconds of a sum of `count` bytes of float32, of which `zeros` stay at home; `low` halves what
        travels, not what is added."""
        messages = nodes - 1 if reproducible else math.ceil(math.log2(nodes))
        share = (nodes - 1) / nodes
        wire = share * (2 * count - (zeros if reproducible else 0))
        return (2 * messages * self.alpha + (wire / 2 if low else wire) * self.beta
                + share * count * self.gamma)


@dataclass(frozen=True)
class Technique:
    """What a step may do about its sum."""

    name: str
    reproducible: bool = True
    # bfloat16 on the wire, float32 sums.
    low: bool = False
    # Gradients travel while the rest of the backward pass runs.
    overlap: bool = False
    # Rows of tables that are zeros travel like others.
    whole: bool = False
    # Minibatches of a node whose gradients are added before a sum.
    accumulate: int = 1


@dataclass(frozen=True)
class Work:
    """What one node does in a step."""

    # Sentences a second of forward and backward passes.
    rate: float
    # Bytes of the gradient, as float32.
    count: float
    # Those of them that are zeros, rows of tables that no sentence of the node has looked up.
    zeros: float = field(default=0, kw_only=True)
    # Seconds of the optimiser on all parameters.
    update: float
    # Parts of the gradient: share of its bytes, and how far the backward pass is when it is there.
    ready: tuple = ((1.0, 1.0),)
    # Share of the passes that is the backward one.
    backward: float = 2 / 3

    def step(self, nodes, sentences, technique, network):
        """Seconds of an update over `sentences` on every node, times what is accumulated."""
        once = sentences / self.rate
        passes = technique.accumulate * once
        # A node updates the piece of which it has the sums: with allreduce, all.
        update = self.update / nodes if technique.reproducible else self.update
        return passes + self.exposed(nodes, once, technique, network) + update

    def exposed(self, nodes, passes, technique, network):
        """Seconds of the sum that no computation hides."""
        zeros = 0 if technique.whole else self.zeros
        cost = lambda share: network.sum(
            nodes, share * self.count, technique.reproducible, technique.low, share * zeros)
        if not technique.overlap:
            return cost(1)
        # Parts are sent one after the other, each when it is there; time counts from the end of the pass.
        free = -math.inf
        for share, when in self.ready:
            there = (when - 1) * self.backward * passes
            free = max(free, there) + cost(share)
        return max(0.0, free)

    def efficiency(self, nodes, sentences, technique, network):
        """Sentences a second of `nodes` nodes against as many times those of one that does the same and has
        nothing to sum."""
        alone = self.step(1, sentences, technique, network)
        return alone / self.step(nodes, sentences, technique, network)

    def best_nodes(self, batch, technique, network, least=1, most=1024):
        """The number of nodes, a power of two, that makes an update of `batch` sentences over all of them
        the shortest, and its seconds. Each node has `least` sentences or more."""
        counts = [2**k for k in range(int(math.log2(min(most, batch / least))) + 1)]
        seconds = {p: self.step(p, batch / p, technique, network) for p in counts}
        return min(seconds.items(), key=lambda item: item[1])


# CopyMTL-One at the published size: the decoder's gradient is there once its fifteen steps and the heads are
# undone, then that of either direction of the encoder; work by the FLOP model at 22 tokens a sentence.
PUBLISHED_READY = ((1 / 3, 0.27), (1 / 3, 0.63), (1 / 3, 1.0))

PLAIN = Technique("reproducible")
TECHNIQUES = [
    PLAIN,
    replace(PLAIN, name="allreduce", reproducible=False),
    replace(PLAIN, name="all rows of tables", whole=True),
    replace(PLAIN, name="bfloat16 on the wire", low=True),
    replace(PLAIN, name="overlap", overlap=True),
    replace(PLAIN, name="accumulation of 8", accumulate=8),
    Technique("all of reproducible", low=True, overlap=True, accumulate=8),
    Technique("all of allreduce", reproducible=False, low=True, overlap=True, accumulate=8),
]
