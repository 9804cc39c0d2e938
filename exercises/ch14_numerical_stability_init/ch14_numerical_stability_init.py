"""ch14 Numerical stability and initialisation.

D2L sections 3.7 and 4.8 (chapter_linear-networks/softmax-regression-concise.md,
chapter_multilayer-perceptrons/numerical-stability-and-init.md).
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def logsumexp(X: Tensor, dim: int, keepdim: bool = False) -> Tensor:
    """The logarithm of a sum of exponentials, without overflow or underflow on the way (D2L 3.7.2).

        logsumexp(x) = log(sum_j exp(x_j)) = c + log(sum_j exp(x_j - c))    for any finite number c

    exp(89) is too large for float32, and exp(-104) is zero; the result is right for logits far beyond these.

    Args:
        X: logits, floats of any shape with at least one dimension; -inf and inf may occur.
        dim: the dimension that is summed over; negative numbers count from the last.
        keepdim: whether the result keeps this dimension, of size 1.

    Returns:
        A tensor of X's dtype and of its shape without dim (with keepdim: of size 1 there). Elements that are -inf add
        nothing; where all are -inf, the result is -inf. An element that is inf makes the result inf. The gradient is
        finite wherever the result is.

    Write it from scratch, without ready-made log-sum-exp, log-softmax and cross-entropy (torch.logsumexp,
    torch.logaddexp, ...).
    """
    raise NotImplementedError  # write your code here


def log_softmax(X: Tensor, dim: int) -> Tensor:
    """The logarithm of softmax, computed without softmax (D2L 3.7.2).

        log_softmax(x)_j = log(exp(x_j) / sum_k exp(x_k)) = x_j - logsumexp(x)

    A number added to all x_j changes nothing. Nor does it cost digits here: near 10000, neighbouring float32 numbers
    lie 0.001 apart, so that a difference of two results of that size is off by as much.

    Args:
        X: logits, floats of any shape with at least one dimension; -inf may occur, if not everywhere along dim.
        dim: the dimension over which the probabilities sum to one; negative numbers count from the last.

    Returns:
        A tensor of X's shape and dtype: finite where X is, and -inf where X is -inf. Its gradient is finite.

    Write it from scratch, without ready-made log-softmax and cross-entropy (torch.log_softmax, F.cross_entropy,
    ...).
    """
    raise NotImplementedError  # write your code here


def xavier_uniform_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Xavier initialisation of a weight, in place (Glorot and Bengio, 2010; D2L 4.8.2.2).

        a = gain * sqrt(6 / (fan_in + fan_out))         every element is drawn from U(-a, a), independently

    An output of a layer sums over fan_in products; an input takes part in fan_out outputs:

        weight of a linear layer (out, in):                         fan_in = in,            fan_out = out
        weight of a convolution (out, in, kernel height, width):    fan_in = in * h * w,    fan_out = out * h * w

    and likewise for convolutions with one or three kernel dimensions.

    Args:
        tensor: floats with two or more dimensions, whatever it holds. It may be a parameter, a leaf that requires
            gradients: it stays one, and the drawing is not recorded. It need not be contiguous.
        gain: a factor for the scale of the activation function that follows.

    Returns:
        The same tensor object, filled. Every call draws anew.

    Raises:
        ValueError: the tensor has fewer than two dimensions.

    Write it from scratch, without ready-made initialisation (nn.init.xavier_uniform_, nn.init.kaiming_normal_,
    ...).
    """
    raise NotImplementedError  # write your code here


def scaled_sigmoid(x: Tensor) -> Tensor:
    """The sigmoid, moved and stretched to be like the identity at 0, where Xavier's assumptions hold.

        f(x) = 4 sigmoid(x) - 2 = 4 / (1 + exp(-x)) - 2

    f(0) = 0 and f'(0) = 1; far from 0 it tends to -2 and 2.

    Args:
        x: floats of any shape.

    Returns:
        A tensor of the same shape and dtype. Value and gradient are finite for all finite x: exp(-x) is not.
    """
    raise NotImplementedError  # write your code here


def product_singular_values(Ms: Sequence[Tensor]) -> tuple[float, float]:
    """How much a product of matrices stretches at most and at least: do gradients explode or vanish (D2L 4.8.1.2)?

        M = Ms[0] Ms[1] ... Ms[-1]

    Args:
        Ms: matrices, at least one, of float32 or float64; each has as many columns as the next has rows.

    Returns:
        The largest and the smallest of the singular values of M, of which an (n, m) matrix has min(n, m), as Python
        floats. The product is computed in float64, whatever the dtype of Ms: its range is 1e-308 to 1e308. As with
        any such computation, what is smaller than 1e-15 of the largest is lost in rounding.
    """
    raise NotImplementedError  # write your code here


def gradient_norms(layers: Sequence[Callable[[Tensor], Tensor]], X: Tensor) -> list[float]:
    """How large the gradient is at every depth of a network: does it vanish or explode (D2L 4.8.1)?

    With h_0 = X, h_l = layers[l - 1](h_{l-1}) and o the sum of all elements of h_L, where L = len(layers):

        norms[l] = || do / dh_l ||      the square root of the sum of the squares of all elements, l = 0, ..., L

    Args:
        layers: functions or modules, which autograd can differentiate; none works in place.
        X: a batch of inputs of the first layer. It stays as it is and need not require gradients.

    Returns:
        L + 1 norms as Python floats, from the input to the output. The last is the root of the number of outputs.
        Neither X nor any parameter of the layers has another `.grad` afterwards than before.
    """
    raise NotImplementedError  # write your code here
