"""ch54 Recurrent networks: one step, its gradients through time, why they vanish or explode.

D2L sections 8.4 (chapter_recurrent-neural-networks/rnn.md) and 8.7 (bptt.md). The functions are ours; names and
shapes are the book's.
"""

import torch
from torch import Tensor


def rnn_step(X: Tensor, H: Tensor, W_xh: Tensor, W_hh: Tensor, b_h: Tensor) -> Tensor:
    """One step of a recurrent layer, from one hidden state to the next (Elman, 1990; D2L 8.4.2).

        tanh(X @ W_xh + H @ W_hh + b_h)

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
    """Backpropagation through time, by hand, in the simplest recurrent network (Werbos, 1990; D2L 8.7.2).

        h_t = w_x x_t + w_h h_{t-1},  h_0 = 0,   o_t = w_o h_t,   L = 1/T sum_t (o_t - y_t)^2 / 2

    Everything is a number, and no activation function stands in the way. A state takes part in the loss in two ways:
    through its output, and through the next state. So the gradient with respect to h_t needs that with respect to
    h_{t+1}, and one walks back from the end. Write this recursion yourself: no autograd here.

    Args:
        x: the inputs x_1, ..., x_T, (T,), T at least 1.
        w_h, w_x, w_o: the weights, Python numbers.
        y: the targets y_1, ..., y_T, (T,).

    Returns:
        The gradients of L with respect to w_h, w_x and w_o, in this order, Python floats.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def truncated_bptt_grad(x: Tensor, w_h: float, w_x: float, w_o: float, y: Tensor, k: int) -> tuple[float, float, float]:
    """The same gradients with the history cut every k steps (D2L 8.7.1), as when training on minibatches.

    The network and its loss L are those of `bptt_linear`. The sequence is cut into blocks of k steps: 1 to k, k + 1 to
    2k, and so on; the last may be shorter. The state goes on from one block into the next, so that outputs and loss
    are the same. But no gradient goes back: to the steps of a block, the state before it is a constant. With k = T or
    more nothing is cut.

    Args:
        x: the inputs, (T,), T at least 1.
        w_h, w_x, w_o: the weights, Python numbers.
        y: the targets, (T,).
        k: the length of a block, at least 1.

    Returns:
        These gradients of L, of all T steps, with respect to w_h, w_x and w_o, Python floats. You may use autograd.
    """
    raise NotImplementedError  # write your code here


def jacobian_product_norm(W_hh: Tensor, steps: int) -> float:
    """How far a small change of the state grows in so many steps, at most (Pascanu, Mikolov and Bengio, 2013; D2L 8.7).

    Without activation function and input, h_{t+1} = W_hh h_t. The Jacobian of the state some steps later is a power of
    W_hh: a product of so many copies. Its spectral norm is its largest singular value, the most by which it can stretch
    a vector. Gradients on the way back meet the transposed matrix, whose norm is the same: they explode where it grows,
    vanish where it shrinks.

    Args:
        W_hh: the recurrent weights, (h, h). It need not be symmetric.
        steps: the number of steps, from 0 on.

    Returns:
        The norm, a Python float; 1.0 for no step. Powers soon are too large or too small for float32, which holds 1e-45
        to 3e38: compute in float64.
    """
    raise NotImplementedError  # write your code here


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent, the activation function of recurrent layers (D2L 4.1.2.3).

        (e^x - e^-x) / (e^x + e^-x)

    It squashes all numbers into (-1, 1), and is odd; its derivative is 1 - tanh(x)^2. e^1000 is infinite on a computer,
    and infinity by infinity is not a number: find a form that is right for numbers of any size, and the gradient of
    which is, too. torch.exp and torch.sigmoid may be used.

    Args:
        x: floats of any shape.

    Returns:
        A tensor like x.

    Write it from scratch, without ready-made tanh (torch.tanh, math.tanh, nn.Tanh, ...).
    """
    raise NotImplementedError  # write your code here
