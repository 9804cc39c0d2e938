"""ch57 Long short-term memory.

D2L section 9.2 (chapter_recurrent-modern/lstm.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: what the book's notebook has at hand.
d2l = SimpleNamespace(zeros=torch.zeros)


def get_lstm_params(vocab_size: int, num_hiddens: int, device: torch.device) -> list[Tensor]:
    """The parameters of an LSTM language model: an LSTM, then a linear layer (D2L 9.2.2).

    Weights are drawn from a normal distribution with mean 0 and standard deviation 0.01; biases are zeros.

    Args:
        vocab_size: inputs are one-hot vectors and outputs are logits, so both have this size.
        num_hiddens: the size of the hidden state and of the memory cell.
        device: where the parameters are to live.

    Returns:
        Fourteen leaf tensors that require gradients, in this order:

            W_xi, W_hi, b_i    the input gate
            W_xf, W_hf, b_f    the forget gate
            W_xo, W_ho, b_o    the output gate
            W_xc, W_hc, b_c    the candidate memory
            W_hq, b_q          the output

        W_x* is (vocab_size, num_hiddens), W_h* is (num_hiddens, num_hiddens), b_* is (num_hiddens,), W_hq is
        (num_hiddens, vocab_size), b_q is (vocab_size,).
    """
    raise NotImplementedError  # write your code here


def init_lstm_state(batch_size: int, num_hiddens: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The hidden state and the memory cell before the first step (D2L 9.2.2).

    Returns:
        (H, C): two tensors of zeros, each (batch_size, num_hiddens), on the device. They share no memory.
    """
    raise NotImplementedError  # write your code here


def lstm(
    inputs: Tensor, state: tuple[Tensor, Tensor], params: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """An LSTM over a whole sequence, with its outputs (Hochreiter and Schmidhuber, 1997; D2L 9.2).

        I  = sigmoid(X @ W_xi + H @ W_hi + b_i)
        F  = sigmoid(X @ W_xf + H @ W_hf + b_f)
        O  = sigmoid(X @ W_xo + H @ W_ho + b_o)
        C~ = tanh(X @ W_xc + H @ W_hc + b_c)
        C  = F * C + I * C~
        H  = O * tanh(C)
        Y  = H @ W_hq + b_q

    In the first five lines H and, on the right, C are those of the step before.

    Args:
        inputs: (steps, batch, vocab_size), time first.
        state: (H, C), each (batch, num_hiddens).
        params: fourteen tensors, in the order of `get_lstm_params`.

    Returns:
        The outputs of all steps one below the other, (steps * batch, vocab_size): first those of the whole batch at
        the first step; and (H, C) after the last step.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def to_torch_lstm(params: Sequence[Tensor]) -> dict[str, Tensor]:
    """The state dict of a torch.nn.LSTM(vocab_size, num_hiddens) that gives the same hidden states.

    torch stacks the gates as input, forget, cell (the candidate) and output, one below the other; it has a row for
    each output, and two biases for every gate, which it adds up.

    Args:
        params: fourteen tensors, in the order of `get_lstm_params`; the last two have no place in torch.nn.LSTM.

    Returns:
        weight_ih_l0 (4 * num_hiddens, vocab_size), weight_hh_l0 (4 * num_hiddens, num_hiddens), and bias_ih_l0 and
        bias_hh_l0, both (4 * num_hiddens,): one has the biases, the other is zeros.

    Source: the documentation of torch.nn.LSTM.
    """
    raise NotImplementedError  # write your code here
