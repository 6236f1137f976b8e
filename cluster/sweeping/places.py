"""Where trials run: slots on this machine, or on hosts that a command such as ssh reaches."""
import os
import shlex
import subprocess
import sys

from .errors import Failure

RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "runner.py")
# What ssh ends with where it does not reach a host.
UNREACHED = 255


class Slot:
    """Room for one trial at a time. `host` is None for this machine."""

    def __init__(self, host=None, rsh=()):
        self.host = host
        self.rsh = list(rsh)
        # The trial that runs here, its runner, and a descriptor that can be read once that has ended.
        self.trial = self.process = self.end = None
        # How the last runner ended: with its status, or 128 plus the number of a signal.
        self.status = None
        self.is_lost = False

    def start(self, trial):
        """Starts a runner that saves and leaves when `leave` is called or this process dies."""
        python = sys.executable if self.host is None else "python3"
        words = [python, RUNNER, trial.folder, "--tethered"]
        if self.host is not None:
            words = [*self.rsh, self.host, f"exec {shlex.join(words)}"]
        self.trial = trial
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
        self.end = os.pidfd_open(self.process.pid)

    def leave(self):
        """Asks the trial to save and leave."""
        if self.process and not self.process.stdin.closed:
            self.process.stdin.close()

    def kill(self):
        """Ends the trial at once."""
        if self.process:
            self.process.kill()

    def collect(self):
        """The trial that has ended; None while it runs or where there is none."""
        if self.process is None or self.process.poll() is None:
            return None
        ended, code = self.trial, self.process.returncode
        self.status = code if code >= 0 else 128 - code
        self.is_lost = self.host is not None and code == UNREACHED
        self.leave()
        os.close(self.end)
        self.trial = self.process = self.end = None
        return ended


def slots(request):
    """The slots that a request names."""
    if not request.hosts:
        return [Slot() for _ in range(request.jobs)]
    found = []
    for word in request.hosts.split(","):
        host, _, count = word.strip().partition(":")
        if not host or host.startswith("-") or (count and not (count.isdigit() and 0 < int(count) < 1000)):
            raise Failure(f"--hosts {request.hosts}: found '{word}', expected names, as in node1,node2:4")
        found += [Slot(host, shlex.split(request.rsh)) for _ in range(int(count or 1))]
    return found
