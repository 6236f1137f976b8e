#!/usr/bin/env python3
"""Writes a corpus in one of the field's formats, made up, in the shape that the format's own description gives.
Usage: make.py FORMAT RECORDS PATH. The same arguments give the same bytes."""
import json
import os
import random
import sys

HAN = "氯吡格雷联合阿司匹林治疗急性冠脉综合征患者高血压糖尿病肺炎肝脏肾功能检查手术药物感染发热咳嗽胸痛儿童老年"
LATIN = ["ACEI", "HbA1c", "CD4+T", "COPD", "β受体阻滞剂", "MRI", "5-FU", "IL-6", "EGFR", "维生素B12", "2型糖尿病"]
NAMES = ["Time Inc.", "Ann Moore", "New York", "U.S.", "Köln", "St. Louis", "O'Neill", "AT&T", "J.R.R. Tolkien",
         "Washington, D.C.", "Peter Stöger", "1. FC Köln", "Wheeler, Texas", "X-Corp", "Café Olé", "Jean-Luc", "NASA",
         "東京", "Zoë", "Rolls-Royce", "Mr. Lee", "3M", "Yahoo!", "Coca-Cola Co.", "Smith & Sons", "A.F.C. Ajax"]
FRAMES = ["{}, which bought {}, grew.", "({}) met [{}].", "“{}” and '{}' agree.", "{}'s rival is {}.",
          "the {}-based firm left {}.", "{}/{} talks failed", "He likes {}; she likes {}!", "{}—no, {}?",
          "a {}-led group (with {})", "\"{}\", says {}’s boss.", "It was {}: then {}...", "\u00a0{}\u2009and\u3000{}\u00a0"]
RELATIONS = ["employer", "born in", "部位", "rival of", "owns"]


def han(rng, low, high):
    return "".join(rng.choice(HAN) for _ in range(rng.randint(low, high)))


def chinese(rng, number):
    """CMeIE's records: names are cut out of the text, one in two hundred is not in it."""
    names = [rng.choice(LATIN) if rng.random() < .3 else han(rng, 2, 6) for _ in range(rng.randint(2, 5))]
    text = names[0] + "@"
    for name in names:
        text += han(rng, 0, 8) + name + rng.choice("，。；（）、")
    spos = []
    for _ in range(rng.randint(0, 4)):
        head, tail = rng.choice(names), rng.choice(names)
        if rng.random() < .005:
            tail = "缺" + tail
        tail = {"@value": tail}
        kind = {"@value": "疾病"}
        if rng.random() < .2:
            tail["inWork"] = rng.choice(["", han(rng, 2, 3)])
        if rng.random() < .2:
            tail, kind = tail["@value"], "疾病"
        spos.append({"Combined": rng.random() < .3, "predicate": rng.choice(RELATIONS), "subject": head,
                     "subject_type": "疾病", "object": tail, "object_type": kind})
    return {"text": text, "spo_list": spos}


def english(rng):
    """A sentence with punctuation at its names, and the places of the names."""
    names = rng.sample(NAMES, 2)
    before, between, after = rng.choice(FRAMES).split("{}")
    text = before + names[0] + between
    spans = [(len(before), len(text) - len(between)), (len(text), len(text) + len(names[1]))]
    return text + names[1] + after, names, spans


def triples(rng, number):
    text, names, _ = english(rng)
    return {"text": text, "triple_list": [[names[0], rng.choice(RELATIONS), names[1]]]}


def tplinker(rng, number):
    text, names, spans = english(rng)
    return {"id": "t%d" % number, "text": text,
            "entity_list": [{"text": n, "type": "DEFAULT", "char_span": list(s)} for n, s in zip(names, spans)],
            "relation_list": [{"subject": names[0], "object": names[1], "subj_char_span": list(spans[0]),
                               "obj_char_span": list(spans[1]), "predicate": rng.choice(RELATIONS)}]}


def document(rng):
    """Lines of text, one entity list of (start, end, text), with emoji before them and a cut through a word."""
    text, entities = "", []
    for _ in range(rng.randint(1, 4)):
        line, names, spans = english(rng)
        line = rng.choice(["", "👩‍🚀 ", "e\u0301 "]) + line if rng.random() < .5 else line
        shift = line.index(names[0]) - spans[0][0] + len(text)
        entities += [(s + shift, e + shift) for s, e in spans]
        text += line + rng.choice(["\n", "\n\n"])
    if rng.random() < .2:
        start, end = entities[0]
        if text[end - 2:end].isascii() and text[end - 2:end].isalpha():
            entities[0] = (start, end - 1)
    return text, [(s, e, text[s:e]) for s, e in entities]


def pairs(rng, count):
    return [(rng.randrange(count), rng.randrange(count)) for _ in range(rng.randint(0, 4))]


def doccano(rng, number):
    text, entities = document(rng)
    return {"id": number, "text": text, "Comments": [],
            "entities": [{"id": 10 * number + i, "label": "ORG", "start_offset": s, "end_offset": e}
                         for i, (s, e, _) in enumerate(entities)],
            "relations": [{"id": i, "from_id": 10 * number + a, "to_id": 10 * number + b,
                           "type": rng.choice(RELATIONS)} for i, (a, b) in enumerate(pairs(rng, len(entities)))]}


