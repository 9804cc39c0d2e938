"""ch56 Gated recurrent units.

D2L section 9.1 (chapter_recurrent-modern/gru.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: helpers of the book's notebook.
d2l = SimpleNamespace(zeros=torch.zeros)


def get_params(vocab_size: int, num_hiddens: int, device: torch.device) -> list[Tensor]:
    """Return new parameters of a GRU language model: a GRU and a linear output layer (D2L 9.1.2).

    Weights are drawn independently from a normal distribution with mean 0 and standard deviation 0.01. Biases are
    zeros. Each call draws new weights.

    Args:
        vocab_size: the size of the inputs (one-hot vectors) and of the outputs (logits).
        num_hiddens: the size of the hidden state.
        device: the device of the parameters.

    Returns:
        Eleven leaf tensors that require gradients, in this order:

            W_xz, W_hz, b_z    the update gate
            W_xr, W_hr, b_r    the reset gate
            W_xh, W_hh, b_h    the candidate state
            W_hq, b_q          the output

        W_x* is (vocab_size, num_hiddens), W_h* is (num_hiddens, num_hiddens), b_* is (num_hiddens,), W_hq is
        (num_hiddens, vocab_size), b_q is (vocab_size,).
    """
    raise NotImplementedError  # write your code here


def init_gru_state(batch_size: int, num_hiddens: int, device: torch.device) -> tuple[Tensor]:
    """Return the state before the first step (D2L 9.1.2).

    Returns:
        A tuple of one tensor: zeros, (batch_size, num_hiddens), on the device. It is a tuple because an LSTM has two
        tensors: the same training loop then works for both.
    """
    raise NotImplementedError  # write your code here


def gru(inputs: Tensor, state: tuple[Tensor], params: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor]]:
    """Return the outputs and the last state of a GRU on a sequence (Cho et al., 2014; D2L 9.1).

        Z  = sigmoid(X @ W_xz + H @ W_hz + b_z)
        R  = sigmoid(X @ W_xr + H @ W_hr + b_r)
        H~ = tanh(X @ W_xh + (R * H) @ W_hh + b_h)
        H  = Z * H + (1 - Z) * H~
        Y  = H @ W_hq + b_q

    The first four lines read the H of the step before. The last line reads the new H. The reset gate acts on H before
    the matrix product. (In torch.nn.GRU it acts after the product, which is a different model: see `gru_cell_torch`.)

    Leaves its arguments unchanged. Works in float32 and float64; tensors may be non-contiguous. Large inputs cause no
    overflow. Gradients flow back through all steps to inputs, state and params.

    Args:
        inputs: (steps, batch, vocab_size), time first.
        state: (H,), with H (batch, num_hiddens).
        params: eleven tensors, in the order of `get_params`.

    Returns:
        The outputs, (steps * batch, vocab_size), and the state (H,) after the last step. The rows of the outputs are
        those of the first step, one for each sequence, then those of the second step, and so on.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def gru_cell_torch(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """Return the new state after one step of torch's GRU, as torch.nn.GRUCell does.

        r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
        z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))
        h' = (1 - z) * n + z * h

    The reset gate acts after the matrix product, and also on its bias. That is why torch keeps two biases. Leaves its
    arguments unchanged. Works in float32 and float64; tensors may be non-contiguous. Large inputs cause no overflow.
    Gradients flow to all arguments.

    Args:
        x: (batch, input_size), one row for each example.
        h: (batch, hidden_size).
        w_ih: (3 * hidden_size, input_size): W_ir, W_iz and W_in, stacked from top to bottom.
        w_hh: (3 * hidden_size, hidden_size): W_hr, W_hz and W_hn, stacked in the same way.
        b_ih, b_hh: (3 * hidden_size,), in the same order.

    Returns:
        h', (batch, hidden_size).

    Source: the documentation of torch.nn.GRUCell.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here
