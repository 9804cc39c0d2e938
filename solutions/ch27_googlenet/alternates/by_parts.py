"""Branches as lists of layers, layers made in another order, ReLU in place, a table of channels, and a plain sum."""

TABLE = [
    [(64, (96, 128), (16, 32), 32), (128, (128, 192), (32, 96), 64)],
    [
        (192, (96, 208), (16, 48), 64),
        (160, (112, 224), (24, 64), 64),
        (128, (128, 256), (24, 64), 64),
        (112, (144, 288), (32, 64), 64),
        (256, (160, 320), (32, 128), 128),
    ],
    [(256, (160, 320), (32, 128), 128), (384, (192, 384), (48, 128), 128)],
]


class Inception(nn.Module):
    def __init__(self, in_channels, c1, c2, c3, c4, **kwargs):
        super().__init__()
        self.p4_2 = nn.Conv2d(in_channels, c4, 1)
        self.p3_1, self.p3_2 = nn.Conv2d(in_channels, c3[0], 1), nn.Conv2d(*c3, 5, padding="same")
        self.p2_1, self.p2_2 = nn.Conv2d(in_channels, c2[0], 1), nn.Conv2d(*c2, 3, padding="same")
        self.p1_1 = nn.Conv2d(in_channels, c1, 1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        pooled = F.max_pool2d(x, (3, 3), (1, 1), (1, 1))
        outputs = []
        for X, layers in (
            (x, [self.p1_1]),
            (x, [self.p2_1, self.p2_2]),
            (x, [self.p3_1, self.p3_2]),
            (pooled, [self.p4_2]),
        ):
            for layer in layers:
                X = self.relu(layer(X))
            outputs.append(X)
        return torch.concat(outputs, -3)


def googlenet(in_channels=1, num_classes=10):
    def pool():
        return nn.MaxPool2d(3, 2, 1)

    net = nn.Sequential()
    net.append(nn.Sequential(nn.Conv2d(in_channels, 64, (7, 7), 2, 3), nn.ReLU(inplace=True), pool()))
    convs = nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 192, 3, padding="same"), nn.ReLU()
    net.append(nn.Sequential(*convs, pool()))
    channels = 192
    for rows in TABLE:
        stage = nn.Sequential()
        for c1, c2, c3, c4 in rows:
            stage.append(Inception(channels, c1, c2, c3, c4))
            channels = c1 + c2[1] + c3[1] + c4
        net.append(stage.append(pool()))
    net[4][-1] = nn.AdaptiveAvgPool2d(1)
    net[4].append(nn.Flatten())
    return net.append(nn.Linear(channels, num_classes))


class InceptionA(nn.Module):
    def __init__(self, in_channels):
        super().__init__()
        self.branch_pool = nn.Conv2d(in_channels, 24, 1)
        self.branch3x3_1 = nn.Conv2d(in_channels, 16, 1)
        self.branch3x3_2 = nn.Conv2d(16, 24, 3, padding="same")
        self.branch3x3_3 = nn.Conv2d(24, 24, 3, padding="same")
        self.branch5x5_1 = nn.Conv2d(in_channels, 16, 1)
        self.branch5x5_2 = nn.Conv2d(16, 24, 5, padding="same")
        self.branch1x1 = nn.Conv2d(in_channels, 16, 1)

    def forward(self, x):
        third = nn.Sequential(self.branch3x3_1, self.branch3x3_2, self.branch3x3_3)
        second = nn.Sequential(self.branch5x5_1, self.branch5x5_2)
        fourth = nn.Sequential(nn.AvgPool2d(3, 1, 1), self.branch_pool)
        return torch.hstack([branch(x) for branch in (self.branch1x1, second, third, fourth)])


def bottleneck_saving(c_in, c_mid, c_out, kernel):
    weights = sum(
        inputs * outputs * size * size for inputs, outputs, size in ((c_in, c_mid, 1), (c_mid, c_out, kernel))
    )
    return weights / (c_in * c_out * kernel * kernel)
