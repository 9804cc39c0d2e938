"""ch78 A linear model, fitted by exhaustive search.

The chapter follows lecture 2 of the series 《PyTorch 深度学习实践》 (PyTorch deep learning practice).
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def predict(w: float, x: float, b: float = 0.0) -> float:
    # WRONG bias-is-one-by-default: def predict(w, x, b=1.0):
    """Return the prediction of a linear model for a single x.

        y_hat = w * x + b

    Args:
        w: the slope, negative, 0 or positive.
        x: the input, negative, 0 or positive.
        b: the bias.

    Returns:
        The prediction, a Python float.

    >>> predict(2.0, 4.0)
    8.0
    """
    # BEGIN SOLUTION
    return w * x + b
    # WRONG bias-ignored: return w * x
    # WRONG bias-subtracted: return w * x - b
    # WRONG bias-within-the-product: return w * (x + b)
    # WRONG bias-times-the-input: return (w + b) * x
    # WRONG slope-and-bias-swapped: return b * x + w
    # WRONG all-three-added: return w + x + b
    # WRONG input-squared: return w * x**2 + b
    # WRONG divided-by-the-slope: return x / w + b if w else b
    # WRONG solved-for-the-input: return (x - b) / w if w else -b
    # WRONG input-ignored: return w + b
    # WRONG slope-ignored: return x + b
    # WRONG negative-prediction-cut-off: return max(w * x + b, 0.0)
    # WRONG magnitude-of-the-input: return w * abs(x) + b
    # WRONG magnitude-of-the-prediction: return abs(w * x + b)
    # WRONG whole-number: return float(round(w * x + b))
    # WRONG two-decimals: return round(w * x + b, 2)
    # WRONG bias-only-if-positive: return w * x + max(b, 0.0)
    # END SOLUTION


def mse(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the mean squared error of predictions.

        mse = the mean of (y_hat - y)^2 over all n elements

    There is no factor of 1/2. Gradients flow to y_hat and to y. The function leaves its arguments unchanged.

    Args:
        y_hat: the predictions, of any shape with at least one element, float32 or float64, with any strides.
        y: the labels, of the same shape and dtype.

    Returns:
        A tensor without axes, of y_hat's dtype.

    Raises:
        ValueError: the shapes differ, even if they could be broadcast, such as (n, 1) and (n,).
    """
    # BEGIN SOLUTION
    if y_hat.shape != y.shape:
        # WRONG shapes-not-tested: if False:
        # WRONG elements-counted:
        #     y = y.reshape(y_hat.shape) if y.numel() == y_hat.numel() else y
        #     if y_hat.numel() != y.numel():
        # WRONG rows-counted:
        #     y = y.reshape(y_hat.shape) if y.numel() == y_hat.numel() else y
        #     if y_hat.shape[:1] != y.shape[:1]:
        # WRONG number-of-axes-tested: if y_hat.dim() != y.dim():
        # WRONG columns-refused: if y_hat.dim() != 1 or y_hat.shape != y.shape:
        raise ValueError(f"predictions of shape {tuple(y_hat.shape)}, but labels of shape {tuple(y.shape)}")
        # WRONG assertion-for-value-error: raise AssertionError("the shapes differ")
    return torch.square(y_hat - y).mean()
    # WRONG half-of-the-mean: return ((y_hat - y) ** 2).mean() / 2
    # WRONG sum-of-squares: return ((y_hat - y) ** 2).sum()
    # WRONG half-of-the-sum: return ((y_hat - y) ** 2).sum() / 2
    # WRONG no-reduction: return (y_hat - y) ** 2
    # WRONG mean-of-each-column: return ((y_hat - y) ** 2).mean(dim=0)
    # WRONG divided-by-the-rows: return ((y_hat - y) ** 2).sum() / (y.shape[0] if y.dim() else 1)
    # WRONG divided-by-n-minus-1: return ((y_hat - y) ** 2).sum() / max(y.numel() - 1, 1)
    # WRONG absolute-errors: return (y_hat - y).abs().mean()
    # WRONG root-of-the-mean: return ((y_hat - y) ** 2).mean().sqrt()
    # WRONG errors-not-squared: return (y_hat - y).mean()
    # WRONG square-of-the-mean-error: return (y_hat - y).mean() ** 2
    # WRONG difference-of-squares: return (y_hat**2 - y**2).mean()
    # WRONG square-of-the-labels-alone: return (y_hat - y**2).mean()
    # WRONG error-plus-sign: return ((y_hat + y) ** 2).mean()
    # WRONG squares-keep-the-sign: return ((y_hat - y) * (y_hat - y).abs()).mean()
    # WRONG variance-of-the-errors: return (y_hat - y - (y_hat - y).mean()).pow(2).mean()
    # WRONG largest-error: return ((y_hat - y) ** 2).max()
    # WRONG median-error: return ((y_hat - y) ** 2).median()
    # WRONG relative-errors: return (((y_hat - y) / y) ** 2).mean()
    # WRONG errors-capped-at-one: return ((y_hat - y) ** 2).clamp(max=1).mean()
    # WRONG predictions-cut-off: return ((y_hat.detach() - y) ** 2).mean()
    # WRONG labels-cut-off: return ((y_hat - y.detach()) ** 2).mean()
    # WRONG always-float32: return ((y_hat.float() - y.float()) ** 2).mean()
    # WRONG an-axis-of-one: return ((y_hat - y) ** 2).mean().reshape(1)
    # WRONG number-for-tensor: return ((y_hat - y) ** 2).mean().item()
    # WRONG predictions-overwritten: return y_hat.sub_(y).pow(2).mean()
    # END SOLUTION


