"""How much arithmetic CopyMTL-One needs, a multiplication and an addition counting as two.

Matrix products only, in the form with every exact saving: one context a sentence, the copy scorer's
encoder half once a sentence, real tokens only. The count is that of the model, not of an
implementation: padding and repacking win nothing, and the PyTorch peer is counted by the same rule.
"""

EMBEDDING, HIDDEN, FUSED, TAGS, TRIPLES = 100, 1000, 100, 3, 5


def forward(tokens, relations):
    """Operations of one sentence forward."""
    h, d, steps, copies = HIDDEN, EMBEDDING, 3 * TRIPLES, 2 * TRIPLES
    cell = 2 * 4 * h * (d + h)
    return (
        2 * tokens * cell  # encoder, both directions
        + steps * cell  # decoder
        + 2 * (steps * d * d + h * d)  # what the decoder is fed
        + 4 * tokens * h  # attention: scores and mean
        + 2 * TRIPLES * h * relations + 2 * steps * h  # relations, and "none" at every step
        + 2 * FUSED * (copies * h + tokens * h + copies * tokens)  # copy scorer
        + 2 * tokens * h * TAGS  # tag scores
    )


def trained(lengths, relations):
    """Operations of sentences of these lengths forward and backward: three times forward."""
    return 3 * sum(forward(n, relations) for n in lengths)
