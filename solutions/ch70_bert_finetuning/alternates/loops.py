"""Sequence by sequence, token by token, block by block. 逐个序列、逐个词元、逐个块地处理。"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn


# Given, not exercises: the Transformer's encoder block, and the encoder and masked language model of chapter 69.
# 以下内容已给出，不是练习。
class MultiHeadAttention(nn.Module):
    """Scaled dot-product attention with several heads; valid_lens, (batch,), or None: how many keys count."""

    def __init__(
        self, key_size: int, query_size: int, value_size: int, num_hiddens: int, num_heads: int, dropout: float,
        bias: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_heads, self.dropout = num_heads, nn.Dropout(dropout)
        self.W_q = nn.Linear(query_size, num_hiddens, bias=bias)
        self.W_k = nn.Linear(key_size, num_hiddens, bias=bias)
        self.W_v = nn.Linear(value_size, num_hiddens, bias=bias)
        self.W_o = nn.Linear(num_hiddens, num_hiddens, bias=bias)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        projected = self.W_q(queries), self.W_k(keys), self.W_v(values)
        Q, K, V = (X.unflatten(2, (self.num_heads, -1)).transpose(1, 2) for X in projected)
        scores = Q @ K.transpose(2, 3) / math.sqrt(Q.shape[3])
        if valid_lens is not None:
            padding = torch.arange(scores.shape[3], device=scores.device) >= valid_lens.reshape(-1, 1, 1, 1)
            scores = scores.masked_fill(padding, -1e6)
        return self.W_o((self.dropout(scores.softmax(dim=3)) @ V).transpose(1, 2).flatten(2))


class AddNorm(nn.Module):
    """A residual connection, then layer normalisation: ln(X + dropout(Y))."""

    def __init__(self, norm_shape: Sequence[int], dropout: float) -> None:
        super().__init__()
        self.dropout, self.ln = nn.Dropout(dropout), nn.LayerNorm(norm_shape)

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        return self.ln(X + self.dropout(Y))


class PositionWiseFFN(nn.Module):
    """The same perceptron, with one hidden layer, at every position."""

    def __init__(self, ffn_num_input: int, ffn_num_hiddens: int, ffn_num_outputs: int) -> None:
        super().__init__()
        self.dense1, self.dense2 = (
            nn.Linear(ffn_num_input, ffn_num_hiddens),
            nn.Linear(ffn_num_hiddens, ffn_num_outputs),
        )

    def forward(self, X: Tensor) -> Tensor:
        return self.dense2(self.dense1(X).relu())


class EncoderBlock(nn.Module):
    """Self-attention and a perceptron at every position, each followed by `AddNorm`.

    Call it as block(X, valid_lens), with X of shape (batch, steps, num_hiddens) and valid_lens (batch,) or None.
    use_bias says whether the attention's linear layers have a bias.
    """

    def __init__(
        self, key_size: int, query_size: int, value_size: int, num_hiddens: int, norm_shape: Sequence[int],
        ffn_num_input: int, ffn_num_hiddens: int, num_heads: int, dropout: float, use_bias: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.attention = MultiHeadAttention(key_size, query_size, value_size, num_hiddens, num_heads, dropout, use_bias)
        self.addnorm1, self.addnorm2 = AddNorm(norm_shape, dropout), AddNorm(norm_shape, dropout)
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)

    def forward(self, X: Tensor, valid_lens: Tensor | None) -> Tensor:
        Y = self.addnorm1(X, self.attention(X, X, X, valid_lens))
        return self.addnorm2(Y, self.ffn(Y))


class BERTEncoder(nn.Module):
    """BERT's encoder: the sum of token, segment and position embeddings, then blocks with bias."""

    def __init__(
        self, vocab_size: int, num_hiddens: int, norm_shape: Sequence[int], ffn_num_input: int, ffn_num_hiddens: int,
        num_heads: int, num_layers: int, dropout: float, max_len: int = 1000, key_size: int = 768,
        query_size: int = 768, value_size: int = 768,
    ) -> None:  # fmt: skip
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, num_hiddens)
        self.segment_embedding = nn.Embedding(2, num_hiddens)
        self.pos_embedding = nn.Parameter(torch.randn(1, max_len, num_hiddens))
        sizes = key_size, query_size, value_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads
        self.blks = nn.Sequential(*(EncoderBlock(*sizes, dropout, use_bias=True) for _ in range(num_layers)))

    def forward(self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None) -> Tensor:
        """(batch, steps) twice, and (batch,) or None -> (batch, steps, num_hiddens)."""
        X = self.token_embedding(tokens) + self.segment_embedding(segments) + self.pos_embedding[:, : tokens.shape[1]]
        for blk in self.blks:
            X = blk(X, valid_lens)
        return X


