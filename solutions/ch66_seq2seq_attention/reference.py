"""ch66 Sequence to sequence with (Bahdanau) attention.

D2L section 10.4 (chapter_attention-mechanisms/bahdanau-attention.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

# GIVEN ch61: Decoder
# GIVEN ch65: AdditiveAttention

d2l = SimpleNamespace(Decoder=Decoder, AdditiveAttention=AdditiveAttention)


class AttentionDecoder(Decoder):
    """The interface of a decoder with attention (D2L 10.4.2): a Decoder that also tells where it looked.

    Attributes:
        attention_weights: a property, read without brackets: `decoder.attention_weights`. Here, where there is no
            attention yet, reading it raises NotImplementedError; a subclass puts its own property in its place.
    """

    def __init__(self, **kwargs: Any) -> None:
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # END SOLUTION

    # BEGIN SOLUTION
    @property
    # WRONG method-for-a-property:
    def attention_weights(self) -> Any:
        """What the subclass keeps."""
        raise NotImplementedError
        # WRONG none-for-an-error: return None

    # END SOLUTION


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
        # BEGIN SOLUTION
        self.attention = AdditiveAttention(num_hiddens, num_hiddens, num_hiddens, dropout)
        # WRONG attention-without-dropout: self.attention = AdditiveAttention(num_hiddens, num_hiddens, num_hiddens, 0)
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, num_layers, dropout=dropout)
        self.dense = nn.Linear(num_hiddens, vocab_size)
        # WRONG weights-of-all-calls:
        #     self.dense = nn.Linear(num_hiddens, vocab_size)
        #     self._attention_weights = []
        # END SOLUTION

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
        # BEGIN SOLUTION
        outputs, hidden_state = enc_outputs
        return outputs.transpose(0, 1), hidden_state, enc_valid_lens
        # WRONG reshape-for-a-transpose:
        #     return outputs.reshape(outputs.shape[1], outputs.shape[0], -1), hidden_state, enc_valid_lens
        # END SOLUTION

    def forward(self, X: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Read the words of X one after the other and predict, at each step, the word that follows.

        Args:
            X: word indices, (batch, steps).
            state: three things, as `init_state` or the last call of `forward` has returned them.

        Returns:
            Logits, (batch, steps, vocab_size), batch first; and the new state: the same three things with the hidden
            state after the last step, so that reading word by word gives what reading all at once gives.
        """
        # BEGIN SOLUTION
        enc_outputs, hidden_state, enc_valid_lens = state
        outputs, self._attention_weights = [], []
        # WRONG weights-of-all-calls: outputs = []
        for word in self.embedding(X).transpose(0, 1):
            # WRONG query-never-moves:
            #     query = hidden_state[-1].unsqueeze(1)
            #     for word in self.embedding(X).transpose(0, 1):
            query = hidden_state[-1].unsqueeze(1)  # the top layer's state after the step before
            # WRONG query-never-moves:
            # WRONG query-from-the-first-layer: query = hidden_state[0].unsqueeze(1)
            # WRONG attends-with-the-new-state:
            #     ahead = torch.cat([0 * hidden_state[-1], word], dim=1)
            #     query = self.rnn(ahead[None], hidden_state)[1][-1].unsqueeze(1)
            context = self.attention(query, enc_outputs, enc_outputs, enc_valid_lens)
            # WRONG padding-attended: context = self.attention(query, enc_outputs, enc_outputs, None)
            step = torch.cat([context.squeeze(1), word], dim=1)
            # WRONG context-after-the-word: step = torch.cat([word, context.squeeze(1)], dim=1)
            output, hidden_state = self.rnn(step[None], hidden_state)
            # WRONG state-not-carried-on: output, _ = self.rnn(step[None], hidden_state)
            outputs.append(output)
            self._attention_weights.append(self.attention.attention_weights)
            # WRONG last-weights-only: self._attention_weights = [self.attention.attention_weights]
        logits = self.dense(torch.cat(outputs)).transpose(0, 1)
        # WRONG logits-time-first: logits = self.dense(torch.cat(outputs))
        return logits, [enc_outputs, hidden_state, enc_valid_lens]
        # WRONG lengths-lost: return logits, [enc_outputs, hidden_state, None]
        # END SOLUTION

    @property
    def attention_weights(self) -> list[Tensor]:
        """The weights of the last call of `forward`, before dropout: a list, (batch, 1, source steps) for each step."""
        # BEGIN SOLUTION
        return self._attention_weights
        # END SOLUTION


def stack_attention(steps: Sequence[Tensor]) -> Tensor:
    """Put the weights of one translation, one tensor a word, into one matrix to look at (D2L 10.4.3).

    Args:
        steps: for each of the T predicted words its weights over the k source steps, (1, 1, k). T is 1 or more.

    Returns:
        (1, 1, T, k), as `d2l.show_heatmaps` wants it: row t are the weights of step t.
    """
    # BEGIN SOLUTION
    return torch.cat(list(steps), dim=1)[None]
    # WRONG one-long-row: return torch.cat(list(steps), dim=2)[None]
    # WRONG stacked-on-a-new-axis: return torch.stack(list(steps))
    # WRONG columns-reshaped-to-rows: return torch.stack(list(steps), dim=-1).reshape(1, 1, len(steps), -1)
    # WRONG steps-averaged: return torch.stack(list(steps)).mean(dim=0)[None]
    # WRONG squeezed-too-much: return torch.stack(list(steps)).squeeze()[None, None]
    # END SOLUTION
