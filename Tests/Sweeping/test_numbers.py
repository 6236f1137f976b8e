"""Statistics, run logs and command lines of cluster/sweep: python3 -m unittest discover Tests/Sweeping."""
import json
import math
import os
import tempfile
import unittest

import sweeping_path  # noqa: F401
from sweeping import arguments, space
from sweeping.errors import Failure
from sweeping.program import flatten, identity
from sweeping.runlog import RunLog
from sweeping.significance import holm, pooled_worse, two_sided, welch

SAMPLES = [[.581, .575, .588], [.571, .541, .560], [.55, .56, .581, .6], [.5, .5, .5001]]
# scipy.stats.ttest_ind(a, b, equal_var=False) of SciPy 1.16.
WELCH = {(0, 1): 0.09532511247864794, (0, 2): 0.5095974408025056, (0, 3): 0.0021266425444306696,
         (1, 2): 0.32654521326291547, (1, 3): 0.022593537127546328, (2, 3): 0.0073168062299577095}
# 2 * scipy.stats.t.sf(t, f).
STUDENT = {(0.3, 1.7): 0.7968029183974501, (2.1, 3.2): 0.12088070964900312, (7, 4.5): 0.001397716417493271,
           (40, 2.2): 0.00034231547656460564, (1e-4, 9): 0.9999223930183694}


class SignificanceTests(unittest.TestCase):
    def test_students_distribution_in_closed_form(self):
        for t in (0, 0.01, 0.5, 1, 3, 12, 400):
            self.assertAlmostEqual(two_sided(t, 1), 1 - 2 / math.pi * math.atan(t), delta=1e-12)
            self.assertAlmostEqual(two_sided(t, 2), 1 - t / math.sqrt(2 + t * t), delta=1e-12)

    def test_is_scipys(self):
        for (t, freedom), expected in STUDENT.items():
            self.assertAlmostEqual(two_sided(t, freedom) / expected, 1, delta=1e-11)
        for (i, j), expected in WELCH.items():
            self.assertAlmostEqual(welch(SAMPLES[i], SAMPLES[j]) / expected, 1, delta=1e-9)

    def test_samples_without_spread(self):
        self.assertEqual(welch([.5, .5, .5], [.5, .5, .5]), 1)
        self.assertEqual(welch([.5, .5, .5], [.4, .4, .4]), 0)

    def test_holm(self):
        self.assertEqual(holm([.01, .04, .03]), [.03, .06, .06])
        self.assertEqual(holm([.5, .9]), [1, 1])
        self.assertEqual(holm([]), [])

    def test_pooled(self):
        groups = dict(zip("abc", SAMPLES))
        # scipy.stats.t.sf of the contrast of a and b with the pooled variance of all three.
        self.assertAlmostEqual(pooled_worse(groups, "b", "a"), 0.06423146474446782, delta=1e-12)
        self.assertAlmostEqual(pooled_worse(groups, "a", "b"), 1 - 0.06423146474446782, delta=1e-12)
        self.assertIsNone(pooled_worse({"a": [1], "b": [2]}, "a", "b"))
        self.assertIsNone(pooled_worse({"a": [1, 1], "b": [2]}, "a", "b"))


