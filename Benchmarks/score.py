#!/usr/bin/env python3
"""Scores files of predictions by itself, and says where it differs from tercet's report.

Usage: Benchmarks/score.py PREDICTIONS [REPORT]

PREDICTIONS is what `tercet evaluate --predictions` writes, with `--match exact`, and REPORT what `--json` writes in the
same call. Without REPORT the scores are printed as JSON. The rules are those of Sources/Evaluation/README.md 9.1, 9.4,
9.5, 9.9 and 9.10, written a second time: triples by exact strings, precision, recall and F1 of all of them, by overlap
class, number of triples, length of entities and sentence, and relation, with intervals of F1; the kinds of faults.
Nothing but the standard library is needed.
"""

import json
import sys

RESAMPLES = 2000
MASK32, MASK64 = (1 << 32) - 1, (1 << 64) - 1


def philox(counter, key):
    """Philox4x32-10: four numbers of 32 bits."""
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & MASK32, (a >> 32) ^ c[3] ^ k[1], a & MASK32]
        k = [(k[0] + 0x9E3779B9) & MASK32, (k[1] + 0xBB67AE85) & MASK32]
    return c


def stream_key(seed, purpose):
    """The key of a stream: FNV-1a of its purpose, mixed with the seed by SplitMix64."""
    value = 0xCBF29CE484222325
    for byte in purpose.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK64
    z = ((seed ^ value) + 0x9E3779B97F4A7C15) & MASK64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
    z ^= z >> 31
    return z & MASK32, z >> 32


