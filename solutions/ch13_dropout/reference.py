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
    """
    # BEGIN SOLUTION
    assert 0 <= dropout <= 1, f"dropout is a probability, not {dropout}"
    if dropout == 1:
        return torch.zeros_like(X)
    # WRONG division-by-zero, 2 lines:
    kept = torch.rand(X.shape, device=X.device) >= dropout
    # WRONG comparison-reversed: kept = torch.rand(X.shape, device=X.device) < (dropout or 2)
    # WRONG one-mask-per-example: kept = torch.rand(X.shape[0], *[1] * (X.dim() - 1), device=X.device) >= dropout
    # WRONG one-mask-for-the-batch:
    #     kept = torch.rand((1, *X.shape[1:]) if X.dim() > 1 else X.shape, device=X.device) >= dropout
    # WRONG same-mask-every-call:
    #     seeded = torch.Generator().manual_seed(0)
    #     kept = torch.rand(X.shape, generator=seeded) >= dropout
    # The elements that stay are scaled up, so that the mean stays the same.
    return torch.where(kept, X / (1 - dropout), 0)
    # WRONG survivors-not-scaled: return torch.where(kept, X, 0)
    # WRONG scaled-by-dropout: return torch.where(kept, X / dropout if dropout else X, 0)
    # WRONG division-by-zero: return kept * X / torch.tensor(1.0 - dropout, dtype=X.dtype)
    # WRONG mask-multiplied: return kept.float() * X / (1 - dropout)
    # WRONG dropout-is-keep-probability, 2 lines:
    #     if dropout == 0:
    #         return X
    #     kept = torch.rand(X.shape, device=X.device) < dropout
    #     return torch.where(kept, X / dropout, 0)
    # END SOLUTION


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
        # BEGIN SOLUTION
        self.num_inputs = num_inputs
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)
        self.train(is_training)
        # WRONG mode-fixed-at-creation: self.is_training = is_training
        # WRONG is-training-ignored:
        # WRONG weights-start-at-zero:
        #     for parameter in self.parameters():
        #         nn.init.zeros_(parameter)
        #     self.train(is_training)
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """The scores, (n, num_outputs), of X, (n, num_inputs) or (n, ...) with num_inputs numbers an example."""
        # BEGIN SOLUTION
        H1 = torch.relu(self.lin1(X.reshape(-1, self.num_inputs)))
        if self.training:
            # WRONG active-in-evaluation: if True:
            # WRONG mode-fixed-at-creation: if self.is_training:
            H1 = dropout_layer(H1, dropout1)
            # WRONG probabilities-swapped: H1 = dropout_layer(H1, dropout2)
        H2 = torch.relu(self.lin2(H1))
        if self.training:
            # WRONG active-in-evaluation: if True:
            # WRONG mode-fixed-at-creation: if self.is_training:
            H2 = dropout_layer(H2, dropout2)
            # WRONG probabilities-swapped: H2 = dropout_layer(H2, dropout1)
        return self.lin3(H2)
        # WRONG output-dropped: return dropout_layer(self.lin3(H2), dropout2) if self.training else self.lin3(H2)
        # WRONG activation-on-output: return torch.relu(self.lin3(H2))
        # END SOLUTION


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
    # BEGIN SOLUTION
    torch.manual_seed(seed)
    # WRONG seed-ignored: del seed
    samples = torch.stack([dropout_layer(X, dropout) for _ in range(n_samples)])
    # WRONG one-draw-repeated: samples = torch.stack([dropout_layer(X, dropout)] * n_samples)
    mean = samples.mean(dim=0)
    variance = ((samples - mean) ** 2).mean(dim=0)
    # WRONG unbiased-variance: variance = samples.var(dim=0)
    # WRONG deviation-for-variance: variance = ((samples - mean) ** 2).mean(dim=0).sqrt()
    return mean, variance
    # END SOLUTION


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
    # BEGIN SOLUTION
    modes = {module: module.training for module in net.modules()}
    # Dropout alone is in training mode: batch normalisation keeps its statistics.
    for module in modes:
        module.training = isinstance(module, nn.Dropout)
        # WRONG whole-network-in-training: module.training = True
        # WRONG dropout-switched-off: module.training = False
    with torch.no_grad():
        # WRONG graph-kept: with torch.enable_grad():
        outputs = torch.stack([net(X) for _ in range(n_samples)])
    for module, training in modes.items():
        module.training = training
        # WRONG modes-not-restored: module.training = False
        # WRONG modes-of-the-root: module.training = modes[net]
    return outputs.mean(dim=0), outputs.std(dim=0, correction=0)
    # WRONG unbiased-deviation: return outputs.mean(dim=0), outputs.std(dim=0)
    # END SOLUTION
