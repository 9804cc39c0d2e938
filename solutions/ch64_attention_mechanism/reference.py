"""ch64 Attention mechanism: attention pooling by Nadaraya-Watson kernel regression.

D2L section 10.2 (chapter_attention-mechanisms/nadaraya-waston.md).
"""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

# Given, not an exercise: helpers of the book's notebook.
d2l = SimpleNamespace(reshape=torch.reshape, matmul=torch.matmul, eye=torch.eye, rand=torch.rand)


def nadaraya_watson(x_test: Tensor, x_train: Tensor, y_train: Tensor, w: float = 1.0) -> tuple[Tensor, Tensor]:
    """Return predictions and weights of attention pooling with a Gaussian kernel
    (Nadaraya, 1964; Watson, 1964; D2L 10.2.3).

        weights[i, j] = softmax over j of -((x_test[i] - x_train[j]) * w)^2 / 2
        predictions[i] = sum_j weights[i, j] * y_train[j]

    Leaves its arguments unchanged. Works in float32 and float64; tensors may be non-contiguous. Gradients of the
    predictions flow to x_test, x_train and y_train.

    Args:
        x_test: the queries, (m,).
        x_train: the keys, (n,), n at least 1.
        y_train: the values, (n,).
        w: 1 divided by the width of the kernel. With w = 0 all training points have the same weight. The larger w is,
            the more weight the nearest training point has.

    Returns:
        The predictions, (m,), and the weights, (m, n). They are right, and not NaN, even for a query far away from all
        keys, where every kernel value is 0 in floating point.
    """
    # BEGIN SOLUTION
    distances = (x_test[:, None] - x_train) * w
    # WRONG width-not-inverse: distances = (x_test[:, None] - x_train) / w
    # WRONG w-not-squared: distances = x_test[:, None] - x_train
    # WRONG w-ignored: distances = x_test[:, None] - x_train
    # WRONG keys-before-queries: distances = (x_train[:, None] - x_test) * w
    # WRONG no-axis-for-the-queries: distances = (x_test - x_train) * w
    # WRONG w-times-the-inputs: distances = x_test[:, None] - x_train * w
    weights = (-(distances**2) / 2).softmax(dim=1)
    # WRONG softmax-over-the-queries: weights = (-(distances**2) / 2).softmax(dim=0)
    # WRONG farthest-first: weights = (distances**2 / 2).softmax(dim=1)
    # WRONG two-forgotten: weights = (-(distances**2)).softmax(dim=1)
    # WRONG distance-not-squared: weights = (-distances.abs() / 2).softmax(dim=1)
    # WRONG not-normalised: weights = (-(distances**2) / 2).exp()
    # WRONG kernel-by-its-sum:
    #     weights = (-(distances**2) / 2).exp()
    #     weights = weights / weights.sum(dim=1, keepdim=True)
    # WRONG mean-pooling: weights = torch.ones_like(distances) / len(x_train)
    # WRONG w-not-squared: weights = (-(distances**2) * w / 2).softmax(dim=1)
    # WRONG no-axis-for-the-queries: weights = (-(distances**2) / 2).softmax(dim=-1)
    # WRONG signed-distance: weights = (-distances / 2).softmax(dim=1)
    # WRONG guarded-sum:
    #     kernel = (-(distances**2) / 2).exp()
    #     weights = kernel / (kernel.sum(dim=1, keepdim=True) + 1e-12)
    # WRONG scores-for-weights: weights = -(distances**2) / 2
    # WRONG whole-matrix-normalised: weights = (-(distances**2) / 2).flatten().softmax(dim=0).reshape(distances.shape)
    # WRONG inverse-distances:
    #     weights = 1 / (1 + distances**2)
    #     weights = weights / weights.sum(dim=1, keepdim=True)
    # WRONG nearest-point-alone:
    #     weights = nn.functional.one_hot(distances.abs().argmin(dim=1), len(x_train)).to(x_train.dtype)
    return weights @ y_train, weights
    # WRONG results-swapped: return weights, weights @ y_train
    # WRONG mean-for-sum: return (weights * y_train).mean(dim=1), weights
    # WRONG predictions-alone: return weights @ y_train
    # WRONG weights-cut-off: return weights.detach() @ y_train, weights
    # WRONG weights-alone: return weights
    # WRONG keys-weighed: return weights @ x_train, weights
    # WRONG products-unsummed: return weights * y_train, weights
    # WRONG predictions-as-a-column: return weights @ y_train[:, None], weights
    # END SOLUTION


