"""What Optuna and matplotlib do for a sweep, where 'cluster/sweep --prepare' has installed them."""
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import unittest

import sweeping_path  # noqa: F401
from sweeping import environment
from place import SWEEP, STANDIN, Place

IS_READY = os.path.exists(f"{environment.folder()}/ready")
POINTS = [{"x": "0", "f1": [.5, .51], "mean": .505, "sd": .007, "best": False, "stopped": []},
          {"x": "0.3", "f1": [.6, .62], "mean": .61, "sd": .014, "best": True, "stopped": []},
          {"x": "10", "f1": [], "mean": None, "sd": None, "best": False, "stopped": [.2]}]


@unittest.skipUnless(IS_READY, "no Optuna and matplotlib: cluster/sweep --prepare has not been run")
class ReadyTests(unittest.TestCase):
    def place(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Place(folder.name)

    def sweep(self, place, *options, **how):
        with tempfile.TemporaryFile("w+") as said:
            process = subprocess.Popen(
                [sys.executable, "-B", SWEEP, "config.yaml", "--out", "out", "--tercet", STANDIN, "--no-plots",
                 "--log-range", "lambda=0.001:1000", "--sampler", "tpe", "--trials", "12", "--batch", "4", *options],
                cwd=place.folder, stdout=said, stderr=said)
            if not how.get("kill"):
                self.assertEqual(process.wait(timeout=300), 0)
                return
            while not os.path.exists(place.path(f"out/{how['kill']}")) and process.poll() is None:
                pass
            process.kill()
            process.wait()

    def test_proposals_depend_on_scores_alone(self):
        one, other = self.place(), self.place()
        self.sweep(one, "--jobs", "1")
        self.sweep(other, "--jobs", "4", kill="proposals.json")
        self.sweep(other, "--jobs", "4")
        self.assertEqual(one.read("out/proposals.json"), other.read("out/proposals.json"))
        self.assertEqual(one.read("out/trials.csv"), other.read("out/trials.csv"))
        found = [float(line.split(",")[0]) for line in one.read("out/trials.csv").splitlines()[1:]]
        self.assertEqual(len(found), 12)

    def test_proposals_follow_the_scores(self):
        """The geometric mean of proposals is near whichever end has the high scores."""
        space = {"a": {"low": .001, "high": 1000.0, "is_log": True, "is_whole": False}}
        places = [10 ** (i / 4 - 3) for i in range(25)]
        means = []
        for sign in (1, -1):
            scores = [[{"a": place}, sign * math.log10(place)] for place in places]
            found = environment.call(f"{environment.folder()}/bin/python", "tpe.py", {
                "space": space, "seed": 1, "batch": 5, "count": 6, "scores": scores, "startup": 8})
            means.append(statistics.fmean(math.log10(point["a"]) for point in found))
        self.assertGreater(means[0], 0.5)
        self.assertLess(means[1], -0.5)

    def test_plots_are_the_same_bytes_without_a_date(self):
        request = {"key": "lambda", "points": POINTS, "is_only_key": True}
        made = []
        for _ in range(2):
            with tempfile.TemporaryDirectory() as folder:
                environment.call(f"{environment.folder()}/bin/python", "plot.py", request | {"file": f"{folder}/p"})
                made.append([pathlib.Path(f"{folder}/p.{kind}").read_bytes() for kind in ("svg", "png")])
        self.assertEqual(made[0], made[1])
        svg, png = made[0]
        self.assertTrue(svg.startswith(b"<?xml") and png.startswith(b"\x89PNG"))
        self.assertNotRegex(svg, rb"<dc:date>|matplotlib.org/\s*</dc:title>")
        self.assertNotIn(b"Software", png)

    def test_a_plot_of_words(self):
        points = [point | {"x": word} for point, word in zip(POINTS, ["lstm", "gru", "lstm"])]
        with tempfile.TemporaryDirectory() as folder:
            environment.call(f"{environment.folder()}/bin/python", "plot.py", {
                "key": "cell", "points": points, "is_only_key": False, "file": f"{folder}/p"})
            self.assertEqual(sorted(os.listdir(folder)), ["p.png", "p.svg"])


class MissingTests(unittest.TestCase):
    def test_wheels_that_are_not_there_are_named_and_tables_are_made_without_plots(self):
        with tempfile.TemporaryDirectory() as folder:
            place = Place(folder)
            command = [word for word in place.command("--offline", "none") if word != "--no-plots"]
            done = subprocess.run(command, cwd=folder, env=os.environ | {"XDG_CACHE_HOME": f"{folder}/cache"},
                                  capture_output=True, text=True, timeout=300, check=False)
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stderr, "sweep: no plots: no environment for Optuna and matplotlib: .*none\n")
            self.assertIn("| 1 | 2 |", place.read("out/table.md"))


if __name__ == "__main__":
    unittest.main()
