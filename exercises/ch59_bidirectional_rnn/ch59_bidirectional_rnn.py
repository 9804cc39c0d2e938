"""ch59 Bidirectional recurrent networks.

See D2L 9.4 (chapter_recurrent-modern/bi-rnn.md).
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def birnn(inputs: Tensor, fwd: Sequence[Tensor], bwd: Sequence[Tensor]) -> Tensor:
    """Return the hidden states of a bidirectional recurrent layer (Schuster and Paliwal, 1997; D2L 9.4.2).

        F[t] = tanh(X[t] @ W_xh + F[t - 1] @ W_hh + b_h)    with the parameters fwd
        B[t] = tanh(X[t] @ W_xh + B[t + 1] @ W_hh + b_h)    with the parameters bwd
        H[t] = F[t] and B[t] side by side, F[t] on the left

    F before the first step and B after the last step are zeros. Works in float32 and float64. Gradients flow to all
    arguments. The arguments stay unchanged and need not be contiguous in memory.

    Args:
        inputs: (steps, batch, inputs), time first.
        fwd: a list or tuple with (W_xh, W_hh, b_h) of the forward direction: (inputs, hiddens), (hiddens, hiddens),
            (hiddens,).
        bwd: the same for the backward direction. Its number of hidden units may differ.

    Returns:
        H, (steps, batch, h), where h is the number of hidden units of both directions together.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def reverse_padded(X: Tensor, valid_len: Tensor) -> Tensor:
    """Return padded sequences in reverse order, each reversed within its own length.

        result[i, t] = X[i, valid_len[i] - 1 - t]    for t < valid_len[i]
                       X[i, t]                       otherwise: the padding stays in place

    The backward direction of a network reads its sequences in this order. Gradients flow to X. The arguments stay
    unchanged and need not be contiguous in memory.

    Args:
        X: (batch, steps, features), of any dtype.
        valid_len: (batch,), integers of any type, from 0 to steps.

    Returns:
        A new tensor with the shape and dtype of X.
    """
    raise NotImplementedError  # write your code here


def hmm_forward_backward(pi: Tensor, A: Tensor, B: Tensor, obs: Sequence[int]) -> Tensor:
    """Return the probabilities of the hidden states of a hidden Markov model, given all observations (D2L 9.4.1).

    Use dynamic programming, as in Rabiner (1989): messages pass forward and backward along the sequence. The result of
    step t is proportional to a product of three: the forward message, the backward message, and the likelihood of x_t.
    Neither message contains x_t. The work
    grows with steps, not with states ** steps. The function leaves its arguments unchanged.

    Args:
        pi: (states,), pi[i] = P(h_1 = i). The three tensors have the same dtype, float32 or float64. They need not be
            contiguous in memory, and their entries may be zero.
        A: (states, states), A[i, j] = P(h_{t + 1} = j | h_t = i).
        B: (states, symbols), B[i, k] = P(x_t = k | h_t = i).
        obs: a list or tuple of one or more observed symbols, x_1, ..., x_T. Thousands of symbols must not underflow.

    Returns:
        (T, states), with the dtype of pi, A and B. Row t has P(h_t = i | x_1, ..., x_T) for all i, and sums to 1.

    Raises:
        ValueError: the observations have probability zero.
    """
    raise NotImplementedError  # write your code here


def leaks_future(step_fn: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    """Return whether a model sees the future: can a change of a later input change an earlier output?

    A model that predicts the next word must not see the future; a model that fills gaps may. (D2L 9.4.3 trains a
    bidirectional model to predict the next word: its perplexity is excellent, and its predictions are useless.) The
    function leaves x unchanged.

    Args:
        step_fn: a function without randomness, from inputs (steps, ...) to outputs (steps, ...), time first. The
            output of a step may depend on any input of the same step, such as other examples of the batch. That is no
            leak.
        x: the inputs to test with, (steps, ...), float32 or float64. They may be zeros, and they need not be
            contiguous in memory. A single step has no future.

    Returns:
        True or False. A leak between any two steps counts. An absolute difference below 1e-6 may count as a rounding
        error.
    """
    raise NotImplementedError  # write your code here
