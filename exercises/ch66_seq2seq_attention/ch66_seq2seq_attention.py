"""ch66 Sequence to sequence with Bahdanau attention.

See D2L 10.4 (chapter_attention-mechanisms/bahdanau-attention.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn


# Given, not an exercise.
class Decoder(nn.Module):
    """The interface of all decoders: two methods that subclasses write (D2L 9.6.2)."""

    def __init__(self, **kwargs: Any) -> None:
        """Create the module. Keyword arguments go to nn.Module, which accepts none and raises TypeError."""
        super().__init__(**kwargs)

    def init_state(self, enc_outputs: Any, *args: Any) -> Any:
        """Turn the encoder's outputs into the first state of the decoder; subclasses define how."""
        raise NotImplementedError

    def forward(self, X: Tensor, state: Any) -> Any:
        """Predict from the target sequence so far and the state; subclasses define how."""
        raise NotImplementedError


# Given, not an exercise.
def masked_softmax(X: Tensor, valid_lens: Tensor | None) -> Tensor:
    """Return the softmax over the last axis, restricted to the valid keys of each row (D2L 10.3.1)."""
    if valid_lens is None:
        return X.softmax(dim=-1)
    steps = torch.arange(X.shape[-1], device=X.device)
    padding = steps >= valid_lens.reshape(len(X), -1, 1)
    # The smallest number gives weight 0, like -inf, but no NaN in a row without valid keys.
    return X.masked_fill(padding, torch.finfo(X.dtype).min).softmax(dim=-1)


class AdditiveAttention(nn.Module):
    """Additive attention (Bahdanau, Cho and Bengio, 2015; D2L 10.3.2), with weights from `masked_softmax`."""

    def __init__(self, key_size: int, query_size: int, num_hiddens: int, dropout: float, **kwargs: Any) -> None:
        """dropout is the probability of dropping a weight in training. Note that key_size comes before query_size."""
        super().__init__(**kwargs)
        self.W_k = nn.Linear(key_size, num_hiddens, bias=False)
        self.W_q = nn.Linear(query_size, num_hiddens, bias=False)
        self.w_v = nn.Linear(num_hiddens, 1, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor, valid_lens: Tensor | None) -> Tensor:
        """Return, for each query, the sum of the values weighted by the masked softmax of the scores."""
        # Each query with each key: (batch, queries, pairs, num_hiddens).
        features = self.W_q(queries).unsqueeze(2) + self.W_k(keys).unsqueeze(1)
        scores = self.w_v(torch.tanh(features)).squeeze(-1)
        self.attention_weights = masked_softmax(scores, valid_lens)
        return self.dropout(self.attention_weights) @ values


d2l = SimpleNamespace(Decoder=Decoder, AdditiveAttention=AdditiveAttention)


class AttentionDecoder(Decoder):
    """The interface of a decoder with attention: a Decoder that also gives its attention weights (D2L 10.4.2).

    Attributes:
        attention_weights: a property, read without brackets: `decoder.attention_weights`. In this class, reading it
            raises NotImplementedError. A subclass replaces it by its own property. Add this property
            yourself.
    """

    def __init__(self, **kwargs: Any) -> None:
        raise NotImplementedError  # write your code here


class Seq2SeqAttentionDecoder(AttentionDecoder):
    """A decoder that attends to the whole source sentence for each word (Bahdanau et al., 2015; D2L 10.4.2).

    Let s[t] be the hidden state of the top layer after step t; before the first step, it is that of the encoder's top
    layer. Let h be the outputs of the encoder's top layer. Step t computes:

        context = attention(query = s[t - 1], keys = h, values = h, valid_lens = enc_valid_lens)
        s[t] = the new hidden state of the top layer; the input of the GRU is [context, embedding of word t]
        logits[t] = dense(s[t])

    Gradients flow to the encoder's outputs and state and to all parameters. The decoder also works in float64.

    Attributes:
        attention: AdditiveAttention. Keys, queries and its hidden layer have num_hiddens features. It drops its weights
            with probability dropout.
        embedding: nn.Embedding, from vocab_size words to embed_size numbers.
        rnn: nn.GRU with num_layers layers, from num_hiddens + embed_size (first the context, then the word) to
            num_hiddens, with dropout between its layers.
        dense: nn.Linear, from num_hiddens to vocab_size.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        num_hiddens: int,
        num_layers: int,
        dropout: float = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def init_state(
        self, enc_outputs: Any, enc_valid_lens: Tensor | None, *args: Any
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the first state.

        Args:
            enc_outputs: the encoder's (outputs, state). The outputs of its top layer at all source steps have the time
                axis first, (source steps, batch, num_hiddens). The state of all layers after the last step is
                (num_layers, batch, num_hiddens).
            enc_valid_lens: the number of steps of each source sentence without padding, (batch,). With None, all steps
                count.
            args: ignored.

        Returns:
            Three things in this order: the outputs with the batch axis first, (batch, source steps, num_hiddens); the
            encoder's state; the lengths.
        """
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Read the words of X one by one and predict the next word at each step.

        The method leaves X and the tensors of the state unchanged. They need not be contiguous in memory.

        Args:
            X: word indices, (batch, steps).
            state: the three things that `init_state` or the last call of `forward` returned.

        Returns:
            The logits, (batch, steps, vocab_size), with the batch axis first, and the new state. It has the same three
            things, with the hidden state after the last step. So word by word, the results are the same as for all
            words at once.
        """
        raise NotImplementedError  # write your code here

    @property
    def attention_weights(self) -> list[Tensor]:
        """Return the weights of the last call of `forward`, before dropout: a list of (batch, 1, source steps), one per
        step.
        """
        raise NotImplementedError  # write your code here


def stack_attention(steps: Sequence[Tensor]) -> Tensor:
    """Return the attention weights of a translation as a matrix that can be drawn (D2L 10.4.3).

    Gradients flow to each step. The function leaves its argument unchanged.

    Args:
        steps: a list or tuple of the weights of each of the T predicted words over the k source steps, (1, 1, k). T is
            at least 1. The tensors are float32 or float64 and need not be contiguous in memory.

    Returns:
        (1, 1, T, k), as `d2l.show_heatmaps` needs it. Row t has the weights of step t.
    """
    raise NotImplementedError  # write your code here
