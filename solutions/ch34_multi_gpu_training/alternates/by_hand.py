"""Means by unfold, a single backward pass for all shards, the step on the first replica copied to the others."""


def get_params(params, device):
    replica = []
    for param in params:
        copy = torch.empty_like(param, device=device)
        copy.copy_(param)
        replica.append(copy.requires_grad_())
    return replica


def lenet(X, params):
    W1, b1, W2, b2, W3, b3, W4, b4 = params
    for W, b in ((W1, b1), (W2, b2)):
        X = torch.relu(torch.conv2d(X, W, b))
        rows, columns = X.shape[2] // 2 * 2, X.shape[3] // 2 * 2
        X = X[:, :, :rows, :columns]
        X = (X[..., ::2, ::2] + X[..., ::2, 1::2] + X[..., 1::2, ::2] + X[..., 1::2, 1::2]) / 4
    hidden = torch.relu(torch.addmm(b3, X.flatten(1), W3))
    return torch.addmm(b4, hidden, W4)


def train_batch(X, y, device_params, devices, lr):
    X_shards, y_shards = split_batch(X, y, devices)
    losses = [loss(lenet(a, w), b).sum() for a, b, w in zip(X_shards, y_shards, device_params, strict=False)]
    for total in losses:
        (total / len(X)).backward()
    with torch.no_grad():
        for i, param in enumerate(device_params[0]):
            used = [params[i].grad.to(param.device) for params in device_params if params[i].grad is not None]
            param -= lr * sum(used)
            for other in device_params[1:]:
                other[i].copy_(param)
            for params in device_params:
                params[i].grad = None


def scaled_lr(base_lr, base_batch, batch):
    if base_batch < 1:
        raise ValueError(base_batch)
    if batch < 1:
        raise ValueError(batch)
    return base_lr / (base_batch / batch)
