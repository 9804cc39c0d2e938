"""ch56 Gated recurrent units.

D2L section 9.1 (chapter_recurrent-modern/gru.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: what the book's notebook has at hand.
d2l = SimpleNamespace(zeros=torch.zeros)


def get_params(vocab_size: int, num_hiddens: int, device: torch.device) -> list[Tensor]:
    """The parameters of a GRU language model: a GRU, then a linear layer (D2L 9.1.2).

    Weights are drawn from a normal distribution with mean 0 and standard deviation 0.01; biases are zeros.

    Args:
        vocab_size: inputs are one-hot vectors and outputs are logits, so both have this size.
        num_hiddens: the size of the hidden state.
        device: where the parameters are to live.

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
    """The state before the first step (D2L 9.1.2).

    Returns:
        A tuple of one tensor: zeros, (batch_size, num_hiddens), on the device. (An LSTM's tuple has two; a training
        loop that passes on tuples works with both.)
    """
    raise NotImplementedError  # write your code here


def gru(inputs: Tensor, state: tuple[Tensor], params: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor]]:
    """A GRU over a whole sequence, with its outputs (Cho et al., 2014; D2L 9.1).

        Z  = sigmoid(X @ W_xz + H @ W_hz + b_z)
        R  = sigmoid(X @ W_xr + H @ W_hr + b_r)
        H~ = tanh(X @ W_xh + (R * H) @ W_hh + b_h)
        H  = Z * H + (1 - Z) * H~
        Y  = H @ W_hq + b_q

    Z, R, H~ and then H are those of this step; on the right stands the H of the step before. The reset gate acts on H
    before the matrix product. (torch.nn.GRU has it after: another model; see `gru_cell_torch`.)

    Args:
        inputs: (steps, batch, vocab_size), time first.
        state: (H,), with H (batch, num_hiddens).
        params: eleven tensors, in the order of `get_params`.

    Returns:
        The outputs of all steps one below the other, (steps * batch, vocab_size): first those of the whole batch at
        the first step; and (H,) after the last step.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def gru_cell_torch(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """One step of torch's GRU, as torch.nn.GRUCell computes it.

        r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
        z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))
        h' = (1 - z) * n + z * h

    The reset gate acts after the matrix product, and on its bias, too; so torch keeps two biases.

    Args:
        x: (batch, input_size), a row for each example.
        h: (batch, hidden_size).
        w_ih: (3 * hidden_size, input_size): W_ir, W_iz and W_in, one below the other.
        w_hh: (3 * hidden_size, hidden_size): W_hr, W_hz and W_hn, likewise.
        b_ih, b_hh: (3 * hidden_size,), in the same order.

    Returns:
        h', (batch, hidden_size).

    Source: the documentation of torch.nn.GRUCell.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here
