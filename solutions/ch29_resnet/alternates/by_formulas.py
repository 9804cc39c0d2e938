"""With einsum and slices for the 1x1 convolutions, strided means for the pooling, and preallocated output."""


def one_by_one(conv, X):
    """What a 1x1 convolution computes: a linear map of the channels of each pixel that the stride meets."""
    rows, columns = conv.stride
    picked = X[:, :, ::rows, ::columns]
    return torch.einsum("oi,nihw->nohw", conv.weight.flatten(1), picked) + conv.bias[:, None, None]


class Residual(nn.Module):
    def __init__(self, input_channels, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        kwargs = {"kernel_size": 3, "padding": 1}
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.bn2 = nn.BatchNorm2d(num_channels)
        self.conv1 = nn.Conv2d(input_channels, num_channels, stride=strides, **kwargs)
        self.conv2 = nn.Conv2d(num_channels, num_channels, stride=1, **kwargs)
        self.conv3 = nn.Conv2d(input_channels, num_channels, 1, stride=strides) if use_1x1conv else None

    def forward(self, X):
        hidden = torch.clamp(self.bn1(self.conv1(X)), min=0)
        Y = self.bn2(self.conv2(hidden))
        shortcut = one_by_one(self.conv3, X) if self.conv3 is not None else X
        return torch.maximum(shortcut + Y, torch.zeros((), dtype=Y.dtype))


def resnet_block(input_channels, num_channels, num_residuals, first_block=False):
    halves = [not first_block] + [False] * (num_residuals - 1)
    widths = [input_channels] + [num_channels] * (num_residuals - 1)
    return [
        Residual(width, num_channels, use_1x1conv=halve, strides=1 + halve)
        for width, halve in zip(widths, halves, strict=True)
    ]


def resnet18(num_classes, in_channels=1):
    net = nn.Sequential(nn.Conv2d(in_channels, 64, (3, 3), padding=(1, 1)), nn.BatchNorm2d(64), nn.ReLU())
    width = 64
    for number in range(4):
        blocks = resnet_block(width, 64 << number, 2, number == 0)
        net.add_module("resnet_block" + str(number + 1), nn.Sequential(*blocks))
        width = 64 << number
    net.global_avg_pool = Mean()
    net.fc = nn.Sequential(nn.Flatten(), nn.Linear(width, num_classes))
    return net


class Mean(nn.Module):
    def forward(self, X):
        return X.mean(dim=(2, 3), keepdim=True)


def conv_block(input_channels, num_channels):
    return nn.Sequential(nn.BatchNorm2d(input_channels), nn.ReLU(), nn.Conv2d(input_channels, num_channels, 3, 1, 1))


class DenseBlock(nn.Module):
    def __init__(self, num_convs, input_channels, num_channels):
        super().__init__()
        blocks = (conv_block(input_channels + i * num_channels, num_channels) for i in range(num_convs))
        self.net = nn.Sequential(*blocks)

    def forward(self, X):
        n, channels, height, width = X.shape
        growth = self.net[0][2].out_channels
        output = X.new_zeros(n, channels + len(self.net) * growth, height, width)
        output = torch.cat([X, output[:, channels:]], dim=1)
        for block in self.net:
            filled, rest = output[:, :channels], output[:, channels + growth :]
            output = torch.cat([filled, block(filled), rest], dim=1)
            channels += growth
        return output


class Halve(nn.Module):
    def forward(self, X):
        X = X[:, :, : X.shape[2] // 2 * 2, : X.shape[3] // 2 * 2]
        return (X[:, :, ::2, ::2] + X[:, :, 1::2, ::2] + X[:, :, ::2, 1::2] + X[:, :, 1::2, 1::2]) / 4


def transition_block(input_channels, num_channels):
    conv = nn.Conv2d(input_channels, num_channels, kernel_size=(1, 1))
    return nn.Sequential(nn.BatchNorm2d(input_channels), nn.ReLU(), conv, Halve())
