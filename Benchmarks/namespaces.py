"""Commands on hosts that are network namespaces of this machine (`Benchmarks/hosts`)."""
import contextlib
import os
import shlex
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class HostsFailed(Exception):
    """Hosts could not be made, with the last line of the reason."""


def control(*arguments):
    done = subprocess.run(
        [f"{HERE}/hosts", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise HostsFailed((done.stderr.strip() or "no reason given").splitlines()[-1])


@contextlib.contextmanager
def hosts(count, scratch):
    """Makes hosts and takes them away; yields the variables that their commands need."""
    file = os.path.join(scratch, "hosts")
    try:
        control("up", str(count), file)
        yield {"TERCET_HOSTS": file}
    finally:
        control("down")


def launch(count, command):
    """The command that runs `command` on so many hosts, a rank on each."""
    names = ",".join(f"tct{i + 1}" for i in range(count))
    launcher = ["mpirun", "-q", "-H", names, "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"]
    for key, value in [("plm_rsh_agent", f"{HERE}/host-shell"), ("btl_tcp_if_include", "eth0"),
                       ("oob_tcp_if_include", "eth0")]:
        launcher += ["--mca", key, value]
    return [f"{HERE}/host-shell", "tct1", shlex.join([*launcher, *command])]
