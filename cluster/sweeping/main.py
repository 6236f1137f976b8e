"""cluster/sweep from its command line to its exit status."""
import os
import signal
import sys
import time

from . import environment, files, places, program, tables
from .arguments import parse
from .driver import Driver
from .errors import Failure
from .plan import Plan
from .progress import Progress
from .proposals import Proposals, points_at_once
from .results import Results, test_file
from .runner import RESUMABLE
from .slurm import Array
from .trial import State


class Requests:
    """Signals that ask the sweep to leave. The first has trials saved, the second ends them at once."""

    def __init__(self, kill):
        self.kill, self.first = kill, None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGINT:
                signal.signal(number, self._take)
        # Whoever started this may have blocked them.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def _take(self, number, _):
        if self.first is None:
            self.first = time.monotonic()
        elif time.monotonic() - self.first > 0.25:
            self.kill()
            os._exit(128 + number)

    def is_asked(self):
        return self.first is not None


def say(text):
    print(text, flush=True)


def lock(out):
    """Takes the folder for this process."""
    files.make_folder(f"{out}/trials")
    taken = files.Lock(f"{out}/sweep.lock")
    if not taken.take():
        raise Failure(f"{out}: another sweep works here, {taken.holder() or 'which has just begun'}; wait for it "
                      "or end it")
    taken.sign(f"process {os.getpid()} on {os.uname().nodename}")
    return taken


def resolve(request, source):
    """Gives the request whole keys and what its configuration says of threads; refuses what cannot be swept."""
    grid = [(source.key(name, values[0]), values) for name, values in request.grid.items()]
    ranges = [(source.key(name, found.text(found.low)), found) for name, found in request.ranges.items()]
    request.grid, request.ranges = dict(grid), dict(ranges)
    if len({*request.grid, *request.ranges}) < len(grid + ranges):
        raise Failure("two options name one key; write its values in one place")
    configuration = program.flatten(source.resolve([])[0])
    request.seeds = request.seeds or [int(configuration["seed"])]
    request.threads_each = request.threads or int(configuration["threads"])
    cores = len(os.sched_getaffinity(0))
    if request.slurm is None:
        request.jobs = request.jobs or max(1, cores // (request.ranks * request.threads_each))
    keys = [*request.grid, *request.ranges]
    if "seed" in keys:
        raise Failure("seeds are given by --seeds 1-3, not as a key")
    if "epochs" in keys and request.prune != "none":
        raise Failure("--prune compares trials at the same epoch of one budget; 'epochs' is swept with --prune none")


class Sweep:
    """A sweep on its folder, from the first trial to the tables."""

    def __init__(self, request, source):
        self.request, self.plan = request, Plan(request, source)
        self.runner = self.progress = None
        self.requests = Requests(lambda: self.runner and self.runner.kill())

    def run(self):
        """Returns the exit status."""
        if self.request.sampler == "tpe":
            Proposals(self.request, say).run(self.plan, self._run_trials)
        else:
            self.plan.add(points_at_once(self.request))
            self._run_trials()
        return self._finish()

    def _run_trials(self):
        """Runs the trials that the plan has by now; whether nobody asked to leave."""
        if self.request.test:
            for trial in self.plan.trials:
                test_file(self.request, trial.configuration)
        if self.plan.others and not self.progress:
            say(f"{len(self.plan.others)} trials of other values or settings stay in {self.plan.folder}, and in no "
                "table")
        self.progress = Progress(self.plan, self.request)
        self.runner = Array(self.plan, self.request, self.progress) if self.request.slurm is not None else Driver(
            self.plan, places.slots(self.request), self.request, self.progress)
        self.runner.run(self.requests.is_asked)
        return not self.requests.is_asked()

    def _finish(self):
        results = Results(self.plan, self.request)
        names = results.write(self.progress.warn)
        self.progress.say(self.progress.line(results.states))
        width = os.get_terminal_size().columns if self.progress.is_terminal else 200
        say(tables.terminal(results.rows, self.plan.epochs, width))
        stopped, left, behind, total = results.steps_saved()
        if stopped:
            late = f"; {behind} steps more were made before they stopped" if behind > 0 else ""
            say(f"stopped early: {stopped} trials, which left out {left} of {total} steps ({100 * left / total:.0f} %)"
                f"{late}")
        if not results.best and results.is_whole:
            say("no value has found anything on the development split: train for more epochs")
        say(f"in {self.progress.title}: {', '.join(names)}" + ("" if self.request.test else
            " · test scores only with --test"))
        return self._status(results)

    def _status(self, results):
        if results.is_whole:
            return 0
        failed = [found.trial for found in results.found if found.state is State.FAILED]
        for trial in failed:
            say(f"failed: {trial.name}: {trial.failure()['line']}")
        if failed and not self.requests.is_asked():
            say("the same command tries what has failed again")
            return 1
        say("the same command goes on")
        return RESUMABLE


def sweep(request):
    """Runs a sweep; returns its exit status."""
    request.program = program.find(request.tercet)
    source = program.Program(request.program, request.configuration, request.set)
    resolve(request, source)
    taken = lock(request.out)
    try:
        return Sweep(request, source).run()
    finally:
        taken.close()


def main(words):
    try:
        request = parse(words or ["--help"])
        if request.prepare:
            say(environment.python(request.offline, say))
            return 0
        return sweep(request)
    except Failure as failure:
        print(f"sweep: {failure}", file=sys.stderr)
    except OSError as error:
        print(f"sweep: {error.filename or 'the system'}: {error.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        print("sweep: asked to leave before training began", file=sys.stderr)
        return RESUMABLE
    return 1
