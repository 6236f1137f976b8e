#!/usr/bin/env python3
"""Runs one trial of a sweep to its end: runner.py FOLDER [--tethered]
                                         runner.py --element TRIALS     (of a Slurm array: the trial of that number)

Training goes on from what the folder holds. It is asked to save and leave, by SIGUSR1, when pruned.json comes, when
the runner gets a signal, and, tethered, when the runner's input ends, as it does with the process that started it, on
this host or another. Under Slurm an element that saved and left goes back into the queue.

Ends with the status of the training, 128 plus the number of a signal, or 3 where another runner has the folder.
"""
import ctypes
import os
import select
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# pylint: disable=wrong-import-position
from sweeping import files  # noqa: E402
from sweeping.errors import Failure  # noqa: E402
from sweeping.trial import State, Trial  # noqa: E402

RESUMABLE, BUSY = 75, 3
REQUESTS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
# Seconds from one look at pruned.json to the next.
GLANCE = 0.1


def die_with_parent():
    """Has the system send SIGUSR1 to this process when its parent dies; its signals are those of a fresh one."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGUSR1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


class Training:
    """The training of a trial, as a process in a session of its own, so that a terminal's Ctrl-C does not reach it."""

    def __init__(self, trial, lock):
        self.output = f"{trial.folder}/output.log"
        self.began = os.path.getsize(self.output) if os.path.exists(self.output) else 0
        with open(self.output, "ab") as file:
            # It has the lock as long as it lives, whatever becomes of the runner.
            self.process = subprocess.Popen(
                trial.record["command"], cwd=trial.record["directory"], stdin=subprocess.DEVNULL, stdout=file,
                stderr=file, start_new_session=True, pass_fds=[lock.descriptor], preexec_fn=die_with_parent)
        self.end = os.pidfd_open(self.process.pid)
        self.was_asked = False

    def leave(self):
        self.was_asked = True
        self.process.send_signal(signal.SIGUSR1)

    def last_line(self):
        """What it said of its end: its last line, tercet's own before others."""
        with open(self.output, "rb") as file:
            file.seek(self.began)
            text = file.read().decode(errors="replace")
        lines = [line.strip() for line in text.replace("\r", "\n").splitlines() if line.strip()]
        own = [line for line in lines if line.startswith("tercet")]
        return (own or lines or ["it said nothing"])[-1].removeprefix("tercet: ")[:500]


def watch(training, trial, is_tethered, wakeup):
    """Returns the training's status when it has ended; asks it to leave where the trial is pruned or to be left."""
    waiting = select.poll()
    for descriptor in [training.end, wakeup, *([0] if is_tethered else [])]:
        waiting.register(descriptor, select.POLLIN)
    pruned = f"{trial.folder}/pruned.json"
    while training.process.poll() is None:
        for descriptor, _ in waiting.poll(1000 * GLANCE):
            if descriptor == 0 and os.read(0, 1024) == b"":
                waiting.unregister(0)
                training.leave()
            elif descriptor == wakeup and set(os.read(wakeup, 64)) & set(REQUESTS):
                training.leave()
        if not training.was_asked and os.path.exists(pruned):
            training.leave()
    status = training.process.returncode
    return status if status >= 0 else 128 - status


def listen():
    """From now on a signal's number can be read from the descriptor that is returned."""
    entrance, wakeup = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)[::-1]
    signal.set_wakeup_fd(entrance)
    for number in REQUESTS:
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    return wakeup


def take(lock):
    end = time.monotonic() + files.PATIENCE
    while not lock.take():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def fail(trial, status, line):
    """Writes how a training ended, or says it where the disk has no room for that; returns the status."""
    try:
        files.write_json(f"{trial.folder}/failure.json", {"status": status, "line": line})
    except Failure as refused:
        print(f"sweep: {trial.name}: {line}; {refused}", file=sys.stderr)
    return status


def run(folder, is_tethered=False):
    """Runs a trial; returns the status of the training."""
    wakeup = listen()
    trial = Trial(folder)
    lock = files.Lock(f"{folder}/lock")
    if not take(lock):
        return BUSY
    if trial.log.refresh().is_complete or os.path.exists(f"{folder}/pruned.json"):
        return 0
    files.remove(f"{folder}/failure.json")
    try:
        training = Training(trial, lock)
    except OSError as error:
        return fail(trial, 127, f"{trial.record['command'][0]}: {error.strerror}")
    status = watch(training, trial, is_tethered, wakeup)
    return status if status in (0, RESUMABLE) else fail(trial, status, training.last_line())


def element(folder):
    """Runs the trial whose number is that of this element, and puts the element back where the trial can go on."""
    number = int(os.environ["SLURM_ARRAY_TASK_ID"])
    found = [f"{folder}/{name}" for name in os.listdir(folder) if os.path.exists(f"{folder}/{name}/trial.json")]
    chosen = [path for path in found if Trial(path).number == number]
    if not chosen:
        raise Failure(f"{folder}: no trial has number {number}")
    status = run(chosen[0])
    if status in (RESUMABLE, BUSY) and Trial(chosen[0]).outcome() is not State.PRUNED:
        job = f"{os.environ['SLURM_ARRAY_JOB_ID']}_{number}"
        subprocess.run(["scontrol", "requeue", job], check=False)
    return status


def main(words):
    try:
        if len(words) == 2 and words[0] == "--element":
            return element(words[1])
        if words and not words[0].startswith("-") and words[1:] in ([], ["--tethered"]):
            return run(words[0], bool(words[1:]))
        raise Failure(__doc__.splitlines()[0])
    except Failure as failure:
        print(f"sweep: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
