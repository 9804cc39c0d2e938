"""ch10 The perceptron and the multilayer perceptron.

See D2L 4.1 to 4.3 (chapter_multilayer-perceptrons/mlp.md, mlp-scratch.md, mlp-concise.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn

# Given, not exercises: helpers of the book's notebook.
d2l = SimpleNamespace(reshape=torch.reshape)

# The parameters of `net`. Checks give them other values and widths.
num_inputs, num_outputs, num_hiddens = 784, 10, 256
W1 = nn.Parameter(0.01 * torch.randn(num_inputs, num_hiddens))
b1 = nn.Parameter(torch.zeros(num_hiddens))
W2 = nn.Parameter(0.01 * torch.randn(num_hiddens, num_outputs))
b2 = nn.Parameter(torch.zeros(num_outputs))
params = [W1, b1, W2, b2]


def relu(X: Tensor) -> Tensor:
    """Return the rectified linear unit of each element (D2L 4.1.2).

        relu(x) = max(x, 0)

    Gradients flow to X: the slope is 0 below zero and 1 above; at zero it may be 0, 1 or a number between them. The
    function leaves X unchanged.

    Args:
        X: a tensor of any shape, float32 or float64. It need not be contiguous in memory. -inf counts as a negative
            number.

    Returns:
        A tensor with the shape and dtype of X.

    Write it from scratch, without ready-made activation functions (torch.relu, nn.ReLU, F.gelu, ...).
    """
    raise NotImplementedError  # write your code here


def net(X: Tensor) -> Tensor:
    """Return the logits of a perceptron with one hidden layer, computed with your `relu` (D2L 4.2.3).

        net(X) = relu(X W1 + b1) W2 + b2,    with each example of X flattened first

    The function uses W1 (num_inputs, hiddens), b1 (hiddens,), W2 (hiddens, outputs) and b2 (outputs,) of this module,
    with their values at the time of the call. It has no other parameters. Gradients flow to X and to all four. The
    function leaves X and the parameters unchanged.

    Args:
        X: a batch of n examples of num_inputs numbers each: (n, 784), (n, 1, 28, 28), ... Its dtype is that of the
            parameters, float32 or float64. It need not be contiguous in memory.

    Returns:
        The logits, (n, outputs): any real numbers, not probabilities.
    """
    raise NotImplementedError  # write your code here


def perceptron(X: Tensor, y: Tensor, max_epochs: int = 100) -> tuple[Tensor, Tensor, int]:
    """Train the perceptron of Rosenblatt (1958) for two classes and return its weights.

    Start from w = 0, b = 0. Take the examples one by one, in the given order, epoch after epoch. An example that is not
    strictly on its side changes w and b at once; other examples change nothing:

        where y[i] * (w . X[i] + b) <= 0:    w <- w + y[i] * X[i],    b <- b + y[i]

    Stop after the first epoch without an error, or after max_epochs epochs. The function leaves its arguments
    unchanged.

    Novikoff (1962) gave a bound for the number of updates. Suppose that some (w, b) of norm 1 has y[i] * (w . X[i] + b)
    >= gamma > 0 for all i, and let R be the largest norm of (X[i], 1). Then there are at most (R / gamma)^2 updates.

    Args:
        X: the examples, (n, d), float32 or float64. They need not be contiguous in memory.
        y: their labels, (n,), -1 or +1, as integers or in the dtype of X.
        max_epochs: the largest number of epochs.

    Returns:
        (w, b, updates): the weights (d,) and the bias () in the dtype of X, and the number of updates, a Python int.
    """
    raise NotImplementedError  # write your code here


def xor_weights() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return weights with which two hidden units compute XOR.

        relu(x W1 + b1) W2 + b2 = 0 for x = (0, 0) and (1, 1),    1 for x = (0, 1) and (1, 0)

    No single perceptron can do this (Minsky and Papert, 1969). Find the weights with pencil and paper. The outputs must
    be right within 1e-6.

    Returns:
        (W1, b1, W2, b2), float32, with the shapes (2, 2), (2,), (2, 1) and (1,).
    """
    raise NotImplementedError  # write your code here


def collapse_linear(weights: Sequence[Tensor], biases: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return the single affine layer that equals a stack of affine layers without activations (D2L 4.1.1).

        x W + b = (... ((x weights[0] + biases[0]) weights[1] + biases[1]) ...) weights[-1] + biases[-1]

    Gradients flow to weights and biases. The function leaves them unchanged. It works in float32 and float64, and
    tensors need not be contiguous in memory.

    Args:
        weights: a list or tuple of one or more matrices (inputs, outputs), first layer first. The outputs of a layer
            are the inputs of the next.
        biases: a list or tuple of as many vectors, (outputs,) each.

    Returns:
        (W, b): (inputs of the first layer, outputs of the last) and (outputs of the last,).
    """
    raise NotImplementedError  # write your code here
