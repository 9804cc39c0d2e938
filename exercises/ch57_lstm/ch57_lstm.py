"""ch57 Long short-term memory.

D2L section 9.2 (chapter_recurrent-modern/lstm.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: helpers of the book's notebook.
d2l = SimpleNamespace(zeros=torch.zeros)


def get_lstm_params(vocab_size: int, num_hiddens: int, device: torch.device) -> list[Tensor]:
    """Return new parameters of an LSTM language model: an LSTM and a linear output layer (D2L 9.2.2).

    Weights are drawn independently from a normal distribution with mean 0 and standard deviation 0.01. Biases are
    zeros. Each call draws new weights.

    Args:
        vocab_size: the size of the inputs (one-hot vectors) and of the outputs (logits).
        num_hiddens: the size of the hidden state and of the memory cell.
        device: the device of the parameters.

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
    """Return the hidden state and the memory cell before the first step (D2L 9.2.2).

    Returns:
        (H, C): two tensors of zeros, each (batch_size, num_hiddens), on the device. They share no memory.
    """
    raise NotImplementedError  # write your code here


def lstm(
    inputs: Tensor, state: tuple[Tensor, Tensor], params: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return the outputs and the last state of an LSTM on a sequence (Hochreiter and Schmidhuber, 1997; D2L 9.2).

        I  = sigmoid(X @ W_xi + H @ W_hi + b_i)
        F  = sigmoid(X @ W_xf + H @ W_hf + b_f)
        O  = sigmoid(X @ W_xo + H @ W_ho + b_o)
        C~ = tanh(X @ W_xc + H @ W_hc + b_c)
        C  = F * C + I * C~
        H  = O * tanh(C)
        Y  = H @ W_hq + b_q

    The first four lines read the H of the step before, and the fifth line reads the C of the step before. The last two
    lines read the new C and the new H.

    Leaves its arguments unchanged. Works in float32 and float64; tensors may be non-contiguous. Large inputs cause no
    overflow. Gradients flow back through all steps to inputs, state and params.

    Args:
        inputs: (steps, batch, vocab_size), time first.
        state: (H, C), each (batch, num_hiddens).
        params: fourteen tensors, in the order of `get_lstm_params`.

    Returns:
        The outputs, (steps * batch, vocab_size), and the state (H, C) after the last step. The rows of the outputs are
        those of the first step, one for each sequence, then those of the second step, and so on.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def to_torch_lstm(params: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return the state dict of a torch.nn.LSTM(vocab_size, num_hiddens) that gives the same hidden states.

    Torch stacks the gates from top to bottom: input, forget, cell (the candidate), output. Its matrices have a row for
    each output. It has two biases for each gate and adds them up. Works in float32 and float64. The parameters may
    require gradients; the function leaves them unchanged.

    Args:
        params: fourteen tensors, in the order of `get_lstm_params`. The last two have no place in torch.nn.LSTM.

    Returns:
        weight_ih_l0 (4 * num_hiddens, vocab_size), weight_hh_l0 (4 * num_hiddens, num_hiddens), and bias_ih_l0 and
        bias_hh_l0, both (4 * num_hiddens,). One of the two holds the biases, and the other is zeros. You choose which.

    Source: the documentation of torch.nn.LSTM.
    """
    raise NotImplementedError  # write your code here
