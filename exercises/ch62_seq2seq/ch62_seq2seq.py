"""ch62 Sequence to sequence: encoder, decoder, masked loss, prediction, BLEU.

D2L section 9.7 (chapter_recurrent-modern/seq2seq.md).
"""

import math
from collections import Counter
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


# Given, not an exercise.
def truncate_pad(line: list[int], num_steps: int, padding_token: int) -> list[int]:
    """Makes a line exactly num_steps long (D2L 9.5.4)."""
    return line[:num_steps] + [padding_token] * (num_steps - len(line))


d2l = SimpleNamespace(Encoder=nn.Module, Decoder=nn.Module, concat=torch.cat, truncate_pad=truncate_pad)


class Seq2SeqEncoder(nn.Module):
    """The encoder: an embedding, then a GRU of several layers (Sutskever, Vinyals and Le, 2014; D2L 9.7.1).

    Attributes:
        embedding: nn.Embedding, from vocab_size words to embed_size numbers.
        rnn: nn.GRU, from embed_size to num_hiddens, num_layers deep, with dropout between its layers. It is not
            batch_first.
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

    def forward(self, X: Tensor, *args: Any) -> tuple[Tensor, Tensor]:
        """Read whole sentences, from a state of zeros.

        Args:
            X: word indices, (batch, steps).
            args: ignored. (Other encoders take the valid lengths here.)

        Returns:
            The top layer's outputs at all steps, (steps, batch, num_hiddens), time first; and the state of all layers
            after the last step, (num_layers, batch, num_hiddens).
        """
        raise NotImplementedError  # write your code here


class Seq2SeqDecoder(nn.Module):
    """The decoder: a GRU that also reads a context at every step (Cho et al., 2014; D2L 9.7.2).

    Attributes:
        embedding: nn.Embedding, from vocab_size words to embed_size numbers.
        rnn: nn.GRU, from embed_size + num_hiddens (the word first, then the context) to num_hiddens, num_layers deep,
            with dropout between its layers. It is not batch_first.
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

    def init_state(self, enc_outputs: Any, *args: Any) -> Tensor:
        """The state to start from: of the encoder's (outputs, state), the state. Further arguments are ignored."""
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Read the words of X one after the other and predict, at each step, the word that follows.

        The context is the top layer of the state that is passed in; it is the same at every step of this call.

        Args:
            X: word indices, (batch, steps).
            state: (num_layers, batch, num_hiddens).

        Returns:
            Logits, (batch, steps, vocab_size), batch first; and the state after the last step, of state's shape.
        """
        raise NotImplementedError  # write your code here


def sequence_mask(X: Tensor, valid_len: Tensor, value: float = 0) -> Tensor:
    """Blot out what lies behind the end of each sequence (D2L 9.7.3).

        result[i, t] = X[i, t]    where t < valid_len[i]
                       value      elsewhere

    Args:
        X: (batch, steps) or (batch, steps, ...): further axes go along with their step.
        valid_len: (batch,), integers or whole floats from 0 on.
        value: what to put into the padding.

    Returns:
        A tensor of X's shape, dtype and device. (The book's writes into X and returns it; yours may or may not.)
    """
    raise NotImplementedError  # write your code here


class MaskedSoftmaxCELoss(nn.CrossEntropyLoss):
    """Softmax cross-entropy that leaves the padding out (D2L 9.7.3), with the help of your `sequence_mask`."""

    def forward(self, pred: Tensor, label: Tensor, valid_len: Tensor) -> Tensor:
        """The loss of each sequence.

            loss[i] = sum over t < valid_len[i] of cross_entropy(pred[i, t], label[i, t]) / steps

        The sum is divided by all steps, padding included: a short sentence weighs less.

        Args:
            pred: logits, (batch, steps, vocab_size).
            label: indices of the right words, (batch, steps).
            valid_len: (batch,). A sequence of length 0 has loss 0.

        Returns:
            The losses, (batch,), of pred's dtype.
        """
        raise NotImplementedError  # write your code here


def predict_seq2seq(
    net: nn.Module,
    src_sentence: str,
    src_vocab: Any,
    tgt_vocab: Any,
    num_steps: int,
    device: torch.device,
    save_attention_weights: bool = False,
) -> tuple[str, list[Any]]:
    """Translate one sentence, taking the likeliest word at every step (D2L 9.7.5).

    The net is put into evaluation mode. The encoder reads the words of the sentence (in lower case, split at spaces)
    and <eos>, padded or cut to num_steps. The decoder reads <bos> first, then each word that it has just predicted,
    until that is <eos> or num_steps words are there.

    Args:
        net: a module with `encoder(X, valid_len)`, `decoder.init_state(enc_outputs, valid_len)` and
            `decoder(X, state)`, which gives (logits, state). X is (1, steps) of dtype long; valid_len, (1,), is the
            number of words of the sentence and <eos>.
        src_sentence: words and punctuation, separated by single spaces.
        src_vocab, tgt_vocab: vocab[word] is an index, vocab[list of words] a list of indices; vocab.to_tokens(list of
            indices) a list of words. Both have <pad>, <bos>, <eos>, not necessarily at the same index.
        num_steps: the length of the encoder's input, and the most words to predict.
        device: where the inputs are made.
        save_attention_weights: whether to note `decoder.attention_weights` after every step of the decoder.

    Returns:
        The predicted words joined by spaces, without <eos>; and the list of what was noted, empty unless asked for.
    """
    raise NotImplementedError  # write your code here


def bleu(pred_seq: str, label_seq: str, k: int) -> float:
    """The book's BLEU score of a prediction (after Papineni et al., 2002; D2L 9.7.6).

        exp(min(0, 1 - len_label / len_pred)) * product over n = 1..k of p_n^(1 / 2^n)

    p_n is the precision of the n-grams: those of the prediction that the label has, too, by the number of n-grams of
    the prediction. An n-gram matches at most as often as it occurs in the label.

    Args:
        pred_seq, label_seq: tokens separated by single spaces. (As with str.split(" "), an empty string has one
            token, which is empty.)
        k: the longest n-grams to count, from 1 on.

    Returns:
        The score, from 0 to 1. A prediction of fewer than k tokens scores 0. (The book's code divides by zero there;
        the check of it costs no points.)
    """
    raise NotImplementedError  # write your code here
