"""The forecast for up to 1,024 nodes, as tables."""
from dataclasses import replace

from alphabeta import PLAIN, TECHNIQUES, Network

GIGABITS = [1, 10, 25, 100]
NODES = [2, 8, 32, 128, 512, 1024]
SENTENCES = 100
# Sentences that a node must have to compute at the speed that is measured with more: products of fewer rows
# wait for the weights.
LEAST = 6
BATCHES = [100, 1600]
# Word vectors of CopyRE on NYT, floats of each, and how many of them 100 sentences of its test split look up.
WORDS, WIDTH, LOOKED_UP = 90_760, 100, 1_650


def network(gigabits, measured):
    """A network of this bandwidth, its α and γ being measured ones."""
    return Network(measured.alpha, 8e-9 / gigabits, measured.gamma)


def techniques(work):
    """Those that make a difference to this work."""
    return [t for t in TECHNIQUES if work.zeros or not t.whole]


def efficiencies(work, measured):
    """Head and lines: the efficiency of every technique with `SENTENCES` on each node."""
    head = ["Gbit/s", "technique", *(str(p) for p in NODES)]
    lines = []
    for gigabits in GIGABITS:
        wires = network(gigabits, measured)
        for technique in techniques(work):
            values = [work.efficiency(p, SENTENCES, technique, wires) for p in NODES]
            lines.append([str(gigabits), technique.name, *(f"{100 * v:.0f} %" for v in values)])
    return head, lines


def with_words(work):
    """The same work with the vocabulary of NYT."""
    row = 4 * WIDTH
    return replace(work, count=work.count + row * WORDS, zeros=row * (WORDS - LOOKED_UP))


def turning_points(work, measured):
    """Head and lines: with the batch of an update given, the number of nodes beyond which more do not help,
    and how many times as fast it then is as on one node."""
    head = ["Gbit/s", "technique", *(f"batch {b}: nodes, speed" for b in BATCHES)]
    lines = []
    for gigabits in GIGABITS:
        wires = network(gigabits, measured)
        for technique in [t for t in techniques(work) if t.accumulate == 1]:
            cells = []
            for batch in BATCHES:
                one = work.step(1, batch, PLAIN, wires)
                nodes, seconds = work.best_nodes(batch, technique, wires, LEAST)
                cells.append(f"{nodes}, {one / seconds:.1f} ×")
            lines.append([str(gigabits), technique.name, *cells])
    return head, lines
