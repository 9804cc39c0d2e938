"""ch82 Logistic regression.

The chapter follows lecture 6 of the series 《PyTorch 深度学习实践》 (PyTorch deep learning practice).
"""

import torch
from torch import Tensor


def sigmoid(z: Tensor) -> Tensor:
    """Return the sigmoid of each element.

        sigmoid(z) = 1 / (1 + exp(-z))

    Gradients flow to z. Values and gradients are finite for every finite z, such as 1000 and -1000. Values near 0 are
    as precise as others: sigmoid(-50) is 1.9e-22, and not 0. The function leaves z unchanged.

    Args:
        z: of any shape, float32 or float64, with any strides.

    Returns:
        The sigmoids, of z's shape and dtype.
    """
    # BEGIN SOLUTION
    # log(1 + exp(-z)) does not overflow in logaddexp: for very negative z it is -z.
    return (-torch.logaddexp(torch.zeros_like(z), -z)).exp()
    # WRONG never-below-minus-20: return 1 / (1 + (-z.clamp(min=-20)).exp())
    # WRONG overflow-in-the-gradient: return 1 / (1 + (-z).exp())
    # WRONG both-branches-overflow: return torch.where(z >= 0, 1 / (1 + (-z).exp()), z.exp() / (1 + z.exp()))
    # WRONG infinity-over-infinity: return z.exp() / (1 + z.exp())
    # WRONG difference-for-negative: return torch.where(z >= 0, 1 / (1 + (-z.abs()).exp()), 1 - 1 / (1 + (-z.abs()).exp()))
    # WRONG sign-of-the-exponent: return 1 / (1 + z.clamp(-80, 80).exp())
    # WRONG minus-in-the-denominator: return torch.where(z >= 0, 1 / (1 - (-z.abs()).exp()), (-z.abs()).exp() / (1 - (-z.abs()).exp()))
    # WRONG tanh-for-sigmoid: return z.tanh()
    # WRONG half-of-the-argument: return (1 + (z / 4).tanh()) / 2
    # WRONG twice-the-argument: return (1 + z.tanh()) / 2
    # WRONG twice-minus-one: return (z / 2).tanh()
    # WRONG base-of-two: return 1 / (1 + 2 ** (-z.clamp(-100, 100)))
    # WRONG straight-pieces: return (z / 6 + 0.5).clamp(0, 1)
    # WRONG fraction-of-the-magnitude: return (1 + z / (1 + z.abs())) / 2
    # WRONG normal-distribution: return (1 + (z / 2**0.5).erf()) / 2
    # WRONG derivative-for-value: return (-z.abs()).exp() / (1 + (-z.abs()).exp()) ** 2
    # WRONG softmax-of-all: return (z - z.max()).exp() / (z - z.max()).exp().sum()
    # WRONG logarithm-kept: return -torch.logaddexp(torch.zeros_like(z), -z)
    # WRONG softplus-for-sigmoid: return torch.logaddexp(torch.zeros_like(z), z)
    # WRONG zero-or-one: return (-torch.logaddexp(torch.zeros_like(z), -z)).exp().round()
    # WRONG applied-twice: return 1 / (1 + (-(-torch.logaddexp(torch.zeros_like(z), -z)).exp()).exp())
    # WRONG magnitude-of-the-argument: return 1 / (1 + (-z.abs()).exp())
    # WRONG exponential-alone: return (-z.clamp(min=-80)).exp()
    # WRONG one-missing: return z.clamp(max=80).exp()
    # WRONG kept-away-from-0-and-1: return (-torch.logaddexp(torch.zeros_like(z), -z)).exp().clamp(1e-7, 1 - 1e-7)
    # WRONG graph-cut-off: return (-torch.logaddexp(torch.zeros_like(z), -z)).exp().detach()
    # WRONG always-float32: return (-torch.logaddexp(torch.zeros_like(z), -z)).exp().float()
    # WRONG written-into-z: return z.copy_((-torch.logaddexp(torch.zeros_like(z), -z)).exp())
    # END SOLUTION


