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

# GIVEN ch60: truncate_pad

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
        # BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, embed_size)
        # WRONG embedding-sizes-swapped: self.embedding = nn.Embedding(embed_size, vocab_size)
        self.rnn = nn.GRU(embed_size, num_hiddens, num_layers, dropout=dropout)
        # WRONG dropout-forgotten: self.rnn = nn.GRU(embed_size, num_hiddens, num_layers)
        # WRONG one-layer-always: self.rnn = nn.GRU(embed_size, num_hiddens, dropout=dropout)
        # WRONG gru-sizes-swapped: self.rnn = nn.GRU(num_hiddens, embed_size, num_layers, dropout=dropout)
        # WRONG batch-first-and-permuted:
        #     self.rnn = nn.GRU(embed_size, num_hiddens, num_layers, dropout=dropout, batch_first=True)
        # END SOLUTION

    def forward(self, X: Tensor, *args: Any) -> tuple[Tensor, Tensor]:
        """Read whole sentences, starting from a state of zeros.

        Args:
            X: word indices, (batch, steps). They need not be contiguous in memory.
            args: ignored. Other encoders take the valid lengths here.

        Returns:
            The outputs of the top layer at all steps, (steps, batch, num_hiddens), with the time axis first, and the
            state of all layers after the last step, (num_layers, batch, num_hiddens).
        """
        # BEGIN SOLUTION
        words = self.embedding(X).transpose(0, 1)
        # WRONG batch-taken-for-time: words = self.embedding(X)
        # WRONG outputs-batch-first: outputs, state = self.rnn(self.embedding(X).transpose(0, 1))
        return self.rnn(words)
        # WRONG outputs-batch-first: return outputs.transpose(0, 1), state
        # WRONG state-of-the-top-layer:
        #     outputs, state = self.rnn(words)
        #     return outputs, state[-1:]
        # WRONG encoder-results-swapped:
        #     outputs, state = self.rnn(words)
        #     return state, outputs
        # WRONG last-output-alone:
        #     outputs, state = self.rnn(words)
        #     return outputs[-1], state
        # WRONG encoder-outputs-alone: return self.rnn(words)[0]
        # END SOLUTION


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
        # BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, num_layers, dropout=dropout)
        # WRONG decoder-without-dropout: self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, num_layers)
        # WRONG no-context: self.rnn = nn.GRU(embed_size, num_hiddens, num_layers, dropout=dropout)
        # WRONG no-room-for-the-context: self.rnn = nn.GRU(embed_size, num_hiddens, num_layers, dropout=dropout)
        # WRONG decoder-one-layer-always: self.rnn = nn.GRU(embed_size + num_hiddens, num_hiddens, dropout=dropout)
        self.dense = nn.Linear(num_hiddens, vocab_size)
        # WRONG dense-sizes-swapped: self.dense = nn.Linear(vocab_size, num_hiddens)
        # END SOLUTION

    def init_state(self, enc_outputs: Any, *args: Any) -> Tensor:
        """Return the first state: the state in the encoder's (outputs, state). Further arguments are ignored."""
        # BEGIN SOLUTION
        return enc_outputs[1]
        # WRONG outputs-for-a-state: return enc_outputs[0]
        # WRONG pair-for-a-state: return enc_outputs
        # WRONG first-state-of-the-top-layer: return enc_outputs[1][-1]
        # END SOLUTION

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
        # BEGIN SOLUTION
        words = self.embedding(X).transpose(0, 1)
        # WRONG batch-before-time: words = self.embedding(X)
        context = state[-1].expand(len(words), -1, -1)
        # WRONG context-from-the-first-layer: context = state[0].expand(len(words), -1, -1)
        # WRONG context-at-the-first-step-only:
        #     context = torch.cat([state[-1:], torch.zeros_like(state[-1:]).repeat(len(words) - 1, 1, 1)])
        outputs, state = self.rnn(torch.cat([words, context], dim=2), state)
        # WRONG context-before-the-word: outputs, state = self.rnn(torch.cat([context, words], dim=2), state)
        # WRONG no-context: outputs, state = self.rnn(words, state)
        # WRONG state-left-out: outputs, state = self.rnn(torch.cat([words, context], dim=2))
        # WRONG old-state-returned: outputs, _ = self.rnn(torch.cat([words, context], dim=2), state)
        # WRONG context-for-the-state:
        #     outputs, state = self.rnn(torch.cat([words, context], dim=2), context[:1].repeat(len(state), 1, 1))
        logits = self.dense(outputs).transpose(0, 1)
        # WRONG logits-time-first: logits = self.dense(outputs)
        # WRONG reshaped-for-batch-first: logits = self.dense(outputs).reshape(*X.shape, -1)
        # WRONG last-step-alone: logits = self.dense(outputs[-1:]).transpose(0, 1)
        # WRONG softmax-in-the-decoder: logits = self.dense(outputs).transpose(0, 1).softmax(dim=2)
        # WRONG dense-left-out: logits = outputs.transpose(0, 1)
        # WRONG log-softmax-in-the-decoder: logits = self.dense(outputs).transpose(0, 1).log_softmax(dim=2)
        return logits, state
        # WRONG logits-alone: return logits
        # WRONG state-first: return state, logits
        # END SOLUTION


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
    # BEGIN SOLUTION
    steps = torch.arange(X.shape[1], device=X.device)
    # WRONG last-axis-for-steps: steps = torch.arange(X.shape[-1], device=X.device)
    # WRONG batch-for-steps: steps = torch.arange(X.shape[0], device=X.device)
    padding = steps[None, :] >= valid_len[:, None]
    # WRONG one-step-too-many: padding = steps[None, :] > valid_len[:, None]
    # WRONG valid-part-masked: padding = steps[None, :] < valid_len[:, None]
    # WRONG one-step-too-few: padding = steps[None, :] >= valid_len[:, None] - 1
    # WRONG longest-for-all: padding = (steps[None, :] >= valid_len.max()).expand(len(X), -1)
    # WRONG lengths-not-a-column: padding = (steps[None, :] >= valid_len).expand(X.shape[:2])
    # WRONG one-length-for-all: padding = (steps[None, :] >= valid_len[0]).expand(len(X), -1)
    X = X.clone()
    # WRONG mask-without-further-axes:
    X[padding] = value
    # WRONG always-zero: X[padding] = 0
    # WRONG mask-without-further-axes: X = X.masked_fill(padding, value)
    return X
    # WRONG multiplied-by-the-mask, 3 lines:
    #     kept = (~padding).reshape(padding.shape + (1,) * (X.dim() - 2))
    #     return X * kept
    # WRONG mask-for-the-entries: return ~padding
    # END SOLUTION


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
        # BEGIN SOLUTION
        weights = sequence_mask(torch.ones_like(label), valid_len)
        # WRONG labels-masked: weights = torch.ones_like(label)
        # WRONG logits-masked: weights = torch.ones_like(label)
        losses = F.cross_entropy(pred.transpose(1, 2), label, reduction="none")
        # WRONG labels-masked:
        #     losses = F.cross_entropy(pred.transpose(1, 2), sequence_mask(label, valid_len), reduction="none")
        # WRONG softmax-twice: losses = F.cross_entropy(pred.softmax(dim=2).transpose(1, 2), label, reduction="none")
        # WRONG classes-last: losses = F.cross_entropy(pred, label, reduction="none")
        # WRONG reshaped-for-the-loss:
        #     losses = F.cross_entropy(
        #         pred.reshape(len(pred), pred.shape[2], pred.shape[1]), label, reduction="none"
        #     )
        # WRONG averaged-at-once: losses = F.cross_entropy(pred.transpose(1, 2), label)
        # WRONG logits-for-log-probabilities: losses = F.nll_loss(pred.transpose(1, 2), label, reduction="none")
        # WRONG log-after-softmax:
        #     losses = F.nll_loss(pred.softmax(dim=2).log().transpose(1, 2), label, reduction="none")
        # WRONG logits-masked:
        #     losses = F.cross_entropy(sequence_mask(pred.clone(), valid_len).transpose(1, 2), label, reduction="none")
        # WRONG probability-of-the-word:
        #     losses = F.nll_loss(pred.softmax(dim=2).transpose(1, 2), label, reduction="none")
        # Padding has weight 0, but counts in the mean: the book divides by all steps.
        return (losses * weights).mean(dim=1)
        # WRONG averaged-over-valid-steps: return (losses * weights).sum(dim=1) / valid_len.clamp(min=1)
        # WRONG padding-counted: return losses.mean(dim=1)
        # WRONG mean-over-the-batch: return (losses * weights).mean()
        # WRONG summed-over-the-steps: return (losses * weights).sum(dim=1)
        # WRONG averaged-over-the-sequences: return (losses * weights).mean(dim=0)
        # WRONG loss-of-each-step: return losses * weights
        # WRONG losses-of-all-valid-steps: return (losses * weights).sum() / valid_len.sum()
        # END SOLUTION


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
    # BEGIN SOLUTION
    net.eval()
    # WRONG predicts-in-training-mode:
    source = src_vocab[src_sentence.lower().split(" ")] + [src_vocab["<eos>"]]
    # WRONG source-without-an-end: source = src_vocab[src_sentence.lower().split(" ")]
    # WRONG capitals-kept: source = src_vocab[src_sentence.split(" ")] + [src_vocab["<eos>"]]
    # WRONG sentence-not-split: source = src_vocab[src_sentence.lower()] + [src_vocab["<eos>"]]
    # WRONG source-with-a-start:
    #     source = [src_vocab["<bos>"]] + src_vocab[src_sentence.lower().split(" ")] + [src_vocab["<eos>"]]
    # WRONG source-in-the-target-vocabulary: source = tgt_vocab[src_sentence.lower().split(" ")] + [tgt_vocab["<eos>"]]
    valid_len = torch.tensor([len(source)], device=device)
    # WRONG length-with-padding: valid_len = torch.tensor([num_steps], device=device)
    # WRONG length-without-the-end: valid_len = torch.tensor([len(source) - 1], device=device)
    source = truncate_pad(source, num_steps, src_vocab["<pad>"])
    # WRONG padding-of-the-target: source = truncate_pad(source, num_steps, tgt_vocab["<pad>"])
    # WRONG source-not-padded:
    # WRONG source-read-backwards: source = truncate_pad(source[::-1], num_steps, src_vocab["<pad>"])
    predicted, attention = [], []
    # WRONG start-in-the-output: predicted, attention = [tgt_vocab["<bos>"]], []
    with torch.no_grad():
        enc_outputs = net.encoder(torch.tensor([source], device=device), valid_len)
        # WRONG sentence-without-a-batch: enc_outputs = net.encoder(torch.tensor(source, device=device), valid_len)
        state = net.decoder.init_state(enc_outputs, valid_len)
        # WRONG no-length-for-the-decoder: state = net.decoder.init_state(enc_outputs)
        word = torch.tensor([[tgt_vocab["<bos>"]]], device=device)
        # WRONG start-of-the-source: word = torch.tensor([[src_vocab["<bos>"]]], device=device)
        for _ in range(num_steps):
            # WRONG one-word-too-few: for _ in range(num_steps - 1):
            # WRONG one-word-too-many: for _ in range(num_steps + 1):
            logits, state = net.decoder(word, state)
            # WRONG reads-the-start-again:
            #     logits, state = net.decoder(torch.tensor([[tgt_vocab["<bos>"]]], device=device), state)
            # WRONG state-not-passed-on: logits, _ = net.decoder(word, state)
            word = logits.argmax(dim=2)  # what the decoder reads next
            if save_attention_weights:
                # WRONG attention-always: if True:
                # WRONG attention-without-the-end: if save_attention_weights and word.item() != tgt_vocab["<eos>"]:
                attention.append(net.decoder.attention_weights)
                # WRONG attention-of-the-last-step: attention = [net.decoder.attention_weights]
            if word.item() == tgt_vocab["<eos>"]:
                # WRONG end-in-the-output:
                #     predicted.append(word.item())
                #     if word.item() == tgt_vocab["<eos>"]:
                # WRONG end-of-the-source: if word.item() == src_vocab["<eos>"]:
                break
                # WRONG goes-on-after-the-end: continue
            predicted.append(word.item())
            # WRONG end-in-the-output:
    return " ".join(tgt_vocab.to_tokens(predicted)), attention
    # WRONG words-run-together: return "".join(tgt_vocab.to_tokens(predicted)), attention
    # WRONG words-not-joined: return tgt_vocab.to_tokens(predicted), attention
    # WRONG indices-joined: return " ".join(str(i) for i in predicted), attention
    # WRONG translation-alone: return " ".join(tgt_vocab.to_tokens(predicted))
    # WRONG words-of-the-source: return " ".join(src_vocab.to_tokens(predicted)), attention
    # WRONG attention-first: return attention, " ".join(tgt_vocab.to_tokens(predicted))
    # END SOLUTION


