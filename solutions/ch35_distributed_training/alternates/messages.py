"""Messages in a list, chunks by torch.tensor_split, a queue of old weights, formulas by table."""

from collections import deque


def ring_allreduce(data):
    n = len(data)
    chunks = [[chunk.clone() for chunk in torch.tensor_split(vector, n)] for vector in data]
    sent = [0 for _ in range(n)]
    for step in range(2 * (n - 1)):
        adding = step < n - 1
        messages = [chunks[i][(i - step) % n].clone() for i in range(n)]
        for i in range(n):
            left = (i - 1) % n
            place = (left - step) % n
            chunks[i][place] = chunks[i][place] + messages[left] if adding else messages[left]
            sent[left] += messages[left].numel()
    return [torch.cat(row) for row in chunks], max(sent)


def parameter_server_step(weights, grads, lr, num_workers):
    if num_workers - len(grads):
        raise ValueError("some gradients are missing, or too many")
    new = weights.clone()
    for gradient in grads:
        new = new - gradient * (lr / num_workers)
    return new


def async_sgd(grad, w0, lr, staleness, steps):
    w, trail = w0, [w0]
    read = deque([w0], maxlen=staleness + 1)
    for _ in range(steps):
        w = w - lr * grad(read[0])
        read.append(w)
        trail.append(w)
    return trail


def zero_memory_per_gpu(num_params, num_gpus, stage):
    whole = {0: 16, 1: 4, 2: 2, 3: 0}[stage]
    return whole * num_params + (16 - whole) * num_params / num_gpus


def scaling_efficiency(t1, tn, n):
    if min(t1, tn, n) <= 0:
        raise ValueError("all must be positive")
    speedup = t1 / tn
    return speedup / n
