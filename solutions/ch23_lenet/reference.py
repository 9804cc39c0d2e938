"""ch23 LeNet, its shapes layer by layer, and its training on a device.

See D2L 6.6 (chapter_convolutional-neural-networks/lenet.md).
"""

import time
from collections.abc import Iterable, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn

# WRONG one-net-for-all:
#     from functools import cache
#     from torch import Tensor, nn

# GIVEN ch09: Accumulator, accuracy
# GIVEN ch17: try_gpu


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
    # WRONG one-net-for-all:
    #     @cache
    #     def lenet() -> nn.Sequential:
    """Return LeNet-5 for images of 28 x 28, without its Gaussian output (LeCun et al., 1998; D2L 6.6.1).

    The net has two convolutional blocks. Each block is a 5 x 5 convolution, a sigmoid and average pooling over 2 x 2
    with stride 2. The first convolution has padding 2 and makes 6 channels. The second has no padding and makes 16.
    Then the net flattens the feature maps, and three linear layers give 120, 84 and 10 outputs, with sigmoids between
    them. The outputs are raw scores (logits).

    Returns:
        A new nn.Sequential. Its layers are modules of torch.nn in this order, activations included. It maps
        (n, 1, 28, 28) to (n, 10), in float32 or, after net.double(), in float64. The images may have any strides.
    """
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2),
        nn.Sigmoid(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.Conv2d(6, 16, kernel_size=5),
        nn.Sigmoid(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120),
        nn.Sigmoid(),
        nn.Linear(120, 84),
        nn.Sigmoid(),
        nn.Linear(84, 10),
    )
    # WRONG no-padding:
    #     return nn.Sequential(
    #         nn.Conv2d(1, 6, kernel_size=5),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Conv2d(6, 16, kernel_size=5),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Flatten(),
    #         nn.Linear(16 * 4 * 4, 120),
    #         nn.Sigmoid(),
    #         nn.Linear(120, 84),
    #         nn.Sigmoid(),
    #         nn.Linear(84, 10),
    #     )
    # WRONG padded-twice:
    #     return nn.Sequential(
    #         nn.Conv2d(1, 6, kernel_size=5, padding=2),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Conv2d(6, 16, kernel_size=5, padding=2),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Flatten(),
    #         nn.Linear(16 * 7 * 7, 120),
    #         nn.Sigmoid(),
    #         nn.Linear(120, 84),
    #         nn.Sigmoid(),
    #         nn.Linear(84, 10),
    #     )
    # WRONG max-pooling:
    #     return nn.Sequential(
    #         nn.Conv2d(1, 6, kernel_size=5, padding=2),
    #         nn.Sigmoid(),
    #         nn.MaxPool2d(kernel_size=2, stride=2),
    #         nn.Conv2d(6, 16, kernel_size=5),
    #         nn.Sigmoid(),
    #         nn.MaxPool2d(kernel_size=2, stride=2),
    #         nn.Flatten(),
    #         nn.Linear(16 * 5 * 5, 120),
    #         nn.Sigmoid(),
    #         nn.Linear(120, 84),
    #         nn.Sigmoid(),
    #         nn.Linear(84, 10),
    #     )
    # WRONG relu-for-sigmoid:
    #     return nn.Sequential(
    #         nn.Conv2d(1, 6, kernel_size=5, padding=2),
    #         nn.ReLU(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Conv2d(6, 16, kernel_size=5),
    #         nn.ReLU(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Flatten(),
    #         nn.Linear(16 * 5 * 5, 120),
    #         nn.ReLU(),
    #         nn.Linear(120, 84),
    #         nn.ReLU(),
    #         nn.Linear(84, 10),
    #     )
    # WRONG relu-and-max-pooling:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2)
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # WRONG softmax-at-the-end:
    #     return nn.Sequential(
    #         nn.Conv2d(1, 6, kernel_size=5, padding=2),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Conv2d(6, 16, kernel_size=5),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Flatten(),
    #         nn.Linear(16 * 5 * 5, 120),
    #         nn.Sigmoid(),
    #         nn.Linear(120, 84),
    #         nn.Sigmoid(),
    #         nn.Linear(84, 10), nn.Softmax(dim=1),
    #     )
    # WRONG sigmoid-at-the-end:
    #     return nn.Sequential(
    #         nn.Conv2d(1, 6, kernel_size=5, padding=2),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Conv2d(6, 16, kernel_size=5),
    #         nn.Sigmoid(),
    #         nn.AvgPool2d(kernel_size=2, stride=2),
    #         nn.Flatten(),
    #         nn.Linear(16 * 5 * 5, 120),
    #         nn.Sigmoid(),
    #         nn.Linear(120, 84),
    #         nn.Sigmoid(),
    #         nn.Linear(84, 10), nn.Sigmoid(),
    #     )
    # WRONG leading-reshape:
    #     class Reshape(nn.Module):
    #         def forward(self, X: Tensor) -> Tensor:
    #             return X.reshape(-1, 1, 28, 28)
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
    #     return nn.Sequential(Reshape(), *first, *second, *dense)
    # WRONG flatten-forgotten:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     dense = nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # WRONG tanh-for-sigmoid:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # WRONG convolutions-without-activation:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.AvgPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.AvgPool2d(kernel_size=2, stride=2)
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # WRONG linear-layers-in-a-row:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # WRONG pooled-before-the-activation:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.AvgPool2d(kernel_size=2, stride=2), nn.Sigmoid()
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.AvgPool2d(kernel_size=2, stride=2), nn.Sigmoid()
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # WRONG a-linear-layer-missing:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # WRONG blocks-nested:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2)
    #     dense = nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
    #     return nn.Sequential(nn.Sequential(*first), nn.Sequential(*second), *dense)
    # WRONG pooling-stride-of-one:
    #     first = nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=1)
    #     second = nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=1)
    #     dense = nn.Flatten(), nn.Linear(7744, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
    #     return nn.Sequential(*first, *second, *dense)
    # END SOLUTION


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
    # BEGIN SOLUTION
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    # WRONG looks-in-training-mode:
    shapes = []
    # WRONG input-listed: shapes = [("Input", tuple(X.shape))]
    try:
        # WRONG lost-after-an-error: if True:
        with torch.no_grad():
            # WRONG shapes-with-a-graph: with torch.enable_grad():
            Y = X.clone()  # a layer may work in place
            # WRONG writes-into-the-input: Y = X
            for layer in net:
                # WRONG opens-nested-layers:
                #     for layer in [module for module in net.modules() if not isinstance(module, nn.Sequential)]:
                # WRONG children-only-once: for layer in net.children():
                Y = layer(Y)
                # WRONG shapes-of-the-inputs:
                #     shapes.append((type(layer).__name__, tuple(Y.shape)))
                #     Y = layer(Y)
                # WRONG each-layer-reads-x: Y = layer(X)
                shapes.append((type(layer).__name__, tuple(Y.shape)))
                # WRONG shapes-of-the-inputs:
                # WRONG without-the-batch: shapes.append((type(layer).__name__, tuple(Y.shape[1:])))
                # WRONG printed-layers: shapes.append((str(layer), tuple(Y.shape)))
                # WRONG numbers-for-names: shapes.append((str(len(shapes)), tuple(Y.shape)))
                # WRONG shape-before-name: shapes.append((tuple(Y.shape), type(layer).__name__))
    finally:
        # WRONG lost-after-an-error: if True:
        for module, training in modes:
            module.training = training
            # WRONG left-in-evaluation-mode: pass
        # WRONG all-in-one-mode, 2 lines: net.train(modes[0][1])
    return shapes
    # END SOLUTION


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
    # BEGIN SOLUTION
    net.eval()
    # WRONG evaluates-in-training-mode:
    if device is None:
        # WRONG device-argument-ignored: if True:
        device = next(net.parameters()).device
        # WRONG device-guessed: device = try_gpu()
    right, total = 0.0, 0
    with torch.no_grad():
        # WRONG evaluates-with-a-graph: with torch.enable_grad():
        for X, y in data_iter:
            inputs = [x.to(device) for x in X] if isinstance(X, list) else X.to(device)
            # WRONG lists-not-moved: inputs = X if isinstance(X, list) else X.to(device)
            # WRONG inputs-not-moved: inputs = X
            labels = y.to(device)
            # WRONG labels-not-moved: labels = y
            right += accuracy(net(inputs), labels)
            # WRONG mean-of-batch-accuracies: right += accuracy(net(inputs), labels) / len(labels)
            # WRONG list-unpacked: right += accuracy(net(*inputs) if isinstance(inputs, list) else net(inputs), labels)
            # WRONG last-batch-only: right = accuracy(net(inputs), labels)
            total += len(labels)
            # WRONG mean-of-batch-accuracies: total += 1
            # WRONG length-of-the-list: total += len(inputs)
            # WRONG first-batch-only:
            #     total += len(labels)
            #     break
            # WRONG divided-by-the-batches: total += 1
    return right / total
    # WRONG right-not-divided: return right
    # WRONG back-to-training-mode:
    #     net.train()
    #     return right / total
    # WRONG in-percent: return 100 * right / total
    # END SOLUTION


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
    # BEGIN SOLUTION

    def init_weights(module: nn.Module) -> None:
        if type(module) in (nn.Linear, nn.Conv2d):
            # WRONG convolutions-forgotten: if type(module) is nn.Linear:
            nn.init.xavier_uniform_(module.weight)
            # WRONG xavier-normal: nn.init.xavier_normal_(module.weight)
            # WRONG biases-zeroed: nn.init.xavier_uniform_(module.weight), nn.init.zeros_(module.bias)
            # WRONG kaiming-for-xavier: nn.init.kaiming_uniform_(module.weight)
            # WRONG normal-weights: nn.init.normal_(module.weight, std=0.01)

    net.apply(init_weights)
    # WRONG weights-kept:
    # WRONG top-layers-only: [init_weights(layer) for layer in net.children()]
    net.to(device)
    # WRONG net-not-moved:
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    # WRONG lr-hard-coded: optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    # WRONG adam-for-sgd: optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    animator = Animator(xlabel="epoch", legend=["train loss", "train acc", "test acc"])
    for epoch in range(num_epochs):
        # WRONG training-mode-set-once:
        #     net.train()
        #     for epoch in range(num_epochs):
        # WRONG one-epoch-too-many: for epoch in range(num_epochs + 1):
        net.train()
        # WRONG training-mode-set-once:
        # WRONG never-in-training-mode:
        loss, right, count = 0.0, 0.0, 0
        # WRONG figures-of-all-epochs:
        #     if epoch == 0:
        #         loss, right, count = 0.0, 0.0, 0
        # WRONG cleared-once-an-epoch:
        #     loss, right, count = 0.0, 0.0, 0
        #     optimizer.zero_grad()
        # WRONG tested-before-the-epoch:
        #     loss, right, count = 0.0, 0.0, 0
        #     tested = evaluate_accuracy_gpu(net, test_iter)
        #     net.train()
        for batch, labels in train_iter:
            X, y = batch.to(device), labels.to(device)
            # WRONG data-not-moved: X, y = batch, labels
            y_hat = net(X)
            mean_loss = nn.functional.cross_entropy(y_hat, y)
            # WRONG softmax-before-the-loss: mean_loss = nn.functional.cross_entropy(y_hat.softmax(dim=1), y)
            # WRONG summed-loss: mean_loss = nn.functional.cross_entropy(y_hat, y, reduction='sum')
            optimizer.zero_grad()
            # WRONG gradients-accumulate:
            # WRONG cleared-once-an-epoch:
            mean_loss.backward()
            optimizer.step()
            # WRONG parameters-never-change:
            loss += mean_loss.item() * len(y)
            # WRONG mean-of-batch-losses:
            #     loss += mean_loss.item() * sum(len(c) for _, c in train_iter) / len(train_iter)
            # WRONG mean-losses-over-examples: loss += mean_loss.item()
            right += accuracy(y_hat, y)
            # WRONG measured-after-the-update: right += accuracy(net(X), y)
            count += len(y)
        animator.add(epoch + 1, (loss / count, right / count, evaluate_accuracy_gpu(net, test_iter)))
        # WRONG tested-on-training-data:
        #     animator.add(epoch + 1, (loss / count, right / count, evaluate_accuracy_gpu(net, train_iter)))
        # WRONG epochs-from-zero:
        #     animator.add(epoch, (loss / count, right / count, evaluate_accuracy_gpu(net, test_iter)))
        # WRONG accuracy-before-loss:
        #     animator.add(epoch + 1, (right / count, loss / count, evaluate_accuracy_gpu(net, test_iter)))
        # WRONG loss-not-divided: animator.add(epoch + 1, (loss, right / count, evaluate_accuracy_gpu(net, test_iter)))
        # WRONG tested-before-the-epoch: animator.add(epoch + 1, (loss / count, right / count, tested))
        # WRONG loss-of-the-last-minibatch:
        #     tested = evaluate_accuracy_gpu(net, test_iter)
        #     animator.add(epoch + 1, (mean_loss.item(), right / count, tested))
        # WRONG training-accuracy-after-the-epoch:
        #     accuracies = evaluate_accuracy_gpu(net, train_iter), evaluate_accuracy_gpu(net, test_iter)
        #     animator.add(epoch + 1, (loss / count, *accuracies))
        # WRONG test-accuracy-before-training-accuracy:
        #     animator.add(epoch + 1, (loss / count, evaluate_accuracy_gpu(net, test_iter), right / count))
        # WRONG right-predictions-counted:
        #     animator.add(epoch + 1, (loss / count, right, evaluate_accuracy_gpu(net, test_iter)))
    # END SOLUTION
