"""ch85 Convexity.

A chord of a convex function is never below the function. These exercises test functions for convexity, measure the gap
in Jensen's inequality, and minimise under constraints by projections (D2L 11.2).
"""

from collections.abc import Callable

import torch
from torch import Tensor


def is_convex_on_grid(f: Callable[[float], float], a: float, b: float, n: int = 201, tol: float = 1e-9) -> bool:
    """Test whether a function is convex at the midpoints of all pairs of a grid (D2L 11.2.1.2).

    The grid has n equally spaced points from a to b, both included. f passes if each pair of grid points x, y fulfils

        f((x + y) / 2) <= (f(x) + f(y)) / 2 + tol

    The midpoint need not be a point of the grid, and x and y need not be neighbours. f may have jumps. No check depends
    on rounding: the two sides differ by far more than the rounding of float64.

    Args:
        f: takes a Python float and returns one. Do not call it with a tensor.
        a: the left end of the interval.
        b: the right end.
        n: the number of grid points.
        tol: how much a midpoint may lie above its chord.

    Returns:
        True or False, a Python bool.

    Raises:
        ValueError: n is less than 2, or a is not less than b.

    >>> is_convex_on_grid(lambda x: x**2, -1.0, 2.0), is_convex_on_grid(lambda x: x**3, -1.0, 2.0)
    (True, False)
    """
    # BEGIN SOLUTION
    if n < 2 or a >= b:
        # WRONG grid-not-checked: if False:
        # WRONG count-of-points-not-checked: if a >= b:
        # WRONG interval-not-checked: if n < 2:
        # WRONG empty-interval-accepted: if n < 2 or a > b:
        # WRONG single-point-accepted: if n < 1 or a >= b:
        # WRONG two-points-refused: if n < 3 or a >= b:
        raise ValueError(f"no grid of {n} points from {a} to {b}")
        # WRONG grid-asserted: raise AssertionError("no grid")
    points = [a + (b - a) * i / (n - 1) for i in range(n)]
    # WRONG another-tolerance-by-default:
    #     tol = 1e-6 if tol == 1e-9 else tol
    #     points = [a + (b - a) * i / (n - 1) for i in range(n)]
    # WRONG fewer-points-by-default:
    #     n = 11 if n == 201 else n
    #     points = [a + (b - a) * i / (n - 1) for i in range(n)]
    # WRONG one-valley-is-enough:
    #     values = [f(a + (b - a) * i / (n - 1)) for i in range(n)]
    #     lowest = values.index(min(values))
    #     down = all(values[i] >= values[i + 1] - tol for i in range(lowest))
    #     return down and all(values[i] <= values[i + 1] + tol for i in range(lowest, n - 1))
    # WRONG right-end-excluded: points = [a + (b - a) * i / n for i in range(n)]
    # WRONG left-end-excluded: points = [a + (b - a) * (i + 1) / n for i in range(n)]
    # WRONG grid-of-201-points: points = [a + (b - a) * i / 200 for i in range(201)]
    # WRONG one-point-more: points = [a + (b - a) * i / n for i in range(n + 1)]
    # WRONG ends-alone: points = [a, b]
    # WRONG grid-of-the-unit-interval: points = [i / (n - 1) for i in range(n)]
    values = [f(x) for x in points]
    for i in range(len(points)):
        # WRONG pairs-with-the-left-end: for i in range(1):
        for j in range(i):
            # WRONG neighbours-alone: for j in range(max(i - 1, 0), i):
            # WRONG pairs-with-the-left-end: for j in range(n):
            # WRONG neighbours-of-neighbours: for j in range(max(i - 2, 0), max(i - 1, 0)):
            # WRONG midpoints-of-the-grid-alone: for j in range(i % 2, i, 2):
            middle = f((points[i] + points[j]) / 2)
            # WRONG half-the-distance: middle = f((points[i] - points[j]) / 2)
            # WRONG a-third-of-the-way: middle = f((points[i] + 2 * points[j]) / 3)
            chord = (values[i] + values[j]) / 2
            # WRONG larger-value-for-chord: chord = max(values[i], values[j])
            # WRONG smaller-value-for-chord: chord = min(values[i], values[j])
            # WRONG sum-for-mean: chord = values[i] + values[j]
            if middle > chord + tol:
                # WRONG concave-for-convex: if middle < chord - tol:
                # WRONG equality-refused: if middle >= chord:
                # WRONG tolerance-ignored: if middle > chord:
                # WRONG tolerance-subtracted: if middle > chord - tol:
                # WRONG straight-lines-alone: if abs(middle - chord) > tol:
                # WRONG tolerance-doubled: if middle > chord + 2 * tol:
                # WRONG relative-tolerance: if middle > chord + tol * abs(chord):
                return False
                # WRONG verdict-inverted: return True
    return True
    # WRONG verdict-inverted: return False
    # WRONG number-for-truth: return 1
    # END SOLUTION


