"""ch21 Multiple input and output channels.

D2L section 6.4 (chapter_convolutional-neural-networks/channels).
"""

import torch
from torch import Tensor


def corr2d_multi_in(X: Tensor, K: Tensor) -> Tensor:
    """Cross-correlate an image of several channels with a kernel of as many channels (D2L 6.4).

    Each channel of the image is cross-correlated with the matrix of K for this channel. The results are added up.

        Y[i, j] = the sum over c, a, b of X[c, i + a, j + b] * K[c, a, b]

    There is no padding, the window moves by one row or one column, and the kernel is not flipped. Gradients flow to X
    and K. The function leaves its arguments unchanged. A helper for a single channel may come from `d2l` (corr2d), or
    you can write it yourself. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (c_i, H, W), float32, with any strides. Bonus (no points): float64 arguments give a float64 result.
        K: (c_i, h, w), of X's dtype, with any strides; h is at most H, and w at most W.

    Returns:
        (H - h + 1, W - w + 1): a matrix, for any number of channels.

    >>> X = torch.arange(18.0).reshape(2, 3, 3)
    >>> corr2d_multi_in(X, torch.tensor([[[1.0, 0], [0, 0]], [[0, 0], [0, 2]]]))
    tensor([[26., 29.],
            [35., 38.]])

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


def corr2d_multi_in_out(X: Tensor, K: Tensor) -> Tensor:
    """Cross-correlate an image of several channels with several kernels (D2L 6.4).

    Each kernel K[o] reads all input channels and gives one output channel.

        Y[o] = corr2d_multi_in(X, K[o])

    The output channels are in the order of the kernels. Gradients flow to X and K. The function leaves its arguments
    unchanged. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (c_i, H, W), float32, with any strides. Bonus (no points): float64 arguments give a float64 result.
        K: (c_o, c_i, h, w), of X's dtype, with any strides; h is at most H, and w at most W. c_o may differ from c_i.

    Returns:
        (c_o, H - h + 1, W - w + 1): three axes, also if c_o is 1.

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


def corr2d_multi_in_out_1x1(X: Tensor, K: Tensor) -> Tensor:
    """Compute a 1x1 convolution, for example by a matrix product (D2L 6.4).

    A 1x1 kernel has no neighbours to look at. It mixes the channels of each pixel, as a fully connected layer would
    that all pixels share.

        Y[o, i, j] = the sum over c of K[o, c, 0, 0] * X[c, i, j]

    Gradients flow to X and K. The function leaves its arguments unchanged.

    Args:
        X: (c_i, h, w), float32 or float64, with any strides.
        K: (c_o, c_i, 1, 1), of X's dtype, with any strides.

    Returns:
        (c_o, h, w), of X's dtype: three axes, also if c_o is 1.

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


def conv_cost(
    c_i: int, c_o: int, kernel_size: tuple[int, int], out_size: tuple[int, int], bias: bool = True
) -> tuple[int, int]:
    """Count the parameters of a convolutional layer, and its multiply-accumulate operations for one image.

    A multiply-accumulate operation multiplies two numbers and adds the product to a sum. Each number of the output
    takes one operation for each weight of its kernel, in all input channels. The bias adds to the parameters, but never
    to these operations. The layer is an ordinary nn.Conv2d (groups=1): each output channel reads all input channels.

    Args:
        c_i: the number of input channels.
        c_o: the number of output channels.
        kernel_size: height and width of the kernel.
        out_size: height and width of the output.
        bias: whether the layer has a bias, one number for each output channel.

    Returns:
        The number of parameters and the number of multiply-accumulate operations, two whole numbers.

    >>> conv_cost(1, 1, (2, 2), (3, 3))
    (5, 36)
    """
    raise NotImplementedError  # write your code here
