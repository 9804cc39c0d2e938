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
    # BEGIN SOLUTION
    layers = [
        nn.Conv2d(in_channels, out_channels, kernel_size, strides, padding),
        nn.ReLU(),
        nn.Conv2d(out_channels, out_channels, kernel_size=1),
        nn.ReLU(),
        nn.Conv2d(out_channels, out_channels, kernel_size=1),
        nn.ReLU(),
    ]
    return nn.Sequential(*layers)
    # WRONG one-1x1-convolution: return nn.Sequential(*layers[:4])
    # WRONG no-1x1-convolutions: return nn.Sequential(*layers[:2])
    # WRONG three-1x1-convolutions:
    #     last = nn.Conv2d(out_channels, out_channels, kernel_size=1), nn.ReLU()
    #     return nn.Sequential(*layers, *last)
    # WRONG no-relu-at-the-end: return nn.Sequential(*layers[:-1])
    # WRONG no-relu-after-the-first:
    #     layers[1] = nn.Identity()
    #     return nn.Sequential(*layers)
    # WRONG no-relu-between-the-1x1:
    #     layers[3] = nn.Identity()
    #     return nn.Sequential(*layers)
    # WRONG convolutions-in-a-row: return nn.Sequential(*layers[::2], nn.ReLU())
    # WRONG relu-first: return nn.Sequential(nn.ReLU(), *layers[:-1])
    # WRONG kernel-size-for-all:
    #     size = 2 * (kernel_size // 2) + 1
    #     layers[2] = nn.Conv2d(out_channels, out_channels, size, padding=size // 2)
    #     layers[4] = nn.Conv2d(out_channels, out_channels, size, padding=size // 2)
    #     return nn.Sequential(*layers)
    # WRONG 3x3-for-1x1:
    #     layers[2] = nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1)
    #     layers[4] = nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1)
    #     return nn.Sequential(*layers)
    # WRONG strides-ignored:
    #     layers[0] = nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding)
    #     return nn.Sequential(*layers)
    # WRONG padding-ignored:
    #     layers[0] = nn.Conv2d(in_channels, out_channels, kernel_size, strides)
    #     return nn.Sequential(*layers)
    # WRONG strides-and-padding-swapped:
    #     layers[0] = nn.Conv2d(in_channels, out_channels, kernel_size, padding, strides)
    #     return nn.Sequential(*layers)
    # WRONG kernel-always-3:
    #     layers[0] = nn.Conv2d(in_channels, out_channels, 3, strides, padding)
    #     return nn.Sequential(*layers)
    # WRONG padding-keeps-the-size:
    #     layers[0] = nn.Conv2d(in_channels, out_channels, kernel_size, strides, kernel_size // 2)
    #     return nn.Sequential(*layers)
    # WRONG strides-for-all:
    #     layers[2] = nn.Conv2d(out_channels, out_channels, 1, strides)
    #     layers[4] = nn.Conv2d(out_channels, out_channels, 1, strides)
    #     return nn.Sequential(*layers)
    # WRONG padding-for-all:
    #     layers[2] = nn.Conv2d(out_channels, out_channels, 1, padding=padding)
    #     layers[4] = nn.Conv2d(out_channels, out_channels, 1, padding=padding)
    #     return nn.Sequential(*layers)
    # WRONG 1x1-first:
    #     layers[0] = nn.Conv2d(in_channels, out_channels, kernel_size=1)
    #     layers[4] = nn.Conv2d(out_channels, out_channels, kernel_size, strides, padding)
    #     return nn.Sequential(*layers)
    # WRONG widened-at-the-end:
    #     layers[0] = nn.Conv2d(in_channels, in_channels, kernel_size, strides, padding)
    #     layers[2] = nn.Conv2d(in_channels, in_channels, kernel_size=1)
    #     layers[4] = nn.Conv2d(in_channels, out_channels, kernel_size=1)
    #     return nn.Sequential(*layers)
    # WRONG channels-of-the-input-throughout:
    #     layers[2] = nn.Conv2d(in_channels, out_channels, kernel_size=1)
    #     return nn.Sequential(*layers)
    # WRONG without-biases:
    #     for place in (0, 2, 4):
    #         layers[place].register_parameter("bias", None)
    #     return nn.Sequential(*layers)
    # WRONG 1x1-without-biases:
    #     layers[2] = nn.Conv2d(out_channels, out_channels, kernel_size=1, bias=False)
    #     layers[4] = nn.Conv2d(out_channels, out_channels, kernel_size=1, bias=False)
    #     return nn.Sequential(*layers)
    # WRONG one-1x1-used-twice:
    #     layers[4] = layers[2]
    #     return nn.Sequential(*layers)
    # WRONG sigmoid-for-relu:
    #     layers[1] = layers[3] = layers[5] = nn.Sigmoid()
    #     return nn.Sequential(*layers)
    # WRONG linear-layers:
    #     layers[2] = nn.Linear(out_channels, out_channels)
    #     layers[4] = nn.Linear(out_channels, out_channels)
    #     return nn.Sequential(*layers)
    # WRONG normalised: return nn.Sequential(layers[0], nn.BatchNorm2d(out_channels), *layers[1:])
    # END SOLUTION


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
    # BEGIN SOLUTION
    layers = [
        nin_block(in_channels, 96, kernel_size=11, strides=4, padding=0),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nin_block(96, 256, kernel_size=5, strides=1, padding=2),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nin_block(256, 384, kernel_size=3, strides=1, padding=1),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Dropout(p=0.5),
        nin_block(384, num_classes, kernel_size=3, strides=1, padding=1),  # a channel for each class
        nn.AdaptiveAvgPool2d((1, 1)),
        nn.Flatten(),
    ]
    return nn.Sequential(*layers)
    # WRONG dense-at-the-end: return nn.Sequential(*layers, nn.Linear(num_classes, num_classes))
    # WRONG dense-for-the-last-block: return nn.Sequential(*layers[:7], *layers[8:], nn.Linear(384, num_classes))
    # WRONG softmax-at-the-end: return nn.Sequential(*layers, nn.Softmax(dim=1))
    # WRONG maximum-for-average:
    #     layers[8] = nn.AdaptiveMaxPool2d((1, 1))
    #     return nn.Sequential(*layers)
    # WRONG pooled-to-5x5:
    #     layers[8] = nn.AdaptiveAvgPool2d((5, 5))
    #     return nn.Sequential(*layers)
    # WRONG pooling-of-5x5-alone:
    #     layers[8] = nn.AvgPool2d(kernel_size=5)
    #     return nn.Sequential(*layers)
    # WRONG not-flattened: return nn.Sequential(*layers[:-1])
    # WRONG not-averaged: return nn.Sequential(*layers[:8], *layers[9:])
    # WRONG no-dropout: return nn.Sequential(*layers[:6], *layers[7:])
    # WRONG whole-channels-dropped:
    #     layers[6] = nn.Dropout2d(p=0.5)
    #     return nn.Sequential(*layers)
    # WRONG dropout-of-a-fifth:
    #     layers[6] = nn.Dropout(p=0.2)
    #     return nn.Sequential(*layers)
    # WRONG dropout-after-the-last-block:
    #     layers[6], layers[7] = layers[7], layers[6]
    #     return nn.Sequential(*layers)
    # WRONG dropout-before-the-pooling:
    #     layers[5], layers[6] = layers[6], layers[5]
    #     return nn.Sequential(*layers)
    # WRONG dropout-twice:
    #     layers[7] = nn.Sequential(nn.Dropout(p=0.5), *layers[7])
    #     return nn.Sequential(*layers)
    # WRONG dropout-after-each-block:
    #     for place in (0, 2, 4):
    #         layers[place].append(nn.Dropout(p=0.5))
    #     return nn.Sequential(*layers)
    # WRONG pooling-side-by-side:
    #     layers[1], layers[3], layers[5] = (nn.MaxPool2d(kernel_size=3) for _ in range(3))
    #     return nn.Sequential(*layers)
    # WRONG pooling-2x2:
    #     layers[1], layers[3], layers[5] = (nn.MaxPool2d(kernel_size=2) for _ in range(3))
    #     return nn.Sequential(*layers)
    # WRONG pooling-padded:
    #     layers[1], layers[3], layers[5] = (nn.MaxPool2d(3, stride=2, padding=1) for _ in range(3))
    #     return nn.Sequential(*layers)
    # WRONG pooling-rounded-up:
    #     layers[1], layers[3], layers[5] = (nn.MaxPool2d(3, stride=2, ceil_mode=True) for _ in range(3))
    #     return nn.Sequential(*layers)
    # WRONG average-pooling-between:
    #     layers[1], layers[3], layers[5] = (nn.AvgPool2d(3, stride=2) for _ in range(3))
    #     return nn.Sequential(*layers)
    # WRONG third-pooling-missing: return nn.Sequential(*layers[:5], *layers[6:])
    # WRONG pooling-after-the-last-block:
    #     return nn.Sequential(*layers[:8], nn.MaxPool2d(3, stride=2, padding=1), *layers[8:])
    # WRONG always-one-channel:
    #     layers[0] = nin_block(1, 96, kernel_size=11, strides=4, padding=0)
    #     return nn.Sequential(*layers)
    # WRONG always-ten-classes:
    #     layers[7] = nin_block(384, 10, kernel_size=3, strides=1, padding=1)
    #     return nn.Sequential(*layers)
    # WRONG first-strides-forgotten:
    #     layers[0] = nin_block(in_channels, 96, kernel_size=11, strides=1, padding=0)
    #     return nn.Sequential(*layers)
    # WRONG first-block-padded:
    #     layers[0] = nin_block(in_channels, 96, kernel_size=11, strides=4, padding=2)
    #     return nn.Sequential(*layers)
    # WRONG second-block-not-padded:
    #     layers[2] = nin_block(96, 256, kernel_size=5, strides=1, padding=0)
    #     return nn.Sequential(*layers)
    # WRONG second-block-3x3:
    #     layers[2] = nin_block(96, 256, kernel_size=3, strides=1, padding=1)
    #     return nn.Sequential(*layers)
    # WRONG last-block-1x1:
    #     layers[7] = nin_block(384, num_classes, kernel_size=1, strides=1, padding=0)
    #     return nn.Sequential(*layers)
    # WRONG last-relu-missing:
    #     layers[7] = layers[7][:-1]
    #     return nn.Sequential(*layers)
    # WRONG extra-block:
    #     return nn.Sequential(*layers[:5], nin_block(384, 384, kernel_size=3, strides=1, padding=1), *layers[5:])
    # WRONG third-block-of-256:
    #     layers[4] = nin_block(256, 256, kernel_size=3, strides=1, padding=1)
    #     layers[7] = nin_block(256, num_classes, kernel_size=3, strides=1, padding=1)
    #     return nn.Sequential(*layers)
    # WRONG blocks-unpacked:
    #     parts = [layer if isinstance(layer, nn.Sequential) else [layer] for layer in layers]
    #     return nn.Sequential(*[part for group in parts for part in group])
    # WRONG a-plain-convolution-at-the-end:
    #     layers[7] = nn.Conv2d(384, num_classes, kernel_size=3, padding=1)
    #     return nn.Sequential(*layers)
    # END SOLUTION


