"""ch27 Parallel branches: GoogLeNet.

See D2L 7.4 (chapter_convolutional-modern/googlenet.md).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Inception(nn.Module):
    """Compute an Inception block: four branches on the same input (Szegedy et al., 2015; D2L 7.4.1).

        branch 1:  1x1 convolution, ReLU
        branch 2:  1x1 convolution, ReLU, 3x3 convolution, ReLU
        branch 3:  1x1 convolution, ReLU, 5x5 convolution, ReLU
        branch 4:  3x3 maximum pooling, 1x1 convolution, ReLU

    The output is the four branches, concatenated along the channels in this order. Every layer has stride 1 and keeps
    height and width: the 3x3 layers have padding 1, and the 5x5 convolution has padding 2. All convolutions have
    biases. The padding of the pooling is never the maximum, as in nn.MaxPool2d.

    Gradients flow to x and all parameters. The block works in float32 and float64; x need not be contiguous in memory.

    Args:
        in_channels: the channels of x, which all four branches read.
        c1: the output channels of branch 1.
        c2: the output channels of the two convolutions of branch 2, in order.
        c3: the output channels of the two convolutions of branch 3, in order.
        c4: the output channels of branch 4.
        kwargs: in the signature as in the book; the checks pass none.

    Attributes:
        p1_1: the convolution of branch 1.
        p2_1, p2_2: the convolutions of branch 2.
        p3_1, p3_2: the convolutions of branch 3.
        p4_2: the convolution of branch 4. The pooling need not be an attribute; in the book it is p4_1.
    """

    def __init__(
        self, in_channels: int, c1: int, c2: tuple[int, int], c3: tuple[int, int], c4: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, in_channels, h, w) to (n, c1 + c2[1] + c3[1] + c4, h, w). x stays unchanged."""
        raise NotImplementedError  # write your code here


def googlenet(in_channels: int = 1, num_classes: int = 10) -> nn.Sequential:
    """Return GoogLeNet, made of your `Inception` (Szegedy et al., 2015; D2L 7.4.2).

    The net has six children. The first five are stages, each an nn.Sequential of these layers in this order:

    - "0": 7x7 convolution to 64 channels (stride 2, padding 3), ReLU, pooling;
    - "1": 1x1 convolution to 64 channels, ReLU, 3x3 convolution to 192 channels (padding 1), ReLU, pooling;
    - "2": two Inception blocks, pooling;
    - "3": five Inception blocks, pooling;
    - "4": two Inception blocks, global average pooling (for any size of the image), flattening.

    Child "5" is a linear layer from 1024 to num_classes. In stages "0" to "3", pooling is maximum pooling over 3x3
    with stride 2 and padding 1. All convolutions and the linear layer have biases. The Inception blocks have these
    channels:

        stage     c1    c2            c3           c4
        "2"       64    (96, 128)     (16, 32)     32
                 128    (128, 192)    (32, 96)     64
        "3"      192    (96, 208)     (16, 48)     64
                 160    (112, 224)    (24, 64)     64
                 128    (128, 256)    (24, 64)     64
                 112    (144, 288)    (32, 64)     64
                 256    (160, 320)    (32, 128)   128
        "4"      256    (160, 320)    (32, 128)   128
                 384    (192, 384)    (48, 128)   128

    As in the book, the net lacks the paper's local response normalisation, dropout and auxiliary classifiers. With the
    default arguments it has 5,977,530 parameters.

    Returns:
        nn.Sequential. Each ReLU, pooling and flattening is a layer, too: the convolutions of stage "1" are net[1][0]
        and net[1][2]. In stages "0" to "3", all layers but the blocks are modules of torch.nn. The net maps images
        (n, in_channels, h, w) of any size to raw scores (n, num_classes).
    """
    raise NotImplementedError  # write your code here


class InceptionA(nn.Module):
    """Compute the block of the course notes' net for MNIST, a small version of Inception v3's first block.

        branch 1:  1x1 convolution to 16 channels
        branch 2:  1x1 convolution to 16 channels, 5x5 convolution to 24 channels
        branch 3:  1x1 convolution to 16 channels, 3x3 convolution to 24 channels, 3x3 convolution to 24 channels
        branch 4:  3x3 average pooling, 1x1 convolution to 24 channels

    The output is the four branches, concatenated along the channels in this order. For any in_channels it has
    16 + 24 + 24 + 24 = 88 channels. There is no activation in the block. Every layer has stride 1 and keeps height and
    width: the 3x3 layers have padding 1, and the 5x5 convolution has padding 2. All convolutions have biases. The
    pooling counts its padding as zeros: at the border, too, it divides by 9, which is the default of F.avg_pool2d.

    Gradients flow to x and all parameters. The block works in float32 and float64; x need not be contiguous in memory.

    The check that trains puts your block into the notes' net for 28x28 images: 5x5 convolution from 1 to 10 channels,
    2x2 maximum pooling, ReLU, InceptionA(10), 5x5 convolution from 88 to 20 channels, 2x2 maximum pooling, ReLU,
    InceptionA(20), flattening to 1408 numbers, linear layer. It has the notes' settings: batches of 64, learning rate
    0.01, momentum 0.5. On all of MNIST, the notes report an accuracy of 98 % after 10 epochs.

    See Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, Rethinking the Inception architecture, 2016, figure 5.

    Attributes:
        branch1x1: the convolution of branch 1.
        branch5x5_1, branch5x5_2: the convolutions of branch 2, in order.
        branch3x3_1, branch3x3_2, branch3x3_3: the convolutions of branch 3, in order.
        branch_pool: the convolution of branch 4.
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, in_channels, h, w) to (n, 88, h, w)."""
        raise NotImplementedError  # write your code here


def bottleneck_saving(c_in: int, c_mid: int, c_out: int, kernel: int) -> float:
    """Return the number of weights of a bottleneck, divided by that of the convolution that it replaces.

    The convolution has kernel x kernel windows and maps c_in channels to c_out. The bottleneck replaces it by two
    convolutions: 1x1 from c_in channels to c_mid, then kernel x kernel from c_mid to c_out, as in branches 2 and 3 of
    an Inception block. Biases do not count. See Szegedy et al., 2015, and D2L 7.4.1.

    Args:
        c_in, c_mid, c_out, kernel: positive integers.

    Returns:
        The quotient, as a Python float: the share that the bottleneck needs, not the share that it saves. The first
        Inception block of GoogLeNet has bottleneck_saving(192, 16, 32, 5) of about 0.103. Where the bottleneck needs
        more weights than the convolution, the result is above 1.
    """
    raise NotImplementedError  # write your code here
