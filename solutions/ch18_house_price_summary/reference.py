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

# BEGIN SOLUTION


def _refuse_other_shapes(preds: Sequence[Tensor]) -> None:
    """Raise ValueError if shapes differ: torch would broadcast (n,) and (n, 1) to a matrix."""
    first, *others = preds
    if any(other.shape != first.shape for other in others):
        raise ValueError(f"predictions of different shapes: {[tuple(pred.shape) for pred in preds]}")


# END SOLUTION


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
    # BEGIN SOLUTION
    _refuse_other_shapes(preds)
    # WRONG shapes-broadcast: preds = torch.broadcast_tensors(*preds)
    if weights is None:
        # WRONG none-not-handled: if weights is None and len(preds) == 0:
        return torch.stack(list(preds)).mean(dim=0)
        # WRONG sum-without-weights: return torch.stack(list(preds)).sum(dim=0)
        # WRONG mean-over-the-houses: return torch.stack(list(preds)).mean(dim=1)
        # WRONG kept-axis: return torch.stack(list(preds)).mean(dim=0, keepdim=True)
        # WRONG median-of-the-models: return torch.stack(list(preds)).median(dim=0).values
    total = sum(weights)
    # WRONG softmax-of-the-weights:
    #     valid = sum(weights) > 0
    #     weights = [math.exp(weight) for weight in weights]
    #     total = sum(weights) if valid else 0
    # WRONG magnitudes-summed: total = sum(map(abs, weights))
    if total <= 0:
        # WRONG negative-sum-accepted: if total == 0:
        raise ValueError(f"weights with the sum {total} make no mean")
        # WRONG sum-not-tested: pass
    # With strict=True, zip raises ValueError if the lengths differ.
    return torch.stack([weight / total * pred for weight, pred in zip(weights, preds, strict=True)]).sum(dim=0)
    # WRONG weights-not-normalised:
    #     return torch.stack([weight * pred for weight, pred in zip(weights, preds, strict=True)]).sum(dim=0)
    # WRONG divided-by-the-number-of-models:
    #     return torch.stack([weight / len(preds) * pred for weight, pred in zip(weights, preds, strict=True)]).sum(
    #         dim=0
    #     )
    # WRONG weights-cut-to-length:
    #     return torch.stack([weight / total * pred for weight, pred in zip(weights, preds)]).sum(dim=0)
    # WRONG weights-ignored:
    #     _ = [*zip(weights, preds, strict=True)]
    #     return torch.stack(list(preds)).mean(dim=0)
    # WRONG mean-over-the-houses:
    #     return torch.stack([weight / total * pred for weight, pred in zip(weights, preds, strict=True)]).sum(dim=1)
    # WRONG added-into-the-first-prediction:
    #     parts = zip(weights, preds, strict=True)
    #     weight, result = next(parts)
    #     result *= weight / total
    #     for weight, pred in parts:
    #         result += weight / total * pred
    #     return result
    # WRONG predictions-cut-off:
    #     parts = [weight / total * pred.detach() for weight, pred in zip(weights, preds, strict=True)]
    #     return torch.stack(parts).sum(dim=0)
    # WRONG divided-twice:
    #     return torch.stack([weight / total * pred for weight, pred in zip(weights, preds, strict=True)]).mean(dim=0)
    # WRONG kept-axis:
    #     parts = [weight / total * pred for weight, pred in zip(weights, preds, strict=True)]
    #     return torch.stack(parts).sum(dim=0, keepdim=True)
    # WRONG weights-in-float32:
    #     shares = [torch.tensor(float(weight)) / total for weight, _ in zip(weights, preds, strict=True)]
    #     return torch.stack([share.item() * pred for share, pred in zip(shares, preds)]).sum(dim=0)
    # END SOLUTION


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
    # BEGIN SOLUTION
    _refuse_other_shapes(preds)
    # WRONG geometric-shapes-broadcast: preds = torch.broadcast_tensors(*preds)
    if any((pred <= 0).any() for pred in preds):
        # WRONG zero-is-positive: if any((pred < 0).any() for pred in preds):
        raise ValueError("only positive predictions have a geometric mean")
        # WRONG sign-not-tested: pass
    return torch.stack([pred.log() for pred in preds]).mean(dim=0).exp()
    # WRONG arithmetic-mean: return torch.stack(list(preds)).mean(dim=0)
    # WRONG root-of-the-product: return torch.stack(list(preds)).prod(dim=0) ** (1 / len(preds))
    # WRONG mean-left-in-logarithms: return torch.stack([pred.log() for pred in preds]).mean(dim=0)
    # WRONG logarithm-of-one-plus: return torch.stack([pred.log1p() for pred in preds]).mean(dim=0).expm1()
    # WRONG product-without-the-root: return torch.stack([pred.log() for pred in preds]).sum(dim=0).exp()
    # WRONG root-of-two-in-any-case: return (torch.stack([pred.log() for pred in preds]).sum(dim=0) / 2).exp()
    # WRONG harmonic-mean: return 1 / torch.stack([1 / pred for pred in preds]).mean(dim=0)
    # WRONG bases-mixed: return torch.stack([pred.log10() for pred in preds]).mean(dim=0).exp()
    # WRONG one-number-for-all-houses: return torch.stack([pred.log() for pred in preds]).mean().exp()
    # WRONG small-number-added: return torch.stack([(pred + 1e-8).log() for pred in preds]).mean(dim=0).exp()
    # WRONG logarithms-cut-off: return torch.stack([pred.detach().log() for pred in preds]).mean(dim=0).exp()
    # END SOLUTION


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
    # BEGIN SOLUTION
    n = len(X)
    if k < 2 or k > n:
        # WRONG one-fold-accepted: if k < 1 or k > n:
        # WRONG empty-folds-accepted: if k < 2:
        raise ValueError(f"{n} rows do not make {k} folds")
    rows = torch.arange(n)
    parts = []
    for fold in rows.tensor_split(k):
        # WRONG folds-rounded-up: for fold in rows.chunk(k):
        # WRONG left-over-rows-forgotten: for fold in rows[: n // k * k].tensor_split(k):
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
        # WRONG labels-of-all-rows: predict = fit(X[others], y)
        parts.append(predict(X[fold]))
        # WRONG training-rows-predicted: parts.append(predict(X[others]))
        # WRONG all-rows-predicted: parts.append(predict(X))
        # WRONG models-averaged: parts.append(predict(X))
        # WRONG numbers-in-a-list: parts.extend(predict(X[fold]).tolist())
    return torch.cat(parts)
    # WRONG last-model-for-all: return predict(X)
    # WRONG list-of-folds: return parts
    # WRONG result-with-one-axis:
    #     result = torch.zeros(n)
    #     result[:] = torch.cat(parts)
    #     return result
    # WRONG models-averaged: return torch.stack(parts).mean(dim=0)
    # WRONG numbers-in-a-list: return parts
    # WRONG outputs-flattened: return torch.cat(parts).flatten()
    # END SOLUTION


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
    # BEGIN SOLUTION
    size = math.prod(len(values) for values in space.values())
    best: tuple[dict[str, Any], float] | None = None
    for number in random.Random(seed).sample(range(size), min(n_trials, size)):
        # WRONG seed-ignored: for number in random.Random(0).sample(range(size), min(n_trials, size)):
        # WRONG one-trial-fewer: for number in random.Random(seed).sample(range(size), min(n_trials, size) - 1):
        # WRONG more-trials-than-configurations: for number in random.Random(seed).sample(range(size), n_trials):
        # WRONG grid-order: for number in range(min(n_trials, size)):
        # WRONG drawn-with-repetition: for number in random.Random(seed).choices(range(size), k=min(n_trials, size)):
        # WRONG seed-not-used: for number in random.sample(range(size), min(n_trials, size)):
        # WRONG all-configurations-tried: for number in random.Random(seed).sample(range(size), min(10_000, size)):
        config = {}
        for name, values in space.items():
            # Each remainder chooses the value of a parameter.
            number, position = divmod(number, len(values))
            config[name] = values[position]
        loss = objective(**config)
        # WRONG configuration-as-one-argument: loss = objective(config)
        # WRONG values-as-arguments: loss = objective(*config.values())
        if not math.isnan(loss) and (best is None or loss < best[1]):
            # WRONG first-trial-returned: if not math.isnan(loss) and best is None:
            # WRONG search-starts-at-infinity: if not math.isnan(loss) and loss < (best[1] if best else math.inf):
            # WRONG loss-maximised: if not math.isnan(loss) and (best is None or loss > best[1]):
            # WRONG nan-stays-the-best: if best is None or loss < best[1]:
            # WRONG last-trial-returned: if not math.isnan(loss):
            best = config, loss
    if best is None:
        raise ValueError("no trial gave a loss")
        # WRONG nothing-if-all-fail: pass
    return best
    # WRONG best-tried-again: return best[0], objective(**best[0])
    # WRONG loss-before-the-configuration: return best[1], best[0]
    # WRONG loss-not-returned: return best[0]
    # END SOLUTION
