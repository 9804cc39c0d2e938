"""ch10 The perceptron and the multilayer perceptron.

D2L sections 4.1 to 4.3 (chapter_multilayer-perceptrons/mlp.md, mlp-scratch.md, mlp-concise.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn

# Given, not exercises: what the book's notebook has at hand.
d2l = SimpleNamespace(reshape=torch.reshape)

# The parameters of `net`. The checks put weights of their own, and of other widths, into W1, b1, W2 and b2.
num_inputs, num_outputs, num_hiddens = 784, 10, 256
W1 = nn.Parameter(0.01 * torch.randn(num_inputs, num_hiddens))
b1 = nn.Parameter(torch.zeros(num_hiddens))
W2 = nn.Parameter(0.01 * torch.randn(num_hiddens, num_outputs))
b2 = nn.Parameter(torch.zeros(num_outputs))
params = [W1, b1, W2, b2]


def relu(X: Tensor) -> Tensor:
    """The rectified linear unit of every element (D2L 4.1.2), written from scratch.

        relu(x) = max(x, 0)

    Args:
        X: a floating-point tensor of any shape; it is left as it was. -inf counts as a number below zero.

    Returns:
        A tensor of X's shape and dtype. Its slope is 0 below zero and 1 above; at zero, either or between.

    Write it from scratch, without ready-made activation functions (torch.relu, nn.ReLU, F.gelu, ...).
    """
    raise NotImplementedError  # write your code here


def net(X: Tensor) -> Tensor:
    """A perceptron with one hidden layer (D2L 4.2.3), on top of your `relu`.

        net(X) = relu(X W1 + b1) W2 + b2,    every example of X flattened first

    It reads W1 (num_inputs, hiddens), b1 (hiddens,), W2 (hiddens, outputs) and b2 (outputs,) of this module, as they
    are when it is called, and has no parameters of its own.

    Args:
        X: a batch of n examples of num_inputs numbers each: (n, 784), (n, 1, 28, 28), ...

    Returns:
        The logits, (n, outputs): any real numbers, no probabilities.
    """
    raise NotImplementedError  # write your code here


def perceptron(X: Tensor, y: Tensor, max_epochs: int = 100) -> tuple[Tensor, Tensor, int]:
    """Rosenblatt's perceptron for two classes (Rosenblatt, 1958).

    It starts from w = 0, b = 0 and takes the examples one by one, in the order given, epoch after epoch. An example
    that is not strictly on its side moves w and b at once; the others change nothing:

        where y[i] * (w . X[i] + b) <= 0:    w <- w + y[i] * X[i],    b <- b + y[i]

    It stops after the first epoch without an error, or after max_epochs epochs. If some (w, b) of norm one has
    y[i] * (w . X[i] + b) >= gamma > 0 for all i, there are at most (R / gamma)^2 updates, R being the largest norm of
    (X[i], 1) (Novikoff, 1962).

    Args:
        X: the examples, (n, d), floating-point.
        y: their labels, (n,), -1 or +1, as integers or in X's dtype.
        max_epochs: how often to go through the examples at most.

    Returns:
        (w, b, updates): the weights (d,) and the bias () in X's dtype, and how often they were moved, a Python int.
    """
    raise NotImplementedError  # write your code here


def xor_weights() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Weights with which two hidden units compute XOR, which no single perceptron can (Minsky & Papert, 1969).

        relu(x W1 + b1) W2 + b2 = 0 for x = (0, 0) and (1, 1),    1 for x = (0, 1) and (1, 0)

    Find them with pencil and paper: what is right is right to the last digit, or within 1e-6 of it.

    Returns:
        (W1, b1, W2, b2), float32, of the shapes (2, 2), (2,), (2, 1) and (1,).
    """
    raise NotImplementedError  # write your code here


def collapse_linear(weights: Sequence[Tensor], biases: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """The one affine layer that a stack of affine layers without activations amounts to (D2L 4.1.1).

        x W + b = (... ((x weights[0] + biases[0]) weights[1] + biases[1]) ...) weights[-1] + biases[-1]

    Args:
        weights: one or more matrices, first layer first; (inputs, outputs) each, the outputs of one being the inputs
            of the next.
        biases: as many vectors, (outputs,) each.

    Returns:
        (W, b): (inputs of the first layer, outputs of the last) and (outputs of the last,).
    """
    raise NotImplementedError  # write your code here
