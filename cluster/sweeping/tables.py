"""The tables of a sweep: for a terminal, as Markdown and as CSV."""
import csv
import io
import statistics

from .rows import ENOUGH, unbeaten
from .trial import State


def labels(keys):
    """The last part of each key, or the whole key where two end alike."""
    last = [key.rpartition(".")[2] for key in keys]
    return [part if last.count(part) == 1 else key for part, key in zip(last, keys)]


def score(value):
    """A score with three digits and no zero before the point."""
    return f"{value:.3f}".removeprefix("0") if value < 1 else f"{value:.3f}"


def spread(mean, deviation):
    if mean is None:
        return "–"
    return score(mean) + (f" ± {score(deviation)}" if deviation is not None else "")


def seeds(row):
    return str(len(row.finished)) if len(row.finished) == len(row.results) else (
        f"{len(row.finished)} of {len(row.results)}")


def text_of(point):
    """A value in words, such as lambda 1."""
    return ", ".join(f"{label} {value}" for label, value in zip(labels(point), point.values()))


def cells(rows, epochs):
    """The head and the rows of the table that people read."""
    keys = list(rows[0].point)
    losses = sorted({name for row in rows for name in row.losses})
    has_tags = any(row.tag_f1 is not None for row in rows)
    has_tests = any(row.tests for row in rows)
    head = [*labels(keys), "seeds", "dev F1", *(["tag F1"] if has_tags else []), *(["test F1"] if has_tests else []),
            *losses, "steps saved", "remark"]
    body = []
    for row in rows:
        tests = row.tests
        test = spread(statistics.fmean(tests), statistics.stdev(tests) if len(tests) > 1 else None) if tests else "–"
        body.append([
            *row.point.values(), seeds(row), spread(row.mean, row.deviation),
            *([spread(row.tag_f1, None)] if has_tags else []), *([test] if has_tests else []),
            *(f"{row.losses[name]:.3g}" if name in row.losses else "–" for name in losses),
            f"{100 * row.saved(epochs):.0f} %", remark(row, rows, epochs)])
    return head, body


def remark(row, rows, epochs):
    """What there is to say of a row: the verdict on the best one, and what is not finished."""
    parts = [verdict(row, rows)] if row.is_best else []
    for stop in sorted({result.stop for result in row.stopped}):
        count = sum(result.stop == stop for result in row.stopped)
        parts.append(f"{count} stopped at epoch {stop} of {epochs}")
    for state in (State.FAILED, State.RUNNING, State.INTERRUPTED, State.WAITING):
        if row.count(state):
            parts.append(f"{row.count(state)} {state.value}")
    return "; ".join(parts)


def verdict(best, rows):
    """Whether the best row is better than the others beyond chance."""
    if len(rows) == 1:
        return "best; the only one"
    if len(best.scores) < ENOUGH:
        return "best so far as fewer than three seeds say"
    equal = unbeaten(rows)
    compared = [row for row in rows if row.p is not None]
    left = len(rows) - 1 - len(compared)
    rest = f"; {left} without three finished seeds" if left else ""
    if not compared:
        return "best; no other has three finished seeds"
    if not equal:
        return f"best; better than {len(compared)} others (p ≤ {probability(max(row.p for row in compared))}){rest}"
    names = ", ".join(f"{'/'.join(row.point.values())} (p {probability(row.p)})" for row in equal)
    return f"best; not better than {names}{rest}"


def probability(p):
    return "0.001" if p < 0.001 else f"{p:.2g}"


def terminal(rows, epochs, width):
    """The table in so many columns; remarks that do not fit stand below it."""
    head, body = cells(rows, epochs)
    marks = ["►" if row.is_best else " " for row in rows]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head) - 1)]
    fits = 2 + sum(size + 2 for size in widths) + max(len(line[-1]) for line in body) <= width

    def line(mark, words):
        aligned = "  ".join(word.rjust(size) for word, size in zip(words, widths))
        return f"{mark} {aligned}  {words[-1] if fits else ''}".rstrip()

    lines = [line(" ", [*head[:-1], ""]), *(line(mark, words) for mark, words in zip(marks, body))]
    if not fits:
        lines += [f"  {text_of(row.point)}: {words[-1]}" for row, words in zip(rows, body) if words[-1]]
    return "\n".join(lines)


def markdown(rows, epochs, note):
    head, body = cells(rows, epochs)
    lines = [head, ["---"] * len(head), *body]
    table = "\n".join("| " + " | ".join(word.replace("|", "\\|") for word in line) + " |" for line in lines)
    return f"{table}\n\n{note}\n"


def _csv(head, body):
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerows([head, *(["" if cell is None else cell for cell in line] for line in body)])
    return made.getvalue()


def csv_of_rows(rows, epochs):
    """A line a value. `p` is Welch's, that the best row and this one have one mean, by Holm's method."""
    losses = sorted({name for row in rows for name in row.losses})
    head = [*rows[0].point, "trials", "finished", "stopped", "failed", "dev_f1_mean", "dev_f1_sd", "tag_f1_mean",
            "test_f1_mean", *losses, "steps_saved", "best", "p"]
    return _csv(head, [[
        *row.point.values(), len(row.results), len(row.finished), len(row.stopped), row.count(State.FAILED), row.mean,
        row.deviation, row.tag_f1, statistics.fmean(row.tests) if row.tests else None,
        *(row.losses.get(name) for name in losses), row.saved(epochs), int(row.is_best), row.p] for row in rows])


def csv_of_trials(rows):
    """A line a trial, with the epoch of its best score; of one that was stopped, until it was."""
    losses = sorted({name for row in rows for result in row.results for name in result.losses})
    head = [*rows[0].point, "seed", "state", "stopped_at", "epoch", "precision", "recall", "f1", "tag_f1", "test_f1",
            *losses]
    return _csv(head, [[
        *row.point.values(), result.trial.seed, result.state.value, result.stop, result.epoch,
        *(result.scores or (None, None, None)), result.tag_f1, result.test,
        *(result.losses.get(name) for name in losses)]
        for row in rows for result in row.results])
