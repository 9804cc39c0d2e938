"""ch58 Deep recurrent networks.

See D2L 9.3 (chapter_recurrent-modern/deep-rnn.md) and 8.6 (chapter_recurrent-neural-networks/rnn-concise.md).
"""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# WRONG layer-copied:
#     import copy
#     from torch.nn import functional as F


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
        # BEGIN SOLUTION
        self.rnn = rnn_layer
        # WRONG layer-copied: self.rnn = copy.deepcopy(rnn_layer)
        self.vocab_size = vocab_size
        self.num_hiddens = rnn_layer.hidden_size
        self.num_directions = 2 if rnn_layer.bidirectional else 1
        # WRONG one-direction-always: self.num_directions = 1
        self.linear = nn.Linear(self.num_directions * self.num_hiddens, vocab_size)
        # WRONG linear-without-bias:
        #     self.linear = nn.Linear(self.num_directions * self.num_hiddens, vocab_size, bias=False)
        # WRONG one-direction-read: self.linear = nn.Linear(self.num_hiddens, vocab_size)
        # END SOLUTION

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
        # BEGIN SOLUTION
        words = F.one_hot(inputs.T.long(), self.vocab_size).to(self.linear.weight.dtype)
        # WRONG one-hot-of-integers: words = F.one_hot(inputs.T.long(), self.vocab_size)
        # WRONG indices-unchanged: words = inputs.T.to(self.linear.weight.dtype)
        # WRONG reshaped-for-transposed:
        #     words = F.one_hot(inputs.reshape(inputs.T.shape).long(), self.vocab_size).to(self.linear.weight.dtype)
        # WRONG indices-not-transposed: words = F.one_hot(inputs.long(), self.vocab_size).to(self.linear.weight.dtype)
        # WRONG only-long-indices: words = F.one_hot(inputs.T, self.vocab_size).to(self.linear.weight.dtype)
        hidden, state = self.rnn(words, state)
        # WRONG state-not-passed: hidden, state = self.rnn(words)
        # WRONG state-not-updated: hidden, _ = self.rnn(words, state)
        return self.linear(hidden.flatten(0, 1)), state
        # WRONG tanh-of-the-hidden-states: return self.linear(hidden.flatten(0, 1).tanh()), state
        # WRONG log-probabilities-returned: return self.linear(hidden.flatten(0, 1)).log_softmax(1), state
        # WRONG state-before-the-logits: return state, self.linear(hidden.flatten(0, 1))
        # WRONG logits-without-the-state: return self.linear(hidden.flatten(0, 1))
        # WRONG linear-of-one-hot-words: return self.linear(words.flatten(0, 1)), state
        # WRONG batch-first-logits: return self.linear(hidden.transpose(0, 1).flatten(0, 1)), state
        # WRONG one-direction-read: return self.linear(hidden.flatten(0, 1)[:, : self.num_hiddens]), state
        # WRONG probabilities-returned: return self.linear(hidden.flatten(0, 1)).softmax(1), state
        # WRONG logits-with-three-axes: return self.linear(hidden), state
        # WRONG last-step-alone: return self.linear(hidden[-1]), state
        # WRONG linear-left-out: return hidden.flatten(0, 1), state
        # WRONG hidden-detached: return self.linear(hidden.flatten(0, 1).detach()), state
        # END SOLUTION

    def begin_state(self, device: torch.device, batch_size: int = 1) -> Any:
        """Return the state before the first step, on the given device.

        Returns:
            For nn.RNN and nn.GRU: zeros of shape (num_directions * num_layers, batch_size, num_hiddens), float32. For
                nn.LSTM: a tuple of two such tensors, H and C, which share no memory.
        """
        # BEGIN SOLUTION
        shape = (self.num_directions * self.rnn.num_layers, batch_size, self.num_hiddens)
        # WRONG layers-not-multiplied-by-directions:
        #     shape = (self.num_directions + self.rnn.num_layers - 1, batch_size, self.num_hiddens)
        # WRONG directions-not-in-state: shape = (self.rnn.num_layers, batch_size, self.num_hiddens)
        # WRONG one-layer-in-state: shape = (self.num_directions, batch_size, self.num_hiddens)
        # WRONG batch-before-layers: shape = (batch_size, self.num_directions * self.rnn.num_layers, self.num_hiddens)
        # WRONG batch-size-ignored: shape = (self.num_directions * self.rnn.num_layers, 1, self.num_hiddens)
        # WRONG state-of-two-axes: shape = (batch_size, self.num_hiddens)
        H = torch.zeros(shape, device=device)
        # WRONG random-first-state: H = torch.ones(shape, device=device)
        # WRONG device-ignored: H = torch.zeros(shape)
        return (H, H.clone()) if isinstance(self.rnn, nn.LSTM) else H
        # WRONG lstm-state-in-a-list: return torch.stack([H, H]) if isinstance(self.rnn, nn.LSTM) else H
        # WRONG one-tensor-twice: return (H, H) if isinstance(self.rnn, nn.LSTM) else H
        # WRONG lstm-like-gru: return H
        # WRONG tuple-for-every-kind: return H, H.clone()
        # END SOLUTION


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
    """
    # BEGIN SOLUTION
    states = list(states)
    # WRONG first-states-returned:
    #     states = list(states)
    #     first = list(states)
    # WRONG always-from-zeros: states = [torch.zeros_like(H) for H in states]
    # WRONG list-written-into: states = states if isinstance(states, list) else list(states)
    outputs = []
    for X in inputs:
        # WRONG batch-first-inputs: for X in inputs.transpose(0, 1):
        H = X  # the input of the lowest layer
        # WRONG first-input-at-every-step: H = inputs[0]
        # WRONG layer-below-one-step-late: H, before = X, list(states)
        for layer, (W_xh, W_hh, b_h) in enumerate(params):
            # WRONG layers-in-reverse: for layer, (W_xh, W_hh, b_h) in reversed(list(enumerate(params))):
            # WRONG layers-share-parameters:
            #     for layer, (W_xh, W_hh, b_h) in enumerate(
            #         [params[0] if params[0][0].shape == p[0].shape else p for p in params]
            #     ):
            H = torch.tanh(H @ W_xh + states[layer] @ W_hh + b_h)
            # WRONG bias-twice: H = torch.tanh(H @ W_xh + b_h + states[layer] @ W_hh + b_h)
            # WRONG residual-between-layers: below, H = H, torch.tanh(H @ W_xh + states[layer] @ W_hh + b_h)
            # WRONG tanh-on-the-top-alone:
            #     H = H @ W_xh + states[layer] @ W_hh + b_h
            #     H = torch.tanh(H) if layer == len(params) - 1 else H
            # WRONG sigmoid-for-tanh: H = torch.sigmoid(H @ W_xh + states[layer] @ W_hh + b_h)
            # WRONG recurrent-weights-transposed: H = torch.tanh(H @ W_xh + states[layer] @ W_hh.T + b_h)
            # WRONG every-layer-reads-the-input:
            #     H = torch.tanh((X if len(W_xh) == X.shape[1] else H) @ W_xh + states[layer] @ W_hh + b_h)
            # WRONG layer-below-one-step-late:
            #     H = torch.tanh((before[layer - 1] if layer > 0 else H) @ W_xh + states[layer] @ W_hh + b_h)
            # WRONG upper-layers-forget:
            #     H = torch.tanh(H @ W_xh + (states[layer] if layer == 0 else 0 * states[layer]) @ W_hh + b_h)
            # WRONG no-tanh: H = H @ W_xh + states[layer] @ W_hh + b_h
            # WRONG relu-for-tanh: H = torch.relu(H @ W_xh + states[layer] @ W_hh + b_h)
            # WRONG hidden-bias-missing: H = torch.tanh(H @ W_xh + states[layer] @ W_hh)
            # WRONG no-layer-remembers: H = torch.tanh(H @ W_xh + b_h)
            # WRONG nothing-from-below: H = torch.tanh((H if layer == 0 else 0 * H) @ W_xh + states[layer] @ W_hh + b_h)
            states[layer] = H
            # WRONG residual-between-layers:
            #     states[layer] = H
            #     H = H + below if layer > 0 and H.shape == below.shape else H
            # WRONG state-of-the-layer-below: states = [H for _ in states]
            # WRONG states-not-stored: pass
            # WRONG detached-between-steps: states[layer] = H.detach()
        outputs.append(H @ W_hq + b_q)
        # WRONG output-from-the-first-layer: outputs.append(states[0] @ W_hq + b_q)
        # WRONG output-bias-missing: outputs.append(H @ W_hq)
        # WRONG tanh-of-the-outputs: outputs.append(torch.tanh(H @ W_hq + b_q))
        # WRONG hidden-states-for-outputs: outputs.append(H)
    return torch.cat(outputs), states
    # WRONG states-from-the-top: return torch.cat(outputs), states[::-1]
    # WRONG outputs-side-by-side: return torch.cat(outputs, dim=1), states
    # WRONG first-states-returned: return torch.cat(outputs), first
    # WRONG top-state-for-all: return torch.cat(outputs), [H for _ in states]
    # WRONG states-stacked: return torch.cat(outputs), torch.stack(states)
    # WRONG list-of-outputs: return outputs, states
    # WRONG top-state-alone: return torch.cat(outputs), states[-1:]
    # WRONG batch-first-outputs: return torch.stack(outputs, dim=1).flatten(0, 1), states
    # WRONG outputs-stacked: return torch.stack(outputs), states
    # WRONG last-output-alone: return outputs[-1], states
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    groups = {"rnn": 1, "gru": 3, "lstm": 4}
    # WRONG two-states-for-an-lstm: groups = {"rnn": 1, "gru": 3, "lstm": 5}
    # WRONG candidate-forgotten: groups = {"rnn": 1, "gru": 2, "lstm": 3}
    # WRONG gru-and-lstm-swapped: groups = {"rnn": 1, "gru": 4, "lstm": 3}
    # WRONG kind-ignored: groups = {"rnn": 1, "gru": 1, "lstm": 1}
    if kind not in groups:
        raise ValueError(f"kind is {kind!r}; it may be one of {', '.join(groups)}")
    # WRONG unknown-like-rnn, 2 lines: groups = dict.fromkeys((kind,), 1) | groups
    # WRONG key-error: raise KeyError(kind)
    directions = 2 if bidirectional else 1
    # WRONG directions-double-the-units: directions, hidden_size = 1, hidden_size * (2 if bidirectional else 1)
    total, reads = 0, input_size
    # WRONG all-layers-read-hidden: total, reads = 0, hidden_size
    for _ in range(num_layers):
        # WRONG one-layer-too-few: for _ in range(num_layers - 1):
        # WRONG layers-not-counted: for _ in range(1):
        total += directions * groups[kind] * hidden_size * (reads + hidden_size + 2)  # torch has two biases
        # WRONG sizes-multiplied: total += directions * groups[kind] * hidden_size * (reads * hidden_size + 2)
        # WRONG hidden-matrix-without-gates:
        #     total += directions * hidden_size * (groups[kind] * (reads + 2) + hidden_size)
        # WRONG second-bias-without-gates:
        #     total += directions * hidden_size * (groups[kind] * (reads + hidden_size) + 2)
        # WRONG one-bias: total += directions * groups[kind] * hidden_size * (reads + hidden_size + 1)
        # WRONG one-direction-counted: total += groups[kind] * hidden_size * (reads + hidden_size + 2)
        # WRONG no-biases: total += directions * groups[kind] * hidden_size * (reads + hidden_size)
        # WRONG hidden-matrix-missing: total += directions * groups[kind] * hidden_size * (reads + 2)
        # WRONG input-matrix-missing: total += directions * groups[kind] * hidden_size * (hidden_size + 2)
        # WRONG two-numbers-for-the-biases:
        #     total += directions * groups[kind] * (hidden_size * (reads + hidden_size) + 2)
        reads = directions * hidden_size  # the next layer reads both directions
        # WRONG every-layer-as-the-first:
        # WRONG one-direction-below: reads = hidden_size
    return total
    # WRONG float-for-a-count: return float(total)
    # WRONG outputs-counted: return total + input_size * (directions * hidden_size + 1)
    # END SOLUTION
