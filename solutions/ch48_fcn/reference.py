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
    # BEGIN SOLUTION
    f = (kernel_size + 1) // 2
    # WRONG half-of-the-kernel: f = kernel_size // 2
    # WRONG half-of-an-odd-kernel: f = kernel_size / 2
    # WRONG slope-of-the-whole-kernel: f = kernel_size
    # WRONG slope-of-one: f = 1
    c = f - 1 if kernel_size % 2 == 1 else f - 0.5
    # WRONG centre-of-odd-kernels: c = f - 1
    # WRONG centre-of-even-kernels: c = f - 0.5
    # WRONG centre-one-too-far: c = f if kernel_size % 2 == 1 else f - 0.5
    # WRONG centre-at-half: c = kernel_size / 2
    # WRONG centre-at-the-corner: c = 0
    # WRONG slope-of-the-whole-kernel: c = (kernel_size - 1) / 2
    # WRONG half-of-the-kernel: c = (kernel_size - 1) / 2
    # WRONG half-of-an-odd-kernel: c = (kernel_size - 1) / 2
    # WRONG slope-of-one: c = (kernel_size - 1) / 2
    # Along each axis, the weight falls evenly from the centre.
    line = 1 - (torch.arange(kernel_size) - c).abs() / f
    # WRONG distances-without-sign: line = 1 - (torch.arange(kernel_size) - c) / f
    # WRONG squared-distances: line = 1 - ((torch.arange(kernel_size) - c) / f) ** 2
    # WRONG reaches-zero-at-the-edge: line = 1 - (torch.arange(kernel_size) - c).abs() / max(c, 1)
    # WRONG not-divided-by-f: line = 1 - (torch.arange(kernel_size) - c).abs()
    # WRONG distances-alone: line = (torch.arange(kernel_size) - c).abs() / f
    # WRONG bell: line = torch.exp(-(((torch.arange(kernel_size) - c) / f) ** 2))
    # WRONG kernel-of-float64: line = 1 - (torch.arange(kernel_size).double() - c).abs() / f
    # WRONG nearest-neighbour: line = ((torch.arange(kernel_size) - c).abs() <= f / 2).float()
    # WRONG kernel-of-ones: line = torch.ones(kernel_size)
    # WRONG slope-of-one: line = (1 - (torch.arange(kernel_size) - c).abs()).clamp(min=0)
    filter_ = line[:, None] * line
    # WRONG sum-of-the-axes: filter_ = (line[:, None] + line) / 2
    # WRONG smaller-of-the-axes: filter_ = torch.minimum(line[:, None], line)
    # WRONG columns-alone: filter_ = line.repeat(kernel_size, 1)
    # WRONG rows-alone: filter_ = line.repeat(kernel_size, 1).T
    # WRONG filter-normalised: filter_ = line[:, None] * line / line.sum() ** 2
    # WRONG round-filter:
    #     offsets = torch.arange(kernel_size) - c
    #     filter_ = (1 - (offsets[:, None] ** 2 + offsets**2).sqrt() / f).clamp(min=0)
    # WRONG axes-not-crossed: filter_ = torch.diag(line * line)
    # WRONG square-root-of-the-product: filter_ = (line[:, None] * line).sqrt()
    weight = filter_.new_zeros((in_channels, out_channels, kernel_size, kernel_size))
    for channel in range(min(in_channels, out_channels)):
        # WRONG first-channel-only: for channel in range(1):
        # WRONG last-channel-missing: for channel in range(max(min(in_channels, out_channels) - 1, 1)):
        weight[channel, channel] = filter_
        # WRONG every-pair-of-channels: weight[channel] = filter_
        # WRONG every-pair-shared: weight[channel] = filter_ / in_channels
        # WRONG channels-reversed: weight[channel, -1 - channel] = filter_
        # WRONG first-channel-for-all: weight[0, channel] = filter_
        # WRONG next-channel: weight[channel, (channel + 1) % out_channels] = filter_
        # WRONG channels-shifted: weight[channel, channel] = filter_ / (1 + channel)
    return weight
    # WRONG filter-alone: return filter_
    # WRONG one-input-for-all: return filter_.expand(in_channels, 1, kernel_size, kernel_size)
    # WRONG size-before-channels: return weight.permute(2, 3, 0, 1)
    # END SOLUTION


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
    # BEGIN SOLUTION
    losses = F.cross_entropy(inputs, targets, reduction="none")
    # WRONG softmax-over-columns:
    #     losses = -torch.log_softmax(inputs, dim=-1).gather(1, targets[:, None])[:, 0]
    # WRONG softmax-over-rows:
    #     losses = -torch.log_softmax(inputs, dim=-2).gather(1, targets[:, None])[:, 0]
    # WRONG softmax-over-images:
    #     losses = -torch.log_softmax(inputs, dim=0).gather(1, targets[:, None])[:, 0]
    # WRONG softmax-over-all-pixels:
    #     scores = torch.log_softmax(inputs.flatten(1), dim=1).reshape(inputs.shape)
    #     losses = -scores.gather(1, targets[:, None])[:, 0]
    # WRONG scores-not-moved:
    #     losses = F.cross_entropy(inputs.reshape(-1, inputs.shape[1]), targets.flatten(), reduction="none")
    #     losses = losses.reshape(targets.shape)
    # WRONG scores-by-columns:
    #     rows = inputs.permute(0, 3, 2, 1).reshape(-1, inputs.shape[1])
    #     losses = F.cross_entropy(rows, targets.flatten(), reduction="none").reshape(targets.shape)
    # WRONG softmax-twice: losses = F.cross_entropy(inputs.softmax(dim=1), targets, reduction="none")
    # WRONG softmax-forgotten: losses = -inputs.gather(1, targets[:, None])[:, 0]
    # WRONG sign-forgotten: losses = -F.cross_entropy(inputs, targets, reduction="none")
    # WRONG logarithm-forgotten: losses = -inputs.softmax(dim=1).gather(1, targets[:, None])[:, 0]
    # WRONG unstable-logarithm: losses = -inputs.softmax(dim=1).log().gather(1, targets[:, None])[:, 0]
    # WRONG unstable-exponentials:
    #     powers = inputs.exp()
    #     losses = -(powers / powers.sum(dim=1, keepdim=True)).log().gather(1, targets[:, None])[:, 0]
    # WRONG small-number-added: losses = -(inputs.softmax(dim=1) + 1e-7).log().gather(1, targets[:, None])[:, 0]
    # WRONG background-ignored: losses = F.cross_entropy(inputs, targets, reduction="none", ignore_index=0)
    # WRONG bits: losses = F.cross_entropy(inputs, targets, reduction="none") / torch.tensor(2.0).log().item()
    # WRONG squared-errors:
    #     right = F.one_hot(targets, inputs.shape[1]).permute(0, 3, 1, 2)
    #     losses = ((inputs.softmax(dim=1) - right) ** 2).sum(dim=1)
    # WRONG binary-cross-entropy:
    #     right = F.one_hot(targets, inputs.shape[1]).permute(0, 3, 1, 2).to(inputs.dtype)
    #     losses = F.binary_cross_entropy_with_logits(inputs, right, reduction="none").sum(dim=1)
    # WRONG smoothed-labels: losses = F.cross_entropy(inputs, targets, reduction="none", label_smoothing=0.1)
    # WRONG mistakes-counted: losses = (inputs.argmax(dim=1) != targets).to(inputs.dtype) + 0 * inputs.sum(dim=1)
    # WRONG scores-cut-off: losses = F.cross_entropy(inputs.detach(), targets, reduction="none")
    # WRONG scores-in-float32: losses = F.cross_entropy(inputs.float(), targets, reduction="none")
    # WRONG maximum-subtracted-in-place:
    #     with torch.no_grad():
    #         inputs -= inputs.amax(dim=1, keepdim=True)
    #     losses = F.cross_entropy(inputs, targets, reduction="none")
    return losses.mean(dim=(1, 2))
    # WRONG mean-of-the-batch: return losses.mean()
    # WRONG sum-of-the-pixels: return losses.sum(dim=(1, 2))
    # WRONG mean-over-images: return losses.mean(dim=0)
    # WRONG mean-over-rows: return losses.mean(dim=1)
    # WRONG mean-over-columns: return losses.mean(dim=2)
    # WRONG loss-of-each-pixel: return losses
    # WRONG sum-over-rows: return losses.sum(dim=1).mean(dim=1)
    # WRONG sum-over-columns: return losses.mean(dim=1).sum(dim=1)
    # WRONG divided-by-the-classes: return losses.mean(dim=(1, 2)) / inputs.shape[1]
    # WRONG divided-by-the-images: return losses.mean(dim=(1, 2)) / len(inputs)
    # WRONG axes-of-size-one-kept: return losses.mean(dim=(1, 2), keepdim=True)
    # WRONG batch-axis-squeezed: return losses.mean(dim=(1, 2)).squeeze()
    # WRONG worst-pixel: return losses.amax(dim=(1, 2))
    # WRONG same-loss-for-all: return losses.mean().expand(len(inputs))
    # END SOLUTION