def jensen_gap(f: Callable[[Tensor], Tensor], x: Tensor, p: Tensor) -> Tensor:
    """Return the gap in Jensen's inequality, which is not negative for convex f (D2L 11.2.1.3).

        gap = sum over i of p_i f(x_i) - f(sum over i of p_i x_i)

    It is the expectation of f(X) minus f at the expectation of X, if X has the value x_i with probability p_i. For
    concave f, the gap is not positive. Gradients flow to x and p. The function leaves x and p unchanged.

    Args:
        f: takes a tensor of any shape, and returns a tensor of the same shape and dtype: the function of each element.
        x: (n,), float32 or float64: the values. It need not be contiguous in memory.
        p: (n,), of x's dtype: their probabilities, which are not negative and add up to 1. It need not be contiguous.

    Returns:
        The gap, of shape () and x's dtype.

    >>> jensen_gap(torch.square, torch.tensor([0.0, 4.0]), torch.tensor([0.75, 0.25]))  # 4 - 1
    tensor(3.)
    """
    # BEGIN SOLUTION
    expected_value = (p * f(x)).sum()
    # WRONG unweighted-values: expected_value = f(x).mean()
    # WRONG values-added-up: expected_value = f(x).sum()
    # WRONG weights-inside: expected_value = f(p * x).sum()
    # WRONG mean-of-the-weighted-values: expected_value = (p * f(x)).mean()
    # WRONG same-term-twice: expected_value = f((p * x).sum())
    # WRONG largest-value: expected_value = f(x).max()
    # WRONG squared-probabilities: expected_value = (p * p * f(x)).sum()
    # WRONG function-of-the-probabilities: expected_value = (x * f(p)).sum()
    # WRONG first-and-last-value: expected_value = p[0] * f(x[0]) + (1 - p[0]) * f(x[-1])
    value_of_expectation = f((p * x).sum())
    # WRONG unweighted-expectation: value_of_expectation = f(x.mean())
    # WRONG function-of-the-sum: value_of_expectation = f(x.sum())
    # WRONG mean-of-the-weighted-points: value_of_expectation = f((p * x).mean())
    # WRONG second-term-forgotten: value_of_expectation = 0 * f((p * x).sum())
    # WRONG expectation-itself: value_of_expectation = (p * x).sum()
    # WRONG middle-of-the-points: value_of_expectation = f((x[0] + x[-1]) / 2)
    # WRONG most-probable-point: value_of_expectation = f(x[p.argmax()])
    # WRONG first-and-last-value: value_of_expectation = f(p[0] * x[0] + (1 - p[0]) * x[-1])
    # WRONG expectation-cut-off: value_of_expectation = f((p * x).sum().detach())
    # WRONG probabilities-cut-off: value_of_expectation = f((p.detach() * x).sum())
    return expected_value - value_of_expectation
    # WRONG gap-of-the-other-sign: return value_of_expectation - expected_value
    # WRONG magnitude-of-the-gap: return (expected_value - value_of_expectation).abs()
    # WRONG negative-gap-dropped: return (expected_value - value_of_expectation).clamp(min=0)
    # WRONG ratio-for-gap: return expected_value / value_of_expectation
    # WRONG sum-for-gap: return expected_value + value_of_expectation
    # WRONG gap-as-number: return (expected_value - value_of_expectation).item()
    # WRONG gap-of-one-axis: return (expected_value - value_of_expectation).reshape(1)
    # WRONG gap-in-float32: return (expected_value - value_of_expectation).float()
    # END SOLUTION


