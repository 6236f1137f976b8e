"""Has saves fail while a run goes on, by a full disk and by a limit on the size of files, and lets them work
again: nothing may be lost."""
import argparse
import contextlib
import os
import resource
import subprocess

import saving

# A run that goes on long after the trouble has begun.
SETTINGS = ("epochs=40", "checkpoint.every=3", "checkpoint.keep=2", "checkpoint.retry=1")


@contextlib.contextmanager
def small_disk(folder, kilobytes):
    """A file system of that size; fails without root."""
    os.mkdir(folder)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tercet", folder],
        capture_output=True, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


class FullDisk:
    """A file that takes what room there is, but for half a checkpoint's: its numbers fit, the rest does not."""

    ROOM = 200_000

    def __init__(self, path):
        self.path = path

    def begin(self, _):
        with open(self.path, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 12))
        os.truncate(self.path, os.path.getsize(self.path) - self.ROOM)

    def end(self, _):
        os.unlink(self.path)


class SizeLimit:
    """A limit on the size of the files that a process writes; to it, an error of the disk like others."""

    def __init__(self, size):
        self.size = size

    def begin(self, process):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (self.size, resource.RLIM_INFINITY))

    def end(self, process):
        resource.prlimit(
            process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def digests(folder):
    return {name: saving.digest(f"{folder}/{name}") for name in saving.published(folder)}


def is_whole(path):
    try:
        return saving.read_whole(path) > 0
    except (OSError, KeyError, ValueError):
        return False


def fail_for_a_while(place, folder, trouble):
    """Stops a run, resumes it with trouble until the first failed save, and compares its end."""
    first = place.train(folder, *SETTINGS, arguments=["--stop-after", "5"])
    if first.returncode != 0:
        raise SystemExit(f"full-disk: no run to go on with: {first.stderr}")
    before = digests(folder)
    # The signal that such a limit sends is ignored here, and so by the run.
    process = subprocess.Popen(
        place.command(folder, *SETTINGS, arguments=["--resume"]), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, restore_signals=False)
    failures, good = 0, before
    for line in process.stdout:
        if line.startswith("resumed from "):
            trouble.begin(process)
        if "is not saved" not in line:
            continue
        failures += 1
        if failures == 1:
            print(f"  {line.strip()}")
            now = digests(folder)
            good = good and all(
                now.get(name) == digest for name, digest in before.items() if name[:5] == "step-")
            good = good and all(is_whole(f"{folder}/{name}") for name in now)
            trouble.end(process)
    good = good and failures > 0 and process.wait() == 0 and all(
        saving.digest(f"{folder}/{name}") == saving.digest(f"reference/{name}")
        for name in ("last.h5", "best.h5"))
    left = [name for name in os.listdir(folder) if name.startswith(".")]
    return failures, bool(good) and not left


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    program = os.path.abspath(parser.parse_args().program)
    with saving.workplace(program) as folder:
        place = saving.Workplace(program, folder)
        if place.train("reference", *SETTINGS).returncode != 0:
            raise SystemExit("full-disk: no run to compare with")
        failures, good = fail_for_a_while(place, "limited", SizeLimit(100_000))
        print(f"file size limit: failed saves {failures}, nothing lost {good}")
        try:
            with small_disk("disk", 2000):
                failures, full = fail_for_a_while(place, "disk/run", FullDisk("disk/rest"))
            print(f"full disk: failed saves {failures}, nothing lost {full}")
            good = good and full
        except subprocess.CalledProcessError:
            print("full disk: skipped, mounting a small file system needs root")
        os.chdir("/")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
