"""What a figure is compared with, and the floors under the comparisons that matter."""
import re
from dataclasses import dataclass

# A figure, and the two whose medians are divided for its ratio; `{0}` is the figure itself. A name
# that ends in `*` is the best of those that begin so.
COMPARED = [
    (r"products\.(\w+)\..*", "{0}", "peak.{1}.1.*"),
    (r"kernels\.(.*)", r"copy.{1}", "{0}"),
    (r"training\.(\w+)\.(\w+)\.openblas\.(\w+)\.speed", "{0}", "training.{1}.{2}.{3}.speed"),
    (r"training\.(\w+)\..*\.1x1\.speed", "{0}", "peak.{1}.1.*"),
    (r"training\.(\w+)\..*\.(?:1x2|2x1)\.speed", "{0}", "peak.{1}.2.*"),
    (r"inference\.(\w+)\.2", "{0}", "inference.{1}.1"),
    (r"reduction\.(\w+)\.(?:reproducible|bfloat16|allreduce)(\.\w+)?", "reduction.{1}.mpi{2}", "{0}"),
]


def ratio(figure, figures):
    """The figures over and under the line of a figure's ratio, or None where there is none."""
    for pattern, over, under in COMPARED:
        match = re.fullmatch(pattern, figure.name)
        if match:
            sides = [name.format(figure.name, *match.groups("")) for name in (over, under)]
            found = [figures.best([side]) for side in sides]
            return found if all(found) else None
    return None


@dataclass(frozen=True)
class Floor:
    """A ratio of medians, `over / under`, each the best of those measured, and its bound."""

    name: str
    over: list
    under: list
    bound: float
    # A bound from above: less is better, on both sides.
    at_most: bool = False

    def row(self, figures):
        """Its row, or None where a side was not measured."""
        over, under = figures.best(self.over), figures.best(self.under)
        if not over or not under:
            return None
        rounds = [a / b for a, b in zip(over.values, under.values)]
        value = over.median / under.median
        return {
            "name": f"{self.name}: {over.name} / {under.name}", "value": value, "unit": "×",
            "ratio": value, "floor": self.bound, "at_most": self.at_most,
            "met": value <= self.bound if self.at_most else value >= self.bound,
            "minimum": min(rounds), "median": value, "maximum": max(rounds),
            "command": f"{over.command} ; {under.command}",
        }


def speed(precision, batch, *forms, peer=None):
    start = f"peer.training.{peer}" if peer else "training"
    return [f"{start}.{precision}.batch{batch}.{form}.speed" for form in forms]


def memory(precision, peer=None):
    return [n.replace(".speed", ".memory") for n in speed(precision, 100, "2x1", peer=peer)]


def training_floors(precision, best, ranks, one_core, two_cores):
    """Floors that both precisions have, with their bounds."""
    two = ("1x2", "2x1")
    return [
        Floor(f"training {precision}, two cores, best against the tuned peer's best",
              speed(precision, 100, *two), speed(precision, 100, *two, peer="tuned"), best),
        Floor(f"training {precision}, two ranks against the tuned peer's",
              speed(precision, 100, "2x1"), speed(precision, 100, "2x1", peer="tuned"), ranks),
        Floor(f"training {precision}, one core, share of the peak",
              speed(precision, 100, "1x1"), [f"peak.{precision}.1.*"], one_core),
        Floor(f"training {precision}, two ranks, share of the peak",
              speed(precision, 100, "2x1"), [f"peak.{precision}.2.*"], two_cores),
        Floor(f"training {precision}, batch 32, two ranks against the tuned peer's",
              speed(precision, 32, "2x1"), speed(precision, 32, "2x1", peer="tuned"), 1.8),
        Floor(f"resident memory of a rank, {precision}, against the tuned peer's",
              memory(precision), memory(precision, peer="tuned"), 0.5, at_most=True),
        Floor(f"decoding {precision}, two cores, against the peer's best",
              [f"inference.{precision}.2"],
              [f"peer.inference.{form}.{precision}.2" for form in ("tuned", "padded")], 1.4),
    ]


