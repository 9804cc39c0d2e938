"""ch68 Transformer: feed-forward network, residual connections, encoder and decoder.

See D2L 10.7 (chapter_attention-mechanisms/transformer.md).
"""

import math
from collections.abc import Sequence
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


def transpose_qkv(X: Tensor, num_heads: int) -> Tensor:
    """Return X with the features of each attention head in rows of their own (D2L 10.5)."""
    return X.unflatten(2, (num_heads, -1)).transpose(1, 2).flatten(0, 1)  # heads beside the batch


def transpose_output(X: Tensor, num_heads: int) -> Tensor:
    """Return X with the heads of each example side by side again: the inverse of `transpose_qkv` (D2L 10.5)."""
    return X.unflatten(0, (-1, num_heads)).transpose(1, 2).flatten(2)


class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al., 2017; D2L 10.5)."""

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
        """Create the layers. The size of a key comes before the size of a query."""
        super().__init__(**kwargs)
        if num_hiddens % num_heads:
            raise ValueError(f"{num_hiddens} features do not divide into {num_heads} heads")
        self.num_heads = num_heads
        self.attention = DotProductAttention(dropout)
        self.W_q = nn.Linear(query_size, num_hiddens, bias=bias)
        self.W_k = nn.Linear(key_size, num_hiddens, bias=bias)
        self.W_v = nn.Linear(value_size, num_hiddens, bias=bias)
        self.W_o = nn.Linear(num_hiddens, num_hiddens, bias=bias)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the attention output of each query over the keys and values."""
        queries = transpose_qkv(self.W_q(queries), self.num_heads)
        keys = transpose_qkv(self.W_k(keys), self.num_heads)
        values = transpose_qkv(self.W_v(values), self.num_heads)
        if valid_lens is not None:
            valid_lens = valid_lens.repeat_interleave(self.num_heads, dim=0)  # heads of an example are neighbours
        heads = self.attention(queries, keys, values, valid_lens)
        return self.W_o(transpose_output(heads, self.num_heads))


