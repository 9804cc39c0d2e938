"""ch33 Data parallelism on one machine.

See D2L 12.5 (chapter_computational-performance/multiple-gpus.md). You need no GPU: a list of devices may name the CPU
several times. `nn.parallel.scatter`, which the book uses, refuses the CPU. The checks replace it by a function that
takes any device. If you use it, write `nn.parallel.scatter(X, devices)` in full.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


def allreduce(data: Sequence[Tensor]) -> None:
    """Add all tensors, and write the sum into each of them, in place (D2L 12.5.4).

    Data-parallel training calls it on the gradients of a parameter, a gradient for each GPU. Afterwards all GPUs have
    the gradient of the whole batch.

    Every tensor keeps its identity, its memory and its device. So other names of a tensor, such as `param.grad`, and
    views of it show the sum too. The given tensors share no memory, and they share none afterwards. A single
    tensor stays unchanged. If tensors require gradients, callers use `torch.no_grad()`.

    Tensors on different devices cannot be added: copy them to one device first.

    Args:
        data: a list or tuple of tensors, at least one. They have the same dtype and the same shape, with at least one
            axis. They may be on different devices, and need not be contiguous in memory.
    """
    raise NotImplementedError  # write your code here


def split_batch(X: Tensor, y: Tensor, devices: Sequence[torch.device]) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
    """Split a batch into shards, a shard for each device (D2L 12.5.5).

    With n examples and k devices, every shard has ceil(n / k) consecutive examples. Only the last shard may be smaller.
    The order of the examples stays the same, and each example keeps its label. There are no empty shards: if fewer
    shards hold all examples, the last devices get none. Examples:

        n = 6, k = 2: 3, 3        n = 5, k = 2: 3, 2        n = 7, k = 3: 3, 3, 1
        n = 5, k = 4: 2, 2, 1     n = 2, k = 3: 1, 1

    The function leaves X and y unchanged. Shards may share memory with them.

    Args:
        X: the features, (n, ...) with n at least 1, of any dtype. X need not be contiguous in memory.
        y: the labels, (n, ...), of any dtype.
        devices: a list of devices, at least one. A device may occur several times.

    Returns:
        The shards of X and the shards of y, each a list or tuple. Shard i is on devices[i].

    Raises:
        AssertionError: X and y have different numbers of examples.
    """
    raise NotImplementedError  # write your code here


def split_batch_cpu(X: Tensor, y: Tensor, n: int) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
    """Split a batch into n parts on its own device, written from scratch. Slices and indices are allowed.

    The parts are those of `split_batch` for n devices, and of `torch.chunk`: consecutive examples in their order,
    ceil(batch / n) of them in each part, fewer only in the last part, and no empty part. So a batch of 5 in n = 4 parts
    gives three parts of 2, 2 and 1 examples. A batch smaller than n gives parts of a single example.

    The function leaves X and y unchanged. Parts may share memory with them.

    Args:
        X: the features, (batch, ...) with at least 1 example, of any dtype. X need not be contiguous in memory.
        y: the labels, (batch, ...), of any dtype.
        n: the number of parts, at least 1.

    Returns:
        The parts of X and the parts of y, each a list or tuple.

    Raises:
        ValueError: X and y have different numbers of examples. AssertionError is as good.

    Write it from scratch, without ready-made splitting (torch.chunk, split, tensor_split, numpy.array_split, ...).
    """
    raise NotImplementedError  # write your code here


def data_parallel_grads(
    net: Callable[[Tensor, list[Tensor]], Tensor],
    params: Sequence[Tensor],
    X: Tensor,
    y: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    n: int,
) -> list[Tensor]:
    """Return the gradients of the summed loss, computed on n replicas and added (D2L 12.5.2).

    Split the batch into the parts of `split_batch_cpu` and of `torch.chunk`, which is allowed here. There is a replica
    for each part, so a small batch uses fewer than n replicas. Each replica computes the gradients of the sum of its
    losses, for its own part and with the same values of the parameters. The result is the sum of these gradients over
    the replicas, a gradient for each parameter.

    So the result equals the gradient of the summed loss of the whole batch. Batch normalisation is an exception: there
    an output depends on other examples, and a replica sees the examples of its own part only.

    A parameter that the loss does not use has a gradient of zeros. The function leaves params unchanged, and their
    `.grad` and `requires_grad` as well. An old `.grad` does not change the result. The result has no graph.

    Args:
        net: called as net(X, params) with the examples of a part and a list of parameters; returns the predictions.
        params: a list or tuple of tensors of any shapes, float32 or float64, with or without requires_grad.
        X: the features, (batch, ...) with at least 1 example.
        y: the labels, (batch, ...).
        loss: called as loss(predictions, labels) with the labels of the part. It returns a loss for each example, not
            their sum.
        n: the number of replicas, at least 1.

    Returns:
        A list of tensors with the shapes and dtypes of params.
    """
    raise NotImplementedError  # write your code here
