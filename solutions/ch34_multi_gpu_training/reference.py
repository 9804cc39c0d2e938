"""ch34 Multi-GPU training in code.

See D2L 12.5 and 12.6 (chapter_computational-performance/multiple-gpus.md, multiple-gpus-concise.md). You need no GPU: a
list of devices may name the CPU several times.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# GIVEN ch08: sgd
# GIVEN ch33: allreduce
# GIVEN ch33: split_batch

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
    # BEGIN SOLUTION
    replica = [param.to(device) for param in params]
    # WRONG replica-not-moved: replica = [param.clone() for param in params]
    # WRONG gradients-required-before-the-move: replica = [param.requires_grad_().to(device) for param in params]
    # WRONG zeros-for-values: replica = [torch.zeros_like(param, device=device) for param in params]
    # WRONG biases-left-out: replica = [param.to(device) for param in params if param.dim() > 1]
    # WRONG order-reversed: replica = [param.to(device) for param in reversed(params)]
    # WRONG always-float32: replica = [param.to(device, torch.float32) for param in params]
    # WRONG first-parameter-only: replica = [params[0].to(device)]
    # WRONG one-long-vector: replica = [torch.cat([param.flatten() for param in params]).to(device)]
    # WRONG ones-for-values: replica = [torch.ones_like(param, device=device) for param in params]
    # WRONG matrices-transposed: replica = [(p.t() if p.dim() == 2 else p).contiguous().to(device) for p in params]
    # Only after the move: the copy on another device is then a leaf of its own.
    for param in replica:
        param.requires_grad_()
        # WRONG no-gradients: pass
        # WRONG gradients-for-matrices-only: param.requires_grad_(param.dim() > 1)
        # WRONG gradients-for-the-last-only: param.requires_grad_(param is replica[-1])
    return replica
    # WRONG graph-to-the-originals: return [param * 1 for param in replica]
    # END SOLUTION


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
    # BEGIN SOLUTION
    W1, b1, W2, b2, W3, b3, W4, b4 = params
    # WRONG weights-then-biases: W1, W2, W3, W4, b1, b2, b3, b4 = params
    # WRONG biases-ignored:
    #     W1, W2, W3, W4 = params[::2]
    #     b1, b2, b3, b4 = (torch.zeros_like(b) for b in params[1::2])
    # WRONG input-flipped:
    #     W1, b1, W2, b2, W3, b3, W4, b4 = params
    #     W1, W2 = W1.flip(2, 3), W2.flip(2, 3)
    H1 = F.avg_pool2d(F.relu(F.conv2d(X, W1, b1)), kernel_size=2)
    # WRONG max-pooling: H1 = F.max_pool2d(F.relu(F.conv2d(X, W1, b1)), kernel_size=2)
    # WRONG sigmoids: H1 = F.avg_pool2d(torch.sigmoid(F.conv2d(X, W1, b1)), kernel_size=2)
    # WRONG both-relus-missing: H1 = F.avg_pool2d(F.conv2d(X, W1, b1), kernel_size=2)
    # WRONG convolution-biases-missing: H1 = F.avg_pool2d(F.relu(F.conv2d(X, W1)), kernel_size=2)
    # WRONG first-relu-missing: H1 = F.avg_pool2d(F.conv2d(X, W1, b1), kernel_size=2)
    # WRONG pooled-before-relu: H1 = F.relu(F.avg_pool2d(F.conv2d(X, W1, b1), kernel_size=2))
    # WRONG first-pooled-before-relu: H1 = F.relu(F.avg_pool2d(F.conv2d(X, W1, b1), kernel_size=2))
    # WRONG tanh: H1 = F.avg_pool2d(torch.tanh(F.conv2d(X, W1, b1)), kernel_size=2)
    # WRONG first-bias-missing: H1 = F.avg_pool2d(F.relu(F.conv2d(X, W1)), kernel_size=2)
    # WRONG first-pooling-missing: H1 = F.relu(F.conv2d(X, W1, b1))
    # WRONG first-pooling-max: H1 = F.max_pool2d(F.relu(F.conv2d(X, W1, b1)), kernel_size=2)
    H2 = F.avg_pool2d(F.relu(F.conv2d(H1, W2, b2)), kernel_size=2)
    # WRONG max-pooling: H2 = F.max_pool2d(F.relu(F.conv2d(H1, W2, b2)), kernel_size=2)
    # WRONG sigmoids: H2 = F.avg_pool2d(torch.sigmoid(F.conv2d(H1, W2, b2)), kernel_size=2)
    # WRONG both-relus-missing: H2 = F.avg_pool2d(F.conv2d(H1, W2, b2), kernel_size=2)
    # WRONG convolution-biases-missing: H2 = F.avg_pool2d(F.relu(F.conv2d(H1, W2)), kernel_size=2)
    # WRONG second-relu-missing: H2 = F.avg_pool2d(F.conv2d(H1, W2, b2), kernel_size=2)
    # WRONG pooled-before-relu: H2 = F.relu(F.avg_pool2d(F.conv2d(H1, W2, b2), kernel_size=2))
    # WRONG second-pooled-before-relu: H2 = F.relu(F.avg_pool2d(F.conv2d(H1, W2, b2), kernel_size=2))
    # WRONG tanh: H2 = F.avg_pool2d(torch.tanh(F.conv2d(H1, W2, b2)), kernel_size=2)
    # WRONG second-bias-missing: H2 = F.avg_pool2d(F.relu(F.conv2d(H1, W2)), kernel_size=2)
    # WRONG second-pooling-max: H2 = F.max_pool2d(F.relu(F.conv2d(H1, W2, b2)), kernel_size=2)
    H3 = F.relu(H2.flatten(start_dim=1) @ W3 + b3)
    # WRONG flat-size-fixed: H3 = F.relu(H2.reshape(-1, 800) @ W3 + b3)
    # WRONG channels-flattened-last: H3 = F.relu(H2.permute(0, 2, 3, 1).flatten(start_dim=1) @ W3 + b3)
    # WRONG columns-before-rows: H3 = F.relu(H2.transpose(2, 3).flatten(start_dim=1) @ W3 + b3)
    # WRONG batch-flattened-too: H3 = F.relu(H2.flatten() @ W3 + b3)
    # WRONG sigmoids: H3 = torch.sigmoid(H2.flatten(start_dim=1) @ W3 + b3)
    # WRONG tanh: H3 = torch.tanh(H2.flatten(start_dim=1) @ W3 + b3)
    # WRONG hidden-relu-missing: H3 = H2.flatten(start_dim=1) @ W3 + b3
    # WRONG third-bias-missing: H3 = F.relu(H2.flatten(start_dim=1) @ W3)
    # WRONG bias-after-relu: H3 = F.relu(H2.flatten(start_dim=1) @ W3) + b3
    return H3 @ W4 + b4
    # WRONG relu-on-output: return F.relu(H3 @ W4 + b4)
    # WRONG softmax-on-output: return torch.softmax(H3 @ W4 + b4, dim=1)
    # WRONG log-softmax-on-output: return torch.log_softmax(H3 @ W4 + b4, dim=1)
    # WRONG last-bias-missing: return H3 @ W4
    # WRONG last-bias-subtracted: return H3 @ W4 - b4
    # END SOLUTION


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
    # BEGIN SOLUTION
    X_shards, y_shards = split_batch(X, y, devices)
    # WRONG first-shard-only:
    #     X_shards, y_shards = split_batch(X, y, devices)
    #     X_shards, y_shards = ([shards[0].to(s.device) for s in shards] for shards in (X_shards, y_shards))
    for X_shard, y_shard, params in zip(X_shards, y_shards, device_params, strict=False):
        loss(lenet(X_shard, params), y_shard).sum().backward()
        # WRONG means-averaged: loss(lenet(X_shard, params), y_shard).mean().backward()
        # WRONG means-added: loss(lenet(X_shard, params), y_shard).mean().backward()
        # WRONG loss-averaged: loss(lenet(X_shard, params), y_shard).mean().backward()
        # WRONG losses-not-added-up: loss(lenet(X_shard, params), y_shard).backward()
        # WRONG all-labels-on-each-device: loss(lenet(X_shard, params), y.to(y_shard.device)).sum().backward()
    for replicas in zip(*device_params, strict=True):
        # WRONG reduced-within-a-device: for replicas in device_params:
        # WRONG only-the-first-parameter-reduced: for replicas in [list(zip(*device_params))[0]]:
        # WRONG only-matrices-reduced: for replicas in [r for r in zip(*device_params) if r[0].dim() > 1]:
        # A device without a shard has no gradient yet.
        for param in replicas:
            if param.grad is None:
                param.grad = torch.zeros_like(param)
        allreduce([param.grad for param in replicas])
        # WRONG gradients-not-reduced: pass
        # WRONG parameters-reduced:
        #     with torch.no_grad():
        #         allreduce(list(replicas))
        # WRONG mean-of-the-gradients:
        #     allreduce([param.grad for param in replicas])
        #     for param in replicas:
        #         param.grad /= len(replicas)
        # WRONG sum-stays-on-the-first: replicas[0].grad += sum(p.grad.to(replicas[0].device) for p in replicas[1:])
    for params in device_params:
        # WRONG only-the-first-updated: for params in device_params[:1]:
        sgd(params, lr, X.shape[0])
        # WRONG means-averaged: sgd(params, lr, len(devices))
        # WRONG means-added: sgd(params, lr, 1)
        # WRONG new-tensors:
        #     for i, param in enumerate(params):
        #         params[i] = (param - lr * param.grad / X.shape[0]).detach().requires_grad_()
        # WRONG divided-by-the-shard: sgd(params, lr, X_shards[0].shape[0])
        # WRONG not-divided: sgd(params, lr, 1)
        # WRONG divided-by-the-devices: sgd(params, lr, len(devices))
        # WRONG climbs: sgd(params, -lr, X.shape[0])
        # WRONG learning-rate-ignored: sgd(params, 0.2, X.shape[0])
        # WRONG learning-rate-times-devices: sgd(params, lr * len(devices), X.shape[0])
        # WRONG gradients-not-cleared:
        #     with torch.no_grad():
        #         for param in params:
        #             param -= lr * param.grad / X.shape[0]
        # WRONG updates-copies:
        #     for param in params:
        #         param = param - lr * param.grad / X.shape[0]
        # WRONG update-in-the-graph:
        #     for param in params:
        #         param -= lr * param.grad / X.shape[0]
        # WRONG no-more-gradients:
        #     sgd(params, lr, X.shape[0])
        #     for param in params:
        #         param.requires_grad_(False)
    # WRONG divided-by-own-shard, 2 lines:
    #     for params, shard in zip(device_params, X_shards):
    #         sgd(params, lr, shard.shape[0])
    # END SOLUTION


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
    # BEGIN SOLUTION
    if base_batch <= 0 or batch <= 0:
        # WRONG only-zero-refused: if base_batch == 0 or batch == 0:
        # WRONG only-negative-refused: if base_batch < 0 or batch < 0:
        # WRONG batch-not-checked: if base_batch <= 0:
        # WRONG smaller-batches-refused: if base_batch <= 0 or batch < base_batch:
        raise ValueError(f"a batch has at least one example: {base_batch}, {batch}")
        # WRONG zero-for-no-batch: return 0.0
    # WRONG sizes-asserted, 2 lines: assert base_batch > 0 and batch > 0
    return base_lr * batch / base_batch
    # WRONG rate-rounded: return round(base_lr * batch / base_batch, 2)
    # WRONG rate-kept: return base_lr
    # WRONG square-root: return base_lr * (batch / base_batch) ** 0.5
    # WRONG inverse: return base_lr * base_batch / batch
    # WRONG whole-multiples: return base_lr * (batch // base_batch)
    # WRONG at-least-one-multiple: return base_lr * max(batch // base_batch, 1)
    # WRONG quadratic: return base_lr * (batch / base_batch) ** 2
    # WRONG never-smaller: return base_lr * max(batch / base_batch, 1.0)
    # WRONG base-batch-forgotten: return base_lr * batch
    # WRONG divided-by-the-base-only: return base_lr / base_batch
    # WRONG base-rate-forgotten: return batch / base_batch
    # WRONG rate-added: return base_lr + batch / base_batch
    # WRONG doubled-at-most: return base_lr * min(batch / base_batch, 2.0)
    # WRONG logarithmic: return base_lr * (1 + torch.log2(torch.tensor(batch / base_batch)).item())
    # WRONG one-plus-ratio: return base_lr * (1 + batch / base_batch)
    # WRONG book-base-batch: return base_lr * batch / 256
    # END SOLUTION
