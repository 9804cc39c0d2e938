"""The paths as modules of their own, layers made in another order, lists instead of running concatenation."""

from collections import OrderedDict


class Residual(nn.Module):
    def __init__(self, input_channels, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv3 = None
        if use_1x1conv:
            self.conv3 = nn.Conv2d(input_channels, num_channels, 1, strides)
        self.bn2, self.bn1 = nn.BatchNorm2d(num_channels), nn.BatchNorm2d(num_channels)
        self.conv2 = nn.Conv2d(num_channels, num_channels, (3, 3), padding="same")
        self.conv1 = nn.Conv2d(input_channels, num_channels, (3, 3), (strides, strides), (1, 1))

    def forward(self, X):
        Y = X
        for layer in (self.conv1, self.bn1, nn.ReLU(), self.conv2, self.bn2):
            Y = layer(Y)
        Y += self.conv3(X) if self.conv3 else X
        return Y.relu_()


def resnet_block(input_channels, num_channels, num_residuals, first_block=False):
    first = Residual(num_channels, num_channels) if first_block else Residual(input_channels, num_channels, True, 2)
    return [first] + [Residual(num_channels, num_channels) for _ in range(num_residuals - 1)]


def resnet18(num_classes, in_channels=1):
    layers = OrderedDict()
    layers["0"] = nn.Conv2d(in_channels, 64, 3, 1, 1)
    layers["1"] = nn.BatchNorm2d(64)
    layers["2"] = nn.ReLU(inplace=True)
    layers["resnet_block1"] = nn.Sequential(Residual(64, 64), Residual(64, 64))
    for number in (2, 3, 4):
        width = 32 * 2**number
        layers[f"resnet_block{number}"] = nn.Sequential(Residual(width // 2, width, True, 2), Residual(width, width))
    layers["global_avg_pool"] = nn.AdaptiveAvgPool2d(1)
    layers["fc"] = nn.Sequential(nn.Flatten(start_dim=1), nn.Linear(in_features=512, out_features=num_classes))
    return nn.Sequential(layers)


def conv_block(input_channels, num_channels):
    layers = [nn.BatchNorm2d(input_channels), nn.ReLU(inplace=True)]
    layers.append(nn.Conv2d(input_channels, num_channels, 3, padding="same"))
    return nn.Sequential(*layers)


class DenseBlock(nn.Module):
    def __init__(self, num_convs, input_channels, num_channels):
        super().__init__()
        self.net = nn.Sequential()
        for _ in range(num_convs):
            self.net.append(conv_block(input_channels, num_channels))
            input_channels += num_channels

    def forward(self, X):
        found = [X]
        for block in self.net:
            found.append(block(torch.cat(found, 1)))
        return torch.cat(found, 1)


def transition_block(input_channels, num_channels):
    halve = nn.AvgPool2d(2)
    return nn.Sequential(nn.BatchNorm2d(input_channels), nn.ReLU(), nn.Conv2d(input_channels, num_channels, 1), halve)