def project_box(x: Tensor, low: float, high: float) -> Tensor:
    """Return the point of the box [low, high]^n that is nearest to x in Euclidean distance (D2L 11.2.3.3).

    Each coordinate is projected by itself. Gradients flow to x: 1 strictly inside the box and 0 outside, where the
    result is constant. No check looks at gradients on the border. The function leaves x unchanged. torch.minimum,
    torch.maximum and torch.where are allowed.

    Args:
        x: any shape, float32 or float64. It need not be contiguous in memory.
        low: the lower bound of all coordinates, which may be -inf.
        high: their upper bound, which may be inf. It may equal `low`.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: low is more than high.

    >>> project_box(torch.tensor([-3.0, 0.5, 7.0]), -1.0, 2.0)
    tensor([-1.0000,  0.5000,  2.0000])
    """
    # BEGIN SOLUTION
    if low > high:
        # WRONG bounds-not-compared: if False:
        # WRONG equal-bounds-refused: if low >= high:
        raise ValueError(f"the box from {low} to {high} is empty")
        # WRONG bounds-exchanged-silently: low, high = high, low
        # WRONG bounds-asserted: raise AssertionError("empty box")
    below = torch.where(x < low, low, x)
    # WRONG x-changed-in-place:
    #     x[x < low] = low
    #     x[x > high] = high
    #     below = torch.where(x < low, low, x)
    # WRONG box-around-zero:
    #     low = -high
    #     below = torch.where(x < low, low, x)
    # WRONG unit-box:
    #     low, high = 0.0, 1.0
    #     below = torch.where(x < low, low, x)
    # WRONG norm-scaled:
    #     norm = x.norm()
    #     return x * (high / norm) if norm > high else x.clone()
    # WRONG upper-bound-alone: below = x
    # WRONG low-side-to-high: below = torch.where(x < low, high, x)
    # WRONG low-side-reflected: below = torch.where(x < low, 2 * low - x, x)
    # WRONG outside-is-zero: below = torch.where((x < low) | (x > high), 0.0, x)
    # WRONG outside-is-the-centre: below = torch.where((x < low) | (x > high), (low + high) / 2, x)
    # WRONG inside-to-the-bounds: below = torch.where(x < (low + high) / 2, low, high).to(x.dtype)
    # WRONG cut-off-from-x: below = torch.where(x < low, low, x.detach())
    # WRONG straight-through: below = x + (torch.where(x < low, low, x) - x).detach()
    return torch.where(below > high, high, below)
    # WRONG lower-bound-alone: return below
    # WRONG outside-is-zero: return below
    # WRONG high-side-to-low: return torch.where(below > high, low, below)
    # WRONG high-side-reflected: return torch.where(below > high, 2 * high - below, below)
    # WRONG straight-through: return below + (torch.where(below > high, high, below) - below).detach()
    # WRONG wrapped-into-the-box: return low + (x - low) % max(high - low, 1e-6)
    # WRONG stretched-to-the-box:
    #     return low + (x - x.min()) / (x.max() - x.min() + 1e-12) * (high - low) if x.numel() else x
    # WRONG squashed-into-the-box: return low + (high - low) * torch.sigmoid(x)
    # WRONG distance-for-projection: return x - torch.where(below > high, high, below)
    # WRONG projection-in-float32: return torch.where(below > high, high, below).float()
    # WRONG rounded-to-integers: return torch.where(below > high, high, below).round()
    # WRONG outside-left-out: return x[(x >= low) & (x <= high)]
    # END SOLUTION


