"""Figures that are measured in rounds, and the rows that are made of them."""
import fnmatch
import statistics
from dataclasses import dataclass, field

LESS_IS_BETTER = ["ms", "MB a rank"]


@dataclass
class Figure:
    """One figure: its value in each round."""

    name: str
    unit: str
    command: str
    values: list = field(default_factory=list)
    # The most cores that other programs are known to have used in a round.
    others: float = 0.0

    @property
    def median(self):
        return statistics.median(self.values)

    def row(self, ratio=None):
        """Its row; `ratio` is what `ratios` says of it."""
        over, under = ratio or (None, None)
        return {
            "name": self.name, "value": self.median, "unit": self.unit,
            "ratio": over and over.median / under.median, "floor": None,
            "minimum": min(self.values), "median": self.median, "maximum": max(self.values),
            "command": self.command, "others": round(self.others, 2),
        }


class Figures(dict):
    """Figures by name, in the order in which they came."""

    def add(self, name, value, unit, command, others):
        figure = self.setdefault(name, Figure(name, unit, command))
        figure.values.append(value)
        figure.others = max(figure.others, others)

    def best(self, names):
        """The one of the best median among those that have these names, `*` standing for any ending, or
        None where none was measured."""
        found = [f for f in self.values() if any(fnmatch.fnmatchcase(f.name, n) for n in names)]
        if not found:
            return None
        choose = min if found[0].unit in LESS_IS_BETTER else max
        return choose(found, key=lambda figure: figure.median)