class NWKernelRegression(nn.Module):
    """Attention pooling that learns the width of its kernel (D2L 10.2.4).

        attention_weights[i, j] = softmax over j of -((queries[i] - keys[i, j]) * w)^2 / 2
        output[i] = sum_j attention_weights[i, j] * values[i, j]

    Each query has its own keys and values. In training, they come from all other examples.

    Attributes:
        w: nn.Parameter, (1,), the only parameter. Its initial value is drawn from the uniform distribution on [0, 1).
        attention_weights: the weights of the last call of forward, (m, n).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        self.w = nn.Parameter(torch.rand(1))
        # WRONG w-no-parameter: self.w = torch.ones(1)
        # WRONG w-of-zero: self.w = nn.Parameter(torch.zeros(1))
        # WRONG w-of-one: self.w = nn.Parameter(torch.ones(1))
        # WRONG w-normal: self.w = nn.Parameter(torch.randn(1))
        # WRONG w-without-an-axis: self.w = nn.Parameter(torch.rand(()))
        # END SOLUTION

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Return the weighted sum of each query's values.

        Leaves its arguments unchanged. Works in float32 and float64; tensors may be non-contiguous, such as results of
        expand. The weights are right, and not NaN, even for a query far away from all its keys. Gradients flow to
        queries, keys, values and w.

        Args:
            queries: (m,).
            keys, values: (m, n), n at least 1. Row i belongs to query i.

        Returns:
            (m,).
        """
        # BEGIN SOLUTION
        distances = (queries[:, None] - keys) * self.w
        # WRONG width-for-w: distances = (queries[:, None] - keys) / self.w
        # WRONG w-outside-the-square: distances = queries[:, None] - keys
        # WRONG keys-of-the-first-query: distances = (queries[:, None] - keys[:1]) * self.w
        # WRONG w-unused: distances = queries[:, None] - keys
        # WRONG queries-in-turn: distances = (queries.repeat(keys.shape[1]).reshape(-1, keys.shape[1]) - keys) * self.w
        # WRONG queries-as-a-row: distances = (queries - keys) * self.w
        # WRONG w-without-a-gradient: distances = (queries[:, None] - keys) * self.w.detach()
        # WRONG w-squared-by-itself: distances = (queries[:, None] - keys) * self.w**2
        # WRONG w-times-the-keys: distances = queries[:, None] - keys * self.w
        self.attention_weights = (-(distances**2) / 2).softmax(dim=1)
        # WRONG w-outside-the-square: self.attention_weights = (-(distances**2) * self.w / 2).softmax(dim=1)
        # WRONG softmax-of-the-batch: self.attention_weights = (-(distances**2) / 2).softmax(dim=0)
        # WRONG weights-detached: self.attention_weights = (-(distances**2) / 2).softmax(dim=1).detach()
        # WRONG half-missing: self.attention_weights = (-(distances**2)).softmax(dim=1)
        # WRONG most-for-the-farthest: self.attention_weights = (distances**2 / 2).softmax(dim=1)
        # WRONG square-missing: self.attention_weights = (-distances.abs() / 2).softmax(dim=1)
        # WRONG sign-kept: self.attention_weights = (-distances / 2).softmax(dim=1)
        # WRONG kernel-not-normalised: self.attention_weights = (-(distances**2) / 2).exp()
        # WRONG quotient-of-exponentials:
        #     self.attention_weights = (-(distances**2) / 2).exp()
        #     self.attention_weights = self.attention_weights / self.attention_weights.sum(dim=1, keepdim=True)
        # WRONG scores-kept: self.attention_weights = -(distances**2) / 2
        # WRONG weights-not-kept: attention_weights = (-(distances**2) / 2).softmax(dim=1)
        # WRONG softmax-of-everything:
        #     self.attention_weights = (-(distances**2) / 2).flatten().softmax(dim=0).reshape(distances.shape)
        return (self.attention_weights * values).sum(dim=1)
        # WRONG weights-with-an-axis-more:
        #     self.attention_weights = self.attention_weights[:, None, :]
        #     return (self.attention_weights @ values[:, :, None]).flatten()
        # WRONG scores-kept: return (self.attention_weights.softmax(dim=1) * values).sum(dim=1)
        # WRONG weights-not-kept: return (attention_weights * values).sum(dim=1)
        # WRONG bmm-not-reshaped: return torch.bmm(self.attention_weights[:, None, :], values[:, :, None])
        # WRONG mean-of-products: return (self.attention_weights * values).mean(dim=1)
        # WRONG sum-over-the-queries: return (self.attention_weights * values).sum(dim=0)
        # WRONG one-query-squeezed: return torch.bmm(self.attention_weights[:, None, :], values[:, :, None]).squeeze()
        # WRONG keys-pooled: return (self.attention_weights * keys).sum(dim=1)
        # WRONG every-query-with-all-values: return (self.attention_weights @ values.T).sum(dim=1)
        # WRONG output-as-a-matrix: return self.attention_weights @ values.T
        # WRONG products-returned: return self.attention_weights * values
        # WRONG weights-returned-too: return (self.attention_weights * values).sum(dim=1), self.attention_weights
        # END SOLUTION