def project_simplex(v: Tensor) -> Tensor:
    """Return the distribution nearest to v in Euclidean distance (D2L 11.2.3.3; Duchi and others, 2008).

    The probability simplex consists of the vectors w with w_i >= 0 for all i, and w_1 + ... + w_n = 1. The nearest
    of them has the form

        w_i = max(v_i - theta, 0)

    for one number theta, which makes the sum 1. v may have numbers of any sign. A vector in the simplex is its own
    projection. If the same number is added to all entries, the projection stays the same: entries of some thousands
    give it with the usual precision of their dtype. The function leaves v unchanged. No check asks for gradients.

    Args:
        v: (n,), float32 or float64, with n >= 1. It need not be contiguous in memory.

    Returns:
        (n,), of v's dtype.

    >>> project_simplex(torch.tensor([0.5, -1.0, 1.0]))  # theta = 0.25
    tensor([0.2500, 0.0000, 0.7500])
    """
    # BEGIN SOLUTION
    # A common offset of all entries changes nothing. Without it, the sums below keep their digits.
    v = v - v.max()
    # WRONG offset-kept: v = v.clone()
    # WRONG v-changed-in-place: v -= v.max()
    # WRONG magnitudes-projected: v = v.abs()
    # WRONG negative-numbers-cleared: v = v.clamp(min=0)
    # WRONG already-small-enough:
    #     if v.clamp(min=0).sum() <= 1:
    #         return v.clamp(min=0)
    # WRONG already-positive:
    #     if (v >= 0).all():
    #         return v / v.sum()
    # WRONG sum-of-one-returned:
    #     if abs(float(v.sum()) - 1) < 1e-6:
    #         return v.clone()
    #     v = v - v.max()
    # WRONG divided-by-the-length: v = v.clone()
    # WRONG counted-from-zero: v = v.clone()
    # WRONG counted-from-two: v = v.clone()
    # WRONG positive-entries-kept: v = v.clone()
    # WRONG theta-added: v = v.clone()
    # WRONG theta-returned: v = v.clone()
    # WRONG divided-by-the-sum: return v / v.sum()
    # WRONG positive-part-divided: return v.clamp(min=0) / v.clamp(min=0).sum().clamp(min=1e-12)
    # WRONG unit-length: return v / v.norm()
    # WRONG box-for-simplex: return v.clamp(0, 1)
    descending = v.sort(descending=True).values
    # WRONG not-sorted: descending = v
    # If the k largest entries stay positive, theta is their sum minus 1, divided by k.
    thetas = (descending.cumsum(dim=0) - 1) / torch.arange(1, len(v) + 1)
    # WRONG sum-of-zero: thetas = descending.cumsum(dim=0) / torch.arange(1, len(v) + 1)
    # WRONG one-added-to-the-sum: thetas = (descending.cumsum(dim=0) + 1) / torch.arange(1, len(v) + 1)
    # WRONG divided-by-the-length: thetas = (descending.cumsum(dim=0) - 1) / len(v)
    # WRONG counted-from-zero: thetas = (descending.cumsum(dim=0) - 1) / torch.arange(len(v)).clamp(min=1)
    # WRONG counted-from-two: thetas = (descending.cumsum(dim=0) - 1) / torch.arange(2, len(v) + 2)
    count = int((descending > thetas).sum())
    # WRONG one-entry-too-few: count = max(int((descending > thetas).sum()) - 1, 1)
    # WRONG one-entry-too-many: count = min(int((descending > thetas).sum()) + 1, len(v))
    # WRONG largest-entry-alone: count = 1
    # WRONG positive-entries-kept: count = max(int((v > 0).sum()), 1)
    theta = thetas[count - 1]
    # WRONG theta-of-all: theta = thetas[-1]
    # WRONG smallest-theta: theta = thetas.min()
    return (v - theta).clamp(min=0)
    # WRONG negative-entries-kept: return v - thetas[-1]
    # WRONG theta-added: return (v + theta).clamp(min=0)
    # WRONG sorted-result: return (descending - theta).clamp(min=0)
    # WRONG softmax-for-projection: return torch.softmax(v, dim=0)
    # WRONG shifted-and-divided: return (v - v.min()) / (v - v.min()).sum().clamp(min=1e-12)
    # WRONG shifted-positive-part-divided:
    #     shifted = (v - (v.sum() - 1) / len(v)).clamp(min=0)
    #     return shifted / shifted.sum()
    # WRONG one-hot-of-the-largest: return (torch.arange(len(v)) == v.argmax()).to(v.dtype)
    # WRONG simplex-in-float32: return (v - theta).clamp(min=0).float()
    # WRONG theta-returned: return theta
    # END SOLUTION


