"""One timed run of the PyTorch peer; prints a line of JSON.

  timing.py train DATA --form tuned --precision float32 --batch 100 --threads 2
  timing.py train DATA --model rin --form published --batch 50 --layers 2
  timing.py train DATA --model cascade --batch 32
  timing.py train PIECES --model generative --batch 32
  torchrun --standalone --nproc-per-node 2 timing.py train DATA --threads 1 ...
  timing.py infer DATA ...
  torchrun ... timing.py reduce --values 14400000

DATA holds train.jsonl and test.jsonl, PIECES is what `Benchmarks pieces` prints. `train` times optimiser steps over batches that are spread evenly
over the lengths of an epoch and prints the seconds and the lengths of all sentences, for the cascade steps
of a whole epoch and their number; `infer` times greedy decoding and Viterbi over the test split; `reduce`
prints seconds of gloo's all-reduce, whole and in twelve pieces. The batch is that of all ranks: each takes
every n-th sentence by length.
"""
import argparse
import json
import os
import random
import statistics
import time

import torch
import torch.distributed as dist

import cascade
from corpus import Batch, Inventory, read
from model import CopyMTL
from published import LENGTH, Published
from rin import RIN, PairBatch

RANK, RANKS = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
WARM_UP = 2
POOL = 10


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["train", "infer", "reduce"])
    parser.add_argument("data", nargs="?")
    parser.add_argument("--model", choices=["copymtl", "rin", "cascade", "generative"], default="copymtl")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--form", choices=["tuned", "plain", "padded", "published"], default="tuned")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--values", type=int, default=0)
    return parser.parse_args()


def batches(sentences, size, pool, steps, of="tokens"):
    """`steps` whole batches, sorted by length within pools, spread evenly over the lengths; `of` is the key of what is
    counted."""
    order = random.Random(77)
    shuffled = list(sentences)
    order.shuffle(shuffled)
    if pool:
        cut = [shuffled[k : k + size * pool] for k in range(0, len(shuffled), size * pool)]
        shuffled = [s for part in cut for s in sorted(part, key=lambda s: len(s[of]))]
    whole = [shuffled[k : k + size] for k in range(0, len(shuffled) - size + 1, size)]
    whole.sort(key=lambda b: sum(len(s[of]) for s in b))
    steps = min(steps, len(whole))
    chosen = [whole[int((j + 0.5) * len(whole) / steps)] for j in range(steps)]
    order.shuffle(chosen)
    return chosen


def train(args, inventory, sentences, model):
    is_published = args.form == "published"
    cast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.precision == "bfloat16")
    trained = torch.nn.parallel.DistributedDataParallel(
        model, gradient_as_bucket_view=True) if RANKS > 1 else model
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def step(batch):
        own = sorted(batch, key=lambda s: -len(s["tokens"]))[RANK::RANKS]
        read = batch_of(args, own, inventory)
        with cast:
            loss = trained(read)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=RANKS == 1)
        return loss.item()

    return timed(step, batches(sentences, args.batch, 0 if is_published else POOL, args.steps))


def timed(step, chosen):
    """Seconds of a step for each of some batches, and the lengths of their sentences."""
    for batch in chosen[:WARM_UP]:
        step(batch)
    wait()
    began = time.perf_counter()
    losses = [step(batch) for batch in chosen]
    wait()
    elapsed = time.perf_counter() - began
    lengths = [len(s["tokens" if "tokens" in s else "ids"]) for batch in chosen for s in batch]
    return {"seconds": elapsed, "lengths": lengths, "loss": statistics.mean(losses)}


def batch_of(args, sentences, inventory):
    if args.model == "rin":
        return PairBatch.of(sentences, inventory)
    return Batch.of(sentences, inventory, LENGTH if args.form == "published" else None)


def model_of(args, inventory):
    sizes = inventory.vocabulary, len(inventory.relations)
    if args.model == "rin":
        return RIN(*sizes, args.layers, args.form)
    low = torch.bfloat16 if args.precision == "bfloat16" else None
    return Published(*sizes) if args.form == "published" else CopyMTL(*sizes, args.form, low)


def generated(args):
    """The transformer, in training or decoding."""
    # transformers is asked for by this model alone.
    import generative

    sizes, sentences = generative.read(args.data)
    model = generative.Generative(sizes)
    if args.what == "infer":
        return generative.inference(model, sentences[: args.steps * args.batch], args.batch, args.values)
    trained = torch.nn.parallel.DistributedDataParallel(
        model, gradient_as_bucket_view=True) if RANKS > 1 else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    draws = random.Random(RANK)

    def step(batch):
        own = sorted(batch, key=lambda s: -len(s["ids"]))[RANK::RANKS]
        loss = trained(generative.batch_of(own, sizes, draws))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=RANKS == 1)
        return loss.item()

    return timed(step, batches(sentences, args.batch, POOL, args.steps, "ids"))


def measured(args, inventory, sentences):
    if args.model == "cascade":
        return cascade.train(sentences, inventory, args.batch)
    model = model_of(args, inventory)
    if args.what == "train":
        return train(args, inventory, sentences, model)
    return infer(args, inventory, read(f"{args.data}/test.jsonl"), model)


def wait():
    if RANKS > 1:
        dist.barrier()


def infer(args, inventory, sentences, model):
    model.eval()
    ordered = sorted(sentences, key=lambda s: -len(s["tokens"]))
    cast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.precision == "bfloat16")
    total = LENGTH if args.form == "published" else None
    for _ in range(2):
        began = time.perf_counter()
        for k in range(0, len(ordered), args.batch):
            batch = Batch.of(ordered[k : k + args.batch], inventory, total)
            with cast:
                model.predict(batch)
        elapsed = time.perf_counter() - began
    return {"seconds": elapsed, "sentences": len(ordered)}


def reduce(values):
    def median_seconds(pieces):
        buffers, times = [torch.ones(values // pieces) for _ in range(pieces)], []
        for _ in range(14):
            for buffer in buffers:
                buffer.fill_(1.0)
            dist.barrier()
            began = time.perf_counter()
            for work in [dist.all_reduce(buffer, async_op=True) for buffer in buffers]:
                work.wait()
            times.append(time.perf_counter() - began)
        return statistics.median(times[4:])

    return {"whole": median_seconds(1), "pieces": median_seconds(12)}


def main():
    args = options()
    torch.set_num_threads(args.threads)
    torch.manual_seed(77)
    if args.form in ("tuned", "padded") and args.model != "cascade":
        # On the CPU this takes oneDNN's float32 products for MKL's, which are slower; it may use
        # bfloat16 within, and does on a CPU with AMX. The cascade's shapes change with every minibatch: oneDNN
        # would keep the products of each, half a gigabyte, and win nothing.
        torch.set_float32_matmul_precision("medium")
    if RANKS > 1:
        dist.init_process_group("gloo")
    if args.what == "reduce":
        result = reduce(args.values)
    elif args.model == "generative":
        result = generated(args)
    else:
        training = read(f"{args.data}/train.jsonl")
        result = measured(args, Inventory(training), training)
    if RANK == 0:
        print(json.dumps(result), flush=True)
    if RANKS > 1:
        dist.destroy_process_group()


main()
