"""ch77 Probability and information.

Distributions over n classes are tensors with n probabilities along the last axis. These exercises measure how uncertain
a distribution is and how far two of them are apart, update a belief with Bayes' theorem, and watch relative
frequencies approach probabilities (D2L 2.6, 3.4.6 and 3.4.7).
"""

import torch
from torch import Tensor


def entropy(p: Tensor) -> Tensor:
    """Return the entropy of each distribution: its expected surprisal, in nats (D2L 3.4.7.1).

        H(p) = sum over j of -p_j log p_j

    log is the natural logarithm. A class of probability 0 adds 0, although log 0 is -inf. Gradients flow to p where all
    probabilities are positive. The function leaves p unchanged. torch.xlogy and torch.special.xlogy are allowed.

    Args:
        p: (..., n), float32 or float64. The probabilities along the last axis are not negative and add up to 1. It need
            not be contiguous in memory.

    Returns:
        (...), of p's dtype: a tensor of shape () for a single distribution.

    >>> entropy(torch.tensor([[0.25, 0.25, 0.25, 0.25], [1.0, 0.0, 0.0, 0.0]])).abs()
    tensor([1.3863, 0.0000])
    """
    # BEGIN SOLUTION
    # Where p is 0, the logarithm of 1 makes the product 0.
    logs = torch.where(p > 0, p, 1).log()
    # WRONG bits-for-nats: logs = torch.where(p > 0, p, 1).log2()
    # WRONG digits-for-nats: logs = torch.where(p > 0, p, 1).log10()
    # WRONG zero-times-infinity: logs = p.log()
    # WRONG one-added-in-the-logarithm: logs = (1 + p).log()
    # WRONG epsilon-in-the-logarithm: logs = (p + 1e-8).log()
    # WRONG large-epsilon-in-the-logarithm: logs = (p + 1e-4).log()
    # WRONG clamped-in-the-logarithm: logs = p.clamp(min=0.01).log()
    # WRONG p-replaced-in-place: logs = p.masked_fill_(p == 0, 1).log()
    # WRONG largest-probability-alone: logs = (p == p.amax(dim=-1, keepdim=True)) * p.log()
    # WRONG softmax-first:
    #     p = p.exp() / p.exp().sum(dim=-1, keepdim=True)
    #     logs = p.log()
    return -(p * logs).sum(dim=-1)
    # WRONG entropy-without-minus: return (p * logs).sum(dim=-1)
    # WRONG mean-of-the-terms: return -(p * logs).mean(dim=-1)
    # WRONG sum-over-everything: return -(p * logs).sum()
    # WRONG mean-of-the-batch: return -(p * logs).sum(dim=-1).mean()
    # WRONG first-axis: return -(p * logs).sum(dim=0)
    # WRONG second-axis: return -(p * logs).sum(dim=1) if p.dim() > 1 else -(p * logs).sum()
    # WRONG axis-kept: return -(p * logs).sum(dim=-1, keepdim=True)
    # WRONG terms-not-added: return -(p * logs)
    # WRONG surprisals-added: return -logs.sum(dim=-1)
    # WRONG surprisals-averaged: return -logs.mean(dim=-1)
    # WRONG share-of-the-largest-entropy:
    #     return -(p * logs).sum(dim=-1) / max(torch.tensor(float(p.shape[-1])).log().item(), 1e-9)
    # WRONG perplexity-for-entropy: return (-(p * logs).sum(dim=-1)).exp()
    # WRONG gini-impurity: return 1 - (p * p).sum(dim=-1)
    # WRONG both-outcomes-of-each-class:
    #     return -(p * logs).sum(dim=-1) - ((1 - p) * torch.where(p < 1, 1 - p, 1).log()).sum(dim=-1)
    # WRONG squared-weights: return -(p * p * logs).sum(dim=-1)
    # WRONG entropy-in-float32: return -(p * logs).sum(dim=-1).float()
    # WRONG entropy-cut-off: return -(p * logs).sum(dim=-1).detach()
    # WRONG logarithm-of-the-sum: return -(p * p).sum(dim=-1).log()
    # END SOLUTION


