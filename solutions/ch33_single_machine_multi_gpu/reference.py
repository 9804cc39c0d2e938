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
    # BEGIN SOLUTION
    # Add the originals before the first of them is overwritten.
    total = torch.zeros_like(data[0])
    # WRONG product: total = torch.ones_like(data[0])
    # WRONG added-to-the-first: total = data[0].clone()
    for tensor in data:
        # WRONG two-tensors-only: for tensor in data[:2]:
        # WRONG last-left-out: for tensor in data[:-1] or data:
        # WRONG first-left-out: for tensor in data[1:] or data:
        # WRONG sum-of-the-elements: for tensor in [t.sum() if len(data) > 1 else t for t in data]:
        total += tensor.to(total.device)
        # WRONG devices-mixed: total += tensor
        # WRONG devices-summed: total = sum([total + tensor])
        # WRONG product: total *= tensor.to(total.device)
        # WRONG maximum: total = torch.maximum(total if tensor is not data[0] else tensor, tensor.to(total.device))
        # WRONG differences: total = tensor.to(total.device) - total
    for tensor in data:
        tensor.copy_(total)
        # WRONG averaged: tensor.copy_(total / len(data))
        # WRONG summed-again: tensor.copy_(sum(t.to(tensor.device) for t in data))
        # WRONG own-part-left-out: tensor.copy_(total.to(tensor.device) - (tensor if len(data) > 1 else 0))
        # WRONG own-part-twice: tensor.add_(total.to(tensor.device) if len(data) > 1 else 0)
        # WRONG memory-replaced: tensor.data = total.to(tensor.device, copy=True)
        # WRONG memory-shared: tensor.data = total.to(tensor.device)
    # WRONG only-the-first-receives, 2 lines: data[0].copy_(total)
    # WRONG first-not-written, 2 lines:
    #     for tensor in data[1:]:
    #         tensor.copy_(total)
    # WRONG first-broadcast, 2 lines:
    #     for tensor in data[1:]:
    #         tensor.copy_(data[0])
    # WRONG running-sums, 2 lines:
    #     for i in range(1, len(data)):
    #         data[i].add_(data[i - 1].to(data[i].device))
    # WRONG entries-replaced, 2 lines:
    #     data[0].copy_(total)
    #     for i in range(1, len(data)):
    #         data[i] = data[0].to(data[i].device)
    # WRONG list-refilled, 2 lines:
    #     if isinstance(data, list):
    #         data[:] = [total.to(tensor.device, copy=True) for tensor in data]
    # WRONG neighbours-added, 2 lines:
    #     old = [tensor.clone() for tensor in data]
    #     for i, tensor in enumerate(data[: len(data) if len(data) > 1 else 0], start=1):
    #         tensor.add_(old[i % len(old)].to(tensor.device))
    # WRONG new-list, 2 lines: return [total.to(tensor.device, copy=True) for tensor in data]
    # END SOLUTION


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
    # BEGIN SOLUTION
    assert X.shape[0] == y.shape[0], "every example needs a label"
    # WRONG lengths-not-compared:
    # WRONG more-labels-accepted: assert X.shape[0] <= y.shape[0], "every example needs a label"
    # WRONG another-error:
    #     if X.shape[0] != y.shape[0]:
    #         raise ValueError("every example needs a label")

    def scatter(batch: Tensor) -> tuple[Tensor, ...]:
        shards = batch.chunk(len(devices))
        # WRONG sizes-balanced: shards = batch.tensor_split(len(devices))
        # WRONG count-for-size: shards = batch.split(len(devices))[: len(devices)]
        # WRONG size-rounded-down:
        #     size = len(batch) // len(devices)
        #     ends = [size * i for i in range(1, len(devices))]
        #     shards = batch.tensor_split(ends)
        # WRONG rest-to-the-first:
        #     size = len(batch) // len(devices)
        #     ends = [len(batch) - size * i for i in range(len(devices) - 1, 0, -1)]
        #     shards = batch.tensor_split(ends)
        # WRONG rest-dropped:
        #     size = len(batch) // len(devices)
        #     shards = [batch[size * i : size * (i + 1)] for i in range(len(devices))]
        # WRONG dealt-in-turn: shards = [batch[i :: len(devices)] for i in range(min(len(devices), len(batch)))]
        # WRONG last-axis: shards = batch.chunk(len(devices), dim=-1)
        # WRONG empty-shards:
        #     size = -(-len(batch) // len(devices))
        #     shards = [batch[size * i : size * (i + 1)] for i in range(len(devices))]
        # WRONG whole-batch-each: shards = [batch] * len(devices)
        # WRONG first-shard-each: shards = [batch.chunk(len(devices))[0] for _ in batch.chunk(len(devices))]
        # WRONG last-shard-left-out: shards = batch.chunk(len(devices) + 1)[: len(devices)]
        # WRONG shards-reversed: shards = batch.chunk(len(devices))[::-1]
        # WRONG equal-devices-counted-once: shards = batch.chunk(len(set(devices)))
        # WRONG dealt-over-the-shards:
        #     count = len(batch.chunk(len(devices)))
        #     shards = [batch[i::count] for i in range(count)]
        # There may be fewer shards than devices.
        return tuple(shard.to(device) for shard, device in zip(shards, devices, strict=False))
        # WRONG shards-not-moved: return shards
        # WRONG last-shard-of-a-device: return tuple({d: s.to(d) for s, d in zip(shards, devices)}.values())
        # WRONG all-on-the-first: return tuple(shard.to(devices[0]) for shard in shards)
        # WRONG devices-reversed:
        #     return tuple(shard.to(device) for shard, device in zip(shards, reversed(devices[: len(shards)])))

    return scatter(X), scatter(y)
    # WRONG labels-first: return scatter(y), scatter(X)
    # WRONG pairs: return tuple(zip(scatter(X), scatter(y)))
    # WRONG labels-whole: return scatter(X), tuple(y.to(device) for device in devices)
    # WRONG labels-not-moved: return scatter(X), y.chunk(len(devices))
    # WRONG labels-reversed: return scatter(X), scatter(y.flip(0))
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    batch = X.shape[0]
    if y.shape[0] != batch:
        # WRONG cpu-lengths-not-compared: if False:
        # WRONG cpu-more-labels-accepted: if y.shape[0] < batch:
        raise ValueError(f"{batch} examples have {len(y)} labels")
    size = -(-batch // n)  # rounded up
    # WRONG cpu-rest-dropped: size = batch // n
    # WRONG cpu-small-batch-lost: size = max(batch // n, 1)
    # WRONG cpu-size-rounded-to-nearest: size = max(round(batch / n), 1)
    # WRONG cpu-count-for-size: size = n
    # WRONG cpu-one-too-many: size = batch // n + 1
    starts = range(0, batch, size)
    # WRONG cpu-empty-parts: starts = range(0, size * n, size)
    # WRONG cpu-rest-dropped: starts = range(0, size * n, size or 1)
    # WRONG cpu-last-part-left-out: starts = range(0, batch - size, size) if n > 1 else [0]
    # WRONG cpu-incomplete-part-dropped: starts = range(0, batch - size + 1, size)
    return [X[start : start + size] for start in starts], [y[start : start + size] for start in starts]
    # WRONG cpu-labels-first: return [y[i : i + size] for i in starts], [X[i : i + size] for i in starts]
    # WRONG cpu-pairs: return [(X[start : start + size], y[start : start + size]) for start in starts]
    # WRONG cpu-labels-whole: return [X[start : start + size] for start in starts], [y for start in starts]
    # WRONG cpu-labels-reversed:
    #     backwards = y.flip(0)
    #     return [X[i : i + size] for i in starts], [backwards[i : i + size] for i in starts]
    # WRONG cpu-parts-overlap: return [X[i : i + size + 1] for i in starts], [y[i : i + size + 1] for i in starts]
    # WRONG cpu-dealt-in-turn:
    #     count = min(n, batch)
    #     return [X[i::n] for i in range(count)], [y[i::n] for i in range(count)]
    # WRONG cpu-dealt-over-the-parts:
    #     count = len(starts)
    #     return [X[i::count] for i in range(count)], [y[i::count] for i in range(count)]
    # WRONG cpu-rest-to-the-last, 3 lines:
    #     ends = [batch // n * i for i in range(n)] + [batch]
    #     parts = [slice(a, b) for a, b in zip(ends, ends[1:])]
    #     return [X[part] for part in parts], [y[part] for part in parts]
    # WRONG cpu-rest-to-the-first, 3 lines:
    #     ends = [0] + [batch - batch // n * i for i in range(n - 1, -1, -1)]
    #     parts = [slice(a, b) for a, b in zip(ends, ends[1:])]
    #     return [X[part] for part in parts], [y[part] for part in parts]
    # WRONG cpu-sizes-balanced, 3 lines:
    #     ends = [0]
    #     for i in range(n):
    #         ends.append(ends[-1] + batch // n + (i < batch % n))
    #     parts = [slice(a, b) for a, b in zip(ends, ends[1:]) if a < b]
    #     return [X[part] for part in parts], [y[part] for part in parts]
    # END SOLUTION


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
    # BEGIN SOLUTION
    total = [torch.zeros_like(param, requires_grad=False) for param in params]
    # WRONG old-gradients-added: total = [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in params]
    X_parts, y_parts = X.chunk(n), y.chunk(n)
    # WRONG not-split: X_parts, y_parts = [X], [y]
    # WRONG whole-batch-on-each: X_parts, y_parts = [X] * min(n, len(X)), [y] * min(n, len(X))
    # WRONG parts-dealt-in-turn: X_parts, y_parts = [X[i::n] for i in range(n)], [y[i::n] for i in range(n)]
    # WRONG rest-of-the-batch-dropped:
    #     whole = len(X) // n * n or len(X)
    #     X_parts, y_parts = X[:whole].chunk(n), y[:whole].chunk(n)
    # WRONG first-part-only: X_parts, y_parts = X.chunk(n)[:1], y.chunk(n)[:1]
    # WRONG two-replicas-always: X_parts, y_parts = X.chunk(2), y.chunk(2)
    for X_part, y_part in zip(X_parts, y_parts, strict=True):
        replica = [param.detach().clone().requires_grad_() for param in params]
        # WRONG gradients-counted-again:
        #     if X_part is X_parts[0]:
        #         replica = [param.detach().clone().requires_grad_() for param in params]
        # WRONG originals-differentiated: replica = [param.requires_grad_() for param in params]
        # WRONG gradients-not-required: replica = [param.detach().clone() for param in params]
        losses = loss(net(X_part, replica), y_part)
        # WRONG labels-not-split: losses = loss(net(X_part, replica), y)
        # WRONG labels-of-the-first-part: losses = loss(net(X_part, replica), y_parts[0][: len(X_part)])
        losses.sum().backward()
        # WRONG graph-kept: losses.sum().backward(create_graph=True)
        # WRONG unused-parameter-not-allowed:
        #     for param, gradient in zip(replica, torch.autograd.grad(losses.sum(), replica)):
        #         param.grad = gradient
        # WRONG losses-averaged: losses.mean().backward()
        # WRONG means-averaged: (losses.mean() / len(X_parts)).backward()
        # WRONG losses-not-summed: losses.backward()
        # WRONG gradients-averaged: (losses.sum() / len(X_parts)).backward()
        # WRONG mean-of-the-batch: (losses.sum() / len(X)).backward()
        # WRONG divided-by-n: (losses.sum() / n).backward()
        for gradient, param in zip(total, replica, strict=True):
            if param.grad is not None:
                # WRONG unused-parameter-refused: if True:
                gradient += param.grad
                # WRONG last-replica-kept: gradient.copy_(param.grad)
                # WRONG gradients-subtracted: gradient -= param.grad
    return total
    # WRONG gradients-left-behind:
    #     for param, gradient in zip(params, total):
    #         if param.requires_grad:
    #             param.grad = gradient.clone()
    #     return total
    # WRONG originals-differentiated: return [param.grad for param in params]
    # WRONG requires-grad-switched-on: return [g for p, g in zip(params, total) if p.requires_grad_() is p]
    # WRONG requires-grad-switched-off: return [g for p, g in zip(params, total) if p.requires_grad_(False) is p]
    # WRONG unused-parameter-none: return [gradient if gradient.any() else None for gradient in total]
    # WRONG gradients-per-replica: return [total] * len(X_parts)
    # WRONG gradients-reversed: return total[::-1]
    # WRONG parameters-updated: return [p.detach() - g for p, g in zip(params, total)]
    # WRONG unused-parameter-left-out: return [g for g in total if g.any()]
    # END SOLUTION
