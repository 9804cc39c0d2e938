"""ch81 PyTorch training loop and multi-dimensional input.

See lectures 5 and 7 of PyTorch Deep Learning Practice, and D2L 3.3
(chapter_linear-networks/linear-regression-concise.md).
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


def forward_backward_update_order(events: Sequence[str]) -> bool:
    """Tell whether a log shows a valid training loop.

    The log is a sequence of the words "forward", "zero_grad", "backward" and "step", in the order of the calls. Each
    "step" ends a cycle, and the next event begins the next cycle. The log is valid if each of its cycles is valid:

    - It has exactly one "backward". Before it, the cycle has at least one "forward" and at least one "zero_grad", in
      any order.
    - There is no "zero_grad" between "backward" and "step": it would erase the gradients that "step" needs.
    - It ends with a "step". If any events follow the last "step" of the log, their cycle is unfinished, and the log is
      not valid.

    A "forward" between "backward" and "step" is allowed. It does not count for the next cycle. The empty log is valid.
    The function leaves events unchanged.

    Args:
        events: a list or tuple of these four words.

    Returns:
        A Python bool.

    >>> forward_backward_update_order(["forward", "zero_grad", "backward", "step"])
    True
    >>> forward_backward_update_order(["forward", "backward", "zero_grad", "step"])
    False
    """
    raise NotImplementedError  # write your code here


class LinearModel(nn.Module):
    """Compute a linear model: a single nn.Linear, as a module of its own (lecture 5; D2L 3.3).

    Gradients flow to x and both parameters. The model works in float32 and, after double(), in float64; x need not be
    contiguous in memory.

    Args:
        in_features: the number of features of an example.
        out_features: the number of outputs of an example.

    Attributes:
        linear: nn.Linear from in_features to out_features, with bias. Its weight has the shape
            (out_features, in_features).
    """

    def __init__(self, in_features: int = 1, out_features: int = 1) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, x: Tensor) -> Tensor:
        """Map examples (n, in_features) to outputs (n, out_features). x stays unchanged."""
        raise NotImplementedError  # write your code here


def fit(
    model: nn.Module,
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    X: Tensor,
    y: Tensor,
    epochs: int,
) -> list[float]:
    """Train a model on the whole data set, with one update in each epoch (lectures 5 and 7; D2L 3.3).

    The function first puts the model into training mode, where it stays. Each epoch calls the model on X, then
    criterion on the output and y, in this order. It sets the gradients to zero, computes those of this loss, and
    lets the optimizer make one step. An epoch calls the model only once.

    Only the gradients of the current epoch count: gradients of earlier epochs, or from before the call, have no
    influence. Only the parameters of optimizer change. The function leaves X and y unchanged.

    Args:
        model: maps X to an output.
        criterion: maps the output and y to a loss of one number, such as nn.MSELoss() or nn.BCELoss(reduction="sum").
        optimizer: an optimizer of torch.optim with parameters of the model. Its step needs no argument.
        X: the examples (n, ...).
        y: the targets. They have the shape of the model's output.
        epochs: the number of epochs, 0 or more.

    Returns:
        The loss of each epoch as a Python float, computed before the update of this epoch: a list of length epochs.

    Raises:
        ValueError: the shape of y is not that of the model's output, for example (n,) and (n, 1), which the loss would
            broadcast. No parameter has changed then. With 0 epochs, shapes do not matter.
    """
    raise NotImplementedError  # write your code here


class DiabetesNet(nn.Module):
    """Compute the lecture's net for the diabetes data: from 8 features to a probability (lecture 7).

        x1 = sigmoid(linear1(x))
        x2 = sigmoid(linear2(x1))
        y = sigmoid(linear3(x2))

    The sigmoid 1 / (1 + exp(-x)) follows each of the three layers, also the last: the result is a probability for
    nn.BCELoss. It is from 0 to 1 for all finite x, also where exp overflows. The net has 54 + 28 + 5 = 87 parameters.
    It is the same in training and evaluation.

    Gradients flow to x and all parameters. The net works in float32 and, after double(), in float64; x need not be
    contiguous in memory.

    Attributes:
        linear1: nn.Linear from 8 to 6, with bias.
        linear2: nn.Linear from 6 to 4, with bias.
        linear3: nn.Linear from 4 to 1, with bias.
    """

    def __init__(self) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, x: Tensor) -> Tensor:
        """Map examples (n, 8) to probabilities (n, 1), from 0 to 1. x stays unchanged."""
        raise NotImplementedError  # write your code here
