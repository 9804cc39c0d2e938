"""ch13 Dropout.

See D2L 4.6 (chapter_multilayer-perceptrons/dropout.md).
"""

import torch
from torch import Tensor, nn

# Given, not an exercise: the book's dropout probabilities.
dropout1, dropout2 = 0.2, 0.5


def dropout_layer(X: Tensor, dropout: float) -> Tensor:
    """Return X after inverted dropout, as in training (Srivastava et al., 2014; D2L 4.6.4).

        h' = 0                    with probability dropout
             h / (1 - dropout)    otherwise

    Each element is dropped or kept independently of all others. Every call draws anew. Gradients flow to X: the slope
    is 1 / (1 - dropout) where an element is kept, and 0 where it is dropped. The function leaves X unchanged.

    Bonus (no points): float16 stays float16. Bonus (no points): a dropped element is 0 even if it was infinite.

    Args:
        X: a tensor of any shape, float32 or float64. It need not be contiguous in memory.
        dropout: the probability of dropping an element, from 0 to 1. With 0, the result equals X. With 1, it is all
            zeros, even where X is infinite or NaN. Gradients flow to X then, too; they are zero.

    Returns:
        A tensor with the shape and dtype of X.

    Raises:
        AssertionError: dropout is below 0 or above 1.
    """
    # BEGIN SOLUTION
    assert 0 <= dropout <= 1, f"dropout is a probability, not {dropout}"
    # WRONG range-not-checked:
    if dropout == 1:
        return torch.zeros_like(X)
    # WRONG division-by-zero, 2 lines:
    kept = torch.rand(X.shape, device=X.device) >= dropout
    # WRONG normal-for-uniform: kept = torch.randn(X.shape) >= dropout
    # WRONG exact-share-dropped:
    #     order = torch.randperm(X.numel()).reshape(X.shape)
    #     kept = order >= round(X.numel() * dropout)
    # WRONG comparison-reversed: kept = torch.rand(X.shape, device=X.device) < (dropout or 2)
    # WRONG one-mask-per-example: kept = torch.rand(X.shape[0], *[1] * (X.dim() - 1), device=X.device) >= dropout
    # WRONG one-mask-for-the-batch:
    #     kept = torch.rand((1, *X.shape[1:]) if X.dim() > 1 else X.shape, device=X.device) >= dropout
    # WRONG same-mask-every-call:
    #     seeded = torch.Generator().manual_seed(0)
    #     kept = torch.rand(X.shape, generator=seeded) >= dropout
    # The elements that stay are scaled up, so that the mean stays the same.
    return torch.where(kept, X / (1 - dropout), 0)
    # WRONG survivors-scaled-down: return torch.where(kept, X * (1 - dropout), 0)
    # WRONG survivors-not-scaled: return torch.where(kept, X, 0)
    # WRONG scaled-by-dropout: return torch.where(kept, X / dropout if dropout else X, 0)
    # WRONG division-by-zero: return kept * X / torch.tensor(1.0 - dropout, dtype=X.dtype)
    # WRONG mask-multiplied: return kept.float() * X / (1 - dropout)
    # WRONG dropout-is-keep-probability, 2 lines:
    #     if dropout == 0:
    #         return X
    #     kept = torch.rand(X.shape, device=X.device) < dropout
    #     return torch.where(kept, X / dropout, 0)
    # WRONG survivors-scaled-by-the-sum: return torch.where(kept, X * (1 + dropout), 0)
    # WRONG dropped-to-the-mean: return torch.where(kept, X / (1 - dropout), X.mean())
    # WRONG mask-returned: return kept.to(X.dtype) / (1 - dropout)
    # END SOLUTION