class RunLogTests(unittest.TestCase):
    def log(self, *pieces):
        """A log that is refreshed after each piece of text."""
        with tempfile.TemporaryDirectory() as folder:
            log = RunLog(f"{folder}/run.jsonl")
            for piece in pieces:
                with open(log.path, "a", encoding="utf-8") as file:
                    file.write(piece)
                log.refresh()
            return log

    def test_repeated_steps_count_once(self):
        def step(number, loss):
            return json.dumps({"event": "step", "step": number, "epoch": (number - 1) // 2, "L_D": loss}) + "\n"
        start = '{"event":"start","step":1,"sentences":40}\n'
        log = self.log(step(1, 4) + step(2, 2) + step(3, 1), start + step(2, 2) + step(3, 1) + step(4, 0) + step(5, None) + step(6, 7))
        self.assertEqual((log.step, log.trained), (6, 8))
        self.assertEqual(log.mean_losses(1), {"L_D": 3})
        self.assertEqual(log.mean_losses(2), {"L_D": .5})
        self.assertEqual(log.mean_losses(3), {"L_D": 7}, "the mean of the steps that have one")
        self.assertEqual(log.mean_losses(9), {})

    def test_a_line_is_read_when_it_is_whole(self):
        line = '{"event":"evaluation","epoch":0,"precision":1,"recall":1,"f1":0.5}\n'
        self.assertEqual(self.log(line[:20]).scores, {})
        self.assertEqual(self.log(line[:20], line[20:]).scores, {1: (1, 1, .5)})
        self.assertEqual(self.log("{cut\n" + line).scores, {1: (1, 1, .5)})

    def test_f1_of_tags_is_read_where_there_is_one(self):
        line = '{"event":"evaluation","epoch":0,"precision":1,"recall":1,"f1":0.5}\n'
        tagged = line.replace("0.5}", '0.5,"tag_f1":0.75}')
        self.assertEqual(self.log(line + tagged.replace(":0,", ":1,")).tag_scores, {1: None, 2: .75})
        # The last one counts.
        self.assertEqual(self.log(tagged, line).tag_scores, {1: None})

    def test_the_best_epoch_is_the_first_of_equal_ones(self):
        lines = [json.dumps({"event": "evaluation", "epoch": e, "precision": 0, "recall": 0, "f1": f}) + "\n"
                 for e, f in enumerate([.1, .3, .2, .3, .4])]
        log = self.log("".join(lines))
        self.assertEqual([log.best_epoch(until) for until in (0, 1, 3, 4, None)], [None, 1, 2, 2, 5])
        self.assertTrue(log.has_reached(5) and not log.has_reached(6))

    def test_an_end_counts_until_the_next_start(self):
        end, start = '{"event":"end","ending":"all epochs"}\n', '{"event":"start"}\n'
        self.assertTrue(self.log(end).is_complete)
        self.assertFalse(self.log(end, start).is_complete)
        self.assertFalse(self.log('{"event":"end","ending":"SIGUSR1"}\n').is_complete)

    def test_a_log_that_was_begun_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            log = RunLog(f"{folder}/run.jsonl")
            for text in ('{"event":"end","ending":"patience"}\n', '{"event":"start"}\n'):
                with open(log.path, "w", encoding="utf-8") as file:
                    file.write(text)
                log.refresh()
            self.assertFalse(log.is_complete)
            os.unlink(log.path)
            self.assertFalse(log.refresh().exists)


class CommandLineTests(unittest.TestCase):
    def test_numbers_of_seeds(self):
        self.assertEqual(space.parse_seeds("1-3, 7"), [1, 2, 3, 7])

    def test_mistakes_are_answered_with_what_was_found(self):
        for words, found in {
                ("--out", "d"): "CONFIG is missing", ("c",): "--out", ("c", "--out", "d"): "nothing to try",
                ("c", "--out", "d", "--grid", "lambda"): "lambda=0,1,3",
                ("c", "--out", "d", "--grid", "lambda=1,1"): "stands twice",
                ("c", "--out", "d", "--grid", "a=1", "--grid", "a=2"): "'a' is given twice",
                ("c", "--out", "d", "--grid", "a=1", "--range", "a=1:2"): "both",
                ("c", "--out", "d", "--grid", "a=1", "--seeds", "3-1"): "found '3-1'",
                ("c", "--out", "d", "--grid", "a=1", "--seeds", "1,1"): "twice",
                ("c", "--out", "d", "--range", "a=2:1"): "smaller",
                ("c", "--out", "d", "--range", "a=1"): "two numbers",
                ("c", "--out", "d", "--log-range", "a=0:1"): "above 0",
                ("c", "--out", "d", "--range", "a=0:inf"): "finite",
                ("c", "--out", "d", "--range", "a=0:1", "--sampler", "grid"): "random or tpe",
                ("c", "--out", "d", "--grid", "a=1", "--trials", "3"): "--trials",
                ("c", "--out", "d", "--grid", "a=1", "--jobs", "0"): "found '0'",
                ("c", "--out", "d", "--grid", "a=1", "--job", "2"): "--job",
                ("c", "--out", "d", "--grid", "a=1", "--slurm", "--hosts", "b"): "--hosts",
                ("c", "--out", "d", "--grid", "a=1", "--submit-only"): "--slurm",
                ("c", "--out", "d", "--grid", "a=1", "--slurm", "--submit-only", "--prune", "median"): "nobody to stop",
        }.items():
            with self.subTest(words), self.assertRaises(Failure) as failure:
                arguments.parse(list(words))
            self.assertIn(found, str(failure.exception))
            self.assertNotIn("\n", str(failure.exception))

    def test_draws_do_not_depend_on_their_number_and_stay_inside(self):
        ranges = {"a": space.parse_range("a=.01:10", True)[1], "b": space.parse_range("b=2:4", False)[1],
                  "c": space.parse_range("c=0:1.5", False)[1]}
        points = space.random_points({"d": ["x", "y"]}, ranges, 300, 7)
        self.assertEqual(points[:20], space.random_points({"d": ["x", "y"]}, ranges, 20, 7))
        self.assertEqual({point["b"] for point in points}, {"2", "3", "4"})
        self.assertEqual({point["d"] for point in points}, {"x", "y"})
        self.assertTrue(all(.01 <= float(p["a"]) <= 10 and 0 <= float(p["c"]) <= 1.5 for p in points))
        # Half of the draws lie below the geometric mean.
        self.assertLess(abs(sum(float(p["a"]) < .1**.5 for p in points) - 150), 45)

    def test_a_grid_has_every_combination(self):
        points = space.grid_points({"a": ["1", "2"], "b": ["x", "y", "z"]})
        self.assertEqual(len({tuple(p.items()) for p in points}), 6)

    def test_what_decides_a_result(self):
        text = "model:\n  lambda: 1.0\nepochs: 4\nthreads: 2\nlog:\n  every: 20\n"
        self.assertEqual(flatten(text), {"model.lambda": "1.0", "epochs": "4", "threads": "2", "log.every": "20"})
        self.assertEqual(identity(text), {"model.lambda": "1.0", "epochs": "4"})


if __name__ == "__main__":
    unittest.main()
