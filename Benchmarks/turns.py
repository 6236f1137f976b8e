"""Runs cases in turn: A B C, A B C, …, so that a machine that slows down slows all of them."""
import shlex
from dataclasses import dataclass, field
from typing import Callable

import processes
from figures import Figures

KERNELS = "OPENBLAS_CORETYPE"


@dataclass(frozen=True)
class Case:
    """A command, and what it measures."""

    name: str
    command: list
    # Makes (figure's name, value, unit) of the command's result.
    read: Callable
    environment: dict = field(default_factory=dict)
    # Whether it waits for all its processes; Open MPI does not for those on other hosts.
    waits: bool = True

    @property
    def line(self):
        """What to type: with the variable that chooses the kernels of OpenBLAS, where the case sets it."""
        kernels = self.environment.get(KERNELS)
        return (f"{KERNELS}={kernels} " if kernels else "") + shlex.join(self.command)


def loop(name, command, environment=None, ending=""):
    """A case of `Benchmarks/Sources`, which prints a line for each figure, tabs between name, value and
    unit; `ending` is put behind the names."""
    def read(result):
        for line in result.output.splitlines():
            figure, value, unit = line.split("\t")
            yield figure + ending, float(value), unit

    return Case(name, command, read, environment or {})


def measure(cases, rounds, say):
    """Runs every case `rounds` times.

    One that fails is not run again: the result is the figures, and a line about each such case.
    """
    figures, failures = Figures(), {}
    for turn in range(rounds):
        for case in cases:
            if case.name in failures:
                continue
            try:
                result = processes.run(case.command, case.environment)
                others = result.others if case.waits else 0.0
                say(f"round {turn + 1} of {rounds}: {case.name}"
                    + (f", other programs used {others:.2f} cores" if case.waits else ""))
                for name, value, unit in case.read(result):
                    figures.add(name, value, unit, case.line, others)
            except (processes.CommandFailed, OSError, ValueError, KeyError) as error:
                failures[case.name] = str(error)
                say(f"round {turn + 1} of {rounds}: {case.name} failed: {error}")
    return figures, failures
