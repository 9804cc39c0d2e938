"""ch16 PyTorch basics: modules, parameters and custom layers.

See D2L 5.1 (model-construction), 5.2 (parameters), 5.4 (custom-layer) and 5.5 (read-write) in
chapter_deep-learning-computation.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# WRONG modules-copied:
#     import copy
#     from torch.nn import functional as F


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
        # BEGIN SOLUTION
        self.hidden = nn.Linear(20, 256)
        # WRONG layers-without-bias: self.hidden = nn.Linear(20, 256, bias=False)
        self.out = nn.Linear(256, 10)
        # WRONG layers-without-bias: self.out = nn.Linear(256, 10, bias=False)
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Return the scores, (..., 20) -> (..., 10). They may be negative: no ReLU follows `out`.

        X is float32 or, after double(), float64, and may have any strides. It stays unchanged. Gradients flow to X.
        """
        # BEGIN SOLUTION
        return self.out(F.relu(self.hidden(X)))
        # WRONG softmax-on-the-scores: return torch.softmax(self.out(F.relu(self.hidden(X))), dim=-1)
        # WRONG activation-on-the-input: return self.out(self.hidden(F.relu(X)))
        # WRONG sigmoid-hidden-units: return self.out(torch.sigmoid(self.hidden(X)))
        # WRONG no-activation: return self.out(self.hidden(X))
        # WRONG scores-cut-off: return F.relu(self.out(F.relu(self.hidden(X))))
        # WRONG tanh-hidden-units: return self.out(torch.tanh(self.hidden(X)))
        # WRONG log-softmax-on-the-scores: return torch.log_softmax(self.out(F.relu(self.hidden(X))), dim=-1)
        # WRONG hidden-units-returned: return F.relu(self.hidden(X))
        # WRONG relu-twice-in-the-mlp: return self.out(F.relu(self.hidden(F.relu(X))))
        # END SOLUTION


class MySequential(nn.Module):
    """Run modules one after the other, as nn.Sequential does (D2L 5.1.2).

    The modules are submodules with the names "0", "1", ..., in the given order. So `parameters()`, `state_dict()`,
    `eval()` and `double()` reach them. The keys of `state_dict()` are the same as for nn.Sequential, also in a chain of
    chains.

    >>> list(MySequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).state_dict())
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *args: nn.Module) -> None:
        """Register any number of modules.

        Keep the modules themselves, not copies. A module that is given twice runs twice, with the same parameters.
        """
        super().__init__()
        # BEGIN SOLUTION
        for position, module in enumerate(args):
            self.add_module(str(position), module)  # a plain list would hide its parameters
        # WRONG modules-in-a-module-list, 2 lines:
        #     self.layers = nn.ModuleList(args)
        # WRONG names-from-one: self.add_module(str(position + 1), module)
        # WRONG modules-in-a-plain-list: self.__dict__.setdefault("modules_given", []).append(module)
        # WRONG modules-copied: self.add_module(str(position), copy.deepcopy(module))
        # WRONG names-with-a-word: self.add_module(f"layer{position}", module)
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Pass X to the first module, its result to the second, and so on. Return the last result.

        Call each module as a function, so that its hooks run. Without modules the result is X. X may have any dtype and
        strides that the modules accept. Gradients flow to X and to all parameters.
        """
        # BEGIN SOLUTION
        for module in self._modules.values():
            # WRONG modules-in-a-module-list: for module in self.layers:
            # WRONG modules-reversed: for module in reversed(self._modules.values()):
            # WRONG input-not-passed-on:
            #     Y = X
            #     for module in self._modules.values():
            # WRONG modules-in-a-plain-list: for module in self.__dict__.get("modules_given", []):
            # WRONG repeated-module-skipped: for module in self.children():
            # WRONG names-sorted: for _, module in sorted(self._modules.items()):
            X = module(X)
            # WRONG input-not-passed-on: Y = module(X)
            # WRONG first-module-only: return module(X)
            # WRONG forward-called-directly: X = module.forward(X)
            # WRONG last-module-skipped: X = X if module is list(self._modules.values())[-1] else module(X)
        return X
        # WRONG input-not-passed-on: return Y
        # END SOLUTION


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
        # BEGIN SOLUTION
        return X - X.mean()
        # WRONG centred-in-place:
        #     X -= X.mean()
        #     return X
        # WRONG scaled-as-well: return (X - X.mean()) / X.std()
        # WRONG sum-subtracted: return X - X.sum()
        # WRONG sign-reversed: return X.mean() - X
        # WRONG mean-of-each-row: return X - X.mean(dim=-1, keepdim=True)
        # WRONG mean-of-each-column: return X - X.mean(dim=0)
        # WRONG mean-without-gradient: return X - X.mean().item()
        # WRONG mean-added: return X + X.mean()
        # WRONG mean-alone: return X.mean()
        # WRONG median-subtracted: return X - X.median()
        # WRONG smallest-subtracted: return X - X.min()
        # WRONG mean-of-each-example: return X - X.mean(dim=list(range(1, X.dim())) or [0], keepdim=True)
        # END SOLUTION


