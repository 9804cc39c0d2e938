"""ch83 MNIST classifiers: fully connected, convolutional, residual.

See lectures 9, 10 and 11 of PyTorch Deep Learning Practice. Lecture 11 also has a net of Inception blocks: ch27 asks
for its block, InceptionA. Checks that train use the settings of the lectures: batches of 64, learning rate 0.01,
momentum 0.5, 10 epochs. On all of MNIST, the course notes report accuracies of 97 % (mlp_net), 98 % (cnn_net) and 99 %
(residual_net). With the 4,000 images of mnist_5k, the same settings give about 86 %, 95 % and 95 %. The checks have
4,000 images, too, and ask for less than the notes.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def mnist_normalize_stats(images: Tensor) -> tuple[float, float]:
    """Return the mean and the standard deviation of all pixels, for transforms.Normalize (lecture 9).

    transforms.ToTensor divides the pixels by 255, so that they are from 0 to 1. The two numbers are those of the
    divided pixels. The standard deviation is the root of the mean squared deviation from the mean: its divisor is the
    number of pixels N.

        mean = sum x / N            std = sqrt(sum (x - mean)^2 / N)

    All images and all axes count together. On MNIST's 60,000 images for training, the result is (0.1307, 0.3081),
    rounded. Compute in float64: the result must be exact to 9 digits. The function leaves images unchanged.

    Args:
        images: uint8 pixels from 0 to 255, of any shape, such as (n, 28, 28) or (n, 1, 28, 28), with at least one
            pixel.

    Returns:
        (mean, std), two Python floats. If all pixels are equal, std is 0.

    >>> mnist_normalize_stats(torch.tensor([[0, 255], [255, 0]], dtype=torch.uint8))
    (0.5, 0.5)
    """
    # BEGIN SOLUTION
    x = images.to(torch.float64) / 255
    # WRONG pixels-not-divided: x = images.to(torch.float64)
    # WRONG divided-by-256: x = images.to(torch.float64) / 256
    # WRONG divided-by-the-largest-pixel: x = images.to(torch.float64) / images.max().clamp(min=1)
    # WRONG from-minus-one-to-one: x = images.to(torch.float64) / 127.5 - 1
    # WRONG computed-in-float32: x = images.to(torch.float32) / 255
    # WRONG halves-lost: x = (images // 2 * 2).to(torch.float64) / 255
    # WRONG dark-pixels-left-out: x = images[images > 0].to(torch.float64) / 255
    # WRONG first-image-alone: x = images[:1].to(torch.float64) / 255
    # WRONG binarised: x = (images > 127).to(torch.float64)
    # WRONG squares-overflow:
    #     x = images.to(torch.float64) / 255
    #     square = (images * images).to(torch.float64).mean() / 255**2
    #     return x.mean().item(), (square - x.mean() ** 2).abs().sqrt().item()
    # WRONG mean-rounded-to-pixels:
    #     x = images.to(torch.float64) / 255
    #     mean = (x * 255).mean().round() / 255
    #     return mean.item(), ((x - mean) ** 2).mean().sqrt().item()
    mean = x.mean()
    # WRONG median-for-mean: mean = x.median()
    # WRONG constants-of-mnist: return 0.1307, 0.3081
    # WRONG middle-of-the-range: mean = (x.max() + x.min()) / 2
    # WRONG rounded-to-four-digits: return round(x.mean().item(), 4), round(x.std(correction=0).item(), 4)
    std = ((x - mean) ** 2).mean().sqrt()
    # WRONG divisor-one-less: std = x.std() if x.numel() > 1 else 0 * mean
    # WRONG variance-for-deviation: std = ((x - mean) ** 2).mean()
    # WRONG mean-absolute-deviation: std = (x - mean).abs().mean()
    # WRONG root-mean-square: std = (x**2).mean().sqrt()
    # WRONG deviation-of-each-image: std = x.reshape(len(x), -1).std(dim=1, correction=0).mean()
    # WRONG deviation-of-the-mean-image: std = x.mean(dim=0).std(correction=0)
    # WRONG deviation-of-the-image-means: std = x.reshape(len(x), -1).mean(dim=1).std(correction=0)
    # WRONG range-for-deviation: std = x.max() - x.min()
    # WRONG root-of-the-sum: std = ((x - mean) ** 2).sum().sqrt()
    # WRONG small-number-added: std = (((x - mean) ** 2).mean() + 1e-5).sqrt()
    # WRONG deviation-of-the-pixels-undivided: std = ((x - mean) ** 2).mean().sqrt() * 255
    return mean.item(), std.item()
    # WRONG deviation-first: return std.item(), mean.item()
    # WRONG tensors-returned: return mean, std
    # END SOLUTION


def mlp_net() -> nn.Module:
    """Return the fully connected net of lecture 9, with new parameters.

        28x28 pixels, flattened row by row: 784 numbers
        l1: 784 to 512, ReLU
        l2: 512 to 256, ReLU
        l3: 256 to 128, ReLU
        l4: 128 to 64, ReLU
        l5: 64 to 10

    The net maps images (n, 1, 28, 28) to raw scores (n, 10), for any n. It accepts images (n, 28, 28), too. Nothing
    follows l5: nn.CrossEntropyLoss expects raw scores. The net has 575,050 parameters. It is the same in training and
    evaluation, and it leaves its input unchanged. Gradients flow to the input and all parameters. The net works in
    float32 and, after double(), in float64.

    Returns:
        A module whose attributes l1, l2, l3, l4 and l5 are nn.Linear layers with biases. It has no other parameters.
    """
    # BEGIN SOLUTION
    return _MLP()
    # END SOLUTION


# BEGIN SOLUTION
class _MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.l1 = nn.Linear(784, 512)
        # WRONG mlp-without-biases: self.l1 = nn.Linear(784, 512, bias=False)
        self.l2 = nn.Linear(512, 256)
        # WRONG mlp-without-biases: self.l2 = nn.Linear(512, 256, bias=False)
        self.l3 = nn.Linear(256, 128)
        # WRONG mlp-without-biases: self.l3 = nn.Linear(256, 128, bias=False)
        self.l4 = nn.Linear(128, 64)
        # WRONG mlp-without-biases: self.l4 = nn.Linear(128, 64, bias=False)
        # WRONG fourth-layer-missing: pass
        self.l5 = nn.Linear(64, 10)
        # WRONG mlp-without-biases: self.l5 = nn.Linear(64, 10, bias=False)
        # WRONG fourth-layer-missing: self.l5 = nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(start_dim=1)
        # WRONG columns-for-rows: x = x.transpose(-1, -2).flatten(start_dim=1)
        # WRONG mlp-for-64-images: x = x.reshape(64, 784)
        # WRONG mlp-images-mixed: x = x.reshape(784, -1).t()
        # WRONG four-axes-alone:
        #     n, c, h, w = x.shape
        #     x = x.reshape(n, c * h * w)
        # WRONG input-normalised: x = (x.flatten(start_dim=1) - 0.1307) / 0.3081
        # WRONG input-divided: x = x.flatten(start_dim=1) / 255
        # WRONG activation-of-the-pixels: x = x.flatten(start_dim=1).relu()
        x = F.relu(self.l1(x))
        # WRONG mlp-without-relu: x = self.l1(x)
        # WRONG first-relu-missing: x = self.l1(x)
        # WRONG sigmoids-for-relus: x = torch.sigmoid(self.l1(x))
        # WRONG tanhs-for-relus: x = torch.tanh(self.l1(x))
        # WRONG leaky-relus: x = F.leaky_relu(self.l1(x))
        # WRONG mlp-with-dropout: x = F.dropout(F.relu(self.l1(x)), 0.5, self.training)
        x = F.relu(self.l2(x))
        # WRONG mlp-without-relu: x = self.l2(x)
        # WRONG second-relu-missing: x = self.l2(x)
        # WRONG sigmoids-for-relus: x = torch.sigmoid(self.l2(x))
        # WRONG tanhs-for-relus: x = torch.tanh(self.l2(x))
        # WRONG leaky-relus: x = F.leaky_relu(self.l2(x))
        # WRONG cut-off-within-the-mlp: x = F.relu(self.l2(x)).detach()
        x = F.relu(self.l3(x))
        # WRONG mlp-without-relu: x = self.l3(x)
        # WRONG third-relu-missing: x = self.l3(x)
        # WRONG sigmoids-for-relus: x = torch.sigmoid(self.l3(x))
        # WRONG tanhs-for-relus: x = torch.tanh(self.l3(x))
        # WRONG leaky-relus: x = F.leaky_relu(self.l3(x))
        x = F.relu(self.l4(x))
        # WRONG mlp-without-relu: x = self.l4(x)
        # WRONG fourth-relu-missing: x = self.l4(x)
        # WRONG sigmoids-for-relus: x = torch.sigmoid(self.l4(x))
        # WRONG tanhs-for-relus: x = torch.tanh(self.l4(x))
        # WRONG leaky-relus: x = F.leaky_relu(self.l4(x))
        # WRONG fourth-layer-missing:
        return self.l5(x)
        # WRONG mlp-probabilities: return self.l5(x).softmax(dim=1)
        # WRONG mlp-log-probabilities: return self.l5(x).log_softmax(dim=1)
        # WRONG relu-of-the-scores: return F.relu(self.l5(x))
        # WRONG softmax-over-the-images: return self.l5(x).softmax(dim=0)
        # WRONG sigmoid-of-the-scores: return self.l5(x).sigmoid()
        # WRONG digits-for-scores: return self.l5(x).argmax(dim=1)
        # WRONG axes-of-one-dropped: return self.l5(x).squeeze()


# END SOLUTION


def cnn_net() -> nn.Module:
    """Return the convolutional net of lecture 10, with new parameters.

        layer                                     shape of an image
        input                                     (1, 28, 28)
        conv1: 5x5 convolution to 10 channels     (10, 24, 24)
        2x2 maximum pooling, ReLU                 (10, 12, 12)
        conv2: 5x5 convolution to 20 channels     (20, 8, 8)
        2x2 maximum pooling, ReLU                 (20, 4, 4)
        flattened                                 (320,)
        fc: 320 to 10                             (10,)

    The convolutions have stride 1 and no padding, and the pooling has stride 2. An image is flattened in the order of
    its axes: channel by channel, row by row. The net maps images (n, 1, 28, 28) to raw scores (n, 10), for any n.
    Nothing follows fc. The net has 8,490 parameters. It is the same in training and evaluation, and it leaves its
    input unchanged. Gradients flow to the input and all parameters. The net works in float32 and, after double(), in
    float64.

    Returns:
        A module whose attributes conv1 and conv2 are nn.Conv2d layers and whose attribute fc is an nn.Linear layer,
        all of them with biases. It has no other parameters.
    """
    # BEGIN SOLUTION
    return _CNN()
    # END SOLUTION


# BEGIN SOLUTION
class _CNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        # WRONG cnn-channels-swapped: self.conv1 = nn.Conv2d(1, 20, kernel_size=5)
        # WRONG convolutions-padded: self.conv1 = nn.Conv2d(1, 10, kernel_size=5, padding=2)
        # WRONG kernels-3x3: self.conv1 = nn.Conv2d(1, 10, kernel_size=3)
        # WRONG cnn-without-biases: self.conv1 = nn.Conv2d(1, 10, kernel_size=5, bias=False)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        # WRONG cnn-channels-swapped: self.conv2 = nn.Conv2d(20, 10, kernel_size=5)
        # WRONG convolutions-padded: self.conv2 = nn.Conv2d(10, 20, kernel_size=5, padding=2)
        # WRONG kernels-3x3: self.conv2 = nn.Conv2d(10, 20, kernel_size=3)
        # WRONG cnn-without-biases: self.conv2 = nn.Conv2d(10, 20, kernel_size=5, bias=False)
        # WRONG second-convolution-in-groups: self.conv2 = nn.Conv2d(10, 20, kernel_size=5, groups=10)
        self.fc = nn.Linear(320, 10)
        # WRONG cnn-channels-swapped: self.fc = nn.Linear(160, 10)
        # WRONG convolutions-padded: self.fc = nn.Linear(980, 10)
        # WRONG kernels-3x3: self.fc = nn.Linear(500, 10)
        # WRONG pooling-3x3: self.fc = nn.Linear(20, 10)
        # WRONG second-pooling-missing: self.fc = nn.Linear(1280, 10)
        # WRONG first-pooling-missing: self.fc = nn.Linear(2000, 10)
        # WRONG cnn-without-biases: self.fc = nn.Linear(320, 10, bias=False)
        # WRONG global-average: self.fc = nn.Linear(20, 10)
        # WRONG hidden-layer-before-fc:
        #     self.fc1 = nn.Linear(320, 50)
        #     self.fc = nn.Linear(50, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(F.max_pool2d(self.conv1(x), kernel_size=2))
        # WRONG pooling-3x3: x = F.relu(F.max_pool2d(self.conv1(x), kernel_size=3))
        # WRONG cnn-average-pooled: x = F.relu(F.avg_pool2d(self.conv1(x), kernel_size=2))
        # WRONG cnn-without-relu: x = F.max_pool2d(self.conv1(x), kernel_size=2)
        # WRONG cnn-first-relu-missing: x = F.max_pool2d(self.conv1(x), kernel_size=2)
        # WRONG first-pooling-missing: x = F.relu(self.conv1(x))
        # WRONG cnn-tanh: x = torch.tanh(F.max_pool2d(self.conv1(x), kernel_size=2))
        # WRONG cnn-sigmoid: x = torch.sigmoid(F.max_pool2d(self.conv1(x), kernel_size=2))
        # WRONG smallest-pixels-pooled: x = F.relu(-F.max_pool2d(-self.conv1(x), kernel_size=2))
        # WRONG every-second-pixel: x = F.relu(self.conv1(x)[:, :, ::2, ::2])
        # WRONG cut-off-within-the-cnn: x = F.relu(F.max_pool2d(self.conv1(x), kernel_size=2)).detach()
        # WRONG cnn-input-normalised: x = F.relu(F.max_pool2d(self.conv1((x - 0.1307) / 0.3081), kernel_size=2))
        x = F.relu(F.max_pool2d(self.conv2(x), kernel_size=2))
        # WRONG pooling-3x3: x = F.relu(F.max_pool2d(self.conv2(x), kernel_size=3))
        # WRONG cnn-average-pooled: x = F.relu(F.avg_pool2d(self.conv2(x), kernel_size=2))
        # WRONG cnn-without-relu: x = F.max_pool2d(self.conv2(x), kernel_size=2)
        # WRONG cnn-second-relu-missing: x = F.max_pool2d(self.conv2(x), kernel_size=2)
        # WRONG second-pooling-missing: x = F.relu(self.conv2(x))
        # WRONG cnn-tanh: x = torch.tanh(F.max_pool2d(self.conv2(x), kernel_size=2))
        # WRONG cnn-sigmoid: x = torch.sigmoid(F.max_pool2d(self.conv2(x), kernel_size=2))
        # WRONG smallest-pixels-pooled: x = F.relu(-F.max_pool2d(-self.conv2(x), kernel_size=2))
        # WRONG every-second-pixel: x = F.relu(self.conv2(x)[:, :, ::2, ::2])
        # WRONG global-average: x = F.relu(self.conv2(x)).mean(dim=(2, 3))
        # WRONG cnn-with-dropout: x = F.dropout(F.relu(F.max_pool2d(self.conv2(x), 2)), 0.5, self.training)
        x = x.flatten(start_dim=1)
        # WRONG cnn-for-64-images: x = x.reshape(64, 320)
        # WRONG channels-last: x = x.permute(0, 2, 3, 1).flatten(start_dim=1)
        # WRONG cnn-columns-for-rows: x = x.transpose(-1, -2).flatten(start_dim=1)
        # WRONG cnn-images-mixed: x = x.reshape(320, -1).t()
        # WRONG hidden-layer-before-fc: x = F.relu(self.fc1(x.flatten(start_dim=1)))
        return self.fc(x)
        # WRONG cnn-probabilities: return self.fc(x).softmax(dim=1)
        # WRONG cnn-log-probabilities: return self.fc(x).log_softmax(dim=1)
        # WRONG cnn-scores-activated: return F.relu(self.fc(x))
        # WRONG cnn-axes-of-one-dropped: return self.fc(x).squeeze()
        # WRONG cnn-digits-for-scores: return self.fc(x).argmax(dim=1)


# END SOLUTION


class ResidualBlock(nn.Module):
    """Compute the residual block of lecture 11 (He et al., 2016).

        y = relu(conv1(x))
        result = relu(x + conv2(y))

    Both convolutions are 3x3 with padding 1, so that the result has the shape of x. There is no batch normalisation.
    If all parameters are 0, the result is relu(x). The block is the same in training and evaluation. Gradients flow to
    x and all parameters. The block works in float32 and, after double(), in float64; x need not be contiguous in
    memory.

    Args:
        channels: the channels of x, of y and of the result.

    Attributes:
        conv1, conv2: nn.Conv2d from channels to channels, with bias.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        # WRONG block-without-biases: self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        # WRONG block-kernels-5x5: self.conv1 = nn.Conv2d(channels, channels, kernel_size=5, padding=2)
        # WRONG always-16-channels: self.conv1 = nn.Conv2d(16, 16, kernel_size=3, padding=1)
        # WRONG block-without-padding: self.conv1 = nn.Conv2d(channels, channels, kernel_size=3)
        # WRONG channels-doubled-inside: self.conv1 = nn.Conv2d(channels, 2 * channels, kernel_size=3, padding=1)
        # WRONG block-padded-with-edges:
        #     self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, padding_mode="replicate")
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        # WRONG block-without-biases: self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        # WRONG block-kernels-5x5: self.conv2 = nn.Conv2d(channels, channels, kernel_size=5, padding=2)
        # WRONG always-16-channels: self.conv2 = nn.Conv2d(16, 16, kernel_size=3, padding=1)
        # WRONG block-without-padding: self.conv2 = nn.Conv2d(channels, channels, kernel_size=3)
        # WRONG channels-doubled-inside: self.conv2 = nn.Conv2d(2 * channels, channels, kernel_size=3, padding=1)
        # WRONG block-padded-with-edges:
        #     self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, padding_mode="replicate")
        # WRONG shortcut-convolved:
        #     self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        #     self.conv3 = nn.Conv2d(channels, channels, kernel_size=1)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels, h, w) to a tensor of the same shape. x stays unchanged."""
        # BEGIN SOLUTION
        y = F.relu(self.conv1(x))
        # WRONG inner-relu-missing: y = self.conv1(x)
        # WRONG block-without-relu: y = self.conv1(x)
        # WRONG activation-before-the-convolutions: y = self.conv1(F.relu(x))
        # WRONG block-with-sigmoid: y = torch.sigmoid(self.conv1(x))
        y = self.conv2(y)
        # WRONG first-convolution-twice: y = self.conv1(y)
        # WRONG second-convolution-of-the-input: y = self.conv2(x)
        # WRONG second-convolution-missing:
        # WRONG activation-before-the-convolutions: y = self.conv2(F.relu(y))
        # The sum comes before the last ReLU: what the block adds may be negative.
        return F.relu(x + y)
        # WRONG relu-before-the-addition: return x + F.relu(y)
        # WRONG last-relu-missing: return x + y
        # WRONG block-without-relu: return x + y
        # WRONG activation-before-the-convolutions: return x + y
        # WRONG shortcut-missing: return F.relu(y)
        # WRONG shortcut-activated: return F.relu(x.relu() + y)
        # WRONG shortcut-subtracted: return F.relu(y - x)
        # WRONG shortcut-multiplied: return F.relu(x * y)
        # WRONG shortcut-joined: return F.relu(torch.cat([x, y], dim=1))
        # WRONG mean-of-both: return F.relu((x + y) / 2)
        # WRONG relu-before-and-after: return F.relu(x + F.relu(y))
        # WRONG both-parts-activated: return F.relu(x) + F.relu(y)
        # WRONG shortcut-convolved: return F.relu(self.conv3(x) + y)
        # WRONG shortcut-cut-off: return F.relu(x.detach() + y)
        # WRONG shortcut-after-the-first-convolution: return F.relu(F.relu(self.conv1(x)) + y)
        # WRONG convolutions-cut-off: return F.relu(x + y.detach())
        # WRONG block-with-sigmoid: return torch.sigmoid(x + y)
        # WRONG input-twice: return F.relu(2 * x + y)
        # WRONG input-overwritten:
        #     x += y
        #     return F.relu(x)
        # END SOLUTION


