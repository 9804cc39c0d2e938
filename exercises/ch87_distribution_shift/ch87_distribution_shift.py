"""ch87 Distribution shift: weights that correct it, and the kinds of shift.

A model learns from examples of a source distribution p, and is used on a target distribution q. The exercises estimate
weights for the source examples, and tell kinds of shift apart. See D2L 4.9
(chapter_multilayer-perceptrons/environment.md).
"""

import torch
from torch import Tensor


def label_shift_prior(C: Tensor, mu: Tensor) -> Tensor:
    """Estimate the share of each label in the target data from predictions alone (Lipton et al., 2018).

    A classifier predicts i for a share C[i, j] of the source examples with label j. Under label shift, these shares are
    the same in the target data. If q[j] is the share of label j there, the shares of the predictions are

        mu = C q

    Solve this system for q. C and mu are measured on limited data, so the solution may have negative entries: these
    become 0. Then all entries are divided by their sum. The function leaves its arguments unchanged.

    Args:
        C: (k, k), float32 or float64, for k labels. Each column sums to 1. Strides are arbitrary.
        mu: (k,), of C's dtype: the share of each prediction among all target examples, which sum to 1.

    Returns:
        q (k,), of C's dtype, without negative entries. It sums to 1.

    Raises:
        RuntimeError or ValueError: C is singular because all its columns are equal. Either is right; the LinAlgError of
            torch and that of numpy are subclasses of them.

    >>> label_shift_prior(torch.tensor([[0.9, 0.2], [0.1, 0.8]]), torch.tensor([0.34, 0.66]))
    tensor([0.2000, 0.8000])
    """
    raise NotImplementedError  # write your code here


def label_shift_weights(q: Tensor, p: Tensor) -> Tensor:
    """Return the weight of the source examples of each label under label shift.

        weight[j] = q[j] / p[j]

    The weighted source examples have the labels of the target data. The function leaves its arguments unchanged.

    Args:
        q: (k,), float32 or float64: the share of each label in the target data. It may be 0.
        p: (k,), of q's dtype: the share of each label in the source data.

    Returns:
        The weights (k,), of q's dtype. They are not normalised.

    Raises:
        ValueError: an entry of p is 0. The source then has no example to give weight to. This also holds where q is 0.

    >>> label_shift_weights(torch.tensor([0.5, 0.5]), torch.tensor([0.75, 0.25]))
    tensor([0.6667, 2.0000])
    """
    raise NotImplementedError  # write your code here


def covariate_shift_weights(logits: Tensor, clip: float = 10.0) -> Tensor:
    """Turn the scores of a classifier of source and target into weights of source examples, under covariate shift.

    Logistic regression has learnt to tell target inputs from source inputs, from equally many of both. Its score h(x)
    is the logit of the target: P(target | x) = 1 / (1 + exp(-h(x))). The weight of an example is the ratio of the
    densities q(x) of the target and p(x) of the source:

        weight(x) = q(x) / p(x) = P(target | x) / P(source | x) = exp(h(x))

    A few large weights would outweigh all other examples. So weights above clip become clip. Small weights stay.

    Weights are exact to 4 digits, also if clip is large, such as 1e6. Scores may have any size: a score of 1000 gives
    clip, and a score of -1000 gives 0. The function leaves its arguments unchanged.

    Args:
        logits: the scores of source examples, of any shape, float32 or float64.
        clip: the largest weight, positive.

    Returns:
        The weights, of the shape and dtype of logits.

    >>> covariate_shift_weights(torch.tensor([-1.0, 0.0, 1.0, 5.0]))
    tensor([ 0.3679,  1.0000,  2.7183, 10.0000])
    """
    raise NotImplementedError  # write your code here


def weighted_risk(losses: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted empirical risk, which estimates the mean loss of the target from source examples.

        risk = 1/n sum_i weights[i] losses[i]

    The divisor is the number of examples n, whatever the weights add up to. With the weights q/p, the expected value of
    the risk is the mean loss under q. Gradients flow to losses. The function leaves its arguments unchanged.

    Args:
        losses: (n,), float32 or float64: the loss of each of n >= 1 source examples.
        weights: (n,), of losses' dtype: the weight of each example. It may be 0.

    Returns:
        The risk, of shape () and of losses' dtype.

    >>> weighted_risk(torch.tensor([1.0, 3.0]), torch.tensor([2.0, 0.5]))
    tensor(1.7500)
    """
    raise NotImplementedError  # write your code here


def shift_kind(p_x: Tensor, q_x: Tensor, p_y_given_x: Tensor, q_y_given_x: Tensor, tol: float = 1e-6) -> set[str]:
    """Name the kinds of shift between two joint distributions of an input x and a label y, both with few values.

    p is the source and q is the target. Each joint distribution is given by P(x) and P(y | x). Bayes' rule gives the
    other two tables:

        P(y) = sum_x P(x) P(y | x)            P(x | y) = P(x) P(y | x) / P(y)

    The kinds are:

    - "covariate": P(x) differs, and P(y | x) is the same. Weights q(x) / p(x) correct it.
    - "label": P(y) differs, and P(x | y) is the same. Weights q(y) / p(y) correct it.
    - "concept": both P(y | x) and P(x | y) differ. Neither of these weights corrects it.

    Covariate and label shift can hold together, for example if x determines y. If the distributions are equal, there is
    no shift.

    Two tables differ if numbers at the same place differ by more than tol. Where p or q has P(x) = 0, the row of
    P(y | x) may hold anything, and it is not compared. Likewise, P(x | y) is not compared for a label that has P(y) = 0
    in p or q. The differences in the checks are far from tol.

    Args:
        p_x, q_x: (m,), float64: P(x) of the source and of the target.
        p_y_given_x, q_y_given_x: (m, k), float64: row x is P(y | x).
        tol: the largest difference of equal numbers; it may be 0.

    Returns:
        A set of the kinds. It is empty if there is none.

    >>> labels = torch.tensor([[0.9, 0.1], [0.2, 0.8]], dtype=torch.float64)
    >>> shift_kind(torch.tensor([0.5, 0.5]).double(), torch.tensor([0.25, 0.75]).double(), labels, labels)
    {'covariate'}
    """
    raise NotImplementedError  # write your code here