def resamples(sentences, count=RESAMPLES):
    """For each resample, how often each sentence is drawn."""
    key = stream_key(0, "bootstrap")
    for number in range(count):
        times = [0] * sentences
        for block in range((sentences + 3) // 4):
            for lane, bits in enumerate(philox((block, 0, 0, number), key)):
                if 4 * block + lane < sentences:
                    times[(bits * sentences) >> 32] += 1
        yield times


def f1(right, both):
    return 2 * right / both if both else 0


def percentile(values, share):
    """Linear between two values."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def name(tokens, argument):
    """The words of a head or tail: a pair of positions, a text, or none."""
    return " ".join(tokens[argument[0]:argument[1] + 1]) if isinstance(argument, list) else argument


def triples(sentence, key):
    """The distinct triples of names, in order."""
    tokens = sentence["tokens"]
    found = [(name(tokens, t["head"]), t["relation"], name(tokens, t["tail"])) for t in sentence[key]]
    return list(dict.fromkeys(t for t in found if t != (None, None, None)))


def length(tokens, argument):
    return argument[1] - argument[0] + 1 if isinstance(argument, list) else len(argument.split(" "))


def overlap(gold):
    """Normal, or EPO, SEO or both, by the entities of distinct triples."""
    if not gold:
        return []
    pairs = {(head, tail) for head, _, tail in gold}
    entities = {entity for pair in pairs for entity in pair}
    if len(entities) == 2 * len(gold):
        return ["Normal"]
    return ["EPO"] * (len(pairs) < len(gold)) + ["SEO"] * (len(entities) != 2 * len(pairs))


def triple_bucket(longest):
    return str(longest) if longest <= 3 else ">3"


def by_length(sentence, gold, found):
    """The bucket of each triple: the token count of its larger entity, of the first that has its names."""
    tokens, buckets = sentence["tokens"], {}
    for key in ("gold", "predicted"):
        for t in sentence[key]:
            ends = [t[end] for end in ("head", "tail") if t[end] is not None]
            if ends:
                names = (name(tokens, t["head"]), t["relation"], name(tokens, t["tail"]))
                buckets.setdefault(names, triple_bucket(max(length(tokens, end) for end in ends)))
    return buckets


def count(found, gold):
    return len(set(found) & set(gold)), len(set(found)), len(set(gold))


class Row:
    """A score: counts of each sentence that has any."""

    def __init__(self):
        self.counts, self.sentences = {}, 0

    def add(self, index, found, gold):
        self.sentences += 1
        counts = count(found, gold)
        if any(counts):
            self.counts[index] = counts

    def resampled(self, samples):
        """F1 of each resample, rising."""
        values = []
        for times in samples:
            right = both = 0
            for index, (t, p, g) in self.counts.items():
                right += times[index] * t
                both += times[index] * (p + g)
            values.append(f1(right, both))
        return sorted(values)

    def scores(self, samples):
        tp, predicted, gold = (sum(c[i] for c in self.counts.values()) for i in range(3))
        values = self.resampled(samples)
        return {
            "precision": tp / predicted if predicted else 0, "recall": tp / gold if gold else 0,
            "f1": f1(tp, predicted + gold), "counts": {"tp": tp, "predicted": predicted, "gold": gold},
            "interval": [percentile(values, 0.025), percentile(values, 0.975)],
        }


def shares_word(a, b):
    return bool(set(a.split(" ")) & set(b.split(" ")) - {""})


PAIRS = [
    ("swapped", lambda f, u: f[1] == u[1] and f[0] == u[2] and f[2] == u[0]),
    ("wrong relation", lambda f, u: f[0] == u[0] and f[2] == u[2]),
    ("wrong span", lambda f, u: f[1] == u[1] and shares_word(f[0], u[0]) and shares_word(f[2], u[2])),
    ("wrong tail", lambda f, u: f[1] == u[1] and f[0] == u[0]),
    ("wrong head", lambda f, u: f[1] == u[1] and f[2] == u[2]),
]


def faults(found, gold):
    """Kinds of wrong predictions, with the number of missing triples that are paired with each kind."""
    wrong = [t for t in found if t not in gold]
    missing = [t for t in gold if t not in found]
    kinds = []
    for kind, holds in PAIRS:
        for f in list(wrong):
            match = next((u for u in missing if None not in f and holds(f, u)), None)
            if match is not None:
                wrong.remove(f)
                missing.remove(match)
                kinds.append(kind)
    return kinds + ["incomplete" if None in f else "spurious" for f in wrong], len(missing)


def report(sentences):
    rows, kinds, unpaired = {}, {}, 0
    row = lambda part, key: rows.setdefault((part, key), Row())
    for label in ("Normal", "EPO", "SEO"):
        row("byOverlap", label)
    for label in ("0", "1", "2", "3", "4", ">=5"):
        row("byTripleCount", label)
    for label in ("1-10", "11-20", "21-30", "31-40", "41-50", ">50"):
        row("bySentenceLength", label)
    for label in ("1", "2", "3", ">3"):
        row("byEntityLength", label)
    for index, sentence in enumerate(sentences):
        gold, found = triples(sentence, "gold"), triples(sentence, "predicted")
        tokens = len(sentence["tokens"])
        row("", "").add(index, found, gold)
        for label in overlap(gold):
            row("byOverlap", label).add(index, found, gold)
        row("byTripleCount", str(len(gold)) if len(gold) < 5 else ">=5").add(index, found, gold)
        ends = ["1-10", "11-20", "21-30", "31-40", "41-50", ">50"]
        row("bySentenceLength", ends[min((tokens - 1) // 10, 5)]).add(index, found, gold)
        buckets = by_length(sentence, gold, found)
        for label in ("1", "2", "3", ">3"):
            part = [[t for t in some if buckets.get(t) == label] for some in (found, gold)]
            row("byEntityLength", label).add(index, *part)
        for relation in {t[1] for t in found + gold} - {None}:
            part = [[t for t in some if t[1] == relation] for some in (found, gold)]
            row("byRelation", relation).add(index, *part)
        here, left = faults(found, gold)
        unpaired += left
        for kind in here:
            kinds[kind] = kinds.get(kind, 0) + 1
    samples = list(resamples(len(sentences)))
    scores = {key: row.scores(samples) for key, row in rows.items()}
    return scores, kinds, unpaired


def differences(mine, theirs, path=""):
    """Where two values differ, to the last digit."""
    if isinstance(mine, dict):
        for key, value in mine.items():
            if key not in theirs:
                yield f"{path}.{key}: missing"
            else:
                yield from differences(value, theirs[key], f"{path}.{key}")
    elif isinstance(mine, list):
        for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            yield from differences(a, b, f"{path}[{i}]")
    elif mine != theirs:
        yield f"{path}: {mine} here, {theirs} there"


def compare(scores, kinds, unpaired, run):
    relations = {entry["name"]: entry for entry in run["byRelation"]}
    for (part, key), value in scores.items():
        theirs = run if not part else relations[key] if part == "byRelation" else run[part][key]
        yield from differences(value, theirs, f"{part}.{key}")
    if relations.keys() != {key for part, key in scores if part == "byRelation"}:
        yield "byRelation: other relations"
    counts = run["faults"]["kinds"]
    for kind, entry in counts.items():
        if entry["wrong"] != kinds.get(kind, 0):
            yield f"faults.{kind}: {kinds.get(kind, 0)} here, {entry['wrong']} there"
    alone = sum(entry["missing"] for kind, entry in counts.items() if entry["wrong"] == 0)
    paired = sum(n for kind, n in kinds.items() if kind not in ("spurious", "incomplete"))
    if run["faults"]["missing"] != paired + unpaired:
        yield f"faults.missing: {paired + unpaired} here, {run['faults']['missing']} there ({alone} alone)"


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        sentences = [json.loads(line) for line in file if line.strip()]
    scores, kinds, unpaired = report(sentences)
    if len(sys.argv) == 2:
        print(json.dumps({"scores": {" ".join(key): value for key, value in scores.items()}, "faults": kinds}, indent=1))
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        run = json.load(file)["systems"][0]["runs"][0]
    found = list(compare(scores, kinds, unpaired, run))
    print("\n".join(found) or f"{len(scores)} scores with their intervals and all faults are the same")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
