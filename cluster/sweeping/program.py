"""tercet as the sweep sees it: what it makes of a configuration."""
import os
import re
import shutil
import subprocess

from .errors import Failure

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
# Two trainings that differ in these alone have the same result.
FREE = re.compile(r"(threads|oversubscribe|(checkpoint|log|watchdog)\..*)$")


def find(given):
    """The program: the one that was named, the one built here, or that of PATH."""
    built = f"{TOP}/.build/release/tercet"
    found = given or os.environ.get("TERCET") or (built if os.access(built, os.X_OK) else shutil.which("tercet"))
    if not found:
        raise Failure("no tercet built here or in PATH; give --tercet FILE, or build: swift build -c release")
    if not (os.path.isfile(found) and os.access(found, os.X_OK)):
        raise Failure(f"--tercet {found}: no program; build it with: swift build -c release")
    return os.path.realpath(found)


def flatten(text):
    """The keys, with dots, and values of a configuration as tercet prints it."""
    values, section = {}, ""
    for line in text.splitlines():
        name, _, value = line.strip().partition(":")
        if not value.strip():
            section = f"{name}."
        elif line.startswith(" "):
            values[section + name] = value.strip()
        else:
            values[name] = value.strip()
    return values


def identity(text):
    """What decides the result of a training."""
    return {key: value for key, value in flatten(text).items() if not FREE.match(key)}


class Program:
    """tercet with the configuration file of a sweep and what is set for all its trials."""

    def __init__(self, tercet, configuration, settings):
        self.tercet = tercet
        self.configuration = configuration
        self.settings = settings

    def resolve(self, settings):
        """The configuration, as text, with `settings` of the form KEY=VALUE, and tercet's notes.

        Raises Failure with tercet's own line where it refuses.
        """
        words = [f"--set={setting}" for setting in [*self.settings, *settings]]
        try:
            done = subprocess.run(
                [self.tercet, "train", self.configuration, *words, "--print-config"], stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False)
        except OSError as error:
            raise Failure(f"{self.tercet}: cannot be started: {error.strerror}") from error
        lines = done.stderr.strip().splitlines()
        if done.returncode != 0:
            reason = [line for line in lines if not line.startswith("note:")] or ["no reason given"]
            raise Failure(reason[-1].removeprefix("tercet: "))
        if "seed" not in flatten(done.stdout):
            raise Failure(f"{self.tercet} --print-config printed no configuration; it must be tercet")
        return done.stdout, lines

    def key(self, name, value):
        """The whole name of a key, such as model.lambda for lambda."""
        _, notes = self.resolve([f"{name}={value}"])
        for note in notes:
            found = re.fullmatch(r"note: --set (.+) is taken for '(.+)'", note)
            if found and found[1] == name:
                return found[2]
        return name
