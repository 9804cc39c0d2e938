"""ch18 After the house-price competition: ensembles and random search for hyperparameters.

The best teams used more than a single network. The competition is D2L 4.10
(chapter_multilayer-perceptrons/kaggle-house-price.md). Its score is the error of the logarithm of the price.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor


def average_predictions(preds: Sequence[Tensor], weights: Sequence[float] | None = None) -> Tensor:
    """Return the weighted mean of the predictions of several models.

        result = sum_i w_i preds[i] / sum_i w_i

    Only the ratios of the weights count: [3, 1] is the same as [0.75, 0.25]. Compute with torch: gradients flow to the
    predictions. The function leaves its arguments unchanged.

    Args:
        preds: a list with a tensor for each model, at least one tensor. All have the same shape and the same dtype,
            float32 or float64. They need not be contiguous in memory.
        weights: a list or tuple with a number for each model, in the same order. None gives all models the same weight.
            A single weight may be 0 or negative, as stacking sometimes finds.

    Returns:
        A tensor with the shape and dtype of a prediction.

    Raises:
        ValueError: the shapes differ, even if torch could broadcast them; the numbers of weights and predictions
            differ; or the sum of the weights is not positive.
    """
    raise NotImplementedError  # write your code here


def geometric_mean_predictions(preds: Sequence[Tensor]) -> Tensor:
    """Return the geometric mean of the predictions of several models: the exponential of their mean logarithm.

        result = exp(1 / m * sum_i log preds[i]) = (preds[0] * ... * preds[m - 1])^(1 / m)

    The competition measures errors of logarithms (D2L 4.10.4). No other price has a smaller sum of squared logarithmic
    errors to all m predictions. The result is right even if the product overflows or underflows. Gradients flow to the
    predictions. The function leaves its argument unchanged.

    Args:
        preds: a list with a tensor of positive numbers for each model, at least one tensor. All have the same shape,
            perhaps (), and the same dtype, float32 or float64. They need not be contiguous in memory.

    Returns:
        A tensor with the shape and dtype of a prediction.

    Raises:
        ValueError: a prediction is 0 or negative, or the shapes differ, even if torch could broadcast them.
    """
    raise NotImplementedError  # write your code here


def out_of_fold(fit: Callable[[Tensor, Tensor], Callable[[Tensor], Tensor]], X: Tensor, y: Tensor, k: int) -> Tensor:
    """Predict each row by a model that has not seen it. Stacking uses these predictions as a feature.

    Cut the rows into k folds of neighbouring rows, in order and without shuffling. Each fold has n // k rows, and the
    first n % k folds have one row more. For each fold, fit a new model to all other rows and predict the rows of the
    fold. The function leaves X and y unchanged.

    Args:
        fit: a function. Call fit(X_train, y_train) once for each fold. It returns a function from (m, d) to m
            predictions, (m,) or (m, outputs).
        X: features, (n, d), float32 or float64. They need not be contiguous in memory.
        y: labels, (n,) or (n, outputs), float32 or float64. They need not be contiguous in memory.
        k: the number of folds, from 2 to n.

    Returns:
        The predictions for all n rows, in the order of X: (n,) or (n, outputs), with the dtype of the models.

    Raises:
        ValueError: k is less than 2 or more than n.
    """
    raise NotImplementedError  # write your code here


def random_search(
    space: Mapping[str, Sequence[Any]], n_trials: int, objective: Callable[..., float], seed: int = 0
) -> tuple[dict[str, Any], float]:
    """Try random configurations, each at most once, and return the best one (Bergstra and Bengio, 2012).

    A configuration has one value for each parameter. All configurations are equally likely. If n_trials is at least the
    number of configurations, try each configuration once. There may be far too many configurations to list, up to
    sys.maxsize. The
    function leaves the space unchanged.

    Args:
        space: a dict from the names of parameters to their values. There is at least one parameter. Each has at least
            one value, and no value twice. The values of a parameter are a list, a tuple or a range.
        n_trials: the number of configurations to try, at least 1.
        objective: a function. Call it once for each trial with the configuration as keyword arguments, as in
            objective(lr=0.1, depth=3). It returns a loss: lower is better. NaN means that training failed.
        seed: the same seed gives the same trials in the same order, whatever was drawn before the call. Another seed
            usually gives other trials.

    Returns:
        The configuration with the lowest loss, a dict with the names of `space`; and this loss. NaN is never lowest.

    Raises:
        ValueError: each trial gave NaN.
    """
    raise NotImplementedError  # write your code here
