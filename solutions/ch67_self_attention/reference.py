"""ch67 Self-attention: multi-head attention, positional encoding and their costs.

See D2L 10.5 and 10.6 (chapter_attention-mechanisms/multihead-attention.md,
self-attention-and-positional-encoding.md).
"""

import math
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

# GIVEN ch65: DotProductAttention

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
    # BEGIN SOLUTION
    return X.unflatten(2, (num_heads, -1)).transpose(1, 2).flatten(0, 1)  # heads beside the batch
    # WRONG steps-cut-instead-of-features: return X.reshape(len(X) * num_heads, X.shape[1], -1)
    # WRONG heads-before-batch: return X.unflatten(2, (num_heads, -1)).permute(2, 0, 1, 3).flatten(0, 1)
    # WRONG features-dealt-out: return X.unflatten(2, (-1, num_heads)).permute(0, 3, 1, 2).flatten(0, 1)
    # WRONG heads-beside-the-features: return X.unflatten(2, (num_heads, -1)).flatten(0, 1)
    # WRONG heads-in-an-axis-of-their-own: return X.unflatten(2, (num_heads, -1)).transpose(1, 2)
    # WRONG heads-not-split: return X.clone()
    # WRONG whole-features-for-each-head: return X.repeat_interleave(num_heads, dim=0)
    # WRONG joined-with-view:
    #     return X.reshape(*X.shape[:2], num_heads, -1).transpose(1, 2).view(-1, X.shape[1], X.shape[2] // num_heads)
    # WRONG steps-behind-the-features: return X.unflatten(2, (num_heads, -1)).permute(0, 2, 3, 1).flatten(0, 1)
    # WRONG heads-for-the-width: return X.unflatten(2, (-1, num_heads)).transpose(1, 2).flatten(0, 1)
    # WRONG first-head-alone: return X.unflatten(2, (num_heads, -1))[:, :, 0]
    # END SOLUTION


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
    # BEGIN SOLUTION
    return X.unflatten(0, (-1, num_heads)).transpose(1, 2).flatten(2)
    # WRONG joined-without-moving: return X.reshape(len(X) // num_heads, X.shape[1], -1)
    # WRONG examples-far-apart: return X.unflatten(0, (num_heads, -1)).permute(1, 2, 0, 3).flatten(2)
    # WRONG heads-interleaved: return X.unflatten(0, (-1, num_heads)).permute(0, 2, 3, 1).flatten(2)
    # WRONG output-joined-with-view:
    #     Y = X.unflatten(0, (-1, num_heads)).transpose(1, 2)
    #     return Y.view(len(Y), Y.shape[1], -1)
    # WRONG output-heads-in-an-axis-of-their-own: return X.unflatten(0, (-1, num_heads)).transpose(1, 2)
    # WRONG output-as-it-was: return X.clone()
    # WRONG heads-averaged: return X.unflatten(0, (-1, num_heads)).mean(dim=1)
    # WRONG heads-first-in-the-output: return X.unflatten(0, (-1, num_heads)).transpose(1, 2).flatten(2).transpose(0, 1)
    # END SOLUTION