def residual_net() -> nn.Module:
    """Return the residual net of lecture 11, with new parameters. It is made of your `ResidualBlock`.

        layer                                     shape of an image
        input                                     (1, 28, 28)
        conv1: 5x5 convolution to 16 channels     (16, 24, 24)
        ReLU, 2x2 maximum pooling                 (16, 12, 12)
        rblock1: ResidualBlock(16)                (16, 12, 12)
        conv2: 5x5 convolution to 32 channels     (32, 8, 8)
        ReLU, 2x2 maximum pooling                 (32, 4, 4)
        rblock2: ResidualBlock(32)                (32, 4, 4)
        flattened                                 (512,)
        fc: 512 to 10                             (10,)

    conv1 and conv2 have stride 1 and no padding, and the pooling has stride 2. An image is flattened in the order of
    its axes. The net maps images (n, 1, 28, 28) to raw scores (n, 10), for any n. Nothing follows fc. The net has
    41,514 parameters. It is the same in training and evaluation, and it leaves its input unchanged. Gradients flow to
    the input and all parameters. The net works in float32 and, after double(), in float64.

    Returns:
        A module with the attributes conv1 and conv2 (nn.Conv2d), rblock1 and rblock2 (ResidualBlock) and fc
        (nn.Linear), all of them with biases. It has no other parameters.
    """
    # BEGIN SOLUTION
    return _ResidualNet()
    # END SOLUTION


