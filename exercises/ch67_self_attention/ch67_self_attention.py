"""ch67 Self-attention: multi-head attention, positional encoding and their costs.

See D2L 10.5 and 10.6 (chapter_attention-mechanisms/multihead-attention.md,
self-attention-and-positional-encoding.md).
"""

import math
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn


# Given, not an exercise.
def masked_softmax(X: Tensor, valid_lens: Tensor | None) -> Tensor:
    """Return the softmax over the last axis, restricted to the valid keys of each row (D2L 10.3.1)."""
    if valid_lens is None:
        return X.softmax(dim=-1)
    steps = torch.arange(X.shape[-1], device=X.device)
    padding = steps >= valid_lens.reshape(len(X), -1, 1)
    # The smallest number gives weight 0, like -inf, but no NaN in a row without valid keys.
    return X.masked_fill(padding, torch.finfo(X.dtype).min).softmax(dim=-1)


class DotProductAttention(nn.Module):
    """Scaled dot-product attention (Vaswani et al., 2017; D2L 10.3.3), with weights from `masked_softmax`."""

    def __init__(self, dropout: float, **kwargs: Any) -> None:
        """dropout is the probability of dropping a weight in training."""
        super().__init__(**kwargs)
        self.dropout = nn.Dropout(dropout)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None = None) -> Tensor:
        """Return, for each query, the sum of the values weighted by the masked softmax of the scaled dot products."""
        scores = queries @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])
        self.attention_weights = masked_softmax(scores, valid_lens)
        return self.dropout(self.attention_weights) @ values


d2l = SimpleNamespace(DotProductAttention=DotProductAttention, arange=torch.arange, zeros=torch.zeros)


def transpose_qkv(X: Tensor, num_heads: int) -> Tensor:
    """Return X with the features of each attention head in rows of their own (D2L 10.5).

        result[i * num_heads + j, t, f] = X[i, t, j * width + f]        with width = num_hiddens / num_heads

    Gradients flow to X. The function leaves X unchanged.

    Args:
        X: (batch, steps, num_hiddens), float32 or float64. It need not be contiguous in memory.
        num_heads: the number of heads, a divisor of num_hiddens.

    Returns:
        (batch * num_heads, steps, width), with the dtype of X: all heads of the first example, then all heads of the
        second example, and so on.
    """
    raise NotImplementedError  # write your code here


def transpose_output(X: Tensor, num_heads: int) -> Tensor:
    """Return X with the heads of each example side by side again: the inverse of `transpose_qkv` (D2L 10.5).

        result[i, t, j * width + f] = X[i * num_heads + j, t, f]

    Gradients flow to X. The function leaves X unchanged.

    Args:
        X: (batch * num_heads, steps, width), float32 or float64. It need not be contiguous in memory.
        num_heads: the number of heads. Each example has this many rows in X.

    Returns:
        (batch, steps, num_heads * width), with the dtype of X.
    """
    raise NotImplementedError  # write your code here


class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al., 2017; D2L 10.5).

        head_j = attention(W_q_j q, W_k_j k, W_v_j v)        output = W_o [head_1, ..., head_h]

    W_q, W_k and W_v compute the projections of all heads at once: head j reads the j-th part of their outputs, which is
    width = num_hiddens / num_heads features wide. The attention of each head is scaled dot-product attention, with
    scores divided by sqrt(width). Gradients flow to queries, keys, values and all parameters.

    Attributes:
        W_q, W_k, W_v: nn.Linear, from query_size, key_size and value_size to num_hiddens.
        W_o: nn.Linear, from num_hiddens to num_hiddens.

    Write it from scratch, without ready-made multi-head attention (nn.MultiheadAttention, ...), and without
    ready-made attention (F.scaled_dot_product_attention, ...), and without ready-made transformers (nn.Transformer,
    nn.TransformerEncoderLayer, ...).
    """

    def __init__(
        self,
        key_size: int,
        query_size: int,
        value_size: int,
        num_hiddens: int,
        num_heads: int,
        dropout: float,
        bias: bool = False,
        **kwargs: Any,
    ) -> None:
        """Create the layers. The size of a key comes before the size of a query.

        Args:
            key_size, query_size, value_size: the number of features of a key, a query and a value.
            num_hiddens: the number of features of the output, and of all heads together.
            num_heads: the number of heads, a divisor of num_hiddens.
            dropout: the probability of dropping an attention weight in training.
            bias: whether the four linear layers have a bias.

        Raises:
            ValueError: num_heads does not divide num_hiddens. This is a bonus (no points): the book's code fails later,
                in forward.
        """
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the attention output of each query over the keys and values.

        The method leaves its arguments unchanged.

        Args:
            queries: (batch, num_queries, query_size), float32 or float64. Like keys and values, it need not be
                contiguous in memory.
            keys: (batch, num_pairs, key_size).
            values: (batch, num_pairs, value_size).
            valid_lens: the number of pairs that count, from the first pair on: (batch,) for each example, or
                (batch, num_queries) for each query. All heads use the same number. With None, all pairs count.

        Returns:
            (batch, num_queries, num_hiddens), with the dtype of queries.
        """
        raise NotImplementedError  # write your code here


