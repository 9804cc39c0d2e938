"""ch29 Residual and dense networks.

See D2L 7.6, 7.7 and 12.6 (chapter_convolutional-modern/resnet.md, densenet.md;
chapter_computational-performance/multiple-gpus-concise.md).
"""

from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Residual(nn.Module):
    """Compute a residual block (He, Zhang, Ren and Sun, 2016; D2L 7.6.2).

        Y = bn2(conv2(relu(bn1(conv1(X)))))
        output = relu(Y + shortcut),  where the shortcut is conv3(X), or X itself without conv3

    The convolutions have biases, and the shortcut is not normalised. Gradients flow to X and all parameters. The block
    works in float32 and float64; X need not be contiguous in memory.

    Attributes:
        conv1: a 3x3 convolution from input_channels to num_channels, padding 1; it takes the strides.
        conv2: a 3x3 convolution from num_channels to num_channels, padding 1.
        conv3: a 1x1 convolution from input_channels to num_channels, with the same strides; None unless use_1x1conv.
        bn1, bn2: nn.BatchNorm2d.
    """

    def __init__(self, input_channels: int, num_channels: int, use_1x1conv: bool = False, strides: int = 1) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Map (n, input_channels, h, w) to (n, num_channels, h / strides, w / strides), rounded up. X is unchanged."""
        raise NotImplementedError  # write your code here


# Given: the book's notebooks say d2l.Residual; this is yours.
d2l = SimpleNamespace(Residual=lambda *args, **kwargs: Residual(*args, **kwargs))


def resnet_block(
    input_channels: int, num_channels: int, num_residuals: int, first_block: bool = False
) -> list[nn.Module]:
    """Return the residual blocks of a stage of a ResNet, made of your `Residual` (D2L 7.6.3).

    The first block has strides 2 and a 1x1 shortcut from input_channels to num_channels. The other blocks keep
    channels, height and width and have no 1x1 convolution. In the first stage, first_block is True, because the layers
    before it have already reduced the image. Then every block has strides 1 and no 1x1 convolution, and input_channels
    is num_channels.

    Each block has its own parameters. Gradients flow to the input and all parameters.

    Returns:
        A list of num_residuals blocks. The caller passes them to nn.Sequential.
    """
    raise NotImplementedError  # write your code here


def resnet18(num_classes: int, in_channels: int = 1) -> nn.Sequential:
    """Return ResNet-18 for small images, made of your `Residual` (He, Zhang, Ren and Sun, 2016; D2L 12.6.1).

    The net has these layers:

    - a 3x3 convolution to 64 channels (stride 1, padding 1), batch normalisation and ReLU, without pooling;
    - four stages of two residual blocks with 64, 128, 256 and 512 channels; all but the first halve the image;
    - global average pooling, for any size of the image, and a linear layer.

    With 10 classes and 3 channels it has 11,176,970 parameters.

    Returns:
        nn.Sequential with the children "0", "1", "2" (convolution, batch normalisation, ReLU), "resnet_block1" to
        "resnet_block4" (each an nn.Sequential of its blocks), "global_avg_pool" (with output (n, 512, 1, 1)), and
        "fc" (an nn.Sequential that flattens, then takes the linear layer). It maps (n, in_channels, h, w) to
        (n, num_classes).
    """
    raise NotImplementedError  # write your code here


def conv_block(input_channels: int, num_channels: int) -> nn.Sequential:
    """Return the convolution block of DenseNet (Huang, Liu, van der Maaten and Weinberger, 2017; D2L 7.7.2).

    Gradients flow to the input and all parameters; the input stays unchanged. The block works in float32 and float64,
    and the input need not be contiguous in memory.

    Returns:
        nn.Sequential of batch normalisation, ReLU and a 3x3 convolution with padding 1 and a bias, in this order. It
        maps (n, input_channels, h, w) to (n, num_channels, h, w).
    """
    raise NotImplementedError  # write your code here


class DenseBlock(nn.Module):
    """Compute a dense block, made of your `conv_block` (Huang, Liu, van der Maaten and Weinberger, 2017; D2L 7.7.2).

    The input of each conv_block is the input of the dense block and the output of every earlier conv_block,
    concatenated along the channels in this order. Gradients flow to X and all parameters. The block works in float32
    and float64; X need not be contiguous in memory.

    Attributes:
        net: nn.Sequential of num_convs times a conv_block. Each conv_block adds num_channels channels, the growth rate.
    """

    def __init__(self, num_convs: int, input_channels: int, num_channels: int) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Map (n, input_channels, h, w) to (n, input_channels + num_convs * num_channels, h, w), X first. X stays
        unchanged.
        """
        raise NotImplementedError  # write your code here


def transition_block(input_channels: int, num_channels: int) -> nn.Sequential:
    """Return the transition layer between two dense blocks: fewer channels, half the height and width (D2L 7.7.3).

    Gradients flow to the input and all parameters; the input stays unchanged. The layer works in float32 and float64,
    and the input need not be contiguous in memory.

    Returns:
        nn.Sequential of batch normalisation, ReLU, a 1x1 convolution with a bias and average pooling (2x2, stride 2),
        in this order. It maps (n, input_channels, h, w) to (n, num_channels, h // 2, w // 2).
    """
    raise NotImplementedError  # write your code here
