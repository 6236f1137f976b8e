"""What is varied: values listed for keys, and ranges that values are drawn from."""
import itertools
import math
import random
import re
from dataclasses import dataclass

from .errors import Failure


@dataclass(frozen=True)
class Range:
    """The numbers from `low` to `high`; evenly spread logarithms where `is_log`, whole ones where `is_whole`."""
    low: float
    high: float
    is_log: bool
    is_whole: bool

    def draw(self, generator):
        place = generator.random()
        if self.is_log:
            number = math.exp(math.log(self.low) + place * (math.log(self.high) - math.log(self.low)))
        else:
            number = self.low + place * (self.high - self.low + self.is_whole)
        return self.text(min(self.high, math.floor(number) if self.is_whole else number))

    def text(self, number):
        """A number as it is given to --set: whole, or with four digits."""
        return str(int(number)) if self.is_whole else f"{number:.4g}"


def parse_grid(text):
    """KEY=V1,V2,… as the key's name and its values."""
    name, values = _named(text, "--grid", "lambda=0,1,3")
    listed = [value.strip() for value in values.split(",")]
    if "" in listed or len(set(listed)) < len(listed):
        raise Failure(f"--grid {text}: an empty value, or one that stands twice; write it as in lambda=0,1,3")
    return name, listed


def parse_range(text, is_log):
    """KEY=A:B as the key's name and its Range; whole numbers where both are written as such."""
    option = "--log-range" if is_log else "--range"
    name, ends = _named(text, option, "lambda=0.01:10")
    low, _, high = ends.partition(":")
    try:
        found = Range(float(low), float(high), is_log, bool(re.fullmatch(r"-?\d+:-?\d+", ends)) and not is_log)
    except ValueError:
        raise Failure(f"{option} {text}: found '{ends}', expected two numbers, as in lambda=0.01:10") from None
    if not (math.isfinite(found.low) and math.isfinite(found.high) and found.low < found.high):
        raise Failure(f"{option} {text}: the first number must be the smaller one, both finite")
    if is_log and found.low <= 0:
        raise Failure(f"{option} {text}: the numbers must be above 0")
    return name, found


def _named(text, option, example):
    name, equals, rest = text.partition("=")
    if not (name.strip() and equals and rest.strip()):
        raise Failure(f"{option} {text}: expected a key and what it takes, as in {example}")
    return name.strip(), rest.strip()


def parse_seeds(text):
    """1-3,7 as the numbers 1, 2, 3 and 7."""
    seeds = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if not found or len(part) > 40 or not 0 <= int(found[2] or found[1]) - int(found[1]) < 10000:
            raise Failure(f"--seeds {text}: found '{part}', expected numbers, as in 1-3 or 1,5,9")
        seeds.extend(range(int(found[1]), int(found[2] or found[1]) + 1))
    if len(set(seeds)) < len(seeds):
        raise Failure(f"--seeds {text}: a seed stands twice")
    return seeds


def grid_points(grid):
    """Every combination of the values, the last key changing fastest; `grid` has values by key."""
    return [dict(zip(grid, values)) for values in itertools.product(*grid.values())]


def random_points(grid, ranges, count, seed):
    """So many points, the same for the same `seed` whatever their number: a longer list begins as a shorter one."""
    generator = random.Random(seed)
    points = []
    for _ in range(count):
        point = {key: values[generator.randrange(len(values))] for key, values in grid.items()}
        points.append(point | {key: found.draw(generator) for key, found in ranges.items()})
    return points
