"""ch69 BERT pretraining: its inputs, its encoder, the masked language model and the losses.

See D2L 14.8 to 14.10 (chapter_natural-language-processing-pretraining/bert.md, bert-dataset.md and
bert-pretraining.md), after Devlin, Chang, Lee and Toutanova (2018).
"""

import math
import random
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


class PositionWiseFFN(nn.Module):
    """The position-wise feed-forward network (Vaswani et al., 2017, section 3.3; D2L 10.7.2)."""

    def __init__(self, ffn_num_input: int, ffn_num_hiddens: int, ffn_num_outputs: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dense1 = nn.Linear(ffn_num_input, ffn_num_hiddens)
        self.dense2 = nn.Linear(ffn_num_hiddens, ffn_num_outputs)

    def forward(self, X: Tensor) -> Tensor:
        """Map X of shape (batch, steps, ffn_num_input) to (batch, steps, ffn_num_outputs), with the dtype of X."""
        return self.dense2(self.dense1(X).relu())


class AddNorm(nn.Module):
    """A residual connection followed by layer normalisation (D2L 10.7.3)."""

    def __init__(self, normalized_shape: Sequence[int] | int, dropout: float, **kwargs: Any) -> None:
        """Create the layers."""
        super().__init__(**kwargs)
        self.dropout = nn.Dropout(dropout)
        self.ln = nn.LayerNorm(normalized_shape)

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        """Combine the input X of a sublayer with its output Y, and return the result."""
        return self.ln(X + self.dropout(Y))


class EncoderBlock(nn.Module):
    """A block of the encoder (Vaswani et al., 2017, section 3.1; D2L 10.7.4)."""

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
        """Create the layers."""
        super().__init__(**kwargs)
        self.attention = MultiHeadAttention(
            key_size, query_size, value_size, num_hiddens, num_heads, dropout, bias=use_bias
        )
        self.addnorm1 = AddNorm(norm_shape, dropout)
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)
        self.addnorm2 = AddNorm(norm_shape, dropout)

    def forward(self, X: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the output of the block for X; each step attends to all valid steps."""
        Y = self.addnorm1(X, self.attention(X, X, X, valid_lens))
        return self.addnorm2(Y, self.ffn(Y))


d2l = SimpleNamespace(EncoderBlock=EncoderBlock)


def get_tokens_and_segments(tokens_a: list[str], tokens_b: list[str] | None = None) -> tuple[list[str], list[int]]:
    """Return the BERT input sequence of one or two texts, with its segments (D2L 14.8.4).

        <cls> a <sep>              segments 0 ... 0
        <cls> a <sep> b <sep>      segments 0 ... 0 1 ... 1

    The first <sep> belongs to segment 0. The function leaves its arguments unchanged.

    Args:
        tokens_a: the tokens of the first text. The list may be empty.
        tokens_b: the tokens of the second text, or None if there is no second text. The list may be empty: the second
            text then still has its <sep>.

    Returns:
        The tokens, and a list of the same length with the segment (0 or 1) of each token.
    """
    raise NotImplementedError  # write your code here


class BERTEncoder(nn.Module):
    """BERT's encoder: a sum of three embeddings, then the encoder blocks of the Transformer (D2L 14.8.4).

        X = token_embedding(tokens) + segment_embedding(segments) + (the first rows of pos_embedding)

    The Transformer computes its positions and scales its embeddings. BERT learns its positions and scales nothing.
    Dropout acts only inside the blocks.

    Attributes:
        token_embedding: nn.Embedding, from vocab_size tokens to num_hiddens features.
        segment_embedding: nn.Embedding, from two segments to num_hiddens features.
        pos_embedding: nn.Parameter, (1, max_len, num_hiddens), drawn from a standard normal distribution.
        blks: nn.Sequential (or another container of modules) of the blocks, with the names "0", "1", ...
    """

    def __init__(
        self,
        vocab_size: int,
        num_hiddens: int,
        norm_shape: Sequence[int],
        ffn_num_input: int,
        ffn_num_hiddens: int,
        num_heads: int,
        num_layers: int,
        dropout: float,
        max_len: int = 1000,
        key_size: int = 768,
        query_size: int = 768,
        value_size: int = 768,
        **kwargs: Any,
    ) -> None:
        """Create the embeddings and num_layers `EncoderBlock`s with bias.

        Args:
            vocab_size: the number of tokens.
            num_hiddens: the number of features of each step, from the embeddings to the output.
            norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, dropout, key_size, query_size, value_size: arguments
                of each block.
            num_layers: the number of blocks; it may be 0.
            max_len: the number of positions.
        """
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the encoding of a batch of BERT input sequences.

        Works in float32 and float64. Gradients flow to all parameters; the gradients of pos_embedding are a bonus (no
        points), because the book's code has none. The arguments stay unchanged and need not be contiguous in memory.

        Args:
            tokens: indices, (batch, steps), with at most max_len steps.
            segments: 0 or 1, (batch, steps).
            valid_lens: the number of steps of each sequence without padding, (batch,), integers or floats. None means
                that no sequence has padding.

        Returns:
            A tensor (batch, steps, num_hiddens).
        """
        raise NotImplementedError  # write your code here


class MaskLM(nn.Module):
    """BERT's masked language model, which predicts hidden tokens (D2L 14.8.5.1).

    Attributes:
        mlp: nn.Sequential of nn.Linear (num_inputs to num_hiddens), nn.ReLU, nn.LayerNorm and nn.Linear (num_hiddens
            to vocab_size).
    """

    def __init__(self, vocab_size: int, num_hiddens: int, num_inputs: int = 768, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, pred_positions: Tensor) -> Tensor:
        """Return logits for the tokens at some positions of each sequence.

            result[i, j] = mlp(X[i, pred_positions[i, j]])

        Works in float32 and float64. Gradients flow to X and to all parameters. The arguments stay unchanged and need
        not be contiguous in memory.

        Args:
            X: the output of the encoder, (batch, steps, num_inputs).
            pred_positions: (batch, predictions), int64. Row i has positions of sequence i, in any order. A position may
                occur several times.

        Returns:
            Logits, (batch, predictions, vocab_size).
        """
        raise NotImplementedError  # write your code here


def _replace_mlm_tokens(
    tokens: list[str], candidate_pred_positions: list[int], num_mlm_preds: int, vocab: Any
) -> tuple[list[str], list[tuple[int, str]]]:
    """Draw the positions to predict, and hide their tokens from the model (D2L 14.9.1.2).

    Draw num_mlm_preds different candidates. Every candidate is equally likely. Each drawn token, independently of the
    others,

    - becomes "<mask>" with probability 0.8,
    - stays as it is with probability 0.1,
    - becomes a token drawn uniformly from the whole vocabulary with probability 0.1.

    Use Python's `random`.

    Args:
        tokens: a BERT input sequence. The function leaves it unchanged.
        candidate_pred_positions: the positions that may be drawn. The function may change the order of this list, as
            the book's code does.
        num_mlm_preds: the number of positions to draw; it may be 0. If there are fewer candidates, draw all of them.
        vocab: the list `vocab.idx_to_token` has its tokens.

    Returns:
        The tokens that the model sees, as a new list; and a list with a pair (position, original token) for each drawn
        position, in any order.
    """
    raise NotImplementedError  # write your code here


def _pad_bert_inputs(examples: Sequence[Any], max_len: int, vocab: Any) -> tuple[list[Tensor], ...]:
    """Pad all examples to the same length (D2L 14.9.2).

    Sequences get length max_len. Predictions get length round(max_len * 0.15), the largest number of predictions for
    max_len tokens. The function leaves its arguments unchanged.

    Args:
        examples: a list of tuples with four lists and a bool: (indices of the tokens, positions to predict, indices of
            the original tokens there, segments, whether the second sentence follows the first). No list is longer than
            its padded length. An example may have no predictions.
        max_len: the length of all sequences.
        vocab: `vocab["<pad>"]` is the index of the padding.

    Returns:
        Seven lists with a tensor for each example; they are empty if there are no examples:

        - the indices of the tokens, padded with the index of "<pad>": (max_len,), int64;
        - the segments, padded with zeros: (max_len,), int64;
        - the number of tokens without padding: (), float32;
        - the positions to predict, padded with zeros: (predictions,), int64;
        - 1 for each prediction, 0 for padding: (predictions,), float32;
        - the indices of the original tokens, padded with zeros: (predictions,), int64;
        - 1 if the second sentence follows the first, otherwise 0: (), int64.
    """
    raise NotImplementedError  # write your code here


def _get_batch_loss_bert(
    net: nn.Module,
    loss: nn.Module,
    vocab_size: int,
    tokens_X: Tensor,
    segments_X: Tensor,
    valid_lens_x: Tensor,
    pred_positions_X: Tensor,
    mlm_weights_X: Tensor,
    mlm_Y: Tensor,
    nsp_y: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the losses of BERT's two tasks on a batch (D2L 14.10.1).

        mlm_l = sum(weight * l) / (sum(weight) + 1e-8), over all predictions

    Here l is the loss of a prediction. So mlm_l is the mean loss of the predictions with weight 1, and 0 if there are
    none. The book's code takes for l the mean loss of all predictions, including padding. That passes, too. Gradients
    flow to the results of net. Works in float32 and float64. The arguments stay unchanged and need not be contiguous in
    memory.

    Bonus (no points): predictions with weight 0 do not change mlm_l, and loss may have reduction="none".

    Args:
        net: a module or a function; net(tokens, segments, valid_lens, pred_positions) returns three values: a tensor
            that you can ignore, the logits of the masked language model, (batch, predictions, vocab_size), and the
            logits of the next sentence prediction, (batch, 2). It needs valid_lens with shape (batch,).
        loss: nn.CrossEntropyLoss, perhaps with options. loss(logits, labels) takes (n, classes) and (n,) and returns
            the mean.
        vocab_size: the number of tokens.
        tokens_X, segments_X: (batch, steps).
        valid_lens_x: (batch,) or (batch, 1).
        pred_positions_X, mlm_weights_X, mlm_Y: (batch, predictions). The weights are 1, or 0 for padding.
        nsp_y: (batch,).

    Returns:
        The loss of the masked language model, the loss of the next sentence prediction, and their sum.
    """
    raise NotImplementedError  # write your code here