# GIVEN ch46: VOC_COLORMAP


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
    # BEGIN SOLUTION
    colours = torch.tensor(VOC_COLORMAP, device=pred.device)
    # WRONG blue-green-red: colours = torch.tensor(VOC_COLORMAP).flip(1)
    # WRONG colours-from-zero-to-one: colours = torch.tensor(VOC_COLORMAP) / 255
    # WRONG colours-as-floats: colours = torch.tensor(VOC_COLORMAP, dtype=torch.float32)
    # WRONG classes-numbered-from-1: colours = torch.tensor(VOC_COLORMAP).roll(1, dims=0)
    # WRONG background-without-a-number: colours = torch.tensor(VOC_COLORMAP).roll(-1, dims=0)
    # WRONG colours-of-int8: colours = torch.tensor(VOC_COLORMAP).to(torch.int8)
    # WRONG order-reversed: colours = torch.tensor(VOC_COLORMAP).flip(0)
    # WRONG colours-drawn: colours = torch.randint(256, (21, 3), generator=torch.Generator().manual_seed(0))
    # WRONG twenty-classes: colours = torch.tensor([*VOC_COLORMAP[:20], [0, 0, 0]])
    # WRONG shades-of-grey: colours = torch.tensor([[12 * i] * 3 for i in range(21)])
    # As an index, a tensor of uint8 would be a mask.
    return colours[pred.long()]
    # WRONG indices-as-they-are: return colours[pred]
    # WRONG channels-in-front: return colours[pred.long()].permute(2, 0, 1)
    # WRONG map-transposed: return colours[pred.T.long()]
    # WRONG map-upside-down: return colours[pred.flip(0).long()]
    # WRONG map-mirrored: return colours[pred.flip(1).long()]
    # WRONG one-colour: return colours[pred.long()].amax(dim=2)
    # WRONG pixels-in-a-row: return colours[pred.long()].flatten(0, 1)
    # WRONG codes-of-colours: return (colours[pred.long()] * torch.tensor([65536, 256, 1])).sum(dim=2)
    # WRONG batch-axis-added: return colours[pred.long()][None]
    # WRONG nested-lists: return colours[pred.long()].tolist()
    # WRONG negative-picture: return 255 - colours[pred.long()]
    # WRONG channels-repeated: return colours[pred.long()][..., :1].expand(*pred.shape, 3)
    # WRONG reshaped-not-permuted: return colours[pred.long()].permute(2, 0, 1).reshape(*pred.shape, 3)
    # WRONG pred-overwritten:
    #     picture = colours[pred.long()]
    #     pred.zero_()
    #     return picture
    # END SOLUTION


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
    # BEGIN SOLUTION
    if factor < 2 or factor % 2 == 1:
        # WRONG odd-factor-accepted: if factor < 2:
        # WRONG zero-accepted: if factor < 0 or factor % 2 == 1:
        # WRONG negative-accepted: if factor == 0 or factor % 2 == 1:
        # WRONG small-factors-accepted: if factor % 2 == 1:
        # WRONG two-refused: if factor <= 2 or factor % 2 == 1:
        # WRONG even-factor-refused: if factor < 2 or factor % 2 == 0:
        # WRONG any-factor-accepted: if False:
        raise ValueError(f"the factor {factor} is not an even number from 2 on")
        # WRONG assertion-error: raise AssertionError(f"the factor {factor} is not an even number from 2 on")
        # WRONG none-for-odd-factors: return None
    return 2 * factor, factor // 2, factor
    # WRONG padding-of-f: return 2 * factor, factor, factor
    # WRONG padding-in-float: return 2 * factor, factor / 2, factor
    # WRONG no-padding: return 2 * factor, 0, factor
    # WRONG kernel-of-f: return factor, factor // 2, factor
    # WRONG kernel-without-overlap: return factor, 0, factor
    # WRONG odd-kernel: return 2 * factor - 1, factor // 2, factor
    # WRONG next-odd-kernel: return 2 * factor + 1, factor // 2, factor
    # WRONG stride-of-two: return 2 * factor, factor // 2, 2
    # WRONG stride-before-padding: return 2 * factor, factor, factor // 2
    # WRONG padding-before-kernel: return factor // 2, 2 * factor, factor
    # WRONG always-for-32: return 64, 16, 32
    # WRONG list-of-three: return [2 * factor, factor // 2, factor]
    # WRONG kernel-of-three-halves: return 3 * factor // 2, factor // 2, factor
    # WRONG padding-of-a-quarter: return 2 * factor, factor // 4, factor
    # WRONG padding-keeps-the-kernel: return 2 * factor, factor - 1, factor
    # WRONG kernel-of-four: return 4, 1, 2
    # WRONG pairs: return (2 * factor, 2 * factor), (factor // 2, factor // 2), (factor, factor)
    # WRONG kernel-alone: return 2 * factor
    # END SOLUTION


