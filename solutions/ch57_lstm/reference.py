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
    # BEGIN SOLUTION
    params = []

    def normal(rows: int, columns: int) -> Tensor:
        return 0.01 * torch.randn(rows, columns, device=device)
        # WRONG gradient-asked-before-scaling:
        #     return 0.01 * torch.randn(rows, columns, device=device, requires_grad=True)
        # WRONG weights-not-scaled: return torch.randn(rows, columns, device=device)
        # WRONG device-ignored: return 0.01 * torch.randn(rows, columns)
        # WRONG weights-uniform: return 0.01 * torch.rand(rows, columns, device=device)
        # WRONG weights-of-one-tenth: return 0.1 * torch.randn(rows, columns, device=device)
        # WRONG weights-of-zero: return torch.zeros(rows, columns, device=device)
        # WRONG weights-out-by-in: return 0.01 * torch.randn(columns, rows, device=device)

    def zeros(columns: int) -> Tensor:
        return torch.zeros(columns, device=device)
        # WRONG biases-drawn: return 0.01 * torch.randn(columns, device=device)
        # WRONG device-ignored: return torch.zeros(columns)

    for _ in range(4):  # the input, forget and output gates, the candidate memory
        # WRONG gru-has-fewer: for _ in range(3):
        params += [normal(vocab_size, num_hiddens), normal(num_hiddens, num_hiddens), zeros(num_hiddens)]
    params += [normal(num_hiddens, vocab_size), zeros(vocab_size)]
    for param in params:
        param.requires_grad_()  # after the scaling, so that all of them are leaves
        # WRONG gradients-not-asked: pass
    return params
    # WRONG gates-share-parameters: return params[:3] * 4 + params[12:]
    # WRONG forget-gate-starts-open:
    #     with torch.no_grad():
    #         params[5].fill_(1.0)
    #     return params
    # WRONG output-layer-missing: return params[:12]
    # END SOLUTION


