"""ch54 Recurrent networks: one step, gradients through time, and why gradients vanish or explode.

D2L sections 8.4 (chapter_recurrent-neural-networks/rnn.md) and 8.7 (bptt.md). The functions were designed for this
course; the names of variables and the shapes are those of the book.
"""

import torch
from torch import Tensor


def rnn_step(X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    """Return the next hidden state of a recurrent layer (Elman, 1990; D2L 8.4.2).

        tanh(X @ W_xh + H @ W_hh + b_h)

    Leaves its arguments unchanged. Works in float32 and float64; tensors may be non-contiguous. Large inputs cause no
    overflow. Gradients flow to all arguments.

    Args:
        X: the inputs of this step, (batch, d).
        H: the state after the step before, (batch, h).
        W_xh, W_hh, b_h: (d, h), (h, h) and (h,). They are the same at every step.

    Returns:
        The state after this step, (batch, h), of the dtype of the inputs.
    """
    # BEGIN SOLUTION
    return torch.tanh(X @ W_xh + H @ W_hh + b_h)
    # WRONG products-multiplied: return torch.tanh((X @ W_xh) * (H @ W_hh) + b_h)
    # WRONG weights-on-the-left: return torch.tanh(W_xh @ X + W_hh @ H + b_h)
    # WRONG output-and-state:
    #     H = torch.tanh(X @ W_xh + H @ W_hh + b_h)
    #     return H, H
    # WRONG bias-twice: return torch.tanh(X @ W_xh + b_h + H @ W_hh + b_h)
    # WRONG sigmoid-for-tanh: return torch.sigmoid(X @ W_xh + H @ W_hh + b_h)
    # WRONG relu-for-tanh: return torch.relu(X @ W_xh + H @ W_hh + b_h)
    # WRONG no-activation: return X @ W_xh + H @ W_hh + b_h
    # WRONG matrices-swapped:
    #     return torch.tanh((X @ W_hh + H @ W_xh if X.shape == H.shape else X @ W_xh + H @ W_hh) + b_h)
    # WRONG state-matrix-transposed: return torch.tanh(X @ W_xh + H @ W_hh.T + b_h)
    # WRONG state-ignored: return torch.tanh(X @ W_xh + b_h)
    # WRONG state-without-weights: return torch.tanh(X @ W_xh + H + b_h)
    # WRONG bias-left-out: return torch.tanh(X @ W_xh + H @ W_hh)
    # WRONG bias-outside: return torch.tanh(X @ W_xh + H @ W_hh) + b_h
    # WRONG two-activations: return torch.tanh(X @ W_xh + b_h) + torch.tanh(H @ W_hh)
    # WRONG inputs-ignored: return torch.tanh(H @ W_hh + b_h)
    # WRONG old-state-added: return H + torch.tanh(X @ W_xh + H @ W_hh + b_h)
    # WRONG state-detached: return torch.tanh(X @ W_xh + H.detach() @ W_hh + b_h)
    # WRONG input-matrix-transposed: return torch.tanh(X @ W_xh.T + H @ W_hh + b_h)
    # WRONG tanh-overflows:
    #     Z = X @ W_xh + H @ W_hh + b_h
    #     return (Z.exp() - (-Z).exp()) / (Z.exp() + (-Z).exp())
    # END SOLUTION


def bptt_linear(x: Tensor, w_h: float, w_x: float, w_o: float, y: Tensor) -> tuple[float, float, float]:
    """Return the gradients of the simplest recurrent network by backpropagation through time (Werbos, 1990; D2L 8.7.2).

        h_t = w_x x_t + w_h h_{t-1},  h_0 = 0,   o_t = w_o h_t,   L = 1/T sum_t (o_t - y_t)^2 / 2

    All quantities are numbers, and there is no activation function. A state affects the loss in two ways: through its
    output, and through the next state. So the gradient with respect to h_t needs the gradient with respect to h_{t+1}:
    compute the gradients from the last step back to the first.

    Leaves x and y unchanged. They may be float32 or float64, and non-contiguous.

    Args:
        x: the inputs x_1, ..., x_T, (T,), with T at least 1.
        w_h, w_x, w_o: the weights, Python numbers.
        y: the targets y_1, ..., y_T, (T,).

    Returns:
        The gradients of L with respect to w_h, w_x and w_o, in this order, each a Python float.
    """
    # BEGIN SOLUTION
    steps, inputs, targets = len(x), x.tolist(), y.tolist()
    states = [0.0]  # step t reads inputs[t] and states[t], and gives states[t + 1]
    # WRONG starts-from-one: states = [1.0]
    for value in inputs:
        states.append(w_x * value + w_h * states[-1])
        # WRONG states-without-memory: states.append(w_x * value)
        # WRONG sequence-without-recurrent-weight: states.append(w_x * value + states[-1])
        # WRONG sequence-without-input-weight: states.append(value + w_h * states[-1])
    grad_h = grad_x = grad_o = 0.0
    grad_state = 0.0  # with respect to the state after the step
    for t in reversed(range(steps)):
        # WRONG first-step-to-last: for t in range(steps):
        grad_output = (w_o * states[t + 1] - targets[t]) / steps
        # WRONG only-the-last-loss: grad_output = (w_o * states[t + 1] - targets[t]) / steps if t == steps - 1 else 0.0
        # WRONG sum-of-losses: grad_output = w_o * states[t + 1] - targets[t]
        # WRONG square-without-half: grad_output = 2 * (w_o * states[t + 1] - targets[t]) / steps
        # WRONG wrong-sign: grad_output = (targets[t] - w_o * states[t + 1]) / steps
        # The state takes part in the loss through its output and through the next state.
        grad_state = w_o * grad_output + w_h * grad_state
        # WRONG error-not-carried-back: grad_state = w_o * grad_output
        # WRONG carried-back-unweighted: grad_state = w_o * grad_output + grad_state
        # WRONG output-weight-forgotten: grad_state = grad_output + w_h * grad_state
        # WRONG carried-back-with-the-input-weight: grad_state = w_o * grad_output + w_x * grad_state
        grad_h += grad_state * states[t]
        # WRONG recurrent-gradient-weighted: grad_h += w_h * grad_state * states[t]
        # WRONG same-state-for-recurrent-weight: grad_h += grad_state * states[t + 1]
        # WRONG recurrent-weight-without-history: grad_h += w_o * grad_output * states[t]
        # WRONG first-step-only: grad_h = grad_state * states[t]
        grad_x += grad_state * inputs[t]
        # WRONG input-gradient-weighted: grad_x += w_x * grad_state * inputs[t]
        # WRONG input-weight-without-history: grad_x += w_o * grad_output * inputs[t]
        # WRONG first-step-only: grad_x = grad_state * inputs[t]
        grad_o += grad_output * states[t + 1]
        # WRONG output-gradient-weighted: grad_o += w_o * grad_output * states[t + 1]
        # WRONG output-of-the-state-before: grad_o += grad_output * states[t]
        # WRONG first-step-only: grad_o = grad_output * states[t + 1]
    return grad_h, grad_x, grad_o
    # WRONG weights-in-reverse-order: return grad_o, grad_x, grad_h
    # WRONG bptt-tensors-returned:
    #     return tuple(torch.tensor(grad, dtype=torch.float64) for grad in (grad_h, grad_x, grad_o))
    # WRONG weights-in-another-order: return grad_x, grad_h, grad_o
    # END SOLUTION


def truncated_bptt_grad(x: Tensor, w_h: float, w_x: float, w_o: float, y: Tensor, k: int) -> tuple[float, float, float]:
    """Return the gradients when backpropagation is cut every k steps, as in training on minibatches (D2L 8.7.1).

    The network and its loss L are those of `bptt_linear`. The sequence is cut into blocks of k steps: 1 to k, k + 1 to
    2k, and so on. The last block may be shorter. The state continues from block to block, so outputs and loss are the
    same as without cuts. But no gradient flows back across a cut: for the steps of a block, the state before the block
    is a constant. If k is T or more, nothing is cut.

    Leaves x and y unchanged. They may be float32 or float64, and non-contiguous. You may use autograd.

    Args:
        x: the inputs, (T,), with T at least 1.
        w_h, w_x, w_o: the weights, Python numbers.
        y: the targets, (T,).
        k: the length of a block, at least 1.

    Returns:
        The gradients of L, the loss of all T steps, with respect to w_h, w_x and w_o, each a Python float.
    """
    # BEGIN SOLUTION
    weights = [torch.tensor(float(weight), dtype=torch.float64, requires_grad=True) for weight in (w_h, w_x, w_o)]
    weight_h, weight_x, weight_o = weights
    state = torch.zeros((), dtype=torch.float64)
    loss = torch.zeros((), dtype=torch.float64)
    for t in range(len(x)):
        if t % k == 0:
            # WRONG blocks-one-too-long: if t % (k + 1) == 0:
            # WRONG cut-at-every-step: if t >= 0:
            # WRONG cut-one-step-early: if (t + 1) % k == 0:
            # WRONG cut-one-block: if t == k:
            state = state.detach()  # a block begins: for its steps, the state is a constant
            # WRONG never-cut: state = state.clone()
            # WRONG state-reset: state = torch.zeros_like(state)
            # WRONG detached-after-the-step: state = state.clone()
            # WRONG backward-twice:
            #     if t > 0:
            #         loss.backward()
            #     loss = torch.zeros((), dtype=torch.float64)
        state = weight_x * x[t] + weight_h * state
        # WRONG sliding-window, 3 lines:
        #     first = max(t - k + 1, 0)
        #     state = sum(
        #         (w_x * x[i].double() * w_h ** (first - 1 - i) for i in range(first)),
        #         torch.zeros((), dtype=torch.float64),
        #     )
        #     for i in range(first, t + 1):
        #         state = weight_x * x[i].double() + weight_h * state
        # WRONG detached-after-the-step:
        #     state = weight_x * x[t] + weight_h * state
        #     if t % k == 0:
        #         state = state.detach()
        loss = loss + (weight_o * state - y[t]) ** 2 / 2 / len(x)
        # WRONG mean-of-block-means:
        #     block, blocks = min(k, len(x) - t // k * k), -(-len(x) // k)
        #     loss = loss + (weight_o * state - y[t]) ** 2 / 2 / block / blocks
        # WRONG means-of-blocks: loss = loss + (weight_o * state - y[t]) ** 2 / 2 / min(k, len(x) - t // k * k)
        # WRONG last-block-alone:
        #     loss = (loss if t > (len(x) - 1) // k * k else 0.0) + (weight_o * state - y[t]) ** 2 / 2 / len(x)
        # WRONG incomplete-block-dropped:
        #     loss = loss + (t < len(x) // k * k or k > len(x)) * (weight_o * state - y[t]) ** 2 / 2 / len(x)
        # WRONG mean-over-k: loss = loss + (weight_o * state - y[t]) ** 2 / 2 / k
        # WRONG losses-summed: loss = loss + (weight_o * state - y[t]) ** 2 / 2
        # WRONG half-forgotten: loss = loss + (weight_o * state - y[t]) ** 2 / len(x)
        # WRONG error-at-the-end-of-each-block:
        #     loss = loss + ((t + 1) % k == 0 or t + 1 == len(x)) * (weight_o * state - y[t]) ** 2 / 2 / len(x)
    grad_h, grad_x, grad_o = torch.autograd.grad(loss, weights)
    # WRONG backward-twice:
    #     loss.backward()
    #     grad_h, grad_x, grad_o = (weight.grad for weight in weights)
    return grad_h.item(), grad_x.item(), grad_o.item()
    # WRONG truncated-weights-in-reverse-order: return grad_o.item(), grad_x.item(), grad_h.item()
    # WRONG truncated-tensors-returned: return grad_h, grad_x, grad_o
    # WRONG truncated-gradients-swapped: return grad_x.item(), grad_h.item(), grad_o.item()
    # END SOLUTION


def jacobian_product_norm(W_hh: Tensor, steps: int) -> float:
    """Return the largest growth factor of a small state change over several steps (Pascanu et al., 2013; D2L 8.7).

    Without activation function and input, h_{t+1} = W_hh h_t. The Jacobian of a later state is then a power of W_hh,
    with one factor for each step. Its spectral norm is its largest singular value: the largest factor by which it
    stretches a vector. On the way back, gradients meet the transposed matrix, which has the same norm. They explode if
    the norm grows with the steps, and vanish if it shrinks.

    Leaves W_hh unchanged. It may be float32 or float64, and non-contiguous.

    Args:
        W_hh: the recurrent weights, (h, h), not necessarily symmetric.
        steps: the number of steps, 0 or more.

    Returns:
        The norm as a Python float, 1.0 for 0 steps. Compute in float64: powers soon leave the range of float32, from
        1e-45 to 3e38.
    """
    # BEGIN SOLUTION
    power = torch.linalg.matrix_power(W_hh.double(), steps)
    # WRONG transpose-times-matrix: power = torch.linalg.matrix_power(W_hh.T.double() @ W_hh.double(), steps)
    # WRONG squared-at-every-step:
    #     power = W_hh.double()
    #     for _ in range(steps - 1):
    #         power = power @ power
    #     if steps == 0:
    #         power = torch.eye(len(W_hh), dtype=torch.float64)
    # WRONG no-step-gives-the-matrix: power = torch.linalg.matrix_power(W_hh.double(), max(steps, 1))
    # WRONG element-by-element: power = W_hh.double() ** steps
    # WRONG one-step-too-few: power = torch.linalg.matrix_power(W_hh.double(), max(steps - 1, 0))
    # WRONG powers-in-float32: power = torch.linalg.matrix_power(W_hh.float(), steps).nan_to_num()
    # WRONG one-step-too-many: power = torch.linalg.matrix_power(W_hh.double(), steps + 1)
    return torch.linalg.matrix_norm(power, ord=2).item()  # the largest singular value
    # WRONG logarithm-of-the-norm: return torch.linalg.matrix_norm(power, ord=2).log().item()
    # WRONG sum-of-singular-values: return torch.linalg.matrix_norm(power, ord="nuc").item()
    # WRONG longest-column: return power.norm(dim=0).max().item()
    # WRONG norm-as-a-tensor: return torch.linalg.matrix_norm(power, ord=2)
    # WRONG frobenius-norm: return torch.linalg.matrix_norm(power).item()
    # WRONG spectral-radius: return torch.linalg.eigvals(power).abs().max().item()
    # WRONG sum-of-columns: return torch.linalg.matrix_norm(power, ord=1).item()
    # WRONG powers-in-float32: return torch.linalg.matrix_norm(power.double(), ord=2).item()
    # WRONG power-of-the-norm, 2 lines: return torch.linalg.matrix_norm(W_hh.double(), ord=2).item() ** steps
    # WRONG smallest-singular-value: return torch.linalg.matrix_norm(power, ord=-2).item()
    # WRONG sum-of-rows: return torch.linalg.matrix_norm(power, ord=float("inf")).item()
    # WRONG square-of-the-norm: return torch.linalg.matrix_norm(power, ord=2).item() ** 2
    # WRONG largest-entry: return power.abs().max().item()
    # WRONG taken-for-symmetric: return torch.linalg.eigvalsh(power).abs().max().item()
    # END SOLUTION


def tanh(x: Tensor) -> Tensor:
    """Return the hyperbolic tangent, the activation function of recurrent layers (D2L 4.1.2.3).

        (e^x - e^-x) / (e^x + e^-x)

    It maps all numbers into (-1, 1), and is odd. Its derivative is 1 - tanh(x)^2. On a computer e^1000 is infinite, and
    infinity divided by infinity is not a number. Find a form whose value and gradient are right for numbers of any
    size, up to absolute errors as small as rounding. You may use torch.exp and torch.sigmoid.

    Leaves x unchanged. Works in float32 and float64; x may be non-contiguous.

    Args:
        x: floats, of any shape, even a scalar or an empty tensor.

    Returns:
        A tensor of the shape and dtype of x.
    """
    # BEGIN SOLUTION
    # sigmoid(2x) is 1 / (1 + e^-2x), so this is (1 - e^-2x) / (1 + e^-2x), without a quotient of two infinities.
    return 2 * torch.sigmoid(2 * x) - 1
    # WRONG large-values-replaced:
    #     quotient = (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))
    #     return torch.where(x.abs() > 20, x.sign(), quotient)
    # WRONG nan-replaced-by-zero:
    #     return ((torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))).nan_to_num(0.0)
    # WRONG without-the-factor-of-x: return 2 * torch.sigmoid(4 * x) - 1
    # WRONG sigmoid-not-doubled: return torch.sigmoid(2 * x) - 1
    # WRONG shift-left-out: return 2 * torch.sigmoid(2 * x)
    # WRONG fraction-upside-down: return 1 / (2 * torch.sigmoid(2 * x) - 1)
    # WRONG gradient-of-the-fraction-overflows: return 1 - 2 / (torch.exp(2 * x) + 1)
    # WRONG gradient-overflows-for-negative-numbers: return 2 / (1 + torch.exp(-2 * x)) - 1
    # WRONG overflows-on-the-positive-side: return (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1)
    # WRONG overflows-on-both-sides: return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))
    # WRONG overflows-on-one-side: return (1 - torch.exp(-2 * x)) / (1 + torch.exp(-2 * x))
    # WRONG unused-branch-overflows:
    #     down, up = torch.exp(-2 * x), torch.exp(2 * x)
    #     return torch.where(x > 0, (1 - down) / (1 + down), (up - 1) / (up + 1))
    # WRONG flat-at-zero:
    #     small = torch.exp(-2 * x.abs())
    #     return x.sign() * (1 - small) / (1 + small)
    # WRONG sign-lost:
    #     small = torch.exp(-2 * x.abs())
    #     return (1 - small) / (1 + small)
    # WRONG sigmoid-stretched: return 2 * torch.sigmoid(x) - 1
    # WRONG sigmoid-itself: return torch.sigmoid(x)
    # WRONG cut-off-straight: return x.clamp(-1, 1)
    # WRONG not-shifted: return torch.sigmoid(2 * x)
    # WRONG sign-turned: return 1 - 2 * torch.sigmoid(2 * x)
    # WRONG hyperbolic-sine: return (torch.exp(x) - torch.exp(-x)) / 2
    # WRONG nan-replaced-by-one:
    #     quotient = (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))
    #     return torch.where(quotient.isnan(), 1.0, quotient)
    # WRONG doubled-in-place: return 2 * torch.sigmoid(x.mul_(2)) - 1
    # END SOLUTION
