"""Writes what a sweep has found: tables, plots, and the configuration of the best value."""
import os
import shlex
import subprocess

from . import environment, files, program, tables
from .driver import survey, verdicts
from .errors import Failure
from .rows import result, rows
from .trial import State

NOTE = ("dev F1: the best of a trial's epochs, mean ± standard deviation over its seeds, of finished trials where "
        "there is one. tag F1: the mean at that epoch over those trials, of a model that tags. Losses: means over that "
        "epoch's steps. The best value has the highest mean; p is that of Welch's t-test, corrected by Holm's method.")


class Results:
    """The rows of a plan as its folders are, and the files that are made of them."""

    def __init__(self, plan, request):
        self.plan, self.request = plan, request
        states = survey(plan)
        stops = verdicts(plan, request.prune, states)
        self.found = [result(trial, states[trial], stops[trial]) for trial in plan.trials]
        if request.test:
            for entry in self.found:
                if entry.state is State.FINISHED:
                    entry.test = test_score(entry.trial, request)
        self.rows = rows(self.found)

    @property
    def states(self):
        """The states of all trials, by trial; what was stopped is so, however far it came."""
        return {entry.trial: entry.state for entry in self.found}

    @property
    def is_whole(self):
        return all(entry.state in (State.FINISHED, State.PRUNED) for entry in self.found)

    @property
    def best(self):
        return next((row for row in self.rows if row.is_best), None)

    def write(self, say):
        """Writes all files; returns their names. What cannot be plotted is said."""
        epochs, out = self.plan.epochs, self.request.out
        files.write(f"{out}/table.md", tables.markdown(self.rows, epochs, NOTE))
        files.write(f"{out}/table.csv", tables.csv_of_rows(self.rows, epochs))
        files.write(f"{out}/trials.csv", tables.csv_of_trials(self.rows))
        names = ["table.md", "table.csv", "trials.csv"]
        if self.best:
            files.write(f"{out}/best.yaml", best_configuration(self.best))
            names.insert(0, "best.yaml")
        if self.request.no_plots or not any(entry.scores for entry in self.found):
            return names
        try:
            return names + self.plot(say)
        except Failure as failure:
            say(f"no plots: {failure}")
            return names

    def plot(self, say):
        """A plot for each key, as SVG and PNG."""
        interpreter = environment.python(self.request.offline, say)
        names = []
        for key, label in zip(self.plan.keys, tables.labels(self.plan.keys)):
            points = [{"x": row.point[key], "f1": row.scores, "mean": row.mean if row.finished else None,
                       "sd": row.deviation, "best": row.is_best, "stopped": [r.f1 for r in row.stopped]}
                      for row in self.rows]
            environment.call(interpreter, "plot.py", {
                "key": label, "points": points, "is_only_key": len(self.plan.keys) == 1,
                "file": f"{self.request.out}/{label}"})
            names += [f"{label}.svg", f"{label}.png"]
        return names

    def steps_saved(self):
        """How many trials stopped early, the steps that they left out, those that they made behind the epochs at which
        they were stopped, and the steps of all trials."""
        stopped = [entry for entry in self.found if entry.state is State.PRUNED]
        total = self.plan.steps_per_epoch * self.plan.epochs
        left = sum(total - min(total, entry.trial.log.step) for entry in stopped)
        behind = sum(total - self.plan.steps_per_epoch * entry.stop for entry in stopped) - left
        return len(stopped), left, behind, total * len(self.plan.trials)


def best_configuration(row):
    """The configuration of a row's first seed, with what it has achieved."""
    said = f"dev F1 {tables.spread(row.mean, row.deviation)} over {len(row.finished)} seed" + (
        "s" if len(row.finished) > 1 else "")
    return f"# {tables.text_of(row.point)}: the best of a sweep, {said}.\n{row.finished[0].trial.configuration}"


def test_file(request, configuration):
    """The test split of a corpus."""
    path = os.path.join(program.flatten(configuration)["data.directory"].strip('"'), "test.jsonl")
    if not os.path.exists(path):
        raise Failure(f"--test: {path}: no such file")
    return path


def test_score(trial, request):
    """F1 of a trial's best checkpoint on the test split, computed once for a checkpoint and a split."""
    best, kept = f"{trial.folder}/best.h5", f"{trial.folder}/test.json"
    known = files.read_json(kept)
    split = test_file(request, trial.configuration)
    try:
        stamp = [[status.st_size, status.st_mtime_ns] for status in map(os.stat, (best, split))]
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}; it is needed for --test") from error
    if known and known["checkpoint"] == stamp:
        return known["f1"]
    report = f"{trial.folder}/test-report.json"
    words = [request.program, "evaluate", best, split, "--json", report]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{shlex.join(words)}: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
    score = files.read_json(report)["systems"][0]["runs"][0]["f1"]
    files.write_json(kept, {"checkpoint": stamp, "f1": score})
    return score