class PositionalEncoding(nn.Module):
    """Positional encoding: add a code of its position to each step, then apply dropout (D2L 10.6.3)."""

    def __init__(self, num_hiddens: int, dropout: float, max_len: int = 1000) -> None:
        """Compute P for all positions."""
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        positions = torch.arange(max_len).reshape(-1, 1)
        angles = positions / 10000 ** (torch.arange(0, num_hiddens, 2) / num_hiddens)
        P = torch.zeros(max_len, num_hiddens)
        P[:, 0::2] = angles.sin()
        P[:, 1::2] = angles[:, : num_hiddens // 2].cos()
        self.register_buffer("P", P.unsqueeze(0))

    def forward(self, X: Tensor) -> Tensor:
        """Return dropout(X + P), with the codes of the first positions."""
        steps = X.shape[1]
        if steps > self.P.shape[1]:
            raise ValueError(f"P has fewer than {steps} positions")
        return self.dropout(X + self.P[:, :steps])


d2l = SimpleNamespace(
    Encoder=nn.Module,
    Decoder=nn.Module,
    AttentionDecoder=nn.Module,
    DotProductAttention=DotProductAttention,
    MultiHeadAttention=MultiHeadAttention,
    PositionalEncoding=PositionalEncoding,
)


class PositionWiseFFN(nn.Module):
    """The position-wise feed-forward network (Vaswani et al., 2017, section 3.3; D2L 10.7.2).

        result[b, t] = W_2 relu(W_1 X[b, t] + b_1) + b_2

    All positions use the same network, and no position affects another position. Gradients flow to X and all
    parameters.

    Attributes:
        dense1: nn.Linear, from ffn_num_input to ffn_num_hiddens.
        dense2: nn.Linear, from ffn_num_hiddens to ffn_num_outputs.
    """

    def __init__(self, ffn_num_input: int, ffn_num_hiddens: int, ffn_num_outputs: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Map X of shape (batch, steps, ffn_num_input) to (batch, steps, ffn_num_outputs), with the dtype of X.

        The method leaves X unchanged. X is float32 or float64 and need not be contiguous in memory.
        """
        raise NotImplementedError  # write your code here


class AddNorm(nn.Module):
    """A residual connection followed by layer normalisation (D2L 10.7.3).

        result = LayerNorm(X + dropout(Y))

    See Vaswani et al. (2017), sections 3.1 and 5.4. Gradients flow to X, Y and all parameters.

    Attributes:
        dropout: nn.Dropout.
        ln: nn.LayerNorm over normalized_shape, with the defaults of torch.
    """

    def __init__(self, normalized_shape: Sequence[int] | int, dropout: float, **kwargs: Any) -> None:
        """Create the layers.

        Args:
            normalized_shape: the sizes of the last axes, which are normalised together: num_hiddens, [num_hiddens] or
                [steps, num_hiddens].
            dropout: the probability of dropping an element of Y in training.
        """
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        """Combine the input X of a sublayer with its output Y, and return the result.

        The method leaves X and Y unchanged.

        Args:
            X, Y: (batch, steps, num_hiddens), float32 or float64. They need not be contiguous in memory.

        Returns:
            A tensor with the shape and dtype of X.
        """
        raise NotImplementedError  # write your code here


class EncoderBlock(nn.Module):
    """A block of the encoder (Vaswani et al., 2017, section 3.1; D2L 10.7.4).

        Y = AddNorm(X, self-attention of X)        result = AddNorm(Y, feed-forward network of Y)

    Gradients flow to X and all parameters.

    Attributes:
        attention: MultiHeadAttention.
        addnorm1: AddNorm, after the attention.
        ffn: PositionWiseFFN, from ffn_num_input to num_hiddens, with ffn_num_hiddens hidden units.
        addnorm2: AddNorm, after the feed-forward network.

    Write it from scratch, without ready-made multi-head attention (nn.MultiheadAttention, ...), and without
    ready-made transformers (nn.Transformer, nn.TransformerEncoderLayer, ...).
    """

    def __init__(
        self,
        key_size: int,
        query_size: int,
        value_size: int,
        num_hiddens: int,
        norm_shape: Sequence[int],
        ffn_num_input: int,
        ffn_num_hiddens: int,
        num_heads: int,
        dropout: float,
        use_bias: bool = False,
        **kwargs: Any,
    ) -> None:
        """Create the layers.

        Args:
            key_size, query_size, value_size, num_hiddens, num_heads: as in MultiHeadAttention.
            norm_shape: the shape that both AddNorm normalise, [num_hiddens] or [steps, num_hiddens].
            ffn_num_input, ffn_num_hiddens: as in PositionWiseFFN.
            dropout: the dropout of the attention weights and of both AddNorm.
            use_bias: whether the linear layers of the attention have a bias.
        """
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the output of the block for X; each step attends to all valid steps.

        The method leaves its arguments unchanged.

        Args:
            X: (batch, steps, num_hiddens), float32 or float64. It need not be contiguous in memory.
            valid_lens: (batch,), or (batch, steps) with a length for each query, or None.

        Returns:
            A tensor with the shape and dtype of X.
        """
        raise NotImplementedError  # write your code here


class TransformerEncoder(nn.Module):
    """The encoder: an embedding, positional encoding and a stack of blocks (Vaswani et al., 2017; D2L 10.7.4).

        X_0 = PositionalEncoding(sqrt(num_hiddens) * embedding of the words)        X_(i+1) = EncoderBlock_i(X_i)

    Gradients flow to all parameters.

    Attributes:
        embedding: nn.Embedding, from vocab_size words to num_hiddens numbers.
        pos_encoding: PositionalEncoding, with the probability dropout.
        blks: nn.Sequential of num_layers EncoderBlock, named "block0", "block1", ... (`add_module` gives a name).
        attention_weights: after a call, a list with the attention weights of each block in this call, each
            (batch * num_heads, steps, steps).

    Write it from scratch, without ready-made multi-head attention (nn.MultiheadAttention, ...), and without
    ready-made transformers (nn.Transformer, nn.TransformerEncoderLayer, ...).
    """

    def __init__(
        self,
        vocab_size: int,
        key_size: int,
        query_size: int,
        value_size: int,
        num_hiddens: int,
        norm_shape: Sequence[int],
        ffn_num_input: int,
        ffn_num_hiddens: int,
        num_heads: int,
        num_layers: int,
        dropout: float,
        use_bias: bool = False,
        **kwargs: Any,
    ) -> None:
        """Create the layers. The arguments are those of EncoderBlock, and vocab_size and num_layers, which may be 0."""
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, valid_lens: Tensor | None, *args: Any) -> Tensor:
        """Return the encoding of whole sentences.

        The method leaves its arguments unchanged.

        Args:
            X: word indices, (batch, steps). They need not be contiguous in memory.
            valid_lens: the lengths of the sentences, (batch,), or None; all blocks use them.
            args: ignored.

        Returns:
            The output of the last block, (batch, steps, num_hiddens).
        """
        raise NotImplementedError  # write your code here


class DecoderBlock(nn.Module):
    """Block i of the decoder (Vaswani et al., 2017, section 3.1; D2L 10.7.5).

        Y = AddNorm(X, masked self-attention of X)
        Z = AddNorm(Y, attention of Y to the encoder's outputs)
        result = AddNorm(Z, feed-forward network of Z)

    Gradients flow to X, to the encoder's outputs and to all parameters.

    Attributes:
        i: the number of the block.
        attention1, addnorm1: MultiHeadAttention and AddNorm of the self-attention.
        attention2, addnorm2: the same for the attention to the encoder's outputs. Both attentions have no bias.
        ffn, addnorm3: PositionWiseFFN, from ffn_num_input to num_hiddens, with ffn_num_hiddens hidden units, and its
            AddNorm.

    Write it from scratch, without ready-made multi-head attention (nn.MultiheadAttention, ...), and without
    ready-made transformers (nn.Transformer, nn.TransformerEncoderLayer, ...).
    """

    def __init__(
        self,
        key_size: int,
        query_size: int,
        value_size: int,
        num_hiddens: int,
        norm_shape: Sequence[int],
        ffn_num_input: int,
        ffn_num_hiddens: int,
        num_heads: int,
        dropout: float,
        i: int,
        **kwargs: Any,
    ) -> None:
        """Create the layers. The arguments are those of EncoderBlock without use_bias, and i, which counts from 0."""
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: list[Any]) -> tuple[Tensor, list[Any]]:
        """Decode a whole sentence in training, or the next word in evaluation.

        The keys and values of the self-attention are all inputs of the block so far: first state[2][i], unless it is
        None, then X. In training, X is a whole sentence, state[2][i] is None, and each step sees itself and the steps
        before it. In evaluation, X is the next step, and it sees all keys.

        The method leaves X, the encoder's outputs, their lengths and the inputs of other blocks unchanged.

        Args:
            X: (batch, steps, num_hiddens), float32 or float64. X and the encoder's outputs need not be contiguous in
                memory.
            state: a list of three: the encoder's outputs, (batch, encoder steps, num_hiddens); their valid lengths,
                (batch,), or None; and a list that has for each block its inputs so far,
                (batch, steps so far, num_hiddens), or None.

        Returns:
            A tensor with the shape and dtype of X, and the new state, whose entry state[2][i] has the keys of the
            self-attention: all inputs of the block so far. The book changes the list that it gets and returns it; your
            code may return a new list.
        """
        raise NotImplementedError  # write your code here