def projected_gd(
    grad: Callable[[Tensor], Tensor], project: Callable[[Tensor], Tensor], x0: Tensor, lr: float, steps: int
) -> Tensor:
    """Minimise a function under a constraint by projected gradient descent (D2L 11.2.3.3).

    Each step moves against the gradient at the current point and projects the new point:

        x_(t+1) = project(x_t - lr * grad(x_t))

    Each step calls grad once and project once. x0 itself is not projected. The function leaves x0 unchanged.

    Args:
        grad: gives the gradient at a point, a tensor of the point's shape and dtype.
        project: gives the nearest point that fulfils the constraint, of the same shape and dtype. Neither function
            changes its argument.
        x0: the first point, of any shape, float32 or float64.
        lr: the learning rate, which stays the same.
        steps: the number of steps, at least 1.

    Returns:
        The point after the last step.

    >>> box = lambda x: torch.maximum(x, torch.tensor(1.0))
    >>> projected_gd(lambda x: 2 * x, box, torch.tensor([4.0, -2.0]), lr=0.25, steps=2)
    tensor([1., 1.])
    """
    # BEGIN SOLUTION
    x = x0
    # WRONG first-point-projected: x = project(x0)
    # WRONG begins-at-zero: x = torch.zeros_like(x0)
    # WRONG descent-in-float32: x = x0.float()
    # WRONG average-of-the-points:
    #     x = x0
    #     points = []
    # WRONG one-step-more: x = project(x0 - lr * grad(x0))
    # WRONG first-gradient-kept:
    #     x = x0
    #     first = grad(x0)
    for _ in range(steps):
        # WRONG one-step-fewer: for _ in range(steps - 1):
        # WRONG single-step: for _ in range(1):
        # WRONG rate-decays: for step in range(steps):
        x = project(x - lr * grad(x))
        # WRONG step-in-place:
        #     x -= lr * grad(x)
        #     x = project(x)
        # WRONG never-projected: x = x - lr * grad(x)
        # WRONG projected-at-the-end-alone: x = x - lr * grad(x)
        # WRONG projected-before-the-step: x = project(x) - lr * grad(project(x))
        # WRONG gradient-at-the-projection: x = project(x - lr * grad(project(x)))
        # WRONG gradient-projected: x = x - lr * project(grad(x))
        # WRONG step-projected: x = x - project(lr * grad(x))
        # WRONG projection-added: x = x + project(-lr * grad(x))
        # WRONG ascent: x = project(x + lr * grad(x))
        # WRONG rate-ignored: x = project(x - grad(x))
        # WRONG rate-after-the-projection: x = x + lr * (project(x - grad(x)) - x)
        # WRONG rate-decays: x = project(x - lr / (step + 1) * grad(x))
        # WRONG two-steps-each: x = project(project(x - lr * grad(x)) - lr * grad(x))
        # WRONG first-point-in-each-step: x = project(x0 - lr * grad(x))
        # WRONG first-gradient-kept: x = project(x - lr * first)
        # WRONG gradient-of-unit-length: x = project(x - lr * grad(x) / grad(x).norm().clamp(min=1e-12))
        # WRONG sign-of-the-gradient: x = project(x - lr * grad(x).sign())
        # WRONG half-a-step: x = project(x - lr / 2 * grad(x))
        # WRONG gradient-as-step: x = project(-lr * grad(x))
        # WRONG average-of-the-points:
        #     x = project(x - lr * grad(x))
        #     points.append(x)
    return x
    # WRONG projected-at-the-end-alone: return project(x)
    # WRONG average-of-the-points: return torch.stack(points).mean(dim=0)
    # WRONG gradient-returned: return grad(x)
    # END SOLUTION
