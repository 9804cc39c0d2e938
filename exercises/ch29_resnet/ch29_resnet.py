"""ch29 Residual and dense networks.

D2L sections 7.6, 7.7 and 12.6 (chapter_convolutional-modern/resnet.md, densenet.md;
chapter_computational-performance/multiple-gpus-concise.md).
"""

from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Residual(nn.Module):
    """The residual block (He, Zhang, Ren and Sun, 2016; D2L 7.6.2).

        Y = bn2(conv2(relu(bn1(conv1(X)))))
        output = relu(Y + shortcut),  where the shortcut is conv3(X), or X itself without conv3

    Attributes:
        conv1: 3x3, from input_channels to num_channels, padding 1; it takes the strides.
        conv2: 3x3, from num_channels to num_channels, padding 1.
        conv3: 1x1, from input_channels to num_channels, with the same strides; None unless use_1x1conv.
        bn1, bn2: nn.BatchNorm2d.

    The convolutions have biases, and the shortcut is not normalised.
    """

    def __init__(self, input_channels: int, num_channels: int, use_1x1conv: bool = False, strides: int = 1) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """(n, input_channels, h, w) to (n, num_channels, h / strides, w / strides), rounded up; X stays as it was."""
        raise NotImplementedError  # write your code here


# Given: the book's notebooks say d2l.Residual; this is yours.
d2l = SimpleNamespace(Residual=lambda *args, **kwargs: Residual(*args, **kwargs))


def resnet_block(
    input_channels: int, num_channels: int, num_residuals: int, first_block: bool = False
) -> list[nn.Module]:
    """The residual blocks of one stage of a ResNet (D2L 7.6.3), made of your `Residual`.

    The first of them has strides 2 and a 1x1 shortcut from input_channels to num_channels; the others keep channels,
    height and width and have no 1x1 convolution. In the first stage, after a pooling layer that has already halved
    the image, first_block=True: no block changes anything, and input_channels is num_channels.

    Returns:
        A list of num_residuals blocks, to be given to nn.Sequential.
    """
    raise NotImplementedError  # write your code here


def resnet18(num_classes: int, in_channels: int = 1) -> nn.Sequential:
    """ResNet-18 for small images (He, Zhang, Ren and Sun, 2016; D2L 12.6.1), made of your `Residual`.

    A 3x3 convolution to 64 channels (stride 1, padding 1), batch normalisation and ReLU, without pooling; four stages
    of two residual blocks with 64, 128, 256 and 512 channels, of which all but the first halve the image; global
    average pooling; a linear layer.

    Returns:
        nn.Sequential with the children "0", "1", "2" (convolution, batch normalisation, ReLU), "resnet_block1" to
        "resnet_block4" (each an nn.Sequential of its blocks), "global_avg_pool", and "fc" (an nn.Sequential that
        flattens, then takes the linear layer). It maps (n, in_channels, h, w) to (n, num_classes).
    """
    raise NotImplementedError  # write your code here


def conv_block(input_channels: int, num_channels: int) -> nn.Sequential:
    """The convolution of DenseNet (Huang, Liu, van der Maaten and Weinberger, 2017; D2L 7.7.2).

    Returns:
        nn.Sequential of batch normalisation, ReLU and a 3x3 convolution with padding 1 and a bias, in this order:
        (n, input_channels, h, w) to (n, num_channels, h, w).
    """
    raise NotImplementedError  # write your code here


class DenseBlock(nn.Module):
    """The dense block (Huang, Liu, van der Maaten and Weinberger, 2017; D2L 7.7.2), made of your `conv_block`.

    Each conv_block sees the block's input and all that the blocks before it gave, along the channels in this order.

    Attributes:
        net: nn.Sequential of the num_convs conv_blocks; each gives num_channels channels, the growth rate.
    """

    def __init__(self, num_convs: int, input_channels: int, num_channels: int) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """(n, input_channels, h, w) to (n, input_channels + num_convs * num_channels, h, w), the input first."""
        raise NotImplementedError  # write your code here


def transition_block(input_channels: int, num_channels: int) -> nn.Sequential:
    """The transition layer between two dense blocks (D2L 7.7.3): fewer channels, half the height and width.

    Returns:
        nn.Sequential of batch normalisation, ReLU, a 1x1 convolution with a bias and average pooling (2x2, stride 2),
        in this order: (n, input_channels, h, w) to (n, num_channels, h // 2, w // 2).
    """
    raise NotImplementedError  # write your code here
