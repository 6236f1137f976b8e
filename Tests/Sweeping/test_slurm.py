"""Sweeps as job arrays of what stands in for Slurm: what is submitted, again and not again."""
import os
import subprocess
import sys
import tempfile
import unittest

import sweeping_path  # noqa: F401
from place import LIMIT, Place

# Runs the elements at once, or keeps them in the queue where there is a file `hold`.
SBATCH = f"""#!{sys.executable}
import os, subprocess, sys
given = dict(word[2:].partition("=")[::2] for word in sys.argv[1:])
numbers = given["array"].partition("%")[0]
with open("submitted", "a") as file:
    print(given["array"], given["cpus-per-task"], given.get("time", ""), file=file)
print(7)
if os.path.exists("hold"):
    with open("queue", "a") as file:
        file.write(numbers.replace(",", "\\n") + "\\n")
    sys.exit()
for number in numbers.split(","):
    subprocess.run(given["wrap"], shell=True, stdout=subprocess.DEVNULL, env=os.environ | {{
        "SLURM_ARRAY_TASK_ID": number, "SLURM_ARRAY_JOB_ID": "7"}})
"""
SQUEUE = "#!/bin/bash\n[[ $* == *--name=sweep-out-* ]] && cat queue 2>/dev/null || true\n"
SCONTROL = "#!/bin/bash\necho $* >>requeued\n"


class SlurmTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = Place(folder.name)
        os.mkdir(self.place.path("bin"))
        for name, text in (("sbatch", SBATCH), ("squeue", SQUEUE), ("scontrol", SCONTROL)):
            self.place.write(f"bin/{name}", text)
            os.chmod(self.place.path(f"bin/{name}"), 0o755)

    def run_sweep(self, *options, status=0):
        done = subprocess.run(
            self.place.command("--slurm=--time=5", *options), cwd=self.place.folder, capture_output=True, text=True,
            env=os.environ | {"PATH": f"{self.place.path('bin')}:{os.environ['PATH']}"}, timeout=LIMIT, check=False)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def submitted(self):
        return self.place.read("submitted").splitlines()

    def test_elements_are_trials_and_what_fails_is_submitted_again(self):
        self.place.write("fail-1-1", "1")
        said = self.run_sweep("--ranks", "2", "--threads", "3", "--jobs", "4")
        self.assertEqual(self.submitted(), ["1,2,3,4,5,6%4 6 5", "2%4 6 5"])
        self.assertIn("6 trials: 6 done", said)
        self.assertEqual(self.place.steps(1, 1), list(range(1, 21)))

    def test_an_element_that_saved_and_left_is_put_back(self):
        self.place.write("hold", "")
        self.run_sweep("--submit-only", status=75)
        trial = self.place.trial(0, 1)
        self.place.write("hold-0-1", "4")
        runner = subprocess.Popen(
            [sys.executable, "-B", f"{sweeping_path.CLUSTER}/sweeping/runner.py", "--element",
             self.place.path("out/trials")], cwd=self.place.folder, env=os.environ | {
                 "PATH": f"{self.place.path('bin')}:{os.environ['PATH']}", "SLURM_ARRAY_TASK_ID": str(trial.number),
                 "SLURM_ARRAY_JOB_ID": "7"})
        self.place.await_hold(0, 1)
        runner.terminate()
        self.assertEqual(runner.wait(timeout=LIMIT), 75)
        self.assertEqual(self.place.read("requeued"), "requeue 7_1\n")

    def test_what_is_in_the_queue_is_not_submitted_again(self):
        self.place.write("hold", "")
        said = self.run_sweep("--submit-only", status=75)
        self.assertIn("job 7: 6 trials are in Slurm's queue as sweep-out-", said)
        self.run_sweep("--submit-only", status=75)
        self.assertEqual(len(self.submitted()), 1)
        self.assertEqual(self.place.read("out/table.md").count("2 not begun"), 3)
        # Elements 2 and 5 are cancelled.
        self.place.write("queue", "1\n3\n4\n6\n")
        self.run_sweep("--submit-only", status=75)
        self.assertEqual(self.submitted()[1:], ["2,5 1 5"])

    def test_a_number_without_a_trial_is_said(self):
        os.makedirs(self.place.path("out/trials"))
        done = subprocess.run(
            [sys.executable, "-B", f"{sweeping_path.CLUSTER}/sweeping/runner.py", "--element",
             self.place.path("out/trials")], env=os.environ | {"SLURM_ARRAY_TASK_ID": "9"}, capture_output=True,
            text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no trial has number 9", done.stderr)


if __name__ == "__main__":
    unittest.main()