def global_avg_pool(X: Tensor) -> Tensor:
    """Return the mean of each channel of each image (Lin, Chen and Yan, 2013, section 3.2; D2L 7.3.2).

        Y[i, j] = the mean of the h * w numbers of X[i, j]

    Gradients flow to X. The function leaves X unchanged.

    Args:
        X: (n, c, h, w), float32 or float64, with any strides. h and w may differ; each size may be 1.

    Returns:
        (n, c), of X's dtype.
    """
    # BEGIN SOLUTION
    h, w = X.shape[2:]
    # WRONG axes-before: h, w = X.shape[:2]
    return X.sum(dim=(2, 3)) / (h * w)
    # WRONG sum-for-mean: return X.sum(dim=(2, 3))
    # WRONG maximum-of-the-channel: return X.amax(dim=(2, 3))
    # WRONG mean-over-the-batch: return X.sum(dim=0) / len(X)
    # WRONG batch-and-plane: return X.sum(dim=(0, 2, 3)) / (len(X) * h * w)
    # WRONG mean-over-channels-too: return X.sum(dim=(1, 2, 3)) / (X.shape[1] * h * w)
    # WRONG mean-over-channels: return X.sum(dim=1) / X.shape[1]
    # WRONG axes-kept: return X.sum(dim=(2, 3), keepdim=True) / (h * w)
    # WRONG all-ones-squeezed: return (X.sum(dim=(2, 3), keepdim=True) / (h * w)).squeeze()
    # WRONG width-alone: return X.sum(dim=3) / w
    # WRONG height-alone: return X.sum(dim=2) / h
    # WRONG divided-by-the-height: return X.sum(dim=(2, 3)) / h
    # WRONG divided-by-the-width: return X.sum(dim=(2, 3)) / w
    # WRONG divided-by-the-squared-height: return X.sum(dim=(2, 3)) / h**2
    # WRONG divided-by-the-squared-width: return X.sum(dim=(2, 3)) / w**2
    # WRONG divided-by-one-less: return X.sum(dim=(2, 3)) / (h * w - 1)
    # WRONG divided-by-height-plus-width: return X.sum(dim=(2, 3)) / (h + w)
    # WRONG mean-of-everything: return X.sum() / X.numel()
    # WRONG median-of-the-channel: return X.flatten(2).median(dim=2).values
    # WRONG cut-off: return X.detach().sum(dim=(2, 3)) / (h * w)
    # WRONG float32-result: return (X.sum(dim=(2, 3)) / (h * w)).float()
    # WRONG input-divided: return X.div_(h * w).sum(dim=(2, 3))
    # WRONG transposed-result: return (X.sum(dim=(2, 3)) / (h * w)).T
    # WRONG middle-pixel: return X[:, :, h // 2, w // 2]
    # WRONG contiguous-view: return X.view(*X.shape[:2], -1).sum(dim=2) / (h * w)
    # WRONG memory-order: return X.as_strided(X.shape, (X[0].numel(), h * w, w, 1)).sum(dim=(2, 3)) / (h * w)
    # WRONG relu-first-in-the-pool: return X.relu().sum(dim=(2, 3)) / (h * w)
    # END SOLUTION


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
    # BEGIN SOLUTION
    # Any of these would make an output pixel more, or less, than a function of all channels of one input pixel.
    if conv.kernel_size != (1, 1) or conv.stride != (1, 1) or conv.padding != (0, 0) or conv.groups != 1:
        # WRONG kernel-not-tested: if conv.stride != (1, 1) or conv.padding != (0, 0) or conv.groups != 1:
        # WRONG strides-not-tested: if conv.kernel_size != (1, 1) or conv.padding != (0, 0) or conv.groups != 1:
        # WRONG padding-not-tested: if conv.kernel_size != (1, 1) or conv.stride != (1, 1) or conv.groups != 1:
        # WRONG groups-not-tested: if conv.kernel_size != (1, 1) or conv.stride != (1, 1) or conv.padding != (0, 0):
        # WRONG kernel-alone-tested: if conv.kernel_size != (1, 1):
        # WRONG rows-alone-tested:
        #     if conv.kernel_size[0] != 1 or conv.stride[0] != 1 or conv.padding[0] != 0 or conv.groups != 1:
        # WRONG columns-alone-tested:
        #     if conv.kernel_size[1] != 1 or conv.stride[1] != 1 or conv.padding[1] != 0 or conv.groups != 1:
        # WRONG both-axes-at-once:
        #     if min(conv.kernel_size) > 1 or min(conv.stride) > 1 or min(conv.padding) > 0 or conv.groups != 1:
        # WRONG nothing-tested: if False:
        raise ValueError(f"not a plain 1x1 convolution: {conv}")
        # WRONG another-error: raise TypeError(f"not a plain 1x1 convolution: {conv}")
        # WRONG none-returned: return None
    linear = nn.Linear(conv.in_channels, conv.out_channels, bias=conv.bias is not None, dtype=conv.weight.dtype)
    # WRONG features-swapped:
    #     linear = nn.Linear(conv.out_channels, conv.in_channels, bias=conv.bias is not None, dtype=conv.weight.dtype)
    # WRONG always-a-bias: linear = nn.Linear(conv.in_channels, conv.out_channels, dtype=conv.weight.dtype)
    # WRONG never-a-bias: linear = nn.Linear(conv.in_channels, conv.out_channels, bias=False, dtype=conv.weight.dtype)
    # WRONG float32-layer: linear = nn.Linear(conv.in_channels, conv.out_channels, bias=conv.bias is not None)
    with torch.no_grad():
        linear.weight.copy_(conv.weight[:, :, 0, 0])
        # WRONG weight-not-copied: pass
        # WRONG weight-transposed: linear.weight.data = conv.weight[:, :, 0, 0].T
        # WRONG weight-read-in-the-other-order: linear.weight.copy_(conv.weight.reshape(conv.in_channels, -1).T)
        # WRONG axes-squeezed: linear.weight.data = conv.weight.squeeze()
        # WRONG four-axes-kept: linear.weight.data = conv.weight
        # WRONG weight-of-conv-flattened:
        #     conv.weight.data = conv.weight.data.flatten(1)
        #     linear.weight.copy_(conv.weight)
        # WRONG bias-added-into-the-weight:
        #     linear.weight.copy_(conv.weight[:, :, 0, 0] + (0 if conv.bias is None else conv.bias[:, None]))
        # WRONG weight-negated: linear.weight.copy_(-conv.weight[:, :, 0, 0])
        if conv.bias is not None:
            # WRONG never-a-bias: if False:
            linear.bias.copy_(conv.bias)
            # WRONG bias-not-copied: pass
    return linear
    # WRONG frozen: return linear.requires_grad_(False)
    # WRONG relu-after-it: return nn.Sequential(linear, nn.ReLU())
    # WRONG no-linear-layer: return nn.Sequential(linear)
    # WRONG convolution-returned: return conv
    # WRONG bias-of-zeros:
    #     if conv.bias is not None:
    #         nn.init.zeros_(linear.bias)
    #     return linear
    # END SOLUTION
