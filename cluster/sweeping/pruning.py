"""Which trials stop early: a function of the scores in the folders alone.

Trials are judged in the order of their numbers at rungs, epochs from a fifth of the budget on. What counts is the best
F1 on the development split up to that epoch, a value's being the mean over its trials so far. A trial is compared with
those of lower numbers, once all of these have come to the rung, were stopped before it or have failed for good; it
trains on meanwhile. So neither time nor kills, nor how many trials run at once, can change a decision.
"""
import math
import statistics
from dataclasses import dataclass

from .significance import pooled_worse

# A value is stopped as worse where chance would make the difference more rarely than this.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Entry:
    """A trial as a rule sees it.

    value: what it has in common with trials of other seeds. log: its RunLog. is_lost: whether it has failed for good.
    stays: whether it has finished before the rule came, and is compared with, but not stopped.
    """
    value: object
    log: object
    is_lost: bool = False
    stays: bool = False


def rungs(rule, epochs, every):
    """The epochs at which trials of a budget are judged, among those that are scored."""
    shares = {"none": [], "halving": [1, 2, 4]}.get(rule, [1, 2, 3, 4])
    at = {math.ceil(math.ceil(epochs * share / 5) / every) * every for share in shares}
    return sorted(epoch for epoch in at if epoch < epochs)


def decide(entries, rule, rungs_):
    """For each trial the epoch at which it is stopped, or None."""
    stopped = []
    for index, entry in enumerate(entries):
        stopped.append(None if entry.stays else next(
            (rung for rung in _open_rungs(entries, stopped, index, rungs_)
             if RULES[rule](*_standing(entries, stopped, index, rung))), None))
    return stopped


def _open_rungs(entries, stopped, index, rungs_):
    """The rungs at which a trial can be judged already."""
    for rung in rungs_:
        if not entries[index].log.has_reached(rung) or not all(
                entry.is_lost or entry.log.has_reached(rung) or (stopped[i] or rung) < rung
                for i, entry in enumerate(entries[:index])):
            return
        yield rung


def _standing(entries, stopped, index, rung):
    """The scores at a rung of all trials up to one, by value, and that one's value."""
    groups = {}
    for i, entry in enumerate(entries[:index + 1]):
        was_stopped = i < index and stopped[i] is not None and stopped[i] < rung
        if not was_stopped and entry.log.has_reached(rung):
            groups.setdefault(entry.value, []).append(entry.log.best_by(rung) or 0.0)
    return groups, entries[index].value


def _means(groups, own):
    means = {value: statistics.fmean(scores) for value, scores in groups.items()}
    return means.pop(own), list(means.values())


def below_median(groups, own):
    """Whether a value's score is below the median of two or more others."""
    mean, others = _means(groups, own)
    return len(others) > 1 and mean < statistics.median(others)


def in_lower_half(groups, own):
    """Whether as many values are better as the upper half holds."""
    mean, others = _means(groups, own)
    return sum(other > mean for other in others) >= math.ceil((len(others) + 1) / 2)


def clearly_worse(groups, own):
    """Whether the best value is better than chance explains, with the deviation over seeds of all values."""
    best = max(groups, key=lambda value: statistics.fmean(groups[value]))
    if best == own:
        return False
    p = pooled_worse(groups, own, best)
    return p is not None and p < SIGNIFICANT


RULES = {"none": lambda groups, own: False, "median": below_median, "halving": in_lower_half, "seeds": clearly_worse}