def bce_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of probabilities.

        loss = the mean of -(y * log(y_hat) + (1 - y) * log(1 - y_hat)) over all n elements

    Both logarithms are natural. Each of them is at least -100: a smaller one, such as log(0), counts as -100, as in
    torch. Gradients flow to y_hat; they are tested where y_hat is between 0.01 and 0.99. The function leaves its
    arguments unchanged.

    Args:
        y_hat: the probabilities, each from 0 to 1, of any shape with at least one element, float32 or float64, with
            any strides.
        y: the labels, each from 0 to 1, of the same shape and dtype. They need not be 0 or 1.

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
        # WRONG axes-counted: if y_hat.dim() != y.dim():
        raise ValueError(f"probabilities of shape {tuple(y_hat.shape)}, but labels of shape {tuple(y.shape)}")
    log_p = y_hat.log().clamp(min=-100)
    # WRONG logarithms-not-clamped:
    #     return -(y * y_hat.log() + (1 - y) * (1 - y_hat).log()).mean()
    # WRONG only-log-p-clamped:
    #     return -(y * y_hat.log().clamp(min=-100) + (1 - y) * (1 - y_hat).log()).mean()
    # WRONG only-log-q-clamped:
    #     return -(y * y_hat.log() + (1 - y) * (1 - y_hat).log().clamp(min=-100)).mean()
    # WRONG nan-becomes-zero:
    #     return -((y * y_hat.log()).nan_to_num(0.0) + ((1 - y) * (1 - y_hat).log()).nan_to_num(0.0)).mean()
    # WRONG small-constant-added:
    #     return -(y * (y_hat + 1e-7).log() + (1 - y) * (1 - y_hat + 1e-7).log()).mean()
    # WRONG probabilities-clamped:
    #     y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
    #     log_p = y_hat.log()
    # WRONG clamped-at-minus-ten:
    #     return -(y * y_hat.log().clamp(min=-10) + (1 - y) * (1 - y_hat).log().clamp(min=-10)).mean()
    # WRONG mean-clamped:
    #     return -(torch.xlogy(y, y_hat) + torch.xlogy(1 - y, 1 - y_hat)).mean().clamp(min=-100)
    # WRONG logarithms-to-base-2: log_p, y_hat = y_hat.log2().clamp(min=-100), 1 - (1 - y_hat) ** (1 / 0.6931471805599453)
    # WRONG labels-rounded:
    #     log_p, y = y_hat.log().clamp(min=-100), y.round()
    # WRONG probabilities-rounded:
    #     y_hat = y_hat.round()
    #     log_p = y_hat.log().clamp(min=-100)
    # WRONG sigmoid-first:
    #     y_hat = 1 / (1 + (-y_hat).exp())
    #     log_p = y_hat.log().clamp(min=-100)
    # WRONG arguments-swapped:
    #     y_hat, y = y, y_hat
    #     log_p = y_hat.log().clamp(min=-100)
    # WRONG labels-turned-round:
    #     log_p, y = y_hat.log().clamp(min=-100), 1 - y
    # WRONG p-cut-off:
    #     y_hat = y_hat.detach()
    #     log_p = y_hat.log().clamp(min=-100)
    # WRONG always-in-float32:
    #     y_hat, y = y_hat.float(), y.float()
    #     log_p = y_hat.log().clamp(min=-100)
    log_q = (1 - y_hat).log().clamp(min=-100)
    # WRONG logarithm-of-p-twice: log_q = log_p
    # WRONG one-minus-the-logarithm: log_q = 1 - log_p
    return -(y * log_p + (1 - y) * log_q).mean()
    # WRONG sign-forgotten: return (y * log_p + (1 - y) * log_q).mean()
    # WRONG sum-for-mean: return -(y * log_p + (1 - y) * log_q).sum()
    # WRONG half-of-the-loss: return -(y * log_p + (1 - y) * log_q).mean() / 2
    # WRONG no-reduction: return -(y * log_p + (1 - y) * log_q)
    # WRONG divided-by-the-rows: return -(y * log_p + (1 - y) * log_q).sum() / (y.shape[0] if y.dim() else 1)
    # WRONG mean-of-each-column: return -(y * log_p + (1 - y) * log_q).mean(dim=0)
    # WRONG positive-labels-alone: return -(y * log_p).mean()
    # WRONG negative-labels-alone: return -((1 - y) * log_q).mean()
    # WRONG minus-between-the-terms: return -(y * log_p - (1 - y) * log_q).mean()
    # WRONG terms-without-labels: return -(log_p + log_q).mean()
    # WRONG each-class-averaged: return -(y * log_p).sum() / y.sum() - ((1 - y) * log_q).sum() / (1 - y).sum()
    # WRONG squared-error: return ((y_hat - y) ** 2).mean()
    # WRONG relative-entropy: return -(y * log_p + (1 - y) * log_q - torch.xlogy(y, y) - torch.xlogy(1 - y, 1 - y)).mean()
    # WRONG number-for-tensor: return -(y * log_p + (1 - y) * log_q).mean().item()
    # END SOLUTION