class PositionalEncoding(nn.Module):
    """Positional encoding: add a code of its position to each step, then apply dropout (D2L 10.6.3).

        P[0, i, 2j] = sin(i / 10000^(2j / num_hiddens))        P[0, i, 2j + 1] = cos(i / 10000^(2j / num_hiddens))

    See Vaswani et al. (2017). Positions i count from 0.

    Attributes:
        P: (1, max_len, num_hiddens), float32, not a parameter. Bonus (no points): it is a buffer, which is saved and
            moves with the model.
    """

    def __init__(self, num_hiddens: int, dropout: float, max_len: int = 1000) -> None:
        """Compute P for all positions.

        Args:
            num_hiddens: the number of features of a step, an even number. Bonus (no points): an odd number is allowed;
                the last column is then a sine.
            dropout: the probability of dropping an element of the sum in training.
            max_len: the number of positions.
        """
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Return dropout(X + P), with the codes of the first positions.

        Gradients flow to X. The method leaves X unchanged.

        Args:
            X: (batch, steps, num_hiddens), with at most max_len steps, float32 or float64. It need not be contiguous in
                memory.

        Returns:
            A tensor with the shape and dtype of X.

        Raises:
            ValueError: X has more steps than P has positions. This is a bonus (no points): the book's code raises
                another error or none.
        """
        raise NotImplementedError  # write your code here


def relative_rotation(pos_delta: int, num_hiddens: int) -> Tensor:
    """Return the matrix R that turns the code of any position i into the code of i + pos_delta (D2L 10.6.3).

        R @ P[i] = P[i + pos_delta]        for every position i, where P[i] is P[0, i] of `PositionalEncoding`

    R rotates each pair of columns 2j and 2j + 1 by its own angle. All other elements of R are zero.

    Args:
        pos_delta: the number that is added to the position; it may be negative.
        num_hiddens: the number of features of a code, an even number.

    Returns:
        (num_hiddens, num_hiddens), float32.
    """
    raise NotImplementedError  # write your code here


def attention_cost(n: int, d: int, k: int = 3) -> dict[str, tuple[int, int, int]]:
    """Return the costs of three layers that map n steps of d features to n steps of d features (D2L 10.6.2).

    Each layer has three numbers. The section (and table 1 of Vaswani et al., 2017) gives their orders; the factor in
    front is 1:

    - the complexity: the number of multiplications. For self-attention, count one of its two matrix products and no
      projections;
    - the sequential operations: the number of steps that must wait for one another;
    - the maximum path length: the number of layers, or of recurrent steps, between the two positions that are farthest
      apart. The recurrent path counts as n steps. A quotient is rounded up. The kernels are not dilated. (The log_k(n)
      of Vaswani et al. is for dilated kernels.)

    Args:
        n: the number of steps, at least 1.
        d: the number of features of a step.
        k: the width of the convolution's kernel. It may be larger than n.

    Returns:
        {"cnn": (complexity, sequential operations, path length), "rnn": the same, "self_attention": the same}, ints.
    """
    raise NotImplementedError  # write your code here
