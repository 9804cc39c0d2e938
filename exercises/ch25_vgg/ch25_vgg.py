"""ch25 VGG: networks made of blocks, receptive fields, and small kernels against large ones.

See D2L 7.2 (chapter_convolutional-modern/vgg.md).
"""

from collections.abc import Sequence

from torch import nn


def vgg_block(num_convs: int, in_channels: int, out_channels: int) -> nn.Sequential:
    """Return a VGG block (Simonyan and Zisserman, 2014; D2L 7.2.1).

    The block has num_convs convolutions of 3 x 3 with padding 1, stride 1 and a bias. ReLU follows each of them. The
    first convolution takes in_channels channels, and each of them gives out_channels. Max pooling over 2 x 2 with
    stride 2 ends the block. Each convolution has its own parameters.

    Gradients flow to the input and all parameters. The block works in float32 and, after double(), in float64; the
    input need not be contiguous in memory.

    Args:
        num_convs: at least 1.
        in_channels: channels of the input.
        out_channels: channels of the output.

    Returns:
        nn.Sequential of 2 * num_convs + 1 layers: modules of torch.nn in this order, activations included. It maps
        (n, in_channels, h, w) to (n, out_channels, h // 2, w // 2).
    """
    raise NotImplementedError  # write your code here


def vgg(conv_arch: Sequence[tuple[int, int]]) -> nn.Sequential:
    """Return a VGG network for images of one channel and ten classes (Simonyan and Zisserman, 2014; D2L 7.2.2).

    The net begins with a `vgg_block` of yours for each pair in conv_arch. The image has one channel. After b blocks, an
    image of 7 * 2**b pixels in height and width has become 7 x 7. Then the net flattens the maps. Three linear layers
    give 4096, 4096 and 10 outputs. ReLU follows each of the first two, and dropout with probability 0.5 follows that
    ReLU. The outputs are raw scores (logits).

    VGG-11 has the pairs ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)), images of 224 x 224 and 128,806,154
    parameters.

    Args:
        conv_arch: (num_convs, out_channels) of each block, at least one. A tuple or a list; it stays unchanged.

    Returns:
        A new nn.Sequential. Its top level has an nn.Sequential for each block, then eight modules of torch.nn: flatten,
        linear, ReLU, dropout, linear, ReLU, dropout, linear. It maps (n, 1, 7 * 2**b, 7 * 2**b) to (n, 10).
    """
    raise NotImplementedError  # write your code here


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Return the receptive field of a stack of convolutions and pooling layers (Araujo, Norris and Sim, 2019).

    The receptive field is the part of the image on which a pixel of the output can depend. Its side is the distance in
    pixels from the first to the last row of this part, both included. With r_0 = 1, kernel sizes k_l and strides s_l:

        r_l = r_(l-1) + (k_l - 1) * s_1 * s_2 * ... * s_(l-1)

    The side is r_L for L layers. A stride counts only for the layers after its own. Padding makes no difference, and
    ReLU is no layer here.

    Args:
        layers: (kernel size, stride) of each layer, both at least 1, from the image to the output. Pooling counts like
            a convolution. A stride may exceed its kernel.

    Returns:
        The side, as a Python int; 1 without layers.
    """
    raise NotImplementedError  # write your code here


def stacked_vs_large_params(kernel: int, channels: int) -> tuple[int, int]:
    """Return the numbers of weights of a large convolution and of a stack of 3 x 3 convolutions (D2L 7.2, exercises).

    The large convolution has a kernel x kernel window. The stack has as many 3 x 3 convolutions with stride 1 as it
    takes for the same receptive field: two for 5 x 5, three for 7 x 7. Every convolution takes and gives the same
    number of channels. Biases do not count.

    Args:
        kernel: the size of the large window, odd and at least 3.
        channels: the number of input channels and of output channels of each convolution.

    Returns:
        (weights of the large convolution, weights of all convolutions of the stack), each a Python int.

    Raises:
        ValueError: kernel is even, or less than 3.
    """
    raise NotImplementedError  # write your code here
