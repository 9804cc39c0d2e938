"""ch69 BERT pretraining: inputs, encoder, masked language model, losses.

D2L sections 14.8 to 14.10 (chapter_natural-language-processing-pretraining/bert.md, bert-dataset.md and
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
    """Make a BERT input sequence of one or two texts (D2L 14.8.4).

        <cls> a <sep>              segments 0 ... 0
        <cls> a <sep> b <sep>      segments 0 ... 0 1 ... 1

    The first <sep> still belongs to segment 0.

    Args:
        tokens_a: the first text's tokens, perhaps none.
        tokens_b: the second text's, perhaps none; or None: there is no second text. (No tokens are not None: the
            second text is then an empty one, with its <sep>.)

    Returns:
        The tokens and, as a list of the same length, the index of each one's segment.
    """
    raise NotImplementedError  # write your code here


class BERTEncoder(nn.Module):
    """BERT's encoder: three embeddings added up, then the Transformer's encoder blocks (D2L 14.8.4).

        X = token_embedding(tokens) + segment_embedding(segments) + pos_embedding of the first steps

    Unlike the Transformer's, the positions are learned, and the embeddings are not scaled.

    Attributes:
        token_embedding: nn.Embedding, from vocab_size tokens to num_hiddens numbers.
        segment_embedding: nn.Embedding, from the two segments to num_hiddens numbers.
        pos_embedding: an nn.Parameter, (1, max_len, num_hiddens), standard normal at first.
        blks: the blocks, an nn.Sequential (or another container of modules) with the names "0", "1", ...
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
        """Make the embeddings and num_layers times an `EncoderBlock` with bias.

        Args:
            vocab_size: the number of tokens.
            num_hiddens: features of a step, from the embeddings to the output.
            norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, dropout, key_size, query_size, value_size: for
                every block.
            num_layers: how many blocks.
            max_len: the number of positions.
        """
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Encode a batch of BERT input sequences.

        Args:
            tokens: indices, (batch, steps), with no more than max_len steps.
            segments: 0 or 1, (batch, steps).
            valid_lens: (batch,): how many steps of a sequence are no padding; or None: all of them.

        Returns:
            (batch, steps, num_hiddens). Gradients reach all parameters. (In the book's code none reach pos_embedding,
            which stays as it was drawn; the check of this costs no points.)
        """
        raise NotImplementedError  # write your code here


class MaskLM(nn.Module):
    """BERT's masked language model: which tokens were there? (D2L 14.8.5.1)

    Attributes:
        mlp: nn.Sequential of nn.Linear, from num_inputs to num_hiddens, nn.ReLU, nn.LayerNorm and nn.Linear, from
            num_hiddens to vocab_size.
    """

    def __init__(self, vocab_size: int, num_hiddens: int, num_inputs: int = 768, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, pred_positions: Tensor) -> Tensor:
        """Predict the tokens at some positions of every sequence.

        Args:
            X: what the encoder gave, (batch, steps, num_inputs).
            pred_positions: (batch, predictions), int64: row i has positions of sequence i, in any order, and perhaps
                one of them several times.

        Returns:
            Logits: result[i, j] = mlp(X[i, pred_positions[i, j]]), (batch, predictions, vocab_size).
        """
        raise NotImplementedError  # write your code here


def _replace_mlm_tokens(
    tokens: list[str], candidate_pred_positions: list[int], num_mlm_preds: int, vocab: Any
) -> tuple[list[str], list[tuple[int, str]]]:
    """Choose the positions to predict, and hide their tokens from the model (D2L 14.9.1.2).

    num_mlm_preds different candidates are drawn, every one as likely as another. At each of them, independently of
    the others, the token is

    - with probability 0.8 replaced by "<mask>",
    - with probability 0.1 left as it is,
    - with probability 0.1 replaced by a token drawn from all tokens of the vocabulary.

    Use Python's `random`.

    Args:
        tokens: a BERT input sequence. It stays as it was.
        candidate_pred_positions: which positions may be drawn. (The book's code shuffles the list; yours may or may
            not.)
        num_mlm_preds: how many to draw; if there are fewer candidates, all of them are.
        vocab: `vocab.idx_to_token` lists its tokens.

    Returns:
        The tokens for the model to see, a new list; and a pair (position, token that was there in the first place)
        for every position drawn, in any order.
    """
    raise NotImplementedError  # write your code here


def _pad_bert_inputs(examples: Sequence[Any], max_len: int, vocab: Any) -> tuple[list[Tensor], ...]:
    """Bring all examples to the same length (D2L 14.9.2).

    Sequences become max_len long. Predictions become round(max_len * 0.15), the most that a sequence of max_len
    tokens has.

    Args:
        examples: of each, lists and a bool: (indices of the tokens, positions to predict, indices of the tokens that
            belong there, segments, whether the second sentence is the next one). None is longer than max_len, or has
            more predictions than there is room for.
        max_len: the length of all sequences.
        vocab: `vocab["<pad>"]` is the index of the padding.

    Returns:
        Seven lists with a tensor for each example:

        - the indices of the tokens, then those of "<pad>": (max_len,), int64;
        - the segments, then zeros: (max_len,), int64;
        - the number of tokens without the padding: (), float32;
        - the positions to predict, then zeros: (predictions,), int64;
        - 1 for every prediction, 0 for padding: (predictions,), float32;
        - the indices of the right tokens, then zeros: (predictions,), int64;
        - 1 if the second sentence is the next one, else 0: (), int64.
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
    """The losses of BERT's two tasks on a batch (D2L 14.10.1).

        mlm_l = sum over all predictions of weight * loss(logits, label) / (sum of the weights + 1e-8)

    That is the mean loss of the predictions with weight 1, and 0 if there are none. (The book's code takes the mean of
    all losses, padding included, before it looks at the weights; checks where this matters cost no points.)

    Args:
        net: net(tokens, segments, valid_lens, pred_positions) gives three things: something that is not needed here,
            the logits of the masked language model, (batch, predictions, vocab_size), and those of the next sentence
            prediction, (batch, 2). It wants valid_lens of shape (batch,).
        loss: nn.CrossEntropyLoss(), or one with other options: loss(logits, labels), (n, classes) and (n,), is the
            mean over n. (If it was made with reduction="none" it is (n,); take the mean yourself. The book's code does
            not; the check of it costs no points.)
        vocab_size: the number of tokens.
        tokens_X, segments_X: (batch, steps).
        valid_lens_x: (batch,) or (batch, 1).
        pred_positions_X, mlm_weights_X, mlm_Y: (batch, predictions). Weights are 1, or 0 for padding.
        nsp_y: (batch,).

    Returns:
        The masked language model's loss, the next sentence prediction's loss, and their sum.
    """
    raise NotImplementedError  # write your code here
