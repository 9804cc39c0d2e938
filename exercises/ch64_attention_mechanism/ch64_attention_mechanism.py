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
    raise NotImplementedError  # write your code here


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
        raise NotImplementedError  # write your code here

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
        raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