def bce_with_logits(z: Tensor, y: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of logits, which have not gone through a sigmoid.

        loss = the mean of -(y * log(sigmoid(z)) + (1 - y) * log(1 - sigmoid(z))) over all n elements
             = the mean of max(z, 0) - z * y + log(1 + exp(-|z|)), which does not overflow

    Losses and gradients are finite and exact for all finite z, such as 10000 and -10000: no logarithm is clamped.
    Gradients flow to z. They are (sigmoid(z) - y) / n, and are tested only where z is not 0. The function leaves its
    arguments unchanged. Bonus (no points): losses near 0 are as precise as others. For z = 40 and y = 1 the loss is
    4.2e-18, but 1 + exp(-40) is rounded to 1; torch.log1p helps.

    Args:
        z: the logits, of any shape with at least one element, float32 or float64, with any strides.
        y: the labels, each from 0 to 1, of the same shape and dtype. They need not be 0 or 1.

    Returns:
        A tensor without axes, of z's dtype.

    Raises:
        ValueError: the shapes differ, even if they could be broadcast, such as (n, 1) and (n,).
    """
    # BEGIN SOLUTION
    if z.shape != y.shape:
        # WRONG logits-shapes-not-tested: if False:
        # WRONG logits-elements-counted:
        #     y = y.reshape(z.shape) if y.numel() == z.numel() else y
        #     if z.numel() != y.numel():
        # WRONG logits-axes-counted: if z.dim() != y.dim():
        raise ValueError(f"logits of shape {tuple(z.shape)}, but labels of shape {tuple(y.shape)}")
    rest = torch.log1p((-z.abs()).exp())  # exp has no positive argument
    # WRONG one-plus-rounded: rest = (1 + (-z.abs()).exp()).log()
    # WRONG magnitude-left-out: rest = torch.log1p((-z).exp())
    # WRONG exponent-positive: rest = torch.log1p(z.abs().exp())
    # WRONG rest-left-out: rest = torch.zeros_like(z)
    # WRONG rest-to-base-2: rest = (1 + (-z.abs()).exp()).log2()
    # WRONG exponential-for-the-rest: rest = (-z.abs()).exp()
    # WRONG logits-limited:
    #     z = z.clamp(-50, 50)
    #     rest = torch.log1p((-z.abs()).exp())
    # WRONG logits-labels-rounded:
    #     rest, y = torch.log1p((-z.abs()).exp()), y.round()
    # WRONG logits-labels-turned-round:
    #     rest, y = torch.log1p((-z.abs()).exp()), 1 - y
    # WRONG labels-of-both-signs:
    #     rest, y = torch.log1p((-z.abs()).exp()), 2 * y - 1
    # WRONG sigmoid-before:
    #     z = torch.sigmoid(z)
    #     rest = torch.log1p((-z.abs()).exp())
    # WRONG logits-cut-off:
    #     z = z.detach()
    #     rest = torch.log1p((-z.abs()).exp())
    # WRONG logits-in-float32:
    #     z, y = z.float(), y.float()
    #     rest = torch.log1p((-z.abs()).exp())
    # WRONG logits-for-probabilities:
    #     return -(y * z.log().clamp(min=-100) + (1 - y) * (1 - z).log().clamp(min=-100)).mean()
    # WRONG probability-then-logarithm:
    #     p = torch.sigmoid(z)
    #     return -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    # WRONG logarithms-clamped-at-100:
    #     p = torch.sigmoid(z)
    #     return -(y * p.log().clamp(min=-100) + (1 - y) * (1 - p).log().clamp(min=-100)).mean()
    # WRONG constant-in-the-logarithms:
    #     p = torch.sigmoid(z)
    #     return -(y * (p + 1e-7).log() + (1 - y) * (1 - p + 1e-7).log()).mean()
    return (z.clamp(min=0) - z * y + rest).mean()
    # WRONG maximum-left-out: return (-z * y + rest).mean()
    # WRONG product-added: return (z.clamp(min=0) + z * y + rest).mean()
    # WRONG product-left-out: return (z.clamp(min=0) + rest).mean()
    # WRONG minimum-for-maximum: return (z.clamp(max=0) - z * y + rest).mean()
    # WRONG magnitude-for-maximum: return (z.abs() - z * y + rest).mean()
    # WRONG rest-taken-away: return (z.clamp(min=0) - z * y - rest).mean()
    # WRONG logits-sum-for-mean: return (z.clamp(min=0) - z * y + rest).sum()
    # WRONG logits-half-of-the-loss: return (z.clamp(min=0) - z * y + rest).mean() / 2
    # WRONG logits-no-reduction: return z.clamp(min=0) - z * y + rest
    # WRONG logits-divided-by-the-rows: return (z.clamp(min=0) - z * y + rest).sum() / (y.shape[0] if y.dim() else 1)
    # WRONG logits-sign-turned: return -(z.clamp(min=0) - z * y + rest).mean()
    # WRONG hinge-loss: return (1 - (2 * y - 1) * z).clamp(min=0).mean()
    # WRONG logits-squared-error: return ((torch.sigmoid(z) - y) ** 2).mean()
    # WRONG logits-number-for-tensor: return (z.clamp(min=0) - z * y + rest).mean().item()
    # END SOLUTION


def logistic_grad(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return the gradient of the mean binary cross-entropy of a logistic regression with respect to w.

        y_hat = sigmoid(X @ w)
        gradient = X^T @ (y_hat - y) / N

    Each example adds (y_hat - y) * x / N. X is used as it is: if the model has an intercept, X has a column of ones
    already. The gradient is finite for X @ w of any finite size. The function leaves its arguments unchanged.

    Args:
        X: the inputs, (N, d), float32 or float64, with any strides.
        y: the labels, each 0 or 1, (N,), of X's dtype.
        w: the weights, (d,), of X's dtype.

    Returns:
        (d,), of X's dtype.
    """
    # BEGIN SOLUTION
    y_hat = torch.sigmoid(X @ w)
    # WRONG no-sigmoid: y_hat = X @ w
    # WRONG sigmoid-twice: y_hat = torch.sigmoid(torch.sigmoid(X @ w))
    # WRONG hard-predictions: y_hat = (X @ w > 0).to(X.dtype)
    # WRONG minus-the-logits: y_hat = torch.sigmoid(-(X @ w))
    # WRONG weights-by-magnitude: y_hat = torch.sigmoid(X @ w.abs())
    # WRONG softmax-over-the-examples: y_hat = (X @ w).softmax(dim=0)
    # WRONG tanh-predictions: y_hat = (X @ w).tanh()
    # WRONG overflowing-fraction: y_hat = (X @ w).exp() / (1 + (X @ w).exp())
    # WRONG logits-clipped-at-one: y_hat = torch.sigmoid((X @ w).clamp(-1, 1))
    # WRONG inputs-normalised: y_hat = torch.sigmoid(X / X.norm(dim=1, keepdim=True) @ w)
    # WRONG probabilities-rounded-to-2: y_hat = (torch.sigmoid(X @ w) * 100).round() / 100
    return X.T @ (y_hat - y) / len(X)
    # WRONG squared-loss: return X.T @ (2 * (y_hat - y) * y_hat * (1 - y_hat)) / len(X)
    # WRONG derivative-of-the-sigmoid-kept: return X.T @ ((y_hat - y) * y_hat * (1 - y_hat)) / len(X)
    # WRONG gradients-added: return X.T @ (y_hat - y)
    # WRONG residual-turned-round: return X.T @ (y - y_hat) / len(X)
    # WRONG factor-of-two: return 2 * X.T @ (y_hat - y) / len(X)
    # WRONG factor-of-a-half: return X.T @ (y_hat - y) / (2 * len(X))
    # WRONG divided-by-the-features: return X.T @ (y_hat - y) / X.shape[1]
    # WRONG divided-by-all-entries: return X.T @ (y_hat - y) / X.numel()
    # WRONG n-minus-one: return X.T @ (y_hat - y) / max(len(X) - 1, 1)
    # WRONG gradient-of-each-example: return X * (y_hat - y)[:, None] / len(X)
    # WRONG mean-input-times-mean-error: return X.mean(dim=0) * (y_hat - y).mean()
    # WRONG labels-left-out: return X.T @ y_hat / len(X)
    # WRONG predictions-left-out: return -X.T @ y / len(X)
    # WRONG inputs-left-out: return (y_hat - y).mean().expand(X.shape[1])
    # WRONG intercept-never-learned: return torch.cat([0 * w[:1], (X.T @ (y_hat - y) / len(X))[1:]])
    # WRONG weight-decay-added: return X.T @ (y_hat - y) / len(X) + 0.01 * w
    # WRONG labels-of-minus-one: return X.T @ (y_hat - (2 * y - 1)) / len(X)
    # WRONG positive-examples-alone: return X.T @ ((y_hat - y) * y) / len(X)
    # WRONG mistakes-alone: return X.T @ ((y_hat - y) * ((y_hat > 0.5) != (y > 0.5))) / len(X)
    # WRONG errors-by-magnitude: return X.T @ (y_hat - y).abs() / len(X)
    # WRONG column-for-vector: return (X.T @ (y_hat - y) / len(X))[:, None]
    # WRONG gradient-in-float32: return (X.T @ (y_hat - y) / len(X)).float()
    # WRONG step-for-gradient: return w - X.T @ (y_hat - y) / len(X)
    # WRONG column-of-ones-added: return torch.cat([(y_hat - y).mean()[None], X.T @ (y_hat - y) / len(X)])
    # END SOLUTION


def fit_logistic(X: Tensor, y: Tensor, lr: float, epochs: int) -> Tensor:
    """Fit a logistic regression with an intercept by gradient descent.

    The function puts a column of ones before X. It starts with weights of 0. Each epoch makes one step with all N
    examples, and the gradient of the mean binary cross-entropy (divided by N, as in `logistic_grad`):

        w <- w - lr * gradient

    Nothing else is done: X is not standardised, and there is no penalty. On separable data the weights keep growing,
    but are finite after any number of epochs. The function leaves its arguments unchanged.

    Args:
        X: the inputs, (N, d), float32 or float64, with any strides, without a column of ones.
        y: the labels, each 0 or 1, (N,), of X's dtype.
        lr: the learning rate.
        epochs: the number of steps, 0 or more.

    Returns:
        w after the last step, (d + 1,), of X's dtype. The intercept w[0] comes first. w requires no gradients.
    """
    # BEGIN SOLUTION
    X = torch.cat([X.new_ones(len(X), 1), X], dim=1)
    # WRONG ones-last: X = torch.cat([X, X.new_ones(len(X), 1)], dim=1)
    # WRONG ones-missing: X = X + 0
    # WRONG inputs-standardised:
    #     X = torch.cat([X.new_ones(len(X), 1), (X - X.mean(dim=0)) / (X.std(dim=0, unbiased=False) + 1e-8)], dim=1)
    # WRONG inputs-centred: X = torch.cat([X.new_ones(len(X), 1), X - X.mean(dim=0)], dim=1)
    # WRONG labels-mapped-to-minus-one:
    #     X, y = torch.cat([X.new_ones(len(X), 1), X], dim=1), 2 * y - 1
    w = X.new_zeros(X.shape[1])
    # WRONG starts-at-one: w = X.new_ones(X.shape[1])
    # WRONG starts-at-small-numbers: w = X.new_full((X.shape[1],), 0.01)
    # WRONG intercept-starts-at-the-mean:
    #     w = X.new_zeros(X.shape[1])
    #     w[0] = y.mean()
    for _ in range(epochs):
        # WRONG one-epoch-fewer: for _ in range(epochs - 1):
        # WRONG one-epoch-more: for _ in range(epochs + 1):
        # WRONG always-100-epochs: for _ in range(100):
        w = w - lr * X.T @ (torch.sigmoid(X @ w) - y) / len(X)
        # WRONG fit-gradients-added: w = w - lr * len(X) * logistic_grad(X, y, w)
        # WRONG fit-ascends: w = w + lr * logistic_grad(X, y, w)
        # WRONG rate-of-0-01: w = w - 0.01 * logistic_grad(X, y, w)
        # WRONG rate-of-1: w = w - logistic_grad(X, y, w)
        # WRONG rate-decays: w = w - lr / (_ + 1) * logistic_grad(X, y, w)
        # WRONG old-weights-forgotten: w = -lr * logistic_grad(X, y, w)
        # WRONG linear-regression: w = w - lr * X.T @ (X @ w - y) / len(X)
        # WRONG fit-squared-loss:
        #     p = torch.sigmoid(X @ w)
        #     w = w - lr * X.T @ (2 * (p - y) * p * (1 - p)) / len(X)
        # WRONG fit-derivative-of-the-sigmoid-kept:
        #     p = torch.sigmoid(X @ w)
        #     w = w - lr * X.T @ ((p - y) * p * (1 - p)) / len(X)
        # WRONG perceptron: w = w - lr * X.T @ ((X @ w > 0).to(X.dtype) - y) / len(X)
        # WRONG step-for-each-example:
        #     for x, label in zip(X, y):
        #         w = w - lr * x * (sigmoid(x @ w) - label)
        # WRONG fit-intercept-never-learned:
        #     step = lr * logistic_grad(X, y, w)
        #     step[0] = 0
        #     w = w - step
        # WRONG intercept-alone-learned:
        #     w = torch.cat([w[:1] - lr * logistic_grad(X, y, w)[:1], w[1:]])
        # WRONG fit-weight-decay: w = w - lr * (logistic_grad(X, y, w) + 0.01 * w)
        # WRONG gradients-never-cleared:
        #     total = logistic_grad(X, y, w) + (total if _ else 0)
        #     w = w - lr * total
        # WRONG gradient-of-unit-length:
        #     step = logistic_grad(X, y, w)
        #     w = w - lr * step / (step.norm() + 1e-12)
        # WRONG intercept-first-then-the-rest:
        #     w = torch.cat([w[:1] - lr * logistic_grad(X, y, w)[:1], w[1:]])
        #     w = torch.cat([w[:1], w[1:] - lr * logistic_grad(X, y, w)[1:]])
        # WRONG stops-when-right:
        #     w = w - lr * logistic_grad(X, y, w)
        #     if ((X @ w > 0) == (y > 0.5)).all():
        #         break
        # WRONG two-steps-per-epoch:
        #     w = w - lr * logistic_grad(X, y, w)
        #     w = w - lr * logistic_grad(X, y, w)
    return w
    # WRONG weights-without-intercept: return w[1:]
    # WRONG intercept-apart: return w[1:], w[0]
    # WRONG weights-as-a-column: return w[:, None]
    # WRONG unit-length: return w / (w.norm() + 1e-12)
    # WRONG weights-in-float32: return w.float()
    # WRONG predictions-for-weights: return torch.sigmoid(X @ w)
    # WRONG graph-kept: return w.requires_grad_()
    # END SOLUTION


def predict_label(X: Tensor, w: Tensor, threshold: float = 0.5) -> Tensor:
    # WRONG threshold-of-zero-by-default: def predict_label(X, w, threshold=0.0):
    """Return the class of each example under a logistic regression: 1 if its probability exceeds the threshold.

        p = sigmoid(w[0] + X @ w[1:])
        label = 1 if p > threshold, else 0

    A probability equal to the threshold gives class 0: with the default threshold that is w[0] + X @ w[1:] = 0.
    The function leaves its arguments unchanged.

    Args:
        X: the inputs, (n, d), float32 or float64, with any strides, without a column of ones. n may be 0.
        w: the weights, (d + 1,), of X's dtype, with the intercept first, as `fit_logistic` returns them.
        threshold: between 0 and 1, both excluded.

    Returns:
        The classes 0 and 1, (n,), int64.
    """
    # BEGIN SOLUTION
    z = w[0] + X @ w[1:]
    # WRONG intercept-ignored: z = X @ w[1:]
    # WRONG intercept-last: z = w[-1] + X @ w[:-1]
    # WRONG intercept-taken-away: z = X @ w[1:] - w[0]
    # WRONG intercept-by-magnitude: z = w[0].abs() + X @ w[1:]
    # WRONG first-weight-alone: z = w[0] + X[:, 0] * w[1]
    # WRONG intercept-for-each-feature: z = (X + w[0]) @ w[1:]
    # WRONG weights-of-unit-length: z = w[0] + X @ (w[1:] / w[1:].norm())
    # WRONG scores-centred: z = X @ w[1:] + w[0] - (X @ w[1:] + w[0]).mean()
    # WRONG intercept-doubled: z = 2 * w[0] + X @ w[1:]
    p = torch.sigmoid(z)
    # WRONG logits-compared: p = z
    # WRONG sigmoid-applied-twice: p = torch.sigmoid(torch.sigmoid(z))
    # WRONG probability-of-the-other-class: p = torch.sigmoid(-z)
    # WRONG softmax-over-examples: p = z.softmax(dim=0)
    # WRONG tanh-for-probability: p = z.tanh()
    # WRONG magnitude-of-the-logit: p = torch.sigmoid(z.abs())
    # WRONG two-decimals: p = (torch.sigmoid(z) * 100).round() / 100
    return (p > threshold).long()
    # WRONG tie-is-class-1: return (p >= threshold).long()
    # WRONG threshold-ignored: return (p > 0.5).long()
    # WRONG threshold-of-the-complement: return (p > 1 - threshold).long()
    # WRONG classes-turned-round: return (p <= threshold).long()
    # WRONG below-the-threshold: return (p < threshold).long()
    # WRONG signs-for-classes: return 2 * (p > threshold).long() - 1
    # WRONG classes-one-and-two: return (p > threshold).long() + 1
    # WRONG booleans: return p > threshold
    # WRONG float-classes: return (p > threshold).to(X.dtype)
    # WRONG int32-classes: return (p > threshold).int()
    # WRONG probabilities: return p
    # WRONG classes-in-a-column: return (p > threshold).long()[:, None]
    # WRONG list-of-classes: return (p > threshold).long().tolist()
    # WRONG places-of-class-1: return (p > threshold).nonzero()[:, 0]
    # WRONG count-of-class-1: return (p > threshold).sum()
    # WRONG largest-alone: return (p == p.max()).long() if len(p) else p.long()
    # END SOLUTION
