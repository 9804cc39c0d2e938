"""With einsum for the 1x1 convolutions, windows for the pooling, a preallocated output, and two added ratios."""


def one_by_one(conv, X):
    """A 1x1 convolution as a linear map of the channels of each pixel."""
    return torch.einsum("oi,nihw->nohw", conv.weight[:, :, 0, 0], X) + conv.bias[:, None, None]


def windows(X, value):
    """The 3 x 3 neighbourhood of each pixel, in the last axis."""
    padded = F.pad(X, (1, 1, 1, 1), value=value)
    height, width = X.shape[2:]
    return torch.stack([padded[:, :, i : i + height, j : j + width] for i in range(3) for j in range(3)], dim=-1)


class Inception(nn.Module):
    def __init__(self, in_channels, c1, c2, c3, c4, **kwargs):
        super().__init__(**kwargs)
        self.p1_1 = nn.Conv2d(in_channels, c1, kernel_size=(1, 1))
        self.p2_1 = nn.Conv2d(in_channels, c2[0], kernel_size=(1, 1))
        self.p2_2 = nn.Conv2d(c2[0], c2[1], kernel_size=(3, 3), padding=(1, 1))
        self.p3_1 = nn.Conv2d(in_channels, c3[0], kernel_size=(1, 1))
        self.p3_2 = nn.Conv2d(c3[0], c3[1], kernel_size=(5, 5), padding=(2, 2))
        self.p4_2 = nn.Conv2d(in_channels, c4, kernel_size=(1, 1))

    def forward(self, x):
        second = self.p2_2(one_by_one(self.p2_1, x).clamp(min=0))
        third = self.p3_2(one_by_one(self.p3_1, x).clamp(min=0))
        fourth = one_by_one(self.p4_2, windows(x, float("-inf")).amax(dim=-1))
        return torch.relu(torch.cat([one_by_one(self.p1_1, x), second, third, fourth], dim=1))


class Mean(nn.Module):
    def forward(self, X):
        return X.mean(dim=(2, 3), keepdim=True)


def googlenet(in_channels=1, num_classes=10):
    b1 = nn.Sequential(nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3))
    b2 = nn.Sequential(nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 192, 3, 1, 1))
    for stage in (b1, b2):
        stage.extend([nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2, padding=1)])
    b3 = nn.Sequential(Inception(192, 64, (96, 128), (16, 32), 32), Inception(256, 128, (128, 192), (32, 96), 64))
    b3.add_module("pool", nn.MaxPool2d(3, stride=2, padding=1))
    b4 = nn.Sequential(
        Inception(480, 192, (96, 208), (16, 48), 64),
        Inception(512, 160, (112, 224), (24, 64), 64),
        Inception(512, 128, (128, 256), (24, 64), 64),
        Inception(512, 112, (144, 288), (32, 64), 64),
        Inception(528, 256, (160, 320), (32, 128), 128),
        nn.MaxPool2d(3, stride=2, padding=1),
    )
    b5 = nn.Sequential(Inception(832, 256, (160, 320), (32, 128), 128), Inception(832, 384, (192, 384), (48, 128), 128))
    b5.extend([Mean(), nn.Flatten(1)])
    return nn.Sequential(b1, b2, b3, b4, b5, nn.Linear(in_features=1024, out_features=num_classes))


class InceptionA(nn.Module):
    def __init__(self, in_channels):
        super().__init__()
        for name, *shape in (
            ("branch1x1", in_channels, 16, 1),
            ("branch5x5_1", in_channels, 16, 1),
            ("branch5x5_2", 16, 24, 5),
            ("branch3x3_1", in_channels, 16, 1),
            ("branch3x3_2", 16, 24, 3),
            ("branch3x3_3", 24, 24, 3),
            ("branch_pool", in_channels, 24, 1),
        ):
            setattr(self, name, nn.Conv2d(*shape, padding=shape[-1] // 2))

    def forward(self, x):
        n, _, height, width = x.shape
        parts = [one_by_one(self.branch1x1, x), self.branch5x5_2(one_by_one(self.branch5x5_1, x))]
        parts.append(self.branch3x3_3(self.branch3x3_2(one_by_one(self.branch3x3_1, x))))
        parts.append(one_by_one(self.branch_pool, windows(x, 0.0).mean(dim=-1)))
        output = x.new_empty(n, 88, height, width)
        for part, start in zip(parts, (0, 16, 40, 64), strict=True):
            output[:, start : start + part.shape[1]] = part
        return output


def bottleneck_saving(c_in, c_mid, c_out, kernel):
    return c_mid / (kernel**2 * c_out) + c_mid / c_in
