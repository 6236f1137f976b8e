#!/usr/bin/env python3
"""Scores triples that training had apart from those that it had not, beside a memory of the training split.

Usage: Benchmarks/seen.py TRAIN TEST FOUND

TRAIN and TEST are splits in tercet's format, FOUND is what `tercet extract --json` prints for TEST. A triple is
relation and both names, as `exact` matches compare them; it is seen where training has it in any sentence. The memory
proposes every training triple whose two names occur in the sentence.
"""

import json
import sys


def sentences(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def name(tokens, argument):
    """The words of a head or tail, which is a pair of positions or a text."""
    return " ".join(tokens[argument[0]:argument[1] + 1]) if isinstance(argument, list) else argument


def triples(sentence):
    tokens = sentence["tokens"]
    return {(name(tokens, t["head"]), t["relation"], name(tokens, t["tail"])) for t in sentence["triples"]}


def spans(tokens, longest):
    """All names of at most `longest` tokens that a sentence holds."""
    return {" ".join(tokens[i:j]) for i in range(len(tokens)) for j in range(i + 1, min(i + longest, len(tokens)) + 1)}


def score(gold, found):
    right = sum(len(g & f) for g, f in zip(gold, found))
    predicted, wanted = sum(map(len, found)), sum(map(len, gold))
    precision, recall = right / max(predicted, 1), right / max(wanted, 1)
    return precision, recall, 2 * right / max(predicted + wanted, 1), wanted


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.strip())
    train, test, found = (sentences(path) for path in sys.argv[1:])
    if [s["tokens"] for s in test] != [s["tokens"] for s in found]:
        sys.exit(f"{sys.argv[3]}: its sentences are not those of {sys.argv[2]}")
    seen = set().union(*map(triples, train))
    gold, predicted = [triples(s) for s in test], [triples(s) for s in found]
    longest = max(len(n.split()) for h, _, t in seen for n in (h, t))
    held = [spans(s["tokens"], longest) for s in test]
    memory = [{t for t in seen if t[0] in names and t[2] in names} for names in held]
    rows = [
        ("all", gold, predicted),
        ("seen", [g & seen for g in gold], [p & seen for p in predicted]),
        ("unseen", [g - seen for g in gold], [p - seen for p in predicted]),
        ("memory alone", gold, memory),
    ]
    print(f"{'triples':14}{'P':>8}{'R':>8}{'F1':>8}{'gold':>7}")
    for label, wanted, had in rows:
        precision, recall, f1, count = score(wanted, had)
        print(f"{label:14}{precision:8.4f}{recall:8.4f}{f1:8.4f}{count:7}")


if __name__ == "__main__":
    main()
