"""Checks of the model by simulation and by closed forms: python3 -m unittest discover Benchmarks."""
import unittest

from alphabeta import Network, Technique, Work


def simulated_sum(nodes, count, network, reproducible):
    """The sum, message by message: every message's start waits for both ends, every byte for its wire."""
    clock = [0.0] * nodes
    # The partners and bytes of each exchange; adding follows those of the first half.
    if reproducible:
        half = [(lambda i, k=k: (i + k) % nodes, count / nodes) for k in range(1, nodes)]
        halves = half, half
    else:
        steps = [1 << k for k in range(nodes.bit_length() - 1)]
        sizes = [count / 2 ** (i + 1) for i in range(len(steps))]
        falling = [(lambda i, d=d: i ^ d, size) for d, size in zip(steps, sizes)]
        halves = falling, falling[::-1]
    for second, half in enumerate(halves):
        for partner, size in half:
            ends = [clock[i] + network.alpha + size * network.beta for i in range(nodes)]
            clock = [max(ends[i], ends[partner(i)]) for i in range(nodes)]
            if not second:
                clock = [t + size * network.gamma for t in clock]
    return max(clock)


class SumTests(unittest.TestCase):
    network = Network(alpha=3e-5, beta=8e-9, gamma=1e-10)

    def test_is_the_simulated_sum(self):
        for nodes in [2, 4, 8, 64]:
            for reproducible in [True, False]:
                expected = simulated_sum(nodes, 57.6e6, self.network, reproducible)
                found = self.network.sum(nodes, 57.6e6, reproducible)
                self.assertAlmostEqual(found, expected, delta=1e-9 * expected)

    def test_costs_nothing_alone(self):
        self.assertEqual(self.network.sum(1, 57.6e6), 0)

    def test_half_the_bytes_halve_the_wire(self):
        wire = Network(alpha=0, beta=1e-9, gamma=0)
        self.assertAlmostEqual(wire.sum(8, 1e6, low=True), wire.sum(8, 1e6) / 2)

    def test_zeros_spare_half_of_their_way(self):
        wire = Network(alpha=0, beta=1e-9, gamma=0)
        whole = wire.sum(8, 1e6)
        self.assertAlmostEqual(wire.sum(8, 1e6, zeros=4e5), 0.8 * whole)
        self.assertAlmostEqual(wire.sum(8, 1e6, low=True, zeros=4e5), 0.4 * whole)
        self.assertAlmostEqual(wire.sum(8, 1e6, reproducible=False, zeros=4e5), whole)


class StepTests(unittest.TestCase):
    network = Network(alpha=0, beta=1e-8, gamma=0)
    # A sentence takes a second, a sum over two nodes 1 s: V β.
    work = Work(rate=1, count=1e8, update=0)

    def test_sums_add_to_the_passes(self):
        self.assertAlmostEqual(self.work.step(2, 3, Technique(""), self.network), 4)

    def test_a_node_updates_what_it_has_the_sums_of(self):
        work = Work(rate=1, count=0, update=8)
        self.assertAlmostEqual(work.step(4, 3, Technique(""), self.network), 3 + 2)
        self.assertAlmostEqual(work.step(4, 3, Technique("", reproducible=False), self.network), 3 + 8)

    def test_accumulation_divides_the_sum(self):
        technique = Technique("", accumulate=4)
        self.assertAlmostEqual(self.work.step(2, 3, technique, self.network), 13)
        self.assertAlmostEqual(self.work.efficiency(2, 3, technique, self.network), 12 / 13)

    def test_zeros_stay_at_home_unless_rows_travel_whole(self):
        # 1 s of sum, half of it of zeros, which travel in the second half alone.
        work = Work(rate=1, count=1e8, update=0, zeros=5e7)
        self.assertAlmostEqual(work.step(2, 3, Technique(""), self.network), 3.75)
        self.assertAlmostEqual(work.step(2, 3, Technique("", whole=True), self.network), 4)

    def test_nothing_is_hidden_of_what_comes_last(self):
        self.assertAlmostEqual(self.work.step(2, 3, Technique("", overlap=True), self.network), 4)

    def test_what_comes_early_is_hidden(self):
        # Two halves of 0.5 s, the first there 1 s before the end of 2 s of backward pass.
        work = Work(rate=1, count=1e8, update=0, ready=((0.5, 0.5), (0.5, 1.0)))
        technique = Technique("", overlap=True)
        self.assertAlmostEqual(work.step(2, 3, technique, self.network), 3.5)
        # A wire four times as slow: it is busy from 1 s before the end until 3 s after it.
        slow = Network(alpha=0, beta=4e-8, gamma=0)
        self.assertAlmostEqual(work.step(2, 3, technique, slow), 6)

    def test_best_number_of_nodes(self):
        # 64 sentences, 1 s of sum: 64 s on one node, 64/p + 2 (p − 1)/p · 1 s on p, which falls with p.
        nodes, seconds = self.work.best_nodes(64, Technique(""), self.network)
        self.assertEqual(nodes, 64)
        self.assertAlmostEqual(seconds, 1 + 2 * 63 / 64)
        self.assertEqual(self.work.best_nodes(64, Technique(""), self.network, least=6)[0], 8)
        # With 1 s a message it is 64/p + 2 (p − 1): least at p = 4 and at 8, of which the smaller is taken.
        dear = Network(alpha=1, beta=0, gamma=0)
        self.assertEqual(self.work.best_nodes(64, Technique(""), dear), (4, 22.0))


if __name__ == "__main__":
    unittest.main()