class MyLinear(nn.Module):
    """Compute a fully connected layer with a ReLU (D2L 5.4.2).

        Y = relu(X weight + bias)

    Attributes:
        weight: nn.Parameter, (in_units, units). nn.Linear has the other order.
        bias: nn.Parameter, (units,).

    All elements of both are drawn from the standard normal distribution.
    """

    def __init__(self, in_units: int, units: int) -> None:
        """Create both parameters in float32, for in_units inputs and units outputs."""
        super().__init__()
        # BEGIN SOLUTION
        self.weight = nn.Parameter(torch.randn(in_units, units))
        # WRONG small-first-values: self.weight = nn.Parameter(0.01 * torch.randn(in_units, units))
        # WRONG weight-transposed: self.weight = nn.Parameter(torch.randn(units, in_units))
        # WRONG uniform-first-values: self.weight = nn.Parameter(torch.rand(in_units, units))
        self.bias = nn.Parameter(torch.randn(units))
        # WRONG bias-with-two-axes: self.bias = nn.Parameter(torch.randn(1, units))
        # WRONG bias-is-no-parameter: self.bias = torch.randn(units)
        # WRONG uniform-first-values: self.bias = nn.Parameter(torch.rand(units))
        # WRONG zero-bias: self.bias = nn.Parameter(torch.zeros(units))
        # WRONG one-bias-for-all-units: self.bias = nn.Parameter(torch.randn(1))
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Return the output, (..., in_units) -> (..., units), with the current values of the parameters.

        X is float32 or, after double(), float64, and may have any strides. It stays unchanged. Gradients flow to X.
        Bonus (no points): gradients also flow to weight and bias. (The book computes with `weight.data`, which has no
        gradient.)
        """
        # BEGIN SOLUTION
        return F.relu(X @ self.weight + self.bias)
        # WRONG weight-on-the-left: return F.relu(self.weight @ X + self.bias)
        # WRONG bias-after-the-relu: return F.relu(X @ self.weight) + self.bias
        # WRONG bias-forgotten: return F.relu(X @ self.weight)
        # WRONG weight-transposed: return F.relu(X @ self.weight.t() + self.bias)
        # WRONG no-relu: return X @ self.weight + self.bias
        # WRONG relu-on-the-input: return F.relu(X) @ self.weight + self.bias
        # WRONG bias-subtracted: return F.relu(X @ self.weight - self.bias)
        # WRONG sigmoid-for-relu: return torch.sigmoid(X @ self.weight + self.bias)
        # END SOLUTION


def init_constant(m: nn.Module) -> None:
    """Fill the weight of a fully connected layer with 1 and its bias with 0 (D2L 5.2.2).

    `net.apply(init_constant)` calls the function with each module of a network, at any depth, and with the network
    itself. Change the values of the existing parameters in place. They keep their dtype, stay trainable, and an
    optimiser that holds them still holds them.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear. Bonus (no points): an nn.Linear without a bias also
            works. (The book's code fails there.)
    """
    # BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        # WRONG every-layer-with-a-weight: if hasattr(m, "weight"):
        nn.init.ones_(m.weight)
        # WRONG ones-and-zeros-swapped: nn.init.zeros_(m.weight)
        # WRONG new-parameters: m.weight = nn.Parameter(torch.ones_like(m.weight))
        # WRONG weight-left-as-it-was: pass
        # WRONG weight-of-zero-too: nn.init.zeros_(m.weight)
        if m.bias is not None:
            # WRONG every-layer-with-a-weight: if getattr(m, "bias", None) is not None:
            nn.init.zeros_(m.bias)
            # WRONG ones-and-zeros-swapped: nn.init.ones_(m.bias)
            # WRONG bias-left-as-it-was: pass
            # WRONG new-parameters: m.bias = nn.Parameter(torch.zeros_like(m.bias))
            # WRONG bias-is-one-too: nn.init.ones_(m.bias)
    # END SOLUTION


def my_init(m: nn.Module) -> None:
    """Draw the weight of a fully connected layer from a distribution with a gap (D2L 5.2.2), for use with `apply`.

        w ~ U(-10, 10), but 0 if |w| < 5

    So a weight is 0 with probability 1/2, in [-10, -5] with 1/4, and in [5, 10] with 1/4. Change the values of the
    existing parameter in place. It keeps its dtype and stays trainable. The bias, if there is one, stays unchanged.

    Args:
        m: any module. Nothing happens unless it is an nn.Linear.
    """
    # BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        # WRONG every-weight-drawn: if hasattr(m, "weight"):
        nn.init.uniform_(m.weight, -10, 10)
        # WRONG bias-set-to-zero:
        #     nn.init.uniform_(m.weight, -10, 10)
        #     if m.bias is not None:
        #         nn.init.zeros_(m.bias)
        # WRONG weight-replaced: m.weight = nn.Parameter(torch.empty_like(m.weight).uniform_(-10, 10))
        # WRONG default-range: nn.init.uniform_(m.weight)
        # WRONG range-from-zero: nn.init.uniform_(m.weight, 0, 10)
        # WRONG bias-drawn-too:
        #     for parameter in m.parameters():
        #         nn.init.uniform_(parameter, -10, 10)
        # WRONG normal-for-uniform: nn.init.normal_(m.weight, 0, 10)
        m.weight.data[m.weight.abs() < 5] = 0
        # WRONG gap-forgotten:
        # WRONG large-weights-dropped: m.weight.data[m.weight.abs() >= 5] = 0
        # WRONG negative-weights-dropped: m.weight.data[m.weight < 5] = 0
        # WRONG mask-for-weights: m.weight.data = (m.weight.abs() >= 5).to(m.weight.dtype)
        # WRONG small-weights-pushed-out: m.weight.data[m.weight.abs() < 5] = 5
    # END SOLUTION
