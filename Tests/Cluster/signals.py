"""Signals to training runs: signals.py TERCET N [SEED]  (see Tests/Cluster/signals)."""
import collections
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import h5py
from proving import rank_process

RANKS = 2
EPOCHS = 6
STEPS = 8
CONFIGURATION = f"""
model: {{kind: copymtl, hidden: 128, embedding: 16, fusion: 16, triples: 3, dropout: 0.2, teacherForcing: 1}}
data: {{directory: data}}
batch: {{size: 20}}
checkpoint: {{every: 7}}
epochs: {EPOCHS}
"""
# To whom, and what.
WAYS = [("mpirun", signal.SIGUSR1), ("rank 0", signal.SIGUSR1), ("rank 1", signal.SIGUSR1),
        ("rank 0", signal.SIGTERM), ("rank 1", signal.SIGTERM), ("rank 1", signal.SIGINT), ("rank 0", signal.SIGHUP)]


class Failed(Exception):
    """What a run did that it should not have done."""


@contextlib.contextmanager
def following(path, begin, process):
    """The lines that are written to a run log behind byte `begin`, as they come, until the run ends."""
    tail = subprocess.Popen(
        ["tail", "-c", f"+{begin + 1}", "-f", path],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ending = threading.Thread(target=lambda: (process.wait(), tail.kill()))
    ending.start()
    try:
        yield map(json.loads, tail.stdout)
    finally:
        process.wait()
        ending.join()
        tail.wait()
        tail.stdout.close()


def make_corpus(tercet, folder):
    """A development split of several batches, and a training split of few."""
    subprocess.run(
        [tercet, "data", "synthesize", "--seed", "1", "--sentences", "4000", "--out", "data"],
        cwd=folder, check=True, stdout=subprocess.DEVNULL)
    path = os.path.join(folder, "data/train.jsonl")
    with open(path, encoding="utf-8") as file:
        lines = [next(file) for _ in range(20 * STEPS)]
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)
    with open(os.path.join(folder, "config.yaml"), "w", encoding="utf-8") as file:
        file.write(CONFIGURATION)


def log_of(folder, run):
    """Where a run's log is and where it ends; only a file that exists is followed without delay."""
    path = os.path.join(folder, run, "run.jsonl")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab") as file:
        return path, file.tell()


def start(tercet, folder, run, output):
    return subprocess.Popen(
        ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1",
         "-n", str(RANKS), tercet, "train", "config.yaml", "--checkpoints", run, "--resume"],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def send(way, process):
    whom, number = way
    os.kill(process.pid if whom == "mpirun" else rank_process(process.pid, int(whom[5:])), number)


def logged_step(path):
    """The last step of a run log."""
    with open(path, encoding="utf-8") as file:
        whole = [line for line in file if line.endswith("\n")]
    return max(json.loads(line).get("step", 0) for line in whole)


def disturb(entries, path, process, way, lines):
    """Lets a run write so many lines and signals it at a random moment before its next one.

    Returns the last step that was logged before, and the last one when the signal had been sent.
    """
    times = [time.monotonic()]
    for entry in entries:
        times.append(time.monotonic())
        lines -= entry["event"] in ("step", "evaluation")
        if lines == 0:
            # Where in the step the signal falls; nothing waits for it.
            time.sleep(random.uniform(0, min(times[-1] - times[-2], 0.1)))
            before = logged_step(path)
            send(way, process)
            return before, logged_step(path)
    raise Failed("the run ended before it was signalled")


def saved_step(path):
    with h5py.File(path, "r") as file:
        return int(file.attrs["step"])


