"""Cascade cases: an epoch of WebNLG by ranks and threads."""
import math

import torch_peer
import training

CONFIGURATION = "Configs/webnlg/cascade.yaml"
# That of the configuration.
BATCH = 32
# Ranks and threads.
FORMS = [(2, 1), (1, 2)]


def cases(tercet, corpus, folder):
    """A case for each form; its run is left nowhere but, meanwhile, in `folder`."""
    return [epoch(tercet, corpus, folder, *form) for form in FORMS]


def peers(corpus):
    """Two processes cannot share the peer's minibatches, so it has one thread."""
    return [torch_peer.cascade(corpus, BATCH)]


def epoch(tercet, corpus, folder, ranks, threads):
    steps = math.ceil(len(corpus.lengths) / BATCH)
    # No scoring but at the end of the last epoch, which is not reached.
    settings = [f"data.directory={corpus.folder}", "epochs=2", "evaluation.every=2", f"batch.size={BATCH}",
                f"threads={threads}"]
    command = training.launched(tercet, CONFIGURATION, settings, ranks, folder, steps)
    return training.epoch(f"cascade.{ranks}x{threads}", command, folder, corpus, steps)
