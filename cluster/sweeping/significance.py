"""Whether one value is better than another over seeds: Welch's t-test, by Student's distribution."""
import math
import statistics


def _fraction(x, a, b):
    """The continued fraction of the incomplete beta function (Numerical Recipes, 6.4), by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    h = d
    for m in range(1, 400):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 + term * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + term / c
            c = c if abs(c) > tiny else tiny
            h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


def incomplete_beta(x, a, b):
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def two_sided(t, freedom):
    """The probability that Student's t with so many degrees of freedom is at least as far from 0."""
    return incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def welch(one, other):
    """The two-sided p of Welch's test that two samples of two or more have one mean."""
    parts = [statistics.variance(sample) / len(sample) for sample in (one, other)]
    difference = statistics.fmean(one) - statistics.fmean(other)
    spread = sum(parts)
    if spread == 0:
        return 1.0 if difference == 0 else 0.0
    freedom = spread**2 / sum(part**2 / (len(sample) - 1) for part, sample in zip(parts, (one, other)))
    return two_sided(difference / math.sqrt(spread), freedom)


def holm(values):
    """p values corrected for their number by Holm's method, in their order."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    corrected, largest = [0.0] * len(values), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[i]))
        corrected[i] = largest
    return corrected


def pooled_worse(groups, own, other):
    """The one-sided p that a group's mean is below another's, with the deviation that all groups have in common.

    groups: samples by name. None where no group has two, or none of them varies.
    """
    freedom = sum(len(sample) - 1 for sample in groups.values())
    if freedom < 1:
        return None
    squares = sum(statistics.variance(sample) * (len(sample) - 1) for sample in groups.values() if len(sample) > 1)
    spread = squares / freedom * (1 / len(groups[own]) + 1 / len(groups[other]))
    if spread == 0:
        return None
    t = (statistics.fmean(groups[other]) - statistics.fmean(groups[own])) / math.sqrt(spread)
    half = two_sided(t, freedom) / 2
    return half if t > 0 else 1 - half