def prodigy(rng, number):
    words = [rng.choice(NAMES).split(" ")[0] for _ in range(rng.randint(2, 9))] + ["\n"]
    text, tokens = "", []
    for i, word in enumerate(words):
        tokens.append({"text": word, "start": len(text), "end": len(text) + len(word), "id": i, "ws": True})
        text += word + " "

    def span(i, label):
        return {"start": tokens[i]["start"], "end": tokens[i]["end"], "token_start": i, "token_end": i,
                "label": label}
    relations = [{"head": a, "child": b, "head_span": span(a, "ORG"), "child_span": span(b, "ORG"), "color": "#fff",
                  "label": rng.choice(RELATIONS)} for a, b in pairs(rng, len(words) - 1)]
    return {"text": text, "tokens": tokens, "spans": [span(0, "ORG")], "relations": relations,
            "answer": rng.choice(["accept", "accept", "reject", "ignore"])}


def docred(rng, number):
    sents = [[rng.choice(NAMES).split(" ")[0] for _ in range(rng.randint(3, 12))] for _ in range(rng.randint(1, 8))]
    vertices = []
    for _ in range(rng.randint(2, 9)):
        mentions = []
        for _ in range(rng.randint(1, 3)):
            s = rng.randrange(len(sents))
            start = rng.randrange(len(sents[s]))
            end = rng.randint(start + 1, min(len(sents[s]), start + 3))
            mentions.append({"name": " ".join(sents[s][start:end]), "sent_id": s, "pos": [start, end], "type": "ORG",
                             "global_pos": [start, start], "index": "0_0"})
        vertices.append(mentions)
    labels = [{"h": a, "t": b, "r": "P%d" % rng.randint(1, 96), "evidence": []} for a, b in pairs(rng, len(vertices))]
    return {"title": "Title %d" % number, "sents": sents, "vertexSet": vertices, "labels": labels}


def words(rng):
    tokens = [rng.choice(NAMES).split(" ")[0] for _ in range(rng.randint(2, 12))]

    def span():
        start = rng.randrange(len(tokens))
        return start, rng.randint(start, min(len(tokens) - 1, start + 2))
    return tokens, span


def glirel(rng, number):
    tokens, span = words(rng)
    relations = []
    for _ in range(rng.randint(0, 3)):
        sides = [{"mention": " ".join(tokens[a:b + 1]), "position": [a, b], "type": "ORG"} for a, b in (span(), span())]
        relations.append({"head": sides[0], "tail": sides[1], "relation_text": rng.choice(RELATIONS)})
    return {"tokenized_text": tokens, "ner": [[*span(), "ORG", "x"]], "relations": relations}


def jointer(rng, number):
    tokens, span = words(rng)
    details = []
    for _ in range(rng.randint(0, 3)):
        (a, b), (c, d) = span(), span()
        details.append([a, b + 1, "ORG", rng.choice(RELATIONS), c, d + 1, "ORG"])
    spo = [[" ".join(tokens[x[0]:x[1]]), x[3], " ".join(tokens[x[4]:x[5]])] for x in details]
    return {"tokens": tokens, "spo_list": spo, "spo_details": details, "pos_tags": []}


def tacred(rng, number):
    tokens, _ = words(random.Random(number // 3))
    (a, b), (c, d) = [sorted(rng.randrange(len(tokens)) for _ in "se") for _ in "so"]
    return {"id": "e%d" % number, "docid": "d", "relation": rng.choice(RELATIONS + ["no_relation"] * 5),
            "token": tokens, "subj_start": a, "subj_end": b, "obj_start": c, "obj_end": d, "subj_type": "ORG",
            "obj_type": "ORG", "stanford_pos": [], "stanford_ner": [], "stanford_head": [], "stanford_deprel": []}


def brat(rng, number, folder):
    text, entities = document(rng)
    lines = ["T%d\tORG %d %d\t%s" % (i + 1, s, e, t) for i, (s, e, t) in enumerate(entities)]
    lines += ["R%d\t%s Arg1:T%d Arg2:T%d\t" % (i + 1, rng.choice(RELATIONS).replace(" ", "_"), a + 1, b + 1)
              for i, (a, b) in enumerate(pairs(rng, len(entities)))]
    lines += ["A1\tNegation T1", "#1\tAnnotatorNotes T1\tsee above", "*\tEquiv T1 T2", "E1\tORG:T1 Theme:T2"]
    name = os.path.join(folder, "sub" if number % 2 else "", "d%d" % number)
    with open(name + ".txt", "w", encoding="utf-8", newline="") as file:
        file.write(text)
    with open(name + ".ann", "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))


def main():
    kind, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    rng = random.Random(kind)
    if kind == "brat":
        os.makedirs(os.path.join(path, "sub"))
        for number in range(count):
            brat(rng, number, path)
        return
    maker = {"spo": chinese}.get(kind) or globals()[kind]
    records = [maker(rng, number) for number in range(count)]
    with open(path, "w", encoding="utf-8") as file:
        if kind in ("docred", "jointer", "tacred", "tplinker"):
            json.dump(records, file, ensure_ascii=False)
        else:
            file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


main()
