"""What the checks of this folder have in common: a small model, a quiet run, and a run on hosts of the lab."""
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

import laboratory
from laboratory import CLUSTER

CONFIGURATION = """\
model:
  kind: copymtl
  hidden: {width}
  embedding: 8
  fusion: 8
  triples: 3
  dropout: 0.2
data:
  directory: {folder}/private/data
  vectors: {folder}/private/vectors.txt
batch:
  size: 20
checkpoint:
  every: {every}
epochs: {epochs}
"""

VECTORS = {"the": "0.5", "of": "-0.25", "in": "0.125"}


def fail(text):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {text}")


def say(text):
    print(text, file=sys.stderr, flush=True)


def count(default, about, needs_root=True):
    """The only argument of a check, a number; `about` is its help."""
    given = sys.argv[1:]
    if given in (["--help"], ["-h"]):
        print(about)
        sys.exit()
    if len(given) > 1 or not all(word.isdigit() and int(word) > 0 for word in given):
        fail(f"'{' '.join(given)}' is no number from 1; see --help")
    if needs_root and os.geteuid() != 0:
        fail("hosts are network namespaces, which root alone can make")
    return int(given[0]) if given else default


def program():
    """Builds tercet and returns its path."""
    script = """source "$0/ground.sh" && install_packages "${packages[@]}" >&2 && find_swift &&
      swift build -c release --product tercet >&2 && swift build -c release --show-bin-path"""
    built = subprocess.run(
        ["bash", "-c", script, CLUSTER], stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode != 0:
        fail("tercet could not be built")
    return os.path.realpath(built.stdout.strip() + "/tercet")


class Place:
    """A folder with a corpus and a configuration. In its `private` only the first host sees anything."""

    def __init__(self, folder, tercet, epochs, every, width=16, sentences=200):
        self.folder, self.tercet = folder, tercet
        self.private = f"{folder}/private"
        self.configuration = f"{folder}/small.yaml"
        os.mkdir(self.private)
        self.configure(epochs, every, width)
        with open(f"{self.private}/vectors.txt", "w", encoding="utf-8") as file:
            file.writelines(f"{word} {' '.join([value] * 8)}\n" for word, value in VECTORS.items())
        self.quietly("data", "synthesize", "--seed", "1", "--sentences", str(sentences), "--out",
                     f"{self.private}/data")

    def configure(self, epochs, every, width=16):
        """An epoch of 200 sentences is eight steps; a checkpoint comes every so many."""
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(
                folder=self.folder, epochs=epochs, every=every, width=width))

    def quietly(self, *arguments):
        done = subprocess.run(
            [self.tercet, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            fail(f"tercet {arguments[0]}: {done.stderr.strip()}")

    def path(self, run):
        """The folder of a run's checkpoints."""
        return f"{self.private}/{run}"

    def train(self, run, *arguments):
        """The words of a training that writes to the folder of `run`."""
        return ["train", self.configuration, "--checkpoints", self.path(run), *arguments]

    def on_hosts(self, run, *arguments, restarts=3, agent=laboratory.AGENT, **options):
        """Starts `cluster/run` on all hosts of the lab."""
        command = [f"{CLUSTER}/run", "--hostfile", laboratory.FILE, "--rsh", agent,
                   "--interface", "eth0", "--shared-cores", "--restarts", str(restarts),
                   "--tercet", self.tercet, "--", *self.train(run, *arguments)]
        return subprocess.Popen(laboratory.shell("node1", command), **options)

    def on_ranks(self, run, **options):
        """Starts training on two ranks of this machine."""
        return subprocess.Popen(
            ["bash", "-c", 'source "$0/common.sh" && exec "$@"', CLUSTER, "mpirun", "-q", "--oversubscribe",
             "--bind-to", "none", "-n", "2", self.tercet, *self.train(run)], **options)

    def log(self, run):
        """The entries of a run's log; a line that the end of a rank has cut short is none."""
        with contextlib.suppress(FileNotFoundError), \
                open(f"{self.path(run)}/run.jsonl", encoding="utf-8") as file:
            for line in file:
                with contextlib.suppress(json.JSONDecodeError):
                    yield json.loads(line)

    def same(self, one, other):
        """Whether two runs ended with the same bytes."""
        names = ["last.h5", "best.h5"]
        return all(contents(f"{self.path(one)}/{name}") == contents(f"{self.path(other)}/{name}")
                   for name in names)

    def damaged(self, run):
        """The checkpoints of a folder that tercet refuses; one that is replaced meanwhile is none."""
        bad = []
        for name in sorted(os.listdir(self.path(run)) if os.path.isdir(self.path(run)) else []):
            path = f"{self.path(run)}/{name}"
            if name.endswith(".h5") and not name.startswith("."):
                done = subprocess.run([self.tercet, "inspect", path], capture_output=True, check=False)
                if done.returncode != 0 and os.path.exists(path):
                    bad.append(name)
        return bad


def contents(path):
    with open(path, "rb") as file:
        return file.read()


@contextlib.contextmanager
def lab(hosts, *, epochs, every, width=16):
    """So many hosts, and a place on them; both are taken away."""
    tercet = program()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder, tercet, epochs, every, width)
        try:
            with laboratory.hosts(hosts, "--private", place.private):
                yield place
        except laboratory.LabFailed as error:
            fail(f"the lab: {error}")


def processes(program):
    """The living processes of a program on all hosts, by id: the host."""
    found = {}
    for host in os.listdir("/run/netns"):
        done = subprocess.run(
            ["ip", "netns", "pids", host], capture_output=True, text=True, check=False)
        for pid in done.stdout.split():
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/exe") == program:
                    found[int(pid)] = host
    return found


def rank_of(process):
    """The rank that a process was started as; none where it has ended or is none, as a reader of a file."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/environ", "rb") as environment:
        for entry in environment.read().split(b"\0"):
            name, _, value = entry.partition(b"=")
            if name == b"OMPI_COMM_WORLD_RANK":
                return int(value)
    return None


def rank_process(launcher, rank):
    """The process of a rank of a job of this machine."""
    with open(f"/proc/{launcher}/task/{launcher}/children", encoding="utf-8") as file:
        for child in file.read().split():
            if rank_of(child) == rank:
                return int(child)
    fail(f"rank {rank} has no process")


def wait_for(condition, seconds, what):
    """Returns once `condition()` holds, with how long that took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            fail(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - began


def last_step(place, run):
    return max((entry["step"] for entry in place.log(run)), default=0)
