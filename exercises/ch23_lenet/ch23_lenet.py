"""ch23 LeNet.

D2L section 6.6 (chapter_convolutional-neural-networks/lenet.md).
"""

import time
from collections.abc import Iterable, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn


# Given, not an exercise.
class Accumulator:
    """Accumulate n sums (D2L 3.6): add(a, b, ...) adds a number to each sum, and self[i] is the i-th sum."""

    def __init__(self, n: int) -> None:
        self.data = [0.0] * n

    def add(self, *numbers: float) -> None:
        for i, number in enumerate(numbers):
            self.data[i] += float(number)

    def reset(self) -> None:
        self.data = [0.0] * len(self.data)

    def __getitem__(self, i: int) -> float:
        return self.data[i]


def accuracy(y_hat: Tensor, y: Tensor) -> float:
    """Return the number of right predictions; it is a count, not a fraction (D2L 3.6.5)."""
    if y_hat.dim() > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(dim=1)
    return float((y_hat.to(y.dtype) == y).sum())


# Given, not an exercise.
def try_gpu(i: int = 0) -> torch.device:
    """Return the GPU of this number if it exists, and the CPU otherwise (D2L 5.6.1)."""
    if i < torch.cuda.device_count():
        return torch.device("cuda", i)
    return torch.device("cpu")


# Given, not an exercise.
class Timer:
    """Times between start() and stop(), in seconds (D2L 3.1); sum() adds them up."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        self.begun = time.perf_counter()

    def stop(self) -> float:
        self.times.append(time.perf_counter() - self.begun)
        return self.times[-1]

    def sum(self) -> float:
        return sum(self.times)


class Animator:
    """Keeps the points of curves (D2L 3.6); the book's also draws them. Its arguments name axes and curves."""

    def __init__(self, xlabel: str = "", ylabel: str = "", legend: Sequence[str] = (), **style: object) -> None:
        self.xlabel, self.ylabel, self.legend, self.style = xlabel, ylabel, legend, style
        self.points: list[tuple[float, object]] = []

    def add(self, x: float, y: object) -> None:
        """A point of each curve at x; None where a curve has none."""
        self.points.append((x, y))


d2l = SimpleNamespace(
    Accumulator=Accumulator, Timer=Timer, Animator=Animator, try_gpu=try_gpu, accuracy=accuracy, size=torch.numel
)


def lenet() -> nn.Sequential:
    """LeNet-5 for images of 28 x 28 (LeCun, Bottou, Bengio and Haffner, 1998; D2L 6.6.1), without its Gaussian output.

    Two convolutional blocks, each a 5 x 5 convolution, a sigmoid and average pooling over 2 x 2 with stride 2. The
    first convolution makes 6 channels and has padding 2, the second makes 16 and has none. Then the feature maps are
    flattened, and three linear layers give 120, 84 and 10 outputs, with sigmoids between them. The outputs are raw
    scores (logits).

    Returns:
        A new nn.Sequential whose layers are the modules of torch.nn in this order, activations included. It maps
        (n, 1, 28, 28) to (n, 10).
    """
    raise NotImplementedError  # write your code here


def layer_shapes(net: nn.Sequential, X: Tensor) -> list[tuple[str, tuple[int, ...]]]:
    """What a batch looks like after every layer of a net (D2L 6.6.1).

    A look that changes nothing: it builds no graph, X keeps its values even where a layer works in place, moving
    statistics stay as they are, and every module is in training or evaluation mode as before, also when a layer
    raises. Layers are run in evaluation mode.

    Args:
        net: its top-level layers are looked at; one that is an nn.Sequential itself counts as one layer.
        X: a batch that the first layer takes.

    Returns:
        (class name, shape of the output) of each layer, in order, as in ("Conv2d", (1, 6, 28, 28)).
    """
    raise NotImplementedError  # write your code here


def evaluate_accuracy_gpu(
    net: nn.Module, data_iter: Iterable[tuple[Tensor | list[Tensor], Tensor]], device: torch.device | None = None
) -> float:
    """The fraction of a data set that a net classifies rightly, on the net's device (D2L 6.6.2).

    The given `accuracy` counts the right predictions of a batch.

    Args:
        net: is put into evaluation mode.
        data_iter: pairs (X, y) of minibatches, not all of the same size; it may be read only once. X is a tensor, or
            a list of tensors that the net takes as a list; y has one class for each example, (n,).
        device: where X (every tensor of a list) and y are moved; None: to where the net's parameters are.

    Returns:
        Right predictions over all predictions, as a Python float. No computational graph is built on the way.
    """
    raise NotImplementedError  # write your code here


def train_ch6(
    net: nn.Module,
    train_iter: Iterable[tuple[Tensor, Tensor]],
    test_iter: Iterable[tuple[Tensor, Tensor]],
    num_epochs: int,
    lr: float,
    device: torch.device,
) -> None:
    """Train a classifier from scratch (D2L 6.6.2), on top of your `evaluate_accuracy_gpu`.

    First every nn.Linear and nn.Conv2d in the net, however deep, draws its weight anew from Xavier's uniform
    distribution (Glorot and Bengio, 2010), U(-a, a) with a = sqrt(6 / (fan_in + fan_out)); biases and the parameters
    of other layers stay as they are. Then the net is moved to the device and trained by SGD on the mean cross-entropy
    of each minibatch.

    Draws three curves with the given `Animator`, whose points y are (train loss, train accuracy, test accuracy). At
    x = 1, 2, ..., when an epoch is over, they are the mean loss and the accuracy over the examples of this epoch,
    measured as training went on, and the accuracy on the test data afterwards; in one point, or in several with None
    for what is elsewhere. What else is drawn in the course of an epoch, or printed, is up to you.

    Args:
        net: is changed in place; gives logits, (n, q). It trains in training mode and is tested in evaluation mode.
        train_iter, test_iter: pairs (X, y) of minibatches, not all of the same size; read once an epoch.
        num_epochs: how often train_iter is gone through, one or more.
        lr: the learning rate.
        device: where the net and every minibatch are moved.
    """
    raise NotImplementedError  # write your code here
