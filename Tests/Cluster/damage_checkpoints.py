"""Damages the newest checkpoint of a run in every way and resumes: it must be refused by name, and the one
before it used."""
import argparse
import concurrent.futures
import functools
import gzip
import os
import random
import shutil

import h5py
import saving

# The newest checkpoint is that of step 4, the one before that of step 2.
# Five steps are an epoch, so that neither is the best, a third name.
SETTINGS = ("checkpoint.every=2", "checkpoint.keep=3", "batch.size=32")


def foreign(folder):
    """Files that are no checkpoints, by what they are."""
    with h5py.File(f"{folder}/plain.h5", "w") as file:
        file["parameters/x"] = [1.0]
        file.attrs["step"] = 4
    with open(f"{folder}/plain.h5", "rb") as file:
        plain = file.read()
    with open("run/last.h5", "rb") as file:
        whole = file.read()
    return {
        "nothing": b"", "text": b"once upon a time\n" * 100, "JSON": b'{"step": 4}\n',
        "zeros": bytes(len(whole)), "an image": b"\x89PNG\r\n\x1a\n" + bytes(999),
        "HDF5 of h5py": plain, "HDF5 without the header": whole[512:],
        "a gzipped checkpoint": gzip.compress(whole, 1), "a checkpoint and more": whole + b"\0",
        "a checkpoint twice": whole + whole,
        "the header of a checkpoint and other HDF5": whole[:512] + plain,
        "a program": b"\x7fELF" + bytes(999),
    }


class Count:
    """What became of the damaged files of one kind."""

    def __init__(self, kind):
        self.kind, self.files, self.refused, self.crashes, self.silent = kind, 0, 0, 0, 0

    def __str__(self):
        return f"{self.kind} {self.files} refused {self.refused}"


def resume(place, folder, contents):
    """Puts the contents in the place of the newest checkpoint of a copy of the run, and resumes it.

    Returns what the program said, and whether it did as it should.
    """
    shutil.copytree("run", folder)
    for name in ("last.h5", "step-00000004.h5"):
        os.unlink(f"{folder}/{name}")
    with open(f"{folder}/step-00000004.h5", "wb") as file:
        file.write(contents)
    os.link(f"{folder}/step-00000004.h5", f"{folder}/last.h5")
    done = place.train(folder, *SETTINGS, arguments=["--resume", "--stop-after", "2"])
    warnings = complaints(done)
    aside = f"{folder}/step-00000004.h5.damaged"
    good = (
        done.returncode == 0 and "at step 2" in done.stdout and len(warnings) == 1
        and f"{folder}/last.h5: " in warnings[0] and os.path.exists(aside)
        and saving.digest(f"{folder}/last.h5") == saving.digest("run/step-00000002.h5"))
    if good:
        with open(aside, "rb") as file:
            good = file.read() == contents
    shutil.rmtree(folder)
    return done, good


def complaints(done):
    return [line for line in done.stderr.splitlines() if line]


def resume_all(place, files):
    """Resumes from each file, given by its kind, what it is and a function that makes it; several at once, as
    a process waits for its disk most of the time. Returns the counts by kind."""
    def one(number):
        return resume(place, f"damaged{number}", files[number][2]())
    counts = {kind: Count(kind) for kind, _, _ in files}
    with concurrent.futures.ThreadPoolExecutor(2 * os.cpu_count()) as pool:
        for (kind, what, _), (done, good) in zip(files, pool.map(one, range(len(files)))):
            count = counts[kind]
            count.files += 1
            count.refused += good
            count.crashes += done.returncode not in (0, 1)
            count.silent += "at step 4" in done.stdout or (done.returncode == 0 and not complaints(done))
            if not good:
                print(f"{what}: status {done.returncode}: {done.stdout}{done.stderr}")
    return counts.values()


def flipped(whole, position, bits):
    changed = bytearray(whole)
    changed[position] ^= bits
    return bytes(changed)


def run(place, flips, cuts, seed):
    dice = random.Random(seed)
    done = place.train("run", *SETTINGS, arguments=["--stop-after", "4"])
    if saving.published("run") != ["last.h5", "step-00000002.h5", "step-00000004.h5"]:
        raise SystemExit(f"damage-checkpoints: no run to damage: {done.stderr}")
    with open("run/last.h5", "rb") as file:
        whole = file.read()
    files = []
    for _ in range(flips):
        position, bits = dice.randrange(len(whole)), dice.randrange(1, 256)
        files.append(("flipped", f"byte {position} ^ {bits}",
                      functools.partial(flipped, whole, position, bits)))
    for _ in range(cuts):
        length = dice.randrange(len(whole))
        files.append(("cut", f"cut to {length}", functools.partial(lambda end: whole[:end], length)))
    for what, contents in foreign(place.folder).items():
        files.append(("foreign", what, functools.partial(bytes, contents)))
    counts = resume_all(place, files)
    crashes, silent = sum(c.crashes for c in counts), sum(c.silent for c in counts)
    print(*counts, f"crashes {crashes} silent {silent}")
    return all(c.refused == c.files for c in counts) and crashes == silent == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("flips", nargs="?", type=int, default=1000)
    parser.add_argument("cuts", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    with saving.workplace(program) as folder:
        good = run(saving.Workplace(program, folder), arguments.flips, arguments.cuts, arguments.seed)
        os.chdir("/")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
