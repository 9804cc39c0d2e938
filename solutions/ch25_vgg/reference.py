"""ch25 VGG: networks made of blocks, receptive fields, and small kernels against large ones.

See D2L 7.2 (chapter_convolutional-modern/vgg.md).
"""

from collections.abc import Sequence

from torch import nn

# WRONG one-net-for-all:
#     from torch import nn
#     nets: dict[str, nn.Sequential] = {}


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
    # BEGIN SOLUTION
    layers: list[nn.Module] = []
    for _ in range(num_convs):
        # WRONG one-convolution-only: for _ in range(1):
        # WRONG always-two-convolutions: for _ in range(2):
        # WRONG one-convolution-too-many: for _ in range(num_convs + 1):
        # WRONG one-convolution-missing: for _ in range(num_convs - 1):
        layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1))
        # WRONG widened-at-the-end:
        #     width = out_channels if len(layers) == 2 * num_convs - 2 else in_channels
        #     layers.append(nn.Conv2d(in_channels, width, kernel_size=3, padding=1))
        # WRONG padding-left-out: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3))
        # WRONG 5x5-kernels: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=5, padding=2))
        # WRONG 1x1-kernels: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=1))
        # WRONG convolutions-without-bias:
        #     layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False))
        # WRONG strides-for-pooling: layers.append(nn.Conv2d(in_channels, out_channels, 3, stride=2, padding=1))
        # WRONG padding-of-2: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=2))
        # WRONG batch-normalised:
        #     layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1))
        #     layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU())
        # WRONG activation-left-out:
        # WRONG sigmoid-for-relu: layers.append(nn.Sigmoid())
        # WRONG pooled-after-each-convolution:
        #     layers.append(nn.ReLU())
        #     layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
        # The next convolution reads the channels of this one.
        in_channels = out_channels
        # WRONG input-channels-for-all:
        # WRONG widened-at-the-end:
    layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
    # WRONG pooled-after-each-convolution:
    # WRONG pooling-left-out:
    # WRONG strides-for-pooling:
    # WRONG average-pooling: layers.append(nn.AvgPool2d(kernel_size=2, stride=2))
    # WRONG pooling-stride-of-1: layers.append(nn.MaxPool2d(kernel_size=2, stride=1))
    # WRONG pooling-over-3-padded: layers.append(nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
    # WRONG pooling-over-3: layers.append(nn.MaxPool2d(kernel_size=3, stride=2))
    # WRONG odd-sizes-rounded-up: layers.append(nn.MaxPool2d(kernel_size=2, stride=2, ceil_mode=True))
    # WRONG activation-at-the-end-only:
    #     layers = [layer for layer in layers if not isinstance(layer, nn.ReLU)]
    #     layers += [nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2)]
    # WRONG activation-before-the-convolution:
    #     for i in range(0, len(layers), 2):
    #         layers[i : i + 2] = [layers[i + 1], layers[i]]
    #     layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
    # WRONG pooled-first: layers.insert(0, nn.MaxPool2d(kernel_size=2, stride=2))
    # WRONG one-convolution-repeated:
    #     for i in range(4, len(layers), 2):
    #         layers[i] = layers[2]
    #     layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
    return nn.Sequential(*layers)
    # WRONG layers-in-a-list: return layers
    # END SOLUTION


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
    # BEGIN SOLUTION
    blocks = []
    channels = 1
    # WRONG three-channels: channels = 3
    for num_convs, out_channels in conv_arch:
        # WRONG pairs-turned: for out_channels, num_convs in conv_arch:
        # WRONG first-block-left-out: for num_convs, out_channels in conv_arch[1:]:
        # WRONG always-vgg11: for num_convs, out_channels in [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)]:
        blocks.append(vgg_block(num_convs, channels, out_channels))
        # WRONG blocks-opened: blocks.extend(vgg_block(num_convs, channels, out_channels))
        channels = out_channels
        # WRONG channels-not-carried:
    layers: list[nn.Module] = [*blocks, nn.Flatten()]
    # WRONG flatten-forgotten: layers = [*blocks]
    # WRONG blocks-in-one: layers = [nn.Sequential(*blocks), nn.Flatten()]
    # WRONG adaptive-pooling: layers = [*blocks, nn.AdaptiveAvgPool2d((7, 7)), nn.Flatten()]
    layers += [nn.Linear(channels * 7 * 7, 4096), nn.ReLU(), nn.Dropout(p=0.5)]
    # WRONG always-512-channels: layers += [nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(p=0.5)]
    # WRONG maps-not-counted: layers += [nn.Linear(channels, 4096), nn.ReLU(), nn.Dropout(p=0.5)]
    # WRONG 5x5-maps: layers += [nn.Linear(channels * 5 * 5, 4096), nn.ReLU(), nn.Dropout(p=0.5)]
    # WRONG 1024-hidden-units: layers += [nn.Linear(channels * 7 * 7, 1024), nn.ReLU(), nn.Dropout(p=0.5)]
    # WRONG linear-layers-in-a-row: layers += [nn.Linear(channels * 7 * 7, 4096), nn.Dropout(p=0.5)]
    # WRONG dropout-left-out: layers += [nn.Linear(channels * 7 * 7, 4096), nn.ReLU()]
    # WRONG dropout-only-once: layers += [nn.Linear(channels * 7 * 7, 4096), nn.ReLU()]
    # WRONG dropout-of-a-fifth: layers += [nn.Linear(channels * 7 * 7, 4096), nn.ReLU(), nn.Dropout(p=0.2)]
    # WRONG dropout-before-relu: layers += [nn.Linear(channels * 7 * 7, 4096), nn.Dropout(p=0.5), nn.ReLU()]
    # WRONG dropout-before-linear: layers += [nn.Dropout(p=0.5), nn.Linear(channels * 7 * 7, 4096), nn.ReLU()]
    # WRONG sigmoids-at-the-end: layers += [nn.Linear(channels * 7 * 7, 4096), nn.Sigmoid(), nn.Dropout(p=0.5)]
    layers += [nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(p=0.5)]
    # WRONG one-hidden-layer:
    # WRONG 1024-hidden-units: layers += [nn.Linear(1024, 1024), nn.ReLU(), nn.Dropout(p=0.5)]
    # WRONG linear-layers-in-a-row: layers += [nn.Linear(4096, 4096), nn.Dropout(p=0.5)]
    # WRONG second-dropout-left-out: layers += [nn.Linear(4096, 4096), nn.ReLU()]
    # WRONG dropout-left-out: layers += [nn.Linear(4096, 4096), nn.ReLU()]
    # WRONG dropout-of-a-fifth: layers += [nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(p=0.2)]
    # WRONG dropout-before-relu: layers += [nn.Linear(4096, 4096), nn.Dropout(p=0.5), nn.ReLU()]
    # WRONG dropout-before-linear: layers += [nn.Dropout(p=0.5), nn.Linear(4096, 4096), nn.ReLU()]
    # WRONG sigmoids-at-the-end: layers += [nn.Linear(4096, 4096), nn.Sigmoid(), nn.Dropout(p=0.5)]
    layers += [nn.Linear(4096, 10)]
    # WRONG 1024-hidden-units: layers += [nn.Linear(1024, 10)]
    # WRONG thousand-classes: layers += [nn.Linear(4096, 1000)]
    # WRONG softmax-at-the-end: layers += [nn.Linear(4096, 10), nn.Softmax(dim=1)]
    # WRONG relu-at-the-end: layers += [nn.Linear(4096, 10), nn.ReLU()]
    # WRONG dropout-at-the-end: layers += [nn.Linear(4096, 10), nn.Dropout(p=0.5)]
    return nn.Sequential(*layers)
    # WRONG one-net-for-all: return nets.setdefault(str(conv_arch), nn.Sequential(*layers))
    # END SOLUTION


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
    # BEGIN SOLUTION
    side, step = 1, 1
    # WRONG begins-with-0: side, step = 0, 1
    for kernel, stride in layers:
        # WRONG strides-read-first: for stride, kernel in layers:
        side += (kernel - 1) * step
        # WRONG strides-ignored: side += kernel - 1
        # WRONG whole-kernels-added: side += kernel * step
        # WRONG half-kernels: side += (kernel // 2) * step
        # WRONG own-stride-counted: side += (kernel - 1) * step * stride
        # WRONG own-stride-only: side += (kernel - 1) * stride
        # WRONG kernels-multiplied: side *= kernel
        # WRONG largest-kernel: side = max(side, kernel)
        # WRONG pooling-skipped: side += (kernel - 1) * step if kernel != stride else 0
        # WRONG strides-count-backwards: side = (side - 1) * stride + kernel
        # Neighbouring pixels of this layer's output are this many pixels of the image apart.
        step *= stride
        # WRONG strides-added: step += stride
        # WRONG last-stride-only: step = stride
        # WRONG strides-less-one-added: step += stride - 1
        # WRONG largest-stride: step = max(step, stride)
        # WRONG pooling-strides-left-out: step *= stride if kernel != stride else 1
    return side
    # WRONG step-returned: return step
    # WRONG area: return side**2
    # WRONG side-times-step: return side * step
    # END SOLUTION


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
    # BEGIN SOLUTION
    if kernel < 3 or kernel % 2 == 0:
        # WRONG even-kernels-accepted: if kernel < 3:
        # WRONG small-kernels-accepted: if kernel % 2 == 0:
        # WRONG kernel-of-3-refused: if kernel <= 3 or kernel % 2 == 0:
        raise ValueError(f"the kernel must be odd and at least 3, not {kernel}")
        # WRONG errors-asserted: raise AssertionError(f"the kernel must be odd and at least 3, not {kernel}")
    depth = (kernel - 1) // 2  # each convolution of 3 x 3 adds 2 to the receptive field
    # WRONG one-convolution-per-three: depth = -(-kernel // 3)
    # WRONG kernel-divided-by-3: depth = kernel // 3
    # WRONG floats-returned: depth = (kernel - 1) / 2
    # WRONG stack-one-too-deep: depth = (kernel + 1) // 2
    # WRONG a-convolution-per-pixel: depth = kernel - 1
    # WRONG stack-one-too-flat: depth = kernel // 2 - 1 or 1
    # WRONG a-single-convolution: depth = 1
    # WRONG always-two: depth = 2
    large, small = kernel**2 * channels**2, 3**2 * channels**2
    # WRONG output-channels-left-out: large, small = kernel**2 * channels, 3**2 * channels
    # WRONG channels-left-out: large, small = kernel**2, 3**2
    # WRONG biases-counted: large, small = kernel**2 * channels**2 + channels, 3**2 * channels**2 + channels
    # WRONG windows-not-squared: large, small = kernel * channels**2, 3 * channels**2
    # WRONG channels-doubled: large, small = kernel**2 * 2 * channels, 3**2 * 2 * channels
    return large, depth * small
    # WRONG stack-first: return depth * small, large
    # WRONG difference: return large, large - depth * small
    # WRONG stack-raised: return large, small**depth
    # WRONG depth-returned: return large, depth
    # END SOLUTION