def cross_entropy_dist(p: Tensor, q: Tensor) -> Tensor:
    """Return the cross-entropy of each pair of distributions, in nats (D2L 3.4.6.3 and 3.4.7.3).

        H(p, q) = sum over j of -p_j log q_j

    It is the expected surprisal of an observer who believes q, while the classes come from p. log is the natural
    logarithm. A class with p_j = 0 adds 0, also if q_j is 0. A class with p_j > 0 and q_j = 0 makes the result inf.
    Gradients flow to p and q where all probabilities are positive. The function leaves p and q unchanged. torch.xlogy
    and torch.special.xlogy are allowed.

    Args:
        p: (..., n), float32 or float64. The probabilities along the last axis are not negative and add up to 1. It need
            not be contiguous in memory.
        q: the same for the other distribution, with the shape and dtype of p. These are probabilities, not logits.

    Returns:
        (...), of p's dtype.

    >>> cross_entropy_dist(torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.25, 0.75, 0.0]))
    tensor(0.8370)
    """
    # BEGIN SOLUTION
    # WRONG beliefs-exchanged: p, q = q, p
    # WRONG entropy-of-p: q = p
    # WRONG entropy-of-q: p = q
    logs = torch.where(p > 0, q, 1).log()
    # WRONG cross-bits-for-nats: logs = torch.where(p > 0, q, 1).log2()
    # WRONG cross-zero-times-infinity: logs = q.log()
    # WRONG impossible-classes-skipped: logs = torch.where(q > 0, q, 1).log()
    # WRONG belief-clamped: logs = q.clamp(min=1e-12).log()
    # WRONG belief-with-epsilon: logs = (q + 1e-4).log()
    # WRONG infinity-made-finite: logs = q.log().nan_to_num()
    # WRONG belief-replaced-in-place: logs = q.masked_fill_(p == 0, 1).log()
    # WRONG belief-as-logits: logs = q - q.exp().sum(dim=-1, keepdim=True).log()
    # WRONG complement-of-the-belief: logs = torch.where(p > 0, 1 - q, 1).log()
    # WRONG logarithm-forgotten: logs = q
    return -(p * logs).sum(dim=-1)
    # WRONG divergence-for-cross-entropy: return (p * torch.where(p > 0, p, 1).log() - p * logs).sum(dim=-1)
    # WRONG cross-without-minus: return (p * logs).sum(dim=-1)
    # WRONG cross-mean-of-the-terms: return -(p * logs).mean(dim=-1)
    # WRONG cross-sum-over-everything: return -(p * logs).sum()
    # WRONG cross-mean-of-the-batch: return -(p * logs).sum(dim=-1).mean()
    # WRONG cross-first-axis: return -(p * logs).sum(dim=0)
    # WRONG cross-axis-kept: return -(p * logs).sum(dim=-1, keepdim=True)
    # WRONG hard-label: return -logs.gather(-1, p.argmax(dim=-1, keepdim=True)).squeeze(-1)
    # WRONG unweighted-surprisals: return -logs.sum(dim=-1)
    # WRONG both-directions-added: return -(p * logs).sum(dim=-1) - torch.xlogy(q, p).sum(dim=-1)
    # WRONG absent-classes-counted-too:
    #     return -(p * logs).sum(dim=-1) - torch.xlogy(1 - p, 1 - q).sum(dim=-1)
    # WRONG logarithm-of-the-overlap: return -(p * q).sum(dim=-1).log()
    # WRONG squared-difference: return ((p - q) ** 2).sum(dim=-1)
    # WRONG cross-perplexity: return (-(p * logs).sum(dim=-1)).exp()
    # WRONG cross-in-float32: return -(p * logs).sum(dim=-1).float()
    # WRONG belief-cut-off: return -(p * logs.detach()).sum(dim=-1)
    # END SOLUTION


