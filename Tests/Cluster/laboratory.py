"""Commands on hosts that `cluster/lab` makes."""
import contextlib
import os
import shlex
import subprocess

# The folder of what users of a cluster run.
CLUSTER = os.path.abspath(f"{os.path.dirname(__file__)}/../../cluster")
LAB = os.path.join(CLUSTER, "lab")
# What mpirun and `cluster/run` take for ssh.
AGENT = f"{LAB} shell"
FILE = "/run/tercet-lab/hosts"


class LabFailed(Exception):
    """Hosts could not be made or changed, with the last line of the reason."""


def control(*arguments):
    done = subprocess.run([LAB, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabFailed((done.stderr.strip() or "no reason given").splitlines()[-1])
    return done.stdout.strip()


@contextlib.contextmanager
def hosts(count, *options):
    """Makes hosts and takes them away; `options` are those of `cluster/lab up`."""
    control("up", str(count), *options)
    try:
        yield
    finally:
        control("down")


def shell(host, command):
    """The command that runs `command`, a list, on a host."""
    return [LAB, "shell", host, shlex.join(command)]


def launch(count, command):
    """The command that runs `command` on so many hosts, a rank on each."""
    names = ",".join(f"node{i + 1}" for i in range(count))
    launcher = ["mpirun", "-q", "-H", names, "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"]
    for key, value in [("plm_rsh_agent", AGENT), ("btl_tcp_if_include", "eth0"),
                       ("oob_tcp_if_include", "eth0")]:
        launcher += ["--mca", key, value]
    return shell("node1", [*launcher, *command])
