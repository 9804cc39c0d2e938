"""With loops over features, planes and groups, as one writes it from the formulas."""


def _standardised(values, eps):
    mean = values.sum() / values.numel()
    var = ((values - mean) ** 2).sum() / values.numel()
    return (values - mean) / (var + eps) ** 0.5, mean, var


def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):
    if not torch.is_grad_enabled():
        return gamma * ((X - moving_mean) / (moving_var + eps).sqrt()) + beta, moving_mean, moving_var
    assert X.dim() == 2 or X.dim() == 4
    planes, means, variances = [], [], []
    for feature in range(X.shape[1]):
        plane, mean, var = _standardised(X[:, feature], eps)
        planes.append(plane)
        means.append(mean.detach())
        variances.append(var.detach())
    Y = torch.stack(planes, dim=1) * gamma + beta
    mean = torch.stack(means).reshape(moving_mean.shape)
    var = torch.stack(variances).reshape(moving_var.shape)
    return Y, momentum * moving_mean + (1 - momentum) * mean, momentum * moving_var + (1 - momentum) * var


class BatchNorm(nn.Module):
    def __init__(self, num_features, num_dims):
        super().__init__()
        shape = {2: (1, num_features), 4: (1, num_features, 1, 1)}[num_dims]
        self.gamma, self.beta = nn.Parameter(torch.ones(shape)), nn.Parameter(torch.zeros(shape))
        self.register_buffer("moving_mean", torch.zeros(shape))
        self.register_buffer("moving_var", torch.ones(shape))

    def forward(self, X):
        if self.training:
            output = batch_norm(X, self.gamma, self.beta, self.moving_mean, self.moving_var, 1e-5, 0.9)
            self.moving_mean, self.moving_var = output[1], output[2]
            return output[0]
        return self.gamma * (X - self.moving_mean) / (self.moving_var + 1e-5).sqrt() + self.beta


def layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):
    axes = len(normalized_shape)
    if tuple(X.shape)[-axes:] != tuple(normalized_shape):
        raise ValueError("the last axes are not normalized_shape")
    rows = X.reshape(-1, *normalized_shape)
    Y = torch.stack([_standardised(row, eps)[0] for row in rows])
    if weight is not None:
        Y = Y * weight
    if bias is not None:
        Y = Y + bias
    return Y.reshape(X.shape)


def _scaled(channel, index, weight, bias):
    if weight is not None:
        channel = channel * weight[index]
    return channel if bias is None else channel + bias[index]


def instance_norm(X, weight=None, bias=None, eps=1e-5):
    images = []
    for image in X:
        planes = [_standardised(plane, eps)[0] for plane in image]
        images.append(torch.stack([_scaled(plane, i, weight, bias) for i, plane in enumerate(planes)]))
    return torch.stack(images)


def group_norm(X, num_groups, weight=None, bias=None, eps=1e-5):
    if X.shape[1] % num_groups:
        raise ValueError("the groups would not be equal")
    images = []
    for image in X:
        groups = [_standardised(group, eps)[0] for group in image.chunk(num_groups)]
        images.append(torch.stack([_scaled(plane, i, weight, bias) for i, plane in enumerate(torch.cat(groups))]))
    return torch.stack(images)


def norm_stat_count(shape, kind):
    shape = tuple(shape)
    if kind == "layer":
        return int(torch.tensor(shape[:-1]).prod()), shape[-1:]
    return (shape[1] if kind == "batch" else shape[0] * shape[1]), shape[1:2]
