"""A private environment of Python with Optuna and matplotlib, made once for a user."""
import hashlib
import json
import os
import shutil
import subprocess
import sys

from . import files
from .errors import Failure

REQUIREMENTS = ["matplotlib==3.11.2", "optuna==5.0.0"]
HERE = os.path.dirname(os.path.abspath(__file__))


def folder():
    """Where it is: one for each interpreter and list of packages."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    what = "\n".join([sys.version, sys.prefix, *REQUIREMENTS])
    return f"{cache}/tercet/sweep-{hashlib.sha256(what.encode()).hexdigest()[:12]}"


def python(offline=None, say=lambda text: None):
    """The interpreter of the environment, which is made where it is missing.

    offline: a folder of wheels to install from. Raises Failure where it cannot be made.
    """
    path = folder()
    found = f"{path}/bin/python"
    if os.path.exists(f"{path}/ready"):
        return found
    files.make_folder(os.path.dirname(path))
    lock = files.Lock(f"{path}.lock")
    lock.take(waiting=True)
    try:
        if not os.path.exists(f"{path}/ready"):
            say(f"installing {' and '.join(REQUIREMENTS)} into {path}, once")
            shutil.rmtree(path, ignore_errors=True)
            _make(path, offline)
            files.write(f"{path}/ready", "\n".join(REQUIREMENTS) + "\n")
    finally:
        lock.close()
    return found


def _make(path, offline):
    source = ["--no-index", "--find-links", os.path.abspath(offline)] if offline else []
    _run([sys.executable, "-m", "venv", path], "install python3-venv")
    _run([f"{path}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *source,
          *REQUIREMENTS], f"wheels must be in {offline}" if offline else "give --offline DIR, a folder of wheels")


def _run(command, advice):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
        wrong = [line for line in lines if line.startswith("ERROR")] or lines
        raise Failure(f"no environment for Optuna and matplotlib: {wrong[-1].removeprefix('ERROR: ')}; {advice}")


def call(interpreter, script, value):
    """What a script of this folder answers to a value, both as JSON. Raises Failure with its last line."""
    done = subprocess.run(
        [interpreter, "-B", f"{HERE}/{script}"], input=json.dumps(value), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{script}: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
    return json.loads(done.stdout)
