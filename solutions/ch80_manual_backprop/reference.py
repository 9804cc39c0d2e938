"""ch80 Backpropagation by hand.

D2L section 4.7 (chapter_multilayer-perceptrons/backprop), and lecture 4 of the series 《PyTorch 深度学习实践》 (PyTorch
deep learning practice).
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def grad_linear_wb(w: float, b: float, x: float, y: float) -> tuple[float, float]:
    """Return the derivatives of the squared loss of a linear model, for a single example.

        loss = (w * x + b - y)^2

    Args:
        w: the slope.
        b: the bias.
        x: the input.
        y: the label.

    Returns:
        The derivative of the loss with respect to w, and that with respect to b, as Python floats.

    >>> grad_linear_wb(1.0, 2.0, 3.0, 4.0)
    (6.0, 2.0)
    """
    # BEGIN SOLUTION
    residual = w * x + b - y
    # WRONG bias-left-out: residual = w * x - y
    # WRONG residual-turned-round: residual = y - (w * x + b)
    # WRONG label-added: residual = w * x + b + y
    # WRONG bias-taken-away: residual = w * x - b - y
    # WRONG input-and-label-swapped: residual = w * y + b - x
    # WRONG slope-and-bias-swapped: residual = b * x + w - y
    # WRONG magnitude-of-the-residual: residual = abs(w * x + b - y)
    # WRONG sign-of-the-residual: residual = (w * x + b - y > 0) - (w * x + b - y < 0)
    # WRONG residual-squared: residual = (w * x + b - y) ** 2
    # WRONG label-left-out: residual = w * x + b
    return 2 * x * residual, 2 * residual
    # WRONG factor-two-missing: return x * residual, residual
    # WRONG factor-two-for-the-slope-alone: return 2 * x * residual, residual
    # WRONG factor-two-for-the-bias-alone: return x * residual, 2 * residual
    # WRONG input-missing: return 2 * residual, 2 * residual
    # WRONG input-in-both: return 2 * x * residual, 2 * x * residual
    # WRONG bias-first: return 2 * residual, 2 * x * residual
    # WRONG slope-for-input: return 2 * w * residual, 2 * residual
    # WRONG label-for-input: return 2 * y * residual, 2 * residual
    # WRONG bias-in-its-derivative: return 2 * x * residual, 2 * b * residual
    # WRONG derivative-of-the-bias-is-one: return 2 * x * residual, 1.0
    # WRONG input-squared: return 2 * x**2 * residual, 2 * residual
    # WRONG magnitude-of-the-input: return 2 * abs(x) * residual, 2 * residual
    # WRONG loss-as-well: return residual**2, 2 * x * residual, 2 * residual
    # WRONG derivatives-of-the-model: return float(x), 1.0
    # WRONG updated-parameters: return w - 2 * x * residual, b - 2 * residual
    # WRONG labels-sign-alone-turned: return 2 * x * (y - w * x - b), 2 * residual
    # END SOLUTION


def grad_quadratic(w1: float, w2: float, b: float, x: float, y: float) -> tuple[float, float, float]:
    """Return the derivatives of the squared loss of a quadratic model, for a single example.

        loss = (w1 * x^2 + w2 * x + b - y)^2

    Args:
        w1: the weight of x^2.
        w2: the weight of x.
        b: the bias.
        x: the input.
        y: the label.

    Returns:
        The derivatives of the loss with respect to w1, w2 and b, in this order, as Python floats.

    >>> grad_quadratic(1.0, 2.0, 3.0, 2.0, 10.0)
    (8.0, 4.0, 2.0)
    """
    # BEGIN SOLUTION
    residual = w1 * x**2 + w2 * x + b - y
    # WRONG square-of-the-product: residual = (w1 * x) ** 2 + w2 * x + b - y
    # WRONG quadratic-bias-left-out: residual = w1 * x**2 + w2 * x - y
    # WRONG quadratic-term-left-out: residual = w2 * x + b - y
    # WRONG linear-term-left-out: residual = w1 * x**2 + b - y
    # WRONG weights-swapped-in-the-model: residual = w2 * x**2 + w1 * x + b - y
    # WRONG quadratic-residual-turned-round: residual = y - (w1 * x**2 + w2 * x + b)
    # WRONG quadratic-label-left-out: residual = w1 * x**2 + w2 * x + b
    # WRONG quadratic-magnitude-of-the-residual: residual = abs(w1 * x**2 + w2 * x + b - y)
    # WRONG quadratic-sign-of-the-residual: residual = (w1 * x**2 + w2 * x + b > y) - (w1 * x**2 + w2 * x + b < y)
    # WRONG linear-model-twice: residual = w1 * x + w2 * x + b - y
    # WRONG twice-x-for-the-square-in-the-model: residual = w1 * 2 * x + w2 * x + b - y
    # WRONG input-label-swapped: residual = w1 * y**2 + w2 * y + b - x
    return 2 * x**2 * residual, 2 * x * residual, 2 * residual
    # WRONG quadratic-factor-two-missing: return x**2 * residual, x * residual, residual
    # WRONG derivative-with-respect-to-x: return 4 * x * residual, 2 * x * residual, 2 * residual
    # WRONG one-derivative-for-both-weights: return 2 * x * residual, 2 * x * residual, 2 * residual
    # WRONG square-for-both-weights: return 2 * x**2 * residual, 2 * x**2 * residual, 2 * residual
    # WRONG weights-swapped-in-the-result: return 2 * x * residual, 2 * x**2 * residual, 2 * residual
    # WRONG bias-comes-first: return 2 * residual, 2 * x**2 * residual, 2 * x * residual
    # WRONG powers-ascend: return 2 * residual, 2 * x * residual, 2 * x**2 * residual
    # WRONG factor-w1-kept: return 2 * w1 * x**2 * residual, 2 * w2 * x * residual, 2 * residual
    # WRONG factor-w1-for-w1: return 2 * w1 * residual, 2 * w2 * residual, 2 * residual
    # WRONG inputs-missing: return 2 * residual, 2 * residual, 2 * residual
    # WRONG input-in-the-bias: return 2 * x**2 * residual, 2 * x * residual, 2 * x * residual
    # WRONG derivative-of-bias-is-one: return 2 * x**2 * residual, 2 * x * residual, 1.0
    # WRONG square-keeps-the-sign: return 2 * x * abs(x) * residual, 2 * x * residual, 2 * residual
    # WRONG magnitude-of-x: return 2 * x**2 * residual, 2 * abs(x) * residual, 2 * residual
    # WRONG cube-for-square: return 2 * x**3 * residual, 2 * x * residual, 2 * residual
    # WRONG residual-squared-as-well: return 2 * x**2 * residual**2, 2 * x * residual**2, 2 * residual**2
    # WRONG quadratic-derivatives-of-the-model: return float(x**2), float(x), 1.0
    # END SOLUTION


def fit_wb(xs: Sequence[float], ys: Sequence[float], alpha: float, epochs: int) -> tuple[float, float]:
    """Fit the model y_hat = w * x + b by gradient descent from w = b = 0, with gradients derived by hand.

    The loss is the mean of (w * x + b - y)^2 over all n examples. Each epoch makes one step, with both derivatives
    of the loss at the same point, the w and b of the epoch before:

        w <- w - alpha * (d loss / d w)
        b <- b - alpha * (d loss / d b)

    The function leaves xs and ys unchanged.

    Args:
        xs: the inputs: n Python floats in a list or a tuple. n is at least 1.
        ys: the labels, of the same kind and length.
        alpha: the learning rate.
        epochs: the number of steps, 0 or more.

    Returns:
        w and b after the last step, as Python floats.

    >>> fit_wb([1.0, 3.0], [2.0, 4.0], alpha=0.125, epochs=1)
    (1.75, 0.75)
    """
    # BEGIN SOLUTION
    n = len(xs)
    # WRONG n-minus-one: n = max(len(xs) - 1, 1)
    w = b = 0.0
    # WRONG starts-at-one: w = b = 1.0
    # WRONG slope-starts-at-one: w, b = 1.0, 0.0
    # WRONG bias-starts-at-the-mean: w, b = 0.0, sum(ys) / n
    for _ in range(epochs):
        # WRONG one-epoch-fewer: for _ in range(epochs - 1):
        # WRONG one-epoch-more: for _ in range(epochs + 1):
        # WRONG always-100-epochs: for _ in range(100):
        # WRONG epochs-times-examples: for _ in range(epochs * n):
        errors = [w * x + b - y for x, y in zip(xs, ys, strict=True)]
        grads = [(2 * x * error, 2 * error) for x, error in zip(xs, errors, strict=True)]
        # WRONG model-without-bias: grads = [(2 * x * (w * x - y), 2 * (w * x + b - y)) for x, y in zip(xs, ys)]
        # WRONG step-for-each-example:
        #     for x, y in zip(xs[:-1], ys[:-1]):
        #         r = w * x + b - y
        #         w, b = w - alpha * 2 * x * r, b - alpha * 2 * r
        #     r = w * xs[-1] + b - ys[-1]
        #     grads = [(2 * xs[-1] * r * n, 2 * r * n)]
        # WRONG last-example-alone: grads = [grad_linear_wb(w, b, xs[-1], ys[-1])] * n
        # WRONG first-example-alone: grads = [grad_linear_wb(w, b, xs[0], ys[0])] * n
        # WRONG last-example-skipped: grads = [grad_linear_wb(w, b, x, y) for x, y in list(zip(xs, ys))[: max(n - 1, 1)]]
        # WRONG mean-example: grads = [grad_linear_wb(w, b, sum(xs) / n, sum(ys) / n)] * n
        # WRONG distances-for-squares:
        #     signs = [(w * x + b > y) - (w * x + b < y) for x, y in zip(xs, ys)]
        #     grads = [(x * sign, sign) for x, sign in zip(xs, signs)]
        # WRONG gradients-never-cleared:
        #     grads = [grad_linear_wb(w, b, x, y) for x, y in zip(xs, ys)] + (grads if _ else [])
        grad_w = sum(grad for grad, _ in grads) / n
        # WRONG gradient-of-w-summed: grad_w = sum(grad for grad, _ in grads)
        # WRONG half-of-the-gradients:
        #     grad_w = sum(grad for grad, _ in grads) / n / 2
        #     grads = [(grad, other / 2) for grad, other in grads]
        # WRONG gradients-summed:
        #     grad_w = sum(grad for grad, _ in grads)
        #     grads = [(grad, other * n) for grad, other in grads]
        # WRONG gradients-divided-twice:
        #     grad_w = sum(grad for grad, _ in grads) / n**2
        #     grads = [(grad, other / n) for grad, other in grads]
        # WRONG slope-first-then-bias:
        #     grad_w = sum(grad for grad, _ in grads) / n
        #     grads = [grad_linear_wb(w - alpha * grad_w, b, x, y) for x, y in zip(xs, ys)]
        # WRONG bias-first-then-slope:
        #     new = b - alpha * sum(grad for _, grad in grads) / n
        #     grad_w = sum(grad_linear_wb(w, new, x, y)[0] for x, y in zip(xs, ys)) / n
        # WRONG both-gradients-alike:
        #     grad_w = sum(grad for _, grad in grads) / n
        # WRONG gradients-swapped:
        #     grad_w = sum(grad for _, grad in grads) / n
        #     grads = [(other, grad) for grad, other in grads]
        grad_b = sum(grad for _, grad in grads) / n
        # WRONG gradient-of-b-summed: grad_b = sum(grad for _, grad in grads)
        # WRONG bias-gradient-with-input: grad_b = grad_w
        w, b = w - alpha * grad_w, b - alpha * grad_b
        # WRONG ascends: w, b = w + alpha * grad_w, b + alpha * grad_b
        # WRONG bias-never-learned: w, b = w - alpha * grad_w, b
        # WRONG slope-never-learned: w, b = w, b - alpha * grad_b
        # WRONG always-rate-of-0-01: w, b = w - 0.01 * grad_w, b - 0.01 * grad_b
        # WRONG rate-for-the-slope-alone: w, b = w - alpha * grad_w, b - grad_b
        # WRONG rate-left-out: w, b = w - grad_w, b - grad_b
        # WRONG rate-decays: w, b = w - alpha / (1 + _) * grad_w, b - alpha / (1 + _) * grad_b
        # WRONG old-values-forgotten: w, b = -alpha * grad_w, -alpha * grad_b
        # WRONG stops-when-steps-are-short:
        #     w, b = w - alpha * grad_w, b - alpha * grad_b
        #     if abs(alpha * grad_w) < 1e-3 and abs(alpha * grad_b) < 1e-3:
        #         break
    return w, b
    # WRONG bias-before-slope: return b, w
    # WRONG slope-alone: return w
    # WRONG loss-returned-as-well: return w, b, sum((w * x + b - y) ** 2 for x, y in zip(xs, ys)) / n
    # WRONG least-squares:
    #     mean_x, mean_y = sum(xs) / n, sum(ys) / n
    #     slope = sum((x - mean_x) * y for x, y in zip(xs, ys)) / max(sum((x - mean_x) ** 2 for x in xs), 1e-9)
    #     return slope, mean_y - slope * mean_x
    # END SOLUTION


def mlp_backward(
    X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return loss and gradients of a multilayer perceptron with one hidden layer (D2L 4.7).

        Z = X @ W1 + b1
        H = ReLU(Z)
        O = H @ W2 + b2
        loss = the mean of -log(softmax(O_i)[y_i]) over all n rows i

    The derivative of ReLU is 1 where Z > 0, and 0 elsewhere, also where Z is exactly 0. Loss and gradients are finite
    for large logits O, such as 1000 and -1000. The function leaves its arguments unchanged.

    Args:
        X: the inputs, (n, d), float32 or float64, with any strides. The other tensors have X's dtype.
        y: the classes, (n,), int64, each from 0 to c - 1.
        W1: (d, h).
        b1: (h,).
        W2: (h, c).
        b2: (c,).

    Returns:
        The loss, a tensor without axes, and its gradients with respect to W1, b1, W2 and b2, of the same shapes as
        these. All have X's dtype.
    """
    # BEGIN SOLUTION
    n, rows = len(X), torch.arange(len(X))
    Z = X @ W1 + b1
    # WRONG hidden-bias-left-out: Z = X @ W1
    H = Z.clamp(min=0)
    # WRONG no-activation: H = Z.clone()
    # WRONG magnitude-for-relu: H = Z.abs()
    logits = H @ W2 + b2
    # WRONG output-bias-left-out: logits = H @ W2
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)  # finite, as no exponential overflows
    # WRONG softmax-over-the-batch: log_p = logits - logits.logsumexp(dim=0, keepdim=True)
    # WRONG exponentials-overflow: log_p = (logits.exp() / logits.exp().sum(dim=1, keepdim=True)).log()
    # WRONG small-constant-in-the-log: log_p = (logits.softmax(dim=1) + 1e-3).log()
    # WRONG one-maximum-for-all-rows:
    #     shifted = logits - logits.max()
    #     log_p = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    # WRONG logits-clamped:
    #     logits = logits.clamp(-50, 50)
    #     log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    loss = -log_p[rows, y].mean()
    # WRONG loss-summed: loss = -log_p[rows, y].sum()
    # WRONG loss-positive-log: loss = log_p[rows, y].mean()
    # WRONG loss-over-all-classes: loss = -log_p.mean()
    # WRONG probability-for-loss: loss = 1 - log_p[rows, y].exp().mean()
    # WRONG log-to-base-2: loss = -log_p[rows, y].mean() / torch.log(torch.full_like(b2[0], 2))
    # WRONG square-loss: loss = ((log_p.exp() - torch.eye(len(b2), dtype=X.dtype)[y]) ** 2).mean()
    d_logits = log_p.exp()
    d_logits[rows, y] -= 1  # the one-hot label
    # WRONG one-hot-left-out: d_logits[rows, y] -= 0
    # WRONG one-taken-from-all: d_logits -= 1
    # WRONG label-minus-probability: d_logits = -(d_logits - torch.eye(len(b2), dtype=X.dtype)[y])
    # WRONG classes-count-from-one: d_logits[rows, y - 1] -= 1
    # WRONG softmax-differentiated-again: d_logits = (d_logits - torch.eye(len(b2), dtype=X.dtype)[y]) * d_logits * (1 - d_logits)
    # WRONG other-classes-forgotten: d_logits = (d_logits - 1) * torch.eye(len(b2), dtype=X.dtype)[y]
    # WRONG logits-for-probabilities: d_logits = logits - torch.eye(len(b2), dtype=X.dtype)[y]
    # WRONG sign-of-the-error: d_logits = (d_logits - torch.eye(len(b2), dtype=X.dtype)[y]).sign()
    d_logits = d_logits / n
    # WRONG gradients-summed-over-the-batch: d_logits = d_logits / 1
    # WRONG gradients-divided-by-the-classes: d_logits = d_logits / len(b2)
    # WRONG batch-size-squared: d_logits = d_logits / n**2
    dW2, db2 = H.T @ d_logits, d_logits.sum(dim=0)
    # WRONG preactivation-in-the-output: dW2, db2 = Z.T @ d_logits, d_logits.sum(dim=0)
    # WRONG output-bias-averaged: dW2, db2 = H.T @ d_logits, d_logits.mean(dim=0)
    # WRONG output-weights-transposed: dW2, db2 = d_logits.T @ H, d_logits.sum(dim=0)
    # WRONG output-bias-keeps-an-axis: dW2, db2 = H.T @ d_logits, d_logits.sum(dim=0, keepdim=True)
    # WRONG weight-decay-added: dW2, db2 = H.T @ d_logits + 0.01 * W2, d_logits.sum(dim=0)
    # WRONG output-layer-updated-first:
    #     dW2, db2 = H.T @ d_logits, d_logits.sum(dim=0)
    #     W2 = W2 - dW2
    # WRONG activation-in-the-wrong-gradient: dW2, db2 = (Z > 0).to(X.dtype).T @ d_logits, d_logits.sum(dim=0)
    dZ = (d_logits @ W2.T) * (Z > 0)
    # WRONG mask-left-out: dZ = d_logits @ W2.T
    # WRONG mask-of-the-gradient: dZ = (d_logits @ W2.T).clamp(min=0)
    # WRONG mask-includes-zero: dZ = (d_logits @ W2.T) * (Z >= 0)
    # WRONG mask-turned-round: dZ = (d_logits @ W2.T) * (Z < 0)
    # WRONG activation-for-mask: dZ = (d_logits @ W2.T) * H
    # WRONG sigmoid-for-relu: dZ = (d_logits @ W2.T) * H.sigmoid() * (1 - H.sigmoid())
    # WRONG half-at-zero: dZ = (d_logits @ W2.T) * (Z.sign() + 1) / 2
    # WRONG mask-of-whole-units: dZ = (d_logits @ W2.T) * (Z > 0).any(dim=0)
    # WRONG leaky-mask: dZ = (d_logits @ W2.T) * torch.where(Z > 0, 1.0, 0.01).to(X.dtype)
    # WRONG weights-of-the-output-forgotten: dZ = d_logits.sum(dim=1, keepdim=True) * (Z > 0)
    # WRONG mask-before-the-weights: dZ = d_logits @ (W2 * (Z > 0).to(X.dtype).mean(dim=0)[:, None]).T
    dW1, db1 = X.T @ dZ, dZ.sum(dim=0)
    # WRONG hidden-bias-averaged: dW1, db1 = X.T @ dZ, dZ.mean(dim=0)
    # WRONG hidden-weights-transposed: dW1, db1 = dZ.T @ X, dZ.sum(dim=0)
    # WRONG hidden-bias-keeps-an-axis: dW1, db1 = X.T @ dZ, dZ.sum(dim=0, keepdim=True)
    # WRONG first-layer-divided-by-n-again: dW1, db1 = X.T @ dZ / n, dZ.sum(dim=0) / n
    # WRONG hidden-bias-per-row: dW1, db1 = X.T @ dZ, dZ
    # WRONG inputs-by-magnitude: dW1, db1 = X.abs().T @ dZ, dZ.sum(dim=0)
    return loss, dW1, db1, dW2, db2
    # WRONG parameters-changed:
    #     for parameter, gradient in ((W1, dW1), (b1, db1), (W2, dW2), (b2, db2)):
    #         parameter -= gradient
    #     return loss, dW1, db1, dW2, db2
    # WRONG output-layer-first: return loss, dW2, db2, dW1, db1
    # WRONG weights-before-biases: return loss, dW1, dW2, db1, db2
    # WRONG loss-last: return dW1, db1, dW2, db2, loss
    # WRONG loss-as-a-number: return loss.item(), dW1, db1, dW2, db2
    # WRONG gradient-of-the-input-as-well: return loss, dZ @ W1.T, dW1, db1, dW2, db2
    # WRONG results-in-float32: return loss.float(), dW1.float(), db1.float(), dW2.float(), db2.float()
    # END SOLUTION


