"""ch34 Multi-GPU training in code.

See D2L 12.5 and 12.6 (chapter_computational-performance/multiple-gpus.md, multiple-gpus-concise.md). You need no GPU: a
list of devices may name the CPU several times.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


# Given, not an exercise.
def sgd(params: Sequence[Tensor], lr: float, batch_size: int) -> None:
    """Update parameters in place by a step of minibatch stochastic gradient descent (D2L 3.2.6)."""
    with torch.no_grad():
        for param in params:
            if param.grad is not None:
                param -= lr * param.grad / batch_size
                param.grad.zero_()


# Given, not an exercise.
def allreduce(data: Sequence[Tensor]) -> None:
    """Add all tensors, and write the sum into each of them, in place (D2L 12.5.4)."""
    # Add the originals before the first of them is overwritten.
    total = torch.zeros_like(data[0])
    for tensor in data:
        total += tensor.to(total.device)
    for tensor in data:
        tensor.copy_(total)


# Given, not an exercise.
def split_batch(X: Tensor, y: Tensor, devices: Sequence[torch.device]) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
    """Split a batch into shards, a shard for each device (D2L 12.5.5)."""
    assert X.shape[0] == y.shape[0], "every example needs a label"

    def scatter(batch: Tensor) -> tuple[Tensor, ...]:
        shards = batch.chunk(len(devices))
        # There may be fewer shards than devices.
        return tuple(shard.to(device) for shard, device in zip(shards, devices, strict=False))

    return scatter(X), scatter(y)


# Given, not an exercise: the cross-entropy of each example, not their mean.
loss = nn.CrossEntropyLoss(reduction="none")


def get_params(params: Sequence[Tensor], device: torch.device) -> list[Tensor]:
    """Return a replica of the parameters on a device, ready for training (D2L 12.5.4).

    Every tensor of the replica requires gradients, and is a leaf: backward() fills its `.grad`. The order, the values
    and the dtypes are those of params. If a tensor is on the device already, the replica may contain a copy of it,
    or the tensor itself, which then requires gradients.

    Args:
        params: a list or tuple of tensors of any shapes, float32 or float64, that do not require gradients.
        device: the device of the replica.

    Returns:
        A list of tensors on the device.
    """
    raise NotImplementedError  # write your code here


def lenet(X: Tensor, params: Sequence[Tensor]) -> Tensor:
    """Return the logits of a modified LeNet, from its parameters alone (D2L 12.5.3).

        W1, b1, W2, b2, W3, b3, W4, b4 = params
        1. convolution of X with W1 and b1, ReLU, average pooling
        2. convolution with W2 and b2, ReLU, average pooling
        3. flatten channels, rows and columns in this order; H = relu(flat @ W3 + b3)
        4. result = H @ W4 + b4

    Convolutions have no padding and stride 1. Pooling windows are 2x2 with stride 2; a last row or column that fills no
    window does not count. The numbers of channels and units are those of the parameters. Gradients flow to X and to all
    parameters. The function leaves its arguments unchanged.

    Args:
        X: images, (n, c0, height, width), float32 or float64. X need not be contiguous in memory.
        params: a list or tuple of 8 tensors: W1 (c1, c0, h1, w1), b1 (c1,), W2 (c2, c1, h2, w2), b2 (c2,),
            W3 (flat, units), b3 (units,), W4 (units, classes) and b4 (classes,). In the book they are (20, 1, 3, 3),
            (20,), (50, 20, 5, 5), (50,), (800, 128), (128,), (128, 10) and (10,), for images of 28 x 28.

    Returns:
        The logits, (n, classes).
    """
    raise NotImplementedError  # write your code here


def train_batch(
    X: Tensor, y: Tensor, device_params: Sequence[Sequence[Tensor]], devices: Sequence[torch.device], lr: float
) -> None:
    """Make a step of minibatch SGD on all devices, with the data split between them (D2L 12.5.6).

    1. Split the batch with `split_batch`: a shard for each device.
    2. On each device, compute the sum of the losses of its shard, with `lenet`, `loss` and the replica of this device.
       Then compute the gradients.
    3. Add the gradients of all devices with `allreduce`, parameter by parameter.
    4. On each device: param <- param - lr * gradient / n, where n is the number of examples in the whole batch. `sgd`
       does this.

    So all replicas stay equal, and they take the step that a single device would take with the whole batch. The steps
    change the tensors of the replicas in place: they stay the same leaves, and require gradients. Afterwards their
    gradients are zero or None. The function leaves X and y unchanged, and returns nothing.

    Every device gets a shard. Bonus (no points): if a batch is too small for this, the replicas of the other devices
    take the same step.

    Args:
        X: images, (n, c0, height, width), float32 or float64.
        y: the classes of the images, (n,), int64.
        device_params: the replicas, each a list of 8 parameters for `lenet`. Replica i is on devices[i]. All replicas
            have the same values, and their gradients are None or zero.
        devices: a list of devices. A device may occur several times, each time with a replica of its own.
        lr: the learning rate.
    """
    raise NotImplementedError  # write your code here


def scaled_lr(base_lr: float, base_batch: int, batch: int) -> float:
    """Return the learning rate for another batch size, by the linear scaling rule (Goyal et al., 2017; D2L 12.5.6).

    With k GPUs and k times as many examples in a batch, an epoch has fewer steps. The rule makes the steps longer: the
    learning rate is proportional to the batch size. It holds for smaller batches as well.

        lr / batch = base_lr / base_batch

    Args:
        base_lr: a learning rate that suits base_batch.
        base_batch: the number of examples in a batch for base_lr, at least 1.
        batch: the number of examples in a batch for the result, at least 1. It need not be a multiple of base_batch.

    Returns:
        The learning rate for this batch, a float that is not rounded.

    Raises:
        ValueError: base_batch or batch is 0 or negative.

    >>> scaled_lr(0.5, 128, 512)
    2.0
    """
    raise NotImplementedError  # write your code here
