"""ch36 Image augmentation.

D2L section 13.1 (chapter_computer-vision/image-augmentation). The book calls the ready-made transforms of torchvision.
The exercises write them: functions of one image, whose random numbers come from a generator.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def to_tensor(img: np.ndarray) -> Tensor:
    """Turn an image of numpy into a tensor with the channels first (D2L 13.1: transforms.ToTensor).

        result[c, i, j] = img[i, j, c] / 255    for uint8
        result[c, i, j] = img[i, j, c]          for float32 and float64

    A grey image without a channel axis gets an axis of one channel. Images of floats keep their values, also below 0
    and above 1. The result is contiguous and shares no memory with img. The function leaves img unchanged.

    Args:
        img: (h, w, c) or (h, w), uint8, float32 or float64. Its strides may be any, also negative: img[:, ::-1] is an
            image, too.

    Returns:
        (c, h, w) or (1, h, w), float32.

    >>> to_tensor(np.array([[0, 51], [102, 255]], dtype=np.uint8))
    tensor([[[0.0000, 0.2000],
             [0.4000, 1.0000]]])
    """
    # BEGIN SOLUTION
    if img.ndim == 2:
        img = img[:, :, None]
        # WRONG grey-channel-last:
        #     return torch.tensor(img.copy(), dtype=torch.float32)[:, :, None] / (255 if img.dtype == np.uint8 else 1)
        # WRONG grey-without-channel:
        #     return torch.tensor(img.copy(), dtype=torch.float32) / (255 if img.dtype == np.uint8 else 1)
        # WRONG grey-repeated: img = np.stack([img] * 3, axis=2)
    # The copy is contiguous, without the negative strides that torch refuses.
    channels_first = img.transpose(2, 0, 1).copy()
    # WRONG width-before-height: channels_first = img.transpose(2, 1, 0).copy()
    # WRONG channels-stay-last: channels_first = img.copy()
    # WRONG reshaped: channels_first = img.copy().reshape(img.shape[2], *img.shape[:2])
    # WRONG channels-in-the-middle: channels_first = img.transpose(0, 2, 1).copy()
    result = torch.tensor(channels_first, dtype=torch.float32)
    # WRONG memory-shared: result = torch.from_numpy(np.ascontiguousarray(img.transpose(2, 0, 1))).float()
    # WRONG strides-of-numpy:
    #     result = torch.tensor(img.copy(), dtype=torch.float32).permute(2, 0, 1)
    # WRONG negative-strides-refused: result = torch.tensor(img.transpose(2, 0, 1), dtype=torch.float32).contiguous()
    # WRONG double-result: result = torch.tensor(channels_first, dtype=torch.float64)
    # WRONG dtype-of-floats-kept:
    #     result = torch.tensor(channels_first)
    #     result = result.float() if img.dtype == np.uint8 else result
    # WRONG through-bytes: result = torch.tensor(channels_first.astype(np.uint8), dtype=torch.float32)
    return result / 255 if img.dtype == np.uint8 else result
    # WRONG divided-by-256: return result / 256 if img.dtype == np.uint8 else result
    # WRONG never-scaled: return result
    # WRONG floats-scaled: return result / 255
    # WRONG scaled-by-the-largest: return result / result.max() if img.dtype == np.uint8 else result
    # WRONG large-floats-scaled: return result / 255 if result.max() > 1 else result
    # WRONG minus-one-to-one: return result / 127.5 - 1 if img.dtype == np.uint8 else result
    # WRONG floats-clamped: return result / 255 if img.dtype == np.uint8 else result.clamp(0, 1)
    # WRONG doubles-scaled: return result if img.dtype == np.float32 else result / 255
    # WRONG times-255: return result * 255 if img.dtype == np.uint8 else result
    # END SOLUTION


def normalize(img: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """Normalise each channel by a given mean and standard deviation (D2L 13.2: transforms.Normalize).

        result[..., c, i, j] = (img[..., c, i, j] - mean[c]) / std[c]

    mean and std describe the training set, not this image. They are on the same scale as img: for images from 0 to 1,
    they also lie between 0 and 1. Gradients flow to img. The function leaves its arguments unchanged.

    Args:
        img: one image (c, h, w), or a batch (n, c, h, w); float32 or float64, with any strides.
        mean: c numbers, a list or a tuple.
        std: c numbers, a list or a tuple, none negative.

    Returns:
        As large as img, and of its dtype.

    Raises:
        ValueError: an entry of std is 0, or mean or std has more or fewer than c numbers.
    """
    # BEGIN SOLUTION
    channels = img.shape[-3]
    # WRONG first-axis-counted: channels = img.shape[0]
    if len(mean) != channels or len(std) != channels:
        # WRONG lengths-ignored: if False:
        # WRONG mean-alone-counted: if len(mean) != channels:
        # WRONG std-alone-counted: if len(std) != channels:
        raise ValueError(f"{channels} channels, but {len(mean)} means and {len(std)} standard deviations")
        # WRONG first-numbers-taken: mean, std = mean[:channels], std[:channels]
    if 0 in std:
        # WRONG std-of-0-accepted: if False:
        # WRONG all-of-0-alone-refused: if not any(std):
        # WRONG first-std-alone-tested: if std[0] == 0:
        # WRONG small-std-refused: if min(std) < 1e-3:
        # WRONG mean-of-0-refused: if 0 in std or 0 in mean:
        raise ValueError("a standard deviation is 0")
        # WRONG std-of-0-is-1: std = [value or 1 for value in std]
    # The two axes of size 1 let the numbers of a channel reach all its pixels.
    mean_of_channel = torch.tensor(mean, dtype=img.dtype, device=img.device)[:, None, None]
    # WRONG numbers-in-float32: mean_of_channel = torch.tensor(mean)[:, None, None].to(img.dtype)
    # WRONG mean-for-pixels-to-255: mean_of_channel = 255 * torch.tensor(mean, dtype=img.dtype)[:, None, None]
    # WRONG first-mean-alone: mean_of_channel = torch.tensor(mean, dtype=img.dtype)[:1, None, None]
    # WRONG own-statistics: mean_of_channel = img.mean(dim=(-2, -1), keepdim=True)
    # WRONG numbers-at-columns: mean_of_channel = torch.tensor(mean, dtype=img.dtype)
    std_of_channel = torch.tensor(std, dtype=img.dtype, device=img.device)[:, None, None]
    # WRONG numbers-in-float32: std_of_channel = torch.tensor(std)[:, None, None].to(img.dtype)
    # WRONG numbers-at-columns: std_of_channel = torch.tensor(std, dtype=img.dtype)
    # WRONG own-statistics: std_of_channel = img.std(dim=(-2, -1), keepdim=True)
    return (img - mean_of_channel) / std_of_channel
    # WRONG variance-for-deviation: return (img - mean_of_channel) / std_of_channel.sqrt()
    # WRONG divided-by-the-variance: return (img - mean_of_channel) / std_of_channel**2
    # WRONG multiplied-by-std: return (img - mean_of_channel) * std_of_channel
    # WRONG mean-added: return (img + mean_of_channel) / std_of_channel
    # WRONG inverse: return img * std_of_channel + mean_of_channel
    # WRONG mean-alone: return img - mean_of_channel
    # WRONG std-alone: return img / std_of_channel
    # WRONG mean-and-std-swapped: return (img - std_of_channel) / mean_of_channel
    # WRONG epsilon-in-divisor: return (img - mean_of_channel) / (std_of_channel + 1e-3)
    # WRONG normalized-in-place:
    #     img -= mean_of_channel
    #     img /= std_of_channel
    #     return img
    # WRONG cut-off: return (img.detach() - mean_of_channel) / std_of_channel
    # WRONG always-float32: return ((img - mean_of_channel) / std_of_channel).float()
    # END SOLUTION


def random_horizontal_flip(img: Tensor, p: float = 0.5, generator: torch.Generator | None = None) -> Tensor:
    # WRONG always-by-default: def random_horizontal_flip(img, p=1.0, generator=None):
    """Mirror an image left to right with probability p (D2L 13.1: transforms.RandomHorizontalFlip).

        result[c, i, j] = img[c, i, w - 1 - j]    with probability p
        result[c, i, j] = img[c, i, j]            otherwise

    A single decision concerns the whole image. With p=0 the image is never mirrored, with p=1 always. Each call
    decides anew. The function leaves img unchanged; it may return img itself.

    All random numbers come from `generator`, and the default generator of torch stays as it was. Without a generator
    they come from torch's default generator, so torch.manual_seed makes the calls repeatable. How many numbers a call
    draws is up to you.

    Args:
        img: (c, h, w), float32, float64 or uint8, with any strides.
        p: the probability, from 0 to 1.
        generator: draws the random numbers. None: torch's default generator.

    Returns:
        (c, h, w), of img's dtype.
    """
    # BEGIN SOLUTION
    if torch.rand((), generator=generator) < p:
        # WRONG probability-reversed: if torch.rand((), generator=generator) >= p:
        # WRONG p-ignored: if torch.rand((), generator=generator) < 0.5:
        # WRONG always-flipped: if True:
        # WRONG never-flipped: if False:
        # WRONG rounded-p: if p >= 0.5:
        # WRONG generator-ignored: if torch.rand(()) < p:
        # WRONG numpy-for-the-default:
        #     if (torch.rand((), generator=generator) if generator else np.random.rand()) < p:
        # WRONG random-numbers-from-elsewhere: if np.random.rand() < p:
        # WRONG new-generator-each-call:
        #     generator = generator or torch.Generator()
        #     if torch.rand((), generator=generator) < p:
        # WRONG default-generator-seeded:
        #     if generator is not None:
        #         torch.default_generator.manual_seed(int(torch.randint(2**31, (), generator=generator)))
        #     if torch.rand(()) < p:
        return img.flip(-1)
        # WRONG top-to-bottom: return img.flip(-2)
        # WRONG both-axes: return img.flip(-1, -2)
        # WRONG channels-flipped: return img.flip(0)
        # WRONG mirrored-onto-itself:
        #     result = img.clone()
        #     for j in range(img.shape[-1]):
        #         result[..., j] = result[..., img.shape[-1] - 1 - j]
        #     return result
        # WRONG img-overwritten: return img.copy_(img.flip(-1))
        # WRONG flip-in-float32: return img.float().flip(-1)
    return img
    # WRONG row-by-row:
    #     rows = torch.rand((1, img.shape[1], 1), generator=generator) < p
    #     return torch.where(rows, img.flip(-1), img)
    # WRONG pixel-by-pixel: return torch.where(torch.rand(img.shape, generator=generator) < p, img.flip(-1), img)
    # END SOLUTION


def random_crop(
    img: Tensor, size: tuple[int, int], padding: int = 0, generator: torch.Generator | None = None
) -> Tensor:
    """Cut a window of the given size out of an image, at a random place (torchvision: transforms.RandomCrop).

    First, img gets `padding` rows of zeros above and below, and `padding` columns of zeros on the left and on the
    right. All windows that lie within the padded image are equally likely:

        result = padded[:, top : top + size[0], left : left + size[1]]
        top is uniform on 0, 1, ..., h + 2 * padding - size[0]
        left is uniform on 0, 1, ..., w + 2 * padding - size[1], independently of top

    The function leaves img unchanged; the result may be a view of img. Each call draws a new window.

    All random numbers come from `generator`, and the default generator of torch stays as it was. Without a generator
    they come from torch's default generator, so torch.manual_seed makes the calls repeatable. How many numbers a call
    draws is up to you.

    Args:
        img: (c, h, w), float32, float64 or uint8, with any strides.
        size: height and width of the window, each at least 1.
        padding: rows and columns that are added on each of the four sides, at least 0.
        generator: draws the random numbers. None: torch's default generator.

    Returns:
        (c, size[0], size[1]), of img's dtype.

    Raises:
        ValueError: the window is higher or wider than the padded image.
    """
    # BEGIN SOLUTION
    c, h, w = img.shape
    rows, columns = h + 2 * padding, w + 2 * padding
    # WRONG padding-on-one-side: rows, columns = h + padding, w + padding
    # WRONG rows-padded-alone: rows, columns = h + 2 * padding, w
    padded = img.new_zeros(c, rows, columns)
    # WRONG padded-with-ones: padded = img.new_ones(c, rows, columns)
    # WRONG padded-in-float32: padded = torch.zeros(c, rows, columns)
    padded[:, padding : padding + h, padding : padding + w] = img
    # WRONG padding-on-one-side: padded[:, :h, :w] = img
    # WRONG rows-padded-alone: padded[:, padding : padding + h] = img
    # WRONG edges-repeated:
    #     i = torch.arange(-padding, h + padding).clamp(0, h - 1)
    #     j = torch.arange(-padding, w + padding).clamp(0, w - 1)
    #     padded = img[:, i][:, :, j]
    # WRONG padding-ignored:
    #     padded, rows, columns = img, h, w
    height, width = size
    # WRONG width-before-height-in-size: width, height = size
    if height > rows or width > columns:
        # WRONG rows-alone-tested: if height > rows:
        # WRONG padding-not-counted: if height > h or width > w:
        # WRONG whole-image-refused: if height >= rows or width >= columns:
        raise ValueError(f"a window {size} does not fit into an image of size {(rows, columns)}")
        # WRONG cut-to-the-image: height, width = min(height, rows), min(width, columns)
    # The upper end of randint is excluded, and the last place is rows - height.
    top = int(torch.randint(rows - height + 1, (), generator=generator))
    # WRONG last-offset-missing: top = int(torch.randint(max(rows - height, 1), (), generator=generator))
    # WRONG last-top-missing: top = int(torch.randint(max(rows - height, 1), (), generator=generator))
    # WRONG generator-not-passed: top = int(torch.randint(rows - height + 1, ()))
    # WRONG numpy-without-generator:
    #     top = np.random.randint(rows - height + 1)
    #     top = top if generator is None else int(torch.randint(rows - height + 1, (), generator=generator))
    # WRONG same-window-every-time:
    #     generator = torch.Generator().manual_seed(0)
    #     top = int(torch.randint(rows - height + 1, (), generator=generator))
    # WRONG rounded-offsets: top = round(float(torch.rand((), generator=generator)) * (rows - height))
    # WRONG one-share-for-both:
    #     share = float(torch.rand((), generator=generator, dtype=torch.float64))
    #     top = int(share * (rows - height + 1))
    # WRONG centre: top = (rows - height) // 2
    # WRONG upper-left-corner: top = 0
    left = int(torch.randint(columns - width + 1, (), generator=generator))
    # WRONG last-offset-missing: left = int(torch.randint(max(columns - width, 1), (), generator=generator))
    # WRONG generator-not-passed: left = int(torch.randint(columns - width + 1, ()))
    # WRONG numpy-without-generator:
    #     left = np.random.randint(columns - width + 1)
    #     left = left if generator is None else int(torch.randint(columns - width + 1, (), generator=generator))
    # WRONG rounded-offsets: left = round(float(torch.rand((), generator=generator)) * (columns - width))
    # WRONG centre: left = (columns - width) // 2
    # WRONG upper-left-corner: left = 0
    # WRONG one-share-for-both: left = int(share * (columns - width + 1))
    # WRONG one-offset-for-both: left = min(top, columns - width)
    return padded[:, top : top + height, left : left + width]
    # WRONG window-reaches-to-the-end: return padded[:, top:, left:]
    # WRONG rows-and-columns-swapped: return padded[:, left : left + height, top : top + width]
    # WRONG one-window-per-channel:
    #     return torch.stack(
    #         [
    #             channel[top : top + height, left : left + width]
    #             for channel in padded
    #             for top in [int(torch.randint(rows - height + 1, (), generator=generator))]
    #             for left in [int(torch.randint(columns - width + 1, (), generator=generator))]
    #         ]
    #     )
    # WRONG img-blackened:
    #     window = padded[:, top : top + height, left : left + width].clone()
    #     img.zero_()
    #     return window
    # END SOLUTION


def adjust_brightness(img: Tensor, factor: float) -> Tensor:
    """Multiply all pixels by a factor, and keep them between 0 and 1 (D2L 13.1: transforms.ColorJitter).

        result = min(1, factor * img)

    A factor of 0 gives a black image, 1 the image itself, 2 an image twice as bright. Gradients flow to img. The
    function leaves img unchanged.

    Args:
        img: (c, h, w) or (n, c, h, w), float32 or float64, with any strides; each entry from 0 to 1.
        factor: at least 0.

    Returns:
        As large as img, and of its dtype.

    Raises:
        ValueError: factor is negative.
    """
    # BEGIN SOLUTION
    if factor < 0:
        # WRONG black-refused: if factor <= 0:
        # WRONG negative-accepted: if False:
        # WRONG brighter-refused: if not 0 <= factor <= 1:
        raise ValueError(f"a negative factor: {factor}")
        # WRONG sign-dropped: factor = -factor
    return (factor * img).clamp(0, 1)
    # WRONG not-clamped: return factor * img
    # WRONG clamped-at-255: return (factor * img).clamp(0, 255)
    # WRONG scaled-back:
    #     result = factor * img
    #     return result / result.max().clamp(min=1)
    # WRONG factor-added: return (img + factor).clamp(0, 1)
    # WRONG brightness-shifted: return (img + factor - 1).clamp(0, 1)
    # WRONG factor-limited: return min(factor, 1) * img
    # WRONG divided: return (img / factor if factor else img * 0).clamp(0, 1)
    # WRONG gamma: return (img ** (1 / factor) if factor else img * 0).clamp(0, 1)
    # WRONG contrast: return (factor * img + (1 - factor) * img.mean()).clamp(0, 1)
    # WRONG zero-means-unchanged: return ((factor or 1) * img).clamp(0, 1)
    # WRONG rounded-to-bytes: return (factor * img * 255).round().clamp(0, 255) / 255
    # WRONG too-bright-left-alone: return torch.where(factor * img <= 1, factor * img, img)
    # WRONG brightened-in-place: return img.mul_(factor).clamp_(0, 1)
    # WRONG brightness-in-float32: return (factor * img.float()).clamp(0, 1)
    # WRONG without-graph: return (factor * img.detach()).clamp(0, 1)
    # WRONG random-factor: return ((1 + factor * (2 * torch.rand(()) - 1)) * img).clamp(0, 1)
    # END SOLUTION


# BEGIN SOLUTION


def _uniform(low: float, high: float, generator: torch.Generator) -> float:
    """Draw a number between low and high."""
    return low + (high - low) * float(torch.rand((), generator=generator))
    # WRONG no-generator: return low + (high - low) * float(torch.rand(()))
    # WRONG same-numbers-every-time:
    #     generator.manual_seed(0)
    #     return low + (high - low) * float(torch.rand((), generator=generator))


# END SOLUTION


def random_resized_crop_params(
    height: int, width: int, scale: tuple[float, float], ratio: tuple[float, float], generator: torch.Generator
) -> tuple[int, int, int, int]:
    """Draw the window of a random resized crop (D2L 13.1: transforms.RandomResizedCrop).

    The function makes up to 10 tries. Each try draws new numbers:

        area = height * width * s, with s uniform between scale[0] and scale[1]
        r = exp(u), with u uniform between log(ratio[0]) and log(ratio[1])
        w = sqrt(area * r) and h = sqrt(area / r), each rounded to the nearest whole number

    So r is the ratio of width to height, and its logarithm is uniform: 1/2 is as likely as 2. s and r are independent.
    A half may be rounded up or down. A try succeeds if 1 <= h <= height and 1 <= w <= width. Then top is uniform on
    0, ..., height - h, and left is uniform on 0, ..., width - w, independently of top.

    If all 10 tries fail, the window is the largest in the middle of the image whose ratio lies in the limits:

        width / height < ratio[0]:    w = width, h = width / ratio[0], rounded to the nearest whole number
        width / height > ratio[1]:    h = height, w = height * ratio[1], rounded to the nearest whole number
        otherwise:                    h = height, w = width
        top = (height - h) // 2, left = (width - w) // 2

    All random numbers come from `generator`, and the default generator of torch stays as it was. How many numbers a
    call draws is up to you.

    Args:
        height: height of the image, at least 1.
        width: width of the image, at least 1.
        scale: limits of the share of the area, 0 < scale[0] <= scale[1]. They may be more than 1.
        ratio: limits of the ratio of width to height, 0 < ratio[0] <= ratio[1]. No side of the fallback rounds to 0.
        generator: draws the random numbers.

    Returns:
        (top, left, h, w), four Python ints.

    >>> random_resized_crop_params(4, 6, (1.0, 1.0), (1.5, 1.5), torch.Generator())
    (0, 0, 4, 6)
    """
    # BEGIN SOLUTION
    for _ in range(10):
        # WRONG single-try: for _ in range(1):
        # WRONG hundred-tries: for _ in range(100):
        area = height * width * _uniform(*scale, generator)
        # WRONG share-of-the-side: area = height * width * _uniform(*map(math.sqrt, scale), generator) ** 2
        # WRONG log-uniform-area: area = height * width * math.exp(_uniform(*map(math.log, scale), generator))
        # WRONG scale-ignored: area = height * width * _uniform(0.08, 1.0, generator)
        # WRONG largest-scale-always: area = height * width * scale[1]
        # WRONG scale-from-zero: area = height * width * _uniform(0.0, scale[1], generator)
        r = math.exp(_uniform(math.log(ratio[0]), math.log(ratio[1]), generator))
        # WRONG uniform-ratio: r = _uniform(*ratio, generator)
        # WRONG ratio-of-height-to-width: r = math.exp(-_uniform(math.log(ratio[0]), math.log(ratio[1]), generator))
        # WRONG ratio-ignored: r = math.exp(_uniform(math.log(3 / 4), math.log(4 / 3), generator))
        # WRONG one-number-for-both:
        #     t = _uniform(0.0, 1.0, generator)
        #     area = height * width * (scale[0] + (scale[1] - scale[0]) * t)
        #     r = ratio[0] * (ratio[1] / ratio[0]) ** t
        w, h = round(math.sqrt(area * r)), round(math.sqrt(area / r))
        # WRONG rounded-down: w, h = int(math.sqrt(area * r)), int(math.sqrt(area / r))
        # WRONG rounded-up: w, h = math.ceil(math.sqrt(area * r)), math.ceil(math.sqrt(area / r))
        # WRONG ratio-on-one-side: w, h = round(math.sqrt(area) * r), round(math.sqrt(area))
        if 1 <= h <= height and 1 <= w <= width:
            # WRONG whole-side-refused: if 1 <= h < height and 1 <= w < width:
            # WRONG height-alone-tested: if 1 <= h <= height:
            # WRONG width-alone-tested: if 1 <= w <= width:
            # WRONG cut-to-size:
            #     h, w = min(h, height), min(w, width)
            #     if True:
            # WRONG empty-windows-accepted: if h <= height and w <= width:
            top = int(torch.randint(height - h + 1, (), generator=generator))
            # WRONG last-place-missing: top = int(torch.randint(max(height - h, 1), (), generator=generator))
            # WRONG height-alone-tested: top = int(torch.randint(height - h + 1, (), generator=generator))
            # WRONG width-alone-tested: top = int(torch.randint(max(height - h, 0) + 1, (), generator=generator))
            # WRONG offsets-as-tensors: top = torch.randint(height - h + 1, (), generator=generator)
            # WRONG window-in-the-middle: top = (height - h) // 2
            # WRONG anywhere-in-the-image: top = int(torch.randint(height, (), generator=generator))
            # WRONG rounded-places: top = round(_uniform(0, height - h, generator))
            left = int(torch.randint(width - w + 1, (), generator=generator))
            # WRONG last-place-missing: left = int(torch.randint(max(width - w, 1), (), generator=generator))
            # WRONG height-alone-tested: left = int(torch.randint(max(width - w, 0) + 1, (), generator=generator))
            # WRONG offsets-as-tensors: left = torch.randint(width - w + 1, (), generator=generator)
            # WRONG window-in-the-middle: left = (width - w) // 2
            # WRONG anywhere-in-the-image: left = int(torch.randint(width, (), generator=generator))
            # WRONG rounded-places: left = round(_uniform(0, width - w, generator))
            return top, left, h, w
            # WRONG width-before-height-in-result: return top, left, w, h
            # WRONG left-before-top: return left, top, h, w
            # WRONG corners-of-the-window: return top, left, top + h, left + w
    h, w = height, width
    if width / height < ratio[0]:
        h = round(width / ratio[0])
        # WRONG fallback-to-the-other-limit: h = round(width / ratio[1])
        # WRONG fallback-rounded-down: h = int(width / ratio[0])
        # WRONG narrow-image-whole: h = height
    elif width / height > ratio[1]:
        w = round(height * ratio[1])
        # WRONG fallback-to-the-other-limit: w = round(height * ratio[0])
        # WRONG fallback-rounded-down: w = int(height * ratio[1])
        # WRONG wide-image-whole: w = width
    return (height - h) // 2, (width - w) // 2, h, w
    # WRONG fallback-in-the-corner: return 0, 0, h, w
    # WRONG fallback-not-halved: return height - h, width - w, h, w
    # WRONG fallback-at-random:
    #     top = int(torch.randint(height - h + 1, (), generator=generator))
    #     return top, int(torch.randint(width - w + 1, (), generator=generator)), h, w
    # WRONG fallback-whole-image: return 0, 0, height, width
    # WRONG fallback-refused: raise ValueError("no window fits")
    # END SOLUTION
