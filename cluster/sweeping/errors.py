"""How cluster/sweep fails."""


class Failure(Exception):
    """What went wrong, in one line, with what to do."""
