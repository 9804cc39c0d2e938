"""ch18 After the house-price competition: ensembles and a search for hyperparameters.

What the best teams did beyond a single network. The competition itself is D2L section 4.10
(chapter_multilayer-perceptrons/kaggle-house-price.md), which scores by the error of the logarithm of the price.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor


def average_predictions(preds: Sequence[Tensor], weights: Sequence[float] | None = None) -> Tensor:
    """The weighted mean of what several models predict.

        result = sum_i w_i preds[i] / sum_i w_i

    Only the ratios of the weights count: [3, 1] is the same as [0.75, 0.25].

    Args:
        preds: one tensor of floats a model, one or more, all of the same shape and dtype.
        weights: one number a model, in the same order; None gives all models the same weight. Single ones may be 0 or
            negative, as stacking sometimes finds them.

    Returns:
        A tensor of the predictions' shape and dtype.

    Raises:
        ValueError: the shapes differ, even if they could be broadcast; there are more or fewer weights than
            predictions; the sum of the weights is not positive.
    """
    raise NotImplementedError  # write your code here


def geometric_mean_predictions(preds: Sequence[Tensor]) -> Tensor:
    """The geometric mean of what several models predict: the mean of their logarithms, taken back to prices.

        result = exp(1 / m * sum_i log preds[i]) = (preds[0] * ... * preds[m - 1])^(1 / m)

    The competition's score looks at logarithms (D2L 4.10.4), so it is there that the mean belongs: no other price has
    less squared logarithmic error towards all m predictions.

    The product of many prices overflows where their mean does not.

    Args:
        preds: one tensor of positive floats a model, one or more, all of the same shape and dtype.

    Returns:
        A tensor of the predictions' shape and dtype.

    Raises:
        ValueError: a prediction is 0 or negative, or the shapes differ.
    """
    raise NotImplementedError  # write your code here


def out_of_fold(fit: Callable[[Tensor, Tensor], Callable[[Tensor], Tensor]], X: Tensor, y: Tensor, k: int) -> Tensor:
    """Predict each row by a model that has not seen it: the feature that stacking gives to the model above.

    The rows are cut into k folds of neighbours, in order and not shuffled. Every fold has n // k rows, and the first
    n % k folds have one more. For each fold a new model is fitted to all other rows, and predicts the rows of the fold.

    Args:
        fit: called as fit(X_train, y_train), once for each fold; returns a function from (m, d) to m predictions,
            (m,) or (m, outputs).
        X: features, (n, d).
        y: labels, (n,) or (n, outputs).
        k: how many folds, from 2 to n.

    Returns:
        The predictions for all n rows, in the order of X: (n,) or (n, outputs).

    Raises:
        ValueError: k is less than 2 or more than n.
    """
    raise NotImplementedError  # write your code here


def random_search(
    space: Mapping[str, Sequence[Any]], n_trials: int, objective: Callable[..., float], seed: int = 0
) -> tuple[dict[str, Any], float]:
    """Try random configurations, each at most once, and return the best one (Bergstra and Bengio, 2012).

    A configuration takes one value for each parameter, and all configurations are equally likely. If n_trials is at
    least their number, each of them is tried once. There may be far more of them than can be listed.

    Args:
        space: the values that each parameter can take, at least one, without repetition.
        n_trials: how many configurations to try, from 1 on.
        objective: called with one configuration as keyword arguments, objective(lr=0.1, depth=3), once for each trial;
            returns a loss: the lower, the better. NaN means that training failed.
        seed: the same seed gives the same trials in the same order, whatever has been drawn before; other seeds give
            others.

    Returns:
        The configuration with the lowest loss, a dict with the names of `space`, and that loss. NaN is never the
        lowest.

    Raises:
        ValueError: every trial gave NaN.
    """
    raise NotImplementedError  # write your code here
