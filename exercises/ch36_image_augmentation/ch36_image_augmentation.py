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

    Write it from scratch, without ready-made transforms of images (torchvision.transforms).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made transforms of images (torchvision.transforms).
    """
    raise NotImplementedError  # write your code here


def random_horizontal_flip(img: Tensor, p: float = 0.5, generator: torch.Generator | None = None) -> Tensor:
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

    Write it from scratch, without ready-made transforms of images (torchvision.transforms).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made transforms of images (torchvision.transforms).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made transforms of images (torchvision.transforms).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made transforms of images (torchvision.transforms).
    """
    raise NotImplementedError  # write your code here
