"""How far a training is, by its run log."""
import json
import os

# The endings of a run that has nothing left to do.
COMPLETE = ("all epochs", "patience")


class RunLog:
    """What a run log says; `refresh` reads what has been added.

    After a kill training repeats the steps behind its last checkpoint, with the same numbers: each counts once.
    """

    def __init__(self, path):
        self.path = path
        self._clear()

    def _clear(self):
        self.offset = 0
        # By epoch, from 1: (precision, recall, F1) on the development split.
        self.scores = {}
        # By epoch: F1 of the tags, or None where the model has none.
        self.tag_scores = {}
        # By epoch: the number of its steps, and by name the sums of their losses and how many have one.
        self.losses = {}
        # The last step, and all steps that were made, repeated ones included.
        self.step = self.trained = 0
        self.sentences = None
        self.ending = None
        self.exists = False

    @property
    def is_complete(self):
        return self.ending in COMPLETE

    def refresh(self):
        """Reads the whole lines that were written since; returns itself."""
        try:
            with open(self.path, "rb") as file:
                if os.fstat(file.fileno()).st_size < self.offset:
                    self._clear()
                self.exists = True
                file.seek(self.offset)
                data = file.read()
        except FileNotFoundError:
            self._clear()
            return self
        end = data.rfind(b"\n") + 1
        self.offset += end
        for line in data[:end].splitlines():
            self._take(line)
        return self

    def _take(self, line):
        # A lost host may cut a line short.
        try:
            entry = json.loads(line)
        except ValueError:
            return
        event = entry.get("event")
        if event == "start":
            self.ending, self.sentences = None, entry.get("sentences")
        elif event == "end":
            self.ending = entry["ending"]
        elif event == "evaluation":
            self.scores[entry["epoch"] + 1] = (entry["precision"], entry["recall"], entry["f1"])
            self.tag_scores[entry["epoch"] + 1] = entry.get("tag_f1")
        elif event == "step":
            self._count(entry)

    def _count(self, entry):
        self.trained += 1
        if entry["step"] <= self.step:
            return
        self.step = entry["step"]
        count, sums = self.losses.get(entry["epoch"] + 1, (0, {}))
        for name, value in entry.items():
            if name.startswith("L_") and value is not None:
                total, steps = sums.get(name, (0, 0))
                sums[name] = total + value, steps + 1
        self.losses[entry["epoch"] + 1] = count + 1, sums

    def best_epoch(self, until=None):
        """The first epoch with the best F1 of those up to `until`; None where none was scored."""
        known = [epoch for epoch in sorted(self.scores) if until is None or epoch <= until]
        return max(known, key=lambda epoch: self.scores[epoch][2], default=None)

    def has_reached(self, epoch):
        """Whether the score at an epoch is known, or training ended before it for want of a better one."""
        return self.is_complete or any(scored >= epoch for scored in self.scores)

    def best_by(self, epoch):
        """The best F1 up to an epoch that was reached."""
        best = self.best_epoch(epoch)
        return None if best is None else self.scores[best][2]

    def mean_losses(self, epoch):
        """The mean of each loss over the steps of an epoch that have it."""
        _, sums = self.losses.get(epoch, (0, {}))
        return {name: total / steps for name, (total, steps) in sorted(sums.items())}
