"""ch65 Attention scoring functions: masked softmax, additive and scaled dot-product attention.

D2L section 10.3 (chapter_attention-mechanisms/attention-scoring-functions.md).
"""

import math
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn


# Given, not an exercise.
def sequence_mask(X: Tensor, valid_len: Tensor, value: float = 0) -> Tensor:
    """Return X with the entries beyond the valid length of each sequence replaced by value (D2L 9.7.3)."""
    steps = torch.arange(X.shape[1], device=X.device)
    padding = steps[None, :] >= valid_len[:, None]
    X = X.clone()
    X[padding] = value
    return X


d2l = SimpleNamespace(sequence_mask=sequence_mask)


def masked_softmax(X: Tensor, valid_lens: Tensor | None) -> Tensor:
    """Softmax over the last axis that leaves out what lies behind the valid length (D2L 10.3.1).

        result[i, j, t] = exp(X[i, j, t]) / sum over s < n of exp(X[i, j, s])    where t < n
                          0                                                     elsewhere

    n is valid_lens[i] or valid_lens[i, j]. The book gives the entries behind it the logit -1e6 before it takes the
    softmax, which comes to the same, also whatever they held before. A row with no valid entry, n = 0, so becomes
    uniform: 1 / keys everywhere, not NaN.

    Args:
        X: logits, (batch, queries, keys). A logit of -inf in a valid place has weight 0.
        valid_lens: integers or whole floats from 0 on: (batch,), the same for all queries of an example; or
            (batch, queries); or None, and everything is valid. A length of more than all keys is one of all keys.

    Returns:
        Weights of X's shape, dtype and device. (The book's code may write into X; yours may, too. It raises an error
        for float16, where -1e6 overflows, and is wrong for valid logits below -1e6. The checks of these two, and of
        another default device than X's, cost no points.)
    """
    raise NotImplementedError  # write your code here


class AdditiveAttention(nn.Module):
    """Additive attention (Bahdanau, Cho and Bengio, 2015; D2L 10.3.2), on top of `masked_softmax`.

        score(q, k) = w_v^T tanh(W_q q + W_k k)        output = sum over pairs of weight * value

    Queries and keys need not have the same number of features.

    Attributes:
        W_k, W_q: nn.Linear, from key_size and query_size to num_hiddens, without bias.
        w_v: nn.Linear, from num_hiddens to 1, without bias.
        attention_weights: the weights of the last forward, (batch, queries, pairs), as they were before dropout.
    """

    def __init__(self, key_size: int, query_size: int, num_hiddens: int, dropout: float, **kwargs: Any) -> None:
        """dropout is the probability with which a weight is dropped in training. Mind the order of the sizes."""
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Let every query gather the values by the masked softmax of its scores with the keys.

        Args:
            queries: (batch, queries, query_size).
            keys: (batch, pairs, key_size).
            values: (batch, pairs, value_size).
            valid_lens: how many of an example's pairs count, from the first one on: as for `masked_softmax`.

        Returns:
            (batch, queries, value_size). In training, dropout is applied to the weights first.
        """
        raise NotImplementedError  # write your code here


class DotProductAttention(nn.Module):
    """Scaled dot-product attention (Vaswani et al., 2017; D2L 10.3.3), on top of `masked_softmax`.

        output = dropout(masked_softmax(Q K^T / sqrt(d))) V        with d features in a query

    Attributes:
        attention_weights: the weights of the last forward, (batch, queries, pairs), as they were before dropout.

    Write it from scratch, without ready-made attention (F.scaled_dot_product_attention, ...), and without
    ready-made multi-head attention (nn.MultiheadAttention, ...).
    """

    def __init__(self, dropout: float, **kwargs: Any) -> None:
        """dropout is the probability with which a weight is dropped in training."""
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None = None) -> Tensor:
        """Let every query gather the values by the masked softmax of its scaled products with the keys.

        Args:
            queries: (batch, queries, d).
            keys: (batch, pairs, d).
            values: (batch, pairs, value_size).
            valid_lens: how many of an example's pairs count, from the first one on: as for `masked_softmax`.

        Returns:
            (batch, queries, value_size). In training, dropout is applied to the weights first.
        """
        raise NotImplementedError  # write your code here


def score_variance(d: int, n_samples: int, seed: int = 0) -> tuple[float, float]:
    """How far dot products spread, and what the root of d does about it (D2L 10.3.3): an experiment.

    Draws n_samples pairs of a query and a key, all their d features independent and standard normal. The variance of
    their products is d; that of the scaled products is 1.

    Args:
        d: features of a query and of a key, from 1 on.
        n_samples: how many pairs, from 2 on.
        seed: the same seed gives the same numbers, another one others.

    Returns:
        The sample variances (divided by n_samples - 1) of q^T k and of q^T k / sqrt(d), over the same pairs.
    """
    raise NotImplementedError  # write your code here
