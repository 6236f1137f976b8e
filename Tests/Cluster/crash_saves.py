"""Kills a run that saves without pause, again and again, and looks at what it has published."""
import argparse
import ctypes
import os
import random
import select
import shutil
import subprocess

import saving

CREATED, MODIFIED, CLOSED, MOVED, REMOVED = 0x100, 0x2, 0x8, 0x80, 0x200
SETTINGS = ("checkpoint.every=1", "checkpoint.keep=2")


class Watch:
    """Counts what happens in a folder: files made, written to, closed, renamed, removed."""

    def __init__(self, folder):
        library = ctypes.CDLL(None, use_errno=True)
        self.descriptor = library.inotify_init1(os.O_CLOEXEC)
        if self.descriptor < 0 or library.inotify_add_watch(
                self.descriptor, folder.encode(), CREATED | MODIFIED | CLOSED | MOVED | REMOVED) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def await_events(self, count, process):
        """Returns after so many events, or when the process has ended."""
        ended = os.pidfd_open(process.pid)
        try:
            while count > 0:
                ready, _, _ = select.select([self.descriptor, ended], [], [])
                if ended in ready:
                    return
                buffer, offset = os.read(self.descriptor, 1 << 16), 0
                while offset < len(buffer):
                    offset += 16 + int.from_bytes(buffer[offset + 12:offset + 16], "little")
                    count -= 1
        finally:
            os.close(ended)

    def close(self):
        os.close(self.descriptor)


def check(folder, steps):
    """Looks at every published name; returns the counts of unreadable and mixed ones and the last step."""
    unreadable = mixed = 0
    last = 0
    for name in saving.published(folder):
        path = f"{folder}/{name}"
        try:
            step = saving.read_whole(path)
        except (OSError, KeyError, ValueError) as error:
            print(f"unreadable: {path}: {error}")
            unreadable += 1
            continue
        wrong_name = name.startswith("step-") and saving.step_of(name) != step
        if wrong_name or saving.digest(path) != steps.get(step):
            print(f"mixed: {path} says it is of step {step}")
            mixed += 1
        last = max(last, step)
    return unreadable, mixed, last


def kill_once(place, dice):
    """Starts or resumes the run and kills it at a random event of its saves; whether it was still running."""
    watch = Watch("run")
    command = place.command("run", *SETTINGS, arguments=["--resume"])
    with open("output", "w", encoding="utf-8") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        watch.await_events(dice.randrange(1, 150), process)
        process.kill()
        status = process.wait()
    watch.close()
    if status not in (0, -9):
        with open("output", encoding="utf-8") as output:
            raise SystemExit(f"crash-saves: the run ended with status {status}: {output.read()}")
    return status == -9


def finish(steps):
    """Expects the end of the run, and nothing that the killed ones left half-made."""
    names = sorted(name for name in os.listdir("run") if name != "run.jsonl")
    if names != saving.published("run"):
        raise SystemExit(f"crash-saves: leftovers among {names}")
    bad, wrong, last = check("run", steps)
    if bad or wrong or last != max(steps):
        raise SystemExit(f"crash-saves: the run ended at step {last} of {max(steps)}")


def launcher():
    """Has the last resumption run on three ranks, where there is an mpirun."""
    if shutil.which("mpirun") is None:
        return []
    return ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1",
            "-n", "3"]


def run(place, kills, seed):
    steps, dice = place.reference(), random.Random(seed)
    killed = unreadable = mixed = lost = finished = last = 0
    os.mkdir("run")
    while killed < kills:
        was_killed = kill_once(place, dice)
        bad, wrong, now = check("run", steps)
        killed, unreadable, mixed = killed + was_killed, unreadable + bad, mixed + wrong
        lost += now < last
        last = now
        if not was_killed:
            finish(steps)
            finished, last = finished + 1, 0
            shutil.rmtree("run")
            os.mkdir("run")
    done = subprocess.run(
        launcher() + place.command("run", *SETTINGS, arguments=["--resume"]), capture_output=True,
        text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"crash-saves: the last resumption failed: {done.stderr}")
    finish(steps)
    finished += 1
    print(f"kills {killed} unreadable {unreadable} mixed {mixed} lost {lost}; "
          f"{finished} runs came to their end, each with the bytes of one that nobody killed")
    return unreadable == mixed == lost == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("kills", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    with saving.workplace(program) as folder:
        good = run(saving.Workplace(program, folder), arguments.kills, arguments.seed)
        os.chdir("/")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
