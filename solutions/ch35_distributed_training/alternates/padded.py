"""Chunks of one size and a shorter last one, a mean by torch.stack, the recursion by a function."""


def ring_allreduce(data):
    n, length = len(data), data[0].shape[0]
    size = -(-length // n)
    table = torch.stack(list(data))
    parts = [range(min(c * size, length), min((c + 1) * size, length)) for c in range(n)]
    traffic = torch.zeros(n, dtype=torch.int64)
    for phase in ("add", "copy"):
        for step in range(n - 1):
            old = table.clone()
            for i in range(n):
                part = parts[(i - step + (phase == "copy")) % n]
                for j in part:
                    received = old[i, j]
                    table[(i + 1) % n, j] = received + old[(i + 1) % n, j] if phase == "add" else received
                traffic[i] += len(part)
    return [row.clone() for row in table], int(traffic.max())


def parameter_server_step(weights, grads, lr, num_workers):
    if len(grads) < num_workers or len(grads) > num_workers:
        raise ValueError(f"{num_workers} workers, {len(grads)} gradients")
    return torch.sub(weights, torch.stack(tuple(grads)).mean(dim=0), alpha=lr)


def async_sgd(grad, w0, lr, staleness, steps):
    path = [w0] * (staleness + 1)
    while len(path) < staleness + 1 + steps:
        path.append(path[-1] - lr * grad(path[-1 - staleness]))
    return path[staleness:]


def zero_memory_per_gpu(num_params, num_gpus, stage):
    total = 0.0
    for size, first_split in ((2, 3), (2, 2), (12, 1)):
        total += num_params * size / (num_gpus if stage >= first_split else 1)
    return total


def scaling_efficiency(t1, tn, n):
    for value in (t1, tn, n):
        if not value > 0:
            raise ValueError(value)
    return (t1 / n) / tn
