"""ch67 Self-attention: multi-head attention, positional encoding and their costs.

D2L sections 10.5 (chapter_attention-mechanisms/multihead-attention.md) and 10.6
(chapter_attention-mechanisms/self-attention-and-positional-encoding.md).
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
    """Give every attention head its own features, as if it were an example of its own (D2L 10.5).

        result[i * num_heads + j, t, f] = X[i, t, j * width + f]        with width = num_hiddens / num_heads

    Args:
        X: (batch, steps, num_hiddens).
        num_heads: a divisor of num_hiddens.

    Returns:
        (batch * num_heads, steps, width), of X's dtype: all heads of the first example, then all of the second.
    """
    raise NotImplementedError  # write your code here


def transpose_output(X: Tensor, num_heads: int) -> Tensor:
    """Put the heads of every example side by side again: the inverse of `transpose_qkv` (D2L 10.5).

        result[i, t, j * width + f] = X[i * num_heads + j, t, f]

    Args:
        X: (batch * num_heads, steps, width).
        num_heads: how many rows of X belong to one example.

    Returns:
        (batch, steps, num_heads * width), of X's dtype.
    """
    raise NotImplementedError  # write your code here


class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al., 2017; D2L 10.5).

        head_j = attention(W_q_j q, W_k_j k, W_v_j v)        output = W_o [head_1, ..., head_h]

    The projections of all heads are computed at once: head j reads the j-th part of W_q's, W_k's and W_v's outputs,
    num_hiddens / num_heads features wide. The attention of each head is scaled dot-product attention, which divides by
    the root of that width.

    Attributes:
        W_q, W_k, W_v: nn.Linear, from query_size, key_size and value_size to num_hiddens.
        W_o: nn.Linear, from num_hiddens to num_hiddens. All four have a bias, or none.

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
        """Make the layers. Mind the order of the sizes.

        Args:
            key_size, query_size, value_size: features of one key, one query, one value.
            num_hiddens: features of the output, and of all heads together.
            num_heads: a divisor of num_hiddens.
            dropout: the probability with which an attention weight is dropped in training.
            bias: whether the four linear layers have one.

        Raises:
            ValueError: num_heads does not divide num_hiddens. (The book's code fails later, in its first forward; the
                check of this costs no points.)
        """
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Let every query attend to the keys and gather their values.

        Args:
            queries: (batch, num_queries, query_size).
            keys: (batch, num_pairs, key_size).
            values: (batch, num_pairs, value_size).
            valid_lens: how many of an example's pairs count, from the first one on: (batch,), or (batch, num_queries)
                with a number for each query, or None, and all count. The same for all heads.

        Returns:
            (batch, num_queries, num_hiddens).
        """
        raise NotImplementedError  # write your code here


class PositionalEncoding(nn.Module):
    """Adds to every step a code of its position, then drops out (Vaswani et al., 2017; D2L 10.6.3).

        P[0, i, 2j] = sin(i / 10000^(2j / num_hiddens))        P[0, i, 2j + 1] = cos(i / 10000^(2j / num_hiddens))

    Positions i count from 0.

    Attributes:
        P: (1, max_len, num_hiddens), float32. It is not learned. (Better a buffer than a plain attribute, as in the
            book: a buffer is saved with the model and moves with it; the check of this costs no points.)
    """

    def __init__(self, num_hiddens: int, dropout: float, max_len: int = 1000) -> None:
        """Compute P once, for all positions.

        Args:
            num_hiddens: features of a step. (With an odd number of them the last column is a sine; the book's code
                takes even numbers only, and the check of this costs no points.)
            dropout: the probability with which an element of the sum is dropped in training.
            max_len: the number of positions.
        """
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Add the codes of the first positions to X.

        Args:
            X: (batch, steps, num_hiddens), with no more than max_len steps.

        Returns:
            dropout(X + P), of X's shape.

        Raises:
            ValueError: X has more steps than P has positions. (The book's code raises another error, or none; the
                check of this costs no points.)
        """
        raise NotImplementedError  # write your code here


def relative_rotation(pos_delta: int, num_hiddens: int) -> Tensor:
    """The matrix R that moves a positional code by pos_delta, wherever it stands (D2L 10.6.3):

        R @ P[i] = P[i + pos_delta]        for every position i, with the P of `PositionalEncoding`

    R turns every pair of columns 2j and 2j + 1 by an angle of its own; it is zero elsewhere.

    Args:
        pos_delta: how many positions to go on; to go back if it is negative.
        num_hiddens: features of a code, an even number.

    Returns:
        (num_hiddens, num_hiddens), float32.
    """
    raise NotImplementedError  # write your code here


def attention_cost(n: int, d: int, k: int = 3) -> dict[str, tuple[int, int, int]]:
    """What three layers cost that map n steps of d features to n steps of d features (D2L 10.6.2).

    Three numbers each, whose orders the section (and table 1 of Vaswani et al., 2017) gives, with factor 1 in front:

    - the complexity: how many multiplications the layer needs. For self-attention count one of its two products of
      matrices, and no projections;
    - sequential operations: how many steps have to wait for one another;
    - the maximum path length: through how many layers, or steps of a recurrence, a signal has to go between the two
      positions that are farthest apart; where the order is a quotient, rounded up.

    Args:
        n: steps, from 1 on.
        d: features of a step.
        k: the width of the convolution's kernel.

    Returns:
        {"cnn": (complexity, sequential operations, path length), "rnn": the same, "self_attention": the same}, ints.
    """
    raise NotImplementedError  # write your code here
