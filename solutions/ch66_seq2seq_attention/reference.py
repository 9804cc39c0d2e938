"""ch66 Sequence to sequence with Bahdanau attention.

See D2L 10.4 (chapter_attention-mechanisms/bahdanau-attention.md).
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
    """The interface of a decoder with attention: a Decoder that also gives its attention weights (D2L 10.4.2).

    Attributes:
        attention_weights: a property, read without brackets: `decoder.attention_weights`. In this class, reading it
            raises NotImplementedError. A subclass replaces it by its own property. Add this property
            yourself.
    """

    def __init__(self, **kwargs: Any) -> None:
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # END SOLUTION

    # BEGIN SOLUTION
    @property
    # WRONG method-for-a-property:
    def attention_weights(self) -> Any:
        """Return the weights that the subclass keeps."""
        raise NotImplementedError
        # WRONG none-for-an-error: return None
        # WRONG not-implemented-is-no-exception: raise NotImplemented
        # WRONG error-returned: return NotImplementedError

    # END SOLUTION


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
        # BEGIN SOLUTION
        self.attention = AdditiveAttention(num_hiddens, num_hiddens, num_hiddens, dropout)
        # WRONG attention-without-dropout: self.attention = AdditiveAttention(num_hiddens, num_hiddens, num_hiddens, 0)
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, num_layers, dropout=dropout)
        # WRONG rnn-without-dropout: self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, num_layers)
        # WRONG one-layer-always: self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, dropout=dropout)
        # WRONG only-the-word-read: self.rnn = nn.GRU(embed_size, num_hiddens, num_layers, dropout=dropout)
        self.dense = nn.Linear(num_hiddens, vocab_size)
        # WRONG weights-of-all-calls:
        #     self.dense = nn.Linear(num_hiddens, vocab_size)
        #     self._attention_weights = []
        # END SOLUTION

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
        # BEGIN SOLUTION
        outputs, hidden_state = enc_outputs
        return outputs.transpose(0, 1), hidden_state, enc_valid_lens
        # WRONG reshape-for-a-transpose:
        #     return outputs.reshape(outputs.shape[1], outputs.shape[0], -1), hidden_state, enc_valid_lens
        # WRONG outputs-time-first: return outputs, hidden_state, enc_valid_lens
        # WRONG first-state-of-the-top-layer: return outputs.transpose(0, 1), hidden_state[-1:], enc_valid_lens
        # WRONG lengths-not-in-the-first-state: return outputs.transpose(0, 1), hidden_state, None
        # WRONG first-state-in-another-order: return hidden_state, outputs.transpose(0, 1), enc_valid_lens
        # END SOLUTION

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
        # BEGIN SOLUTION
        enc_outputs, hidden_state, enc_valid_lens = state
        # WRONG first-state-in-another-order: hidden_state, enc_outputs, enc_valid_lens = state
        outputs, self._attention_weights = [], []
        # WRONG weights-of-all-calls: outputs = []
        for word in self.embedding(X).transpose(0, 1):
            # WRONG query-never-moves:
            #     query = hidden_state[-1].unsqueeze(1)
            #     for word in self.embedding(X).transpose(0, 1):
            # WRONG words-not-permuted: for word in self.embedding(X):
            query = hidden_state[-1].unsqueeze(1)  # the top layer's state after the step before
            # WRONG query-never-moves:
            # WRONG query-from-the-first-layer: query = hidden_state[0].unsqueeze(1)
            # WRONG attends-with-the-new-state:
            #     ahead = torch.cat([0 * hidden_state[-1], word], dim=1)
            #     query = self.rnn(ahead[None], hidden_state)[1][-1].unsqueeze(1)
            # WRONG query-axis-in-front: query = hidden_state[-1].unsqueeze(0)
            # WRONG query-averaged-over-layers: query = hidden_state.mean(dim=0).unsqueeze(1)
            # WRONG attends-with-the-word:
            #     query = torch.nn.functional.pad(word, (0, hidden_state.shape[2] - word.shape[1])).unsqueeze(1)
            context = self.attention(query, enc_outputs, enc_outputs, enc_valid_lens)
            # WRONG padding-attended: context = self.attention(query, enc_outputs, enc_outputs, None)
            # WRONG attention-left-out:
            #     self.attention(query, enc_outputs, enc_outputs, enc_valid_lens)
            #     context = query
            # WRONG last-output-for-a-context:
            #     self.attention(query, enc_outputs, enc_outputs, enc_valid_lens)
            #     context = enc_outputs[:, -1:]
            # WRONG mean-for-a-context:
            #     self.attention(query, enc_outputs, enc_outputs, enc_valid_lens)
            #     context = enc_outputs.mean(dim=1, keepdim=True)
            step = torch.cat([context.squeeze(1), word], dim=1)
            # WRONG context-after-the-word: step = torch.cat([word, context.squeeze(1)], dim=1)
            # WRONG context-detached: step = torch.cat([context.detach().squeeze(1), word], dim=1)
            output, hidden_state = self.rnn(step[None], hidden_state)
            # WRONG state-not-carried-on: output, _ = self.rnn(step[None], hidden_state)
            # WRONG hidden-state-left-out: output, hidden_state = self.rnn(step[None])
            # WRONG hidden-state-detached: output, hidden_state = self.rnn(step[None], hidden_state.detach())
            outputs.append(output)
            self._attention_weights.append(self.attention.attention_weights)
            # WRONG last-weights-only: self._attention_weights = [self.attention.attention_weights]
            # WRONG weights-of-each-sentence:
            #     self._attention_weights.extend(self.attention.attention_weights.squeeze(1))
            # WRONG weights-without-the-query-axis:
            #     self._attention_weights.append(self.attention.attention_weights.squeeze(1))
        logits = self.dense(torch.cat(outputs)).transpose(0, 1)
        # WRONG logits-time-first: logits = self.dense(torch.cat(outputs))
        # WRONG probabilities-returned: logits = self.dense(torch.cat(outputs)).transpose(0, 1).softmax(dim=2)
        # WRONG last-step-alone: logits = self.dense(outputs[-1]).transpose(0, 1)
        # WRONG logits-reshaped: logits = self.dense(torch.cat(outputs)).reshape(*X.shape, -1)
        # WRONG dense-left-out: logits = torch.cat(outputs).transpose(0, 1)
        # WRONG log-probabilities-returned: logits = self.dense(torch.cat(outputs)).transpose(0, 1).log_softmax(dim=2)
        return logits, [enc_outputs, hidden_state, enc_valid_lens]
        # WRONG lengths-lost: return logits, [enc_outputs, hidden_state, None]
        # WRONG old-state-returned: return logits, list(state)
        # WRONG first-state-in-another-order: return logits, [hidden_state, enc_outputs, enc_valid_lens]
        # END SOLUTION

    @property
    def attention_weights(self) -> list[Tensor]:
        """Return the weights of the last call of `forward`, before dropout: a list of (batch, 1, source steps), one per
        step.
        """
        # BEGIN SOLUTION
        return self._attention_weights
        # WRONG weights-in-one-tensor: return torch.cat(self._attention_weights, dim=1)
        # END SOLUTION


def stack_attention(steps: Sequence[Tensor]) -> Tensor:
    """Return the attention weights of a translation as a matrix that can be drawn (D2L 10.4.3).

    Gradients flow to each step. The function leaves its argument unchanged.

    Args:
        steps: a list or tuple of the weights of each of the T predicted words over the k source steps, (1, 1, k). T is
            at least 1. The tensors are float32 or float64 and need not be contiguous in memory.

    Returns:
        (1, 1, T, k), as `d2l.show_heatmaps` needs it. Row t has the weights of step t.
    """
    # BEGIN SOLUTION
    return torch.cat(list(steps), dim=1)[None]
    # WRONG one-long-row: return torch.cat(list(steps), dim=2)[None]
    # WRONG stacked-on-a-new-axis: return torch.stack(list(steps))
    # WRONG columns-reshaped-to-rows: return torch.stack(list(steps), dim=-1).reshape(1, 1, len(steps), -1)
    # WRONG steps-averaged: return torch.stack(list(steps)).mean(dim=0)[None]
    # WRONG squeezed-too-much: return torch.stack(list(steps)).squeeze()[None, None]
    # WRONG rows-and-columns-swapped: return torch.cat(list(steps), dim=1)[None].transpose(2, 3)
    # WRONG one-axis-missing: return torch.cat(list(steps), dim=1)
    # WRONG words-on-the-second-axis: return torch.cat(list(steps))[None]
    # WRONG last-word-alone: return steps[-1][None]
    # WRONG cut-off-from-autograd: return torch.cat(list(steps), dim=1)[None].detach()
    # WRONG steps-in-reverse: return torch.cat(list(steps)[::-1], dim=1)[None]
    # WRONG matrix-alone: return torch.cat(list(steps), dim=1)[0]
    # WRONG rows-normalised-again: return torch.cat(list(steps), dim=1)[None].softmax(dim=-1)
    # WRONG steps-summed: return torch.stack(list(steps)).sum(dim=0)[None]
    # END SOLUTION