def leave_one_out(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return, for each training example, the keys and values of all other examples (D2L 10.2.4).

    An example among its own keys could predict itself. A larger w would improve this prediction, so w would grow
    without limit.

    Leaves its arguments unchanged; they may be non-contiguous. Gradients flow to x and y.

    Args:
        x: inputs, (n,). Equal inputs belong to different examples.
        y: outputs, (n,). They may have another dtype.

    Returns:
        Keys and values, both (n, n - 1), of the dtypes of x and y. Row i holds x (or y) without item i, in the order of
        x. For a single example the shape is (1, 0).
    """
    # BEGIN SOLUTION
    n = len(x)
    others = ~torch.eye(n, dtype=torch.bool, device=x.device)  # row i is without example i
    keys = x.expand(n, n)[others].reshape(n, n - 1)
    # WRONG own-example-kept: keys = x.repeat(n, 1)
    # WRONG last-one-left-out: keys = x[:-1].repeat(n, 1)
    # WRONG order-turned: keys = torch.stack([x.roll(-i)[1:] for i in range(n)])
    # WRONG equal-inputs-removed: keys = torch.stack([x[x != own] for own in x])
    # WRONG mask-turned: keys = x.expand(n, n)[~others].reshape(n, n - 1)
    # WRONG rows-too-long: keys = x.expand(n, n)[others].reshape(n - 1, n)
    # WRONG not-reshaped: keys = x.expand(n, n)[others]
    # WRONG example-repeated: keys = x[:, None].repeat(1, n - 1)
    # WRONG first-one-left-out: keys = x.expand(n, n)[:, 1:]
    # WRONG own-entry-zero: keys = x * others
    values = y.expand(n, n)[others].reshape(n, n - 1)
    # WRONG own-example-kept: values = y.repeat(n, 1)
    # WRONG last-one-left-out: values = y[:-1].repeat(n, 1)
    # WRONG order-turned: values = torch.stack([y.roll(-i)[1:] for i in range(n)])
    # WRONG keys-for-values: values = x.expand(n, n)[others].reshape(n, n - 1)
    # WRONG equal-inputs-removed: values = torch.stack([y[x != own] for own in x])
    # WRONG mask-turned: values = y.expand(n, n)[~others].reshape(n, n - 1)
    # WRONG rows-too-long: values = y.expand(n, n)[others].reshape(n - 1, n)
    # WRONG not-reshaped: values = y.expand(n, n)[others]
    # WRONG example-repeated: values = y[:, None].repeat(1, n - 1)
    # WRONG dtype-of-the-keys: values = y.to(x.dtype).expand(n, n)[others].reshape(n, n - 1)
    # WRONG first-one-left-out: values = y.expand(n, n)[:, 1:]
    # WRONG own-entry-zero: values = y * others
    # WRONG own-value-kept: values = y.repeat(n, 1)
    return keys, values
    # WRONG values-first: return values, keys
    # WRONG keys-for-both: return keys
    # END SOLUTION


def batch_weighted_sum(weights: Tensor, values: Tensor) -> Tensor:
    """Return the weighted sum of each example's values, as a batch of matrix products (D2L 10.2.4).

        result[i] = sum_j weights[i, j] * values[i, j]

    Each sum is a matrix product: row i of weights, as a row vector, times row i of values, as a column vector.
    `torch.bmm` multiplies (n, a, b) by (n, b, c) to (n, a, c). Leaves its arguments unchanged. Works in float32 and
    float64; tensors may be non-contiguous. Gradients flow to weights and values.

    Args:
        weights: (n, k). Their sum need not be 1.
        values: (n, k).

    Returns:
        (n,), even for n = 1.
    """
    # BEGIN SOLUTION
    products = torch.bmm(weights[:, None, :], values[:, :, None])
    # WRONG weights-of-all-examples: products = (weights @ values.T).sum(dim=1)
    # WRONG no-axes-for-bmm: products = torch.bmm(weights, values)
    # WRONG row-times-row: products = torch.bmm(weights[:, None, :], values[:, None, :])
    # WRONG outer-product: products = torch.bmm(weights[:, :, None], values[:, None, :])
    return products.flatten()
    # WRONG batch-of-one-squeezed: return products.squeeze()
    # WRONG weights-normalised: return products.flatten() / weights.sum(dim=1)
    # WRONG averaged: return products.flatten() / values.shape[1]
    # WRONG axes-left: return products
    # WRONG not-summed: return weights * values
    # WRONG summed-over-the-examples: return (weights * values).sum(dim=0)
    # WRONG one-number-for-the-batch: return (weights * values).sum()
    # WRONG softmax-of-the-weights: return (weights.softmax(dim=1) * values).sum(dim=1)
    # WRONG sums-as-a-column: return products[:, 0]
    # WRONG matrix-of-products: return weights @ values.T
    # END SOLUTION