def rin_floors():
    for form, faster, smaller in [("published", 2, 0.25), ("tuned", 1.3, 0.5)]:
        yield Floor(f"RIN, two ranks, against the {form} peer's best", ["rin.2x1.sentences"],
                    [f"peer.rin.{form}.*.sentences"], faster)
        yield Floor(f"RIN, resident memory of a rank, against the {form} peer's", ["rin.2x1.memory"],
                    [f"peer.rin.{form}.2x1.memory"], smaller, at_most=True)
    yield Floor("RIN, memory of 8 layers against one", ["rin.memory.8layers"], ["rin.memory.1layers"], 1.05,
                at_most=True)


def cascade_floors():
    yield Floor("cascade, two cores, best against twice the peer's thread",
                ["cascade.1x2.sentences", "cascade.2x1.sentences"], ["peer.cascade.twice.sentences"], 2)
    yield Floor("cascade, resident memory of one rank against the peer's", ["cascade.1x2.memory"],
                ["peer.cascade.1x1.memory"], 0.25, at_most=True)


def generative_floors():
    both = ["generative.1x2.sentences", "generative.2x1.sentences"]
    yield Floor("GenerativeRE, two cores, best against the peer's best", both, [f"peer.{name}" for name in both], 1)
    yield Floor("GenerativeRE, resident memory of a rank, against the peer's", ["generative.2x1.memory"],
                ["peer.generative.2x1.memory"], 0.6, at_most=True)
    for threads in [1, 2]:
        yield Floor(f"GenerativeRE, pieces written with {threads} threads, against the peer's",
                    [f"generative.written.{threads}"], [f"peer.generative.written.{threads}"], 1.5)


def floors():
    """Every floor that tercet is held to."""
    two, gradient = ("1x2", "2x1"), "reduction.gradient.reproducible"
    yield from training_floors("float32", 1.2, 1.25, 0.88, 0.85)
    yield from training_floors("bfloat16", 1.3, 1.35, 0.75, 0.75)
    low = speed("bfloat16", 100, *two)
    yield Floor("training bfloat16, best against the tuned peer's best float32",
                low, speed("float32", 100, *two, peer="tuned"), 2.2)
    yield Floor("training bfloat16, best against the plain peer's two ranks in float32",
                low, speed("float32", 100, "2x1", peer="plain"), 3)
    yield Floor("training bfloat16, best against the published form",
                low, speed("float32", 100, *two, peer="published"), 8)
    for precision, ranks, shards in [("float32", 1.9, 0.95), ("bfloat16", 1.8, 0.92)]:
        yield Floor(f"two ranks against one, {precision}",
                    speed(precision, 100, "2x1"), speed(precision, 100, "1x1"), ranks)
        yield Floor(f"16 shards against 1 on one core, {precision}",
                    speed(precision, 100, "shards16.1x1"), speed(precision, 100, "shards1.1x1"),
                    shards)
    yield from rin_floors()
    yield from cascade_floors()
    yield from generative_floors()
    yield Floor("streaming the bytes of an LSTM cell against its gates",
                ["copy.lstm"], ["kernels.lstm"], 2.5, at_most=True)
    yield Floor("gloo's sum of a gradient against ours",
                ["peer.reduction.gradient.whole", "peer.reduction.gradient.pieces"],
                [gradient], 1.5)
    yield Floor("MPI_Allreduce of a gradient against our sum", ["reduction.gradient.mpi"],
                [gradient], 1.5)
    for size in ["4KB", "64KB", "512KB", "4MB"]:
        for kind, bound in [("reproducible", 0.9), ("allreduce", 0.97)]:
            yield Floor(f"MPI_Allreduce of {size} against our {kind} sum",
                        [f"reduction.{size}.mpi"], [f"reduction.{size}.{kind}"], bound)
