"""Sweeps of trainings that tercet's stand-in writes: what was interrupted goes on, and nothing is done twice."""
import functools
import os
import signal
import subprocess
import tempfile
import unittest

import sweeping_path  # noqa: F401
from place import LIMIT, STANDIN, Place, files_text, wait
from sweeping.trial import State, Trial


class RunTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = Place(folder.name)
        self.whole = list(range(1, 21))

    @staticmethod
    @functools.cache
    def quiet_tables(*options):
        """The tables of a sweep that nobody disturbs."""
        with tempfile.TemporaryDirectory() as folder:
            quiet = Place(folder)
            quiet.run(*options)
            return quiet.tables()

    def test_a_sweep_and_the_same_command_again(self):
        said = self.place.run("--jobs", "3")
        for value in (0, 1, 3):
            for seed in (1, 2):
                self.assertEqual(self.place.steps(value, seed), self.whole)
        self.assertIn("6 trials: 6 done", said)
        self.assertIn("►      1      2  .601 ± .001", said)
        self.assertIn("lambda 1: the best of a sweep, dev F1 .601 ± .001 over 2 seeds", self.place.tables()[3])
        self.assertIn("  lambda: 1.0\n", self.place.tables()[3])
        before = self.place.tables()
        self.assertIn("| lambda | seeds | dev F1 | tag F1 | L_D |", before[0])
        self.assertIn("| 1 | 2 | .601 ± .001 | .301 | ", before[0])
        self.assertIn("model.lambda,seed,state,stopped_at,epoch,precision,recall,f1,tag_f1,test_f1,L_D\n", before[2])
        self.assertIn("\n1,1,finished,,10,0.601,0.601,0.601,0.3005,,", before[2])
        self.place.run()
        self.assertEqual(self.place.tables(), before)
        self.assertEqual(self.place.steps(1, 1), self.whole)

    def test_a_larger_grid_adds_what_is_new(self):
        self.place.run(grid="lambda=0,1")
        said = self.place.run(grid="lambda=1.0,3,9")
        self.assertIn("2 trials of other values or settings stay", said)
        self.assertEqual([self.place.steps(value, 1) for value in (0, 1, 3, 9)], [self.whole] * 4)
        self.assertEqual(sum(e["event"] == "start" for e in self.place.log(1, 1)), 1)
        listed = [row.split(",")[0] for row in self.place.read("out/table.csv").splitlines()]
        self.assertEqual(listed, ["model.lambda", "1", "3", "9"])
        self.assertEqual(sorted(Trial(entry.path).number for entry in os.scandir(self.place.path("out/trials"))),
                         list(range(1, 9)))

    def test_a_changed_configuration_is_refused(self):
        self.place.run()
        said = self.place.run("--set", "model.rate=0.5", status=1)
        self.assertRegex(said, r"^sweep: .*model.rate=0.1, and 0.5 is asked for; take another --out\n$")
        # What cannot change the result may change.
        self.place.run("--set", "threads=2")
        self.assertEqual(self.place.steps(1, 1), self.whole)

    def test_a_killed_driver_takes_its_trials_along_and_the_next_goes_on(self):
        for place in ("hold-1-1", "hold-0-1"):
            self.place.write(place, "4")
        process = self.place.start("--jobs", "2")
        self.place.await_hold(0, 1)
        self.place.await_hold(1, 1)
        self.assertIs(self.place.trial(1, 1).state(), State.RUNNING)
        refused = self.place.run(status=1)
        self.assertIn(f"another sweep works here, process {process.pid} on", refused)
        process.kill()
        process.communicate()
        wait(lambda: not self.place.trial(1, 1).is_held() and not self.place.trial(0, 1).is_held())
        self.assertIs(self.place.trial(1, 1).state(), State.INTERRUPTED)
        for place in ("hold-1-1", "hold-0-1"):
            os.unlink(self.place.path(place))
        self.place.run("--jobs", "2")
        self.assertEqual(self.place.steps(1, 1), self.whole)
        self.assertEqual(self.place.tables(), self.quiet_tables())

    def said_at_ctrl_c(self):
        """Stops a sweep in the middle of its first trial; returns what it said."""
        self.place.write("hold-0-1", "4")
        process = self.place.start("--jobs", "1")
        self.place.await_hold(0, 1)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 75)
        return said

    def test_ctrl_c_saves_and_the_same_command_goes_on(self):
        said = self.said_at_ctrl_c()
        self.assertIn("the same command goes on", said)
        self.assertEqual(self.place.log(0, 1)[-1]["ending"], "SIGUSR1")
        os.unlink(self.place.path("hold-0-1"))
        self.place.run()
        self.assertEqual(self.place.steps(0, 1), self.whole)
        self.assertEqual(self.place.tables(), self.quiet_tables())

    def test_what_left_is_interrupted_though_something_has_its_lock_for_a_moment(self):
        self.place.write("linger", "")
        said = self.said_at_ctrl_c()
        self.assertIn("lambda 0, seed 1: saved and left at step ", said)
        self.assertIn("6 trials: 1 interrupted, 5 wait", said)
        self.assertRegex(said, r"\n +0  0 of 2 .*  1 interrupted; 1 not begun\n")
        self.assertIn("1 interrupted; 1 not begun", self.place.read("out/table.md"))

    def test_a_failure_is_said_though_something_has_the_lock_for_a_moment(self):
        self.place.write("linger", "")
        self.place.write("fail-1-1", "2")
        said = self.place.run("--retries", "1", "--seeds", "1", status=1, grid="lambda=1")
        self.assertEqual([line for line in said.splitlines() if "seed 1: " in line], [
            f"sweep: lambda 1, seed 1: status 1: the disk is full; it is {again}"
            for again in ("tried again", "not tried again now")])

    def test_a_killed_training_is_tried_again(self):
        self.place.write("hold-0-1", "4")
        with self.place.start("--jobs", "1") as process:
            self.place.await_hold(0, 1)
            listed = subprocess.run(["pgrep", "-f", f"{STANDIN} train .*lambda=0,seed=1/config"], capture_output=True,
                                    text=True, check=False).stdout.split()
            own = [int(pid) for pid in listed if self.place.folder in files_text(f"/proc/{pid}/cmdline")]
            self.assertEqual(len(own), 1)
            os.unlink(self.place.path("hold-0-1"))
            os.kill(own[0], signal.SIGKILL)
            _, complained = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(complained, "lambda 0, seed 1: status 137: .*tried again")
        self.assertEqual(self.place.tables(), self.quiet_tables())

    def test_what_fails_is_tried_again_now_or_by_the_next_start(self):
        self.place.write("fail-1-2", "2")
        said = self.place.run("--retries", "0", status=1)
        self.assertIn("lambda 1, seed 2: status 1: the disk is full; it is not tried again now", said)
        self.assertIn("failed: model.lambda=1,seed=2: the disk is full", said)
        self.assertIs(self.place.trial(1, 2).state(), State.FAILED)
        self.assertIn("1 failed", self.place.read("out/table.md"))
        said = self.place.run("--retries", "1")
        self.assertIn("it is tried again", said)
        self.assertEqual(self.place.tables(), self.quiet_tables())

    def test_pruning_stops_at_its_rung_and_goes_on_when_asked(self):
        """λ = 0 is below the median of the others from its second seed on; it is held far beyond the rung."""
        self.place.write("hold-0-2", "7")
        said = self.place.run("--prune", "median", "--jobs", "1")
        pruned = self.place.trial(0, 2)
        self.assertEqual(pruned.pruned(), {"epoch": 2, "rule": "median"})
        self.assertIs(pruned.state(), State.PRUNED)
        self.assertIn("0,2,stopped", self.place.read("out/trials.csv").replace("pruned,2", "stopped"))
        self.assertIn("stopped early: 1 trials", said)
        before = self.place.tables()
        self.place.run("--prune", "median")
        self.assertEqual(self.place.tables(), before)
        os.unlink(self.place.path("hold-0-2"))
        self.place.run("--prune", "none")
        self.assertEqual(self.place.steps(0, 2), self.whole)
        self.assertEqual(self.place.tables(), self.quiet_tables())

    def test_what_has_finished_stays_so_whatever_rule_comes_later(self):
        self.place.run()
        for rule in ("median", "halving", "seeds"):
            said = self.place.run("--prune", rule)
            self.assertIn("6 trials: 6 done", said)
            self.assertNotIn("stopped", said)
            self.assertEqual(self.place.tables(), self.quiet_tables())
        # What comes now is judged, also by the scores of what is there.
        said = self.place.run("--prune", "median", grid="lambda=0,1,3,9")
        self.assertIn("8 trials: 6 done, 2 pruned", said)

    def test_what_trained_on_to_its_end_is_judged_by_the_rule_of_its_training(self):
        """λ = 0 is to stop in its second seed, and comes to its end while its first seed is held."""
        self.place.write("hold-0-1", "1")
        process = self.place.start("--prune", "median", "--jobs", "2")
        wait(lambda: self.place.steps(3, 2) == self.whole)
        process.kill()
        process.communicate()
        wait(lambda: not self.place.trial(0, 1).is_held())
        os.unlink(self.place.path("hold-0-1"))
        said = self.place.run("--prune", "median")
        self.assertEqual(self.place.tables(), self.quiet_tables("--prune", "median"))
        self.assertEqual(self.place.steps(0, 2), self.whole)
        self.assertIn("stopped early: 1 trials, which left out 0 of 120 steps (0 %); 16 steps more were made", said)
        self.place.run("--prune", "none")
        self.assertEqual(self.place.tables(), self.quiet_tables())

    def test_pruning_does_not_depend_on_how_many_run(self):
        one = self.quiet_tables("--prune", "halving", "--jobs", "1")
        self.assertEqual(one, self.quiet_tables("--prune", "halving", "--jobs", "6"))
        self.assertIn("pruned", one[2])

    def test_hosts_are_reached_by_a_command_and_left_out_where_they_are_not(self):
        self.place.write("rsh", '#!/bin/bash\n[[ $1 == good ]] || exit 255\nshift; exec bash -c "$*"\n')
        os.chmod(self.place.path("rsh"), 0o755)
        said = self.place.run("--hosts", "bad,good:2", "--rsh", "./rsh", "--retries", "0")
        self.assertIn("bad cannot be reached: it is left out", said)
        self.assertEqual(self.place.tables(), self.quiet_tables())

    def test_a_point_that_is_drawn_twice_is_one(self):
        self.place.run("--range", "model.rate=1:2", "--trials", "6", grid="lambda=1")
        listed = self.place.read("out/table.csv").splitlines()
        self.assertEqual([line.split(",")[:3] for line in listed[1:]], [["1", "1", "2"], ["1", "2", "2"]])

    def test_mistakes_are_one_line(self):
        for options, found in {
                ("--set", "x=1"): "unknown key 'x'", ("--grid", "seed=1,2"): "--seeds",
                ("--grid", "epochs=5,10", "--prune", "median"): "--prune none",
                ("--tercet", "/nowhere"): "no program", ("--grid", "model.lambda=2"): "one key",
                ("--tercet", "/bin/true"): "no configuration", ("--test",): "test.jsonl"}.items():
            said = self.place.run(*options, status=1)
            self.assertIn(found, said)
            self.assertEqual(len(said.splitlines()), 1, said)


if __name__ == "__main__":
    unittest.main()