def conv2d_backward(X: Tensor, K: Tensor, dY: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients of a cross-correlation with respect to its input and its kernel.

    The layer computes Y from X and K, without padding and with a stride of 1 (D2L 6.2):

        Y[i, j] = the sum of X[i + a, j + b] * K[a, b] over all 0 <= a < k_h and 0 <= b < k_w

    dY is the gradient of a loss with respect to Y. The chain rule gives the gradients dX and dK of the same loss:
    each element of X, and of K, gets a term from every element of Y in which it occurs. The function leaves its
    arguments unchanged.

    Args:
        X: the input, (h, w), float32 or float64, with any strides.
        K: the kernel, (k_h, k_w), of X's dtype. It is at most as high and as wide as X.
        dY: (h - k_h + 1, w - k_w + 1), of X's dtype.

    Returns:
        dX, of X's shape, and dK, of K's shape. Both have X's dtype.

    Raises:
        ValueError: dY has another shape.

    >>> X, K, dY = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[4.0, 5.0]]), torch.tensor([[1.0, 10.0]])
    >>> conv2d_backward(X, K, dY)
    (tensor([[ 4., 45., 50.]]), tensor([[21., 32.]]))
    """
    # BEGIN SOLUTION
    k_h, k_w = K.shape
    # WRONG kernel-axes-swapped: k_w, k_h = K.shape
    # WRONG square-kernel: k_h, k_w = K.shape[0], K.shape[0]
    rows, columns = X.shape[0] - k_h + 1, X.shape[1] - k_w + 1
    if dY.shape != (rows, columns):
        # WRONG shape-not-tested:
        #     rows, columns = min(rows, dY.shape[0]), min(columns, dY.shape[1])
        #     if False:
        # WRONG size-alone-tested:
        #     dY = dY.reshape(rows, columns) if dY.numel() == rows * columns else dY
        #     if dY.shape != (rows, columns):
        # WRONG too-large-alone-refused:
        #     small, rows, columns = (rows, columns), min(rows, dY.shape[0]), min(columns, dY.shape[1])
        #     if dY.shape[0] > small[0] or dY.shape[1] > small[1]:
        # WRONG too-small-alone-refused: if dY.shape[0] < rows or dY.shape[1] < columns:
        # WRONG shape-of-the-input-wanted: if dY.shape != X.shape:
        raise ValueError(f"dY of shape {tuple(dY.shape)}, but an output of shape {(rows, columns)}")
        # WRONG assertion-for-value-error: raise AssertionError("the shape of dY")
    dX, dK = torch.zeros_like(X), torch.zeros_like(K)
    # WRONG zeros-in-float32: dX, dK = torch.zeros(X.shape), torch.zeros(K.shape)
    # WRONG gradients-begin-at-one: dX, dK = torch.ones_like(X), torch.ones_like(K)
    # WRONG gradients-begin-with-the-arguments: dX, dK = X.clone(), K.clone()
    for i in range(rows):
        # WRONG last-row-skipped: for i in range(max(rows - 1, 1)):
        for j in range(columns):
            # WRONG last-column-skipped: for j in range(max(columns - 1, 1)):
            # Y[i, j] has used this window of X, and all of K.
            dX[i : i + k_h, j : j + k_w] += dY[i, j] * K
            # WRONG kernel-turned-round: dX[i : i + k_h, j : j + k_w] += dY[i, j] * K.flip(0, 1)
            # WRONG kernel-upside-down: dX[i : i + k_h, j : j + k_w] += dY[i, j] * K.flip(0)
            # WRONG kernel-mirrored: dX[i : i + k_h, j : j + k_w] += dY[i, j] * K.flip(1)
            # WRONG windows-overwritten: dX[i : i + k_h, j : j + k_w] = dY[i, j] * K
            # WRONG output-gradient-left-out: dX[i : i + k_h, j : j + k_w] += K
            # WRONG one-pixel-of-a-window: dX[i, j] += dY[i, j] * K.sum()
            # WRONG kernel-left-out: dX[i : i + k_h, j : j + k_w] += dY[i, j]
            # WRONG input-for-kernel: dX[i : i + k_h, j : j + k_w] += dY[i, j] * X[i : i + k_h, j : j + k_w]
            # WRONG output-gradient-turned-round: dX[i : i + k_h, j : j + k_w] += dY[-1 - i, -1 - j] * K
            # WRONG corner-of-the-kernel: dX[i, j] += dY[i, j] * K[0, 0]
            # WRONG windows-averaged: dX[i : i + k_h, j : j + k_w] += dY[i, j] * K / K.numel()
            dK += dY[i, j] * X[i : i + k_h, j : j + k_w]
            # WRONG window-turned-round: dK += dY[i, j] * X[i : i + k_h, j : j + k_w].flip(0, 1)
            # WRONG kernel-gradient-overwritten: dK = dY[i, j] * X[i : i + k_h, j : j + k_w]
            # WRONG output-gradient-left-out-of-the-kernel: dK += X[i : i + k_h, j : j + k_w]
            # WRONG kernel-gradient-averaged: dK += dY[i, j] * X[i : i + k_h, j : j + k_w] / dY.numel()
            # WRONG first-window-each-time: dK += dY[i, j] * X[:k_h, :k_w]
            # WRONG inputs-left-out: dK += dY[i, j]
            # WRONG input-mirrored: dK += dY[i, j] * X.flip(0, 1)[i : i + k_h, j : j + k_w]
            # WRONG kernel-kept-in-its-gradient: dK += dY[i, j] * X[i : i + k_h, j : j + k_w] * K
            # WRONG kernel-gradient-from-pixels: dK += dY[i, j] * X[i, j]
    return dX, dK
    # WRONG kernel-first: return dK, dX
    # WRONG extra-axes: return dX[None, None], dK[None, None]
    # WRONG input-gradient-alone: return dX
    # WRONG valid-part-of-the-input: return dX[k_h - 1 : rows, k_w - 1 : columns], dK
    # WRONG both-signs-turned: return -dX, -dK
    # END SOLUTION
