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


def rin(lengths, relations, layers=2, embedding=100, width=100):
    """Operations of RIN on sentences of these lengths forward and backward: factored pairs, and of the layers
    before the last the backward pass through the maxima alone."""
    def sentence(tokens):
        pair = 2 * width * (1 + relations)
        cells = layers * 2 * tokens * 3 * width * (5 + relations + 2 * width)
        encoder = 2 * tokens * 4 * width * (embedding + width // 2)
        rows = (layers + 1) * 2 * tokens * width * (5 + 2 * width)
        maxima = layers * min(tokens * relations, tokens**2) * 2 * 2 * width
        return 3 * (encoder + cells + rows) + (layers + 3) * tokens**2 * pair + maxima

    return sum(sentence(n) for n in lengths)


def trained(lengths, relations):
    """Operations of sentences of these lengths forward and backward: three times forward."""
    return 3 * sum(forward(n, relations) for n in lengths)
