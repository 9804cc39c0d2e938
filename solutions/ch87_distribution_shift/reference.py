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
    # BEGIN SOLUTION
    q = torch.linalg.solve(C, mu)
    # WRONG transposed-matrix: q = torch.linalg.solve(C.T, mu)
    # WRONG rows-sum-to-one: q = torch.linalg.solve(C / C.sum(dim=1, keepdim=True), mu)
    # WRONG matrix-applied: q = C @ mu
    # WRONG transpose-applied: q = C.T @ mu
    # WRONG predictions-returned: q = mu
    # WRONG diagonal-alone: q = mu / C.diagonal()
    # WRONG least-squares: q = torch.linalg.pinv(C) @ mu
    # WRONG ridge-added: q = torch.linalg.solve(C + 0.01 * torch.eye(len(C), dtype=C.dtype), mu)
    # WRONG symmetric-matrix: q = torch.linalg.solve((C + C.T) / 2, mu)
    # WRONG solved-in-float32: q = torch.linalg.solve(C.float(), mu.float())
    # Sampling errors of C and mu can push a rare label below 0.
    q = q.clamp(min=0)
    # WRONG negative-shares-kept: q = q
    # WRONG absolute-shares: q = q.abs()
    # WRONG smallest-share-subtracted: q = q - q.min().clamp(max=0)
    # WRONG a-small-share-at-least: q = q.clamp(min=0.01)
    # WRONG softmax-of-the-solution: q = q.softmax(dim=0)
    # WRONG shares-squared: q = q**2
    return q / q.sum()
    # WRONG not-divided-by-the-sum: return q
    # WRONG divided-by-the-largest: return q / q.max()
    # WRONG divided-by-the-norm: return q / q.norm()
    # WRONG weights-returned: return q / q.sum() / mu
    # END SOLUTION


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
    # BEGIN SOLUTION
    if (p == 0).any():
        # WRONG zero-divided: if False:
        # WRONG zeros-of-both-allowed: if ((p == 0) & (q > 0)).any():
        # WRONG zero-tested-as-a-whole: if p == 0:
        # WRONG first-label-tested: if p[0] == 0:
        # WRONG zero-of-q-refused: if (p == 0).any() or (q == 0).any():
        raise ValueError("the source has no examples of some label")
    return q / p
    # WRONG source-over-target: return p / q
    # WRONG weights-normalised: return q / p / (q / p).sum()
    # WRONG mean-of-one: return q / p / (q / p).mean()
    # WRONG difference-for-ratio: return q - p
    # WRONG product-for-ratio: return q * p
    # WRONG logarithm-of-the-ratio: return (q / p).log()
    # WRONG target-shares: return q / q.sum()
    # WRONG inverse-of-the-source: return 1 / p
    # WRONG root-of-the-ratio: return (q / p).sqrt()
    # WRONG small-number-added: return q / (p + 1e-3)
    # WRONG weights-clipped: return (q / p).clamp(max=10)
    # WRONG share-of-both: return q / (p + q)
    # END SOLUTION


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
    # BEGIN SOLUTION
    return logits.exp().clamp(max=clip)
    # WRONG probability-of-the-target: return logits.sigmoid().clamp(max=clip)
    # WRONG probability-of-the-source: return (-logits).sigmoid().clamp(max=clip)
    # WRONG sign-reversed: return (-logits).exp().clamp(max=clip)
    # WRONG inverse-of-the-probability: return (1 + (-logits).exp()).clamp(max=clip)
    # WRONG odds-of-rounded-probabilities: return (logits.sigmoid() / (1 - logits.sigmoid())).clamp(max=clip)
    # WRONG odds-that-overflow:
    #     target, source = logits.exp() / (1 + logits.exp()), 1 / (1 + logits.exp())
    #     return (target / source).clamp(max=clip)
    # WRONG scores-clipped: return logits.clamp(max=clip).exp()
    # WRONG always-clipped-at-ten: return logits.exp().clamp(max=10.0)
    # WRONG not-clipped: return logits.exp()
    # WRONG clipped-from-below-as-well: return logits.exp().clamp(min=1 / clip, max=clip)
    # WRONG at-least-clip: return logits.exp().clamp(min=clip)
    # WRONG at-least-one: return logits.exp().clamp(min=1.0, max=clip)
    # WRONG large-weights-dropped: return torch.where(logits.exp() > clip, 0.0, logits.exp())
    # WRONG large-weights-become-one: return torch.where(logits.exp() > clip, 1.0, logits.exp())
    # WRONG weights-with-mean-one:
    #     weights = logits.exp().clamp(max=clip)
    #     return weights / weights.mean()
    # WRONG softmax-over-the-examples: return (logits.flatten().softmax(dim=0).reshape(logits.shape)).clamp(max=clip)
    # WRONG squared-ratio: return (2 * logits).exp().clamp(max=clip)
    # WRONG exp-of-python:
    #     import math
    #     return torch.tensor([min(math.exp(h), clip) for h in logits.flatten().tolist()]).reshape(logits.shape)
    # WRONG weights-in-float32: return logits.float().exp().clamp(max=clip)
    # WRONG scores-returned: return logits.clamp(max=clip)
    # WRONG power-of-two: return (2**logits).clamp(max=clip)
    # END SOLUTION


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
    # BEGIN SOLUTION
    return (weights * losses).mean()
    # WRONG divided-by-the-weights: return (weights * losses).sum() / weights.sum()
    # WRONG summed: return (weights * losses).sum()
    # WRONG weights-ignored: return losses.mean()
    # WRONG product-of-the-means: return weights.mean() * losses.mean()
    # WRONG weights-squared: return (weights**2 * losses).mean()
    # WRONG weighted-loss-squared: return ((weights * losses) ** 2).mean()
    # WRONG weights-inverted: return (losses / weights).mean()
    # WRONG softmax-of-the-weights: return (weights.softmax(dim=0) * losses).sum()
    # WRONG zero-weights-not-counted: return (weights * losses).sum() / (weights != 0).sum()
    # WRONG one-example-less: return (weights * losses).sum() / max(len(losses) - 1, 1)
    # WRONG losses-cut-off: return (weights * losses.detach()).mean()
    # WRONG vector-of-one: return (weights * losses).mean(dim=0, keepdim=True)
    # WRONG products-returned: return weights * losses
    # WRONG mean-in-float32: return (weights * losses).float().mean()
    # WRONG weights-of-at-most-one: return (weights.clamp(max=1) * losses).mean()
    # END SOLUTION


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
    # BEGIN SOLUTION
    p_xy, q_xy = p_x.unsqueeze(dim=1) * p_y_given_x, q_x.unsqueeze(dim=1) * q_y_given_x
    p_y, q_y = p_xy.sum(dim=0), q_xy.sum(dim=0)
    # Conditional probabilities exist only where both distributions have the condition.
    inputs, labels = p_x * q_x > 0, p_y * q_y > 0
    # WRONG rows-of-missing-inputs-compared: inputs, labels = p_x >= 0, p_y * q_y > 0
    # WRONG missing-labels-compared: inputs, labels = p_x * q_x > 0, p_y >= 0
    # WRONG inputs-of-the-source-compared: inputs, labels = p_x > 0, p_y * q_y > 0
    # WRONG inputs-of-the-target-compared: inputs, labels = q_x > 0, p_y * q_y > 0
    inputs_differ = _differ(p_x, q_x, tol)
    labels_differ = _differ(p_y, q_y, tol)
    y_given_x_differs = _differ(p_y_given_x[inputs], q_y_given_x[inputs], tol)
    x_given_y_differs = _differ(p_xy[:, labels] / p_y[labels], q_xy[:, labels] / q_y[labels], tol)
    # WRONG joint-for-conditional: x_given_y_differs = _differ(p_xy, q_xy, tol)
    # WRONG tables-compared-as-a-whole: x_given_y_differs = bool(p_xy / p_y != q_xy / q_y)
    kinds = set()
    if inputs_differ and not y_given_x_differs:
        # WRONG covariate-by-inputs-alone: if inputs_differ:
        # WRONG covariate-by-labels-that-stay: if inputs_differ and not labels_differ:
        # WRONG covariate-never-alone: if inputs_differ and not y_given_x_differs and not x_given_y_differs:
        # WRONG equal-conditionals-suffice: if not y_given_x_differs:
        # WRONG covariate-with-concept: if inputs_differ and (x_given_y_differs or not y_given_x_differs):
        kinds.add("covariate")
    if labels_differ and not x_given_y_differs:
        # WRONG label-by-labels-alone: if labels_differ:
        # WRONG label-by-the-other-conditional: if labels_differ and not y_given_x_differs:
        # WRONG label-unless-covariate: if labels_differ and not x_given_y_differs and not kinds:
        # WRONG label-if-inputs-stay: if labels_differ and not x_given_y_differs and not inputs_differ:
        kinds.add("label")
    if y_given_x_differs and x_given_y_differs:
        # WRONG concept-by-one-conditional: if y_given_x_differs:
        # WRONG concept-by-the-other-conditional: if x_given_y_differs:
        # WRONG concept-by-either-conditional: if y_given_x_differs or x_given_y_differs:
        # WRONG concept-if-inputs-stay: if y_given_x_differs and x_given_y_differs and not inputs_differ:
        # WRONG concept-if-inputs-differ: if y_given_x_differs and x_given_y_differs and inputs_differ:
        # WRONG concept-if-labels-differ: if y_given_x_differs and x_given_y_differs and labels_differ:
        # WRONG concept-never: if False:
        kinds.add("concept")
    return kinds
    # WRONG list-of-kinds: return sorted(kinds)
    # END SOLUTION


# BEGIN SOLUTION
def _differ(a: Tensor, b: Tensor, tol: float) -> bool:
    """Whether any numbers at the same place differ by more than tol."""
    return not bool(((a - b).abs() <= tol).all())
    # WRONG tol-ignored: return not bool(((a - b).abs() <= 1e-6).all())
    # WRONG differences-averaged: return not bool((a - b).abs().mean().nan_to_num() <= tol)
    # WRONG differences-cancel: return not bool((a - b).sum().abs() <= tol)
    # WRONG every-number-must-differ: return not bool(((a - b).abs() <= tol).any() or a.numel() == 0)
    # WRONG relative-tolerance: return not torch.allclose(a, b, rtol=0.5, atol=tol)


# END SOLUTION
