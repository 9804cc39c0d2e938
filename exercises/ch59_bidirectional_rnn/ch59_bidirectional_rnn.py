"""ch59 Bidirectional recurrent networks.

D2L section 9.4 (chapter_recurrent-modern/bi-rnn.md).
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def birnn(inputs: Tensor, fwd: Sequence[Tensor], bwd: Sequence[Tensor]) -> Tensor:
    """The hidden states of a bidirectional recurrent layer (Schuster and Paliwal, 1997; D2L 9.4.2).

        F[t] = tanh(X[t] @ W_xh + F[t - 1] @ W_hh + b_h)    with the parameters fwd
        B[t] = tanh(X[t] @ W_xh + B[t + 1] @ W_hh + b_h)    with the parameters bwd
        H[t] = F[t] and, to the right of it, B[t]

    F before the first step and B after the last one are zeros.

    Args:
        inputs: (steps, batch, inputs), time first.
        fwd: (W_xh, W_hh, b_h) of the forward direction: (inputs, hiddens), (hiddens, hiddens), (hiddens,).
        bwd: those of the backward direction; its number of hidden units may be another one.

    Returns:
        H, (steps, batch, the hidden units of both directions).

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def reverse_padded(X: Tensor, valid_len: Tensor) -> Tensor:
    """Reverse padded sequences, each within its own length, as a backward direction has to read them.

        result[i, t] = X[i, valid_len[i] - 1 - t]    where t < valid_len[i]
                       X[i, t]                       elsewhere: the padding stays behind

    Args:
        X: (batch, steps, features), of any dtype.
        valid_len: (batch,), integers from 0 to steps.

    Returns:
        A new tensor of X's shape and dtype.
    """
    raise NotImplementedError  # write your code here


def hmm_forward_backward(pi: Tensor, A: Tensor, B: Tensor, obs: Sequence[int]) -> Tensor:
    """What all observations together tell of each hidden state of a hidden Markov model (Rabiner, 1989; D2L 9.4.1).

    By dynamic programming: messages go forward and backward along the sequence, and their product, with what is
    observed at the step itself, is proportional to the answer. The work grows with steps, not with states ** steps.

    Args:
        pi: (states,), pi[i] = P(h_1 = i).
        A: (states, states), A[i, j] = P(h_{t + 1} = j | h_t = i).
        B: (states, symbols), B[i, k] = P(x_t = k | h_t = i). Probabilities may be zero.
        obs: the symbols that are observed, x_1, ..., x_T: one or more. Thousands of them must not underflow.

    Returns:
        (T, states): row t has P(h_t = i | x_1, ..., x_T) for all i, and sums to 1. It has the dtype of pi, A and B.

    Raises:
        ValueError: the model cannot make these observations: their probability is zero.
    """
    raise NotImplementedError  # write your code here


def leaks_future(step_fn: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    """Whether a model sees the future: does changing a later input change an earlier output?

    A model that is to predict the next word must not; one that fills gaps may. (D2L 9.4.3 trains a bidirectional model
    to predict the next word: its perplexity is excellent, and its predictions are useless.)

    Args:
        step_fn: maps inputs (steps, ...) to outputs (steps, ...), time first, always in the same way. The output of a
            step may depend on the input of that same step, on all axes but the first.
        x: the inputs to try it at, (steps, ...), floats. It may be zeros. One step has no future.

    Returns:
        True or False. What the model does between some two steps alone counts, too. Differences of 1e-6 may be taken
        for rounding errors.
    """
    raise NotImplementedError  # write your code here
