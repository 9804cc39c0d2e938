"""ch43 The leaf contest: techniques of its best solutions.

The contest uses the augmentation of D2L 13.1 (chapter_computer-vision/image-augmentation). The exercises are the
course's own. They improve the predictions of trained networks: by several views of an image, several networks, a
temperature, and the mean of several checkpoints.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn


def tta_predict(net: Callable[[Tensor], Tensor], X: Tensor, transforms: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
    """Predict by the mean over several views of each image (test-time augmentation).

        result = the mean over all transforms t of softmax(net(t(X)))

    Each transform gets the batch X, not the result of another transform. The softmax runs over the classes. If net is
    an nn.Module, it predicts in evaluation mode, whatever its mode was. Its mode afterwards is up to you. No gradient
    is needed: the result has no graph. The function leaves X unchanged.

    Args:
        net: maps a batch of images to logits (n, C), float32 or float64. It is an nn.Module or any other function.
        X: a batch of n images; the first axis counts them.
        transforms: k functions, a list or a tuple. Each maps a batch to a batch of n images, without changing its
            argument. Equal transforms count as often as they occur.

    Returns:
        The probabilities (n, C), of the dtype of net's results.

    Raises:
        ValueError: there are no transforms.
    """
    # BEGIN SOLUTION
    if not transforms:
        # WRONG no-views-accepted:
        #     transforms = transforms or [lambda X: X]
        #     if False:
        # WRONG nothing-for-no-views:
        #     if not transforms:
        #         return torch.zeros_like(net(X))
        #     if False:
        raise ValueError("no transforms")
        # WRONG assertion-for-no-views: raise AssertionError("no transforms")
    if isinstance(net, nn.Module):
        net.eval()
        # WRONG mode-unchanged: pass
        # WRONG training-mode: net.train()
    with torch.no_grad():
        # WRONG graph-kept: with torch.enable_grad():
        views = [net(t(X)) for t in transforms]
        # WRONG transforms-ignored: views = [net(X) for t in transforms]
        # WRONG first-view-alone: views = [net(transforms[0](X))]
        # WRONG last-view-alone: views = [net(transforms[-1](X))]
        # WRONG original-added: views = [net(X)] + [net(t(X)) for t in transforms]
        # WRONG original-in-place-of-the-first: views = [net(X)] + [net(t(X)) for t in transforms[1:]]
        # WRONG transforms-chained:
        #     views, view = [], X
        #     for t in transforms:
        #         view = t(view)
        #         views.append(net(view))
        # WRONG all-transforms-at-once:
        #     view = X
        #     for t in transforms:
        #         view = t(view)
        #     views = [net(view)]
        # WRONG images-averaged: views = [net(torch.stack([t(X) for t in transforms]).mean(dim=0))]
        # WRONG different-views-alone:
        #     views = [net(view) for view in torch.stack([t(X) for t in transforms]).unique(dim=0)]
        return torch.stack([view.softmax(dim=1) for view in views]).mean(dim=0)
        # WRONG logits-averaged: return torch.stack(views).mean(dim=0).softmax(dim=1)
        # WRONG logits-returned: return torch.stack(views).mean(dim=0)
        # WRONG labels-averaged:
        #     P = torch.stack([view.softmax(dim=1) for view in views])
        #     return torch.zeros_like(P).scatter(2, P.argmax(dim=2, keepdim=True), 1).mean(dim=0)
        # WRONG sum-of-views: return torch.stack([view.softmax(dim=1) for view in views]).sum(dim=0)
        # WRONG softmax-over-the-batch: return torch.stack([view.softmax(dim=0) for view in views]).mean(dim=0)
        # WRONG largest-probability: return torch.stack([view.softmax(dim=1) for view in views]).amax(dim=0)
        # WRONG smallest-probability: return torch.stack([view.softmax(dim=1) for view in views]).amin(dim=0)
        # WRONG median-of-views: return torch.stack([view.softmax(dim=1) for view in views]).median(dim=0).values
        # WRONG sigmoid-for-softmax: return torch.stack([view.sigmoid() for view in views]).mean(dim=0)
        # WRONG logarithms-averaged: return torch.stack([view.log_softmax(dim=1) for view in views]).mean(dim=0)
        # WRONG softmax-twice: return torch.stack([view.softmax(dim=1) for view in views]).mean(dim=0).softmax(dim=1)
        # WRONG exponentials-overflow:
        #     return torch.stack([view.exp() / view.exp().sum(dim=1, keepdim=True) for view in views]).mean(dim=0)
        # WRONG exponentials-added-first: return torch.stack(views).logsumexp(dim=0).softmax(dim=1)
        # WRONG mean-over-the-batch: return torch.stack([view.softmax(dim=1) for view in views]).mean(dim=1)
        # WRONG views-not-averaged: return torch.stack([view.softmax(dim=1) for view in views])
        # WRONG running-halves:
        #     mean = views[0].softmax(dim=1)
        #     for view in views[1:]:
        #         mean = (mean + view.softmax(dim=1)) / 2
        #     return mean
        # WRONG one-view-too-many:
        #     return torch.stack([view.softmax(dim=1) for view in views]).sum(dim=0) / (len(views) + 1)
        # WRONG probabilities-in-float32:
        #     return torch.stack([view.float().softmax(dim=1) for view in views]).mean(dim=0)
        # WRONG classes-returned:
        #     return torch.stack([view.softmax(dim=1) for view in views]).mean(dim=0).argmax(dim=1)
        # WRONG most-confident-view:
        #     P = torch.stack([view.softmax(dim=1) for view in views])
        #     return P[P.amax(dim=2).argmax(dim=0), torch.arange(P.shape[1])]
    # END SOLUTION


def weighted_ensemble(probs: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """Combine the predictions of several networks by their weighted mean.

        result = sum over k of weights[k] * probs[k] / sum over k of weights[k]

    The weights need not add up to 1, and some of them may be 0. The function leaves its arguments unchanged, and the
    result shares no memory with them.

    Args:
        probs: m tables of probabilities, (n, C) each, all float32 or all float64, with any strides. A list or tuple.
        weights: m numbers, a list or tuple. They keep the precision of Python floats.

    Returns:
        (n, C), of the dtype of the tables.

    Raises:
        ValueError: a weight is negative, all weights are 0, there are more or fewer weights than tables, or there are
            no tables.

    >>> weighted_ensemble([torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])], [3, 1])
    tensor([[0.7500, 0.2500]])
    """
    # BEGIN SOLUTION
    if len(probs) != len(weights) or not probs:
        # WRONG numbers-of-tables-ignored: if not probs:
        # WRONG more-tables-alone-refused: if len(probs) > len(weights) or not probs:
        # WRONG more-weights-alone-refused: if len(probs) < len(weights) or not probs:
        raise ValueError(f"{len(probs)} tables, but {len(weights)} weights")
        # WRONG missing-weights-are-1: weights = [*weights, *[1.0] * len(probs)][: len(probs)]
    if min(weights) < 0 or not any(weights):
        # WRONG negative-weight-accepted: if not any(weights):
        # WRONG zero-weight-refused: if min(weights) <= 0:
        # WRONG all-zero-accepted: if min(weights) < 0:
        # WRONG negative-sum-alone-refused: if sum(weights) <= 0:
        # WRONG first-weight-alone-tested: if weights[0] < 0 or not any(weights):
        raise ValueError(f"unusable weights {weights}")
        # WRONG negative-weight-is-0: weights = [max(w, 0.0) for w in weights]
        # WRONG zeros-mean-equal: weights = weights if any(weights) else [1.0] * len(weights)
        # WRONG magnitudes-of-weights: weights = [abs(w) for w in weights]
    result = torch.zeros_like(probs[0])
    # WRONG ensemble-in-float32: result = torch.zeros(probs[0].shape)
    for table, weight in zip(probs, weights, strict=True):
        # WRONG weights-reversed: for table, weight in zip(probs, reversed(weights), strict=True):
        # WRONG weights-sorted: for table, weight in zip(probs, sorted(weights, reverse=True), strict=True):
        # WRONG numbers-of-tables-ignored: for table, weight in zip(probs, weights):
        # WRONG more-tables-alone-refused: for table, weight in zip(probs, weights):
        # WRONG more-weights-alone-refused: for table, weight in zip(probs, weights):
        # WRONG last-table-missing: for table, weight in list(zip(probs, weights, strict=True))[:-1]:
        result += weight / sum(weights) * table
        # WRONG weights-in-float32: result += (torch.tensor(weight) / torch.tensor(weights).sum()).item() * table
        # WRONG not-normalised: result += weight * table
        # WRONG equal-weights: result += table / len(probs)
        # WRONG divided-by-the-number: result += weight / len(probs) * table
        # WRONG divided-by-the-largest: result += weight / max(weights) * table
        # WRONG weights-squared: result += weight**2 / sum(w**2 for w in weights) * table
        # WRONG weights-of-unit-length: result += weight / sum(w**2 for w in weights) ** 0.5 * table
        # WRONG roots-of-weights: result += weight**0.5 / sum(w**0.5 for w in weights) * table
        # WRONG softmax-of-weights: result += torch.tensor(weight).exp() / torch.tensor(weights).exp().sum() * table
        # WRONG heaviest-alone: result = table if weight == max(weights) else result
        # WRONG votes-counted:
        #     result += weight / sum(weights) * torch.zeros_like(table).scatter(1, table.argmax(1, keepdim=True), 1)
        # WRONG logarithms-mixed: result += weight / sum(weights) * table.log()
        # WRONG one-less-weight: result = (1 - weight / sum(weights)) * result + weight / sum(weights) * table
        # WRONG powers-mixed: result += table ** (weight / sum(weights)) / len(probs)
        # WRONG inverse-weights: result += (1 / max(weight, 1e-9)) / sum(1 / max(w, 1e-9) for w in weights) * table
        # WRONG rounded-weights: result += round(weight / sum(weights), 1) * table
    return result
    # WRONG first-table-changed: return probs[0].copy_(result)
    # WRONG accumulated-in-the-first-table:
    #     result = probs[0]
    #     result *= weights[0]
    #     for table, weight in zip(probs[1:], weights[1:]):
    #         result += weight * table
    #     return result / sum(weights)
    # WRONG geometric-mean:
    #     logs = sum(w / sum(weights) * p.log() for p, w in zip(probs, weights, strict=True) if w)
    #     return logs.softmax(dim=1)
    # WRONG columns-normalised: return result / result.sum(dim=0)
    # WRONG softmax-of-the-mean: return result.softmax(dim=1)
    # WRONG best-class-alone: return torch.zeros_like(result).scatter(1, result.argmax(1, keepdim=True), 1)
    # WRONG sorted-rows: return result.sort(dim=1, descending=True).values
    # END SOLUTION


def fit_temperature(logits: Tensor, y: Tensor) -> float:
    """Find the temperature that calibrates a classifier on held-out examples (Guo et al., 2017).

        loss(T) = the mean over i of -log softmax(logits[i] / T)[y[i]]

    Return the T > 0 with the smallest loss. A T above 1 makes the probabilities less certain, a T below 1 more. It
    never changes which class is the most probable. Any method will do, as long as its T has a relative error below
    1e-2. You may assume that the best T is unique and lies between 0.05 and 20. The function leaves its arguments
    unchanged.

    Args:
        logits: (n, C), float32 or float64, with any strides. The logits of an example may all be
            near 1e4, or near -1e4.
        y: the labels, (n,), int64.

    Returns:
        T, a Python float.
    """
    # BEGIN SOLUTION
    logits = logits.detach().double()
    # WRONG probabilities-divided: logits = logits.detach().double().softmax(dim=1)
    # WRONG log-probabilities-of-the-wrong-axis: logits = logits.detach().double().log_softmax(dim=0)
    own = logits.gather(1, y[:, None])[:, 0]
    # WRONG predicted-classes-for-labels: own = logits.amax(dim=1)
    low, high = 1e-2, 1e2  # limits of beta = 1 / T: the loss falls at `low` and rises at `high`
    # WRONG never-below-1: low, high = 1e-2, 1.0
    # WRONG never-above-1: low, high = 1.0, 1e2
    # WRONG between-half-and-2: low, high = 0.5, 2.0
    # WRONG between-half-and-5: low, high = 0.2, 2.0
    # WRONG between-a-tenth-and-10: low, high = 0.1, 10.0
    for _ in range(60):
        # WRONG few-steps: for _ in range(4):
        beta = (low * high) ** 0.5
        mean = (torch.softmax(beta * logits, dim=1) * logits).sum(dim=1)  # the expected logit
        # WRONG exponentials-too-large:
        #     mean = ((beta * logits).exp() / (beta * logits).exp().sum(dim=1, keepdim=True) * logits).sum(dim=1)
        # WRONG overflow-ends-at-the-lowest:
        #     mean = ((beta * logits).exp() / (beta * logits).exp().sum(dim=1, keepdim=True) * logits).sum(dim=1)
        # WRONG overflow-gives-nan:
        #     mean = ((beta * logits).exp() / (beta * logits).exp().sum(dim=1, keepdim=True) * logits).sum(dim=1)
        #     if mean.isnan().any():
        #         return float("nan")
        # WRONG loss-of-each-class: mean = (torch.sigmoid(beta * logits) * logits).sum(dim=1)
        # WRONG softmax-over-examples: mean = (torch.softmax(beta * logits, dim=0) * logits).sum(dim=1)
        slope = (mean - own).mean()
        # WRONG squared-error:
        #     P = torch.softmax(beta * logits, dim=1)
        #     errors = P - torch.zeros_like(P).scatter(1, y[:, None], 1)
        #     slope = (errors * P * (logits - mean[:, None])).sum()
        # WRONG first-half-alone: slope = (mean - own)[: len(y) // 2].mean()
        # WRONG worst-example: slope = (mean - own)[(torch.logsumexp(beta * logits, dim=1) - beta * own).argmax()]
        # WRONG median-of-examples: slope = (mean - own).median()
        # WRONG misses-alone: slope = (mean - own)[logits.argmax(dim=1) != y].mean()
        # WRONG confidence-equals-accuracy:
        #     confidence = torch.softmax(beta * logits, dim=1).amax(dim=1).mean()
        #     slope = confidence - (logits.argmax(dim=1) == y).double().mean()
        if slope < 0:
            # WRONG overflow-ends-at-the-lowest: if not slope >= 0:
            low = beta
        else:
            high = beta
    return 1 / low
    # WRONG inverse-temperature: return low
    # WRONG square-of-temperature: return 1 / low**2
    # WRONG root-of-temperature: return low**-0.5
    # WRONG logarithm-of-temperature: return torch.tensor(1 / low).log().item()
    # WRONG temperature-as-a-tensor: return torch.tensor(1 / low)
    # WRONG steps-of-a-twentieth:
    #     grid = [0.05 * k for k in range(1, 401)]
    #     return min(grid, key=lambda T: (torch.logsumexp(logits / T, dim=1) - own / T).mean().item())
    # WRONG rounded-temperature: return round(1 / low, 1)
    # WRONG always-1: return 1.0
    # WRONG temperature-and-1: return 1 + 1 / low
    # WRONG spread-of-logits: return logits.std().item()
    # END SOLUTION


def swa_average(state_dicts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Average the checkpoints of a network (stochastic weight averaging, Izmailov et al., 2018).

    Each tensor of floats becomes the elementwise mean over all checkpoints. Other tensors, such as the int64 tensor
    num_batches_tracked of batch normalisation, or tensors of bool, are those of the last checkpoint.

    The result shares no memory with the checkpoints. The function leaves them unchanged.

    Args:
        state_dicts: checkpoints of one network, as its state_dict() gives them: a list or tuple of mappings from names
            to tensors. A name has the same shape and dtype in all of them. Floats are float32 or float64.

    Returns:
        A dict with the names of the checkpoints. Shapes and dtypes are theirs.

    Raises:
        ValueError: the checkpoints do not all have the same names, in any order, or there are no checkpoints.

    >>> first = {"w": torch.tensor([1.0]), "n": torch.tensor(3)}
    >>> swa_average([first, {"w": torch.tensor([2.0]), "n": torch.tensor(5)}])
    {'w': tensor([1.5000]), 'n': tensor(5)}
    """
    # BEGIN SOLUTION
    if not state_dicts or any(state.keys() != state_dicts[0].keys() for state in state_dicts):
        # WRONG names-not-compared: if not state_dicts:
        # WRONG missing-names-alone-refused:
        #     if not state_dicts or any(state_dicts[0].keys() - state.keys() for state in state_dicts):
        # WRONG further-names-alone-refused:
        #     if not state_dicts or any(state.keys() - state_dicts[0].keys() for state in state_dicts):
        # WRONG numbers-of-names-compared: if not state_dicts or len({len(state) for state in state_dicts}) > 1:
        # WRONG second-checkpoint-alone-compared:
        #     state_dicts = [s if i < 2 else {**state_dicts[0], **s} for i, s in enumerate(state_dicts)]
        #     if not state_dicts or any(state.keys() != state_dicts[0].keys() for state in state_dicts):
        # WRONG order-of-names-compared: if not state_dicts or any([*s] != [*state_dicts[0]] for s in state_dicts):
        # WRONG no-checkpoints-accepted:
        #     if not state_dicts:
        #         return {}
        #     if any(state.keys() != state_dicts[0].keys() for state in state_dicts):
        raise ValueError("the checkpoints have different names, or there are none")
        # WRONG key-error: raise KeyError("the checkpoints have different names, or there are none")
        # WRONG common-names-alone:
        #     names = set.intersection(*(set(state) for state in state_dicts))
        #     state_dicts = [{name: state[name] for name in sorted(names)} for state in state_dicts]
    result = {}
    for name, last in state_dicts[-1].items():
        # WRONG statistics-left-out:
        #     for name, last in [(k, v) for k, v in state_dicts[-1].items() if "running" not in k]:
        values = [state[name] for state in state_dicts]
        # WRONG names-not-compared: values = [state[name] for state in state_dicts if name in state]
        # WRONG missing-names-alone-refused: values = [state[name] for state in state_dicts if name in state]
        # WRONG by-order-of-names: values = [[*state.values()][[*state_dicts[-1]].index(name)] for state in state_dicts]
        # WRONG last-checkpoint-missing: values = [state[name] for state in state_dicts[:-1]] or [last]
        # WRONG first-checkpoint-missing: values = [state[name] for state in state_dicts[1:]] or [last]
        if last.is_floating_point():
            # WRONG integers-averaged-to-floats:
            #     values = [value if value.is_floating_point() else value.float() for value in values]
            #     if True:
            # WRONG running-statistics-of-the-last: if last.is_floating_point() and "running" not in name:
            # WRONG matrices-alone: if last.is_floating_point() and last.dim() > 1:
            # WRONG float32-alone: if last.dtype == torch.float32:
            result[name] = torch.stack(values).mean(dim=0)
            # WRONG sum-of-checkpoints: result[name] = torch.stack(values).sum(dim=0)
            # WRONG median-of-checkpoints: result[name] = torch.stack(values).median(dim=0).values
            # WRONG first-and-last: result[name] = (values[0] + last) / 2
            # WRONG running-mean-of-halves:
            #     result[name] = values[0].clone()
            #     for value in values[1:]:
            #         result[name] = (result[name] + value) / 2
            # WRONG exponential-mean:
            #     result[name] = values[0].clone()
            #     for value in values[1:]:
            #         result[name] = 0.9 * result[name] + 0.1 * value
            # WRONG last-checkpoint: result[name] = last.clone()
            # WRONG first-checkpoint: result[name] = values[0].clone()
            # WRONG one-number-for-each: result[name] = torch.stack(values).mean().expand(last.shape).clone()
            # WRONG one-checkpoint-more: result[name] = torch.stack(values).sum(dim=0) / (len(values) + 1)
            # WRONG one-checkpoint-fewer: result[name] = torch.stack(values).sum(dim=0) / max(len(values) - 1, 1)
            # WRONG added-to-the-first:
            #     for value in values[1:]:
            #         values[0].add_(value)
            #     result[name] = values[0] / len(values)
            # WRONG mean-in-float32: result[name] = torch.stack(values).float().mean(dim=0)
            # WRONG mean-through-float32: result[name] = torch.stack(values).float().mean(dim=0).to(last.dtype)
            # WRONG largest-of-checkpoints: result[name] = torch.stack(values).amax(dim=0)
            # WRONG root-mean-square: result[name] = torch.stack(values).square().mean(dim=0).sqrt()
            # WRONG single-checkpoint-shared: result[name] = last if len(values) == 1 else torch.stack(values).mean(dim=0)
        else:
            result[name] = last.clone()
            # WRONG integers-averaged: result[name] = torch.stack(values).double().mean(dim=0).to(last.dtype)
            # WRONG integers-of-the-first: result[name] = values[0].clone()
            # WRONG integers-added: result[name] = torch.stack(values).sum(dim=0).to(last.dtype)
            # WRONG largest-integers: result[name] = torch.stack(values).amax(dim=0)
            # WRONG integers-left-out: pass
            # WRONG memory-of-the-last: result[name] = last
            # WRONG integers-as-floats: result[name] = last.float()
            # WRONG integers-set-back: result[name] = torch.zeros_like(last)
    return result
    # END SOLUTION