class TransformerDecoder(nn.Module):
    """The decoder: an embedding, positional encoding, a stack of blocks and logits (D2L 10.7.5).

        X_0 = PositionalEncoding(sqrt(num_hiddens) * embedding of the words)        X_(i+1) = DecoderBlock_i(X_i)

    Gradients flow to the encoder's outputs and to all parameters.

    Attributes:
        embedding: nn.Embedding, from vocab_size words to num_hiddens numbers.
        pos_encoding: PositionalEncoding, with the probability dropout.
        blks: nn.Sequential of num_layers DecoderBlock, named "block0", "block1", ... (`add_module` gives a name).
        dense: nn.Linear, from num_hiddens to vocab_size.
        attention_weights: after a call, two lists of weights in this call: the self-attention weights of each block,
            (batch * num_heads, steps, keys), and each block's weights of the encoder's outputs, (batch * num_heads,
            steps, encoder steps).

    Write it from scratch, without ready-made multi-head attention (nn.MultiheadAttention, ...), and without
    ready-made transformers (nn.Transformer, nn.TransformerEncoderLayer, ...).
    """

    def __init__(
        self,
        vocab_size: int,
        key_size: int,
        query_size: int,
        value_size: int,
        num_hiddens: int,
        norm_shape: Sequence[int],
        ffn_num_input: int,
        ffn_num_hiddens: int,
        num_heads: int,
        num_layers: int,
        dropout: float,
        **kwargs: Any,
    ) -> None:
        """Create the layers.

        The arguments are those of DecoderBlock without i, and vocab_size and num_layers. num_layers may be 0.
        """
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def init_state(self, enc_outputs: Tensor, enc_valid_lens: Tensor | None, *args: Any) -> list[Any]:
        """Return the first state: [enc_outputs, enc_valid_lens, [None, ..., None]], with a None for each block.

        Further arguments are ignored.
        """
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: list[Any]) -> tuple[Tensor, list[Any]]:
        """Predict the next word at each step.

        The method leaves X, the encoder's outputs and their lengths unchanged.

        Args:
            X: word indices, (batch, steps): a whole sentence in training, a single word in evaluation. They need not be
                contiguous in memory. The book gives each word of an evaluation the code of position 0; from the second
                word on, your code may use other positions.
            state: see DecoderBlock.

        Returns:
            The logits, (batch, steps, vocab_size), and the new state, with the inputs of each block.
        """
        raise NotImplementedError  # write your code here