def kl_divergence(p: Tensor, q: Tensor) -> Tensor:
    """Return the divergence of each pair of distributions, in nats (Kullback and Leibler, 1951).

        KL(p || q) = sum over j of p_j log(p_j / q_j)

    It is the expected extra surprisal of an observer who believes q, while the classes come from p. log is the natural
    logarithm. A class with p_j = 0 adds 0, also if q_j is 0. A class with p_j > 0 and q_j = 0 makes the result inf.
    Gradients flow to p and q where all probabilities are positive. The function leaves p and q unchanged. torch.xlogy
    and torch.special.xlogy are allowed.

    Args:
        p: (..., n), float32 or float64. The probabilities along the last axis are not negative and add up to 1. It need
            not be contiguous in memory.
        q: the same for the other distribution, with the shape and dtype of p.

    Returns:
        (...), of p's dtype. It is not negative, up to rounding.

    >>> kl_divergence(torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.25, 0.5, 0.25]))
    tensor(0.3466)
    """
    # BEGIN SOLUTION
    # WRONG distributions-exchanged: p, q = q, p
    log_p = torch.where(p > 0, p, 1).log()
    # WRONG divergence-in-bits:
    #     log_p = torch.where(p > 0, p, 1).log2()
    #     q = torch.where(p > 0, q, 1).log2().exp()
    # WRONG nan-for-zero: log_p = p.log()
    # WRONG cross-entropy-for-divergence: log_p = torch.zeros_like(p)
    # WRONG extra-plus: log_p = -torch.where(p > 0, p, 1).log()
    log_q = torch.where(p > 0, q, 1).log()
    # WRONG nan-for-zero: log_q = q.log()
    # WRONG zero-belief-skipped: log_q = torch.where(q > 0, q, torch.where(p > 0, p, 1)).log()
    # WRONG zero-belief-clamped: log_q = q.clamp(min=1e-12).log()
    # WRONG zero-belief-is-one: log_q = torch.where(q > 0, q, 1).log()
    # WRONG belief-with-an-epsilon: log_q = (q + 1e-4).log()
    # WRONG probabilities-for-logarithms: log_q = q
    # WRONG log-softmax-of-q: log_q = q - q.exp().sum(dim=-1, keepdim=True).log()
    # WRONG infinite-divergence-made-finite: log_q = q.log().nan_to_num()
    # WRONG q-replaced-in-place: log_q = q.masked_fill_(p == 0, 1).log()
    # WRONG q-cut-off: log_q = torch.where(p > 0, q, 1).log().detach()
    # WRONG entropy-alone: log_q = torch.zeros_like(q)
    terms = p * (log_p - log_q)
    # WRONG weights-of-q: terms = q * (log_p - log_q)
    # WRONG without-weights: terms = log_p - log_q
    # WRONG ratio-inverted: terms = p * (log_q - log_p)
    # WRONG weighted-by-the-mean: terms = (p + q) / 2 * (log_p - log_q)
    # WRONG symmetrised: terms = p * (log_p - log_q) + torch.xlogy(q, q) - torch.xlogy(q, p)
    # WRONG jensen-shannon:
    #     middle = (p + q) / 2
    #     terms = (torch.xlogy(p, p) + torch.xlogy(q, q)) / 2 - torch.xlogy(middle, middle)
    # WRONG magnitudes-of-the-terms: terms = (p * (log_p - log_q)).abs()
    # WRONG negative-terms-dropped: terms = (p * (log_p - log_q)).clamp(min=0)
    # WRONG total-variation: terms = (p - q).abs() / 2
    # WRONG ratio-without-logarithm: terms = torch.where(p > 0, p * p / q, 0)
    # WRONG difference-of-the-entropies: terms = torch.xlogy(q, q) - torch.xlogy(p, p)
    return terms.sum(dim=-1)
    # WRONG divergence-mean-of-the-terms: return terms.mean(dim=-1)
    # WRONG divergence-of-the-batch: return terms.sum()
    # WRONG batchmean: return terms.sum(dim=-1).mean()
    # WRONG divergence-first-axis: return terms.sum(dim=0)
    # WRONG divergence-axis-kept: return terms.sum(dim=-1, keepdim=True)
    # WRONG divergence-in-float32: return terms.sum(dim=-1).float()
    # WRONG divergence-terms-not-added: return terms
    # END SOLUTION


