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
    # BEGIN SOLUTION
    params = []

    def normal(rows: int, columns: int) -> Tensor:
        return 0.01 * torch.randn(rows, columns, device=device)
        # WRONG gradient-asked-before-scaling:
        #     return 0.01 * torch.randn(rows, columns, device=device, requires_grad=True)
        # WRONG weights-not-scaled: return torch.randn(rows, columns, device=device)
        # WRONG weights-out-by-in: return 0.01 * torch.randn(columns, rows, device=device)
        # WRONG device-ignored: return 0.01 * torch.randn(rows, columns)
        # WRONG weights-uniform: return 0.01 * torch.rand(rows, columns, device=device)
        # WRONG weights-of-one-tenth: return 0.1 * torch.randn(rows, columns, device=device)
        # WRONG weights-of-zero: return torch.zeros(rows, columns, device=device)

    def zeros(columns: int) -> Tensor:
        return torch.zeros(columns, device=device)
        # WRONG biases-drawn: return 0.01 * torch.randn(columns, device=device)
        # WRONG device-ignored: return torch.zeros(columns)

    for _ in range(3):  # the update gate, the reset gate, the candidate state
        params += [normal(vocab_size, num_hiddens), normal(num_hiddens, num_hiddens), zeros(num_hiddens)]
    params += [normal(num_hiddens, vocab_size), zeros(vocab_size)]
    for param in params:
        param.requires_grad_()  # after the scaling, so that all of them are leaves
        # WRONG gradients-not-asked: pass
    return params
    # WRONG gates-share-parameters: return params[:3] * 3 + params[9:]
    # WRONG output-layer-missing: return params[:9]
    # END SOLUTION


