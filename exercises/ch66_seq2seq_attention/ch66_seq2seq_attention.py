"""ch66 Sequence to sequence with (Bahdanau) attention.

D2L section 10.4 (chapter_attention-mechanisms/bahdanau-attention.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn


# Given, not an exercise.
class Decoder(nn.Module):
    """What every decoder looks like (D2L 9.6.2): an interface with two methods that are left to its subclasses."""

    def __init__(self, **kwargs: Any) -> None:
        """Make the module. Keyword arguments are passed on to nn.Module, which knows none and refuses them."""
        super().__init__(**kwargs)

    def init_state(self, enc_outputs: Any, *args: Any) -> Any:
        """Turn what the encoder gave into the state that decoding starts from."""
        raise NotImplementedError

    def forward(self, X: Tensor, state: Any) -> Any:
        """Predict from the target sequence so far and the state."""
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
        """dropout is the probability of dropping a weight in training. Note the order of the sizes."""
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
    """The interface of a decoder with attention (D2L 10.4.2): a Decoder that also tells where it looked.

    Attributes:
        attention_weights: a property, read without brackets: `decoder.attention_weights`. Here, where there is no
            attention yet, reading it raises NotImplementedError; a subclass puts its own property in its place.
    """

    def __init__(self, **kwargs: Any) -> None:
        raise NotImplementedError  # write your code here


class Seq2SeqAttentionDecoder(AttentionDecoder):
    """A decoder that looks at all of the source anew for each word (Bahdanau et al., 2015; D2L 10.4.2).

    With s[t] the top layer's hidden state after step t (before the first step, the encoder's last) and h the encoder's
    top outputs, step t does this:

        context = attention(query = s[t - 1], keys = h, values = h, valid lengths of the source)
        s[t] = the GRU's next state, when it reads [context, embedding of word t]
        logits[t] = dense(s[t])

    Attributes:
        attention: AdditiveAttention; keys, queries and its hidden layer all have num_hiddens features. Dropout is
            applied to its weights.
        embedding: nn.Embedding, from vocab_size words to embed_size numbers.
        rnn: nn.GRU, from num_hiddens + embed_size (the context first, then the word) to num_hiddens, num_layers deep,
            with dropout between its layers.
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
        """The state to start from.

        Args:
            enc_outputs: the encoder's (outputs, state): the top layer's outputs at all source steps, time first,
                (source steps, batch, num_hiddens); the state of all layers after the last step,
                (num_layers, batch, num_hiddens).
            enc_valid_lens: how many steps of each source sentence are no padding, (batch,); or None, and all count.
            args: ignored.

        Returns:
            Three things: the outputs batch first, (batch, source steps, num_hiddens); the encoder's state; the lengths.
        """
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Read the words of X one after the other and predict, at each step, the word that follows.

        Args:
            X: word indices, (batch, steps).
            state: three things, as `init_state` or the last call of `forward` has returned them.

        Returns:
            Logits, (batch, steps, vocab_size), batch first; and the new state: the same three things with the hidden
            state after the last step, so that reading word by word gives what reading all at once gives.
        """
        raise NotImplementedError  # write your code here

    @property
    def attention_weights(self) -> list[Tensor]:
        """The weights of the last call of `forward`, before dropout: a list, (batch, 1, source steps) for each step."""
        raise NotImplementedError  # write your code here


def stack_attention(steps: Sequence[Tensor]) -> Tensor:
    """Put the weights of one translation, one tensor a word, into one matrix to look at (D2L 10.4.3).

    Args:
        steps: for each of the T predicted words its weights over the k source steps, (1, 1, k). T is 1 or more.

    Returns:
        (1, 1, T, k), as `d2l.show_heatmaps` wants it: row t are the weights of step t.
    """
    raise NotImplementedError  # write your code here
