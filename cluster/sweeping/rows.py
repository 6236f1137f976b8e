"""What the trials of a sweep have come to, value by value."""
import statistics
from dataclasses import dataclass, field

from .significance import holm, welch
from .trial import State

SIGNIFICANT = 0.05
# Fewer seeds say nothing of chance.
ENOUGH = 3


@dataclass
class Result:
    """One trial: `stop` is the epoch at which it was stopped early, and what counts is what it was until then."""
    trial: object
    state: State
    stop: int | None
    epoch: int | None
    scores: tuple | None
    losses: dict
    tag_f1: float | None = None
    test: float | None = None

    @property
    def f1(self):
        return self.scores[2] if self.scores else None


@dataclass
class Row:
    """All trials of a value. `p` is that of the best row's difference, corrected by Holm's method."""
    point: dict
    results: list
    is_best: bool = False
    p: float | None = None
    finished: list = field(init=False)

    def __post_init__(self):
        self.finished = [result for result in self.results if result.state is State.FINISHED]

    @property
    def scores(self):
        return [result.f1 for result in self.finished]

    @property
    def stopped(self):
        return [result for result in self.results if result.state is State.PRUNED]

    def count(self, *states):
        return sum(result.state in states for result in self.results)

    @property
    def mean(self):
        """The mean F1 of finished trials, or, where there is none, of those that were stopped."""
        scores = self.scores or [result.f1 for result in self.stopped]
        return statistics.fmean(scores) if scores else None

    @property
    def deviation(self):
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None

    @property
    def counted(self):
        """The trials that `mean` is of."""
        return self.finished or self.stopped

    @property
    def tag_f1(self):
        """The mean over the trials that `mean` is of; None where the model has no tags."""
        scores = [result.tag_f1 for result in self.counted if result.tag_f1 is not None]
        return statistics.fmean(scores) if scores else None

    @property
    def losses(self):
        """The means over the trials that `mean` is of."""
        names = sorted({name for result in self.counted for name in result.losses})
        found = {name: [r.losses[name] for r in self.counted if name in r.losses] for name in names}
        return {name: statistics.fmean(values) for name, values in found.items()}

    @property
    def tests(self):
        return [result.test for result in self.finished if result.test is not None]

    def saved(self, epochs):
        """The share of the row's epochs that were not trained since trials were stopped."""
        return sum(1 - result.stop / epochs for result in self.stopped) / len(self.results)


def result(trial, state, stop):
    """What counts of a trial: for one that was stopped what it was at that epoch, however far it came."""
    state = State.PRUNED if stop is not None else state
    epoch = trial.log.best_epoch(stop)
    if epoch is None:
        return Result(trial, state, stop, None, None, {})
    log = trial.log
    return Result(trial, state, stop, epoch, log.scores[epoch], log.mean_losses(epoch), log.tag_scores[epoch])


def order(text):
    """The place of a value among others: numbers by size, before words."""
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text


def rows(results):
    """A row for each value, in their order, with the best one chosen and compared with the others."""
    by_value = {}
    for found in sorted(results, key=lambda found: found.trial.seed):
        by_value.setdefault(found.trial.value, []).append(found)
    made = [Row(dict(value), by_value[value])
            for value in sorted(by_value, key=lambda value: [order(text) for _, text in value])]
    best = choose(made)
    if best:
        best.is_best = True
        compare(best, [row for row in made if row is not best])
    return made


def choose(made):
    """The row with the highest mean of those with most finished trials, the first of equal ones; None if all are 0."""
    most = max((len(row.finished) for row in made), default=0)
    full = [row for row in made if len(row.finished) == most and most]
    return max((row for row in full if row.mean > 0), key=lambda row: row.mean, default=None)


def compare(best, others):
    """Gives the other rows of enough seeds their p."""
    able = [row for row in others if len(row.scores) >= ENOUGH and len(best.scores) >= ENOUGH]
    for row, p in zip(able, holm([welch(best.scores, row.scores) for row in able])):
        row.p = p


def unbeaten(made):
    """The rows that the best one is not better than, beyond chance."""
    return [row for row in made if row.p is not None and row.p >= SIGNIFICANT]
