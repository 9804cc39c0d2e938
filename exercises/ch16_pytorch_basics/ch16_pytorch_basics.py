"""ch16 PyTorch basics: modules, parameters and custom layers.

See D2L 5.1 (model-construction), 5.2 (parameters), 5.4 (custom-layer) and 5.5 (read-write) in
chapter_deep-learning-computation.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MLP(nn.Module):
    """Compute scores from 20 inputs with 256 hidden units and a ReLU between the two layers (D2L 5.1.1).

        Y = out(relu(hidden(X)))

    Attributes:
        hidden: nn.Linear, 20 -> 256.
        out: nn.Linear, 256 -> 10.

    Both layers are submodules, and the network saves nothing else: `state_dict()` has hidden.weight, hidden.bias,
    out.weight and out.bias. Another MLP that loads them computes the same.
    """

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Return the scores, (..., 20) -> (..., 10). They may be negative: no ReLU follows `out`.

        X is float32 or, after double(), float64, and may have any strides. It stays unchanged. Gradients flow to X.
        """
        raise NotImplementedError  # write your code here


class MySequential(nn.Module):
    """Run modules one after the other, as nn.Sequential does (D2L 5.1.2).

    The modules are submodules with the names "0", "1", ..., in the given order. So `parameters()`, `state_dict()`,
    `eval()` and `double()` reach them. The keys of `state_dict()` are the same as for nn.Sequential, also in a chain of
    chains.

    >>> list(MySequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).state_dict())
    ['0.weight', '0.bias', '2.weight', '2.bias']

    Write it from scratch, without nn.Sequential.
    """

    def __init__(self, *args: nn.Module) -> None:
        """Register any number of modules.

        Keep the modules themselves, not copies. A module that is given twice runs twice, with the same parameters.
        """
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Pass X to the first module, its result to the second, and so on. Return the last result.

        Call each module as a function, so that its hooks run. Without modules the result is X. X may have any dtype and
        strides that the modules accept. Gradients flow to X and to all parameters.
        """
        raise NotImplementedError  # write your code here


class CenteredLayer(nn.Module):
    """Shift the input to mean 0 (D2L 5.4.1). The layer has no parameters and saves nothing."""

    def forward(self, X: Tensor) -> Tensor:
        """Return X minus the mean of all its elements: one mean for the whole tensor.

        Gradients flow to X, also through the mean.

        Args:
            X: a tensor of any shape, float32 or float64. It may have any strides and stays unchanged.

        Returns:
            A tensor with the shape and dtype of X, whose elements have mean 0.
        """
        raise NotImplementedError  # write your code here


class MyLinear(nn.Module):
    """Compute a fully connected layer with a ReLU (D2L 5.4.2).

        Y = relu(X weight + bias)

    Attributes:
        weight: nn.Parameter, (in_units, units). nn.Linear has the other order.
        bias: nn.Parameter, (units,).

    All elements of both are drawn from the standard normal distribution.

    Write it from scratch, without ready-made linear layers (nn.Linear, F.linear, ...).
    """

    def __init__(self, in_units: int, units: int) -> None:
        """Create both parameters in float32, for in_units inputs and units outputs."""
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Return the output, (..., in_units) -> (..., units), with the current values of the parameters.

        X is float32 or, after double(), float64, and may have any strides. It stays unchanged. Gradients flow to X.
        Bonus (no points): gradients also flow to weight and bias. (The book computes with `weight.data`, which has no
        gradient.)
        """
        raise NotImplementedError  # write your code here


def init_constant(m: nn.Module) -> None:
    """Fill the weight of a fully connected layer with 1 and its bias with 0 (D2L 5.2.2).

    `net.apply(init_constant)` calls the function with each module of a network, at any depth, and with the network
    itself. Change the values of the existing parameters in place. They keep their dtype, stay trainable, and an
    optimiser that holds them still holds them.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear. Bonus (no points): an nn.Linear without a bias also
            works. (The book's code fails there.)
    """
    raise NotImplementedError  # write your code here


def my_init(m: nn.Module) -> None:
    """Draw the weight of a fully connected layer from a distribution with a gap (D2L 5.2.2), for use with `apply`.

        w ~ U(-10, 10), but 0 if |w| < 5

    So a weight is 0 with probability 1/2, in [-10, -5] with 1/4, and in [5, 10] with 1/4. Change the values of the
    existing parameter in place. It keeps its dtype and stays trainable. The bias, if there is one, stays unchanged.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear.
    """
    raise NotImplementedError  # write your code here
