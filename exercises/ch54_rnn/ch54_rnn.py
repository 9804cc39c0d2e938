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

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made tanh (torch.tanh, math.tanh, nn.Tanh, ...).
    """
    raise NotImplementedError  # write your code here
