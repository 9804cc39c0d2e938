"""ch58 Deep recurrent networks.

See D2L 9.3 (chapter_recurrent-modern/deep-rnn.md) and 8.6 (chapter_recurrent-neural-networks/rnn-concise.md).
"""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RNNModel(nn.Module):
    """A language model from a recurrent layer of torch and a linear layer on top of it (D2L 8.6.1).

    Args:
        rnn_layer: an nn.RNN, nn.GRU or nn.LSTM with vocab_size inputs and batch_first=False. It may have several
            layers, and it may be bidirectional.
        vocab_size: the size of the one-hot vectors that the layer reads, and of the logits.

    Attributes:
        rnn: rnn_layer itself, not a copy.
        vocab_size: as given.
        num_hiddens: the hidden_size of the layer.
        num_directions: 2 for a bidirectional layer, otherwise 1.
        linear: nn.Linear, from the layer's output at a step to vocab_size. The output of a bidirectional layer has the
            hidden states of both directions side by side.
    """

    def __init__(self, rnn_layer: nn.Module, vocab_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return the logits of the next word at every step, and the state after the last step.

        Gradients flow to the state and to all parameters. The arguments stay unchanged. Bonus (no points): if the
        model and the given state are float64, so are the logits. (The book's code is only for float32.)

        Args:
            inputs: word indices, (batch, steps), batch first, of any integer type. They need not be contiguous in
                memory.
            state: the state of the layer before the first step, in the form of `begin_state`.

        Returns:
            Logits, (steps * batch, vocab_size): all rows of the first step, then those of the second step, and so on;
            and the new state of the layer.
        """
        raise NotImplementedError  # write your code here

    def begin_state(self, device: torch.device, batch_size: int = 1) -> Any:
        """Return the state before the first step, on the given device.

        Returns:
            For nn.RNN and nn.GRU: zeros of shape (num_directions * num_layers, batch_size, num_hiddens), float32. For
                nn.LSTM: a tuple of two such tensors, H and C, which share no memory.
        """
        raise NotImplementedError  # write your code here


def deep_rnn(
    inputs: Tensor, states: Sequence[Tensor], params: Sequence[Sequence[Tensor]], W_hq: Tensor, b_q: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """Return the outputs and the last states of a recurrent network with several layers (D2L 9.3.1).

        H[0] = X                                                       the inputs of the step
        H[l] = tanh(H[l - 1] @ W_xh[l] + H'[l] @ W_hh[l] + b_h[l])     for each layer l = 1, ..., L
        Y    = H[L] @ W_hq + b_q

    H'[l] is the hidden state of layer l after the previous step. Works in float32 and float64. Gradients flow from the
    outputs to all arguments. The arguments stay unchanged and need not be contiguous in memory.

    Args:
        inputs: (steps, batch, inputs), time first.
        states: the first hidden state of each layer, from the lowest to the top layer, as a list, a tuple or a tensor.
            Each state is (batch, width of the layer). Layers may have different widths.
        params: a list or tuple with (W_xh, W_hh, b_h) for each layer, in the same order. W_xh is
            (width of the layer below, width); for the lowest layer it is (inputs, width). W_hh is (width, width), and
            b_h is (width,).
        W_hq: (width of the top layer, outputs).
        b_q: (outputs,).

    Returns:
        The outputs, (steps * batch, outputs): all rows of the first step, then those of the second step, and so on;
        and a new list of the layers' states after the last step.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def rnn_param_count(
    input_size: int,
    hidden_size: int,
    num_layers: int,
    kind: Literal["rnn", "gru", "lstm"],
    bidirectional: bool = False,
) -> int:
    """Return the number of parameters of torch's nn.RNN, nn.GRU or nn.LSTM, without creating the module.

    Each direction of a layer has a matrix for its inputs, a matrix for its hidden state, and two bias vectors, which
    torch adds. A GRU has three times as many parameters as a plain RNN, and an LSTM four times as many: one set for
    each gate and one for the candidate. The lowest layer reads the inputs. Every other layer reads the hidden states of
    all directions of the layer below.

    See the documentation of torch.nn.RNN, torch.nn.GRU and torch.nn.LSTM.

    Args:
        input_size, hidden_size, num_layers, bidirectional: as in torch's constructors.
        kind: "rnn", "gru" or "lstm".

    Returns:
        The number of parameters, an exact int of any size.

    Raises:
        ValueError: kind is something else.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here
