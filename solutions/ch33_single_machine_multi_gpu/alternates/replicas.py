"""A ring of partial sums, batches by scatter or narrow, gradients through the graph of torch.func."""


def allreduce(data):
    first, *others = data
    for tensor in others:
        first += tensor.to(first.device)
    for tensor in others:
        tensor.copy_(first)


def split_batch(X, y, devices):
    assert X.shape[0] == y.shape[0]
    return nn.parallel.scatter(X, devices), nn.parallel.scatter(y, devices)


def split_batch_cpu(X, y, n):
    if X.shape[0] != y.shape[0]:
        raise ValueError("lengths differ")

    def parts(batch):
        found, start, rows = [], 0, batch.shape[0]
        size = rows // n + (rows % n > 0)
        while start < rows:
            length = min(size, rows - start)
            found.append(batch.narrow(0, start, length).clone())
            start += length
        return found

    return parts(X), parts(y)


def data_parallel_grads(net, params, X, y, loss, n):
    X_parts, y_parts = split_batch_cpu(X, y, n)
    replicas = [[p.detach().clone().requires_grad_(True) for p in params] for _ in X_parts]
    for replica, X_part, y_part in zip(replicas, X_parts, y_parts, strict=True):
        for example in loss(net(X_part, replica), y_part).flatten():
            example.backward(retain_graph=True)
    for i in range(len(params)):
        for replica in replicas:
            if replica[i].grad is None:
                replica[i].grad = torch.zeros_like(replica[i])
        allreduce([replica[i].grad for replica in replicas])
    return [p.grad for p in replicas[-1]]
