"""Masks and loops over classes, updates test by test, and running counts."""

import torch


def safe_log(q, needed):
    """log q where it is needed, 0 elsewhere."""
    return q.masked_fill(~needed, 1.0).log()


def entropy(p):
    total = 0
    for column in p.unbind(dim=-1):
        total = total - column * safe_log(column, column != 0)
    return total


def cross_entropy_dist(p, q):
    total = 0
    for mine, theirs in zip(p.unbind(dim=-1), q.unbind(dim=-1), strict=True):
        total = total - mine * safe_log(theirs, mine != 0)
    return total


def kl_divergence(p, q):
    present = p > 0
    ratio = p.masked_fill(~present, 1.0) / q.masked_fill(~present, 1.0)
    return torch.einsum("...i,...i->...", p, ratio.log())


def bayes_posterior(prior, sensitivity, specificity, n_positive=1):
    if n_positive < 0 or any(not 0 <= number <= 1 for number in (prior, sensitivity, specificity)):
        raise ValueError
    belief = float(prior)
    for _ in range(n_positive):
        positive = belief * sensitivity + (1 - belief) * (1 - specificity)
        belief = belief * sensitivity / positive
    return belief


def empirical_frequencies(samples, num_classes):
    rows, counts = torch.zeros(len(samples), num_classes), [0] * num_classes
    for i, sample in enumerate(samples.tolist()):
        if sample not in range(num_classes):
            raise ValueError(f"class {sample}")
        counts[sample] += 1
        rows[i] = torch.tensor([count / (i + 1) for count in counts])
    return rows