def bayes_posterior(prior: float, sensitivity: float, specificity: float, n_positive: int = 1) -> float:
    # WRONG two-tests-by-default:
    #     def bayes_posterior(prior: float, sensitivity: float, specificity: float, n_positive: int = 2) -> float:
    """Return the probability of a disease after positive tests, by Bayes' theorem (D2L 2.6.2.6).

    A person has the disease with probability `prior`. A test of a person with the disease is positive with probability
    `sensitivity`. A test of a healthy person is negative with probability `specificity`. Given whether the person has
    the disease, the tests are independent. All n_positive tests of the person were positive.

    Args:
        prior: the probability of the disease before the tests, from 0 to 1.
        sensitivity: the probability of a positive test with the disease, from 0 to 1.
        specificity: the probability of a negative test without the disease, from 0 to 1.
        n_positive: the number of tests, at least 0. Without tests, the result is the prior.

    Returns:
        The probability of the disease given the tests, a float. It is undefined if the tests cannot all be positive:
        no check asks for it.

    Raises:
        ValueError: prior, sensitivity or specificity is below 0 or above 1, or n_positive is negative.

    >>> round(bayes_posterior(0.0015, 1.0, 0.99), 4), round(bayes_posterior(0.0015, 1.0, 0.99, 2), 4)
    (0.1306, 0.9376)
    """
    # BEGIN SOLUTION
    if not (0 <= prior <= 1 and 0 <= sensitivity <= 1 and 0 <= specificity <= 1) or n_positive < 0:
        # WRONG arguments-not-checked: if False:
        # WRONG prior-not-checked: if not (0 <= sensitivity <= 1 and 0 <= specificity <= 1) or n_positive < 0:
        # WRONG test-not-checked: if not 0 <= prior <= 1 or n_positive < 0:
        # WRONG count-not-checked:
        #     if not (0 <= prior <= 1 and 0 <= sensitivity <= 1 and 0 <= specificity <= 1):
        # WRONG above-one-accepted: if min(prior, sensitivity, specificity, n_positive) < 0:
        # WRONG no-tests-refused:
        #     if not (0 <= prior <= 1 and 0 <= sensitivity <= 1 and 0 <= specificity <= 1) or n_positive < 1:
        # WRONG certain-prior-refused:
        #     if not (0 < prior < 1 and 0 <= sensitivity <= 1 and 0 <= specificity <= 1) or n_positive < 0:
        # WRONG perfect-test-refused:
        #     if not (0 <= prior <= 1 and 0 < sensitivity < 1 and 0 < specificity < 1) or n_positive < 0:
        raise ValueError("prior, sensitivity and specificity are probabilities, and n_positive is a count")
        # WRONG arguments-asserted: raise AssertionError("no probability")
    sick = prior * sensitivity**n_positive
    # WRONG base-rate-ignored:
    #     prior = 0.5
    #     sick = prior * sensitivity**n_positive
    # WRONG prior-of-all-tests:
    #     prior = prior**n_positive
    #     sick = prior * sensitivity**n_positive
    # WRONG number-of-tests-ignored:
    #     n_positive = 1
    #     sick = prior * sensitivity**n_positive
    # WRONG one-test-more:
    #     n_positive = n_positive + 1
    #     sick = prior * sensitivity**n_positive
    # WRONG one-test-fewer:
    #     n_positive = max(n_positive - 1, 0)
    #     sick = prior * sensitivity**n_positive
    # WRONG sensitivity-and-specificity-exchanged:
    #     sensitivity, specificity = specificity, sensitivity
    #     sick = prior * sensitivity**n_positive
    # WRONG sensitivity-counted-once: sick = prior * sensitivity ** min(n_positive, 1)
    # WRONG sensitivity-times-the-count: sick = prior * sensitivity * n_positive if n_positive else prior
    # WRONG prior-not-weighted: sick = sensitivity**n_positive
    # WRONG missed-cases: sick = prior * (1 - sensitivity) ** n_positive
    # WRONG any-test-positive: sick = prior * (1 - (1 - sensitivity) ** n_positive)
    healthy = (1 - prior) * (1 - specificity) ** n_positive
    # WRONG specificity-for-false-positives: healthy = (1 - prior) * specificity**n_positive
    # WRONG false-positives-counted-once: healthy = (1 - prior) * (1 - specificity) ** min(n_positive, 1)
    # WRONG false-positives-by-sensitivity: healthy = (1 - prior) * (1 - sensitivity) ** n_positive
    # WRONG healthy-not-weighted: healthy = (1 - specificity) ** n_positive
    # WRONG healthy-weighted-by-the-prior: healthy = prior * (1 - specificity) ** n_positive
    # WRONG any-test-false: healthy = (1 - prior) * (1 - specificity**n_positive) if n_positive else 1 - prior
    # WRONG any-test-positive:
    #     healthy = (1 - prior) * (1 - specificity**n_positive) if n_positive else 1 - prior
    return sick / (sick + healthy)
    # WRONG joint-probability: return float(sick)
    # WRONG likelihood-returned: return float(sensitivity**n_positive)
    # WRONG evidence-returned: return float(sick + healthy)
    # WRONG odds-returned: return sick / max(healthy, 1e-12)
    # WRONG probability-of-health: return healthy / (sick + healthy)
    # WRONG percent-returned: return 100 * sick / (sick + healthy)
    # WRONG rounded-probability: return round(sick / (sick + healthy), 4)
    # WRONG power-of-one-update:
    #     return (prior * sensitivity / (prior * sensitivity + (1 - prior) * (1 - specificity))) ** n_positive
    # END SOLUTION


