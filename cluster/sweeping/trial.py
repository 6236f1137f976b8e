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

      trial.json     number, values, seed, and the words of its training; there before anything is started
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

    def state(self):
        """What the folder says now."""
        if self.log.is_complete or self.log.refresh().is_complete:
            return State.FINISHED
        if self.is_held():
            return State.RUNNING
        if os.path.exists(f"{self.folder}/pruned.json"):
            return State.PRUNED
        if os.path.exists(f"{self.folder}/failure.json"):
            return State.FAILED
        return State.INTERRUPTED if self.log.exists else State.WAITING

    def begin(self, configuration):
        """Makes the folder, or brings what is told to the training up to date."""
        files.make_folder(self.folder)
        files.write(f"{self.folder}/config.yaml", configuration)
        # Last: a folder with this file is whole.
        files.write_json(f"{self.folder}/trial.json", self.record)

    def prune(self, epoch, rule):
        files.write_json(f"{self.folder}/pruned.json", {"epoch": epoch, "rule": rule})

    def spare(self):
        """Lets a trial that was stopped go on."""
        files.remove(f"{self.folder}/pruned.json")