def exhaustive_search_w(
    x: Tensor, y: Tensor, start: float = 0.0, stop: float = 4.0, step: float = 0.1
) -> tuple[float, list[tuple[float, float]]]:
    """Find the slope w of the model y_hat = w * x by trying all points of a grid.

    The grid has both ends: its points are w_i = start + i * step for i = 0, ..., round((stop - start) / step). With
    the defaults they are the 41 points 0.0, 0.1, ..., 4.0. The cost of a point is the mean squared error, without a
    factor of 1/2:

        cost_i = the mean of (w_i * x - y)^2 over all n examples

    The best point has the lowest cost. If several points have exactly the same lowest cost, the smallest of them is
    the best. The function leaves its arguments unchanged.

    Args:
        x: the inputs, (n,), float64 or float32. n is at least 1.
        y: the labels, (n,), of x's dtype.
        start: the first point.
        stop: the last point. stop - start is a multiple of step, up to rounding.
        step: the distance of neighbouring points.

    Returns:
        The best w, and the list of all pairs (w_i, cost_i) in ascending order of w. All numbers are Python floats.

    Raises:
        ValueError: step is 0 or negative, or stop is less than start. stop may be equal to start.

    >>> x = torch.tensor([1.0, 3.0])
    >>> exhaustive_search_w(x, 2 * x, start=1.0, stop=3.0, step=1.0)
    (2.0, [(1.0, 5.0), (2.0, 0.0), (3.0, 5.0)])
    """
    # BEGIN SOLUTION
    if step <= 0 or stop < start:
        # WRONG step-of-zero-alone-refused:
        #     start, stop, step = (stop, start, -step) if step < 0 and stop < start else (start, stop, step)
        #     if step == 0 or stop < start:
        # WRONG descending-grid-accepted:
        #     start, stop = min(start, stop), max(start, stop)
        #     if step <= 0:
        # WRONG single-point-refused: if step <= 0 or stop <= start:
        # WRONG sign-of-the-step-ignored:
        #     step = abs(step)
        #     if step <= 0 or stop < start:
        raise ValueError(f"no grid from {start} to {stop} in steps of {step}")
    count = round((stop - start) / step) + 1  # a division of floats may fall just short of the whole number
    # WRONG end-left-out: count = max(round((stop - start) / step), 1)
    # WRONG division-cut-off: count = int((stop - start) / step) + 1
    # WRONG arange-past-the-end: count = -int(-(stop + step - start) // step)
    # WRONG one-point-too-many: count = round((stop - start) / step) + 2
    # WRONG always-41-points: count = 41
    costs = []
    for i in range(count):
        # WRONG start-left-out: for i in range(1, max(count, 2)):
        # WRONG examples-counted: for i in range(len(x)):
        w = start + i * step
        # WRONG start-ignored: w = i * step
        # WRONG step-ignored: w = start + i * 0.1
        # WRONG end-never-reached: w = start + i * (stop - start) / count
        # WRONG slope-with-one-decimal: w = round(start + i * step, 1)
        # WRONG grid-from-the-end: w = stop - i * step
        # WRONG negative-slopes-mirrored: w = abs(start + i * step)
        costs.append((w, ((w * x - y) ** 2).mean().item()))
        # WRONG sums-for-means: costs.append((w, ((w * x - y) ** 2).sum().item()))
        # WRONG halved-costs: costs.append((w, ((w * x - y) ** 2).mean().item() / 2))
        # WRONG distances-for-squares: costs.append((w, (w * x - y).abs().mean().item()))
        # WRONG roots-for-costs: costs.append((w, ((w * x - y) ** 2).mean().sqrt().item()))
        # WRONG first-example-alone: costs.append((w, ((w * x - y) ** 2)[0].item()))
        # WRONG cumulative-costs: costs.append((w, ((w * x - y) ** 2).mean().item() + sum(c for _, c in costs[-1:])))
        # WRONG slope-times-the-label: costs.append((w, ((x - w * y) ** 2).mean().item()))
        # WRONG costs-before-slopes: costs.append((((w * x - y) ** 2).mean().item(), w))
        # WRONG tensors-for-floats: costs.append((w, ((w * x - y) ** 2).mean()))
    best, _ = min(costs, key=lambda pair: pair[1])  # min keeps the first of equal costs
    # WRONG highest-cost: best, _ = max(costs, key=lambda pair: pair[1])
    # WRONG last-of-equal-costs: best, _ = min(reversed(costs), key=lambda pair: pair[1])
    # WRONG lowest-cost-for-slope: _, best = min(costs, key=lambda pair: pair[1])
    # WRONG place-for-slope: best = float(min(range(count), key=lambda i: costs[i][1]))
    # WRONG best-pair: best = min(costs, key=lambda pair: pair[1])
    # WRONG smallest-slope: best, _ = min(costs)
    # WRONG closed-form-for-grid: best = ((x * y).sum() / (x * x).sum()).item()
    # WRONG last-slope: best = costs[-1][0]
    # WRONG smallest-by-magnitude-of-ties: best, _ = min(costs, key=lambda pair: (pair[1], abs(pair[0])))
    return best, costs
    # WRONG costs-alone: return best, [cost for _, cost in costs]
    # WRONG sorted-by-cost: return best, sorted(costs, key=lambda pair: pair[1])
    # WRONG slopes-and-costs-apart: return best, [tuple(column) for column in zip(*costs)]
    # WRONG search-ends-at-the-best: return best, costs[: costs.index(min(costs, key=lambda pair: pair[1])) + 1]
    # END SOLUTION