def empirical_frequencies(samples: Tensor, num_classes: int) -> Tensor:
    """Return the relative frequencies of all classes after each draw (D2L 2.6.1).

    Row i counts the draws samples[0] to samples[i], and divides the count of each class by i + 1. By the law of large
    numbers, the rows approach the probabilities of the classes. The function leaves samples unchanged.

    Args:
        samples: (n,), int64: the class of each draw, from 0 to num_classes - 1. Some classes may never occur. It may be
            empty, and need not be contiguous in memory.
        num_classes: the number of classes, at least 1.

    Returns:
        (n, num_classes), float32.

    Raises:
        ValueError: a sample is negative, or not below num_classes.

    >>> empirical_frequencies(torch.tensor([2, 0, 2, 2]), 3)
    tensor([[0.0000, 0.0000, 1.0000],
            [0.5000, 0.0000, 0.5000],
            [0.3333, 0.0000, 0.6667],
            [0.2500, 0.0000, 0.7500]])
    """
    # BEGIN SOLUTION
    if ((samples < 0) | (samples >= num_classes)).any():
        # WRONG classes-not-checked: if False:
        # WRONG negative-classes-accepted: if (samples >= num_classes).any():
        # WRONG large-classes-accepted: if (samples < 0).any():
        # WRONG next-class-accepted: if ((samples < 0) | (samples > num_classes)).any():
        # WRONG last-class-refused: if ((samples < 0) | (samples >= num_classes - 1)).any():
        # WRONG class-zero-refused: if ((samples <= 0) | (samples >= num_classes)).any():
        # WRONG last-sample-checked-alone: if len(samples) and not 0 <= samples[-1] < num_classes:
        raise ValueError(f"not all samples are among the {num_classes} classes")
        # WRONG classes-asserted: raise AssertionError("no class")
        # WRONG index-error-raised: raise IndexError("no class")
    draws = (samples[:, None] == torch.arange(num_classes)).float()
    # WRONG classes-from-one:
    #     samples = samples - 1
    #     draws = (samples[:, None] == torch.arange(num_classes)).float()
    # WRONG number-of-classes-ignored:
    #     num_classes = int(samples.max()) + 1 if len(samples) else num_classes
    #     draws = (samples[:, None] == torch.arange(num_classes)).float()
    # WRONG classes-that-occur:
    #     num_classes, samples = len(samples.unique()), samples.unique(return_inverse=True)[1]
    #     draws = (samples[:, None] == torch.arange(num_classes)).float()
    # WRONG one-class-more:
    #     num_classes = num_classes + 1
    #     draws = (samples[:, None] == torch.arange(num_classes)).float()
    # WRONG sorted-samples:
    #     samples = samples.sort().values
    #     draws = (samples[:, None] == torch.arange(num_classes)).float()
    # WRONG reversed-samples:
    #     samples = samples.flip(0)
    #     draws = (samples[:, None] == torch.arange(num_classes)).float()
    # WRONG result-in-float64: draws = (samples[:, None] == torch.arange(num_classes)).double()
    # WRONG classes-weighted: draws = (samples[:, None] == torch.arange(num_classes)).float() * (samples[:, None] + 1)
    # WRONG at-most-this-class: draws = (samples[:, None] <= torch.arange(num_classes)).float()
    counts = draws.cumsum(dim=0)
    # WRONG single-draws: counts = draws
    # WRONG cumulated-over-classes: counts = draws.cumsum(dim=1)
    # WRONG total-counts: counts = draws.sum(dim=0).expand(len(draws), num_classes)
    # WRONG counts-before-the-draw: counts = draws.cumsum(dim=0) - draws
    # WRONG last-two-draws: counts = draws + torch.cat([draws[:1] * 0, draws[:-1]])
    # WRONG counts-from-the-end: counts = draws.flip(0).cumsum(dim=0).flip(0)
    # WRONG one-count-for-each-class: counts = draws.cumsum(dim=0) + 1
    numbers = torch.arange(1, len(samples) + 1)[:, None]
    # WRONG number-from-zero: numbers = torch.arange(len(samples))[:, None]
    # WRONG number-from-two: numbers = torch.arange(2, len(samples) + 2)[:, None]
    # WRONG divided-by-all-draws: numbers = len(samples)
    # WRONG divided-by-classes: numbers = num_classes
    # WRONG counts-returned: numbers = 1
    # WRONG one-count-for-each-class: numbers = torch.arange(1, len(samples) + 1)[:, None] + num_classes
    # WRONG share-of-the-class: numbers = draws.sum(dim=0).clamp(min=1)
    # WRONG share-of-the-largest: numbers = counts.amax(dim=1, keepdim=True)
    return counts / numbers
    # WRONG final-frequencies: return (counts / numbers)[-1:].squeeze(0)
    # WRONG classes-as-rows: return (counts / numbers).t()
    # WRONG whole-quotients: return counts // numbers
    # WRONG frequency-of-the-drawn-class: return (counts / numbers).gather(1, samples[:, None]).squeeze(1)
    # WRONG rounded-frequencies: return (counts / numbers * 100).round() / 100
    # WRONG row-before-the-draws: return torch.cat([torch.zeros(1, num_classes), counts / numbers])
    # END SOLUTION
