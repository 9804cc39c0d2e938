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
    """Return the softmax over the last axis, restricted to the valid keys of each row (D2L 10.3.1).

        result[i, j, t] = exp(X[i, j, t]) / sum_{s < n} exp(X[i, j, s])          where t < n
                          0                                                     elsewhere

    The first n keys of a row are valid, where n is valid_lens[i] or valid_lens[i, j]. Other entries have no effect,
    even if they are inf or NaN. The book sets their logits to -1e6 before the softmax, which has the same effect. In a
    row without valid keys, n = 0, all weights are 1 / keys, not NaN.

    Leaves valid_lens unchanged. (The function may write into X, as the book's code does.) Works in float32 and float64;
    tensors may be non-contiguous. Large logits cause no overflow. Gradients flow to X.

    Bonus (no points): works in float16 and bfloat16 (-1e6 overflows in float16, so the book's code raises an error).
    Bonus (no points): is right for valid logits below -1e6. Bonus (no points): builds the mask on X's device even if
    the default device is another.

    Args:
        X: logits, (batch, queries, keys). A valid logit of -inf has weight 0.
        valid_lens: integers or whole floats, 0 or more. The shape is (batch,), with one length for all queries of an
            example, or (batch, queries). Lengths above the number of keys count as all keys. None makes all keys valid.

    Returns:
        Weights of the shape, dtype and device of X.
    """
    raise NotImplementedError  # write your code here


class AdditiveAttention(nn.Module):
    """Additive attention (Bahdanau, Cho and Bengio, 2015; D2L 10.3.2), with weights from `masked_softmax`.

        score(q, k) = w_v^T tanh(W_q q + W_k k)        output = sum(weight * value), over all pairs

    Queries and keys may have different numbers of features.

    Attributes:
        W_k, W_q: nn.Linear, from key_size and query_size to num_hiddens, without bias.
        w_v: nn.Linear, from num_hiddens to 1, without bias.
        attention_weights: the weights of the last call of forward, (batch, queries, pairs), before dropout.
    """

    def __init__(self, key_size: int, query_size: int, num_hiddens: int, dropout: float, **kwargs: Any) -> None:
        """dropout is the probability of dropping a weight in training. Note that key_size comes before query_size."""
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return, for each query, the sum of the values weighted by the masked softmax of the scores.

        In training, dropout acts on the weights before the sum. In evaluation nothing is dropped. Leaves its arguments
        unchanged. Works in float32 and float64; tensors may be non-contiguous. Gradients flow to queries, keys, values
        and the parameters.

        Args:
            queries: (batch, queries, query_size).
            keys: (batch, pairs, key_size).
            values: (batch, pairs, value_size).
            valid_lens: the number of valid pairs, counted from the first pair, as for `masked_softmax`.

        Returns:
            (batch, queries, value_size).
        """
        raise NotImplementedError  # write your code here


class DotProductAttention(nn.Module):
    """Scaled dot-product attention (Vaswani et al., 2017; D2L 10.3.3), with weights from `masked_softmax`.

        output = dropout(masked_softmax(Q K^T / sqrt(d))) V        with d features in a query

    Attributes:
        attention_weights: the weights of the last call of forward, (batch, queries, pairs), before dropout.

    Write it from scratch, without ready-made attention (F.scaled_dot_product_attention, ...), and without
    ready-made multi-head attention (nn.MultiheadAttention, ...).
    """

    def __init__(self, dropout: float, **kwargs: Any) -> None:
        """dropout is the probability of dropping a weight in training."""
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None = None) -> Tensor:
        """Return, for each query, the sum of the values weighted by the masked softmax of the scaled dot products.

        In training, dropout acts on the weights before the sum. In evaluation nothing is dropped. Leaves its arguments
        unchanged. Works in float32 and float64; tensors may be non-contiguous. Large scores cause no overflow.
        Gradients flow to queries, keys and values.

        Args:
            queries: (batch, queries, d).
            keys: (batch, pairs, d).
            values: (batch, pairs, value_size).
            valid_lens: the number of valid pairs, counted from the first pair, as for `masked_softmax`.

        Returns:
            (batch, queries, value_size).
        """
        raise NotImplementedError  # write your code here


def score_variance(d: int, n_samples: int, seed: int = 0) -> tuple[float, float]:
    """Return the sample variances of dot products, before and after division by the square root of d (D2L 10.3.3).

    This is an experiment. Draw n_samples pairs of a query and a key whose d features are independent and standard
    normal. The variance of their dot products is about d, and that of the scaled products is about 1.

    Args:
        d: the number of features of a query and of a key, at least 1.
        n_samples: the number of pairs, at least 2.
        seed: equal seeds give equal numbers, and different seeds give different numbers.

    Returns:
        The sample variances (divided by n_samples - 1) of q^T k and of q^T k / sqrt(d), over the same pairs.
    """
    raise NotImplementedError  # write your code here