class MaskLM(nn.Module):
    """BERT's masked language model: the logits of the tokens at some positions."""

    def __init__(self, vocab_size: int, num_hiddens: int, num_inputs: int = 768) -> None:
        super().__init__()
        hidden = nn.Linear(num_inputs, num_hiddens), nn.ReLU(), nn.LayerNorm(num_hiddens)
        self.mlp = nn.Sequential(*hidden, nn.Linear(num_hiddens, vocab_size))

    def forward(self, X: Tensor, pred_positions: Tensor) -> Tensor:
        """(batch, steps, num_inputs) and (batch, predictions) -> (batch, predictions, vocab_size)."""
        rows = torch.arange(len(X), device=X.device).unsqueeze(1)
        return self.mlp(X[rows, pred_positions])


class NextSentencePred(nn.Module):
    def __init__(self, num_inputs: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output = nn.Linear(in_features=num_inputs, out_features=2)

    def forward(self, X: Tensor) -> Tensor:
        return torch.stack([(X * row).sum(dim=1) for row in self.output.weight], dim=1) + self.output.bias


class BERTModel(nn.Module):
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
        super().__init__()
        self.nsp = NextSentencePred(nsp_in_features)
        self.mlm = MaskLM(vocab_size, num_hiddens, num_inputs=mlm_in_features)
        self.hidden = nn.Sequential()
        self.hidden.append(nn.Linear(hid_in_features, num_hiddens))
        self.hidden.append(nn.Tanh())
        self.encoder = BERTEncoder(
            vocab_size, num_hiddens, norm_shape, ffn_num_input, ffn_num_hiddens, num_heads, num_layers, dropout,
            max_len=max_len, key_size=key_size, query_size=query_size, value_size=value_size,
        )  # fmt: skip

    def forward(
        self, tokens: Tensor, segments: Tensor, valid_lens: Tensor | None = None, pred_positions: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None, Tensor]:
        encoded = self.encoder(tokens, segments, valid_lens)
        first = torch.stack([sequence[0] for sequence in encoded])
        nsp_logits = self.nsp(self.hidden(first))
        if pred_positions is None:
            return encoded, None, nsp_logits
        return encoded, self.mlm(encoded, pred_positions), nsp_logits


class BERTClassifier(nn.Module):
    def __init__(self, bert: nn.Module) -> None:
        super().__init__()
        self.output = nn.Linear(256, 3)
        self.hidden, self.encoder = bert.hidden, bert.encoder

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        encoded = self.encoder(*inputs)
        return torch.cat([self.output(self.hidden(sequence[:1])) for sequence in encoded])


def truncate_pair(p_tokens: list[str], h_tokens: list[str], max_len: int) -> None:
    for _ in range(len(p_tokens) + len(h_tokens) + 3 - max_len):
        if len(h_tokens) >= len(p_tokens):
            del h_tokens[-1]
        else:
            del p_tokens[-1]


def llrd_groups(net: nn.Module, lr: float, decay: float) -> list[dict[str, Any]]:
    groups = [{"params": [*net.output.parameters(), *net.hidden.parameters()], "lr": lr}]
    blocks = list(net.encoder.blks)
    for i in range(len(blocks) - 1, -1, -1):
        groups.append({"params": list(blocks[i].parameters()), "lr": lr * decay ** (len(blocks) - i)})
    rest = [p for name, p in net.encoder.named_parameters() if not name.startswith("blks.")]
    groups.append({"params": rest, "lr": groups[-1]["lr"] * decay})
    return groups
