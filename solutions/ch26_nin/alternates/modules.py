"""Modules of its own for convolution and activation, einsum, a matrix product for the mean, a loaded state."""

from torch.nn import functional as F


class PixelNetwork(nn.Conv2d):
    def __init__(self, channels):
        super().__init__(channels, channels, kernel_size=1)

    def forward(self, X):
        return torch.einsum("oc,nchw->nohw", self.weight.flatten(1), X) + self.bias.view(-1, 1, 1)


class Positive(nn.Module):
    def forward(self, X):
        return torch.where(X > 0, X, torch.zeros_like(X))


class Halve(nn.Module):
    def forward(self, X):
        return F.max_pool2d(X, kernel_size=3, stride=2)


class Drop(nn.Module):
    def forward(self, X):
        return 2 * X * (torch.rand_like(X) < 0.5) if self.training else X


def nin_block(in_channels, out_channels, kernel_size, strides, padding):
    first = nn.Conv2d(in_channels, out_channels, kernel_size, stride=strides, padding=padding)
    return nn.Sequential(
        first, Positive(), PixelNetwork(out_channels), Positive(), PixelNetwork(out_channels), Positive()
    )


def nin(in_channels=1, num_classes=10):
    blocks = [
        nin_block(in_channels, 96, 11, 4, 0),
        nin_block(96, 256, 5, 1, 2),
        nin_block(256, 384, 3, 1, 1),
    ]
    layers = [layer for block in blocks for layer in (block, Halve())]
    return nn.Sequential(
        *layers, Drop(), nin_block(384, num_classes, 3, 1, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(1, -1)
    )


def global_avg_pool(X):
    pixels = X.reshape(X.shape[0], X.shape[1], -1)
    return pixels @ torch.full((pixels.shape[2],), 1 / pixels.shape[2], dtype=X.dtype)


def conv1x1_as_linear(conv):
    if conv.groups > 1 or any(size != 1 for size in conv.kernel_size + conv.stride) or any(conv.padding):
        raise ValueError("only a plain 1x1 convolution is a linear layer")
    weight = conv.state_dict()["weight"]
    linear = nn.Linear(*weight.shape[1::-1], bias="bias" in conv.state_dict()).to(weight.dtype)
    linear.load_state_dict({name: value.reshape(value.shape[:2]) for name, value in conv.state_dict().items()})
    return linear