def init_lstm_state(batch_size: int, num_hiddens: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the hidden state and the memory cell before the first step (D2L 9.2.2).

    Returns:
        (H, C): two tensors of zeros, each (batch_size, num_hiddens), on the device. They share no memory.
    """
    # BEGIN SOLUTION
    H = torch.zeros(batch_size, num_hiddens, device=device)
    # WRONG sizes-of-the-state-swapped: H = torch.zeros(num_hiddens, batch_size, device=device)
    # WRONG state-of-ones: H = torch.ones(batch_size, num_hiddens, device=device)
    # WRONG state-with-an-axis-of-layers: H = torch.zeros(1, batch_size, num_hiddens, device=device)
    # WRONG state-on-the-cpu: H = torch.zeros(batch_size, num_hiddens)
    return H, H.clone()
    # WRONG one-tensor-twice: return H, H
    # WRONG hidden-state-alone: return (H,)
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    # WRONG forget-and-input-swapped:
    #     W_xf, W_hf, b_f, W_xi, W_hi, b_i, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q = params
    # WRONG torch-order-for-the-book:
    #     W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xc, W_hc, b_c, W_xo, W_ho, b_o, W_hq, b_q = params
    H, C = state
    # WRONG recurrent-weights-transposed:
    #     H, C = state
    #     W_hi, W_hf, W_ho, W_hc = W_hi.T, W_hf.T, W_ho.T, W_hc.T
    # WRONG memory-starts-from-zero: H, C = state[0], torch.zeros_like(state[1])
    # WRONG states-read-swapped: C, H = state
    outputs = []
    for X in inputs:
        # WRONG sequences-for-steps: for X in inputs.transpose(0, 1):
        I = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)  # noqa: E741
        # WRONG gates-without-activation: I = X @ W_xi + H @ W_hi + b_i
        # WRONG input-gate-bias-forgotten: I = torch.sigmoid(X @ W_xi + H @ W_hi)
        # WRONG gates-read-the-memory: I = torch.sigmoid(X @ W_xi + C @ W_hi + b_i)
        # WRONG state-detached-at-each-step:
        #     H, C = H.detach(), C.detach()
        #     I = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        # WRONG tanh-on-gates: I = torch.tanh(X @ W_xi + H @ W_hi + b_i)
        # WRONG biases-forgotten: I = torch.sigmoid(X @ W_xi + H @ W_hi)
        # WRONG gates-without-the-state: I = torch.sigmoid(X @ W_xi + b_i)
        # WRONG hidden-state-not-carried:
        #     H = state[0]
        #     I = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        # WRONG memory-not-carried:
        #     C = state[1]
        #     I = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        F = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        # WRONG forget-gate-with-input-weights: F = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        # WRONG gates-without-activation: F = X @ W_xf + H @ W_hf + b_f
        # WRONG forget-gate-bias-forgotten: F = torch.sigmoid(X @ W_xf + H @ W_hf)
        # WRONG gates-read-the-memory: F = torch.sigmoid(X @ W_xf + C @ W_hf + b_f)
        # WRONG tanh-on-gates: F = torch.tanh(X @ W_xf + H @ W_hf + b_f)
        # WRONG biases-forgotten: F = torch.sigmoid(X @ W_xf + H @ W_hf)
        # WRONG gates-without-the-state: F = torch.sigmoid(X @ W_xf + b_f)
        O = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)  # noqa: E741
        # WRONG output-gate-with-input-weights: O = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        # WRONG gates-without-activation: O = X @ W_xo + H @ W_ho + b_o
        # WRONG output-gate-bias-forgotten: O = torch.sigmoid(X @ W_xo + H @ W_ho)
        # WRONG tanh-on-gates: O = torch.tanh(X @ W_xo + H @ W_ho + b_o)
        # WRONG biases-forgotten: O = torch.sigmoid(X @ W_xo + H @ W_ho)
        # WRONG gates-without-the-state: O = torch.sigmoid(X @ W_xo + b_o)
        C_tilde = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        # WRONG candidate-without-the-state: C_tilde = torch.tanh(X @ W_xc + b_c)
        # WRONG candidate-bias-forgotten: C_tilde = torch.tanh(X @ W_xc + H @ W_hc)
        # WRONG sigmoid-on-the-candidate: C_tilde = torch.sigmoid(X @ W_xc + H @ W_hc + b_c)
        # WRONG candidate-without-activation: C_tilde = X @ W_xc + H @ W_hc + b_c
        # WRONG biases-forgotten: C_tilde = torch.tanh(X @ W_xc + H @ W_hc)
        # WRONG candidate-reads-the-memory: C_tilde = torch.tanh(X @ W_xc + C @ W_hc + b_c)
        C = F * C + I * C_tilde  # the only way from step to step without a matrix product
        # WRONG memory-cell-forgets-the-candidate: C = F * C + I
        # WRONG hidden-state-for-the-memory: C = F * H + I * C_tilde
        # WRONG memory-through-tanh: C = torch.tanh(F * C + I * C_tilde)
        # WRONG coupled-gates: C = F * C + (1 - F) * C_tilde
        # WRONG forget-gate-reversed: C = (1 - F) * C + I * C_tilde
        # WRONG forget-gate-missing: C = C + I * C_tilde
        # WRONG input-gate-missing: C = F * C + C_tilde
        # WRONG old-memory-dropped: C = I * C_tilde
        # WRONG old-memory-in-the-hidden-state: old, C = C, F * C + I * C_tilde
        H = O * torch.tanh(C)
        # WRONG no-tanh-on-the-memory: H = O * C
        # WRONG output-gate-missing: H = torch.tanh(C)
        # WRONG old-memory-in-the-hidden-state: H = O * torch.tanh(old)
        # WRONG candidate-in-the-hidden-state: H = O * torch.tanh(C_tilde)
        # WRONG sigmoid-on-the-memory: H = O * torch.sigmoid(C)
        # WRONG output-of-the-old-state:
        #     Y = H @ W_hq + b_q
        #     H = O * torch.tanh(C)
        outputs.append(H @ W_hq + b_q)
        # WRONG output-from-the-memory: outputs.append(C @ W_hq + b_q)
        # WRONG output-of-the-old-state: outputs.append(Y)
        # WRONG output-without-bias: outputs.append(H @ W_hq)
        # WRONG softmax-on-the-outputs: outputs.append(torch.softmax(H @ W_hq + b_q, dim=1))
        # WRONG states-for-outputs: outputs.append(H)
    return torch.cat(outputs), (H, C)
    # WRONG outputs-alone: return torch.cat(outputs)
    # WRONG state-not-in-a-tuple: return torch.cat(outputs), H, C
    # WRONG outputs-side-by-side: return torch.cat(outputs, dim=1), (H, C)
    # WRONG outputs-in-a-list: return outputs, (H, C)
    # WRONG memory-not-returned: return torch.cat(outputs), (H,)
    # WRONG outputs-sequence-by-sequence: return torch.stack(outputs, dim=1).flatten(0, 1), (H, C)
    # WRONG memory-overwritten:
    #     state[1].data.copy_(C)
    #     return torch.cat(outputs), (H, C)
    # WRONG states-returned-swapped: return torch.cat(outputs), (C, H)
    # WRONG first-state-returned: return torch.cat(outputs), state
    # WRONG steps-stacked: return torch.stack(outputs), (H, C)
    # WRONG last-output-alone: return outputs[-1], (H, C)
    # END SOLUTION


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
    # BEGIN SOLUTION
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c = params[:12]
    # WRONG input-and-forget-gate-swapped:
    #     W_xf, W_hf, b_f, W_xi, W_hi, b_i, W_xo, W_ho, b_o, W_xc, W_hc, b_c = params[:12]
    bias = torch.cat([b_i, b_f, b_c, b_o])  # in torch's order: the candidate comes third
    # WRONG book-order-for-torch: bias = torch.cat([b_i, b_f, b_o, b_c])
    # WRONG biases-dropped: bias = torch.zeros_like(torch.cat([b_i, b_f, b_c, b_o]))
    # WRONG output-gate-for-the-candidate: bias = torch.cat([b_i, b_f, b_o, b_c])
    return {
        "weight_ih_l0": torch.cat([W_xi, W_xf, W_xc, W_xo], dim=1).T,
        "weight_hh_l0": torch.cat([W_hi, W_hf, W_hc, W_ho], dim=1).T,
        "bias_ih_l0": bias,
        "bias_hh_l0": torch.zeros_like(bias),
    }
    # WRONG second-bias-missing:
    #     return {
    #         "weight_ih_l0": torch.cat([W_xi, W_xf, W_xc, W_xo], dim=1).T,
    #         "weight_hh_l0": torch.cat([W_hi, W_hf, W_hc, W_ho], dim=1).T,
    #         "bias_ih_l0": bias,
    #     }
    # WRONG names-without-a-layer:
    #     return {
    #         "weight_ih": torch.cat([W_xi, W_xf, W_xc, W_xo], dim=1).T,
    #         "weight_hh": torch.cat([W_hi, W_hf, W_hc, W_ho], dim=1).T,
    #         "bias_ih": bias,
    #         "bias_hh": torch.zeros_like(bias),
    #     }
    # WRONG reshaped-for-transposed:
    #     return {
    #         "weight_ih_l0": torch.cat([W_xi, W_xf, W_xc, W_xo], dim=1).reshape(len(bias), -1),
    #         "weight_hh_l0": torch.cat([W_hi, W_hf, W_hc, W_ho], dim=1).reshape(len(bias), -1),
    #         "bias_ih_l0": bias,
    #         "bias_hh_l0": torch.zeros_like(bias),
    #     }
    # WRONG weights-not-transposed:
    #     return {
    #         "weight_ih_l0": torch.cat([W_xi, W_xf, W_xc, W_xo], dim=1),
    #         "weight_hh_l0": torch.cat([W_hi, W_hf, W_hc, W_ho], dim=1),
    #         "bias_ih_l0": bias,
    #         "bias_hh_l0": torch.zeros_like(bias),
    #     }
    # WRONG book-order-for-torch:
    #     return {
    #         "weight_ih_l0": torch.cat([W_xi, W_xf, W_xo, W_xc], dim=1).T,
    #         "weight_hh_l0": torch.cat([W_hi, W_hf, W_ho, W_hc], dim=1).T,
    #         "bias_ih_l0": bias,
    #         "bias_hh_l0": torch.zeros_like(bias),
    #     }
    # WRONG biases-twice:
    #     return {
    #         "weight_ih_l0": torch.cat([W_xi, W_xf, W_xc, W_xo], dim=1).T,
    #         "weight_hh_l0": torch.cat([W_hi, W_hf, W_hc, W_ho], dim=1).T,
    #         "bias_ih_l0": bias,
    #         "bias_hh_l0": bias.clone(),
    #     }
    # WRONG recurrent-weights-not-transposed:
    #     return {
    #         "weight_ih_l0": torch.cat([W_xi, W_xf, W_xc, W_xo], dim=1).T,
    #         "weight_hh_l0": torch.cat([W_hi, W_hf, W_hc, W_ho], dim=0),
    #         "bias_ih_l0": bias,
    #         "bias_hh_l0": torch.zeros_like(bias),
    #     }
    # END SOLUTION