# BEGIN SOLUTION
class _ResidualNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=5)
        # WRONG net-channels-swapped: self.conv1 = nn.Conv2d(1, 32, kernel_size=5)
        # WRONG net-convolutions-padded: self.conv1 = nn.Conv2d(1, 16, kernel_size=5, padding=2)
        # WRONG net-kernels-3x3: self.conv1 = nn.Conv2d(1, 16, kernel_size=3)
        # WRONG net-without-biases: self.conv1 = nn.Conv2d(1, 16, kernel_size=5, bias=False)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=5)
        # WRONG net-channels-swapped: self.conv2 = nn.Conv2d(32, 16, kernel_size=5)
        # WRONG net-convolutions-padded: self.conv2 = nn.Conv2d(16, 32, kernel_size=5, padding=2)
        # WRONG net-kernels-3x3: self.conv2 = nn.Conv2d(16, 32, kernel_size=3)
        # WRONG net-without-biases: self.conv2 = nn.Conv2d(16, 32, kernel_size=5, bias=False)
        self.rblock1 = ResidualBlock(16)
        # WRONG net-channels-swapped: self.rblock1 = ResidualBlock(32)
        self.rblock2 = ResidualBlock(32)
        # WRONG net-channels-swapped: self.rblock2 = ResidualBlock(16)
        # WRONG second-block-is-the-first: self.rblock2 = ResidualBlock(16)
        self.fc = nn.Linear(512, 10)
        # WRONG net-channels-swapped: self.fc = nn.Linear(256, 10)
        # WRONG net-convolutions-padded: self.fc = nn.Linear(32 * 49, 10)
        # WRONG net-kernels-3x3: self.fc = nn.Linear(800, 10)
        # WRONG net-without-biases: self.fc = nn.Linear(512, 10, bias=False)
        # WRONG net-second-pooling-missing: self.fc = nn.Linear(2048, 10)
        # WRONG net-global-average: self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), kernel_size=2)
        # WRONG net-first-relu-missing: x = F.max_pool2d(self.conv1(x), kernel_size=2)
        # WRONG net-without-relus: x = F.max_pool2d(self.conv1(x), kernel_size=2)
        # WRONG net-average-pooled: x = F.avg_pool2d(F.relu(self.conv1(x)), kernel_size=2)
        # WRONG relu-after-average: x = F.relu(F.avg_pool2d(self.conv1(x), kernel_size=2))
        # WRONG net-every-second-pixel: x = F.relu(self.conv1(x))[:, :, ::2, ::2]
        # WRONG net-input-normalised: x = F.max_pool2d(F.relu(self.conv1((x - 0.1307) / 0.3081)), kernel_size=2)
        # WRONG blocks-before-pooling: x = F.max_pool2d(self.rblock1(F.relu(self.conv1(x))), kernel_size=2)
        x = self.rblock1(x)
        # WRONG first-block-missing: pass
        # WRONG blocks-missing: pass
        # WRONG blocks-before-pooling: pass
        # WRONG first-block-twice: x = self.rblock1(self.rblock1(x))
        # WRONG blocks-added-to-the-input: x = x + self.rblock1(x)
        # WRONG cut-off-within-the-net: x = self.rblock1(x).detach()
        x = F.max_pool2d(F.relu(self.conv2(x)), kernel_size=2)
        # WRONG net-second-relu-missing: x = F.max_pool2d(self.conv2(x), kernel_size=2)
        # WRONG net-without-relus: x = F.max_pool2d(self.conv2(x), kernel_size=2)
        # WRONG net-average-pooled: x = F.avg_pool2d(F.relu(self.conv2(x)), kernel_size=2)
        # WRONG relu-after-average: x = F.relu(F.avg_pool2d(self.conv2(x), kernel_size=2))
        # WRONG net-every-second-pixel: x = F.relu(self.conv2(x))[:, :, ::2, ::2]
        # WRONG net-second-pooling-missing: x = F.relu(self.conv2(x))
        # WRONG blocks-before-pooling: x = F.max_pool2d(self.rblock2(F.relu(self.conv2(x))), kernel_size=2)
        x = self.rblock2(x)
        # WRONG second-block-missing: pass
        # WRONG blocks-missing: pass
        # WRONG blocks-before-pooling: pass
        # WRONG second-block-twice: x = self.rblock2(self.rblock2(x))
        # WRONG blocks-added-to-the-input: x = x + self.rblock2(x)
        # WRONG second-block-is-the-first: x = torch.cat([self.rblock1(x[:, :16]), self.rblock1(x[:, 16:])], dim=1)
        x = x.flatten(start_dim=1)
        # WRONG net-for-64-images: x = x.reshape(64, 512)
        # WRONG net-channels-last: x = x.permute(0, 2, 3, 1).flatten(start_dim=1)
        # WRONG net-columns-for-rows: x = x.transpose(-1, -2).flatten(start_dim=1)
        # WRONG net-images-mixed: x = x.reshape(512, -1).t()
        # WRONG net-global-average: x = x.mean(dim=(2, 3))
        return self.fc(x)
        # WRONG net-probabilities: return self.fc(x).softmax(dim=1)
        # WRONG net-log-probabilities: return self.fc(x).log_softmax(dim=1)
        # WRONG net-scores-activated: return F.relu(self.fc(x))
        # WRONG net-axes-of-one-dropped: return self.fc(x).squeeze()
        # WRONG net-digits-for-scores: return self.fc(x).argmax(dim=1)


# END SOLUTION
