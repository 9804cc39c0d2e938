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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
        raise NotImplementedError  # write your code here

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels, h, w) to a tensor of the same shape. x stays unchanged."""
        raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