class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al., 2017; D2L 10.5).

        head_j = attention(W_q_j q, W_k_j k, W_v_j v)        output = W_o [head_1, ..., head_h]

    W_q, W_k and W_v compute the projections of all heads at once: head j reads the j-th part of their outputs, which is
    width = num_hiddens / num_heads features wide. The attention of each head is scaled dot-product attention, with
    scores divided by sqrt(width). Gradients flow to queries, keys, values and all parameters.

    Attributes:
        W_q, W_k, W_v: nn.Linear, from query_size, key_size and value_size to num_hiddens.
        W_o: nn.Linear, from num_hiddens to num_hiddens.
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
        # BEGIN SOLUTION
        if num_hiddens % num_heads:
            raise ValueError(f"{num_hiddens} features do not divide into {num_heads} heads")
        self.num_heads = num_heads
        self.attention = DotProductAttention(dropout)
        # WRONG attention-without-dropout: self.attention = DotProductAttention(0.0)
        # WRONG dropout-at-the-end: self.attention, self.drop = DotProductAttention(0.0), nn.Dropout(dropout)
        # WRONG dropout-hard-coded: self.attention = DotProductAttention(0.5)
        self.W_q = nn.Linear(query_size, num_hiddens, bias=bias)
        # WRONG query-size-first: self.W_q = nn.Linear(key_size, num_hiddens, bias=bias)
        # WRONG bias-by-default: self.W_q = nn.Linear(query_size, num_hiddens)
        # WRONG bias-never: self.W_q = nn.Linear(query_size, num_hiddens, bias=False)
        self.W_k = nn.Linear(key_size, num_hiddens, bias=bias)
        # WRONG query-size-first: self.W_k = nn.Linear(query_size, num_hiddens, bias=bias)
        # WRONG bias-by-default: self.W_k = nn.Linear(key_size, num_hiddens)
        # WRONG bias-never: self.W_k = nn.Linear(key_size, num_hiddens, bias=False)
        self.W_v = nn.Linear(value_size, num_hiddens, bias=bias)
        # WRONG bias-by-default: self.W_v = nn.Linear(value_size, num_hiddens)
        # WRONG bias-never: self.W_v = nn.Linear(value_size, num_hiddens, bias=False)
        self.W_o = nn.Linear(num_hiddens, num_hiddens, bias=bias)
        # WRONG always-a-bias-at-the-end: self.W_o = nn.Linear(num_hiddens, num_hiddens)
        # WRONG bias-by-default: self.W_o = nn.Linear(num_hiddens, num_hiddens)
        # WRONG bias-never: self.W_o = nn.Linear(num_hiddens, num_hiddens, bias=False)
        # END SOLUTION

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
        # BEGIN SOLUTION
        queries = transpose_qkv(self.W_q(queries), self.num_heads)
        # WRONG one-head-for-all: queries = self.W_q(queries)
        # WRONG query-and-key-layers-swapped: queries = transpose_qkv(self.W_k(queries), self.num_heads)
        # WRONG queries-not-projected: queries = transpose_qkv(queries, self.num_heads)
        keys = transpose_qkv(self.W_k(keys), self.num_heads)
        # WRONG one-head-for-all: keys = self.W_k(keys)
        # WRONG keys-not-projected: keys = transpose_qkv(keys, self.num_heads)
        # WRONG query-and-key-layers-swapped: keys = transpose_qkv(self.W_q(keys), self.num_heads)
        # WRONG keys-through-the-query-layer: keys = transpose_qkv(self.W_q(keys), self.num_heads)
        values = transpose_qkv(self.W_v(values), self.num_heads)
        # WRONG one-head-for-all: values = self.W_v(values)
        # WRONG values-not-projected: values = transpose_qkv(values, self.num_heads)
        # WRONG values-through-the-key-layer: values = transpose_qkv(self.W_k(values), self.num_heads)
        if valid_lens is not None:
            # WRONG lengths-of-none: if True:
            valid_lens = valid_lens.repeat_interleave(self.num_heads, dim=0)  # heads of an example are neighbours
            # WRONG lengths-of-other-examples: valid_lens = torch.cat([valid_lens] * self.num_heads)
            # WRONG one-head-for-all: pass
            # WRONG lengths-not-repeated: pass
            # WRONG lengths-of-none: valid_lens = torch.repeat_interleave(valid_lens, repeats=self.num_heads, dim=0)
        heads = self.attention(queries, keys, values, valid_lens)
        # WRONG scaled-by-all-features:
        #     heads = self.attention(queries / math.sqrt(self.num_heads), keys, values, valid_lens)
        # WRONG lengths-forgotten: heads = self.attention(queries, keys, values, None)
        # WRONG keys-weighed: heads = self.attention(queries, keys, keys, valid_lens)
        # WRONG not-scaled:
        #     width = queries.shape[-1]
        #     heads = self.attention(queries * math.sqrt(width), keys, values, valid_lens)
        # WRONG scaled-by-the-width:
        #     width = queries.shape[-1]
        #     heads = self.attention(queries / math.sqrt(width), keys, values, valid_lens)
        return self.W_o(transpose_output(heads, self.num_heads))
        # WRONG no-output-projection: return transpose_output(heads, self.num_heads)
        # WRONG dropout-at-the-end: return self.drop(self.W_o(transpose_output(heads, self.num_heads)))
        # WRONG one-head-for-all: return self.W_o(heads)
        # WRONG output-layer-before-the-heads-join: return transpose_output(self.W_o(heads), self.num_heads)
        # WRONG output-projected-twice: return self.W_o(self.W_o(transpose_output(heads, self.num_heads)))
        # WRONG queries-added-to-the-output:
        #     joined = self.W_o(transpose_output(heads, self.num_heads))
        #     return joined + transpose_output(queries, self.num_heads)
        # END SOLUTION


