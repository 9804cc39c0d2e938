"""Sums by torch.stack, parts by index lists, gradients by torch.autograd.grad."""


@torch.no_grad()
def allreduce(data):
    total = torch.stack([tensor.detach().to(data[0].device) for tensor in data]).sum(0)
    for tensor in data:
        tensor[:] = total.to(tensor.device)


def split_batch(X, y, devices):
    if len(X) != len(y):
        raise AssertionError(f"{len(X)} examples, {len(y)} labels")
    X_shards, y_shards, size = [], [], (len(X) + len(devices) - 1) // len(devices)
    for i, device in enumerate(devices):
        rows = slice(size * i, size * (i + 1))
        if X[rows].shape[0]:
            X_shards.append(X[rows].to(device))
            y_shards.append(y[rows].to(device))
    return X_shards, y_shards


def split_batch_cpu(X, y, n):
    assert len(X) == len(y)
    rows = list(range(len(X)))
    size = (len(rows) - 1) // n + 1
    groups = [rows[start : start + size] for start in rows[::size]]
    return tuple(X[group] for group in groups), tuple(y[group] for group in groups)


def data_parallel_grads(net, params, X, y, loss, n):
    gradients = []
    for X_part, y_part in zip(*split_batch_cpu(X, y, n), strict=True):
        weights = [param.detach().requires_grad_() for param in params]
        total = loss(net(X_part, weights), y_part).sum()
        gradients.append(torch.autograd.grad(total, weights, allow_unused=True, materialize_grads=True))
    return [sum(parts[1:], parts[0]) for parts in zip(*gradients, strict=True)]
