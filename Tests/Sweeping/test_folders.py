"""The state of a trial's folder, and of a slot that has only begun."""
import contextlib
import io
import os
import tempfile
import types
import unittest

import sweeping_path  # noqa: F401
from sweeping import files, program, runner
from sweeping.driver import Driver
from sweeping.places import Slot
from sweeping.progress import Progress
from sweeping.trial import State, Trial


class DriverTests(unittest.TestCase):
    def test_a_trial_whose_runner_has_only_begun_is_not_started_again(self):
        with tempfile.TemporaryDirectory() as folder:
            trial = Trial(f"{folder}/t", {"number": 1, "point": {"a": "1"}, "seed": 1})
            trial.begin("epochs: 5\nseed: 1\nevaluation:\n  every: 1\n")
            plan = types.SimpleNamespace(trials=[trial], epochs=5, evaluation_every=1)
            slot = Slot()
            slot.trial, slot.process = trial, object()
            request = types.SimpleNamespace(prune="none", retries=3)
            self.assertIs(Driver(plan, [slot, Slot()], request, None).states()[trial], State.RUNNING)


class FolderTests(unittest.TestCase):
    def test_the_state_of_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            trial = Trial(f"{folder}/t", {"number": 1, "point": {"a": "1"}, "seed": 1})
            trial.begin("seed: 1\n")
            self.assertIs(Trial(trial.folder).state(), State.WAITING)
            with open(trial.log.path, "w", encoding="utf-8") as file:
                file.write('{"event":"start"}\n')
            self.assertIs(trial.state(), State.INTERRUPTED)
            files.write_json(f"{trial.folder}/failure.json", {"status": 1, "line": "x"})
            self.assertIs(trial.state(), State.FAILED)
            trial.prune(4, "median")
            self.assertIs(trial.state(), State.PRUNED)
            lock = files.Lock(f"{trial.folder}/lock")
            self.assertTrue(lock.take())
            self.assertIs(trial.state(), State.RUNNING)
            lock.close()
            self.assertIs(trial.state(), State.PRUNED)
            trial.spare()
            with open(trial.log.path, "a", encoding="utf-8") as file:
                file.write('{"event":"end","ending":"all epochs"}\n')
            self.assertIs(trial.state(), State.FINISHED)

    def test_a_failure_that_the_disk_does_not_take_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            trial = Trial(f"{folder}/t", {"number": 1, "point": {"a.b": "1"}, "seed": 1})
            with contextlib.redirect_stderr(io.StringIO()) as complained:
                # There is no folder to write to.
                self.assertEqual(runner.fail(trial, 1, "the disk is full"), 1)
                plan = types.SimpleNamespace(trials=[trial], epochs=5)
                Progress(plan, types.SimpleNamespace(out=folder)).ended(trial, 1, True)
            said = complained.getvalue().splitlines()
            self.assertRegex(said[0], "^sweep: t: the disk is full; .*/failure.json: cannot be written: ")
            self.assertEqual(said[1:], ["sweep: b 1, seed 1: status 1; it is tried again"])

    def test_a_damaged_record_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/trial.json", "w", encoding="utf-8") as file:
                file.write("{")
            with self.assertRaisesRegex(files.Failure, f"{folder}/trial.json: is damaged"):
                Trial(folder)

    def test_the_stand_in_prints_what_tercet_prints(self):
        tercet = os.environ.get("TERCET")
        if not tercet:
            self.skipTest("TERCET names no program")
        with tempfile.TemporaryDirectory() as folder:
            configuration = f"{folder}/c.yaml"
            with open(configuration, "w", encoding="utf-8") as file:
                file.write("epochs: 3\n")
            real = program.Program(tercet, configuration, [])
            self.assertEqual(real.key("lambda", "2"), "model.lambda")
            self.assertEqual(real.key("model.lambda", "2"), "model.lambda")
            printed = program.flatten(real.resolve(["lambda=.5"])[0])
            self.assertEqual([printed[key] for key in ("model.lambda", "epochs", "seed")], ["0.5", "3", "1"])
            with self.assertRaisesRegex(files.Failure, "did you mean"):
                real.resolve(["lambada=1"])


if __name__ == "__main__":
    unittest.main()
