"""ch64 Attention mechanism: attention pooling by Nadaraya-Watson kernel regression.

D2L section 10.2 (chapter_attention-mechanisms/nadaraya-waston.md).
"""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

# Given, not an exercise: what the book's notebook has at hand.
d2l = SimpleNamespace(reshape=torch.reshape, matmul=torch.matmul, eye=torch.eye, rand=torch.rand)


def nadaraya_watson(x_test: Tensor, x_train: Tensor, y_train: Tensor, w: float = 1.0) -> tuple[Tensor, Tensor]:
    """Nonparametric attention pooling with a Gaussian kernel (Nadaraya, 1964; Watson, 1964; D2L 10.2.3).

        weights[i, j] = softmax over j of -((x_test[i] - x_train[j]) * w)^2 / 2
        predictions[i] = sum over j of weights[i, j] * y_train[j]

    Args:
        x_test: the queries, (m,).
        x_train: the keys, (n,), n of 1 or more.
        y_train: the values, (n,).
        w: one over the width of the kernel. 0 weighs all training points alike; the larger w is, the more the nearest
            one counts.

    Returns:
        The predictions, (m,), and the weights, (m, n). They are finite even for a query so far away from all keys that
        every kernel value is 0 in floating point.
    """
    raise NotImplementedError  # write your code here


class NWKernelRegression(nn.Module):
    """Attention pooling that learns the width of its kernel (D2L 10.2.4).

        attention_weights[i, j] = softmax over j of -((queries[i] - keys[i, j]) * w)^2 / 2
        output[i] = sum over j of attention_weights[i, j] * values[i, j]

    Every query has keys and values of its own: in training, those of all examples but itself.

    Attributes:
        w: nn.Parameter, (1,), at first uniformly distributed in [0, 1).
        attention_weights: the weights of the last forward, (m, n).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Let every query gather its values.

        Args:
            queries: (m,).
            keys, values: (m, n), row i those of query i; n of 1 or more.

        Returns:
            (m,).
        """
        raise NotImplementedError  # write your code here


def leave_one_out(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """For each training example the keys and values of all others (D2L 10.2.4).

    An example among its own keys could predict itself, the better the larger w is, and w would grow without limit.

    Args:
        x: inputs, (n,), possibly with equal ones: each of them is an example of its own.
        y: outputs, (n,), possibly of another dtype.

    Returns:
        Keys and values, both (n, n - 1): row i has x (or y) without item i, in the order of x. A single example has no
        others: (1, 0).
    """
    raise NotImplementedError  # write your code here


def batch_weighted_sum(weights: Tensor, values: Tensor) -> Tensor:
    """The weighted sum of each example's values, as a batch of matrix products (D2L 10.2.4).

        result[i] = sum over j of weights[i, j] * values[i, j] = row vector i of weights times column vector i of values

    `torch.bmm` multiplies (n, a, b) by (n, b, c) to (n, a, c).

    Args:
        weights: (n, k). They need not add up to 1.
        values: (n, k).

    Returns:
        (n,), also for n = 1.
    """
    raise NotImplementedError  # write your code here
