"""A module of its own for the global average, a loop over the settings, a matrix product for the mean."""


class Mean(nn.Module):
    def forward(self, X):
        return X.mean(dim=(2, 3), keepdim=True)


def nin_block(in_channels, out_channels, kernel_size, strides, padding):
    block = nn.Sequential()
    for size, step, rim in ((kernel_size, strides, padding), (1, 1, 0), (1, 1, 0)):
        block.append(nn.Conv2d(in_channels, out_channels, (size, size), (step, step), (rim, rim), bias=True))
        block.append(nn.ReLU(inplace=True))
        in_channels = out_channels
    return block


def nin(in_channels=1, num_classes=10):
    settings = [(96, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1)]
    layers, channels = [], in_channels
    for setting in settings:
        layers += [nin_block(channels, *setting), nn.MaxPool2d(kernel_size=(3, 3), stride=(2, 2))]
        channels = setting[0]
    return nn.Sequential(*layers, nn.Dropout(), nin_block(channels, num_classes, 3, 1, 1), Mean(), nn.Flatten(1, -1))


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
