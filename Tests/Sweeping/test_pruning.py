"""Which trials stop early, whatever the order in which scores come; and which value is called best."""
import random
import types
import unittest

import sweeping_path  # noqa: F401
from sweeping import pruning, tables
from sweeping.rows import Result, rows
from sweeping.trial import State

EPOCHS = 20


class Curve:
    """A run log of the first `reached` of some scores, by epoch from 1."""

    def __init__(self, scores, reached):
        self.scores, self.reached = scores, reached

    def has_reached(self, epoch):
        return self.reached >= epoch

    def best_by(self, epoch):
        return max(self.scores[:epoch])


def sweep(generator, values=6, seeds=3):
    """The scores of trials, seed by seed: a value's level, and noise."""
    levels = [generator.random() for _ in range(values)]
    return [(value, [levels[value] * epoch / EPOCHS + generator.gauss(0, .05) for epoch in range(1, EPOCHS + 1)])
            for _ in range(seeds) for value in range(values)]


def decided(trials, reached, rule, lost=(), staying=()):
    entries = [pruning.Entry(value, Curve(scores, reached[i]), i in lost, i in staying)
               for i, (value, scores) in enumerate(trials)]
    return pruning.decide(entries, rule, pruning.rungs(rule, EPOCHS, 1))


class PruningTests(unittest.TestCase):
    def test_never_before_a_fifth(self):
        for rule in ("median", "halving", "seeds"):
            for epochs in range(1, 60):
                for every in (1, 2, 3, 7):
                    for rung in pruning.rungs(rule, epochs, every):
                        self.assertTrue(epochs / 5 <= rung < epochs and rung % every == 0)
        self.assertEqual(pruning.rungs("median", 16, 1), [4, 7, 10, 13])
        self.assertEqual(pruning.rungs("halving", 40, 1), [8, 16, 32])
        self.assertEqual(pruning.rungs("none", 40, 1), [])

    def test_decisions_do_not_depend_on_time(self):
        generator = random.Random(1)
        stopped = 0
        for _ in range(20):
            trials = sweep(generator)
            for rule in ("median", "halving", "seeds"):
                final = decided(trials, [EPOCHS] * len(trials), rule)
                reached, known = [0] * len(trials), [None] * len(trials)
                while None in [k or r == EPOCHS or None for k, r in zip(known, reached)]:
                    # Trials advance at random; one that was stopped stays where it is, at its rung or beyond.
                    i = generator.choice([i for i, r in enumerate(reached) if r < EPOCHS and not known[i]])
                    reached[i] = min(EPOCHS, reached[i] + generator.randint(1, 8))
                    now = decided(trials, reached, rule)
                    self.assertTrue(all(before in (None, after) for before, after in zip(known, now)))
                    known = now
                self.assertEqual(known, final)
                stopped += sum(rung is not None for rung in final)
        self.assertGreater(stopped, 200)

    def test_a_trial_that_failed_for_good_is_waited_for_no_longer(self):
        trials = [(value, [.1 * (3 - value)] * EPOCHS) for value in range(4)]
        reached = [EPOCHS, 0, EPOCHS, EPOCHS]
        self.assertEqual(decided(trials, reached, "median"), [None] * 4)
        self.assertEqual(decided(trials, reached, "median", lost={1}), [None, None, None, 4])

    def test_what_stays_is_compared_with_and_not_stopped(self):
        trials = [(value, [level] * EPOCHS) for value, level in enumerate([.5, .6, .4, .7, .45, .55])]
        everywhere = [EPOCHS] * len(trials)
        self.assertEqual(decided(trials, everywhere, "median", staying={2}), [None, None, None, None, 4, None])

    def test_what_each_rule_stops(self):
        levels = [.5, .6, .4, .7, .45, .55]
        trials = [(value, [level] * EPOCHS) for value, level in enumerate(levels)]
        everywhere = [EPOCHS] * len(trials)
        self.assertEqual(decided(trials, everywhere, "median"), [None, None, 4, None, 4, 8])
        self.assertEqual(decided(trials, everywhere, "halving"), [None, None, 4, None, 4, 8])
        # One seed says nothing of chance.
        self.assertEqual(decided(trials, everywhere, "seeds"), [None] * 6)
        second = [(value, [level + .01] * EPOCHS) for value, level in enumerate(levels)]
        found = decided(trials + second, [EPOCHS] * 12, "seeds")
        self.assertEqual(found, [None] * 6 + [4, 4, 4, None, 4, 4])
        # Where seeds differ as much as values nobody is clearly worse.
        wide = [(value, [level + noise] * EPOCHS) for noise in (.1, -.1) for value, level in enumerate((.5, .52, .48))]
        self.assertEqual(decided(wide, [EPOCHS] * 6, "seeds"), [None] * 6)

    def test_equal_scores_stop_nobody(self):
        trials = [(value, [0.0] * EPOCHS) for _ in range(3) for value in range(5)]
        for rule in ("median", "halving", "seeds"):
            self.assertEqual(decided(trials, [EPOCHS] * 15, rule), [None] * 15)


