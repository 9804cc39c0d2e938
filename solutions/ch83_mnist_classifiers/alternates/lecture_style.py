"""Classes with a batch size and view, as in the lectures; numpy for the statistics."""

from torch import nn
from torch.nn import functional as F


def mnist_normalize_stats(images):
    scaled = images.numpy().astype("float64") / 255
    return float(scaled.mean()), float(scaled.std())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pooling = nn.MaxPool2d(2)


class FullyConnected(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [784, 512, 256, 128, 64, 10]
        for i in range(5, 0, -1):
            setattr(self, f"l{i}", nn.Linear(widths[i - 1], widths[i]))

    def forward(self, x):
        x = x.reshape(-1, 784)
        for layer in (self.l1, self.l2, self.l3, self.l4):
            x = F.relu(layer(x))
        return self.l5(x)


def mlp_net():
    return FullyConnected()


class Convolutional(Net):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(320, 10)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=(5, 5))
        self.conv1 = nn.Conv2d(1, 10, kernel_size=(5, 5))

    def forward(self, x):
        batch_size = x.size(0)
        x = self.pooling(F.relu(self.conv1(x)))
        x = self.pooling(F.relu(self.conv2(x)))
        return self.fc(x.view(batch_size, -1))


def cnn_net():
    return Convolutional()


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.channels = channels
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)

    def forward(self, x):
        y = F.relu(self.conv1(x))
        y = self.conv2(y)
        y += x
        return F.relu(y)


class Residual(Net):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 16, kernel_size=5), nn.Conv2d(16, 32, kernel_size=5)
        self.rblock1, self.rblock2 = ResidualBlock(16), ResidualBlock(32)
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        in_size = x.size(0)
        x = self.rblock1(self.pooling(F.relu(self.conv1(x))))
        x = self.rblock2(self.pooling(F.relu(self.conv2(x))))
        return self.fc(x.view(in_size, -1))


def residual_net():
    return Residual()