class Net(nn.Module):
    """Classify images or vectors by a multilayer perceptron with dropout on both hidden layers (D2L 4.6.4).

        H1 = relu(lin1(X))          in training: dropout_layer(H1, dropout1)
        H2 = relu(lin2(H1))         in training: dropout_layer(H2, dropout2)
        result = lin3(H2)

    dropout1 and dropout2 are globals of this module, 0.2 and 0.5. `self.training` says whether the network is in
    training; `train()` and `eval()` set it. The network works in float32 and float64. Gradients flow to X and to all
    parameters.

    Attributes:
        lin1: nn.Linear, from num_inputs to num_hiddens1.
        lin2: nn.Linear, from num_hiddens1 to num_hiddens2.
        lin3: nn.Linear, from num_hiddens2 to num_outputs.
    """

    def __init__(
        self, num_inputs: int, num_outputs: int, num_hiddens1: int, num_hiddens2: int, is_training: bool = True
    ) -> None:
        """Create the three layers, with the initial values of nn.Linear.

        Args:
            num_inputs: the number of inputs per example.
            num_outputs: the number of outputs per example.
            num_hiddens1: the width of the first hidden layer.
            num_hiddens2: the width of the second hidden layer.
            is_training: the initial mode. With False, the network drops nothing until train() is called.
        """
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
        """Return the logits of a batch.

        Args:
            X: n examples of num_inputs numbers each: (n, num_inputs), (n, 1, 28, 28), ... X need not be contiguous in
                memory.

        Returns:
            The logits, (n, num_outputs).
        """
        # BEGIN SOLUTION
        H1 = torch.relu(self.lin1(X.reshape(-1, self.num_inputs)))
        # WRONG viewed-input: H1 = torch.relu(self.lin1(X.view(-1, self.num_inputs)))
        # WRONG images-not-flattened: H1 = torch.relu(self.lin1(X))
        # WRONG first-layer-linear: H1 = self.lin1(X.reshape(-1, self.num_inputs))
        # WRONG sigmoid-units: H1 = torch.sigmoid(self.lin1(X.reshape(-1, self.num_inputs)))
        # WRONG input-dropped:
        #     X = dropout_layer(X, dropout1) if self.training else X
        #     H1 = torch.relu(self.lin1(X.reshape(-1, self.num_inputs)))
        if self.training:
            # WRONG active-in-evaluation: if True:
            # WRONG mode-fixed-at-creation: if self.is_training:
            H1 = dropout_layer(H1, dropout1)
            # WRONG probabilities-built-in: H1 = dropout_layer(H1, 0.2)
            # WRONG same-probability-twice: H1 = dropout_layer(H1, dropout2)
            # WRONG first-layer-keeps-all: pass
            # WRONG probabilities-swapped: H1 = dropout_layer(H1, dropout2)
        H2 = torch.relu(self.lin2(H1))
        # WRONG second-layer-linear: H2 = self.lin2(H1)
        # WRONG sigmoid-units: H2 = torch.sigmoid(self.lin2(H1))
        # WRONG second-layer-skipped: H2 = H1
        if self.training:
            # WRONG active-in-evaluation: if True:
            # WRONG mode-fixed-at-creation: if self.is_training:
            H2 = dropout_layer(H2, dropout2)
            # WRONG probabilities-built-in: H2 = dropout_layer(H2, 0.5)
            # WRONG same-probability-twice: H2 = dropout_layer(H2, dropout2)
            # WRONG second-layer-keeps-all: pass
            # WRONG probabilities-swapped: H2 = dropout_layer(H2, dropout1)
        return self.lin3(H2)
        # WRONG output-dropped: return dropout_layer(self.lin3(H2), dropout2) if self.training else self.lin3(H2)
        # WRONG activation-on-output: return torch.relu(self.lin3(H2))
        # WRONG softmax-on-output: return torch.softmax(self.lin3(H2), dim=1)
        # END SOLUTION


