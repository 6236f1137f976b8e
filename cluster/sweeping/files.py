"""Files that are replaced as a whole, and locks that end with their processes."""
import contextlib
import errno
import fcntl
import json
import os

from .errors import Failure

# For how many seconds a lock may be held by what has no use for it: whoever only looks at it, or what a training leaves
# behind, has it for a moment.
PATIENCE = 3


def write(path, data):
    """Replaces a file by `data`, text or bytes, so that a reader finds the old or the new one; keeps one that is equal.

    Raises Failure where the system refuses.
    """
    data = data.encode() if isinstance(data, str) else data
    with contextlib.suppress(OSError), open(path, "rb") as file:
        if file.read() == data:
            return
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise Failure(f"{path}: cannot be written: {error.strerror}") from error


def write_json(path, value):
    write(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path):
    """What a file of `write_json` holds; None where there is none.

    Raises Failure where it is damaged.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"is damaged ({error})"
        raise Failure(f"{path}: {reason}; remove it to have it made again") from error


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def make_folder(path):
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise Failure(f"{path}: no folder can be made: {error.strerror}") from error


class Lock:
    """A lock on a file, which ends with the last process that has `descriptor` open, however that ends."""

    def __init__(self, path):
        try:
            self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise Failure(f"{path}: cannot be opened: {error.strerror}") from error

    def take(self, waiting=False):
        """Whether nobody else has it; with `waiting` returns when that is so."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | (0 if waiting else fcntl.LOCK_NB))
            return True
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise Failure(f"no lock: {error.strerror}; the folder must be on a file system with locks") from error

    def is_free(self):
        """Whether nobody has it at this moment."""
        if not self.take():
            return False
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        return True

    def holder(self):
        """The line that the holder wrote."""
        return os.pread(self.descriptor, 256, 0).decode(errors="replace").strip()

    def sign(self, line):
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{line}\n".encode(), 0)

    def close(self):
        os.close(self.descriptor)
