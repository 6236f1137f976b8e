#!/usr/bin/env python3
"""Counts a corpus of make.py by an own reading of its format, without tercet's tokens. Usage: count.py FORMAT PATH.
A string is in a text where it occurs and neither end parts a run of letters and digits; Chinese characters are no
run. What tercet reports must be these numbers."""
import glob
import json
import sys
import unicodedata
from collections import Counter


def load(path):
    text = open(path, encoding="utf-8").read()
    return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]


def joins(a, b):
    """Whether two neighbours belong to one word."""
    return all(c.isalnum() and not unicodedata.name(c, "").startswith("CJK UNIFIED") for c in (a, b))


def is_whole(text, start, end):
    """An annotation that leaves out the period of an abbreviation still is its word."""
    return not (start > 0 and joins(text[start - 1], text[start])
                or end < len(text) and joins(text[end - 1], text[end]))


def is_in(text, name):
    start = text.find(name)
    while start >= 0:
        if is_whole(text, start, start + len(name)):
            return True
        start = text.find(name, start + 1)
    return False


def spo(path):
    c = Counter()
    for record in load(path):
        c["sentences"] += 1
        for item in record["spo_list"]:
            c["triples"] += 1
            tail = item["object"]
            if isinstance(tail, dict):
                c["slots"] += sum(bool(v) for k, v in tail.items() if k != "@value")
                tail = tail["@value"]
            c["unlocated"] += sum(not is_in(record["text"], name) for name in (item["subject"], tail))
    return c


def triples(path):
    c = Counter()
    for record in load(path):
        c["sentences"] += 1
        for head, _, tail in record["triple_list"]:
            c["triples"] += 1
            c["unlocated"] += sum(not is_in(record["text"], name) for name in (head, tail))
    return c


def tplinker(path):
    c = Counter()
    for record in load(path):
        c["sentences"] += 1
        for item in record["relation_list"]:
            c["triples"] += 1
            for key in ("subj_char_span", "obj_char_span"):
                c["unlocated"] += not is_whole(record["text"], *item[key])
    return c


def docred(path):
    c = Counter()
    for record in load(path):
        c["sentences"] += len(record["sents"])
        for label in record["labels"]:
            head, tail = ({m["sent_id"] for m in record["vertexSet"][label[k]]} for k in "ht")
            c["triples"] += len(head & tail)
            c["crossing"] += not head & tail
    return c


def count_document(c, text, entities, relations):
    """Entities are (start, end) by id."""
    c["sentences"] += sum(bool(line.strip()) for line in text.split("\n"))
    whole = {key: is_whole(text, *span) for key, span in entities.items()}
    c["inside"] += sum(not value for value in whole.values())
    for a, b in relations:
        if text.count("\n", 0, entities[a][0]) != text.count("\n", 0, entities[b][0]):
            c["crossing"] += 1
        else:
            c["triples"] += 1
            c["unlocated"] += (not whole[a]) + (not whole[b])


def doccano(path):
    c = Counter()
    for record in load(path):
        entities = {e["id"]: (e["start_offset"], e["end_offset"]) for e in record["entities"]}
        count_document(c, record["text"], entities, [(r["from_id"], r["to_id"]) for r in record["relations"]])
    return c


def brat(path):
    c = Counter()
    for name in glob.glob(path + "/**/*.ann", recursive=True):
        text = open(name[:-4] + ".txt", encoding="utf-8", newline="").read()
        entities, relations = {}, []
        for line in open(name, encoding="utf-8").read().splitlines():
            key, body = line.split("\t")[:2]
            if key[0] == "T":
                entities[key] = tuple(int(x) for x in body.split()[1:3])
            elif key[0] == "R":
                relations.append(tuple(x.split(":")[1] for x in body.split()[1:]))
            else:
                c["other"] += 1
        count_document(c, text, entities, relations)
    return c


def prodigy(path):
    c = Counter()
    for record in load(path):
        if record["answer"] != "accept":
            c["rejected"] += 1
            continue
        c["sentences"] += 1
        c["triples"] += len(record["relations"])
    return c


def glirel(path):
    c = Counter()
    for record in load(path):
        c["sentences"] += 1
        c["triples"] += len(record["relations"])
        c["differ"] += sum("".join(record["tokenized_text"][a:b + 1]) != "x" for a, b, _, _ in record["ner"])
    return c


def jointer(path):
    c = Counter()
    for record in load(path):
        c["sentences"] += 1
        c["triples"] += len(record["spo_details"])
    return c


def tacred(path):
    c, texts = Counter(), set()
    for record in load(path):
        texts.add(tuple(record["token"]))
        c["none" if record["relation"] == "no_relation" else "triples"] += 1
    c["sentences"] = len(texts)
    return c


print(json.dumps({key: value for key, value in globals()[sys.argv[1]](sys.argv[2]).items() if value}))