def expected_output(X: Tensor, dropout: float, n_samples: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Estimate the mean and the variance of dropout, from draws of your `dropout_layer`.

    Draw Y_1, ..., Y_n from dropout_layer(X, dropout), with n = n_samples. Then compute for each element:

        mean = (Y_1 + ... + Y_n) / n                                tends to x
        variance = ((Y_1 - mean)^2 + ... + (Y_n - mean)^2) / n      tends to x^2 p / (1 - p), where p = dropout < 1

    The function leaves X unchanged.

    Args:
        X: a tensor of any shape, float32 or float64. It need not be contiguous in memory.
        dropout: the probability of dropping an element, from 0 to 1.
        n_samples: the number of draws, 1 or more.
        seed: the argument of `torch.manual_seed`, called once, before the first draw. The same seed gives the same
            estimate; another seed gives another estimate.

    Returns:
        The mean and the variance, both with the shape and dtype of X.
    """
    # BEGIN SOLUTION
    torch.manual_seed(seed)
    # WRONG seed-always-zero: torch.manual_seed(0)
    # WRONG seed-ignored: del seed
    samples = torch.stack([dropout_layer(X, dropout) for _ in range(n_samples)])
    # WRONG one-draw-repeated: samples = torch.stack([dropout_layer(X, dropout)] * n_samples)
    # WRONG always-a-hundred-draws: samples = torch.stack([dropout_layer(X, dropout) for _ in range(100)])
    mean = samples.mean(dim=0)
    # WRONG draws-summed: mean = samples.sum(dim=0)
    # WRONG mean-over-all-elements: mean = samples.mean()
    variance = ((samples - mean) ** 2).mean(dim=0)
    # WRONG spread-around-the-input: variance = ((samples - X) ** 2).mean(dim=0)
    # WRONG unbiased-variance: variance = samples.var(dim=0)
    # WRONG deviation-for-variance: variance = ((samples - mean) ** 2).mean(dim=0).sqrt()
    # WRONG mean-over-all-elements: variance = ((samples - mean) ** 2).mean()
    # WRONG squares-summed: variance = ((samples - mean) ** 2).sum(dim=0)
    # WRONG second-moment: variance = (samples**2).mean(dim=0)
    # WRONG deviations-not-squared: variance = (samples - mean).abs().mean(dim=0)
    return mean, variance
    # WRONG variance-first: return variance, mean
    # WRONG mean-alone: return mean
    # END SOLUTION


def mc_dropout_predict(net: nn.Module, X: Tensor, n_samples: int) -> tuple[Tensor, Tensor]:
    """Return the mean and the deviation of predictions with dropout: Monte Carlo dropout (Gal and Ghahramani, 2016).

    The deviation shows how sure a network is. Call net(X) n_samples times. The nn.Dropout modules of the network, at
    any depth, are in training mode. All other modules, such as batch normalisation, are in evaluation mode. Afterwards
    every module is in its previous mode. No graph is recorded, and autograd stays enabled afterwards. The function
    leaves X unchanged.

    Args:
        net: a network with or without nn.Dropout modules, in any mode.
        X: a batch of inputs of the network, float32 or float64. It need not be contiguous in memory.
        n_samples: the number of calls, 1 or more.

    Returns:
        The mean of the n_samples outputs and their standard deviation, which divides by n_samples, element by element.
        Both have no graph. Without dropout in the network, the deviation is 0.
    """
    # BEGIN SOLUTION
    modes = {module: module.training for module in net.modules()}
    # WRONG direct-children-only: modes = {module: module.training for module in net.children()}
    # Dropout alone is in training mode: batch normalisation keeps its statistics.
    for module in modes:
        module.training = isinstance(module, nn.Dropout)
        # WRONG whole-network-in-training: module.training = True
        # WRONG dropout-switched-off: module.training = False
    with torch.no_grad():
        # WRONG graph-kept: with torch.enable_grad():
        outputs = torch.stack([net(X) for _ in range(n_samples)])
        # WRONG one-call-repeated: outputs = torch.stack([net(X)] * n_samples)
    for module, training in modes.items():
        module.training = training
        # WRONG modes-not-restored: module.training = False
        # WRONG modes-of-the-root: module.training = modes[net]
    return outputs.mean(dim=0), outputs.std(dim=0, correction=0)
    # WRONG deviation-first: return outputs.std(dim=0, correction=0), outputs.mean(dim=0)
    # WRONG variance-for-deviation: return outputs.mean(dim=0), outputs.var(dim=0, correction=0)
    # WRONG unbiased-deviation: return outputs.mean(dim=0), outputs.std(dim=0)
    # WRONG prediction-alone: return outputs.mean(dim=0)
    # WRONG mean-over-the-batch: return outputs.mean(dim=(0, 1)), outputs.std(dim=(0, 1), correction=0)
    # WRONG sum-of-the-outputs: return outputs.sum(dim=0), outputs.std(dim=0, correction=0)
    # END SOLUTION
