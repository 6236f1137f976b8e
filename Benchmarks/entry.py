"""What the commands of this folder have in common."""
import argparse
import json
import os
import subprocess
import sys


def fail(text):
    sys.exit(f"Benchmarks: {text}")


def say(text):
    print(text, file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        fail(message)


def count(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of rounds")
    return int(text)


def built():
    """Builds what is measured, and returns the folder of the executables, from here."""
    build = ["swift", "build", "-c", "release"]
    for product in ["tercet", "Benchmarks"]:
        made = subprocess.run([*build, "-q", "--product", product], stdout=sys.stderr, check=False)
        if made.returncode != 0:
            fail(f"{product} could not be built")
    shown = subprocess.run([*build, "--show-bin-path"], capture_output=True, text=True, check=True)
    return os.path.relpath(shown.stdout.strip())


def write(path, rows):
    """Writes rows of JSON, unless `path` is None."""
    if path is None:
        return
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except OSError as error:
        fail(f"--json {path}: {error.strerror}")
