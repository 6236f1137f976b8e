"""What the proofs of saving and resuming share: a small run, and looks at its checkpoints from outside."""
import hashlib
import os
import re
import subprocess
import sys
import tempfile

import h5py

CONFIGURATION = """
model: {kind: copymtl, hidden: 16, embedding: 8, fusion: 8, triples: 3, dropout: 0.2}
data: {directory: data}
batch: {size: 40}
epochs: 8
optimizer: {rate: 0.02}
evaluation: {match: partial-last}
"""
# A published checkpoint; every other name is none.
PUBLISHED = re.compile(r"(last|best|step-\d{8,})\.h5")


class Workplace:
    """A folder with a sample corpus and the configuration of a small run of 32 steps."""

    def __init__(self, program, folder):
        self.program, self.folder = os.path.abspath(program), folder
        os.chdir(folder)
        with open("config.yaml", "w", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        done = subprocess.run(
            [self.program, "data", "synthesize", "--seed", "1", "--sentences", "200", "--out", "data"],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"no corpus: {done.stderr.strip()}")

    def command(self, folder, *settings, arguments=()):
        sets = [word for setting in settings for word in ("--set", setting)]
        return [self.program, "train", "config.yaml", "--checkpoints", folder, *sets, *arguments]

    def train(self, folder, *settings, arguments=()):
        return subprocess.run(
            self.command(folder, *settings, arguments=arguments),
            capture_output=True, text=True, check=False)

    def reference(self):
        """Trains without a stop, saving every step; returns the digest of each step's checkpoint."""
        done = self.train("reference", "checkpoint.every=1", "checkpoint.keep=1000")
        if done.returncode != 0:
            sys.exit(f"the run to compare with failed: {done.stderr.strip()}")
        return {step_of(name): digest(f"reference/{name}") for name in published("reference")
                if name.startswith("step-")}


def workplace(program):
    """A context that yields the name of a folder for a Workplace."""
    if not os.access(program, os.X_OK):
        sys.exit(f"{program}: no such program")
    return tempfile.TemporaryDirectory(prefix="tercet-saving-")


def published(folder):
    return sorted(name for name in os.listdir(folder) if PUBLISHED.fullmatch(name))


def step_of(name):
    return int(re.sub(r"\D", "", name[:-3]))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_whole(path):
    """Has h5py read all of a checkpoint, which checks every chunk; returns the step that it names.

    Raises OSError, KeyError or ValueError where something cannot be read.
    """
    with h5py.File(path, "r") as file:
        file.visititems(lambda _, thing: thing[()] if isinstance(thing, h5py.Dataset) else None)
        return int(file.attrs["step"])
