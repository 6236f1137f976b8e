"""What a sweep says while it runs."""
import os
import sys
import time

from .runner import BUSY, RESUMABLE
from .tables import score, text_of
from .trial import State


def duration(seconds):
    """A time in words: 40 s, 12 min, 3 h 5 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class Progress:
    """A line about all trials, which a terminal writes over, and a line for each trial that ends."""

    def __init__(self, plan, request):
        self.plan, self.title = plan, os.path.relpath(request.out)
        self.epochs = plan.epochs
        self.began, self.steps = time.monotonic(), None
        self.is_terminal = sys.stdout.isatty()
        self.shown = ""

    def say(self, text):
        """Prints a line that stays."""
        self.clear()
        print(text, flush=True)

    def warn(self, text):
        self.clear()
        print(f"sweep: {text}", file=sys.stderr, flush=True)

    def clear(self):
        """Takes the line of a terminal away."""
        if self.is_terminal and self.shown:
            print("\r\033[K", end="", flush=True)
            self.shown = ""

    def show(self, states):
        """Brings the line of a terminal up to date."""
        if self.steps is None:
            self.steps = sum(trial.log.trained for trial in self.plan.trials)
        if not self.is_terminal:
            return
        line = self.line(states)[:os.get_terminal_size().columns - 1]
        if line != self.shown:
            print(f"\r\033[K{line}", end="", flush=True)
            self.shown = line

    def line(self, states):
        """How many trials are how far, and how long it takes."""
        count = {state: sum(found is state for found in states.values()) for state in State}
        parts = [(count[State.FINISHED], "done"), (count[State.RUNNING], "running"), (count[State.PRUNED], "pruned"),
                 (count[State.FAILED], "failed"), (count[State.INTERRUPTED], "interrupted"),
                 (count[State.WAITING], "wait")]
        told = ", ".join(f"{number} {word}" for number, word in parts if number)
        elapsed = time.monotonic() - self.began
        left = self.left(states, elapsed)
        return f"{self.title}  {len(states)} trials: {told} · {duration(elapsed)}" + (
            f", about {duration(left)} left" if left else "")

    def left(self, states, elapsed):
        """The seconds that remain at the speed so far; None where it is not known yet."""
        done = sum(trial.log.trained for trial in self.plan.trials) - (self.steps or 0)
        per_epoch = self.plan.steps_per_epoch
        if done <= 0 or elapsed < 5 or not per_epoch:
            return None
        ending = (State.FINISHED, State.PRUNED)
        missing = sum(max(0, per_epoch * self.epochs - trial.log.step)
                      for trial, state in states.items() if state not in ending)
        return elapsed * missing / done

    def ended(self, trial, status, is_tried_again):
        """Says what has become of a trial whose runner has ended with a status."""
        state = trial.outcome()
        name = f"{text_of(trial.point)}, seed {trial.seed}"
        again = "it is tried again" if is_tried_again else "it is not tried again now"
        failure = trial.failure() if state is State.FAILED else None
        if state is State.FINISHED:
            epoch = trial.log.best_epoch()
            found = f"dev F1 {score(trial.log.scores[epoch][2])} at epoch {epoch}" if epoch else "no score"
            self.say(f"{name}: {found}, {trial.log.step} steps")
        elif state is State.PRUNED:
            self.say(f"{name}: stopped, by what it had at epoch {trial.pruned()['epoch']} of {self.epochs}")
        elif failure:
            self.warn(f"{name}: status {failure['status']}: {failure['line']}; {again}")
        elif status not in (0, RESUMABLE, BUSY):
            # Its runner was killed, or has said itself why, as where a full disk takes no failure.json.
            self.warn(f"{name}: status {status}; {again}")
        elif trial.log.ending and status == RESUMABLE:
            self.say(f"{name}: saved and left at step {trial.log.step}")
        else:
            self.say(f"{name}: {trial.state().value}")
