"""ch26 Network in network (NiN).

See D2L 7.3 (chapter_convolutional-modern/nin.md).
"""

import torch
from torch import Tensor, nn


def nin_block(in_channels: int, out_channels: int, kernel_size: int, strides: int, padding: int) -> nn.Sequential:
    """Return a NiN block: a convolution and a small network for each pixel (Lin, Chen and Yan, 2013; D2L 7.3.1).

    The first convolution has the given kernel_size, strides and padding, and goes from in_channels to out_channels.
    Two 1x1 convolutions follow. They keep the channels, height and width. Each of the three convolutions has a bias,
    and a ReLU follows each of them.

    Gradients flow to the input and all parameters; the input stays unchanged. The block works in float32 and, after
    block.double(), in float64. The input need not be contiguous in memory.

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of all three convolutions' outputs.
        kernel_size, strides, padding: those of the first convolution, for both axes.

    Returns:
        A new nn.Sequential of six layers, with its usual names "0" to "5": convolution, ReLU, 1x1 convolution, ReLU,
        1x1 convolution, ReLU. Each is a module of torch.nn. The block maps (n, in_channels, h, w) to
        (n, out_channels, h', w'), where h' = floor((h + 2 * padding - kernel_size) / strides) + 1, and the same for w'.
    """
    raise NotImplementedError  # write your code here


def nin(in_channels: int = 1, num_classes: int = 10) -> nn.Sequential:
    """Return NiN, made of your `nin_block` (Lin, Chen and Yan, 2013; D2L 7.3.2).

    The net has four blocks:

    - block 1: 96 channels, kernel 11, strides 4, no padding;
    - block 2: 256 channels, kernel 5, strides 1, padding 2;
    - block 3: 384 channels, kernel 3, strides 1, padding 1;
    - block 4: num_classes channels, kernel 3, strides 1, padding 1.

    Max pooling over 3x3 with stride 2, without padding, follows each of the first three blocks. Then comes dropout,
    which drops each number with probability 0.5, then block 4. Its channels are the classes: global average pooling
    turns each channel into the score of a class. There is no dense layer, no softmax and no other dropout.

    With 1 channel and 10 classes the net has 1,992,166 parameters. After net.double() it works in float64. Gradients
    flow to the input and all parameters.

    Returns:
        A new nn.Sequential of ten layers, with its usual names "0" to "9": block 1, pooling, block 2, pooling, block 3,
        pooling, dropout, block 4, global average pooling to (n, num_classes, 1, 1), flatten. Each block is a layer.
        Pooling and dropout in layers "1" to "6" are modules of torch.nn.
        The net maps (n, in_channels, h, w) to (n, num_classes). h and w may be any sizes from 67 on and may differ.
    """
    raise NotImplementedError  # write your code here


def global_avg_pool(X: Tensor) -> Tensor:
    """Return the mean of each channel of each image (Lin, Chen and Yan, 2013, section 3.2; D2L 7.3.2).

        Y[i, j] = the mean of the h * w numbers of X[i, j]

    Gradients flow to X. The function leaves X unchanged.

    Args:
        X: (n, c, h, w), float32 or float64, with any strides. h and w may differ; each size may be 1.

    Returns:
        (n, c), of X's dtype.

    Write it from scratch, without ready-made means (torch.mean, X.mean, numpy.average, average pooling, ...).
    """
    raise NotImplementedError  # write your code here


def conv1x1_as_linear(conv: nn.Conv2d) -> nn.Linear:
    """Return a linear layer that does to the channels of a pixel what a 1x1 convolution does (D2L 7.3.1).

    In a 1x1 convolution, each pixel is an example and its channels are the features. With linear, the result, and
    channels on the last axis:

        linear(X.permute(0, 2, 3, 1)) = conv(X).permute(0, 2, 3, 1)

    The function leaves conv unchanged.

    Args:
        conv: a 1x1 convolution, float32 or float64, with or without a bias. Its padding is given in numbers.

    Returns:
        An nn.Linear from conv.in_channels to conv.out_channels features, of conv.weight's dtype. It has a bias
        exactly if conv has a bias. Its parameters can be trained. They may share memory with conv's or be copies.

    Raises:
        ValueError: the kernel is not 1x1, the stride of an axis is not 1, the padding of an axis is not 0, or
            conv.groups is not 1. Such a layer is no plain 1x1 convolution.
    """
    raise NotImplementedError  # write your code here
