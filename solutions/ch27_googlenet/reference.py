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
        # BEGIN SOLUTION
        self.p1_1 = nn.Conv2d(in_channels, c1, kernel_size=1)
        # WRONG c1-and-c4-swapped: self.p1_1 = nn.Conv2d(in_channels, c4, kernel_size=1)
        # WRONG without-bias: self.p1_1 = nn.Conv2d(in_channels, c1, kernel_size=1, bias=False)
        self.p2_1 = nn.Conv2d(in_channels, c2[0], kernel_size=1)
        # WRONG c2-turned: self.p2_1 = nn.Conv2d(in_channels, c2[1], kernel_size=1)
        # WRONG c2-and-c3-swapped: self.p2_1 = nn.Conv2d(in_channels, c3[0], kernel_size=1)
        # WRONG 3x3-branch-reduced-to-c3: self.p2_1 = nn.Conv2d(in_channels, c3[0], kernel_size=1)
        # WRONG first-widths-ignored: self.p2_1 = nn.Conv2d(in_channels, c2[1], kernel_size=1)
        # WRONG without-bias: self.p2_1 = nn.Conv2d(in_channels, c2[0], kernel_size=1, bias=False)
        self.p2_2 = nn.Conv2d(c2[0], c2[1], kernel_size=3, padding=1)
        # WRONG c2-turned: self.p2_2 = nn.Conv2d(c2[1], c2[0], kernel_size=3, padding=1)
        # WRONG c2-and-c3-swapped: self.p2_2 = nn.Conv2d(c3[0], c3[1], kernel_size=3, padding=1)
        # WRONG 3x3-branch-reduced-to-c3: self.p2_2 = nn.Conv2d(c3[0], c2[1], kernel_size=3, padding=1)
        # WRONG first-widths-ignored: self.p2_2 = nn.Conv2d(c2[1], c2[1], kernel_size=3, padding=1)
        # WRONG without-bias: self.p2_2 = nn.Conv2d(c2[0], c2[1], kernel_size=3, padding=1, bias=False)
        # WRONG kernels-swapped: self.p2_2 = nn.Conv2d(c2[0], c2[1], kernel_size=5, padding=2)
        # WRONG second-convolutions-for-x: self.p2_2 = nn.Conv2d(in_channels, c2[1], kernel_size=3, padding=1)
        self.p3_1 = nn.Conv2d(in_channels, c3[0], kernel_size=1)
        # WRONG c3-turned: self.p3_1 = nn.Conv2d(in_channels, c3[1], kernel_size=1)
        # WRONG c2-and-c3-swapped: self.p3_1 = nn.Conv2d(in_channels, c2[0], kernel_size=1)
        # WRONG 5x5-branch-reduced-to-c2: self.p3_1 = nn.Conv2d(in_channels, c2[0], kernel_size=1)
        # WRONG first-widths-ignored: self.p3_1 = nn.Conv2d(in_channels, c3[1], kernel_size=1)
        # WRONG without-bias: self.p3_1 = nn.Conv2d(in_channels, c3[0], kernel_size=1, bias=False)
        self.p3_2 = nn.Conv2d(c3[0], c3[1], kernel_size=5, padding=2)
        # WRONG c3-turned: self.p3_2 = nn.Conv2d(c3[1], c3[0], kernel_size=5, padding=2)
        # WRONG c2-and-c3-swapped: self.p3_2 = nn.Conv2d(c2[0], c2[1], kernel_size=5, padding=2)
        # WRONG 5x5-branch-reduced-to-c2: self.p3_2 = nn.Conv2d(c2[0], c3[1], kernel_size=5, padding=2)
        # WRONG first-widths-ignored: self.p3_2 = nn.Conv2d(c3[1], c3[1], kernel_size=5, padding=2)
        # WRONG without-bias: self.p3_2 = nn.Conv2d(c3[0], c3[1], kernel_size=5, padding=2, bias=False)
        # WRONG kernels-swapped: self.p3_2 = nn.Conv2d(c3[0], c3[1], kernel_size=3, padding=1)
        # WRONG 3x3-for-5x5: self.p3_2 = nn.Conv2d(c3[0], c3[1], kernel_size=3, padding=1)
        # WRONG second-convolutions-for-x: self.p3_2 = nn.Conv2d(in_channels, c3[1], kernel_size=5, padding=2)
        # A window of 3 x 3 at every pixel: without its own stride, the pooling would take a third of the pixels.
        self.p4_1 = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        # WRONG branches-of-other-sizes: self.p4_1 = nn.MaxPool2d(kernel_size=3, padding=1)
        # WRONG average-pooling: self.p4_1 = nn.AvgPool2d(kernel_size=3, stride=1, padding=1)
        # WRONG padded-with-zeros:
        #     self.p4_1 = nn.Sequential(nn.ZeroPad2d(1), nn.MaxPool2d(kernel_size=3, stride=1))
        self.p4_2 = nn.Conv2d(in_channels, c4, kernel_size=1)
        # WRONG c1-and-c4-swapped: self.p4_2 = nn.Conv2d(in_channels, c1, kernel_size=1)
        # WRONG without-bias: self.p4_2 = nn.Conv2d(in_channels, c4, kernel_size=1, bias=False)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, in_channels, h, w) to (n, c1 + c2[1] + c3[1] + c4, h, w). x stays unchanged."""
        # BEGIN SOLUTION
        p1 = F.relu(self.p1_1(x))
        # WRONG branch-1-without-relu: p1 = self.p1_1(x)
        # WRONG no-activation: p1 = self.p1_1(x)
        # WRONG no-activation-at-the-end: p1 = self.p1_1(x)
        # WRONG activation-of-the-input:
        #     x = F.relu(x)
        #     p1 = F.relu(self.p1_1(x))
        # The 1x1 convolutions reduce the channels, so that the larger kernels have less to do.
        p2 = F.relu(self.p2_2(F.relu(self.p2_1(x))))
        # WRONG no-activation-between: p2 = F.relu(self.p2_2(self.p2_1(x)))
        # WRONG branch-2-without-inner-relu: p2 = F.relu(self.p2_2(self.p2_1(x)))
        # WRONG branch-2-without-last-relu: p2 = self.p2_2(F.relu(self.p2_1(x)))
        # WRONG no-activation: p2 = self.p2_2(self.p2_1(x))
        # WRONG no-activation-at-the-end: p2 = self.p2_2(F.relu(self.p2_1(x)))
        p3 = F.relu(self.p3_2(F.relu(self.p3_1(x))))
        # WRONG no-activation-between: p3 = F.relu(self.p3_2(self.p3_1(x)))
        # WRONG branch-3-without-inner-relu: p3 = F.relu(self.p3_2(self.p3_1(x)))
        # WRONG branch-3-without-last-relu: p3 = self.p3_2(F.relu(self.p3_1(x)))
        # WRONG no-activation: p3 = self.p3_2(self.p3_1(x))
        # WRONG no-activation-at-the-end: p3 = self.p3_2(F.relu(self.p3_1(x)))
        p4 = F.relu(self.p4_2(self.p4_1(x)))
        # WRONG branch-4-without-relu: p4 = self.p4_2(self.p4_1(x))
        # WRONG no-activation: p4 = self.p4_2(self.p4_1(x))
        # WRONG no-activation-at-the-end: p4 = self.p4_2(self.p4_1(x))
        # WRONG pooling-after-convolution: p4 = self.p4_1(F.relu(self.p4_2(x)))
        # WRONG pooling-left-out: p4 = F.relu(self.p4_2(x))
        return torch.cat([p1, p2, p3, p4], dim=1)
        # WRONG branches-added: return p1 + p2 + p3 + p4
        # WRONG joined-along-the-batch: return torch.cat([p1, p2, p3, p4], dim=0)
        # WRONG joined-along-the-height: return torch.cat([p1, p2, p3, p4], dim=2)
        # WRONG joined-along-the-width: return torch.cat([p1, p2, p3, p4], dim=-1)
        # WRONG 5x5-before-3x3: return torch.cat([p1, p3, p2, p4], dim=1)
        # WRONG pooling-branch-first: return torch.cat([p4, p1, p2, p3], dim=1)
        # WRONG last-branches-swapped: return torch.cat([p1, p2, p4, p3], dim=1)
        # WRONG branches-reversed: return torch.cat([p4, p3, p2, p1], dim=1)
        # END SOLUTION


