"""Which trial runs when: the loop of a sweep on slots."""
import collections
import select
import time

from . import pruning
from .files import PATIENCE
from .trial import State

# Seconds from one look at the folders to the next.
GLANCE = 0.1


class Driver:
    """Runs the trials of a plan that are not finished, on slots, until there is nothing left to do.

    A trial that ends badly, or that another has asked to leave, is tried again at once, `retries` times for each start
    of the driver; one that another driver's runner still holds is waited for.
    """

    def __init__(self, plan, slots, request, progress):
        self.plan, self.slots, self.progress = plan, slots, progress
        self.rule, self.retries = request.prune, request.retries
        self.starts = collections.Counter()
        self.is_leaving = False
        # When a runner was last seen to have ended.
        self.last_end = 0.0

    def run(self, is_asked):
        """Returns when all trials have ended, or have saved and left after `is_asked()` came true."""
        while True:
            for slot in self.slots:
                self._collect(slot)
            states = self.states()
            if is_asked() and not self.is_leaving:
                self.is_leaving = True
                for slot in self.slots:
                    slot.leave()
            if not self.is_leaving:
                self._fill(states)
            self.progress.show(states)
            if self._is_over(states):
                return
            self._wait()

    def states(self):
        """The states of all trials, once those that are to stop have been told so."""
        states = settle(self.plan, self.rule, self._is_lost)
        # Also before its runner has the folder, and until its end has been seen.
        return states | {slot.trial: State.RUNNING for slot in self.slots if slot.process}

    def _is_over(self, states):
        """Whether there is nothing left to wait for; of a sweep that leaves, that its own trials are free."""
        if any(slot.process for slot in self.slots):
            return False
        running = [trial for trial, state in states.items() if state is State.RUNNING]
        if not self.is_leaving:
            return not running
        return time.monotonic() > self.last_end + PATIENCE or not any(self.starts[trial] for trial in running)

    def _wait(self):
        """Returns when a trial ends, or after a while."""
        ends = select.poll()
        for slot in self.slots:
            if slot.process:
                ends.register(slot.end, select.POLLIN)
        ends.poll(1000 * GLANCE)

    def kill(self):
        for slot in self.slots:
            slot.kill()

    def _collect(self, slot):
        trial = slot.collect()
        if trial is None:
            return
        self.last_end = time.monotonic()
        if slot.is_lost:
            self.starts[trial] -= 1
            self.progress.say(f"{slot.host} cannot be reached: it is left out")
            return
        self.progress.ended(trial, slot.status, not self.is_leaving and self.starts[trial] <= self.retries)

    def _is_lost(self, trial, state):
        """Whether a trial has failed for good, as far as this start goes."""
        return state is State.FAILED and self.starts[trial] > self.retries

    def _fill(self, states):
        """Starts the trials of the lowest numbers that are not finished on slots that are free."""
        free = [slot for slot in self.slots if slot.process is None and not slot.is_lost]
        for trial in self.plan.trials:
            if not free:
                return
            if states[trial] in (State.WAITING, State.INTERRUPTED, State.FAILED) and (
                    self.starts[trial] <= self.retries):
                self.starts[trial] += 1
                free.pop(0).start(trial)
                states[trial] = State.RUNNING


def survey(plan):
    """The states of all trials, by trial, read from their folders."""
    return {trial: trial.state() for trial in plan.trials}


def verdicts(plan, rule, states, is_lost=lambda trial, state: state is State.FAILED):
    """The epoch at which each trial is to stop, or None, by the scores in the folders."""
    rungs = pruning.rungs(rule, plan.epochs, plan.evaluation_every) if plan.trials else []
    entries = [pruning.Entry(trial.value, trial.log, is_lost(trial, states[trial]),
                             stays=states[trial] is State.FINISHED and trial.rule != rule) for trial in plan.trials]
    return dict(zip(plan.trials, pruning.decide(entries, rule, rungs)))


def settle(plan, rule, is_lost):
    """Has trials stop that are to stop, and others go on, and returns the states of all.

    A folder says that its trial is to stop: its runner looks for that.
    """
    states = survey(plan)
    for trial, rung in verdicts(plan, rule, states, is_lost).items():
        known = trial.pruned()
        if rung is None and known:
            trial.spare()
        elif rung is not None and (known or {}).get("epoch") != rung:
            trial.prune(rung, rule)
        else:
            continue
        states[trial] = trial.state()
    return states
