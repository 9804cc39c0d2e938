"""ch16 PyTorch basics: modules, parameters, layers of one's own.

D2L sections 5.1 (model-construction), 5.2 (parameters), 5.4 (custom-layer) and 5.5 (read-write) of
chapter_deep-learning-computation.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MLP(nn.Module):
    """A perceptron of 20 inputs, 256 hidden units and 10 outputs, with a ReLU between (D2L 5.1.1).

        Y = out(relu(hidden(X)))

    Attributes:
        hidden: nn.Linear, 20 -> 256.
        out: nn.Linear, 256 -> 10.

    Both are submodules, and all that the network saves: `state_dict()` has hidden.weight, hidden.bias, out.weight and
    out.bias, and these four, loaded into another MLP, make it compute the same.
    """

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """The scores of each example: (..., 20) -> (..., 10). Negative ones, too: there is no ReLU behind `out`."""
        raise NotImplementedError  # write your code here


class MySequential(nn.Module):
    """Modules one after the other, as nn.Sequential has them (D2L 5.1.2), written from scratch.

    The modules are submodules of the names "0", "1", ..., in the order in which they were given. So `parameters()`,
    `state_dict()`, `eval()` and `double()` reach them, and the keys of `state_dict()` are those of an nn.Sequential.

    >>> list(MySequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).state_dict())
    ['0.weight', '0.bias', '2.weight', '2.bias']

    Write it from scratch, without nn.Sequential.
    """

    def __init__(self, *args: nn.Module) -> None:
        """Register the modules, any number of them.

        The modules themselves, no copies: one that is given twice is run twice, and both times with the same
        parameters.
        """
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Give X to the first module, what it returns to the second, and so on; return what the last one gives.

        Each is called as a module, so that its hooks run. Without any module the result is X.
        """
        raise NotImplementedError  # write your code here


class CenteredLayer(nn.Module):
    """A layer without parameters that moves its input to mean 0 (D2L 5.4.1)."""

    def forward(self, X: Tensor) -> Tensor:
        """X less the mean of all its elements, one number for the whole tensor.

        Args:
            X: floats, of any shape.

        Returns:
            A tensor of X's shape and dtype, whose elements have mean 0. X stays as it is.
        """
        raise NotImplementedError  # write your code here


class MyLinear(nn.Module):
    """A fully connected layer with a ReLU, written from scratch (D2L 5.4.2).

        Y = relu(X weight + bias)

    Attributes:
        weight: nn.Parameter, (in_units, units): not the shape of nn.Linear's.
        bias: nn.Parameter, (units,).

    All their elements are drawn from the standard normal distribution.

    Write it from scratch, without ready-made linear layers (nn.Linear, F.linear, ...).
    """

    def __init__(self, in_units: int, units: int) -> None:
        """Make both parameters, for in_units inputs and units outputs."""
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Run the layer: (..., in_units) -> (..., units), with the values that the parameters have now.

        Gradients flow to X, weight and bias. (The book computes with `weight.data`, which has no gradient: the check
        of the parameters' gradients costs no points.)
        """
        raise NotImplementedError  # write your code here


def init_constant(m: nn.Module) -> None:
    """Fill the weight of a fully connected layer with 1 and its bias with 0 (D2L 5.2.2), for use with `apply`.

    The values change in the parameters that are there: an optimiser that already holds them goes on holding them.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear: `net.apply(init_constant)` calls this with every
            module of a network, however nested, and with the network itself. (A layer that was made with bias=False
            has nothing but its weight to fill. The book's code fails there; the check of it costs no points.)
    """
    raise NotImplementedError  # write your code here


def my_init(m: nn.Module) -> None:
    """Draw the weight of a fully connected layer from a distribution with a hole (D2L 5.2.2), for use with `apply`.

        w ~ U(-10, 10), but 0 where |w| < 5

    So a weight is 0 with probability 1/2, and otherwise from [-10, -5] or from [5, 10], with 1/4 each. The values
    change in the parameter that is there; the bias, if the layer has one, stays as it is.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear.
    """
    raise NotImplementedError  # write your code here