def found(point, seed, f1, stop=None):
    trial = types.SimpleNamespace(seed=seed, value=tuple(point.items()), log=None)
    state = State.FINISHED if stop is None else State.PRUNED
    return Result(trial, state, stop, 3, (f1, f1, f1), {"L_D": 1.0})


def sample(scores, stop=None):
    return [found({"model.lambda": value}, seed, f1, stop if value == "10" else None)
            for value, values in scores.items() for seed, f1 in enumerate(values)]


class BestTests(unittest.TestCase):
    def test_the_best_is_not_called_better_than_what_chance_explains(self):
        made = rows(sample({"0": [.50, .51, .52], "1": [.70, .71, .72], "0.3": [.69, .71, .70]}))
        self.assertEqual([row.point["model.lambda"] for row in made], ["0", "0.3", "1"])
        self.assertEqual([row.is_best for row in made], [False, False, True])
        said = tables.verdict(made[2], made)
        self.assertIn("not better than 0.3 (p ", said)
        self.assertNotIn("not better than 0 ", said)

    def test_the_best_that_beats_all(self):
        made = rows(sample({"0": [.50, .51, .52], "1": [.80, .81, .82]}))
        self.assertIn("better than 1 others (p ≤ 0.001)", tables.verdict(made[1], made))

    def test_two_seeds_are_too_few(self):
        made = rows(sample({"0": [.1, .1], "1": [.9, .9]}))
        self.assertIn("fewer than three seeds", tables.verdict(made[1], made))
        self.assertTrue(all(row.p is None for row in made))

    def test_what_was_stopped_is_neither_best_nor_compared(self):
        made = rows(sample({"0": [.5, .5, .6], "10": [.9, .9, .9]}, stop=4))
        self.assertEqual([row.is_best for row in made], [True, False])
        self.assertAlmostEqual(made[1].saved(16), .75)
        self.assertIn("3 stopped at epoch 4 of 16", tables.remark(made[1], made, 16))
        self.assertEqual(tables.verdict(made[0], made), "best; no other has three finished seeds")

    def test_nothing_found_is_not_best(self):
        self.assertFalse(any(row.is_best for row in rows(sample({"0": [0, 0, 0], "1": [0, 0, 0]}))))

    def test_a_column_for_tags_where_a_model_has_them(self):
        results = sample({"0": [.5, .6], "1": [.7, .8], "10": [.2, .2]}, stop=4)
        made = rows(results)
        self.assertNotIn("tag F1", tables.markdown(made, 16, ""))
        self.assertIn(",0.55,0.07", tables.csv_of_rows(made, 16).splitlines()[1])
        for result in results:
            result.tag_f1 = {"0": None, "1": .5 + .25 * result.trial.seed, "10": .3}[result.trial.value[0][1]]
        lines = tables.markdown(made, 16, "").splitlines()
        self.assertTrue(lines[0].startswith("| lambda | seeds | dev F1 | tag F1 | L_D |"), lines[0])
        self.assertEqual([line.split(" | ")[3] for line in lines[2:5]], ["–", ".625", ".300"])
        self.assertIn("dev F1  tag F1", tables.terminal(made, 16, 200))
        listed = [line.split(",") for line in tables.csv_of_rows(made, 16).splitlines()]
        self.assertEqual([line[listed[0].index("tag_f1_mean")] for line in listed[1:]], ["", "0.625", "0.3"])
        listed = [line.split(",") for line in tables.csv_of_trials(made).splitlines()]
        of_trials = [line[listed[0].index("tag_f1")] for line in listed[1:]]
        self.assertEqual(of_trials, ["", "", "0.5", "0.75", "0.3", "0.3"])

    def test_the_table_of_a_terminal_fits(self):
        made = rows(sample({"0": [.50, .51, .52], "0.3": [.7, .7, .71], "1": [.70, .71, .72]}))
        wide, narrow = tables.terminal(made, 16, 200), tables.terminal(made, 16, 60)
        self.assertEqual(len(wide.splitlines()), 4)
        self.assertTrue(all(len(line) <= 60 for line in narrow.splitlines()[:4]))
        self.assertIn("►      1      3  .710 ± .010", wide)
        self.assertIn("lambda 1: best; not better than 0.3", narrow)


if __name__ == "__main__":
    unittest.main()
