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

# BEGIN SOLUTION


def _refuse_other_shapes(preds: Sequence[Tensor]) -> None:
    """Broadcasting would make a matrix of (n,) and (n, 1) without a word."""
    first, *others = preds
    if any(other.shape != first.shape for other in others):
        raise ValueError(f"predictions of different shapes: {[tuple(pred.shape) for pred in preds]}")


# END SOLUTION


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
    # BEGIN SOLUTION
    _refuse_other_shapes(preds)
    # WRONG shapes-broadcast: preds = torch.broadcast_tensors(*preds)
    if weights is None:
        return torch.stack(list(preds)).mean(dim=0)
    total = sum(weights)
    # WRONG softmax-of-the-weights:
    #     valid = sum(weights) > 0
    #     weights = [math.exp(weight) for weight in weights]
    #     total = sum(weights) if valid else 0
    if total <= 0:
        raise ValueError(f"weights with the sum {total} make no mean")
    # zip, being strict, refuses with ValueError what has another length
    return torch.stack([weight / total * pred for weight, pred in zip(weights, preds, strict=True)]).sum(dim=0)
    # WRONG weights-not-normalised:
    #     return torch.stack([weight * pred for weight, pred in zip(weights, preds, strict=True)]).sum(dim=0)
    # WRONG divided-by-the-number-of-models:
    #     return torch.stack([weight / len(preds) * pred for weight, pred in zip(weights, preds, strict=True)]).sum(
    #         dim=0
    #     )
    # WRONG weights-cut-to-length:
    #     return torch.stack([weight / total * pred for weight, pred in zip(weights, preds)]).sum(dim=0)
    # END SOLUTION


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
    # BEGIN SOLUTION
    _refuse_other_shapes(preds)
    if any((pred <= 0).any() for pred in preds):
        # WRONG zero-is-positive: if any((pred < 0).any() for pred in preds):
        raise ValueError("only positive predictions have a geometric mean")
    return torch.stack([pred.log() for pred in preds]).mean(dim=0).exp()
    # WRONG arithmetic-mean: return torch.stack(list(preds)).mean(dim=0)
    # WRONG root-of-the-product: return torch.stack(list(preds)).prod(dim=0) ** (1 / len(preds))
    # WRONG mean-left-in-logarithms: return torch.stack([pred.log() for pred in preds]).mean(dim=0)
    # WRONG logarithm-of-one-plus: return torch.stack([pred.log1p() for pred in preds]).mean(dim=0).expm1()
    # END SOLUTION


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
    # BEGIN SOLUTION
    n = len(X)
    if k < 2 or k > n:
        raise ValueError(f"{n} rows do not make {k} folds")
    rows = torch.arange(n)
    parts = []
    for fold in rows.tensor_split(k):
        # WRONG rest-in-the-last-fold: for fold in rows.tensor_split([n // k * i for i in range(1, k)]):
        others = rows[~torch.isin(rows, fold)]
        # WRONG folds-interleaved:
        #     fold = rows[int(fold[0]) // (n // k) % k :: k]
        #     others = rows[~torch.isin(rows, fold)]
        predict = fit(X[others], y[others])
        # WRONG fitted-to-all-rows: predict = fit(X, y)
        # WRONG fitted-to-the-fold: predict = fit(X[fold], y[fold])
        # WRONG first-model-for-all:
        #     if not parts:
        #         predict = fit(X[others], y[others])
        parts.append(predict(X[fold]))
    return torch.cat(parts)
    # END SOLUTION


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
    # BEGIN SOLUTION
    size = math.prod(len(values) for values in space.values())
    best: tuple[dict[str, Any], float] | None = None
    for number in random.Random(seed).sample(range(size), min(n_trials, size)):
        # WRONG grid-order: for number in range(min(n_trials, size)):
        # WRONG drawn-with-repetition: for number in random.Random(seed).choices(range(size), k=min(n_trials, size)):
        # WRONG seed-not-used: for number in random.sample(range(size), min(n_trials, size)):
        config = {}
        for name, values in space.items():
            # The digits of the number, each with a base of its own, choose the values.
            number, position = divmod(number, len(values))
            config[name] = values[position]
        loss = objective(**config)
        if not math.isnan(loss) and (best is None or loss < best[1]):
            # WRONG loss-maximised: if not math.isnan(loss) and (best is None or loss > best[1]):
            # WRONG nan-stays-the-best: if best is None or loss < best[1]:
            # WRONG last-trial-returned: if not math.isnan(loss) and loss < math.inf:
            best = config, loss
    if best is None:
        raise ValueError("no trial gave a loss")
    return best
    # END SOLUTION
