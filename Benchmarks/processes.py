"""Runs a command to its end."""
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What a command left."""

    output: str
    # The most resident memory that one of its processes had, in MB.
    memory: float
    # Cores that all other programs of the machine used meanwhile.
    others: float


def busy():
    """Seconds that the machine's processors have worked."""
    with open("/proc/stat", encoding="utf-8") as file:
        user, nice, system, _, _, *interrupts = map(int, file.readline().split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def variables(changes):
    """The environment of this process with `changes`.

    What it says of OpenBLAS is left out, but for the number of threads: such variables choose the kernels of
    another CPU, for tercet and its peer alike.
    """
    own = {name: value for name, value in os.environ.items()
           if not name.startswith("OPENBLAS_") or name == "OPENBLAS_NUM_THREADS"}
    return {**own, **changes}


class CommandFailed(Exception):
    """A command that did not end well, with the last line that it said."""


def run(command, environment=None):
    """Runs `command`, a list, with `environment` beside what `variables` keeps.

    The memory is that of the largest process among the command and all that it waited for: under a
    launcher, of the largest rank.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began, before = time.monotonic(), busy()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            env=variables(environment or {}))
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            raise
        elapsed, work = time.monotonic() - began, busy() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        printed = output.read()
        if process.returncode != 0:
            said = [line for line in (printed + errors.read()).splitlines() if any(map(str.isalnum, line))]
            raise CommandFailed(said[-1] if said else f"ends with {process.returncode}")
        others = (work - usage.ru_utime - usage.ru_stime) / elapsed
        return Result(printed, usage.ru_maxrss / 1024, max(0.0, others))
