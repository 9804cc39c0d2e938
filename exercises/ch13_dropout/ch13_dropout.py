"""ch13 Dropout.

D2L section 4.6 (chapter_multilayer-perceptrons/dropout.md).
"""

import torch
from torch import Tensor, nn

# Given, not an exercise: the book's dropout probabilities.
dropout1, dropout2 = 0.2, 0.5


def dropout_layer(X: Tensor, dropout: float) -> Tensor:
    """Inverted dropout, as it is in training (Srivastava et al., 2014; D2L 4.6.4).

        h' = 0              with probability dropout
             h / (1 - p)    otherwise, where p = dropout

    Each element is dropped or kept by itself, and every call draws anew.

    Args:
        X: floats of any shape.
        dropout: the probability of dropping an element, from 0 to 1. With 0 the result is X; with 1 it is all zeros,
            whatever X holds.

    Returns:
        A tensor of X's shape and dtype. (The book's code returns float32 for float16, and NaN where an infinite
        element is dropped; the checks of these two cost no points.)

    Raises:
        AssertionError: dropout is below 0 or above 1.

    Write it from scratch, without ready-made dropout (nn.Dropout, F.dropout, ...).
    """
    raise NotImplementedError  # write your code here


class Net(nn.Module):
    """A multilayer perceptron with dropout on both of its hidden layers (D2L 4.6.4), for images or vectors.

        H1 = relu(lin1(X))          in training: dropout_layer(H1, dropout1)
        H2 = relu(lin2(H1))         in training: dropout_layer(H2, dropout2)
        result = lin3(H2)

    dropout1 and dropout2 are the module's globals, 0.2 and 0.5. The network is in training where `self.training` says
    so: `train()` and `eval()` set it.

    Attributes:
        lin1: nn.Linear, from num_inputs to num_hiddens1.
        lin2: nn.Linear, from num_hiddens1 to num_hiddens2.
        lin3: nn.Linear, from num_hiddens2 to num_outputs.
    """

    def __init__(
        self, num_inputs: int, num_outputs: int, num_hiddens1: int, num_hiddens2: int, is_training: bool = True
    ) -> None:
        """is_training is the mode to start in: False makes a network that predicts until train() is called."""
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """The scores, (n, num_outputs), of X, (n, num_inputs) or (n, ...) with num_inputs numbers an example."""
        raise NotImplementedError  # write your code here


def expected_output(X: Tensor, dropout: float, n_samples: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Estimate what dropout gives on average, and how much it varies, with the help of your `dropout_layer`.

    With n = n_samples draws Y_1, ..., Y_n of dropout_layer(X, dropout), element by element:

        mean = (Y_1 + ... + Y_n) / n                                tends to x
        variance = ((Y_1 - mean)^2 + ... + (Y_n - mean)^2) / n      tends to x^2 p / (1 - p), where p = dropout < 1

    Args:
        X: floats of any shape.
        dropout: the probability of dropping an element, from 0 to 1.
        n_samples: how many draws, from 1 on.
        seed: for `torch.manual_seed`, once, before the first draw: the same seed gives the same estimate.

    Returns:
        The mean and the variance, both of X's shape and dtype.
    """
    raise NotImplementedError  # write your code here


def mc_dropout_predict(net: nn.Module, X: Tensor, n_samples: int) -> tuple[Tensor, Tensor]:
    """Monte Carlo dropout: how sure is a network of its prediction (Gal and Ghahramani, 2016)?

    Calls net(X) n_samples times, with dropout at work and everything else as in prediction: the nn.Dropout modules of
    the network, however deep, are in training mode; all other modules, such as batch normalisation, in evaluation mode.
    Afterwards every module is in the mode that it was in before. No gradients are computed.

    Args:
        net: a network with or without nn.Dropout modules, in any mode.
        X: a batch of its inputs.
        n_samples: how many calls, from 1 on.

    Returns:
        The mean of the n_samples outputs, and their standard deviation (which divides by n_samples), element by
        element, without a graph. Without dropout in the network the deviation is 0.
    """
    raise NotImplementedError  # write your code here
