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
    # BEGIN SOLUTION
    n, length = len(data), len(data[0])
    results = [torch.clone(vector) for vector in data]
    # WRONG inputs-changed: results = list(data)
    ends = [length * i // n for i in range(n + 1)]
    # WRONG rest-left-out: ends = [length // n * i for i in range(n + 1)]
    chunks = [slice(start, end) for start, end in itertools.pairwise(ends)]
    # WRONG too-few-chunks:
    #     size = -(-length // n)
    #     chunks = [slice(start, start + size) for start in range(0, length, size)]
    sent = [0] * n

    def send(worker: int, chunk: int, *, add: bool) -> None:
        receiver, part = results[(worker + 1) % n], chunks[chunk % n]
        receiver[part] = receiver[part] + results[worker][part] if add else results[worker][part]
        # WRONG gathered-chunks-added: receiver[part] = receiver[part] + results[worker][part]
        # WRONG chunks-replaced: receiver[part] = results[worker][part]
        # WRONG running-mean: receiver[part] = (receiver[part] + results[worker][part]) / 2 if add else results[worker][part]
        # WRONG differences-sent: receiver[part] = receiver[part] - results[worker][part] if add else results[worker][part]
        sent[worker] += part.stop - part.start
        # WRONG reduce-phase-counted: sent[worker] += (part.stop - part.start) * add
        # WRONG bytes-counted: sent[worker] += (part.stop - part.start) * results[worker].element_size()
        # WRONG sent-and-received: sent[worker] += 2 * (part.stop - part.start)

    # All workers of a step send different chunks, so they may send one after the other.
    for step in range(n - 1):
        # WRONG one-reduce-step-more: for step in range(n if n > 1 else 0):
        # WRONG one-reduce-step-less: for step in range(n - 2):
        # WRONG neighbours-alone: for step in range(min(n - 1, 1)):
        for worker in range(n):
            send(worker, worker - step, add=True)
            # WRONG same-chunk-every-step: send(worker, worker, add=True)
    for step in range(n - 1):
        # WRONG gather-missing: for step in range(0):
        # WRONG one-gather-step-less: for step in range(n - 2):
        for worker in range(n):
            send(worker, worker + 1 - step, add=False)
            # WRONG unfinished-chunks-gathered: send(worker, worker - step, add=False)
    return results, max(sent)
    # WRONG mean-for-sum: return [result / n for result in results], max(sent)
    # WRONG shared-results: return [results[0]] * n, max(sent)
    # WRONG traffic-of-all-workers: return results, sum(sent)
    # WRONG everything-to-everyone: return results, (n - 1) * length
    # WRONG twice-the-length: return results, 2 * length
    # WRONG traffic-of-the-first-worker: return results, sent[0]
    # WRONG traffic-of-the-first-of-full-chunks:
    #     sizes = [min(max(length - -(-length // n) * i, 0), -(-length // n)) for i in range(n)]
    #     return results, 2 * length - sizes[1 % n] - sizes[2 % n]
    # WRONG traffic-averaged: return results, sum(sent) // n
    # WRONG traffic-of-the-shortest-chunk: return results, 2 * (n - 1) * (length // n)
    # WRONG traffic-in-lengths: return results, 2 * (n - 1)
    # WRONG first-result-alone: return results[0], max(sent)
    # WRONG traffic-first: return max(sent), results
    # END SOLUTION


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
    # BEGIN SOLUTION
    if len(grads) != num_workers:
        # WRONG number-not-checked: if False:
        # WRONG extra-gradients-ignored: if len(grads) < num_workers:
        # WRONG number-asserted:
        #     assert len(grads) == num_workers
        #     if False:
        raise ValueError(f"{len(grads)} gradients for {num_workers} workers")
    mean = sum(grads[1:], grads[0]) / num_workers
    # WRONG gradients-summed: mean = sum(grads[1:], grads[0])
    # WRONG first-gradient-alone: mean = grads[0]
    # WRONG last-gradient-alone: mean = grads[-1]
    # WRONG mean-over-elements: mean = torch.stack(list(grads)).mean()
    # WRONG divided-by-elements: mean = sum(grads[1:], grads[0]) / weights.numel()
    # WRONG divided-twice: mean = sum(grads[1:], grads[0]) / num_workers**2
    # WRONG median: mean = torch.stack(list(grads)).median(dim=0).values
    # WRONG one-divisor-more: mean = sum(grads[1:], grads[0]) / (num_workers + 1)
    # WRONG first-left-out: mean = sum(grads[1:], torch.zeros_like(weights)) / num_workers
    # WRONG largest-gradient: mean = torch.stack(list(grads)).amax(dim=0)
    return weights - lr * mean
    # WRONG climbs: return weights + lr * mean
    # WRONG learning-rate-left-out: return weights - mean
    # WRONG mean-returned: return mean
    # WRONG step-returned: return -lr * mean
    # WRONG weights-scaled: return weights * (1 - lr) - lr * mean
    # WRONG weights-in-place: return weights.sub_(lr * mean)
    # WRONG divided-by-the-rate: return weights - mean / lr
    # END SOLUTION


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
    # BEGIN SOLUTION
    weights = [w0]
    for t in range(steps):
        # WRONG one-step-more: for t in range(steps + 1):
        # WRONG one-step-less: for t in range(steps - 1):
        stale = weights[max(t - staleness, 0)]
        # WRONG staleness-ignored: stale = weights[t]
        # WRONG one-update-older: stale = weights[max(t - staleness - 1, 0)]
        # WRONG one-update-younger: stale = weights[max(t - max(staleness - 1, 0), 0)]
        # WRONG fresh-at-first: stale = weights[t - staleness if t >= staleness else t]
        # WRONG index-below-zero: stale = weights[t - staleness]
        # WRONG history-of-zeros: stale = weights[t - staleness] if t >= staleness else 0.0
        # WRONG always-the-first: stale = weights[0] if staleness else weights[t]
        # WRONG read-every-few-steps: stale = weights[t - t % (staleness + 1)]
        # WRONG index-of-the-staleness: stale = weights[min(t, staleness)]
        # WRONG mean-of-the-old: stale = sum(weights[max(t - staleness, 0) :]) / (t + 1 - max(t - staleness, 0))
        weights.append(weights[t] - lr * grad(stale))
        # WRONG stale-weights-updated: weights.append(stale - lr * grad(stale))
        # WRONG uphill: weights.append(weights[t] + lr * grad(stale))
        # WRONG rate-left-out: weights.append(weights[t] - grad(stale))
        # WRONG always-from-the-start: weights.append(w0 - lr * grad(stale))
        # WRONG rate-per-staleness: weights.append(weights[t] - lr / (staleness + 1) * grad(stale))
        # WRONG waits-for-the-first-gradient: weights.append(weights[t] - (lr * grad(stale) if t >= staleness else 0.0))
        # WRONG stale-gradient-of-stale-step: weights.append(weights[t] - lr * stale)
    return weights
    # WRONG start-left-out: return weights[1:]
    # WRONG newest-first: return weights[::-1]
    # END SOLUTION


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
    # BEGIN SOLUTION
    weight, gradient, optimiser = 2.0, 2.0, 12.0
    # WRONG float32-weights: weight, gradient, optimiser = 4.0, 4.0, 8.0
    # WRONG float32-gradients: weight, gradient, optimiser = 2.0, 4.0, 12.0
    # WRONG no-float32-copy: weight, gradient, optimiser = 2.0, 2.0, 8.0
    # WRONG optimiser-in-float16: weight, gradient, optimiser = 2.0, 2.0, 6.0
    # WRONG optimiser-left-out: weight, gradient, optimiser = 2.0, 2.0, 0.0
    # WRONG all-in-float32: weight, gradient, optimiser = 4.0, 4.0, 12.0
    # WRONG gradients-left-out: weight, gradient, optimiser = 2.0, 0.0, 12.0
    if stage >= 1:
        # WRONG stage-1-splits-nothing: if stage >= 2:
        # WRONG stages-apart: if stage == 1:
        # WRONG optimiser-whole-in-stage-2: if stage in (1, 3):
        # WRONG stage-3-splits-weights-alone: if stage in (1, 2):
        # WRONG only-the-last-stage-splits: if stage == 3:
        optimiser /= num_gpus
        # WRONG weights-split-first: weight /= num_gpus
        # WRONG gradients-split-first: gradient /= num_gpus
        # WRONG stage-1-splits-gradients:
        #     optimiser /= num_gpus
        #     gradient /= num_gpus if stage == 1 else 1
        # WRONG split-twice: optimiser /= num_gpus**2
    if stage >= 2:
        # WRONG stages-apart: if stage == 2:
        # WRONG stage-3-splits-weights-alone: if stage == 2:
        # WRONG stage-2-splits-nothing-more: if stage >= 3:
        # WRONG only-the-last-stage-splits: if stage == 3:
        gradient /= num_gpus
        # WRONG gradients-split-first: optimiser /= num_gpus
    if stage >= 3:
        # WRONG weights-never-split: if False:
        weight /= num_gpus
        # WRONG weights-split-first: optimiser /= num_gpus
    return num_params * (weight + gradient + optimiser)
    # WRONG memory-of-all-gpus: return num_params * (weight + gradient + optimiser) * num_gpus
    # WRONG rounded-down:
    #     states = (weight, gradient, optimiser)
    #     return float(sum(num_params * round(state * num_gpus) // num_gpus for state in states))
    # WRONG gibibytes: return num_params * (weight + gradient + optimiser) / 2**30
    # WRONG gigabytes: return num_params * (weight + gradient + optimiser) / 1e9
    # WRONG bytes-of-a-parameter: return weight + gradient + optimiser
    # WRONG everything-split: return num_params * 16.0 / num_gpus
    # WRONG nothing-split: return num_params * 16.0
    # END SOLUTION


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
    # BEGIN SOLUTION
    if t1 <= 0 or tn <= 0 or n <= 0:
        # WRONG zeros-alone-refused: if t1 == 0 or tn == 0 or n == 0:
        # WRONG negatives-alone-refused: if t1 < 0 or tn < 0 or n < 0:
        # WRONG single-time-not-checked: if tn <= 0 or n <= 0:
        # WRONG above-one-refused: if t1 <= 0 or tn <= 0 or n <= 0 or t1 > n * tn:
        raise ValueError(f"times and workers are positive: {t1}, {tn}, {n}")
        # WRONG zero-for-the-impossible: return 0.0
    # WRONG arguments-asserted, 2 lines: assert t1 > 0 and tn > 0 and n > 0
    return t1 / (n * tn)
    # WRONG speedup-returned: return t1 / tn
    # WRONG upside-down: return n * tn / t1
    # WRONG times-swapped: return tn / (n * t1)
    # WRONG multiplied-by-n: return t1 / tn * n
    # WRONG at-most-one: return min(t1 / (n * tn), 1.0)
    # WRONG percent: return 100 * t1 / (n * tn)
    # WRONG added-workers-alone: return t1 / (max(n - 1, 1) * tn)
    # WRONG share-lost: return 1 - t1 / (n * tn)
    # WRONG time-saved: return (t1 - tn) / t1
    # WRONG whole-speedup: return t1 // tn / n
    # WRONG time-per-worker: return tn / n
    # WRONG rounded: return round(t1 / (n * tn), 2)
    # WRONG ideal-gap: return n - t1 / tn
    # END SOLUTION