# BEGIN SOLUTION


def _ngrams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    """Count the runs of n tokens."""
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
    # WRONG ngrams-run-together: return Counter("".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
    # WRONG last-ngram-missing: return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n))


# END SOLUTION


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
    # BEGIN SOLUTION
    pred_tokens, label_tokens = pred_seq.split(" "), label_seq.split(" ")
    # WRONG letters-for-words: pred_tokens, label_tokens = list(pred_seq), list(label_seq)
    # WRONG prediction-and-label-swapped: label_tokens, pred_tokens = pred_seq.split(" "), label_seq.split(" ")
    if len(pred_tokens) < k:
        return 0.0
    score = math.exp(min(0, 1 - len(label_tokens) / len(pred_tokens)))
    # WRONG long-output-rewarded: score = math.exp(1 - len(label_tokens) / len(pred_tokens))
    # WRONG long-output-punished: score = math.exp(min(0, 1 - len(pred_tokens) / len(label_tokens)))
    # WRONG no-penalty: score = 1.0
    # WRONG no-exponential: score = min(1, len(pred_tokens) / len(label_tokens))
    # WRONG length-of-the-strings: score = math.exp(min(0, 1 - len(label_seq) / max(1, len(pred_seq))))
    # WRONG penalty-of-the-difference: score = math.exp(min(0, len(pred_tokens) - len(label_tokens)))
    for n in range(1, k + 1):
        # WRONG longest-ngrams-missing: for n in range(1, k):
        # WRONG longest-ngrams-alone: for n in range(k, k + 1):
        in_pred, in_label = _ngrams(pred_tokens, n), _ngrams(label_tokens, n)
        matches = sum((in_pred & in_label).values())
        # WRONG no-clipping: matches = sum(count for run, count in in_pred.items() if run in in_label)
        # WRONG each-ngram-once: matches = len(in_pred & in_label)
        score *= (matches / sum(in_pred.values())) ** 0.5**n
        # WRONG equal-weights: score *= (matches / sum(in_pred.values())) ** (1 / k)
        # WRONG recall-for-precision: score *= (matches / max(1, sum(in_label.values()))) ** 0.5**n
        # WRONG no-exponents: score *= matches / sum(in_pred.values())
        # WRONG exponent-of-2n: score *= (matches / sum(in_pred.values())) ** (1 / (2 * n))
        # WRONG exponents-one-too-early: score *= (matches / sum(in_pred.values())) ** 0.5 ** (n - 1)
        # WRONG tokens-for-ngrams: score *= (matches / len(pred_tokens)) ** 0.5**n
        # WRONG different-ngrams-counted: score *= (matches / len(in_pred)) ** 0.5**n
        # WRONG precisions-added: score += (matches / sum(in_pred.values())) ** 0.5**n
        # WRONG exponents-that-grow: score *= (matches / sum(in_pred.values())) ** (0.5 * n)
        # WRONG exponents-not-inverse: score *= (matches / sum(in_pred.values())) ** (2**n)
        # WRONG exponents-of-n: score *= (matches / sum(in_pred.values())) ** (1 / n)
    return score
    # END SOLUTION
