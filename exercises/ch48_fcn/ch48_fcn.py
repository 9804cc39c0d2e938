"""ch48 Fully convolutional networks.

D2L section 13.11 (chapter_computer-vision/fcn). A network of convolutions makes an image smaller. A transposed
convolution brings its scores back to the size of the image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def bilinear_kernel(in_channels: int, out_channels: int, kernel_size: int) -> Tensor:
    """Return the weight of a transposed convolution that upsamples by bilinear interpolation (D2L 13.11).

    For a kernel of size k, let f = floor((k + 1) / 2). The centre c is f - 1 if k is odd, and f - 0.5 if k is even.
    The filter has the entries

        filter[i, j] = (1 - |i - c| / f) * (1 - |j - c| / f)    for i, j = 0, ..., k - 1

    Each channel is upsampled by itself: weight[a, a] is this filter for every channel a, and weight[a, b] is 0 for
    a != b. The numbers in_channels and out_channels are equal. Bonus (no points): they may differ. Then weight[a, a] is
    the filter for every a that is less than both.

    Args:
        in_channels: the number of channels.
        out_channels: the number of channels, again.
        kernel_size: k, at least 1.

    Returns:
        (in_channels, out_channels, k, k), float32.

    >>> bilinear_kernel(1, 1, 3)[0, 0]
    tensor([[0.2500, 0.5000, 0.2500],
            [0.5000, 1.0000, 0.5000],
            [0.2500, 0.5000, 0.2500]])
    """
    raise NotImplementedError  # write your code here


def loss(inputs: Tensor, targets: Tensor) -> Tensor:
    """Return the loss of each image of a batch: the mean cross-entropy of its pixels (D2L 13.11).

    The scores of the classes are on the axis C. The loss of image n is the mean over all rows i and columns j of

        -log softmax(inputs[n, :, i, j])[targets[n, i, j]]

    The result is finite for scores from -1e4 to 1e4. Gradients flow to inputs. The function leaves its arguments
    unchanged.

    Args:
        inputs: the scores, (n, C, h, w), float32 or float64, with any strides.
        targets: the true classes, (n, h, w), int64, each from 0 to C - 1.

    Returns:
        (n,), of inputs' dtype.
    """
    raise NotImplementedError  # write your code here


# Given, not an exercise.
# Red, green and blue of the classes 0 to 20 of Pascal VOC.
VOC_COLORMAP = [
    [0, 0, 0],  # background
    [128, 0, 0],  # aeroplane
    [0, 128, 0],  # bicycle
    [128, 128, 0],  # bird
    [0, 0, 128],  # boat
    [128, 0, 128],  # bottle
    [0, 128, 128],  # bus
    [128, 128, 128],  # car
    [64, 0, 0],  # cat
    [192, 0, 0],  # chair
    [64, 128, 0],  # cow
    [192, 128, 0],  # dining table
    [64, 0, 128],  # dog
    [192, 0, 128],  # horse
    [64, 128, 128],  # motorbike
    [192, 128, 128],  # person
    [0, 64, 0],  # potted plant
    [128, 64, 0],  # sheep
    [0, 192, 0],  # sofa
    [128, 192, 0],  # train
    [0, 64, 128],  # television
]


def label2image(pred: Tensor) -> Tensor:
    """Return the picture of a map of classes: the colour of each pixel's class (D2L 13.11).

    The colour of class i is VOC_COLORMAP[i]. The picture is a new tensor. The function leaves pred and VOC_COLORMAP
    unchanged.

    Args:
        pred: the classes, (h, w), int64, int32 or uint8, with any strides. Each is from 0 to 20.

    Returns:
        (h, w, 3), of any integer dtype that holds 0 to 255: red, green and blue are on the last axis.

    >>> label2image(torch.tensor([[0, 1]]))[0].tolist()
    [[0, 0, 0], [128, 0, 0]]
    """
    raise NotImplementedError  # write your code here


def upsample_params(factor: int) -> tuple[int, int, int]:
    """Return kernel size, padding and stride of a transposed convolution that multiplies height and width by a factor.

    D2L 13.11: for a factor f, the stride is f, the kernel size is 2 * f, and the padding is f / 2. A transposed
    convolution with kernel size k, padding p and stride s turns n rows into (n - 1) * s - 2 * p + k.

    Args:
        factor: f, an even number of at least 2.

    Returns:
        (kernel_size, padding, stride), three ints.

    Raises:
        ValueError: factor is odd, or less than 2.

    >>> upsample_params(32)
    (64, 16, 32)
    """
    raise NotImplementedError  # write your code here


def fcn_head(in_channels: int, num_classes: int, factor: int = 32) -> nn.Sequential:
    """Return the layers that turn the features of a network into scores of the image's pixels (D2L 13.11).

    The nn.Sequential has two children with these names, in this order:

        final_conv      an nn.Conv2d with a kernel of size 1 and a bias, from in_channels to num_classes
        transpose_conv  an nn.ConvTranspose2d from num_classes to num_classes channels, which multiplies height and
                        width by factor; upsample_params says with which kernel, padding and stride

    The first weight of transpose_conv is the bilinear kernel of its size. This layer has no bias, or a bias that
    begins with zeros. So the result is at first the bilinear interpolation of the scores, except near the edges. In
    final_conv, the weight begins with random numbers of any distribution. All parameters can be learned. They are new
    in each call, and of dtype float32.

    Args:
        in_channels: channels of the features, (n, in_channels, h, w).
        num_classes: channels of the result, (n, num_classes, factor * h, factor * w).
        factor: an even number.

    Raises:
        ValueError: factor is odd, or less than 2.
    """
    raise NotImplementedError  # write your code here
