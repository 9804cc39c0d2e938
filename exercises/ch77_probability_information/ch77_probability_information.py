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

    Write it from scratch, without ready-made entropies and divergences (torch.special.entr, F.kl_div,
    F.cross_entropy, torch.distributions, ...).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made entropies and divergences (torch.special.entr, F.kl_div,
    F.cross_entropy, torch.distributions, ...), and without ready-made cross-entropy (nn.CrossEntropyLoss,
    F.cross_entropy, F.nll_loss, ...).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made entropies and divergences (torch.special.entr, F.kl_div,
    F.cross_entropy, torch.distributions, ...), and without ready-made cross-entropy (nn.CrossEntropyLoss,
    F.cross_entropy, F.nll_loss, ...).
    """
    raise NotImplementedError  # write your code here


def bayes_posterior(prior: float, sensitivity: float, specificity: float, n_positive: int = 1) -> float:
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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
