"""ch62 Sequence to sequence: encoder, decoder, masked loss, prediction and BLEU.

See D2L 9.7 (chapter_recurrent-modern/seq2seq.md).
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
    """Return a line truncated or padded to length num_steps (D2L 9.5.4)."""
    return line[:num_steps] + [padding_token] * (num_steps - len(line))


d2l = SimpleNamespace(Encoder=nn.Module, Decoder=nn.Module, concat=torch.cat, truncate_pad=truncate_pad)


class Seq2SeqEncoder(nn.Module):
    """The encoder: an embedding followed by a GRU (Sutskever, Vinyals and Le, 2014; D2L 9.7.1).

    Gradients flow to all parameters. The encoder also works in float64.

    Attributes:
        embedding: nn.Embedding, from vocab_size words to embed_size numbers.
        rnn: nn.GRU with num_layers layers, from embed_size to num_hiddens, with dropout between its layers. It is not
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
        """Read whole sentences, starting from a state of zeros.

        Args:
            X: word indices, (batch, steps). They need not be contiguous in memory.
            args: ignored. Other encoders take the valid lengths here.

        Returns:
            The outputs of the top layer at all steps, (steps, batch, num_hiddens), with the time axis first, and the
            state of all layers after the last step, (num_layers, batch, num_hiddens).
        """
        raise NotImplementedError  # write your code here


class Seq2SeqDecoder(nn.Module):
    """The decoder: a GRU that also reads a context at each step (Cho et al., 2014; D2L 9.7.2).

    Gradients flow to the state and all parameters. The decoder also works in float64.

    Attributes:
        embedding: nn.Embedding, from vocab_size words to embed_size numbers.
        rnn: nn.GRU with num_layers layers, from embed_size + num_hiddens (first the word, then the context) to
            num_hiddens, with dropout between its layers. It is not batch_first.
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
        """Return the first state: the state in the encoder's (outputs, state). Further arguments are ignored."""
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Read the words of X one by one and predict the next word at each step.

        The context is the top layer of the state argument. It is the same at all steps of this call. The method leaves
        its arguments unchanged.

        Args:
            X: word indices, (batch, steps).
            state: (num_layers, batch, num_hiddens). X and state need not be contiguous in memory.

        Returns:
            The logits, (batch, steps, vocab_size), with the batch axis first, and the state after the last step, with
            the shape of state.
        """
        raise NotImplementedError  # write your code here


def sequence_mask(X: Tensor, valid_len: Tensor, value: float = 0) -> Tensor:
    """Return X with the entries beyond the valid length of each sequence replaced by value (D2L 9.7.3).

        result[i, t] = X[i, t]    if t < valid_len[i]
                       value      otherwise

    Gradients flow to X. The entries beyond the valid length may be inf or NaN.

    Args:
        X: (batch, steps) or (batch, steps, ...), floats or integers. A step is masked with all further axes. X need not
            be contiguous in memory.
        valid_len: (batch,), integers or whole floats from 0 on. They may be larger than the number of steps. The
            function leaves them unchanged.
        value: the number that replaces the padding.

    Returns:
        A tensor with the shape, dtype and device of X. The book changes X itself and returns it; your code may do so,
        too. Bonus (no points): the function does not depend on the default device of torch.
    """
    raise NotImplementedError  # write your code here


class MaskedSoftmaxCELoss(nn.CrossEntropyLoss):
    """The softmax cross-entropy loss without the padding, computed with your `sequence_mask` (D2L 9.7.3)."""

    def forward(self, pred: Tensor, label: Tensor, valid_len: Tensor) -> Tensor:
        """Return the loss of each sequence.

            loss[i] = sum_{t < valid_len[i]} cross_entropy(pred[i, t], label[i, t]) / steps

        The sum is divided by the number of all steps, with the padding, so a short sentence weighs less. The loss is
        finite for logits in the thousands. Gradients flow to pred. The method leaves its arguments unchanged.

        Args:
            pred: logits, (batch, steps, vocab_size), float32 or float64. They need not be contiguous in memory.
            label: the indices of the right words, (batch, steps).
            valid_len: (batch,). A sequence of length 0 has loss 0.

        Returns:
            The losses, (batch,), with the dtype of pred.
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
    """Translate a sentence; predict the most likely word at each step (D2L 9.7.5).

    The function puts net into evaluation mode. The encoder reads the words of the sentence (in lower case, split at
    spaces) and <eos>, padded or truncated to num_steps. The decoder reads <bos> first, and then each word that it has
    just predicted. It stops after <eos> or after num_steps words.

    Args:
        net: a module with `encoder(X, valid_len)`, `decoder.init_state(enc_outputs, valid_len)` and
            `decoder(X, state)`, which returns (logits, state). X is (1, steps) of dtype long; valid_len, (1,), is the
            number of words of the sentence and <eos>, before the sentence is truncated or after.
        src_sentence: words and punctuation, separated by single spaces.
        src_vocab, tgt_vocab: vocab[word] is an index; an unknown word has that of <unk>. vocab[list of words] is a list
            of indices; vocab.to_tokens(list of indices) is a list of words. Both have <pad>, <bos> and <eos>, not
            necessarily at the same index.
        num_steps: the length of the encoder's input, and the largest number of words to predict.
        device: the device of the inputs.
        save_attention_weights: whether to record `decoder.attention_weights` after each step of the decoder, also after
            the step that predicts <eos>.

    Returns:
        The predicted words joined by spaces, without <eos>, and the list of the recorded weights. The list is empty if
        save_attention_weights is False.
    """
    raise NotImplementedError  # write your code here


def bleu(pred_seq: str, label_seq: str, k: int) -> float:
    """Return the book's BLEU score of a prediction (after Papineni et al., 2002; D2L 9.7.6).

        exp(min(0, 1 - len_label / len_pred)) * prod_{n = 1..k} p_n^(1 / 2^n)

    p_n is the precision of the n-grams: the number of n-grams of the prediction that match, divided by the number of
    all its n-grams. An n-gram matches at most as often as it occurs in the label.

    Args:
        pred_seq, label_seq: tokens separated by single spaces. An empty string has a single, empty token, as with
            str.split(" ").
        k: the length of the longest n-grams, at least 1.

    Returns:
        The score, from 0 to 1. Bonus (no points): a prediction of fewer than k tokens scores 0; the book's code divides
        by zero.
    """
    raise NotImplementedError  # write your code here
