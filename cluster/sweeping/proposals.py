"""The points of a sweep: all at once, or round by round from the scores of those before."""
from . import environment, files, space
from .errors import Failure
from .results import Results

# So many points are drawn before the estimator has scores to go by.
STARTUP = 8


def points_at_once(request):
    """The points of a grid or a random search."""
    if request.sampler == "random":
        return space.random_points(request.grid, request.ranges, request.trials, request.sampler_seed)
    return space.grid_points(request.grid)


class Proposals:
    """Points that Optuna proposes, kept in DIR/proposals.json so that another start of the sweep has the same."""

    def __init__(self, request, say):
        self.request = request
        self.path = f"{request.out}/proposals.json"
        self.space = {key: {"values": values} for key, values in request.grid.items()}
        self.space |= {key: vars(found) for key, found in request.ranges.items()}
        self.interpreter = environment.python(request.offline, say)
        kept = files.read_json(self.path) or {"space": self.space, "batches": []}
        if kept["space"] != self.space:
            raise Failure(f"{self.path}: proposals for other values or ranges; take another --out")
        self.batches = kept["batches"]

    def run(self, plan, run):
        """Adds batch after batch to a plan, each after `run()` has come back true: no trial is left to run."""
        done = index = 0
        while done < self.request.trials:
            left = self.request.trials - done
            if index == len(self.batches):
                self.batches.append(self._propose(plan, index, min(self.request.batch, left)))
                files.write_json(self.path, {"space": self.space, "batches": self.batches})
            batch = self.batches[index][:left]
            plan.add(batch)
            done, index = done + len(batch), index + 1
            if not run():
                return

    def _propose(self, plan, index, size):
        scores = [[self._numbers(row.point), row.mean] for row in self._rows(plan) if row.mean is not None]
        found = environment.call(self.interpreter, "tpe.py", {
            "space": self.space, "seed": self.request.sampler_seed, "batch": index, "count": size, "scores": scores,
            "startup": STARTUP})
        return [{key: self._text(key, value) for key, value in point.items()} for point in found]

    def _rows(self, plan):
        """The values that were tried, in the order of their trials."""
        if not plan.trials:
            return []
        rows = Results(plan, self.request).rows
        return sorted(rows, key=lambda row: min(result.trial.number for result in row.results))

    def _numbers(self, point):
        """A point as Optuna has it."""
        return {key: self._nearest(key, text) if key in self.request.grid else (
            int(text) if self.request.ranges[key].is_whole else float(text)) for key, text in point.items()}

    def _nearest(self, key, text):
        """The listed value that tercet prints as `text`."""
        def same(value):
            try:
                return float(value) == float(text)
            except ValueError:
                return value == text
        return next(value for value in self.request.grid[key] if same(value))

    def _text(self, key, value):
        return value if key in self.request.grid else self.request.ranges[key].text(value)
