"""The trials of a sweep: those that its folder holds, and those that are asked for and it lacks."""
import os

from . import files, program
from .errors import Failure
from .trial import LONGEST, Trial, name_of


def plain(given, printed):
    """A value as a folder is named by it: a number as tercet prints it, without a zero behind the point."""
    try:
        return printed.removesuffix(".0") if float(printed) == float(given) else given
    except ValueError:
        return given


class Plan:
    """The trials that are asked for, by their numbers. A number is given once and stays: what is added to a grid comes
    behind what is there."""

    def __init__(self, request, source):
        """request: the arguments. source: the Program that resolves configurations."""
        self.request = request
        self.source = source
        self.folder = f"{request.out}/trials"
        self.trials = []
        # Trials that the folder holds and nobody asks for now.
        self.others = self._stored()
        self.next_number = 1 + max((trial.number for trial in self.others), default=0)
        self._by_identity = {self._identity(trial.configuration): trial for trial in self.others}

    @staticmethod
    def _identity(configuration):
        return tuple(sorted(program.identity(configuration).items()))

    def _stored(self):
        names = sorted(os.listdir(self.folder)) if os.path.isdir(self.folder) else []
        folders = [f"{self.folder}/{name}" for name in names]
        trials = [Trial(folder) for folder in folders if os.path.exists(f"{folder}/trial.json")]
        numbers = [trial.number for trial in trials]
        if len(set(numbers)) < len(numbers):
            raise Failure(f"{self.folder}: two trials have one number; a copied folder? Move it away")
        return trials

    @property
    def steps_per_epoch(self):
        """0 where it is not known yet."""
        return max((trial.log.losses[1][0] for trial in self.trials if 1 in trial.log.losses), default=0)

    def add(self, points):
        """Adds a trial for each point and seed, seed by seed: the first seed of all values comes first."""
        wanted = [self._resolve(point, seed) for seed in self.request.seeds for point in points]
        for point, seed, configuration in wanted:
            self._add(point, seed, configuration)
        self.trials.sort(key=lambda trial: trial.number)

    def _resolve(self, point, seed):
        """A point with its numbers as tercet reads them, so that .1 and 0.10 are one, and its configuration."""
        settings = [f"{key}={value}" for key, value in point.items()]
        configuration, _ = self.source.resolve([*settings, f"seed={seed}"])
        printed = program.flatten(configuration)
        return {key: plain(value, printed.get(key, value)) for key, value in point.items()}, seed, configuration

    def _add(self, point, seed, configuration):
        identity = self._identity(configuration)
        trial = self._by_identity.get(identity)
        if trial in self.trials:
            return
        if trial is None:
            trial = self._new(point, seed, configuration)
            self._by_identity[identity] = trial
        else:
            self.others.remove(trial)
            trial.record["point"] = point
        trial.record.update(command=self._command(trial), directory=os.getcwd())
        trial.begin(configuration, self.request.prune)
        self.trials.append(trial)

    def _new(self, point, seed, configuration):
        name = name_of(point, seed)
        if len(name.encode()) > LONGEST:
            raise Failure(f"{name}: longer than a name of a folder may be; sweep fewer keys, or shorter values")
        folder = os.path.join(self.folder, name)
        if os.path.exists(f"{folder}/trial.json"):
            raise Failure(f"{folder}: {self._difference(folder, configuration)}; take another --out")
        record = {"number": self.next_number, "point": point, "seed": seed}
        self.next_number += 1
        return Trial(folder, record)

    @staticmethod
    def _difference(folder, configuration):
        """What tells a stored trial from one that would have its name."""
        before, now = program.identity(Trial(folder).configuration), program.identity(configuration)
        key = next(key for key in sorted({*before, *now}) if before.get(key) != now.get(key))
        return f"its training has {key}={before.get(key, 'nothing')}, and {now.get(key, 'nothing')} is asked for"

    def _command(self, trial):
        words = [self.source.tercet, "train", f"{trial.folder}/config.yaml", "--checkpoints", trial.folder, "--resume"]
        if self.request.ranks > 1:
            words[2:2] = ["--ranks", str(self.request.ranks)]
        if self.request.threads:
            words += ["--set", f"threads={self.request.threads}"]
        return words

    @property
    def epochs(self):
        """The budget of a trial."""
        return int(program.flatten(self.trials[0].configuration)["epochs"])

    @property
    def evaluation_every(self):
        return int(program.flatten(self.trials[0].configuration)["evaluation.every"])

    @property
    def keys(self):
        """The keys that vary, in the order in which they were asked for."""
        return list(self.trials[0].point)
