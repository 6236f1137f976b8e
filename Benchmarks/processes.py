"""Runs a command to its end."""
import os
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What a command printed, and the most resident memory that one of its processes had, in MB."""

    output: str
    memory: float


class CommandFailed(Exception):
    """A command that did not end well, with the last line that it said."""


def run(command, environment=None):
    """Runs `command`, a list, with `environment` beside that of this process; a variable that is None
    there is not set.

    The memory is that of the largest process among the command and all that it waited for: under a
    launcher, of the largest rank.
    """
    variables = {**os.environ, **(environment or {})}
    variables = {name: value for name, value in variables.items() if value is not None}
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            env=variables)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        printed = output.read()
        if process.returncode != 0:
            said = [line for line in (printed + errors.read()).splitlines() if line.strip()]
            raise CommandFailed(said[-1] if said else f"ends with {process.returncode}")
        return Result(printed, usage.ru_maxrss / 1024)
