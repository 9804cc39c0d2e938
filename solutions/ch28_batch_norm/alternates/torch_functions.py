"""With torch.var_mean, einsum and unflatten, and keyword arguments in another order."""


def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):
    if not torch.is_grad_enabled():
        return (X - moving_mean) * torch.rsqrt(moving_var + eps) * gamma + beta, moving_mean, moving_var
    if X.dim() not in (2, 4):
        raise AssertionError("2-D or 4-D input")
    channels_last = X if X.dim() == 2 else X.permute(0, 2, 3, 1)
    rows = channels_last.reshape(-1, channels_last.shape[-1])
    var, mean = torch.var_mean(rows, dim=0, correction=0)
    var, mean = var.reshape(moving_var.shape), mean.reshape(moving_mean.shape)
    Y = (X - mean) * torch.rsqrt(var + eps) * gamma + beta
    with torch.no_grad():
        new_mean = torch.lerp(mean, moving_mean, momentum)
        new_var = torch.lerp(var, moving_var, momentum)
    return Y, new_mean, new_var


class BatchNorm(nn.Module):
    def __init__(self, num_features, num_dims):
        super().__init__()
        shape = [1, num_features] + [1] * (num_dims - 2)
        self.beta = nn.Parameter(torch.zeros(shape))
        self.gamma = nn.Parameter(torch.ones(shape))
        self.register_buffer("moving_var", torch.ones(shape))
        self.register_buffer("moving_mean", torch.zeros(shape))

    def forward(self, X):
        if self.training:
            Y, mean, var = batch_norm(
                X, momentum=0.9, eps=1e-5, beta=self.beta, gamma=self.gamma,
                moving_var=self.moving_var, moving_mean=self.moving_mean,
            )  # fmt: skip
            self.moving_mean.copy_(mean)
            self.moving_var.copy_(var)
            return Y
        scale = self.gamma / (self.moving_var + 1e-5) ** 0.5
        return X * scale + (self.beta - self.moving_mean * scale)


def layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):
    if list(X.shape)[X.dim() - len(normalized_shape) :] != list(normalized_shape):
        raise ValueError("normalized_shape does not fit")
    flat = X.flatten(-len(normalized_shape))
    centred = flat - flat.mean(-1, keepdim=True)
    spread = torch.einsum("...i,...i->...", centred, centred) / flat.shape[-1]
    Y = (centred / (spread + eps).sqrt().unsqueeze(-1)).reshape(X.shape)
    weight = torch.ones_like(Y) if weight is None else weight
    return torch.addcmul(torch.zeros_like(Y) if bias is None else bias, Y, weight)


def instance_norm(X, weight=None, bias=None, eps=1e-5):
    return group_norm(X, X.shape[1], weight, bias, eps)


def group_norm(X, num_groups, weight=None, bias=None, eps=1e-5):
    if X.shape[1] % num_groups != 0:
        raise ValueError("channels are not divisible by groups")
    groups = X.unflatten(1, (num_groups, -1)).flatten(2)
    var, mean = torch.var_mean(groups, dim=2, correction=0, keepdim=True)
    Y = ((groups - mean) / torch.sqrt(var + eps)).reshape(X.shape)
    weight = torch.ones(X.shape[1], dtype=X.dtype) if weight is None else weight
    bias = torch.zeros(X.shape[1], dtype=X.dtype) if bias is None else bias
    return Y * weight[None, :, None, None] + bias[None, :, None, None]


def norm_stat_count(shape, kind):
    n, features = shape[0], shape[1] if kind != "layer" else shape[-1]
    if kind == "batch":
        return features, (features,)
    if kind == "instance":
        return n * features, (features,)
    pairs = 1
    for size in list(shape)[:-1]:
        pairs *= size
    return pairs, (features,)
