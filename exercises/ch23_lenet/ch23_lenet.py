"""ch23 LeNet, its shapes layer by layer, and its training on a device.

See D2L 6.6 (chapter_convolutional-neural-networks/lenet.md).
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


# Given, not exercises: helpers of the book's notebook. They are in d2l, too, as in the book.
class Timer:
    """Measure the times between start() and stop() in seconds (D2L 3.1). sum() adds them up."""

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
    """Keep the points of curves (D2L 3.6); the book's class also draws them. The arguments name axes and curves."""

    def __init__(self, xlabel: str = "", ylabel: str = "", legend: Sequence[str] = (), **style: object) -> None:
        self.xlabel, self.ylabel, self.legend, self.style = xlabel, ylabel, legend, style
        self.points: list[tuple[float, object]] = []

    def add(self, x: float, y: object) -> None:
        """Add a point to each curve at x. A curve without a point there gets None."""
        self.points.append((x, y))


d2l = SimpleNamespace(
    Accumulator=Accumulator, Timer=Timer, Animator=Animator, try_gpu=try_gpu, accuracy=accuracy, size=torch.numel
)


def lenet() -> nn.Sequential:
    """Return LeNet-5 for images of 28 x 28, without its Gaussian output (LeCun et al., 1998; D2L 6.6.1).

    The net has two convolutional blocks. Each block is a 5 x 5 convolution, a sigmoid and average pooling over 2 x 2
    with stride 2. The first convolution has padding 2 and makes 6 channels. The second has no padding and makes 16.
    Then the net flattens the feature maps, and three linear layers give 120, 84 and 10 outputs, with sigmoids between
    them. The outputs are raw scores (logits).

    Returns:
        A new nn.Sequential. Its layers are modules of torch.nn in this order, activations included. It maps
        (n, 1, 28, 28) to (n, 10), in float32 or, after net.double(), in float64. The images may have any strides.
    """
    raise NotImplementedError  # write your code here


def layer_shapes(net: nn.Sequential, X: Tensor) -> list[tuple[str, tuple[int, ...]]]:
    """Return the shape of a batch after each layer of a net (D2L 6.6.1).

    The function runs the layers in evaluation mode and changes nothing. It builds no graph and leaves no hooks. X keeps
    its values, even if a layer works in place. Moving statistics stay the same. Afterwards gradients are enabled as
    before, and each module is back in its own mode, training or evaluation. The modes are also restored if a layer
    raises an error, which the function passes on.

    Args:
        net: the top-level layers count. A nested nn.Sequential is one layer, even if it is empty. A layer that stands
            at two places is listed twice.
        X: a batch that the first layer accepts.

    Returns:
        (class name, shape of the output) of each layer, in order, as in ("Conv2d", (1, 6, 28, 28)).
    """
    raise NotImplementedError  # write your code here


def evaluate_accuracy_gpu(
    net: nn.Module, data_iter: Iterable[tuple[Tensor | list[Tensor], Tensor]], device: torch.device | None = None
) -> float:
    """Return the accuracy of a net on a data set, computed on the net's device (D2L 6.6.2).

    The function uses the given `accuracy`, which counts the right predictions of a minibatch. It builds no
    computational graph. Afterwards gradients are enabled as before.

    Args:
        net: is put into evaluation mode and is still in it afterwards. float32 or float64.
        data_iter: an iterable of minibatches (X, y). Their sizes may differ. It may have no length and allow only a
            single pass. X is a tensor, or a list of tensors that the net takes as a list. y has one class for each
            example, (n,).
        device: the device to which X (each tensor of a list) and y are moved. None means the device of the net's
            parameters.

    Returns:
        Right predictions divided by all predictions, as a Python float.
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
    """Train a classifier from new weights, with your `evaluate_accuracy_gpu` (D2L 6.6.2).

    First draw the weight of each nn.Linear and nn.Conv2d in the net, at any depth, from Xavier's uniform distribution
    (Glorot and Bengio, 2010): U(-a, a) with a = sqrt(6 / (fan_in + fan_out)). Biases and the parameters of other layers
    stay the same. Then move the net to the device, and train it by SGD on the mean cross-entropy of each minibatch.
    Gradients from before the call have no effect.

    After epochs 1, 2, ... draw a point of three curves with the given `Animator`: x is the number of the epoch, and y
    is (train loss, train accuracy, test accuracy). The first two are means over the examples of the epoch, measured
    before each update. The test accuracy is measured after the epoch. You may also add one curve at a time, with None
    for the others. You may print, and draw more points within an epoch.

    Args:
        net: is changed in place; returns logits, (n, q). It trains in training mode and is tested in evaluation mode.
            float32 or float64.
        train_iter, test_iter: minibatches (X, y), with a length. Their sizes may differ and may be 1. Each epoch reads
            them once. Bonus (no points): train_iter may have fewer than five minibatches. (The book's code draws
            five points in an epoch and divides by zero here.)
        num_epochs: the number of passes over train_iter, at least 1.
        lr: the learning rate.
        device: the net and each minibatch are moved there.
    """
    raise NotImplementedError  # write your code here