def signalled(tercet, folder, run, way):
    """A run that is started, signalled and ended; returns what it was doing and how far it came."""
    path, begin = log_of(folder, run)
    with tempfile.TemporaryFile("w+") as output:
        process = start(tercet, folder, run, output)
        with following(path, begin, process) as entries:
            before, after = disturb(entries, path, process, way, random.randint(1, STEPS))
        output.seek(0)
        text = output.read()
    with open(path, "rb") as file:
        file.seek(begin)
        lines = [json.loads(line) for line in file]
    name = f"{way[1].name} to {way[0]} after step {before}"
    end = lines[-1]
    if process.returncode != 75 or end.get("ending") != way[1].name:
        raise Failed(f"{name}: status {process.returncode}, last line {end}\n{text}")
    during = next(entry["during"] for entry in lines if entry["event"] == "signal")
    saved = saved_step(os.path.join(folder, run, "last.h5"))
    # It falls into the step that follows `after`, or, behind that one's agreement, into the next. mpirun
    # passes it on when it comes to it.
    latest = after + 2 if way[0] != "mpirun" else EPOCHS * STEPS
    if not before <= saved == end["step"] <= latest:
        raise Failed(f"{name}: saved step {saved}, ended with {end['step']}, expected {latest}")
    return during, saved


def same(folder, run):
    """Whether a run has ended as the one that was not disturbed."""
    def read(name, file):
        with open(os.path.join(folder, name, file), "rb") as opened:
            return opened.read()
    return all(read(run, file) == read("whole", file) for file in ("last.h5", "best.h5"))


def finish(tercet, folder, run):
    """Lets a run come to its end."""
    with tempfile.TemporaryFile("w+") as output:
        if start(tercet, folder, run, output).wait() != 0:
            output.seek(0)
            raise Failed(f"{run} did not end well\n{output.read()}")


def impatient(tercet, folder):
    """A run that cannot agree, since a rank is stopped, and whose other rank gets signals until it ends."""
    with tempfile.TemporaryFile("w+") as output:
        path, begin = log_of(folder, "impatient")
        process = start(tercet, folder, "impatient", output)
        with following(path, begin, process) as entries:
            next(entry for entry in entries if entry.get("step") == STEPS + 1)
            os.kill(rank_process(process.pid, 1), signal.SIGSTOP)
            first = rank_process(process.pid, 0)
            with contextlib.suppress(ProcessLookupError):
                while True:
                    os.kill(first, signal.SIGUSR1)
    finish(tercet, folder, "impatient")
    expected = 128 + signal.SIGUSR1
    if process.returncode != expected or not same(folder, "impatient"):
        raise Failed(f"a second signal: status {process.returncode}, expected {expected}")


def terminated(tercet, folder):
    """A run whose launcher is asked to end, which gives its ranks a second or two."""
    with tempfile.TemporaryFile("w+") as output:
        path, begin = log_of(folder, "terminated")
        process = start(tercet, folder, "terminated", output)
        with following(path, begin, process) as entries:
            next(entry for entry in entries if entry.get("step") == STEPS + 1)
            process.terminate()
    finish(tercet, folder, "terminated")
    if process.returncode == 0 or not same(folder, "terminated"):
        raise Failed(f"SIGTERM to mpirun: status {process.returncode}, or another end")


def signals(tercet, folder, count):
    """Signals so many runs; each after the first was resumed, until a chain of them comes to its end."""
    during, identical, chains, sent = collections.Counter(), 0, 0, 0
    while sent < count:
        run, step, before = f"run{chains}", 0, sent
        while step < (EPOCHS - 2) * STEPS and sent < count:
            activity, step = signalled(tercet, folder, run, WAYS[sent % len(WAYS)])
            during[activity] += 1
            sent += 1
        finish(tercet, folder, run)
        identical += (sent - before) * same(folder, run)
        chains += 1
    print(", ".join(f"during {name} {number}" for name, number in sorted(during.items())))
    print(f"signals {sent} saved {sent} exit75 {sent} identical {identical}")
    return identical == sent


def main(tercet, count, seed=None):
    random.seed(seed)
    # mpirun leaves signals blocked that whoever started this script has blocked.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    with tempfile.TemporaryDirectory() as folder:
        try:
            make_corpus(tercet, folder)
            finish(tercet, folder, "whole")
            impatient(tercet, folder)
            terminated(tercet, folder)
            sys.exit(0 if signals(tercet, folder, int(count)) else 1)
        except Failed as failure:
            sys.exit(f"signals: {failure}")


if __name__ == "__main__":
    main(*sys.argv[1:])
