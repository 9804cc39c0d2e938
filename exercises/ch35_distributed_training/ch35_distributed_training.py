"""ch35 Distributed training, simulated on one machine.

See D2L 12.7 (chapter_computational-performance/parameterserver.md). The lecture has no code. These exercises simulate
rings, parameter servers and late gradients, and compute memory and efficiency.
"""

import itertools
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def ring_allreduce(data: Sequence[Tensor]) -> tuple[list[Tensor], int]:
    """Simulate a ring of n workers that add their vectors, and count the traffic (D2L 12.7.2).

    Worker i has the vector data[i], and sends only to the worker i + 1; the last worker sends to the first. The vectors
    are cut into n chunks at the same places, which you choose. A chunk has at most ceil(length / n) elements, and may
    be empty. There are two phases of n - 1 steps each. In every step, each worker sends a single chunk to the next
    worker.

    1. Reduce-scatter: the receiver adds the chunk to its own. In the first step, worker i sends chunk i. After that, it
       sends the chunk that it received last. In the end, every worker has a chunk that is summed over all workers.
    2. All-gather: the receiver replaces its own chunk. First, each worker sends its finished chunk. After that, it
       sends the chunk that it received last. In the end, every worker has all finished chunks.

    So a worker sends 2 (n - 1) chunks. These have at most 2 * length elements, for any number of workers. The function
    leaves data unchanged.

    Args:
        data: a list or tuple of n vectors, at least one. They have the same length, at least 1, and the same dtype:
            float32, float64 or int64. They need not be contiguous in memory.

    Returns:
        (vectors, sent): vectors is a list with the vector of each worker at the end, which is the sum of data. These n
        tensors do not share memory with each other or with data. sent is the number of elements that a worker sent in
        both phases, an int. If it differs between workers, it is the largest. A single worker sends 0 elements.

    Source: Patarasuk and Yuan, 2009, Bandwidth optimal all-reduce algorithms.
    """
    raise NotImplementedError  # write your code here


def parameter_server_step(weights: Tensor, grads: Sequence[Tensor], lr: float, num_workers: int) -> Tensor:
    """Return the weights after a synchronous step of a parameter server (D2L 12.7.3).

        weights - lr * (grads[0] + ... + grads[m - 1]) / m        where m = num_workers

    The server waits for a gradient from each worker. All workers have equally many examples, and a worker's gradient is
    that of its mean loss. So the mean of the gradients is the gradient of the mean loss of all examples. The function
    leaves its arguments unchanged.

    Args:
        weights: a tensor of any shape, float32 or float64.
        grads: a list or tuple with the gradients that arrived, of the shape and dtype of weights.
        lr: the learning rate.
        num_workers: the number of workers, at least 1.

    Returns:
        The new weights, with the shape and dtype of the old.

    Raises:
        ValueError: the number of gradients is not num_workers: a worker is late, or a gradient came twice.
    """
    raise NotImplementedError  # write your code here


def async_sgd(grad: Callable[[float], float], w0: float, lr: float, staleness: int, steps: int) -> list[float]:
    """Return the weights of gradient descent whose gradients are late by `staleness` updates (D2L 12.7.3).

        w[t + 1] = w[t] - lr * grad(w[max(t - staleness, 0)])        for t = 0, 1, ..., steps - 1

    An asynchronous worker reads the weights and computes a gradient. Meanwhile, other workers update the weights. So
    its gradient is that of old weights, but it changes the newest. The first steps have no weights that old, and use
    w0. With staleness 0, this is gradient descent. A learning rate that suits gradient descent may diverge with late
    gradients.

    Args:
        grad: a function; grad(w) is the gradient at the weight w.
        w0: the first weight.
        lr: the learning rate.
        staleness: the number of updates between reading the weights and using the gradient, at least 0.
        steps: the number of updates, at least 0.

    Returns:
        The list [w[0], w[1], ..., w[steps]] of steps + 1 numbers, which begins with w0.

    >>> async_sgd(lambda w: 2 * w, w0=1.0, lr=0.25, staleness=1, steps=3)
    [1.0, 0.5, 0.0, -0.25]
    """
    raise NotImplementedError  # write your code here


def zero_memory_per_gpu(num_params: int, num_gpus: int, stage: int) -> float:
    """Return the bytes that the states of a model take on each GPU with ZeRO (Rajbhandari et al., 2020, section 5).

    Mixed-precision training with Adam keeps for each parameter:

        weight in float16                                   2 bytes
        gradient in float16                                 2 bytes
        optimiser: weight, momentum, variance in float32    4 + 4 + 4 = 12 bytes

    Plain data parallelism, stage 0, keeps all of this on each GPU. ZeRO splits more and more of it evenly between the
    GPUs: stage 1 splits the states of the optimiser, stage 2 also the gradients, and stage 3 also the weights.
    Activations and buffers do not count.

    Args:
        num_params: the number of parameters of the model, at least 1.
        num_gpus: the number of GPUs, at least 1.
        stage: 0, 1, 2 or 3.

    Returns:
        The number of bytes on each GPU, a float that is not rounded.

    >>> zero_memory_per_gpu(1_000, 4, 1)
    7000.0
    """
    raise NotImplementedError  # write your code here


def scaling_efficiency(t1: float, tn: float, n: int) -> float:
    """Return the efficiency of n workers: their speedup for each worker, with the amount of work fixed.

        speedup = t1 / tn
        efficiency = speedup / n

    An efficiency of 1 means that n workers are n times as fast as one. It is usually below 1, because of communication
    and of work that cannot be split. It may be above 1, for example if the share of a worker fits into its cache.

    Args:
        t1: the time of a single worker, above 0.
        tn: the time of n workers for the same work, above 0, in the same unit.
        n: the number of workers, at least 1.

    Returns:
        The efficiency, a float that is not rounded.

    Raises:
        ValueError: an argument is 0 or negative.

    Source: Amdahl, 1967, Validity of the single processor approach.

    >>> scaling_efficiency(60.0, 10.0, 8)
    0.75
    """
    raise NotImplementedError  # write your code here
