"""torch.xlogy, odds, and one-hot rows."""

import torch
from torch.nn import functional as F


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def cross_entropy_dist(p, q):
    return torch.xlogy(p, q).sum(-1).neg()


def kl_divergence(p, q):
    return cross_entropy_dist(p, q) - entropy(p)


def bayes_posterior(prior, sensitivity, specificity, n_positive=1):
    for probability in (prior, sensitivity, specificity):
        if probability < 0 or probability > 1:
            raise ValueError(f"{probability} is no probability")
    if n_positive < 0:
        raise ValueError("a negative number of tests")
    if prior in (0, 1) or n_positive == 0:
        return float(prior)
    if sensitivity == 0:
        return 0.0
    against = (1 - prior) / prior * ((1 - specificity) / sensitivity) ** n_positive
    return 1 / (1 + against)


def empirical_frequencies(samples, num_classes):
    if samples.numel() and not (samples.min() >= 0 and samples.max() < num_classes):
        raise ValueError("unknown class")
    if not samples.numel():
        return torch.zeros(0, num_classes)
    counts = F.one_hot(samples, num_classes).cumsum(0)
    return counts / counts.sum(dim=1, keepdim=True)
