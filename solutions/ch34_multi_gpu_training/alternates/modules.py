"""Layers of torch.nn, gradients by torch.autograd.grad, sums and steps written out."""


def get_params(params, device):
    return [param.detach().clone().to(device).requires_grad_(True) for param in params]


def lenet(X, params):
    for W, b in (params[0:2], params[2:4]):
        X = nn.functional.conv2d(X, W) + b.reshape(1, -1, 1, 1)
        X = nn.AvgPool2d(2)(nn.ReLU()(X))
    X = X.reshape(X.shape[0], -1)
    X = F.linear(X, params[4].t(), params[5]).clamp_min(0)
    return F.linear(X, params[6].t(), params[7])


def train_batch(X, y, device_params, devices, lr):
    gradients = [[torch.zeros_like(param) for param in params] for params in device_params]
    for i, (X_shard, y_shard) in enumerate(zip(*split_batch(X, y, devices), strict=True)):
        total = F.cross_entropy(lenet(X_shard, device_params[i]), y_shard, reduction="sum")
        gradients[i] = torch.autograd.grad(total, device_params[i])
    for same in zip(*gradients, strict=True):
        allreduce(same)
    for params, own in zip(device_params, gradients, strict=True):
        for param, gradient in zip(params, own, strict=True):
            param.data.sub_(gradient, alpha=lr / X.shape[0])


def scaled_lr(base_lr, base_batch, batch):
    if min(base_batch, batch) < 1:
        raise ValueError("the sizes are positive")
    return batch * (base_lr / base_batch)
