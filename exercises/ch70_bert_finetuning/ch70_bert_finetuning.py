"""ch70 BERT fine-tuning: the whole model, a classifier on top of it, its inputs and its learning rates.

See D2L 14.8 (chapter_natural-language-processing-pretraining/bert.md), 15.6 and 15.7
(chapter_natural-language-processing-applications/finetuning-bert.md, natural-language-inference-bert.md), after Devlin,
Chang, Lee and Toutanova (2018).
"""

import math
from collections.abc import Sequence
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


class BERTEncoder(nn.Module):
    """BERT's encoder: a sum of three embeddings, then the encoder blocks of the Transformer (D2L 14.8.4)."""

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
        """Create the embeddings and num_layers `EncoderBlock`s with bias."""
        super().__init__(**kwargs)
        self.token_embedding = nn.Embedding(vocab_size, num_hiddens)
        self.segment_embedding = nn.Embedding(2, num_hiddens)
        self.pos_embedding = nn.Parameter(torch.randn(1, max_len, num_hiddens))
        self.blks = nn.Sequential()
        for i in range(num_layers):
            block = EncoderBlock(
                key_size=key_size,
                query_size=query_size,
                value_size=value_size,
                num_hiddens=num_hiddens,
                norm_shape=norm_shape,
                ffn_num_input=ffn_num_input,
                ffn_num_hiddens=ffn_num_hiddens,
                num_heads=num_heads,
                dropout=dropout,
                use_bias=True,
            )
            self.blks.add_module(str(i), block)

    def forward(self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the encoding of a batch of BERT input sequences."""
        X = self.token_embedding(tokens) + self.segment_embedding(segments)
        X = X + self.pos_embedding[:, : X.shape[1]]
        for blk in self.blks:
            X = blk(X, valid_lens)
        return X


class MaskLM(nn.Module):
    """BERT's masked language model, which predicts hidden tokens (D2L 14.8.5.1)."""

    def __init__(self, vocab_size: int, num_hiddens: int, num_inputs: int = 768, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mlp = nn.Sequential(
            nn.Linear(num_inputs, num_hiddens),
            nn.ReLU(),
            nn.LayerNorm(num_hiddens),
            nn.Linear(num_hiddens, vocab_size),
        )

    def forward(self, X: Tensor, pred_positions: Tensor) -> Tensor:
        """Return logits for the tokens at some positions of each sequence."""
        rows = torch.arange(len(X), device=X.device).unsqueeze(1)
        return self.mlp(X[rows, pred_positions])


class NextSentencePred(nn.Module):
    """BERT's next sentence prediction: does the second sentence follow the first? (D2L 14.8.5.2)

    Attributes:
        output: nn.Linear, from num_inputs features to two logits.
    """

    def __init__(self, num_inputs: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Return logits (batch, 2) for one vector per pair of sentences, X of shape (batch, num_inputs).

        Works in float32 and float64. Gradients flow to X and to the parameters. X stays unchanged and need not be
        contiguous in memory.
        """
        raise NotImplementedError  # write your code here


class BERTModel(nn.Module):
    """BERT with an output layer for each pretraining task (D2L 14.8.6).

    Attributes:
        encoder: a `BERTEncoder`.
        hidden: nn.Sequential of nn.Linear, from hid_in_features to num_hiddens, and nn.Tanh.
        mlm: a `MaskLM` that reads mlm_in_features and has num_hiddens features in its hidden layer.
        nsp: your `NextSentencePred`, which reads nsp_in_features.
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
        hid_in_features: int = 768,
        mlm_in_features: int = 768,
        nsp_in_features: int = 768,
    ) -> None:
        """Create the four parts.

        Args:
            vocab_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, num_layers, dropout,
                max_len, key_size, query_size, value_size: arguments of the encoder.
            hid_in_features, mlm_in_features, nsp_in_features: the number of input features of the other parts. In a
                model that you use, all three are num_hiddens.
        """
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(
        self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None = None, pred_positions: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None, Tensor]:
        """Return the encoding of a batch and the predictions of both tasks.

        The next sentence prediction reads the encoding of <cls>, the first token, after `hidden`. Works in float32 and
        float64. Gradients of both tasks flow to all parts. The arguments stay unchanged.

        Args:
            tokens, segments: (batch, steps).
            valid_lens: (batch,), for the encoder; None means that nothing is padding.
            pred_positions: (batch, predictions); None means that there are no tokens to predict.

        Returns:
            The output of the encoder, (batch, steps, num_hiddens), which need not be contiguous in memory; the logits
            of the masked language model, (batch, predictions, vocab_size), or None without pred_positions; and the
            logits of the next sentence prediction, (batch, 2).
        """
        raise NotImplementedError  # write your code here


class BERTClassifier(nn.Module):
    """A pretrained BERT with a new output layer, for natural language inference (D2L 15.7.3).

    The classifier has no parameters of the pretraining tasks' output layers. All its parameters can be trained.

    Attributes:
        encoder, hidden: the modules of `bert` themselves, not copies, so that fine-tuning changes them, too.
        output: a new nn.Linear, from 256 features (as in the book's small BERT) to three classes.
    """

    def __init__(self, bert: nn.Module) -> None:
        """Take the encoder and the hidden layer from bert, a pretrained `BERTModel` with 256 features."""
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return the classes' logits for pairs of sentences, from the encoding of <cls> after `hidden` and `output`.

        Works in float32 and float64. Gradients flow to all three parts. The inputs stay unchanged and need not be
        contiguous in memory.

        Args:
            inputs: a tuple or list of three arguments for the encoder: tokens, (batch, steps), segments,
                (batch, steps), and valid lengths, (batch,), or None.

        Returns:
            Logits, (batch, 3).
        """
        raise NotImplementedError  # write your code here


def truncate_pair(p_tokens: list[str], h_tokens: list[str], max_len: int) -> None:
    """Shorten two texts, so that they fit into a BERT input sequence of max_len tokens (D2L 15.7.2).

    While both texts with their <cls> and two <sep> are longer than max_len, remove the last token of the longer text.
    If both are equally long, remove the last token of the second text.

    Args:
        p_tokens: the first text, the premise. The list may be empty; the function changes it in place.
        h_tokens: the second text, the hypothesis. The list may be empty; the function changes it in place.
        max_len: the length of the input sequence, at least 3.
    """
    raise NotImplementedError  # write your code here


def llrd_groups(net: nn.Module, lr: float, decay: float) -> list[dict[str, Any]]:
    """Return groups of parameters with layer-wise learning rates: deeper layers learn more slowly.

        head (net.hidden and net.output)                            lr
        block i of the L blocks of net.encoder, counted from 0      lr * decay ** (L - i)
        all three embeddings of net.encoder                         lr * decay ** (L + 1)

    Howard and Ruder (2018) call this discriminative fine-tuning; see also Sun, Qiu, Xu and Huang
    (2019, section 5.3.4). The function changes no parameter and freezes none.

    Args:
        net: a `BERTClassifier` around a `BERTEncoder` with any number of blocks, perhaps none.
        lr: the learning rate of the head.
        decay: a number from 0 to 1. With 1, all learning rates are the same.

    Returns:
        A list of L + 2 groups for an optimizer, {"params": list of parameters, "lr": float}: the head, the blocks from
        the last to the first, the embeddings. Every parameter is in exactly one group.
    """
    raise NotImplementedError  # write your code here