def fcn_head(in_channels: int, num_classes: int, factor: int = 32) -> nn.Sequential:
    # WRONG sixteen-by-default: def fcn_head(in_channels, num_classes, factor=16):
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
    # BEGIN SOLUTION
    kernel_size, padding, stride = upsample_params(factor)
    # WRONG factor-ignored: kernel_size, padding, stride = 64, 16, 32
    # WRONG no-padding-in-the-head: kernel_size, padding, stride = 2 * factor, 0, factor
    # WRONG odd-factors-in-the-head: kernel_size, padding, stride = 2 * factor, factor // 2, factor
    # WRONG kernel-of-the-factor: kernel_size, padding, stride = factor, 0, factor
    # WRONG padding-of-the-factor: kernel_size, padding, stride = 2 * factor, factor, factor
    # WRONG kernel-of-four-in-the-head: kernel_size, padding, stride = 4, 1, 2
    head = nn.Sequential()
    head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, kernel_size=1))
    # WRONG convolution-of-three: head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, 3, padding=1))
    # WRONG scores-without-bias: head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, 1, bias=False))
    # WRONG scores-of-zero:
    #     head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, kernel_size=1))
    #     nn.init.zeros_(head.final_conv.weight)
    # WRONG features-upsampled-first: head.add_module("final_conv", nn.Conv2d(in_channels, in_channels, kernel_size=1))
    # WRONG rectified-scores:
    #     head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, kernel_size=1))
    #     head.add_module("relu", nn.ReLU())
    # WRONG normalised-scores:
    #     head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, kernel_size=1))
    #     head.add_module("norm", nn.BatchNorm2d(num_classes))
    # WRONG names-left-out: head.add_module("0", nn.Conv2d(in_channels, num_classes, kernel_size=1))
    # WRONG twenty-one-classes-always:
    #     num_classes = 21
    #     head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, kernel_size=1))
    # WRONG padded-scores: head.add_module("final_conv", nn.Conv2d(in_channels, num_classes, 1, padding=1))
    transpose_conv = nn.ConvTranspose2d(num_classes, num_classes, kernel_size, stride, padding, bias=False)
    # WRONG bias-at-random: transpose_conv = nn.ConvTranspose2d(num_classes, num_classes, kernel_size, stride, padding)
    # WRONG features-upsampled-first:
    #     transpose_conv = nn.ConvTranspose2d(in_channels, num_classes, kernel_size, stride, padding, bias=False)
    # WRONG padding-as-output-padding:
    #     transpose_conv = nn.ConvTranspose2d(num_classes, num_classes, kernel_size, stride, 0, padding, bias=False)
    # WRONG stride-and-padding-exchanged:
    #     transpose_conv = nn.ConvTranspose2d(num_classes, num_classes, kernel_size, padding, stride, bias=False)
    # Parameters are changed in place, and without a graph.
    with torch.no_grad():
        transpose_conv.weight.copy_(bilinear_kernel(num_classes, num_classes, kernel_size))
        # WRONG weight-at-random: pass
        # WRONG weight-of-ones: transpose_conv.weight.fill_(1.0)
        # WRONG xavier-for-both: nn.init.xavier_uniform_(transpose_conv.weight)
        # WRONG mixed-channels: transpose_conv.weight.copy_(bilinear_kernel(1, 1, kernel_size))
        # WRONG kernel-divided: transpose_conv.weight.copy_(bilinear_kernel(num_classes, num_classes, kernel_size) / factor)
        # WRONG features-upsampled-first: transpose_conv.weight.copy_(bilinear_kernel(in_channels, num_classes, kernel_size))
    head.add_module("transpose_conv", transpose_conv)
    # WRONG names-left-out: head.add_module("1", transpose_conv)
    # WRONG upsample-layer: head.add_module("transpose_conv", nn.Upsample(scale_factor=factor, mode="bilinear"))
    # WRONG nearest-upsample-layer: head.add_module("transpose_conv", nn.Upsample(scale_factor=factor))
    # WRONG children-exchanged:
    #     head = nn.Sequential()
    #     head.add_module("transpose_conv", transpose_conv)
    #     head.add_module("final_conv", nn.Conv2d(num_classes, num_classes, kernel_size=1))
    # WRONG softmax-at-the-end:
    #     head.add_module("transpose_conv", transpose_conv)
    #     head.add_module("softmax", nn.Softmax(dim=1))
    # WRONG kernel-frozen:
    #     head.add_module("transpose_conv", transpose_conv)
    #     transpose_conv.weight.requires_grad_(False)
    return head
    # WRONG head-in-float64: return head.double()
    # WRONG head-kept:
    #     key = f"{in_channels}, {num_classes}, {factor}"
    #     return fcn_head.__dict__.setdefault(key, head)
    # END SOLUTION
