"""ch16 PyTorch basics: modules, parameters, layers of one's own.

D2L sections 5.1 (model-construction), 5.2 (parameters), 5.4 (custom-layer) and 5.5 (read-write) of
chapter_deep-learning-computation.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# WRONG modules-copied:
#     import copy
#     from torch.nn import functional as F


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
        # BEGIN SOLUTION
        self.hidden = nn.Linear(20, 256)
        self.out = nn.Linear(256, 10)
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """The scores of each example: (..., 20) -> (..., 10). Negative ones, too: there is no ReLU behind `out`."""
        # BEGIN SOLUTION
        return self.out(F.relu(self.hidden(X)))
        # WRONG no-activation: return self.out(self.hidden(X))
        # WRONG scores-cut-off: return F.relu(self.out(F.relu(self.hidden(X))))
        # END SOLUTION


class MySequential(nn.Module):
    """Modules one after the other, as nn.Sequential has them (D2L 5.1.2), written from scratch.

    The modules are submodules of the names "0", "1", ..., in the order in which they were given. So `parameters()`,
    `state_dict()`, `eval()` and `double()` reach them, and the keys of `state_dict()` are those of an nn.Sequential.

    >>> list(MySequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).state_dict())
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *args: nn.Module) -> None:
        """Register the modules, any number of them.

        The modules themselves, no copies: one that is given twice is run twice, and both times with the same
        parameters.
        """
        super().__init__()
        # BEGIN SOLUTION
        for position, module in enumerate(args):
            self.add_module(str(position), module)  # a plain list would hide its parameters
            # WRONG modules-in-a-plain-list: self.__dict__.setdefault("modules_given", []).append(module)
            # WRONG modules-copied: self.add_module(str(position), copy.deepcopy(module))
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Give X to the first module, what it returns to the second, and so on; return what the last one gives.

        Each is called as a module, so that its hooks run. Without any module the result is X.
        """
        # BEGIN SOLUTION
        for module in self._modules.values():
            # WRONG modules-in-a-plain-list: for module in self.__dict__.get("modules_given", []):
            # WRONG repeated-module-skipped: for module in self.children():
            # WRONG names-sorted: for _, module in sorted(self._modules.items()):
            X = module(X)
            # WRONG forward-called-directly: X = module.forward(X)
        return X
        # END SOLUTION


class CenteredLayer(nn.Module):
    """A layer without parameters that moves its input to mean 0 (D2L 5.4.1)."""

    def forward(self, X: Tensor) -> Tensor:
        """X less the mean of all its elements, one number for the whole tensor.

        Args:
            X: floats, of any shape.

        Returns:
            A tensor of X's shape and dtype, whose elements have mean 0. X stays as it is.
        """
        # BEGIN SOLUTION
        return X - X.mean()
        # WRONG mean-of-each-row: return X - X.mean(dim=-1, keepdim=True)
        # WRONG mean-of-each-column: return X - X.mean(dim=0)
        # WRONG mean-without-gradient: return X - X.mean().item()
        # END SOLUTION


class MyLinear(nn.Module):
    """A fully connected layer with a ReLU, written from scratch (D2L 5.4.2).

        Y = relu(X weight + bias)

    Attributes:
        weight: nn.Parameter, (in_units, units): not the shape of nn.Linear's.
        bias: nn.Parameter, (units,).

    All their elements are drawn from the standard normal distribution.
    """

    def __init__(self, in_units: int, units: int) -> None:
        """Make both parameters, for in_units inputs and units outputs."""
        super().__init__()
        # BEGIN SOLUTION
        self.weight = nn.Parameter(torch.randn(in_units, units))
        # WRONG weight-transposed: self.weight = nn.Parameter(torch.randn(units, in_units))
        # WRONG uniform-first-values: self.weight = nn.Parameter(torch.rand(in_units, units))
        self.bias = nn.Parameter(torch.randn(units))
        # WRONG bias-is-no-parameter: self.bias = torch.randn(units)
        # WRONG uniform-first-values: self.bias = nn.Parameter(torch.rand(units))
        # WRONG zero-bias: self.bias = nn.Parameter(torch.zeros(units))
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Run the layer: (..., in_units) -> (..., units), with the values that the parameters have now.

        Gradients flow to X, weight and bias. (The book computes with `weight.data`, which has no gradient: the check
        of the parameters' gradients costs no points.)
        """
        # BEGIN SOLUTION
        return F.relu(X @ self.weight + self.bias)
        # WRONG weight-transposed: return F.relu(X @ self.weight.t() + self.bias)
        # WRONG no-relu: return X @ self.weight + self.bias
        # END SOLUTION


def init_constant(m: nn.Module) -> None:
    """Fill the weight of a fully connected layer with 1 and its bias with 0 (D2L 5.2.2), for use with `apply`.

    The values change in the parameters that are there: an optimiser that already holds them goes on holding them.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear: `net.apply(init_constant)` calls this with every
            module of a network, however nested, and with the network itself. (A layer that was made with bias=False
            has nothing but its weight to fill. The book's code fails there; the check of it costs no points.)
    """
    # BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        # WRONG every-layer-with-a-weight: if hasattr(m, "weight"):
        nn.init.ones_(m.weight)
        # WRONG new-parameters: m.weight = nn.Parameter(torch.ones_like(m.weight))
        if m.bias is not None:
            # WRONG every-layer-with-a-weight: if getattr(m, "bias", None) is not None:
            nn.init.zeros_(m.bias)
            # WRONG new-parameters: m.bias = nn.Parameter(torch.zeros_like(m.bias))
            # WRONG bias-is-one-too: nn.init.ones_(m.bias)
    # END SOLUTION


def my_init(m: nn.Module) -> None:
    """Draw the weight of a fully connected layer from a distribution with a hole (D2L 5.2.2), for use with `apply`.

        w ~ U(-10, 10), but 0 where |w| < 5

    So a weight is 0 with probability 1/2, and otherwise from [-10, -5] or from [5, 10], with 1/4 each. The values
    change in the parameter that is there; the bias, if the layer has one, stays as it is.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear.
    """
    # BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        # WRONG every-weight-drawn: if hasattr(m, "weight"):
        nn.init.uniform_(m.weight, -10, 10)
        # WRONG bias-drawn-too:
        #     for parameter in m.parameters():
        #         nn.init.uniform_(parameter, -10, 10)
        m.weight.data[m.weight.abs() < 5] = 0
        # WRONG large-weights-dropped: m.weight.data[m.weight.abs() >= 5] = 0
        # WRONG negative-weights-dropped: m.weight.data[m.weight < 5] = 0
        # WRONG mask-for-weights: m.weight.data = (m.weight.abs() >= 5).to(m.weight.dtype)
    # END SOLUTION