def init_gru_state(batch_size: int, num_hiddens: int, device: torch.device) -> tuple[Tensor]:
    """Return the state before the first step (D2L 9.1.2).

    Returns:
        A tuple of one tensor: zeros, (batch_size, num_hiddens), on the device. It is a tuple because an LSTM has two
        tensors: the same training loop then works for both.
    """
    # BEGIN SOLUTION
    H = torch.zeros(batch_size, num_hiddens, device=device)
    # WRONG state-on-the-cpu: H = torch.zeros(batch_size, num_hiddens)
    # WRONG sizes-of-the-state-swapped: H = torch.zeros(num_hiddens, batch_size, device=device)
    # WRONG state-of-ones: H = torch.ones(batch_size, num_hiddens, device=device)
    # WRONG state-with-an-axis-of-layers: H = torch.zeros(1, batch_size, num_hiddens, device=device)
    return (H,)
    # WRONG state-of-an-lstm: return H, H.clone()
    # WRONG state-not-a-tuple: return (H)
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    # WRONG gates-read-in-r-z-order: W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    # WRONG recurrent-weights-transposed:
    #     (H,) = state
    #     W_hz, W_hr, W_hh = W_hz.T, W_hr.T, W_hh.T
    outputs = []
    for X in inputs:
        # WRONG sequences-for-steps: for X in inputs.transpose(0, 1):
        Z = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        # WRONG gates-without-activation: Z = X @ W_xz + H @ W_hz + b_z
        # WRONG update-bias-forgotten: Z = torch.sigmoid(X @ W_xz + H @ W_hz)
        # WRONG tanh-on-gates: Z = torch.tanh(X @ W_xz + H @ W_hz + b_z)
        # WRONG state-not-carried:
        #     (H,) = state
        #     Z = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        # WRONG state-detached-at-each-step:
        #     H = H.detach()
        #     Z = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        # WRONG sigmoid-overflows: Z = torch.exp(X @ W_xz + H @ W_hz + b_z) / (1 + torch.exp(X @ W_xz + H @ W_hz + b_z))
        # WRONG gates-without-the-state: Z = torch.sigmoid(X @ W_xz + b_z)
        # WRONG biases-forgotten: Z = torch.sigmoid(X @ W_xz + H @ W_hz)
        R = torch.sigmoid(X @ W_xr + H @ W_hr + b_r)
        # WRONG reset-gate-with-update-weights: R = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        # WRONG gates-without-activation: R = X @ W_xr + H @ W_hr + b_r
        # WRONG reset-bias-forgotten: R = torch.sigmoid(X @ W_xr + H @ W_hr)
        # WRONG tanh-on-gates: R = torch.tanh(X @ W_xr + H @ W_hr + b_r)
        # WRONG gates-without-the-state: R = torch.sigmoid(X @ W_xr + b_r)
        # WRONG biases-forgotten: R = torch.sigmoid(X @ W_xr + H @ W_hr)
        H_tilde = torch.tanh(X @ W_xh + (R * H) @ W_hh + b_h)
        # WRONG candidate-bias-forgotten: H_tilde = torch.tanh(X @ W_xh + (R * H) @ W_hh)
        # WRONG reset-after-the-product: H_tilde = torch.tanh(X @ W_xh + R * (H @ W_hh) + b_h)
        # WRONG reset-on-the-input: H_tilde = torch.tanh(R * (X @ W_xh) + H @ W_hh + b_h)
        # WRONG no-reset-gate: H_tilde = torch.tanh(X @ W_xh + H @ W_hh + b_h)
        # WRONG sigmoid-on-the-candidate: H_tilde = torch.sigmoid(X @ W_xh + (R * H) @ W_hh + b_h)
        # WRONG candidate-without-activation: H_tilde = X @ W_xh + (R * H) @ W_hh + b_h
        # WRONG candidate-without-the-state: H_tilde = torch.tanh(X @ W_xh + b_h)
        # WRONG biases-forgotten: H_tilde = torch.tanh(X @ W_xh + (R * H) @ W_hh)
        H = Z * H + (1 - Z) * H_tilde  # where Z is near 1 the old state stays
        # WRONG same-gate-for-both: H = Z * H + Z * H_tilde
        # WRONG old-state-added-in-full: H = H + (1 - Z) * H_tilde
        # WRONG update-gate-reversed: H = Z * H_tilde + (1 - Z) * H
        # WRONG candidate-added-in-full: H = Z * H + H_tilde
        # WRONG old-state-dropped: H = (1 - Z) * H_tilde
        # WRONG new-state-is-the-candidate: H = H_tilde
        # WRONG output-of-the-old-state:
        #     Y = H @ W_hq + b_q
        #     H = Z * H + (1 - Z) * H_tilde
        outputs.append(H @ W_hq + b_q)
        # WRONG output-of-the-old-state: outputs.append(Y)
        # WRONG output-of-the-candidate: outputs.append(H_tilde @ W_hq + b_q)
        # WRONG output-without-bias: outputs.append(H @ W_hq)
        # WRONG softmax-on-the-outputs: outputs.append(torch.softmax(H @ W_hq + b_q, dim=1))
        # WRONG states-for-outputs: outputs.append(H)
    return torch.cat(outputs), (H,)
    # WRONG outputs-alone: return torch.cat(outputs)
    # WRONG outputs-side-by-side: return torch.cat(outputs, dim=1), (H,)
    # WRONG outputs-in-a-list: return outputs, (H,)
    # WRONG outputs-sequence-by-sequence: return torch.stack(outputs, dim=1).flatten(0, 1), (H,)
    # WRONG state-overwritten:
    #     state[0].data.copy_(H)
    #     return torch.cat(outputs), (H,)
    # WRONG steps-stacked: return torch.stack(outputs), (H,)
    # WRONG last-output-alone: return outputs[-1], (H,)
    # WRONG first-state-returned: return torch.cat(outputs), state
    # WRONG new-state-without-a-tuple: return torch.cat(outputs), H
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    # Each chunk is what the input, or the state, adds to one gate.
    i_r, i_z, i_n = (x @ w_ih.T + b_ih).chunk(3, dim=1)
    # WRONG torch-input-bias-forgotten: i_r, i_z, i_n = (x @ w_ih.T).chunk(3, dim=1)
    # WRONG book-order-for-torch: i_z, i_r, i_n = (x @ w_ih.T + b_ih).chunk(3, dim=1)
    # WRONG torch-biases-forgotten: i_r, i_z, i_n = (x @ w_ih.T).chunk(3, dim=1)
    # WRONG torch-candidate-second: i_r, i_n, i_z = (x @ w_ih.T + b_ih).chunk(3, dim=1)
    # WRONG torch-weights-not-transposed: i_r, i_z, i_n = (x @ w_ih + b_ih).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ w_hh.T + b_hh).chunk(3, dim=1)
    # WRONG book-order-for-torch: h_z, h_r, h_n = (h @ w_hh.T + b_hh).chunk(3, dim=1)
    # WRONG torch-biases-forgotten: h_r, h_z, h_n = (h @ w_hh.T).chunk(3, dim=1)
    # WRONG torch-one-bias: h_r, h_z, h_n = (h @ w_hh.T).chunk(3, dim=1)
    # WRONG torch-candidate-second: h_r, h_n, h_z = (h @ w_hh.T + b_hh).chunk(3, dim=1)
    # WRONG torch-weights-not-transposed: h_r, h_z, h_n = (h @ w_hh + b_hh).chunk(3, dim=1)
    r = torch.sigmoid(i_r + h_r)
    # WRONG torch-gates-without-activation: r = i_r + h_r
    # WRONG torch-gates-without-the-state: r = torch.sigmoid(i_r)
    # WRONG torch-gates-without-the-input: r = torch.sigmoid(h_r)
    # WRONG torch-tanh-on-gates: r = torch.tanh(i_r + h_r)
    z = torch.sigmoid(i_z + h_z)
    # WRONG torch-gates-without-activation: z = i_z + h_z
    # WRONG torch-gates-without-the-state: z = torch.sigmoid(i_z)
    # WRONG torch-gates-without-the-input: z = torch.sigmoid(h_z)
    # WRONG torch-tanh-on-gates: z = torch.tanh(i_z + h_z)
    n = torch.tanh(i_n + r * h_n)
    # WRONG torch-candidate-without-the-state: n = torch.tanh(i_n)
    # WRONG torch-candidate-without-activation: n = i_n + r * h_n
    # WRONG book-reset-for-torch:
    #     size = h.shape[1]
    #     n = torch.tanh(i_n + (r * h) @ w_hh[2 * size :].T + b_hh[2 * size :])
    # WRONG bias-outside-the-reset:
    #     bias = b_hh[2 * h.shape[1] :]
    #     n = torch.tanh(i_n + bias + r * (h_n - bias))
    # WRONG torch-no-reset-gate: n = torch.tanh(i_n + h_n)
    # WRONG torch-reset-on-the-input: n = torch.tanh(r * i_n + h_n)
    # WRONG torch-reset-on-both: n = torch.tanh(r * (i_n + h_n))
    # WRONG torch-sigmoid-on-the-candidate: n = torch.sigmoid(i_n + r * h_n)
    return (1 - z) * n + z * h
    # WRONG torch-output-and-state:
    #     h = (1 - z) * n + z * h
    #     return h, h
    # WRONG torch-update-gate-reversed: return z * n + (1 - z) * h
    # WRONG torch-old-state-dropped: return (1 - z) * n
    # WRONG torch-candidate-added-in-full: return n + z * h
    # WRONG torch-candidate-returned: return n
    # END SOLUTION
