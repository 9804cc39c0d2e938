"""Layers appended one after the other, a table of blocks, a mean of rows and columns, shared memory."""


class GlobalAverage(nn.Module):
    def forward(self, X):
        return global_avg_pool(X)[:, :, None, None]


def nin_block(in_channels, out_channels, kernel_size, strides, padding):
    block = nn.Sequential(
        nn.Conv2d(in_channels, out_channels, (kernel_size, kernel_size), (strides, strides), (padding, padding))
    )
    for _ in range(2):
        block.append(nn.ReLU(inplace=True))
        block.append(nn.Conv2d(out_channels, out_channels, (1, 1)))
    block.append(nn.ReLU(inplace=True))
    return block


def nin(in_channels=1, num_classes=10):
    net, width = nn.Sequential(), in_channels
    for channels, kernel_size, strides, padding in ((96, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1)):
        net.append(nin_block(width, channels, kernel_size, strides, padding))
        net.append(nn.MaxPool2d(3, 2))
        width = channels
    net.append(nn.Dropout(inplace=True))
    net.append(nin_block(width, num_classes, 3, 1, 1))
    net.extend([GlobalAverage(), nn.Flatten(start_dim=1)])
    return net


def global_avg_pool(X):
    rows = X.sum(dim=3) / X.shape[3]  # the mean of each row, then the mean of these means
    return rows.sum(dim=2) / X.shape[2]


def conv1x1_as_linear(conv):
    plain = {"kernel_size": (1, 1), "stride": (1, 1), "padding": (0, 0), "groups": 1}
    for name, value in plain.items():
        if getattr(conv, name) != value:
            raise ValueError(name)
    linear = nn.Linear(conv.in_channels, conv.out_channels, bias=conv.bias is not None)
    linear.weight = nn.Parameter(conv.weight.detach().view(conv.out_channels, conv.in_channels))
    if conv.bias is not None:
        linear.bias = nn.Parameter(conv.bias.detach())
    return linear
