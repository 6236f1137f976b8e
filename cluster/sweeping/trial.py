"""A trial: one training in a folder of its own, which says how far it is."""
import enum
import os
import urllib.parse

from . import files
from .runlog import RunLog

# The longest name of a trial's folder.
LONGEST = 200


class State(enum.Enum):
    """How far a trial is. A trial that others run is running, too."""
    WAITING = "not begun"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    PRUNED = "pruned"
    FINISHED = "finished"


def name_of(point, seed):
    """The folder of a trial: its values, by whole keys, and its seed."""
    def word(text):
        return urllib.parse.quote(text, safe="+-_.")
    return ",".join(f"{word(key)}={word(value)}" for key, value in [*point.items(), ("seed", str(seed))])


class Trial:
    """A trial's folder. What it holds:

      trial.json     number, values, seed, the words of its training, and the rule by which it may be stopped; there
                     before anything is started
      config.yaml    its whole configuration
      lock           held while a runner, or the training that it started, lives
      pruned.json    where it was told to stop, and by which rule; made before the signal
      failure.json   how the last try ended, if not well
      output.log     what training printed
      run.jsonl, *.h5    as of any training
    """

    def __init__(self, folder, record=None):
        self.folder = folder
        self.record = record or files.read_json(f"{folder}/trial.json")
        self.log = RunLog(f"{folder}/run.jsonl")

    @property
    def number(self):
        return self.record["number"]

    @property
    def name(self):
        return os.path.basename(self.folder)

    @property
    def point(self):
        return self.record["point"]

    @property
    def seed(self):
        return self.record["seed"]

    @property
    def rule(self):
        """The rule by which it could be stopped when it was trained last."""
        return self.record.get("prune", "none")

    @property
    def value(self):
        """What trials of several seeds have in common."""
        return tuple(self.point.items())

    @property
    def configuration(self):
        with open(f"{self.folder}/config.yaml", encoding="utf-8") as file:
            return file.read()

    def failure(self):
        return files.read_json(f"{self.folder}/failure.json")

    def pruned(self):
        return files.read_json(f"{self.folder}/pruned.json")

    def is_held(self):
        """Whether a runner or its training lives."""
        if not os.path.exists(f"{self.folder}/lock"):
            return False
        lock = files.Lock(f"{self.folder}/lock")
        try:
            return not lock.is_free()
        finally:
            lock.close()

    def is_finished(self):
        """Whether its training has come to its end."""
        return self.log.is_complete or self.log.refresh().is_complete

    def state(self):
        """What the folder says now."""
        if self.is_finished():
            return State.FINISHED
        return State.RUNNING if self.is_held() else self.outcome()

    def outcome(self):
        """What the folder says of a trial that nobody runs.

        Where a runner has just ended, what its training leaves behind, such as a daemon of Open MPI, has the lock for a
        moment longer.
        """
        if self.is_finished():
            return State.FINISHED
        if os.path.exists(f"{self.folder}/pruned.json"):
            return State.PRUNED
        if os.path.exists(f"{self.folder}/failure.json"):
            return State.FAILED
        return State.INTERRUPTED if self.log.exists else State.WAITING

    def begin(self, configuration, rule="none"):
        """Makes the folder, or brings what is told to the training up to date.

        rule: the one by which it may be stopped, where it is not finished.
        """
        if not self.is_finished():
            self.record["prune"] = rule
        files.make_folder(self.folder)
        files.write(f"{self.folder}/config.yaml", configuration)
        # Last: a folder with this file is whole.
        files.write_json(f"{self.folder}/trial.json", self.record)

    def prune(self, epoch, rule):
        files.write_json(f"{self.folder}/pruned.json", {"epoch": epoch, "rule": rule})

    def spare(self):
        """Lets a trial that was stopped go on."""
        files.remove(f"{self.folder}/pruned.json")