def exhaustive_search_wb(x: Tensor, y: Tensor, ws: Sequence[float], bs: Sequence[float]) -> tuple[float, float, float]:
    """Find slope and bias of the model y_hat = w * x + b by trying every pair of candidates.

        cost = the mean of (w * x + b - y)^2 over all n examples, without a factor of 1/2

    Each w of ws is tried with each b of bs. The best pair has the lowest cost. If several pairs have exactly the same
    lowest cost, the best of them has the w that is first in ws. With equal w, it has the b that is first in bs.
    The function leaves its arguments unchanged.

    Args:
        x: the inputs, (n,), float64 or float32. n is at least 1.
        y: the labels, (n,), of x's dtype.
        ws: the candidates for w, Python floats in any order: a list or a tuple.
        bs: the candidates for b, of the same kind; there may be more or fewer of them.

    Returns:
        The best w, the best b and their cost, as Python floats.

    Raises:
        ValueError: ws or bs is empty.

    >>> exhaustive_search_wb(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0]), [1.0, 2.0], [0.0, 1.0])
    (2.0, 1.0, 0.0)
    """
    # BEGIN SOLUTION
    best: tuple[float, float, float] | None = None
    # WRONG candidates-sorted:
    #     best = None
    #     ws, bs = sorted(ws), sorted(bs)
    # WRONG last-candidates-skipped:
    #     best = None
    #     ws, bs = ws[: max(len(ws) - 1, 1)], bs[: max(len(bs) - 1, 1)]
    # WRONG slopes-from-both-lists:
    #     best = None
    #     bs = ws
    # WRONG zero-for-empty-lists:
    #     best: tuple[float, float, float] | None = None
    #     if not ws or not bs:
    #         return 0.0, 0.0, 0.0
    # WRONG bound-of-1000: best = (0.0, 0.0, 1000.0) if ws and bs else None
    # WRONG bound-of-zero: best = (0.0, 0.0, 0.0) if ws and bs else None
    for w in ws:
        for b in bs:
            cost = ((w * x + b - y) ** 2).mean().item()
            # WRONG bias-left-out: cost = ((w * x - y) ** 2).mean().item()
            # WRONG bias-taken-away: cost = ((w * x - b - y) ** 2).mean().item()
            # WRONG bias-times-the-slope: cost = ((w * (x + b) - y) ** 2).mean().item()
            # WRONG candidates-swapped: cost = ((b * x + w - y) ** 2).mean().item()
            # WRONG sum-of-the-squares: cost = ((w * x + b - y) ** 2).sum().item()
            # WRONG halved-cost: cost = ((w * x + b - y) ** 2).mean().item() / 2
            # WRONG mean-distance: cost = (w * x + b - y).abs().mean().item()
            # WRONG root-of-the-cost: cost = ((w * x + b - y) ** 2).mean().sqrt().item()
            # WRONG first-example-counts: cost = ((w * x + b - y) ** 2)[0].item()
            # WRONG mean-error-squared: cost = (w * x + b - y).mean().item() ** 2
            if best is None or cost < best[2]:
                # WRONG last-of-equals: if best is None or cost <= best[2]:
                # WRONG highest-cost-wins: if best is None or cost > best[2]:
                # WRONG best-of-the-last-slope: if b == bs[0] or best is None or cost < best[2]:
                # WRONG best-of-the-first-bias: if b == bs[0] and (best is None or cost < best[2]):
                # WRONG best-of-the-first-slope: if w == ws[0] and (best is None or cost < best[2]):
                # WRONG lists-in-parallel:
                #     if ws.index(w) == bs.index(b) and (best is None or cost < best[2]):
                # WRONG last-pair: if True:
                best = (w, b, cost)
                # WRONG cost-not-kept: best = (w, b, cost if best is None else best[2])
    if best is None:
        raise ValueError("no candidates")
        # WRONG none-for-empty-lists: return None
    return best
    # WRONG bias-before-slope: return best[1], best[0], best[2]
    # WRONG cost-first: return best[2], best[0], best[1]
    # WRONG places-of-the-best: return float(ws.index(best[0])), float(bs.index(best[1])), best[2]
    # WRONG pair-without-cost: return best[:2]
    # WRONG tensor-for-numbers: return x.new_tensor(best)
    # WRONG first-bias-of-equals:
    #     pairs = [(b, w) for b in bs for w in ws]
    #     return min(((w, b, ((w * x + b - y) ** 2).mean().item()) for b, w in pairs), key=lambda found: found[2])
    # WRONG slope-before-bias:
    #     w = min(ws, key=lambda w: ((w * x - y) ** 2).mean().item())
    #     b = min(bs, key=lambda b: ((w * x + b - y) ** 2).mean().item())
    #     return w, b, ((w * x + b - y) ** 2).mean().item()
    # WRONG bias-from-the-mean:
    #     b = min(bs, key=lambda b: ((x * 0 + b - y) ** 2).mean().item())
    #     w = min(ws, key=lambda w: ((w * x + b - y) ** 2).mean().item())
    #     return w, b, ((w * x + b - y) ** 2).mean().item()
    # END SOLUTION