class PositionalEncoding(nn.Module):
    """Positional encoding: add a code of its position to each step, then apply dropout (D2L 10.6.3).

        P[0, i, 2j] = sin(i / 10000^(2j / num_hiddens))        P[0, i, 2j + 1] = cos(i / 10000^(2j / num_hiddens))

    See Vaswani et al. (2017). Positions i count from 0.

    Attributes:
        P: (1, max_len, num_hiddens), float32, not a parameter. Bonus (no points): it is a buffer, which is saved and
            moves with the model.
    """

    def __init__(self, num_hiddens: int, dropout: float, max_len: int = 1000) -> None:
        # WRONG five-thousand-positions: def __init__(self, num_hiddens: int, dropout: float, max_len: int = 5000) -> None:
        """Compute P for all positions.

        Args:
            num_hiddens: the number of features of a step, an even number. Bonus (no points): an odd number is allowed;
                the last column is then a sine.
            dropout: the probability of dropping an element of the sum in training.
            max_len: the number of positions.
        """
        super().__init__()
        # BEGIN SOLUTION
        self.dropout = nn.Dropout(dropout)
        positions = torch.arange(max_len).reshape(-1, 1)
        # WRONG positions-from-one: positions = torch.arange(1, max_len + 1).reshape(-1, 1)
        # WRONG max-len-ignored: positions = torch.arange(1000).reshape(-1, 1)
        angles = positions / 10000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
        # WRONG half-the-exponent: angles = positions / 10000 ** (torch.arange(0, num_hiddens, 2) / (2 * num_hiddens))
        # WRONG angles-multiplied: angles = positions * 10000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
        # WRONG base-of-one-thousand: angles = positions / 1000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
        # WRONG exponent-doubled: angles = positions / 10000 ** (2 * torch.arange(0, num_hiddens, 2) / num_hiddens)
        # WRONG exponent-not-divided: angles = positions / 10000.0 ** torch.arange(0, num_hiddens, 2).float()
        P = torch.zeros(max_len, num_hiddens)
        # WRONG max-len-ignored: P = torch.zeros(1000, num_hiddens)
        P[:, 0::2] = angles.sin()
        # WRONG sines-then-cosines: P[:, : angles.shape[1]] = angles.sin()
        # WRONG cosines-first: P[:, 0::2] = angles.cos()
        P[:, 1::2] = angles[:, : num_hiddens // 2].cos()
        # WRONG sines-then-cosines: P[:, angles.shape[1] :] = angles[:, : num_hiddens // 2].cos()
        # WRONG cosines-first: P[:, 1::2] = angles[:, : num_hiddens // 2].sin()
        # WRONG an-exponent-for-every-column:
        #     P[:, 1::2] = (positions / 10000 ** (torch.arange(1, num_hiddens, 2) / num_hiddens)).cos()
        # WRONG sines-alone: P[:, 1::2] = angles[:, : num_hiddens // 2].sin()
        # WRONG odd-columns-empty:
        self.register_buffer("P", P.unsqueeze(0))
        # WRONG learned-codes: self.P = nn.Parameter(P.unsqueeze(0))
        # WRONG table-without-a-batch-axis: self.register_buffer("P", P)
        # END SOLUTION

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
        # BEGIN SOLUTION
        steps = X.shape[1]
        # WRONG table-without-a-batch-axis: steps = X.shape[1]
        if steps > self.P.shape[1]:
            # WRONG table-without-a-batch-axis: if steps > len(self.P):
            raise ValueError(f"P has fewer than {steps} positions")
        return self.dropout(X + self.P[:, :steps])
        # WRONG dropout-before-the-sum: return self.dropout(X) + self.P[:, :steps]
        # WRONG added-in-place:
        #     X.data += self.P[:, :steps]
        #     return self.dropout(X)
        # WRONG codes-for-sum: return self.dropout(self.P[:, :steps] + 0 * X)
        # WRONG codes-multiplied: return self.dropout(X * self.P[:, :steps])
        # WRONG codes-dropped-out: return X + self.dropout(self.P[:, :steps])
        # WRONG no-dropout-on-the-sum: return X + self.P[:, :steps]
        # WRONG codes-along-the-batch: return self.dropout(X + self.P[0, : len(X)].unsqueeze(1))
        # WRONG last-positions: return self.dropout(X + self.P[:, -steps:])
        # WRONG all-positions-added: return self.dropout(X + self.P)
        # WRONG first-code-for-all: return self.dropout(X + self.P[:, :1])
        # WRONG table-without-a-batch-axis: return self.dropout(X + self.P[:steps])
        # WRONG input-scaled: return self.dropout(X * math.sqrt(X.shape[2]) + self.P[:, :steps])
        # WRONG codes-subtracted: return self.dropout(X - self.P[:, :steps])
        # WRONG codes-of-the-next-positions: return self.dropout(X + self.P[:, 1 : steps + 1])
        # END SOLUTION


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
    # BEGIN SOLUTION
    angles = pos_delta / 10000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
    # WRONG one-angle-for-all: angles = torch.full((num_hiddens // 2,), float(pos_delta))
    # WRONG half-the-exponent-of-the-angle:
    #     angles = pos_delta / 10000 ** (torch.arange(0, num_hiddens, 2) / (2 * num_hiddens))
    # WRONG direction-ignored: angles = abs(pos_delta) / 10000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
    # WRONG angles-multiplied-in-the-rotation:
    #     angles = pos_delta * 10000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
    # WRONG delta-ignored: angles = 1 / 10000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
    # WRONG exponent-doubled-in-the-rotation:
    #     angles = pos_delta / 10000 ** (2 * torch.arange(0, num_hiddens, 2) / num_hiddens)
    # WRONG base-of-one-thousand-in-the-rotation:
    #     angles = pos_delta / 1000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
    sin, cos = angles.sin(), angles.cos()
    # The pair (sin a, cos a) of a code becomes (sin(a + angle), cos(a + angle)).
    blocks = torch.stack([cos, sin, -sin, cos], dim=1).reshape(-1, 2, 2)
    # WRONG turned-the-other-way: blocks = torch.stack([cos, -sin, sin, cos], dim=1).reshape(-1, 2, 2)
    # WRONG sines-and-cosines-in-halves:
    #     rows = torch.cat([cos.diag(), sin.diag()], dim=1), torch.cat([-sin.diag(), cos.diag()], dim=1)
    # WRONG reflected: blocks = torch.stack([cos, sin, sin, cos], dim=1).reshape(-1, 2, 2)
    # WRONG sines-and-cosines-exchanged: blocks = torch.stack([sin, cos, -cos, sin], dim=1).reshape(-1, 2, 2)
    return torch.block_diag(*blocks)
    # WRONG sines-and-cosines-in-halves: return torch.cat(rows)
    # WRONG one-block-alone: return blocks[0]
    # END SOLUTION


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
    # BEGIN SOLUTION
    return {
        "cnn": (k * n * d * d, 1, math.ceil(n / k)),
        "rnn": (n * d * d, n, n),
        "self_attention": (n * n * d, 1, 1),
    }
    # WRONG path-rounded-down:
    #     return {
    #         "cnn": (k * n * d * d, 1, max(1, n // k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG path-of-dilated-kernels:
    #     return {
    #         "cnn": (k * n * d * d, 1, max(1, math.ceil(math.log(n) / math.log(max(k, 2))))),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG kernel-forgotten:
    #     return {
    #         "cnn": (n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG recurrence-in-parallel:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, 1, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG quadratic-in-features:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * d * d, 1, 1),
    #     }
    # WRONG both-products-counted:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (2 * n * n * d, 1, 1),
    #     }
    # WRONG scores-not-multiplied-by-features:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n, 1, 1),
    #     }
    # WRONG recurrence-without-a-matrix:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG recurrent-path-of-one:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, 1),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG convolution-step-by-step:
    #     return {
    #         "cnn": (k * n * d * d, n, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG attention-step-by-step:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, n, 1),
    #     }
    # WRONG attention-path-of-n:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, n),
    #     }
    # WRONG kernel-fixed:
    #     return {
    #         "cnn": (3 * n * d * d, 1, math.ceil(n / 3)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG channels-mixed-once:
    #     return {
    #         "cnn": (k * n * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG path-a-plain-quotient:
    #     return {
    #         "cnn": (k * n * d * d, 1, n / k),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG rows-and-complexity-swapped:
    #     return {
    #         "cnn": (k * n * d * d, math.ceil(n / k), 1),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG path-of-overlapping-kernels:
    #     return {
    #         "cnn": (k * n * d * d, 1, math.ceil((n - 1) / max(k - 1, 1))),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # WRONG convolution-quadratic-in-steps:
    #     return {
    #         "cnn": (k * n * n * d, 1, math.ceil(n / k)),
    #         "rnn": (n * d * d, n, n),
    #         "self_attention": (n * n * d, 1, 1),
    #     }
    # END SOLUTION
