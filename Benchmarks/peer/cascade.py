"""The cascade tagger in PyTorch: subjects first, then the objects of each subject by relation.

As a good engineer would write it for one thread: minibatches of sentences of one length, so that nothing is padded, and
the characters of each distinct word read once a minibatch. It computes the loss of tercet's cascade without the entity
task and trains as Configs/webnlg/cascade.yaml does.
"""
import copy
import random
import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

EMBEDDING, CHARACTERS, FILTERS, HIDDEN, CONDITION = 100, 50, 50, 200, 200
WIDTH = 2 * HIDDEN
# Characters of a word that are read; tokens from a subject that are told apart.
READ, FARTHEST = 24, 30
DROPOUT, UNKNOWN_WORDS = 0.4, 0.04
RATE, CLIP, AVERAGE = 2e-3, 5.0, 0.998
WARM_UP = 5


class Vocabulary:
    """Words, as the distinct ones of the training split, and the characters of each."""

    def __init__(self, inventory):
        self.words, self.relations = inventory.words, inventory.relations
        names = sorted({c for word in self.words for c in word})
        self.characters = {c: i + 1 for i, c in enumerate(names)}  # 0 is no character
        self.forms = torch.zeros(len(self.words), READ, dtype=torch.long)
        for word, row in self.words.items():
            ids = [self.characters[c] for c in word[:READ]]
            self.forms[row, : len(ids)] = torch.tensor(ids)


@dataclass
class Example:
    words: torch.Tensor  # [T]
    subjects: dict  # span → (relation, span) of each object

    @staticmethod
    def of(sentence, vocabulary):
        subjects = {}
        for t in sentence["triples"]:
            if not isinstance(t["head"], str) and not isinstance(t["tail"], str):
                found = (vocabulary.relations[t["relation"]], *t["tail"])
                subjects.setdefault(tuple(t["head"]), set()).add(found)
        return Example(torch.tensor([vocabulary.words[w] for w in sentence["tokens"]]), subjects)


@dataclass
class EqualBatch:
    """Sentences of one length."""

    words: torch.Tensor  # [B, T]
    ends: torch.Tensor  # [B, T, 2]: whether a subject starts, and ends, at a token
    subjects: torch.Tensor  # [S, 3]: sentence, start, end
    objects: torch.Tensor  # [S, T, 2, relations]

    @staticmethod
    def of(examples, relations):
        words = torch.stack([e.words for e in examples])
        subjects = [(b, *span) for b, e in enumerate(examples) for span in e.subjects]
        ends = torch.zeros(*words.shape, 2)
        objects = torch.zeros(len(subjects), words.shape[1], 2, relations)
        for k, (b, start, end) in enumerate(subjects):
            ends[b, start, 0] = ends[b, end, 1] = 1
            for relation, first, last in examples[b].subjects[start, end]:
                objects[k, first, 0, relation] = objects[k, last, 1, relation] = 1
        return EqualBatch(words, ends, torch.tensor(subjects).view(-1, 3), objects)


class Cascade(nn.Module):
    """The loss of a batch. `forms` [words, READ] holds the characters of each word, 0 behind its end."""

    def __init__(self, forms, characters, relations):
        super().__init__()
        self.relations = relations
        self.register_buffer("forms", forms)
        self.word = nn.Embedding(len(forms) + 1, EMBEDDING)  # the last row is the unknown word
        self.character = nn.Embedding(characters + 1, CHARACTERS, padding_idx=0)
        self.filters = nn.Conv1d(CHARACTERS, FILTERS, 3, padding=1)
        self.encoder = nn.LSTM(EMBEDDING + FILTERS, HIDDEN, bidirectional=True, batch_first=True)
        self.subject, self.token = nn.Linear(WIDTH, 2), nn.Linear(WIDTH, CONDITION)
        self.condition = nn.Linear(2 * WIDTH, CONDITION, bias=False)
        self.position = nn.Embedding(2 * FARTHEST + 1, CONDITION)
        self.object = nn.Linear(CONDITION, 2 * relations)
        nn.init.normal_(self.position.weight, 0, 0.1)
        nn.init.constant_(self.subject.bias, -2.0)
        nn.init.constant_(self.object.bias, -5.0)

    def forward(self, b):
        hidden = self.encode(b.words)
        subjects = F.binary_cross_entropy_with_logits(self.subject(hidden), b.ends, reduction="sum")
        loss = subjects / b.words.numel()
        if len(b.subjects):
            logits = self.objects(hidden, b.subjects)
            objects = F.binary_cross_entropy_with_logits(logits, b.objects, reduction="sum")
            loss = loss + objects / (len(b.subjects) * b.words.shape[1])
        return loss

    def encode(self, words):
        """[B, T, WIDTH]"""
        form, places = torch.unique(words, return_inverse=True)
        letters = self.letters(self.forms[form])[places]
        if self.training:
            unknown = torch.rand(words.shape) < UNKNOWN_WORDS
            words = words.masked_fill(unknown, self.word.num_embeddings - 1)
        x = F.dropout(torch.cat([self.word(words), letters], 2), DROPOUT, self.training)
        return F.dropout(self.encoder(x)[0], DROPOUT, self.training)

    def letters(self, forms):
        """[words, FILTERS]: the largest of each filter over a word's own characters."""
        scores = self.filters(self.character(forms).transpose(1, 2))
        return F.relu(scores.masked_fill((forms == 0)[:, None], float("-inf")).amax(2))

    def objects(self, hidden, subjects):
        """[S, T, 2, relations]"""
        sentence, start, end = subjects.unbind(1)
        ends = torch.cat([hidden[sentence, start], hidden[sentence, end]], 1)
        token = torch.arange(hidden.shape[1])
        steps = (token - start[:, None]).clamp(max=0) + (token - end[:, None]).clamp(min=0)
        position = self.position(steps.clamp(-FARTHEST, FARTHEST) + FARTHEST)
        z = F.relu(self.token(hidden)[sentence] + self.condition(ends)[:, None] + position)
        z = F.dropout(z, DROPOUT / 2, self.training)
        return self.object(z).view(len(subjects), -1, 2, self.relations)


def batches(examples, size, order):
    """All examples, in minibatches of one length each."""
    alike = {}
    for example in order.sample(examples, len(examples)):
        alike.setdefault(len(example.words), []).append(example)
    cut = [same[k : k + size] for same in alike.values() for k in range(0, len(same), size)]
    return order.sample(cut, len(cut))


class Training:
    """Adam with clipping and an average of the weights."""

    def __init__(self, model):
        self.model, self.steps = model, 0
        self.average = copy.deepcopy(model)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)

    def step(self, examples):
        """The minibatch's loss, before its update."""
        loss = self.model(EqualBatch.of(examples, self.model.relations))
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        self.steps += 1
        share = 1 - min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.model.parameters()):
                mean.lerp_(value, share)
        return loss.item()


def train(sentences, inventory, size):
    """Seconds and mean loss of an epoch, after some steps to warm up."""
    vocabulary = Vocabulary(inventory)
    examples = [Example.of(s, vocabulary) for s in sentences]
    model = Cascade(vocabulary.forms, len(vocabulary.characters), len(vocabulary.relations))
    training, order = Training(model), random.Random(77)
    for batch in batches(examples, size, order)[:WARM_UP]:
        training.step(batch)
    began = time.perf_counter()
    loss = sum(training.step(batch) * len(batch) for batch in batches(examples, size, order))
    elapsed = time.perf_counter() - began
    return {"seconds": elapsed, "sentences": len(examples), "loss": loss / len(examples)}
