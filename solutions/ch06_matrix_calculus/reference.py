"""ch06 Matrix calculus: difference quotients, gradients, Jacobians, subgradients.

See D2L 2.4 (chapter_preliminaries/calculus.md).
"""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

Number = TypeVar("Number", float, Tensor)


def numerical_lim(f: Callable[[Number], Number], x: Number, h: float) -> Number:
    """Return the slope of f between x and x + h. Its limit for h -> 0 is the derivative (D2L 2.4.1).

        (f(x + h) - f(x)) / h

    The function leaves x unchanged.

    Args:
        f: a function of a number, or of a tensor. From a tensor it may return a tensor, element by element, or a
            scalar.
        x: the point: a float or int, or a float32 or float64 tensor. All elements of a tensor take the step h.
        h: the length of the step, not 0. A negative h is a step to the left.

    Returns:
        The quotient, of the shape of f(x).
    """
    # BEGIN SOLUTION
    return (f(x + h) - f(x)) / h
    # WRONG difference-without-sign: return abs(f(x + h) - f(x)) / abs(h)
    # WRONG two-steps: return (f(x + 2 * h) - f(x)) / (2 * h)
    # WRONG times-the-step: return (f(x + h) - f(x)) * h
    # WRONG divided-by-two-steps: return (f(x + h) - f(x)) / (2 * h)
    # WRONG difference-reversed: return (f(x) - f(x + h)) / h
    # WRONG brackets-forgotten: return f(x + h) - f(x) / h
    # WRONG step-to-the-left: return (f(x) - f(x - h)) / h
    # WRONG central-for-one-sided: return (f(x + h) - f(x - h)) / (2 * h)
    # WRONG not-divided-by-the-step: return f(x + h) - f(x)
    # WRONG length-of-the-step: return (f(x + h) - f(x)) / abs(h)
    # WRONG step-in-place:
    #     before = f(x)
    #     x += h
    #     return (f(x) - before) / h
    # END SOLUTION


def finite_difference_grad(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-6) -> Tensor:
    """Return an approximation of the gradient of f at x by central differences, computed from values of f.

        df / dx_i  is about  (f(x + eps e_i) - f(x - eps e_i)) / (2 eps)

    e_i is 1 at the i-th element and 0 elsewhere. The error is proportional to eps^2. For a quadratic f it is 0, up to
    rounding. The function leaves x and x.grad unchanged.

    Args:
        f: a function from a tensor of the shape of x to a scalar tensor of the dtype of x.
        x: the point, of any shape, float32 or float64. It may require gradients, and it need not be contiguous in
            memory.
        eps: the length of the steps. The default of 1e-6 suits float64. float32 needs longer steps.

    Returns:
        A tensor of the shape and dtype of x. It does not require gradients, even if x or f does.
    """
    # BEGIN SOLUTION
    steps = eps * torch.eye(x.numel(), dtype=x.dtype)  # a row for each element: a step along it alone
    # WRONG view-of-x:
    #     x = x.view(-1).view(x.shape)
    #     steps = eps * torch.eye(x.numel(), dtype=x.dtype)
    # WRONG all-elements-at-once: steps = eps * torch.ones(x.numel(), x.numel(), dtype=x.dtype)
    # WRONG eps-ignored:
    #     eps = 1e-6
    #     steps = eps * torch.eye(x.numel(), dtype=x.dtype)
    slopes = [(f(x + e) - f(x - e)) / (2 * eps) for e in steps.reshape(-1, *x.shape)]
    # WRONG steps-in-place:
    #     slopes = []
    #     for e in steps.reshape(-1, *x.shape):
    #         x += e
    #         right = f(x)
    #         x -= 2 * e
    #         left = f(x)
    #         x += e
    #         slopes.append((right - left) / (2 * eps))
    # WRONG one-sided-half: slopes = [(f(x + e) - f(x)) / (2 * eps) for e in steps.reshape(-1, *x.shape)]
    # WRONG divided-by-two-alone: slopes = [(f(x + e) - f(x - e)) / 2 for e in steps.reshape(-1, *x.shape)]
    # WRONG multiplied-by-eps: slopes = [(f(x + e) - f(x - e)) / 2 * eps for e in steps.reshape(-1, *x.shape)]
    # WRONG differences-for-slopes: slopes = [f(x + e) - f(x - e) for e in steps.reshape(-1, *x.shape)]
    # WRONG points-swapped: slopes = [(f(x - e) - f(x + e)) / (2 * eps) for e in steps.reshape(-1, *x.shape)]
    # WRONG backward-difference: slopes = [(f(x) - f(x - e)) / eps for e in steps.reshape(-1, *x.shape)]
    # WRONG forward-difference: slopes = [(f(x + e) - f(x)) / eps for e in steps.reshape(-1, *x.shape)]
    # WRONG half-the-distance: slopes = [(f(x + e) - f(x - e)) / eps for e in steps.reshape(-1, *x.shape)]
    # WRONG not-stepped-back:
    #     slopes = [(f(x.data.add_(e)) - f(x.data.sub_(2 * e))) / (2 * eps) for e in steps.reshape(-1, *x.shape)]
    return torch.stack(slopes).reshape(x.shape).detach()
    # WRONG last-element-left-out:
    #     slopes[-1] = 0 * slopes[-1]
    #     return torch.stack(slopes).reshape(x.shape).detach()
    # WRONG float32-gradient: return torch.stack(slopes).reshape(x.shape).detach().float()
    # WRONG gradient-of-first-axis, 3 lines:
    #     slopes = []
    #     for i in range(len(x)):
    #         step = torch.zeros_like(x)
    #         step[i] = eps
    #         slopes.append((f(x + step) - f(x - step)) / (2 * eps))
    #     return torch.stack(slopes).detach()
    # WRONG gradient-flat: return torch.stack(slopes).detach()
    # WRONG graph-kept: return torch.stack(slopes).reshape(x.shape)
    # END SOLUTION


def jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return the Jacobian of f at x in numerator layout. Autograd computes it row by row.

        J[i, j] = d f(x)_i / d x_j

    The function leaves x and x.grad unchanged.

    Args:
        f: a differentiable function from a vector (n,) to a vector (m,).
        x: the point, (n,), float32 or float64.

    Returns:
        (m, n), also if m or n is 1, in the dtype of x. It carries no graph. The row of an output that does not depend
        on x is zero. If f is constant, all rows are zero.
    """
    # BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    # WRONG backward-into-x: x = x.requires_grad_()
    # WRONG gradient-left-in-x: x = x.requires_grad_()
    # WRONG gradients-asked-of-the-argument: x = x.requires_grad_()
    # WRONG x-without-gradients: x = x.detach().clone()
    y = f(x)
    if not y.requires_grad:
        # WRONG x-without-gradients: if not len(y):
        # WRONG constant-not-handled: if not len(y):
        return x.new_zeros(len(y), len(x))
        # WRONG float32-zeros: return torch.zeros(len(y), len(x))
        # WRONG denominator-layout: return x.new_zeros(len(x), len(y))
    rows = []
    for output in y:  # one backward pass gives one row
        rows += torch.autograd.grad(output, x, retain_graph=True)
        # WRONG backward-into-x:
        #     if x.grad is not None and rows:
        #         x.grad = torch.zeros_like(x)
        #     output.backward(retain_graph=True)
        #     rows.append(x.grad.clone())
        # WRONG gradient-left-in-x:
        #     x.grad = None
        #     output.backward(retain_graph=True)
        #     rows.append(x.grad)
        # WRONG backward-of-a-vector: rows += torch.autograd.grad(y, x, retain_graph=True)
        # WRONG graph-freed: rows += torch.autograd.grad(output, x)
        # WRONG outputs-summed: rows += torch.autograd.grad(y.sum(), x, retain_graph=True)
        # WRONG jacobian-with-graph: rows += torch.autograd.grad(output, x, create_graph=True)
    return torch.stack(rows)
    # WRONG same-row-object: return torch.stack(rows[-1:] * len(rows))
    # WRONG squeezed: return torch.stack(rows).squeeze()
    # WRONG list-of-rows: return rows
    # WRONG rows-joined: return torch.cat(rows)
    # WRONG gradient-of-the-sum: return torch.autograd.grad(y.sum(), x)[0]
    # WRONG first-row-alone: return rows[0]
    # WRONG denominator-layout: return torch.stack(rows).T
    # WRONG rows-accumulate: return torch.stack(rows).cumsum(dim=0)
    # END SOLUTION


def grad_least_squares(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    """Return the gradient of the loss ||X w - y||^2 with respect to w, computed from its formula.

        2 X^T (X w - y)

    The loss is the sum of squares, without a factor 1/2 and without a mean. The function leaves its arguments
    unchanged.

    Args:
        X: (n, d), a row for each example, float32 or float64. X, w and y need not be contiguous in memory.
        w: (d,) or (d, 1), of the same dtype.
        y: (n,) or (n, 1), as X @ w, of the same dtype.

    Returns:
        The gradient, of the shape and dtype of w.
    """
    # BEGIN SOLUTION
    return 2 * X.T @ (X @ w - y)
    # WRONG factor-two-on-one-term: return 2 * X.T @ (X @ w) - X.T @ y
    # WRONG descent-direction: return X.T @ (y - X @ w)
    # WRONG matrix-squared-alone: return 2 * (X.T @ X @ w - y)
    # WRONG targets-changed: return -2 * X.T @ y.sub_(X @ w)
    # WRONG gradient-of-x: return 2 * (X @ w - y).reshape(-1, 1) @ w.reshape(1, -1)
    # WRONG column-for-vector: return (2 * X.T @ (X @ w - y)).reshape(-1, 1)
    # WRONG column-flattened: return (2 * X.T @ (X @ w - y)).reshape(-1)
    # WRONG residual-squared: return 2 * X.T @ (X @ w - y) ** 2
    # WRONG half-the-mean: return X.T @ (X @ w - y) / len(y)
    # WRONG loss-for-gradient: return ((X @ w - y) ** 2).sum()
    # WRONG residual-alone: return 2 * (X @ w - y)
    # WRONG targets-added: return 2 * X.T @ (X @ w + y)
    # WRONG targets-forgotten: return 2 * X.T @ (X @ w)
    # WRONG x-not-transposed: return 2 * X @ (X @ w - y)
    # WRONG factor-two-forgotten: return X.T @ (X @ w - y)
    # WRONG mean-for-sum: return 2 * X.T @ (X @ w - y) / len(y)
    # WRONG residual-reversed: return 2 * X.T @ (y - X @ w)
    # WRONG norm-not-squared: return X.T @ (X @ w - y) / (X @ w - y).norm().clamp(min=1e-12)
    # END SOLUTION


def subgradient_abs(x: Tensor, at_zero: float = 0.0) -> Tensor:
    """Return a subgradient of |x| for each element of x.

        -1 where x < 0,  at_zero where x = 0,  1 where x > 0

    g is a subgradient of |.| at x if |z| >= |x| + g (z - x) for all z. At 0 each number from -1 to 1 is a subgradient.
    The function leaves x unchanged.

    Args:
        x: any shape, float32 or float64. It need not be contiguous in memory. Negative zero counts as zero.
        at_zero: the subgradient at 0, a float or int.

    Returns:
        A tensor of the shape and dtype of x.

    Raises:
        ValueError: at_zero is outside [-1, 1], whether or not x has a zero.
    """
    # BEGIN SOLUTION
    if not -1 <= at_zero <= 1:
        # WRONG no-error-outside: if at_zero != at_zero:
        # WRONG lower-end-alone: if at_zero < -1:
        # WRONG upper-end-alone: if at_zero > 1:
        # WRONG outside-only-with-zeros: if not -1 <= at_zero <= 1 and (x == 0).any():
        # WRONG clamped-for-an-error:
        #     if not -1 <= at_zero <= 1:
        #         at_zero = max(-1.0, min(1.0, at_zero))
        #     if at_zero != at_zero:
        raise ValueError(f"at_zero is {at_zero}; the subgradients of |x| at 0 are the numbers from -1 to 1")
    return torch.where(x == 0, at_zero, torch.sign(x))
    # WRONG where-swapped: return torch.where(x == 0, torch.sign(x), at_zero)
    # WRONG if-on-a-tensor: return torch.tensor(1.0 if x > 0 else -1.0 if x < 0 else at_zero).to(x.dtype)
    # WRONG zeros-replaced-in-place:
    #     result = torch.sign(x)
    #     zeros = x == 0
    #     result[zeros] = at_zero
    #     x[zeros] = at_zero
    #     return result
    # WRONG float32-slopes: return torch.where(x == 0, at_zero, torch.sign(x)).float()
    # WRONG at-zero-for-negatives: return torch.where(x > 0, torch.ones_like(x), at_zero)
    # WRONG zero-is-negative: return torch.where(x > 0, 1.0, -1.0).to(x.dtype)
    # WRONG at-zero-added: return torch.sign(x) + at_zero
    # WRONG at-zero-inside-sign: return torch.sign(torch.where(x == 0, at_zero, x))
    # WRONG near-zero-as-zero: return torch.where(x.abs() < 1e-8, at_zero, torch.sign(x))
    # WRONG slopes-reversed: return torch.where(x == 0, at_zero, -torch.sign(x))
    # WRONG absolute-value-returned: return torch.where(x == 0, at_zero, x.abs())
    # WRONG nan-at-zero: return x / x.abs()
    # WRONG always-zero-at-zero: return torch.sign(x)
    # WRONG zero-is-positive: return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    # WRONG slope-of-relu: return torch.where(x == 0, at_zero, (x > 0).to(x.dtype))
    # END SOLUTION