def googlenet(in_channels: int = 1, num_classes: int = 10) -> nn.Sequential:
    # WRONG arguments-swapped:
    #     def googlenet(num_classes: int = 10, in_channels: int = 1) -> nn.Sequential:
    # WRONG defaults-of-imagenet:
    #     def googlenet(in_channels: int = 3, num_classes: int = 1000) -> nn.Sequential:
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
    # BEGIN SOLUTION
    first: list[nn.Module] = [nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3), nn.ReLU()]
    # WRONG always-one-channel:
    #     first: list[nn.Module] = [nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3), nn.ReLU()]
    # WRONG first-stride-1:
    #     first: list[nn.Module] = [nn.Conv2d(in_channels, 64, kernel_size=7, padding=3), nn.ReLU()]
    # WRONG first-without-padding:
    #     first: list[nn.Module] = [nn.Conv2d(in_channels, 64, kernel_size=7, stride=2), nn.ReLU()]
    # WRONG first-without-relu:
    #     first: list[nn.Module] = [nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3)]
    # WRONG stem-without-bias:
    #     first: list[nn.Module] = [nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False), nn.ReLU()]
    second = [nn.Conv2d(64, 64, kernel_size=1), nn.ReLU(), nn.Conv2d(64, 192, kernel_size=3, padding=1), nn.ReLU()]
    # WRONG second-without-first-relu:
    #     second = [nn.Conv2d(64, 64, kernel_size=1), nn.Conv2d(64, 192, kernel_size=3, padding=1), nn.ReLU()]
    # WRONG second-without-last-relu:
    #     second = [nn.Conv2d(64, 64, kernel_size=1), nn.ReLU(), nn.Conv2d(64, 192, kernel_size=3, padding=1)]
    # WRONG 1x1-left-out: second: list[nn.Module] = [nn.Conv2d(64, 192, kernel_size=3, padding=1), nn.ReLU()]
    # WRONG second-without-padding:
    #     second = [nn.Conv2d(64, 64, kernel_size=1), nn.ReLU(), nn.Conv2d(64, 192, kernel_size=3), nn.ReLU()]
    # WRONG stem-without-bias:
    #     middle = [nn.Conv2d(64, 64, kernel_size=1, bias=False), nn.ReLU()]
    #     second = [*middle, nn.Conv2d(64, 192, kernel_size=3, padding=1, bias=False), nn.ReLU()]
    # The input channels of a block are the sum of the outputs of the block before it.
    third: list[nn.Module] = [
        Inception(192, 64, (96, 128), (16, 32), 32),
        Inception(256, 128, (128, 192), (32, 96), 64),
    ]
    fourth: list[nn.Module] = [
        Inception(480, 192, (96, 208), (16, 48), 64),
        Inception(512, 160, (112, 224), (24, 64), 64),
        Inception(512, 128, (128, 256), (24, 64), 64),
        Inception(512, 112, (144, 288), (32, 64), 64),
        Inception(528, 256, (160, 320), (32, 128), 128),
    ]
    # WRONG row-repeated:
    #     fourth: list[nn.Module] = [
    #         Inception(480, 192, (96, 208), (16, 48), 64),
    #         Inception(512, 160, (112, 224), (24, 64), 64),
    #         Inception(512, 160, (112, 224), (24, 64), 64),
    #         Inception(512, 112, (144, 288), (32, 64), 64),
    #         Inception(528, 256, (160, 320), (32, 128), 128),
    #     ]
    # WRONG block-left-out:
    #     fourth: list[nn.Module] = [
    #         Inception(480, 192, (96, 208), (16, 48), 64),
    #         Inception(512, 160, (112, 224), (24, 64), 64),
    #         Inception(512, 112, (144, 288), (32, 64), 64),
    #         Inception(528, 256, (160, 320), (32, 128), 128),
    #     ]
    fifth: list[nn.Module] = [
        Inception(832, 256, (160, 320), (32, 128), 128),
        Inception(832, 384, (192, 384), (48, 128), 128),
    ]
    for stage in (first, second, third, fourth):
        # WRONG fourth-not-pooled: for stage in (first, second, third):
        # WRONG second-not-pooled: for stage in (first, third, fourth):
        # WRONG first-not-pooled: for stage in (second, third, fourth):
        # WRONG third-not-pooled: for stage in (first, second, fourth):
        # WRONG fifth-pooled-too: for stage in (first, second, third, fourth, fifth):
        stage.append(nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
        # WRONG first-pooling-without-padding: stage.append(nn.MaxPool2d(3, stride=2, padding=int(stage is not first)))
        # WRONG second-pooling-without-padding: stage.append(nn.MaxPool2d(3, stride=2, padding=int(stage is not second)))
        # WRONG pooling-without-padding: stage.append(nn.MaxPool2d(kernel_size=3, stride=2))
        # WRONG pooling-rounded-up: stage.append(nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True))
        # WRONG pooling-2x2: stage.append(nn.MaxPool2d(kernel_size=2, stride=2))
        # WRONG pooling-stride-3: stage.append(nn.MaxPool2d(kernel_size=3, padding=1))
        # WRONG stages-average-pooled: stage.append(nn.AvgPool2d(kernel_size=3, stride=2, padding=1))
    fifth += [nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()]
    # WRONG maximum-for-average: fifth += [nn.AdaptiveMaxPool2d((1, 1)), nn.Flatten()]
    # WRONG not-flattened: fifth += [nn.AdaptiveAvgPool2d((1, 1))]
    # WRONG not-averaged: fifth += [nn.Flatten()]
    # WRONG average-over-3x3: fifth += [nn.AvgPool2d(3), nn.Flatten()]
    # WRONG dropout: fifth += [nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Dropout(0.4)]
    stages = [nn.Sequential(*stage) for stage in (first, second, third, fourth, fifth)]
    # WRONG one-flat-sequence: stages = [*first, *second, *third, *fourth, *fifth]
    return nn.Sequential(*stages, nn.Linear(1024, num_classes))
    # WRONG always-ten-classes: return nn.Sequential(*stages, nn.Linear(1024, 10))
    # WRONG probabilities: return nn.Sequential(*stages, nn.Linear(1024, num_classes), nn.Softmax(dim=1))
    # WRONG log-probabilities: return nn.Sequential(*stages, nn.Linear(1024, num_classes), nn.LogSoftmax(dim=1))
    # WRONG scores-activated: return nn.Sequential(*stages, nn.Linear(1024, num_classes), nn.ReLU())
    # WRONG linear-layer-in-the-last-stage:
    #     stages[-1].append(nn.Linear(1024, num_classes))
    #     return nn.Sequential(*stages)
    # END SOLUTION


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
        # BEGIN SOLUTION
        self.branch1x1 = nn.Conv2d(in_channels, 16, kernel_size=1)
        # WRONG 24-first: self.branch1x1 = nn.Conv2d(in_channels, 24, kernel_size=1)
        # WRONG always-ten-channels: self.branch1x1 = nn.Conv2d(10, 16, kernel_size=1)
        # WRONG block-without-bias: self.branch1x1 = nn.Conv2d(in_channels, 16, kernel_size=1, bias=False)

        self.branch5x5_1 = nn.Conv2d(in_channels, 16, kernel_size=1)
        # WRONG reduced-to-24: self.branch5x5_1 = nn.Conv2d(in_channels, 24, kernel_size=1)
        # WRONG always-ten-channels: self.branch5x5_1 = nn.Conv2d(10, 16, kernel_size=1)
        # WRONG block-without-bias: self.branch5x5_1 = nn.Conv2d(in_channels, 16, kernel_size=1, bias=False)
        self.branch5x5_2 = nn.Conv2d(16, 24, kernel_size=5, padding=2)
        # WRONG reduced-to-24: self.branch5x5_2 = nn.Conv2d(24, 24, kernel_size=5, padding=2)
        # WRONG 5x5-as-3x3: self.branch5x5_2 = nn.Conv2d(16, 24, kernel_size=3, padding=1)
        # WRONG block-without-bias: self.branch5x5_2 = nn.Conv2d(16, 24, kernel_size=5, padding=2, bias=False)

        # Two convolutions of 3 x 3 see 5 x 5 pixels, with fewer weights than one of 5 x 5.
        self.branch3x3_1 = nn.Conv2d(in_channels, 16, kernel_size=1)
        # WRONG reduced-to-24: self.branch3x3_1 = nn.Conv2d(in_channels, 24, kernel_size=1)
        # WRONG always-ten-channels: self.branch3x3_1 = nn.Conv2d(10, 16, kernel_size=1)
        # WRONG block-without-bias: self.branch3x3_1 = nn.Conv2d(in_channels, 16, kernel_size=1, bias=False)
        self.branch3x3_2 = nn.Conv2d(16, 24, kernel_size=3, padding=1)
        # WRONG reduced-to-24: self.branch3x3_2 = nn.Conv2d(24, 24, kernel_size=3, padding=1)
        # WRONG 16-between-the-3x3: self.branch3x3_2 = nn.Conv2d(16, 16, kernel_size=3, padding=1)
        # WRONG block-without-bias: self.branch3x3_2 = nn.Conv2d(16, 24, kernel_size=3, padding=1, bias=False)
        self.branch3x3_3 = nn.Conv2d(24, 24, kernel_size=3, padding=1)
        # WRONG 16-between-the-3x3: self.branch3x3_3 = nn.Conv2d(16, 24, kernel_size=3, padding=1)
        # WRONG block-without-bias: self.branch3x3_3 = nn.Conv2d(24, 24, kernel_size=3, padding=1, bias=False)

        self.branch_pool = nn.Conv2d(in_channels, 24, kernel_size=1)
        # WRONG 24-first: self.branch_pool = nn.Conv2d(in_channels, 16, kernel_size=1)
        # WRONG always-ten-channels: self.branch_pool = nn.Conv2d(10, 24, kernel_size=1)
        # WRONG block-without-bias: self.branch_pool = nn.Conv2d(in_channels, 24, kernel_size=1, bias=False)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, in_channels, h, w) to (n, 88, h, w)."""
        # BEGIN SOLUTION
        branch1x1 = self.branch1x1(x)
        # WRONG relu-everywhere: branch1x1 = F.relu(self.branch1x1(x))
        # WRONG relu-between: branch1x1 = self.branch1x1(x)
        branch5x5 = self.branch5x5_2(self.branch5x5_1(x))
        # WRONG relu-everywhere: branch5x5 = F.relu(self.branch5x5_2(F.relu(self.branch5x5_1(x))))
        # WRONG relu-between: branch5x5 = self.branch5x5_2(F.relu(self.branch5x5_1(x)))
        branch3x3 = self.branch3x3_3(self.branch3x3_2(self.branch3x3_1(x)))
        # WRONG relu-everywhere:
        #     branch3x3 = F.relu(self.branch3x3_2(F.relu(self.branch3x3_1(x))))
        #     branch3x3 = F.relu(self.branch3x3_3(branch3x3))
        # WRONG relu-between: branch3x3 = self.branch3x3_3(F.relu(self.branch3x3_2(F.relu(self.branch3x3_1(x)))))
        # WRONG single-3x3: branch3x3 = self.branch3x3_2(self.branch3x3_1(x))
        # WRONG second-3x3-twice:
        #     branch3x3 = self.branch3x3_3(self.branch3x3_3(self.branch3x3_2(self.branch3x3_1(x))))
        pooled = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        # WRONG maximum-pooled: pooled = F.max_pool2d(x, kernel_size=3, stride=1, padding=1)
        # WRONG padding-not-counted:
        #     pooled = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)
        # WRONG branches-differ-in-size: pooled = F.avg_pool2d(x, kernel_size=3, padding=1)
        # WRONG not-pooled: pooled = x
        pooled = self.branch_pool(pooled)
        # WRONG convolved-first, 2 lines: pooled = F.avg_pool2d(self.branch_pool(x), kernel_size=3, stride=1, padding=1)
        # WRONG relu-everywhere: pooled = F.relu(self.branch_pool(pooled))
        return torch.cat([branch1x1, branch5x5, branch3x3, pooled], dim=1)
        # WRONG 3x3-before-5x5: return torch.cat([branch1x1, branch3x3, branch5x5, pooled], dim=1)
        # WRONG pooled-first: return torch.cat([pooled, branch1x1, branch5x5, branch3x3], dim=1)
        # WRONG relu-of-the-output: return F.relu(torch.cat([branch1x1, branch5x5, branch3x3, pooled], dim=1))
        # WRONG pooled-before-3x3: return torch.cat([branch1x1, branch5x5, pooled, branch3x3], dim=1)
        # END SOLUTION


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
    # BEGIN SOLUTION
    direct = kernel**2 * c_in * c_out
    # WRONG kernel-not-squared: direct = kernel * c_in * c_out
    # WRONG direct-1x1: direct = c_in * c_out
    # WRONG direct-from-c_mid: direct = kernel**2 * c_mid * c_out
    # WRONG with-biases: direct = kernel**2 * c_in * c_out + c_out
    reduction = c_in * c_mid
    # WRONG 1x1-as-large: reduction = kernel**2 * c_in * c_mid
    # WRONG with-biases: reduction = c_in * c_mid + c_mid
    # WRONG 1x1-to-c_out: reduction = c_in * c_out
    convolution = kernel**2 * c_mid * c_out
    # WRONG kernel-not-squared: convolution = kernel * c_mid * c_out
    # WRONG second-kernel-not-squared: convolution = kernel * c_mid * c_out
    # WRONG with-biases: convolution = kernel**2 * c_mid * c_out + c_out
    # WRONG second-reads-c_in: convolution = kernel**2 * c_in * c_out
    # WRONG 1x1-last, 2 lines:
    #     reduction = c_mid * c_out
    #     convolution = kernel**2 * c_in * c_mid
    # WRONG second-1x1-too: convolution = c_mid * c_out
    return (reduction + convolution) / direct
    # WRONG 1x1-not-counted: return convolution / direct
    # WRONG large-kernel-not-counted: return reduction / direct
    # WRONG share-saved: return 1 - (reduction + convolution) / direct
    # WRONG ratio-turned: return direct / (reduction + convolution)
    # WRONG weights-saved: return float(direct - reduction - convolution)
    # WRONG weights-multiplied: return reduction * convolution / direct
    # WRONG whole-division: return (reduction + convolution) // direct
    # WRONG at-most-1: return min(1.0, (reduction + convolution) / direct)
    # WRONG in-percent: return 100 * (reduction + convolution) / direct
    # WRONG rounded: return round((reduction + convolution) / direct, 3)
    # END SOLUTION
