"""A folder in which sweeps of tercet's stand-in run, for tests."""
import contextlib
import json
import os
import subprocess
import sys
import time

import sweeping_path
from sweeping.trial import Trial

STANDIN = str(sweeping_path.HERE / "standin")
SWEEP = str(sweeping_path.CLUSTER / "sweep")
LIMIT = 300


class Place:
    """A folder with scores of λ 0, 1 and 3 and two seeds, and a sweep in its folder `out`."""

    def __init__(self, folder):
        self.folder = folder
        with open(self.path("config.yaml"), "w", encoding="utf-8"):
            pass
        self.write("scores.json", json.dumps({
            f"{value} {seed}": [round(level * (epoch + 1) / 10 + seed / 1000, 4) for epoch in range(10)]
            for value, level in (("0", .3), ("1", .6), ("3", .5), ("9", .1)) for seed in (1, 2)}))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def command(self, *options, grid="lambda=0,1,3"):
        return [sys.executable, "-B", SWEEP, "config.yaml", "--out", "out", "--grid", grid, "--seeds", "1-2",
                "--tercet", STANDIN, "--no-plots", *options]

    def start(self, *options, **more):
        return subprocess.Popen(
            self.command(*options, **more), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)

    def run(self, *options, status=0, **more):
        with self.start(*options, **more) as process:
            said, complained = process.communicate(timeout=LIMIT)
        assert process.returncode == status, (process.returncode, said, complained)
        return said + complained

    def trial(self, value, seed):
        return Trial(self.path(f"out/trials/model.lambda={value},seed={seed}"))

    def log(self, value, seed):
        with contextlib.suppress(FileNotFoundError), open(self.trial(value, seed).log.path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
        return []

    def steps(self, value, seed):
        return [entry["step"] for entry in self.log(value, seed) if entry["event"] == "step"]

    def await_hold(self, value, seed):
        """Returns when a training has come to its hold."""
        path = f"{self.trial(value, seed).folder}/output.log"
        wait(lambda: os.path.exists(path) and "held" in files_text(path))

    def tables(self):
        return [self.read(f"out/{name}") for name in ("table.md", "table.csv", "trials.csv", "best.yaml")]


def files_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def wait(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it does not come to pass"
        time.sleep(0.01)
