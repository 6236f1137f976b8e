"""Trials as elements of a job array of Slurm, which outlive whoever submitted them."""
import collections
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time

from .driver import settle
from .errors import Failure
from .places import RUNNER
from .trial import State

# Seconds from one look at queue and folders to the next.
GLANCE = 2


def queue_name(out):
    """The name of a sweep's jobs, by which they are found again."""
    return f"sweep-{os.path.basename(out)}-{hashlib.sha256(out.encode()).hexdigest()[:8]}"


class Array:
    """Submits the trials of a plan that are neither finished nor in the queue, and waits for all of them.

    An element has the number of its trial. Slurm puts it back after the loss of a node, and the element itself does
    after the signal before the time limit; an element that ended badly is submitted again.
    """

    def __init__(self, plan, request, progress):
        if not shutil.which("sbatch"):
            raise Failure("--slurm: no sbatch in PATH; run this where jobs are submitted")
        self.plan, self.request, self.progress = plan, request, progress
        self.name = queue_name(request.out)
        self.starts = collections.Counter()

    def run(self, is_asked):
        """Returns when all trials have ended or, with --submit-only, are in the queue; or when `is_asked()`."""
        while True:
            # First the queue: what was not in it has ended, and its folder says how.
            queued = self._queued()
            states = settle(self.plan, self.request.prune, self._is_lost)
            missing = [trial for trial in self.plan.trials if self._is_missing(trial, states[trial], queued)]
            if is_asked():
                self._say_what_stays(queued)
                return
            if missing:
                self._submit(missing)
            self.progress.show(states)
            if self.request.submit_only or not (missing or queued or State.RUNNING in states.values()):
                return
            end = time.monotonic() + GLANCE
            while time.monotonic() < end and not is_asked():
                time.sleep(0.1)

    def kill(self):
        """What is in the queue stays there."""

    def _queued(self):
        """The numbers of the elements that wait or run."""
        command = ["squeue", "--noheader", "--array", f"--name={self.name}", "--format=%K"]
        for _ in range(30):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return {int(word) for word in done.stdout.split() if word.isdigit()}
            time.sleep(GLANCE)
        raise Failure(f"squeue: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}; start the sweep again")

    def _is_lost(self, trial, state):
        return state is State.FAILED and self.starts[trial] > self.request.retries

    def _is_missing(self, trial, state, queued):
        return (state in (State.WAITING, State.INTERRUPTED, State.FAILED) and trial.number not in queued
                and self.starts[trial] <= self.request.retries)

    def _submit(self, trials):
        cpus = self.request.ranks * self.request.threads_each
        limit = f"%{self.request.jobs}" if self.request.jobs else ""
        words = ["sbatch", "--parsable", f"--job-name={self.name}", "--nodes=1", "--ntasks=1",
                 f"--cpus-per-task={cpus}", "--signal=B:USR1@120", "--requeue", "--open-mode=append",
                 f"--output={self.request.out}/slurm-%a.log", *shlex.split(self.request.slurm),
                 f"--array={','.join(str(trial.number) for trial in trials)}{limit}",
                 f"--wrap=exec {shlex.join([sys.executable, RUNNER, '--element', self.plan.folder])}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"sbatch: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
        self.starts.update(trials)
        self.progress.say(f"job {done.stdout.strip()}: {len(trials)} trials are in Slurm's queue as {self.name}")

    def _say_what_stays(self, queued):
        if queued:
            self.progress.say(f"{len(queued)} trials stay in Slurm's queue; scancel --name={self.name} ends them")
