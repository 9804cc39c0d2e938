"""ch68 Transformer: feed-forward network, residual connections, encoder and decoder.

See D2L 10.7 (chapter_attention-mechanisms/transformer.md).
"""

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

# GIVEN ch67: MultiHeadAttention, PositionalEncoding

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
        # BEGIN SOLUTION
        self.dense1 = nn.Linear(ffn_num_input, ffn_num_hiddens)
        # WRONG ffn-without-bias: self.dense1 = nn.Linear(ffn_num_input, ffn_num_hiddens, bias=False)
        self.dense2 = nn.Linear(ffn_num_hiddens, ffn_num_outputs)
        # WRONG ffn-without-bias: self.dense2 = nn.Linear(ffn_num_hiddens, ffn_num_outputs, bias=False)
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Map X of shape (batch, steps, ffn_num_input) to (batch, steps, ffn_num_outputs), with the dtype of X.

        The method leaves X unchanged. X is float32 or float64 and need not be contiguous in memory.
        """
        # BEGIN SOLUTION
        return self.dense2(self.dense1(X).relu())
        # WRONG no-activation: return self.dense2(self.dense1(X))
        # WRONG activation-at-the-end: return self.dense2(self.dense1(X).relu()).relu()
        # WRONG gelu: return self.dense2(nn.functional.gelu(self.dense1(X)))
        # WRONG positions-mixed-by-reshape:
        #     return self.dense2(self.dense1(X.reshape(len(X), X.shape[2], -1).transpose(1, 2)).relu())
        # WRONG activation-at-the-start: return self.dense2(self.dense1(X.relu()))
        # WRONG sigmoid-in-the-ffn: return self.dense2(self.dense1(X).sigmoid())
        # WRONG second-layer-left-out: return self.dense1(X).relu()
        # WRONG relu-twice: return self.dense2(self.dense1(X.relu()).relu())
        # WRONG tanh-in-the-ffn: return self.dense2(self.dense1(X).tanh())
        # END SOLUTION


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
        # BEGIN SOLUTION
        self.dropout = nn.Dropout(dropout)
        self.ln = nn.LayerNorm(normalized_shape)
        # WRONG ln-without-parameters: self.ln = nn.LayerNorm(normalized_shape, elementwise_affine=False)
        # END SOLUTION

    def forward(self, X: Tensor, Y: Tensor) -> Tensor:
        """Combine the input X of a sublayer with its output Y, and return the result.

        The method leaves X and Y unchanged.

        Args:
            X, Y: (batch, steps, num_hiddens), float32 or float64. They need not be contiguous in memory.

        Returns:
            A tensor with the shape and dtype of X.
        """
        # BEGIN SOLUTION
        return self.ln(X + self.dropout(Y))
        # WRONG sublayer-normalised: return X + self.ln(self.dropout(Y))
        # WRONG input-normalised: return self.ln(X) + self.dropout(Y)
        # WRONG no-residual: return self.ln(self.dropout(Y))
        # WRONG sum-dropped: return self.ln(self.dropout(X + Y))
        # WRONG residual-dropped: return self.ln(self.dropout(X) + Y)
        # WRONG no-dropout: return self.ln(X + Y)
        # WRONG not-normalised: return X + self.dropout(Y)
        # WRONG dropout-in-evaluation: return self.ln(X + nn.functional.dropout(Y, self.dropout.p))
        # WRONG input-alone-normalised: return self.ln(X)
        # WRONG both-normalised: return self.ln(X) + self.ln(self.dropout(Y))
        # WRONG residual-after-the-norm: return X + self.ln(X + self.dropout(Y))
        # WRONG dropout-after-the-norm: return self.dropout(self.ln(X + Y))
        # WRONG sublayer-doubled: return self.ln(Y + self.dropout(Y))
        # END SOLUTION


class EncoderBlock(nn.Module):
    """A block of the encoder (Vaswani et al., 2017, section 3.1; D2L 10.7.4).

        Y = AddNorm(X, self-attention of X)        result = AddNorm(Y, feed-forward network of Y)

    Gradients flow to X and all parameters.

    Attributes:
        attention: MultiHeadAttention.
        addnorm1: AddNorm, after the attention.
        ffn: PositionWiseFFN, from ffn_num_input to num_hiddens, with ffn_num_hiddens hidden units.
        addnorm2: AddNorm, after the feed-forward network.
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
        # BEGIN SOLUTION
        self.attention = MultiHeadAttention(
            key_size, query_size, value_size, num_hiddens, num_heads, dropout, bias=use_bias
        )
        # WRONG attention-without-dropout:
        #     self.attention = MultiHeadAttention(
        #         key_size, query_size, value_size, num_hiddens, num_heads, dropout=0.0, bias=use_bias
        #     )
        # WRONG bias-forgotten:
        #     self.attention = MultiHeadAttention(key_size, query_size, value_size, num_hiddens, num_heads, dropout)
        # WRONG bias-always:
        #     self.attention = MultiHeadAttention(
        #         key_size, query_size, value_size, num_hiddens, num_heads, dropout, bias=True
        #     )
        # WRONG one-head:
        #     self.attention = MultiHeadAttention(
        #         key_size, query_size, value_size, num_hiddens, 1, dropout, bias=use_bias
        #     )
        self.addnorm1 = AddNorm(norm_shape, dropout)
        # WRONG norm-shape-ignored: self.addnorm1 = AddNorm(num_hiddens, dropout)
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)
        # WRONG ffn-arguments-swapped: self.ffn = PositionWiseFFN(ffn_num_hiddens, ffn_num_input, num_hiddens)
        self.addnorm2 = AddNorm(norm_shape, dropout)
        # WRONG norm-shape-ignored: self.addnorm2 = AddNorm(num_hiddens, dropout)
        # END SOLUTION

    def forward(self, X: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return the output of the block for X; each step attends to all valid steps.

        The method leaves its arguments unchanged.

        Args:
            X: (batch, steps, num_hiddens), float32 or float64. It need not be contiguous in memory.
            valid_lens: (batch,), or (batch, steps) with a length for each query, or None.

        Returns:
            A tensor with the shape and dtype of X.
        """
        # BEGIN SOLUTION
        Y = self.addnorm1(X, self.attention(X, X, X, valid_lens))
        # WRONG padding-seen: Y = self.addnorm1(X, self.attention(X, X, X, None))
        # WRONG dropout-twice: Y = self.addnorm1(X, self.addnorm1.dropout(self.attention(X, X, X, valid_lens)))
        # WRONG attention-left-out:
        #     self.attention(X, X, X, valid_lens)
        #     Y = X
        # WRONG first-residual-left-out: Y = self.addnorm1(torch.zeros_like(X), self.attention(X, X, X, valid_lens))
        # WRONG first-norm-left-out: Y = X + self.addnorm1.dropout(self.attention(X, X, X, valid_lens))
        # WRONG attention-output-without-addnorm: Y = self.attention(X, X, X, valid_lens)
        # WRONG ffn-before-the-attention: Y = self.addnorm2(X, self.ffn(X))
        return self.addnorm2(Y, self.ffn(Y))
        # WRONG residual-from-the-start: return self.addnorm2(X, self.ffn(Y))
        # WRONG one-norm-for-both: return self.addnorm1(Y, self.ffn(Y))
        # WRONG pre-norm, 2 lines:
        #     H = self.addnorm1.ln(X)
        #     Y = X + self.addnorm1.dropout(self.attention(H, H, H, valid_lens))
        #     return Y + self.addnorm2.dropout(self.ffn(self.addnorm2.ln(Y)))
        # WRONG ffn-left-out: return Y
        # WRONG ffn-of-the-input: return self.addnorm2(Y, self.ffn(X))
        # WRONG dropout-twice: return self.addnorm2(Y, self.addnorm2.dropout(self.ffn(Y)))
        # WRONG second-residual-left-out: return self.addnorm2(torch.zeros_like(Y), self.ffn(Y))
        # WRONG second-norm-left-out: return Y + self.addnorm2.dropout(self.ffn(Y))
        # WRONG ffn-before-the-attention: return self.addnorm1(Y, self.attention(Y, Y, Y, valid_lens))
        # END SOLUTION


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
        # BEGIN SOLUTION
        self.num_hiddens = num_hiddens
        # WRONG weights-of-earlier-calls: self.num_hiddens, self.attention_weights = num_hiddens, []
        self.embedding = nn.Embedding(vocab_size, num_hiddens)
        self.pos_encoding = PositionalEncoding(num_hiddens, dropout)
        # WRONG embedding-without-dropout: self.pos_encoding = PositionalEncoding(num_hiddens, 0.0)
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
                use_bias=use_bias,
            )
            self.blks.add_module(f"block{i}", block)
            # WRONG one-encoder-block-for-all-layers: self.blks.add_module(f"block{i}", self.blks[0] if i > 0 else block)
            # WRONG encoder-blocks-named-otherwise: self.blks.append(block)
        # END SOLUTION

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
        # BEGIN SOLUTION
        # The codes of the positions lie between -1 and 1. The root brings the embeddings to the same size.
        X = self.pos_encoding(self.embedding(X) * math.sqrt(self.num_hiddens))
        # WRONG embedding-not-scaled: X = self.pos_encoding(self.embedding(X))
        # WRONG codes-scaled-too: X = self.pos_encoding(self.embedding(X)) * math.sqrt(self.num_hiddens)
        # WRONG divided-by-the-root: X = self.pos_encoding(self.embedding(X) / math.sqrt(self.num_hiddens))
        # WRONG no-positions: X = self.pos_encoding.dropout(self.embedding(X) * math.sqrt(self.num_hiddens))
        # WRONG scaled-by-the-width: X = self.pos_encoding(self.embedding(X) * self.num_hiddens)
        # WRONG positions-alone-scaled:
        #     E = self.embedding(X)
        #     X = E + self.pos_encoding(E - E) * math.sqrt(self.num_hiddens)
        self.attention_weights = []
        # WRONG weights-of-earlier-calls:
        for block in self.blks:
            X = block(X, valid_lens)
            # WRONG only-first-block-masked: X, valid_lens = block(X, valid_lens), None
            # WRONG only-last-encoder-block:
            #     embedded = X if block is self.blks[0] else embedded
            #     X = block(embedded, valid_lens)
            # WRONG padding-seen-by-all-blocks: X = block(X, None)
            self.attention_weights.append(block.attention.attention.attention_weights)
            # WRONG last-weights-only: self.attention_weights = [block.attention.attention.attention_weights]
        return X
        # END SOLUTION


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
        # BEGIN SOLUTION
        self.i = i
        # WRONG everything-in-the-first-place: self.i = 0
        self.attention1 = MultiHeadAttention(key_size, query_size, value_size, num_hiddens, num_heads, dropout)
        # WRONG decoder-attention-without-dropout:
        #     self.attention1 = MultiHeadAttention(key_size, query_size, value_size, num_hiddens, num_heads, 0.0)
        self.addnorm1 = AddNorm(norm_shape, dropout)
        # WRONG decoder-norm-shape-ignored: self.addnorm1 = AddNorm(num_hiddens, dropout)
        self.attention2 = MultiHeadAttention(key_size, query_size, value_size, num_hiddens, num_heads, dropout)
        # WRONG decoder-attention-without-dropout:
        #     self.attention2 = MultiHeadAttention(key_size, query_size, value_size, num_hiddens, num_heads, 0.0)
        self.addnorm2 = AddNorm(norm_shape, dropout)
        # WRONG decoder-norm-shape-ignored: self.addnorm2 = AddNorm(num_hiddens, dropout)
        self.ffn = PositionWiseFFN(ffn_num_input, ffn_num_hiddens, num_hiddens)
        self.addnorm3 = AddNorm(norm_shape, dropout)
        # WRONG decoder-norm-shape-ignored: self.addnorm3 = AddNorm(num_hiddens, dropout)
        # END SOLUTION

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
        # BEGIN SOLUTION
        enc_outputs, enc_valid_lens, caches = state
        before = caches[self.i]
        keys = X if before is None else torch.cat([before, X], dim=1)  # all inputs of this block so far
        # WRONG past-forgotten: keys = X
        # WRONG newest-first: keys = X if before is None else torch.cat([X, before], dim=1)
        # WRONG steps-as-examples: keys = X if before is None else torch.cat([before, X], dim=0)
        # WRONG joined-features: keys = X if before is None else torch.cat([before, X], dim=-1)
        caches[self.i] = keys
        # WRONG state-not-updated:
        # WRONG last-input-cached: caches[self.i] = X
        valid_lens = None
        if self.training:
            # WRONG masked-in-evaluation: if True:
            # The whole sentence is here at once: step t may see the first t keys.
            valid_lens = torch.arange(1, X.shape[1] + 1, device=X.device).repeat(len(X), 1)
            # WRONG itself-not-seen: valid_lens = torch.arange(X.shape[1], device=X.device).repeat(len(X), 1)
        # WRONG no-causal-mask, 2 lines:
        # WRONG one-step-ahead: valid_lens = torch.arange(2, X.shape[1] + 2, device=X.device).repeat(len(X), 1)
        # WRONG encoder-lengths-in-self-attention: valid_lens = enc_valid_lens
        # WRONG causal-lengths-of-one-example: valid_lens = torch.arange(1, X.shape[1] + 1, device=X.device)
        # WRONG all-steps-see-everything-but-the-last:
        #     valid_lens = torch.full((len(X), X.shape[1]), X.shape[1] - 1, device=X.device)
        # WRONG causal-mask-reversed:
        #     valid_lens = torch.arange(X.shape[1], 0, -1, device=X.device).repeat(len(X), 1)
        Y = self.addnorm1(X, self.attention1(X, keys, keys, valid_lens))
        # WRONG present-not-in-keys:
        #     Y = self.addnorm1(
        #         X,
        #         self.attention1(
        #             X, keys if before is None else before, keys if before is None else before, valid_lens
        #         ),
        #     )
        # WRONG decoder-dropout-twice:
        #     Y = self.addnorm1(X, self.addnorm1.dropout(self.attention1(X, keys, keys, valid_lens)))
        # WRONG self-attention-left-out:
        #     self.attention1(X, keys, keys, valid_lens)
        #     Y = X
        # WRONG decoder-first-residual-left-out:
        #     Y = self.addnorm1(torch.zeros_like(X), self.attention1(X, keys, keys, valid_lens))
        # WRONG encoder-attention-first:
        #     Y = self.addnorm1(X, self.attention2(X, enc_outputs, enc_outputs, enc_valid_lens))
        Z = self.addnorm2(Y, self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens))
        # WRONG encoder-padding-seen: Z = self.addnorm2(Y, self.attention2(Y, enc_outputs, enc_outputs, None))
        # WRONG causal-mask-on-the-encoder:
        #     Z = self.addnorm2(
        #         Y, self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens if valid_lens is None else valid_lens)
        #     )
        # WRONG two-self-attentions: Z = self.addnorm2(Y, self.attention2(Y, Y, Y, None))
        # WRONG queries-before-self-attention:
        #     Z = self.addnorm2(Y, self.attention2(X, enc_outputs, enc_outputs, enc_valid_lens))
        # WRONG second-residual-from-the-start:
        #     Z = self.addnorm2(X, self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens))
        # WRONG encoder-outputs-as-queries: Z = self.addnorm2(Y, self.attention2(enc_outputs, Y, Y, None))
        # WRONG first-addnorm-everywhere:
        #     Z = self.addnorm1(Y, self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens))
        # WRONG decoder-dropout-twice:
        #     Z = self.addnorm2(Y, self.addnorm2.dropout(self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens)))
        # WRONG encoder-attention-left-out:
        #     self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens)
        #     Z = Y
        # WRONG first-attention-twice:
        #     self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens)
        #     Z = self.addnorm2(Y, self.attention1(Y, enc_outputs, enc_outputs, enc_valid_lens))
        # WRONG decoder-second-residual-left-out:
        #     Z = self.addnorm2(torch.zeros_like(Y), self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens))
        # WRONG encoder-attention-first: Z = self.addnorm2(Y, self.attention1(Y, keys, keys, valid_lens))
        return self.addnorm3(Z, self.ffn(Z)), state
        # WRONG outputs-cached:
        #     caches[self.i] = torch.cat([keys[:, : keys.shape[1] - X.shape[1]], Y], dim=1)
        #     return self.addnorm3(Z, self.ffn(Z)), state
        # WRONG decoder-ffn-left-out: return Z, state
        # WRONG ffn-before-encoder-attention: return self.addnorm3(Z, self.ffn(Y)), state
        # WRONG third-residual-skips-a-sublayer: return self.addnorm3(Y, self.ffn(Z)), state
        # WRONG first-addnorm-everywhere: return self.addnorm1(Z, self.ffn(Z)), state
        # WRONG decoder-dropout-twice: return self.addnorm3(Z, self.addnorm3.dropout(self.ffn(Z))), state
        # WRONG decoder-third-residual-left-out: return self.addnorm3(torch.zeros_like(Z), self.ffn(Z)), state
        # END SOLUTION


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
        # BEGIN SOLUTION
        self.num_hiddens = num_hiddens
        # WRONG decoder-weights-of-earlier-calls: self.num_hiddens, self.attention_weights = num_hiddens, [[], []]
        self.embedding = nn.Embedding(vocab_size, num_hiddens)
        self.pos_encoding = PositionalEncoding(num_hiddens, dropout)
        # WRONG decoder-embedding-without-dropout: self.pos_encoding = PositionalEncoding(num_hiddens, 0.0)
        self.blks = nn.Sequential()
        for i in range(num_layers):
            block = DecoderBlock(
                key_size=key_size,
                query_size=query_size,
                value_size=value_size,
                num_hiddens=num_hiddens,
                norm_shape=norm_shape,
                ffn_num_input=ffn_num_input,
                ffn_num_hiddens=ffn_num_hiddens,
                num_heads=num_heads,
                dropout=dropout,
                i=i,
            )
            self.blks.add_module(f"block{i}", block)
            # WRONG decoder-blocks-named-otherwise: self.blks.append(block)
            # WRONG one-decoder-block-for-all-layers:
            #     self.blks.add_module(f"block{i}", self.blks[0] if i > 0 else block)
        self.dense = nn.Linear(num_hiddens, vocab_size)
        # END SOLUTION

    def init_state(self, enc_outputs: Tensor, enc_valid_lens: Tensor | None, *args: Any) -> list[Any]:
        """Return the first state: [enc_outputs, enc_valid_lens, [None, ..., None]], with a None for each block.

        Further arguments are ignored.
        """
        # BEGIN SOLUTION
        return [enc_outputs, enc_valid_lens, [None] * len(self.blks)]
        # WRONG one-place-too-many: return [enc_outputs, enc_valid_lens, [None] * (len(self.blks) + 1)]
        # WRONG lengths-forgotten: return [enc_outputs, None, [None] * len(self.blks)]
        # WRONG one-place-for-all: return [enc_outputs, enc_valid_lens, [None]]
        # WRONG lengths-before-outputs: return [enc_valid_lens, enc_outputs, [None] * len(self.blks)]
        # END SOLUTION

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
        # BEGIN SOLUTION
        X = self.pos_encoding(self.embedding(X) * math.sqrt(self.num_hiddens))
        # WRONG decoder-embedding-not-scaled: X = self.pos_encoding(self.embedding(X))
        # WRONG decoder-without-positions:
        #     X = self.pos_encoding.dropout(self.embedding(X) * math.sqrt(self.num_hiddens))
        # WRONG decoder-codes-scaled-too: X = self.pos_encoding(self.embedding(X)) * math.sqrt(self.num_hiddens)
        # WRONG decoder-scaled-by-the-width: X = self.pos_encoding(self.embedding(X) * self.num_hiddens)
        # WRONG decoder-divided-by-the-root: X = self.pos_encoding(self.embedding(X) / math.sqrt(self.num_hiddens))
        self.attention_weights = [[], []]
        # WRONG decoder-weights-of-earlier-calls:
        for block in self.blks:
            X, state = block(X, state)
            self.attention_weights[0].append(block.attention1.attention.attention_weights)
            # WRONG weights-swapped: self.attention_weights[0].append(block.attention2.attention.attention_weights)
            # WRONG decoder-last-weights-only:
            #     self.attention_weights[0] = [block.attention1.attention.attention_weights]
            self.attention_weights[1].append(block.attention2.attention.attention_weights)
            # WRONG weights-swapped: self.attention_weights[1].append(block.attention1.attention.attention_weights)
            # WRONG decoder-last-weights-only:
            #     self.attention_weights[1] = [block.attention2.attention.attention_weights]
            # WRONG decoder-self-attention-weights-alone: pass
        return self.dense(X), state
        # WRONG probabilities: return self.dense(X).softmax(dim=-1), state
        # WRONG log-probabilities: return self.dense(X).log_softmax(dim=-1), state
        # WRONG no-output-layer: return X, state
        # WRONG state-left-out: return self.dense(X)
        # WRONG last-word-alone: return self.dense(X[:, -1:]), state
        # END SOLUTION
